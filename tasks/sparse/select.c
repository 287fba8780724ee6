#include "tasks/sparse/sparse_internal.h"

#include "runtime/base/arena.h"
#include "runtime/base/rng.h"

enum { SLG_STREAM_SPARSE = 7 };

/** The caller's workspace; `method` serves the method: matrices of the leverage, or distances. */
typedef struct slg_sparse_work {
    slg_sort_item *item, *spare;
    void *method;
    unsigned char *duplicate;
} slg_sparse_work;

static size_t carve(size_t n, size_t d, void *work, slg_sparse_work *w)
{
    slg_arena a = {.base = work};
    const size_t cur = slg_cur_work_bytes(d), distances = n * sizeof(double);
    w->item = slg_arena_take(&a, n, sizeof *w->item);
    w->spare = slg_arena_take(&a, n, sizeof *w->spare);
    w->method = slg_arena_take(&a, cur > distances ? cur : distances, 1);
    w->duplicate = slg_arena_take(&a, n, 1);
    return a.used;
}

size_t slg_sparse_work_bytes(size_t n, size_t d, size_t m)
{
    slg_sparse_work none;
    (void)m;
    return carve(n, d, NULL, &none);
}

static bool finite(const slg_chunked *x)
{
    double bad = 0;
    for (size_t c = 0; c < x->n_chunk; c++) {
        size_t len = (x->first[c + 1] - x->first[c]) * x->d;
        const double *v = x->chunk[c];
#pragma omp simd reduction(+ : bad)
        for (size_t i = 0; i < len; i++)
            bad += v[i] - v[i];
    }
    return bad == 0;
}

/** Fisher-Yates shuffle; every step has its own draw, so a longer selection only goes on. */
static void shuffle(size_t n, uint64_t seed, slg_sort_item *item)
{
    for (size_t i = 0; i < n; i++)
        item[i] = (slg_sort_item){0, (int64_t)i};
    for (size_t i = 0; i + 1 < n; i++) {
        double u = slg_rng_u01(seed, SLG_STREAM_SPARSE, (uint32_t)i, (uint32_t)(i >> 32), 0);
        size_t j = i + (size_t)(u * (double)(n - i));
        slg_sort_item swap = item[i];
        item[i] = item[j];
        item[j] = swap;
    }
}

static size_t take(size_t n, size_t m, const slg_sort_item *item, const unsigned char *duplicate, int64_t *index)
{
    size_t chosen = 0;
    for (size_t i = 0; i < n && chosen < m; i++)
        if (!duplicate[item[i].row])
            index[chosen++] = item[i].row;
    return chosen;
}

slg_status slg_sparse_select(slg_sparse_method method, const slg_chunked *x, size_t m, uint64_t seed, int64_t *index,
                             size_t *n_chosen, void *work)
{
    size_t n = x->n_chunk > 0 ? x->first[x->n_chunk] : 0;
    *n_chosen = 0;
    if (n == 0 || x->d == 0)
        return SLG_ERR_EMPTY;
    if (!finite(x))
        return SLG_ERR_NOT_FINITE;
    slg_sparse_work w;
    carve(n, x->d, work, &w);
    slg_mark_duplicates(x, w.duplicate, w.item, w.spare);
    if (method == SLG_SPARSE_FPS) {
        *n_chosen = slg_fps(x, m, w.duplicate, w.method, index);
        return SLG_OK;
    }
    if (method == SLG_SPARSE_RANDOM) {
        shuffle(n, seed, w.item);
    } else {
        slg_status st = slg_cur_leverage(x, w.item, w.method);
        if (st != SLG_OK)
            return st;
        slg_sort_items(n, w.item, w.spare);
    }
    *n_chosen = take(n, m, w.item, w.duplicate, index);
    return SLG_OK;
}
