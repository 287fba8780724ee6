/** The files of a study directory but the checkpoint: tables, status, the best result, what the report needs. */
#ifndef SLG_RESULTS_RESULTS_H
#define SLG_RESULTS_RESULTS_H

#include "src/search/search.h"
#include <jansson.h>

/*
 * All replaced atomically, none opened for writing in place:
 *   trials.csv  one row a trial       times.csv  seconds of each trial      status.json  for `starling status`
 *   best/potential.xml ...  best potential so far        best/result.json       slg_result_json of it + "trial"
 *   best/parity.csv         validation values and their predictions      best/structures.csv  errors of each structure
 *   best/kernel.json        kernel statistics at the best HPs, curves of dimers (also without a potential)
 *   study.json              what was asked, and the machine of the last start
 */

/** trials.csv and times.csv of the closed iterations. */
SLG_CHECKED slg_status slg_write_trials(const slg_search *s, const char *dir, slg_error *err);

typedef struct slg_progress {
    const char *state; /* running, stopped, finished, failed */
    double elapsed, eta, seconds_per_trial;
    double predicted_bytes;
    int workers;
    const char *scheduler;
    size_t in_flight; /* trials of the open iteration */
} slg_progress;
/**
 * status.json: {"state":"running|stopped|finished|failed","stage":1,"iteration":3,"iterations":30,"particles":16,
 *   "in_flight":4,"evaluated":7,    (trials of the open iteration)
 *   "trials":48,"failed":1,"cached":0,"best":{"trial":17,"objective":0.7,...},"elapsed_s":12.3,"eta_s":100.0,
 *   "seconds_per_trial":0.2,"peak_memory_bytes":123,"predicted_memory_bytes":120,"workers":2,"scheduler":"lws",
 *   "pid":1,"updated":"2026-11-21T10:00:00Z","history":[best objective after each iteration]}; stages count from 1.
 */
SLG_CHECKED slg_status slg_write_status(const slg_search *s, const slg_progress *g, const char *dir, slg_error *err);

/** <dir>/best: potential files and result.json. */
SLG_CHECKED slg_status slg_write_best(const slg_search *s, const char *dir, slg_error *err);
/** The fit of all structures at the end of a search; errors by config_type. */
typedef struct slg_final {
    int64_t trial;
    slg_hp_set hp;
    slg_potential *pot;
    slg_errors *training, *test; /* on the training structures (without those of the validation); NULL: no such set */
} slg_final;
/**
 * <dir>/final: potential files and result.json {"trial":17,"structures":214,"hp":{..},"training_errors":{..},
 * "test_errors":{..},"potential":"final/potential.xml","warnings":[..]}, what there is of it.
 */
SLG_CHECKED slg_status slg_write_final(const slg_problem *p, const slg_final *final, const char *dir, slg_error *err);
/** A fit as it is told; errors by config_type. */
typedef struct slg_result {
    const slg_hp_set *hp;
    double objective;
    const slg_errors *validation, *training, *test; /* the last two NULL where they are not known, or no such set */
    const slg_folds *folds;                         /* of cross-validation, else NULL */
    const char *potential;                          /* its file */
    bool chosen;                                    /* by these errors, among others */
} slg_result;
/**
 * {"objective":..,"hp":{..},"errors":{"all":{..},"<config_type>":{..}},"errors_on":"validation","training_errors":{..},
 * "test_errors":{..},"folds":{"number":5,"objective":{"mean":..,"standard_error":..},"energy_rmse":{..},..,
 * "each":[{"objective":..,"energy_rmse":..,..}]},"selection":..,"potential":..,"gap_fit":..,"gap_fit_note":..,
 * "at_bounds":{"<hp>":bound,..},
 * "warnings":[..]}, what there is of it; new reference. errors.all are the totals; a config_type of that name stands
 * under "all (config_type)". errors_on is "training" where the fit has seen the structures.
 */
json_t *slg_result_json(const slg_problem *p, const slg_result *r);
/** The "folds" member: what each fold says, mean and standard error over them. New reference. */
json_t *slg_folds_json(const slg_problem *p, const slg_folds *folds);
/** The "errors" member alone, for any data set with n_group groups. New reference. */
json_t *slg_errors_json(size_t n_group, const char (*group)[SLG_CONFIG_TYPE], const slg_errors *by_group);
/**
 * The gap_fit command line of these HPs, "" where it cannot express them; caller frees with slg_free; NULL: no memory.
 */
char *slg_gap_fit_line(const slg_problem *p, const slg_hp_set *hp);
/** What that line cannot express of these HPs, "" when it says everything. */
void slg_gap_fit_note(const slg_problem *p, const slg_hp_set *hp, char *text, size_t size);

/**
 * study.json: what was asked (data by config_type, search space, phases, seed) and what runs it (machine, versions:
 * lines "name version" of libraries, may be NULL). Written at every start; not compared between runs.
 */
SLG_CHECKED slg_status slg_write_about(const slg_problem *p, const slg_phases *phases, const slg_rt *rt,
                                       const char *versions, const char *dir, slg_error *err);

/** <dir>/best/parity.csv and structures.csv: reference and prediction of the validation side by the best potential. */
SLG_CHECKED slg_status slg_write_parity(const slg_problem *p, const slg_best *best, const char *folder, slg_error *err);
/**
 * <dir>/best/kernel.json: distribution of the kernel at the best HPs; of the training dimers, the similarity curves and
 * (with a potential) energies and forces. Runs tasks: no trial may be in flight.
 */
SLG_CHECKED slg_status slg_write_kernel(slg_evaluator *e, const slg_best *best, const char *folder, slg_error *err);
/** The "dimers" member of kernel.json: an array, one object a pair of elements. pot may be NULL. */
SLG_CHECKED slg_status slg_dimers_json(const slg_problem *p, const slg_hp_set *hp, const slg_potential *pot,
                                       json_t **out, slg_error *err);
/** Both. STOPPED when the engine was cancelled meanwhile. */
SLG_CHECKED slg_status slg_write_report_data(slg_evaluator *e, const slg_best *best, const char *dir, slg_error *err);

/** Writes o to <dir>/<name> with `digits` significant digits (0: jansson's) and frees it; NULL means out of memory. */
SLG_CHECKED slg_status slg_write_json(json_t *o, int digits, const char *dir, const char *name, slg_error *err);
/** A number, null where it is not finite. New reference. */
json_t *slg_json_number_or_null(double x);
/** Names and paths come from files of the user and need not be UTF-8, which JSON demands. New reference. */
json_t *slg_utf8_json(const char *text);
/** The value of a parameter: a number, its word, true or false. New reference. */
json_t *slg_setting_json(const slg_param *param, double value);
/** Now, as "2026-11-21T10:00:00Z". */
typedef struct slg_moment {
    char text[32];
} slg_moment;
slg_moment slg_moment_now(void);

/** What other programs will not understand of a potential at hp, a line each (slg_free). ERR_NOMEM. */
SLG_CHECKED slg_status slg_transfer_remarks(const slg_problem *p, const slg_hp_set *hp, char **lines, slg_error *err);
/** Fills command_line and comment of a potential: the gap_fit line; version, label, digests, remarks. ERR_NOMEM. */
SLG_CHECKED slg_status slg_describe_potential(const slg_problem *p, const slg_hp_set *hp, slg_potential *pot,
                                              slg_error *err);

#endif
