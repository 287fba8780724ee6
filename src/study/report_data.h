/** What the report needs and only a run knows; beside the best potential, with bytes that depend on
 * it alone. */
#ifndef SLG_STUDY_REPORT_DATA_H
#define SLG_STUDY_REPORT_DATA_H

#include "src/study/evaluate.h"

/**
 * <dir>/study.json: what was asked (data by config_type, search space, strategy, seed) and what
 * runs it (machine, versions: lines "name version" of libraries, may be NULL). Written at every
 * start; not compared between runs.
 */
SLG_CHECKED slg_status slg_write_about(const slg_problem *p, const slg_rt *rt, const char *versions, const char *dir,
                                       slg_error *err);

/** <dir>/best/parity.csv and structures.csv: reference and prediction of the validation side by the
 * best potential. */
SLG_CHECKED slg_status slg_write_parity(const slg_problem *p, const slg_best *best, const char *folder, slg_error *err);

/**
 * <dir>/best/kernel.json: distribution of the kernel at the best HPs; of the training dimers, the
 * similarity curves and (with a potential) energies and forces. Runs tasks: no particle may be in
 * flight.
 */
SLG_CHECKED slg_status slg_write_kernel(const slg_problem *p, slg_rt *rt, const slg_best *best, const char *folder,
                                        slg_error *err);
/** The "dimers" member of kernel.json: an array, one object a pair of elements. pot may be NULL. */
SLG_CHECKED slg_status slg_dimers_json(const slg_problem *p, const slg_hp_set *hp, const slg_potential *pot,
                                       json_t **out, slg_error *err);

/** All files of this header but study.json. STOPPED when the engine was cancelled meanwhile. */
SLG_CHECKED slg_status slg_write_report_data(const slg_session *x, slg_error *err);

/** Writes o (17 digits) to <dir>/<name> and frees it; NULL means out of memory. */
SLG_CHECKED slg_status slg_write_json(json_t *o, const char *dir, const char *name, slg_error *err);

#endif
