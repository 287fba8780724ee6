/** `starling config`: documents made from the table of configuration keys. */
#include "src/cli/cli.h"

#include <stdio.h>

static slg_status run(const cli_args *a, slg_error *err)
{
    if (a->template == a->document)
        return slg_fail(err, SLG_ERR_USAGE, "config: expected one of --template and --reference");
    if (a->template)
        slg_config_template(stdout);
    else
        slg_config_reference(stdout);
    return SLG_OK;
}

static const struct argp_option options[] = {
    {"template", CLI_TEMPLATE, NULL, 0, "print a commented study file (YAML)", 0},
    {"reference", CLI_DOCUMENT, NULL, 0, "print the description of all keys (Markdown)", 0},
    CLI_OPT_END};
const cli_command slg_cmd_config = {"config", "",      "Print a study file to start from, or its reference.",
                                    NULL,     options, run};
