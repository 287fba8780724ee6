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

/* The batches of one fold, or all of them: one set of Gram blocks. */
typedef struct pile {
    size_t next, end; /* batches */
    size_t n_acc, used;
    slg_block *acc[MAX_ACC];
} pile;

/* Batches without rows give nothing, but the first one makes an accumulator. */
static bool skipped(const slg_side *side, const pile *p, size_t i)
{
    return side->batch[i].rows.n_row == 0 && (p->used > 0 || i > p->next);
}

/* Accumulators of a reduction: fixed by the size of the model and the data, so the order of all sums is. */
static size_t n_accumulator(const slg_side *side, const pile *p, size_t n_pile, size_t m)
{
    const size_t together = m <= 1000 ? MAX_ACC : m <= 3000 ? 2 : 1, limit = (together + n_pile - 1) / n_pile;
    size_t n = 0;
    for (size_t i = p->next; i < p->end; i++)
        n += !skipped(side, p, i);
    return n < limit ? n : limit;
}

static size_t find_piles(const slg_side *side, size_t m, pile *p)
{
    size_t n = 0;
    for (size_t i = 0; i < side->n_batch; i++) {
        if (i == 0 || (side->folded && side->batch[i].fold != side->batch[i - 1].fold))
            p[n++] = (pile){.next = i};
        p[n - 1].end = i + 1;
    }
    for (size_t k = 0; k < n; k++)
        p[k].n_acc = n_accumulator(side, &p[k], n, m);
    return n;
}

/* A ring of row blocks bounds the memory: a batch waits until the one that used its block before is folded. */
typedef struct ring {
    size_t n, used;
    slg_block *block[MAX_RING];
} ring;

static size_t ring_size(const slg_flight *f, const slg_side *side)
{
    size_t n = 2 * f->e->workers + 2;
    n = n < MAX_RING ? n : MAX_RING;
    return n < side->n_batch ? n : side->n_batch;
}

/* The next batch of a pile that has rows. */
static slg_status submit_batch(slg_flight *f, const slg_side *side, const slg_batch_use *use, pile *p, ring *r,
                               slg_error *err)
{
    size_t i = p->next;
    while (i < p->end && skipped(side, p, i))
        i++;
    p->next = i < p->end ? i + 1 : i;
    if (i == p->end)
        return SLG_OK;
    slg_block *k = r->block[r->used++ % r->n];
    slg_status st = submit_rows(f, &side->batch[i], &use[i], i, k, err);
    slg_place at = slg_flight_place(f, SLG_RANK_FOLD, i);
    const size_t turn = p->used++;
    return st == SLG_OK ? slg_submit_fold(f->e->rt, &at, &use[i], &f->model, side->n_class, turn < p->n_acc, k,
                                          p->acc[turn % p->n_acc], err)
                        : st;
}

/* In turns, so that the accumulators of all piles are filled side by side. */
static slg_status submit_batches(slg_flight *f, const slg_side *side, const slg_batch_use *use, pile *p, size_t n_pile,
                                 ring *r, slg_error *err)
{
    slg_status st = SLG_OK;
    for (bool more = true; st == SLG_OK && more;) {
        more = false;
        for (size_t k = 0; st == SLG_OK && k < n_pile; k++) {
            st = submit_batch(f, side, use, &p[k], r, err);
            more = more || p[k].next < p[k].end;
        }
    }
    return st;
}

static slg_status submit_tree(slg_flight *f, const slg_side *side, pile *p, slg_error *err)
{
    slg_status st = SLG_OK;
    slg_place at = slg_flight_place(f, SLG_RANK_FOLD, 0);
    for (size_t s = 1; s < p->n_acc; s *= 2)
        for (size_t i = 0; st == SLG_OK && i + s < p->n_acc; i += 2 * s)
            st = slg_submit_gram_add(f->e->rt, &at, f->model.m_total, side->n_class, p->acc[i], p->acc[i + s], err);
    return st;
}

/* All but the first, which has the sum. */
static void release_others(slg_flight *f, pile *p)
{
    for (size_t i = 1; i < p->n_acc; i++)
        slg_rt_release(f->e->rt, &p->acc[i]);
}

static slg_status make_blocks(slg_flight *f, const slg_side *side, pile *p, size_t n_pile, ring *r, slg_error *err)
{
    slg_rt *rt = f->e->rt;
    const size_t m = f->model.m_total;
    slg_status st = SLG_OK;
    for (size_t k = 0; k < n_pile; k++)
        for (size_t i = 0; st == SLG_OK && i < p[k].n_acc; i++)
            st = slg_rt_block(rt, slg_gram_length(m, side->n_class) * sizeof(double), &p[k].acc[i], err);
    r->n = ring_size(f, side);
    for (size_t i = 0; st == SLG_OK && i < r->n; i++)
        st = slg_rt_block(rt, side->max_row * m * sizeof(double), &r->block[i], err);
    return st;
}

slg_status slg_flight_gram(slg_flight *f, const slg_side *side, const slg_batch_use *use, slg_block **set,
                           size_t *n_set, slg_error *err)
{
    pile p[SLG_MAX_FOLD + 1];
    ring r = {.used = 0};
    *n_set = find_piles(side, f->model.m_total, p);
    slg_status st = make_blocks(f, side, p, *n_set, &r, err);
    if (st == SLG_OK)
        st = submit_batches(f, side, use, p, *n_set, &r, err);
    for (size_t i = 0; i < r.n; i++)
        slg_rt_release(f->e->rt, &r.block[i]);
    for (size_t k = 0; k < *n_set; k++) {
        if (st == SLG_OK)
            st = submit_tree(f, side, &p[k], err);
        release_others(f, &p[k]);
        set[k] = p[k].acc[0];
    }
    return st;
}
