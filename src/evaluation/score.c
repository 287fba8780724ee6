/* The ends of the graph: kernel statistics, and predictions with their errors. */
#include "runtime/base/alloc.h"
#include "src/evaluation/flight.h"
#include "tasks/kernelstat/kernelstat_task.h"
#include "tasks/validation/validation_task.h"

/* Predictions are shorter tasks than design rows: a quarter of them. */
static const double task_flops = 5e7;

/* --- kernel statistics ---------------------------------------------------------------------------------------- */

/* The moments of one part's chunks into part[0..n_chunk). */
static slg_status submit_part(slg_flight *f, size_t b, slg_block **part, slg_error *err)
{
    slg_rt *rt = f->e->rt;
    const slg_instances *c = &f->e->p->instances[f->part[b]];
    const size_t d = f->model.d[b];
    slg_block *ref = NULL;
    slg_place at = slg_flight_place(f, SLG_RANK_SCORE, 0);
    slg_status st = slg_rt_block(rt, c->n_reference * d * sizeof(double), &ref, err);
    if (st == SLG_OK)
        st = slg_submit_reference(rt, &at, c->n_reference, c->reference, d, c->n_chunk, c->chunk, f->v[b], ref, err);
    for (size_t i = 0; st == SLG_OK && i < c->n_chunk; i++) {
        at = slg_flight_place(f, SLG_RANK_SCORE, i);
        st = slg_rt_block(rt, sizeof(slg_moments), &part[i], err);
        if (st == SLG_OK)
            st = slg_submit_kernel_stat(rt, &at, f->model.def[b], c->chunk[i + 1] - c->chunk[i], c->n_reference,
                                        f->model.plan[b], f->v[b][i], ref, part[i], err);
    }
    slg_rt_release(rt, &ref);
    return st;
}

slg_status slg_flight_statistics(slg_flight *f, slg_error *err)
{
    slg_rt *rt = f->e->rt;
    size_t n = 0, used = 0;
    for (size_t b = 0; b < f->model.n_part; b++)
        n += f->e->p->instances[f->part[b]].n_chunk;
    slg_block **part = slg_calloc(n, sizeof(slg_block *));
    if (!part)
        return slg_fail_nomem(err, "kernel statistics");
    slg_status st = SLG_OK;
    for (size_t b = 0; st == SLG_OK && b < f->model.n_part; b++) {
        st = submit_part(f, b, part + used, err);
        used += f->e->p->instances[f->part[b]].n_chunk;
    }
    if (st == SLG_OK)
        st = slg_rt_block(rt, sizeof(slg_moments), &f->kernel, err);
    slg_place last = slg_flight_result_place(f, SLG_RANK_SCORE);
    if (st == SLG_OK)
        st = slg_submit_merge_moments(rt, &last, n, part, f->kernel, err);
    for (size_t i = 0; i < n; i++)
        slg_rt_release(rt, &part[i]);
    slg_free(part);
    return st;
}

/* --- predictions ---------------------------------------------------------------------------------------------- */

/* Rough flops of the predictions of one slice; only the length of tasks depends on it. */
static double slice_flops(const slg_batch *b, size_t s, const slg_model *m)
{
    size_t pairs = b->geom.pair_first[b->slice[s + 1]] - b->geom.pair_first[b->slice[s]];
    return 4e3 * (double)pairs + 1e2 * (double)m->m_total * (double)(b->slice[s + 1] - b->slice[s]);
}

/* Predictions of batch i of a side and their error sums. */
static slg_status submit_batch(slg_flight *f, const slg_side *side, const slg_batch_use *use, size_t i, slg_block **sum,
                               slg_error *err)
{
    slg_rt *rt = f->e->rt;
    const slg_batch *b = &side->batch[i];
    slg_block *pred = NULL, *coef = side->folded && b->fold < f->n_fold ? f->fold_coef[b->fold] : f->model.coef;
    slg_status st = slg_rt_block(rt, slg_prediction_bytes(&b->geom), &pred, err);
    slg_place at = slg_flight_place(f, SLG_RANK_VALIDATION, i);
    double flops = 0;
    for (size_t s = 0, begin = 0; st == SLG_OK && s < b->n_slice; s++) {
        flops += slice_flops(b, s, &f->model);
        if (flops < task_flops && s + 1 < b->n_slice)
            continue;
        st = slg_submit_validation(rt, &at, use, b->slice[begin], b->slice[s + 1], &f->model, coef, b->derivatives,
                                   begin == 0, pred, err);
        begin = s + 1;
        flops = 0;
    }
    const size_t n_group = side->data->n_group;
    if (st == SLG_OK)
        st = slg_rt_block(rt, n_group * sizeof(slg_errors), sum, err);
    if (st == SLG_OK)
        st = slg_submit_errors(rt, &at, use, n_group, pred, *sum, err);
    slg_rt_release(rt, &pred);
    return st;
}

slg_status slg_flight_errors(slg_flight *f, const slg_side *side, const slg_batch_use *use, slg_error *err)
{
    slg_rt *rt = f->e->rt;
    slg_block **sum = slg_calloc(side->n_batch, sizeof(slg_block *));
    if (!sum)
        return slg_fail_nomem(err, "errors");
    slg_status st = SLG_OK;
    for (size_t i = 0; st == SLG_OK && i < side->n_batch; i++)
        st = submit_batch(f, side, &use[i], i, &sum[i], err);
    const size_t n_group = side->data->n_group;
    if (st == SLG_OK)
        st = slg_rt_block(rt, n_group * sizeof(slg_errors), &f->errors, err);
    slg_place last = slg_flight_result_place(f, SLG_RANK_SCORE);
    if (st == SLG_OK)
        st = slg_submit_merge_errors(rt, &last, n_group, side->n_batch, sum, f->errors, err);
    for (size_t i = 0; i < side->n_batch; i++)
        slg_rt_release(rt, &sum[i]);
    slg_free(sum);
    return st;
}
