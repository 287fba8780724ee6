/** Task of a nested fit: the solution at the ratios of delta and the sigmas that make the validation errors small. */
#ifndef SLG_TASKS_VALIDATION_NESTED_TASK_H
#define SLG_TASKS_VALIDATION_NESTED_TASK_H

#include "tasks/fit/model.h"
#include "tasks/fit/nested.h"
#include "tasks/validation/validation.h"

/** What comes back beside the coefficients. */
typedef struct slg_nested_result {
    slg_errors errors;           /* abs = NAN */
    double value[SLG_MAX_RATIO]; /* of each ratio */
} slg_nested_result;

/**
 * model->coef (W) and result (W, a slg_nested_result) <- the best of ratio [n_ratio] by the loss, on training (gram, R)
 * and validation Gram blocks (metric, R). model->delta and sigma [n_class] give the values that are no ratios; the
 * loss' argument stays where it is until the task has ended.
 */
SLG_CHECKED slg_status slg_submit_nested(slg_rt *rt, const slg_place *at, const slg_model *model, const double *sigma,
                                         size_t n_ratio, const slg_ratio *ratio, const slg_loss *loss, slg_block *gram,
                                         slg_block *metric, slg_block *result, slg_error *err);

#endif
