/** `starling best`: the best result of a study so far. */
#include "runtime/base/file.h"
#include "src/cli/cli.h"

static slg_status run(const cli_args *a, slg_error *err)
{
    char path[SLG_PATH];
    slg_status st = slg_path_join(path, a->arg[0], "status.json", err);
    if (st == SLG_OK && !slg_file_exists(path))
        st = slg_fail(err, SLG_ERR_USAGE,
                      "%s: no such file; this is not the directory of a study; "
                      "`starling run STUDY.yaml --dir DIR` makes one",
                      path);
    return st == SLG_OK ? cli_show_best(a->arg[0], a->json, err) : st;
}

static const struct argp_option options[] = {CLI_OPT_JSON, CLI_OPT_END};
const cli_command slg_cmd_best = {"best",
                                  "DIR",
                                  "Show the best result of a study.",
                                  "Hyper-parameters, errors by config_type, and the gap_fit command of the same fit.",
                                  options,
                                  run};
