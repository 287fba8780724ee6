/* Gram blocks of a side: design rows of every batch, whitened and folded into accumulators, these added in a tree. */
#include "src/evaluation/flight.h"
#include "tasks/fit/fit.h"
#include "tasks/fit/fit_task.h"

/* A task of about 8 ms on one core; slices are joined up to it. A function of the HPs and the data alone. */
static const double task_flops = 2e8;

enum { MAX_ACC = 4, MAX_RING = 128 };

/* Rough flops of the design rows of one slice; only the length of tasks depends on it. */
static double slice_flops(const slg_batch *b, size_t s, const slg_model *m)
{
    const slg_geom *g = &b->geom;
    double pairs = (double)(g->pair_first[b->slice[s + 1]] - g->pair_first[b->slice[s]]);
    double env = (double)(b->slice[s + 1] - b->slice[s]);
    return (b->derivatives ? 6 * pairs + 12 * env : 2 * env) * (double)(m->d[0] * m->m_total) / (double)m->n_part +
           2e3 * pairs;
}

/* The rows tasks of one batch, chained on the block k. */
static slg_status submit_rows(slg_flight *f, const slg_batch *b, const slg_batch_use *use, size_t number, slg_block *k,
                              slg_error *err)
{
    slg_status st = SLG_OK;
    slg_place at = slg_flight_place(f, SLG_RANK_ROWS, number);
    double flops = 0;
    for (size_t s = 0, begin = 0; st == SLG_OK && s < b->n_slice; s++) {
        flops += slice_flops(b, s, &f->model);
        if (flops < task_flops && s + 1 < b->n_slice)
            continue;
        st =
            slg_submit_design_rows(f->e->rt, &at, use, b->slice[begin], b->slice[s + 1], &f->model, begin == 0, k, err);
        begin = s + 1;
        flops = 0;
    }
    return st;
}

/* Batches without rows give nothing, but the first one makes an accumulator. */
static bool skipped(const slg_side *side, size_t i)
{
    return side->batch[i].rows.n_row == 0 && i > 0;
}

/* Accumulators of a reduction: fixed by the size of the model and the data, so the order of all sums is. */
static size_t n_accumulator(const slg_side *side, size_t m)
{
    size_t n = 0, limit = m <= 1000 ? 4 : m <= 3000 ? 2 : 1;
    for (size_t i = 0; i < side->n_batch; i++)
        n += !skipped(side, i);
    return n < limit ? n : limit;
}

/* A ring of row blocks bounds the memory: a batch waits until the one that used its block before is folded. */
static size_t ring_size(const slg_flight *f, const slg_side *side)
{
    size_t n = 2 * f->e->workers + 2;
    n = n < MAX_RING ? n : MAX_RING;
    return n < side->n_batch ? n : side->n_batch;
}

static slg_status submit_batches(slg_flight *f, const slg_side *side, const slg_batch_use *use, slg_block **ring,
                                 slg_block **acc, size_t n_acc, slg_error *err)
{
    size_t n_ring = ring_size(f, side), used = 0;
    slg_status st = SLG_OK;
    for (size_t i = 0; st == SLG_OK && i < side->n_batch; i++) {
        if (skipped(side, i))
            continue;
        slg_block *k = ring[used % n_ring];
        st = submit_rows(f, &side->batch[i], &use[i], i, k, err);
        slg_place at = slg_flight_place(f, SLG_RANK_FOLD, i);
        if (st == SLG_OK)
            st = slg_submit_fold(f->e->rt, &at, &use[i], &f->model, side->n_class, used < n_acc, k, acc[used % n_acc],
                                 err);
        used++;
    }
    return st;
}

static slg_status submit_tree(slg_flight *f, const slg_side *side, slg_block **acc, size_t n, slg_error *err)
{
    slg_status st = SLG_OK;
    slg_place at = slg_flight_place(f, SLG_RANK_FOLD, 0);
    for (size_t s = 1; s < n; s *= 2)
        for (size_t i = 0; st == SLG_OK && i + s < n; i += 2 * s)
            st = slg_submit_gram_add(f->e->rt, &at, f->model.m_total, side->n_class, acc[i], acc[i + s], err);
    for (size_t i = 1; i < n; i++)
        slg_rt_release(f->e->rt, &acc[i]);
    return st;
}

slg_status slg_flight_gram(slg_flight *f, const slg_side *side, const slg_batch_use *use, slg_block **gram,
                           slg_error *err)
{
    slg_rt *rt = f->e->rt;
    slg_block *acc[MAX_ACC] = {NULL}, *ring[MAX_RING] = {NULL};
    const size_t m = f->model.m_total, n_acc = n_accumulator(side, m), n_ring = ring_size(f, side);
    slg_status st = SLG_OK;
    for (size_t i = 0; st == SLG_OK && i < n_acc; i++)
        st = slg_rt_block(rt, slg_gram_length(m, side->n_class) * sizeof(double), &acc[i], err);
    for (size_t i = 0; st == SLG_OK && i < n_ring; i++)
        st = slg_rt_block(rt, side->max_row * m * sizeof(double), &ring[i], err);
    if (st == SLG_OK)
        st = submit_batches(f, side, use, ring, acc, n_acc, err);
    for (size_t i = 0; i < n_ring; i++)
        slg_rt_release(rt, &ring[i]);
    if (st == SLG_OK)
        st = submit_tree(f, side, acc, n_acc, err);
    *gram = acc[0];
    return st;
}
