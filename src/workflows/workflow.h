/** What the program does with a configuration: search, one fit, a report of what a search would be. */
#ifndef SLG_WORKFLOWS_WORKFLOW_H
#define SLG_WORKFLOWS_WORKFLOW_H

#include "src/search/search.h"

typedef struct slg_run_options {
    bool quiet;           /* no progress lines */
    int64_t more;         /* iterations beyond the recorded budget, see slg_search_more; 0 = none */
    const char *versions; /* of the libraries, "name version" a line, for study.json; may be NULL */
} slg_run_options;

/**
 * Starts or resumes the study in cfg->directory. OK when the search is complete; STOPPED after a signal (SIGTERM,
 * SIGINT, SIGUSR1) or at the time limit, with everything saved; ERR_MATCH when the directory belongs to another study.
 *
 * Files of a study directory, beside those of src/results/results.h:
 *   study.h5 study.h5.prev  checkpoint             config.yaml  effective configuration
 *   study.log               messages with times (appended)      trace/  tasks of iterations
 */
SLG_CHECKED slg_status slg_study_run(const slg_config *cfg, const slg_run_options *opt, slg_error *err);

/**
 * One fit at given HPs; delta and sigmas with ranges are solved and returned in *hp. Outcome, errors by config_type of
 * the validation side, potential, and with it the folds (NULL without any); each pointer may be NULL.
 */
SLG_CHECKED slg_status slg_fit_once(const slg_problem *p, slg_rt *rt, slg_hp_set *hp, slg_outcome *out,
                                    slg_errors *by_group, slg_potential **pot, slg_folds **folds, slg_error *err);

/** Errors of its potential by config_type of the other sets; NULL where there is none. Freed with slg_free. */
SLG_CHECKED slg_status slg_fit_others(const slg_problem *p, slg_rt *rt, const slg_potential *pot, slg_errors **training,
                                      slg_errors **test, slg_error *err);

typedef struct slg_check_options {
    bool time, strict;
} slg_check_options;
/**
 * The report of `starling check`: data by config_type, e0, findings about the data, search space, plan, predicted
 * memory and, with `time`, the seconds of a trial and of the search, measured by one trial of each phase. ERR_DATA at
 * the end when there are findings and `strict`.
 */
SLG_CHECKED slg_status slg_study_check(const slg_problem *p, const slg_check_options *opt, FILE *out, slg_error *err);
/** How many findings there are. */
SLG_CHECKED slg_status slg_study_count_findings(const slg_problem *p, size_t *n, slg_error *err);
/** The part of it that looks at the data as an expert would (src/doctor); *n: number of findings. */
SLG_CHECKED slg_status slg_study_findings(const slg_problem *p, size_t *n, FILE *out, slg_error *err);

#endif
