/** Task of a nested fit: the ratios of delta and the sigmas that make the errors on judged rows small. */
#ifndef SLG_TASKS_FIT_NESTED_TASK_H
#define SLG_TASKS_FIT_NESTED_TASK_H

#include "tasks/fit/model.h"
#include "tasks/fit/nested.h"

/** The request: see slg_nested. */
typedef struct slg_nested_request {
    slg_block *gram; /* R */
    size_t n_fold;
    slg_block *const *judged; /* R [n_fold] */
    bool folds;
    size_t n_judged;
    const int32_t *quantity; /* [n_judged], stays where it is until the task has ended */
    const double *sigma;     /* [model->n_class] of the classes that are no ratios; model->delta likewise */
    size_t n_ratio;
    const slg_ratio *ratio;
    slg_loss loss; /* its argument stays too */
} slg_nested_request;

/** weights (W, a slg_weights) <- the best by the loss. */
SLG_CHECKED slg_status slg_submit_nested(slg_rt *rt, const slg_place *at, const slg_model *model,
                                         const slg_nested_request *request, slg_block *weights, slg_error *err);

#endif
