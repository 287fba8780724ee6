/** `starling report`: one HTML page about a study. */
#include "src/cli/cli.h"
#include "src/report/report.h"

#include <stdio.h>

static slg_status run(const cli_args *a, slg_error *err)
{
    const char *path = a->output ? a->output : "report.html";
    slg_status st = slg_report_write(a->arg[0], a->baseline, path, err);
    if (st == SLG_OK)
        printf("%s\n", path);
    return st;
}

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "name of the page (default: report.html)", 0},
    {"baseline", CLI_BASELINE, "DIR", 0, "study to compare with, such as the same one with `optimiser: random'", 0},
    CLI_OPT_END};
const cli_command slg_cmd_report = {"report",
                                    "DIR",
                                    "Write a page about a study: results, figures, trials.",
                                    "One HTML file without network access, made from the files of "
                                    "the study directory, also while the search runs.",
                                    options,
                                    run};
