#include "tasks/fit/model.h"
#include "tasks/sparse/sparse_task.h"

size_t slg_use_model(slg_use *use, size_t n, const slg_model *model, bool with_factors)
{
    for (size_t b = 0; b < model->n_part; b++)
        use[n++] = (slg_use){model->plan[b], SLG_R};
    for (size_t b = 0; b < model->n_part; b++)
        use[n++] = (slg_use){model->sparse[b], SLG_R};
    for (size_t b = 0; with_factors && b < model->n_part; b++)
        use[n++] = (slg_use){model->u[b], SLG_R};
    return n;
}

void slg_model_parts(const slg_model *model, void *const *buf, size_t at, slg_part *out)
{
    for (size_t b = 0; b < model->n_part; b++) {
        const slg_sparse_set *set = buf ? buf[at + model->n_part + b] : NULL;
        out[b] = (slg_part){.term = model->def[b]->term,
                            .plan = buf ? buf[at + b] : NULL,
                            .m = set ? set->m : model->m[b],
                            .d = model->d[b],
                            .col0 = model->col0[b],
                            .q = set ? slg_sparse_q(set) : NULL};
    }
}

const double *const *slg_model_factors(const slg_model *model, void *const *buf, size_t at)
{
    return (const double *const *)(buf + at + 2 * model->n_part);
}
