/** `starling check`: reads a study and its data, reports, fits nothing. */
#include "src/cli/cli.h"
#include "src/workflows/workflow.h"

static slg_status run(const cli_args *a, slg_error *err)
{
    slg_config *cfg = NULL;
    slg_problem *p = NULL;
    slg_status st = cli_load_study(a, false, &cfg, err);
    if (st == SLG_OK)
        st = slg_problem_create(cfg, &p, err);
    if (st == SLG_OK)
        st = slg_study_check(p, &(slg_check_options){.time = a->time, .strict = a->strict}, stdout, err);
    slg_problem_free(&p);
    slg_config_free(&cfg);
    return st;
}

static const struct argp_option options[] = {CLI_OPT_SET,
                                             CLI_OPT_WORKERS,
                                             {"time", CLI_TIME, NULL, 0, "run a trial to predict the search's time", 0},
                                             {"strict", CLI_STRICT, NULL, 0, "findings about the data are errors", 0},
                                             CLI_OPT_END};
const cli_command slg_cmd_check = {"check",
                                   "STUDY.yaml",
                                   "Check a study file and its data.",
                                   "Reports data, what is peculiar about them (docs/DATA.md), search space and "
                                   "predicted memory; with --time, how long the search takes on this machine. Nothing "
                                   "is written. All errors of the study file are reported at once.",
                                   options,
                                   run};
