#include "tasks/common/submit.h"
#include "tasks/sparse/sparse_task.h"

slg_insertion slg_insertion_at(const slg_kind *kind, const slg_place *at, const slg_use *use, size_t n_use,
                               const void *arg, size_t arg_bytes, double flops)
{
    return (slg_insertion){.kind = kind,
                           .use = use,
                           .n_use = n_use,
                           .arg = arg,
                           .arg_bytes = arg_bytes,
                           .flops = flops,
                           .priority = at->priority,
                           .iteration = at->iteration,
                           .particle = at->particle,
                           .chunk = at->chunk,
                           .done = at->done,
                           .done_arg = at->done_arg};
}

size_t slg_use_model(slg_use *use, size_t n, const slg_model *model, bool with_factors)
{
    for (size_t b = 0; b < model->n_block; b++)
        use[n++] = (slg_use){model->plan[b], SLG_R};
    for (size_t b = 0; b < model->n_block; b++)
        use[n++] = (slg_use){model->sparse[b], SLG_R};
    for (size_t b = 0; with_factors && b < model->n_block; b++)
        use[n++] = (slg_use){model->u[b], SLG_R};
    return n;
}

void slg_model_blocks(const slg_model *model, void *const *buf, size_t at, slg_fit_block *out)
{
    for (size_t b = 0; b < model->n_block; b++) {
        const slg_sparse_set *set = buf[at + model->n_block + b];
        out[b] = (slg_fit_block){.plan = buf[at + b],
                                 .central = model->central[b],
                                 .m = set->m,
                                 .d = model->d[b],
                                 .col0 = model->col0[b],
                                 .q = slg_sparse_q(set),
                                 .zeta = model->zeta[b]};
    }
}
