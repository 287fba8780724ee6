/** Tasks of the validation: predictions, their errors, and errors from Gram blocks without touching rows. */
#ifndef SLG_TASKS_VALIDATION_VALIDATION_TASK_H
#define SLG_TASKS_VALIDATION_VALIDATION_TASK_H

#include "tasks/fit/model.h"
#include "tasks/validation/validation.h"

/** Size of the predictions of a batch: energies, forces, virials. */
size_t slg_prediction_bytes(const slg_geom *geom);

/** p (W if first, else RW) += predictions of environments env0..env1-1 by the model with the coefficients coef (R). */
SLG_CHECKED slg_status slg_submit_validation(slg_rt *rt, const slg_place *at, const slg_batch_use *batch, size_t env0,
                                             size_t env1, const slg_model *model, slg_block *coef, bool derivatives,
                                             bool first, slg_block *p, slg_error *err);

/** sum (W) slg_errors [n_group] of the predictions p (R) against the rows of the batch (all quantities it has). */
SLG_CHECKED slg_status slg_submit_errors(slg_rt *rt, const slg_place *at, const slg_batch_use *batch, size_t n_group,
                                         slg_block *p, slg_block *sum, slg_error *err);

/** out (W) slg_errors [n_group] <- sums of part (R) [n_part] in order. */
SLG_CHECKED slg_status slg_submit_merge_errors(slg_rt *rt, const slg_place *at, size_t n_group, size_t n_part,
                                               slg_block *const *part, slg_block *out, slg_error *err);

/**
 * out (W) one slg_errors (abs = NAN) from Gram blocks gram (R) and the coefficients coef (R) (spec gap_fit 14.3).
 * quantity [n_class]: SLG_ENERGY, ... of the classes that are in the metric of the errors, -1 of others.
 */
SLG_CHECKED slg_status slg_submit_residual(slg_rt *rt, const slg_place *at, const slg_model *model, size_t n_class,
                                           const int32_t *quantity, slg_block *coef, slg_block *gram, slg_block *out,
                                           slg_error *err);

#endif
