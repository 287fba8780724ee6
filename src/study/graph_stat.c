#include "src/study/graph_stat.h"
#include "runtime/base/alloc.h"
#include "tasks/kernelstat/kernelstat_task.h"

/* The moments of one block's chunks into part[0..n_chunk). */
static slg_status submit_block(slg_flight *f, size_t b, const slg_place *at, slg_block **part, slg_error *err)
{
    const slg_centres *c = &f->p->centres[f->model.central[b]];
    size_t d = f->model.d[b];
    slg_block *ref = NULL;
    slg_status st = slg_rt_block(f->rt, c->n_reference * d * sizeof(double), &ref, err);
    if (st == SLG_OK)
        st = slg_submit_reference(f->rt, at, c->n_reference, c->reference, d, c->n_chunk, c->chunk, f->v[b], ref, err);
    for (size_t i = 0; st == SLG_OK && i < c->n_chunk; i++) {
        slg_place here = *at;
        here.chunk = (int32_t)i;
        st = slg_rt_block(f->rt, sizeof(slg_moments), &part[i], err);
        if (st == SLG_OK)
            st = slg_submit_kernelstat(f->rt, &here, c->chunk[i + 1] - c->chunk[i], c->n_reference, d, f->model.zeta[b],
                                       f->v[b][i], ref, part[i], err);
    }
    slg_rt_release(f->rt, &ref);
    return st;
}

slg_status slg_submit_statistics(slg_flight *f, const slg_place *at, slg_error *err)
{
    size_t n = 0, used = 0;
    for (size_t b = 0; b < f->model.n_block; b++)
        n += f->p->centres[f->model.central[b]].n_chunk;
    slg_block **part = slg_calloc(n, sizeof(slg_block *));
    if (!part)
        return slg_fail_nomem(err, "kernel statistics");
    slg_status st = SLG_OK;
    for (size_t b = 0; st == SLG_OK && b < f->model.n_block; b++) {
        st = submit_block(f, b, at, part + used, err);
        used += f->p->centres[f->model.central[b]].n_chunk;
    }
    if (st == SLG_OK)
        st = slg_rt_block(f->rt, sizeof(slg_moments), &f->result, err);
    slg_place last = *at;
    last.done = f->last.done;
    last.done_arg = f->last.done_arg;
    if (st == SLG_OK)
        st = slg_submit_merge_moments(f->rt, &last, n, part, f->result, err);
    for (size_t i = 0; i < n; i++)
        slg_rt_release(f->rt, &part[i]);
    slg_free(part);
    return st;
}
