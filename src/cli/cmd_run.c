/** `starling run`: the search of a study, from the start or from its checkpoint. */
#include "runtime/base/log.h"
#include "src/cli/cli.h"
#include "src/workflows/workflow.h"

#include <stdio.h>
#include <stdlib.h>

static slg_status run(const cli_args *a, slg_error *err)
{
    slg_config *cfg = NULL;
    char *versions = NULL;
    size_t n = 0;
    FILE *text = open_memstream(&versions, &n);
    if (!text)
        return slg_fail_nomem(err, "versions");
    cli_version(text, NULL);
    fclose(text);
    const slg_run_options opt = {.quiet = a->quiet, .more = a->more, .versions = versions};
    if (a->quiet)
        slg_log_level(SLG_WARNING);
    slg_status st = cli_load_study(a, true, &cfg, err);
    if (st == SLG_OK)
        st = slg_study_run(cfg, &opt, err);
    if (st == SLG_OK)
        st = cli_show_best(cfg->directory, false, err);
    slg_config_free(&cfg);
    free(versions);
    return st;
}

static const struct argp_option options[] = {
    {"dir", 'd', "DIR", 0, "study directory (default: run.directory of the study file)", 0},
    CLI_OPT_SET,
    CLI_OPT_SEED,
    CLI_OPT_WORKERS,
    {"max-time", CLI_MAX_TIME, "T", 0,
     "stop after T seconds (or 30m, 12h, 1d6h; none: never) with everything saved; key run.max_time", 0},
    {"more", CLI_MORE, "N", 0,
     "N more iterations of the stage that the search is in, once it has ended of its last stage", 0},
    {"quiet", 'q', NULL, 0, "no progress lines", 0},
    CLI_OPT_END};
const cli_command slg_cmd_run = {
    "run",
    "STUDY.yaml",
    "Search the hyper-parameters of a study, or resume the search.",
    "At the end the best hyper-parameters and their errors are printed. SIGTERM, SIGINT and SIGUSR1 stop the search "
    "with everything saved and exit code 75; the same command resumes it. --more N is added to the recorded budget of "
    "one stage, not of each; the same N given again before the search has ended (the same command after a stop) adds "
    "nothing, after that N more.",
    options,
    run};
