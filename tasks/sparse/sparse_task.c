#include "tasks/sparse/sparse_task.h"
#include "runtime/base/alloc.h"

#include <string.h>

static size_t index_bytes(size_t m_max)
{
    return (m_max * sizeof(int64_t) + 63) / 64 * 64;
}

size_t slg_sparse_set_bytes(size_t m_max, size_t d)
{
    return sizeof(slg_sparse_set) + index_bytes(m_max) + m_max * d * sizeof(double);
}

int64_t *slg_sparse_index(const slg_sparse_set *s)
{
    return (int64_t *)((char *)(uintptr_t)s + sizeof *s);
}

double *slg_sparse_q(const slg_sparse_set *s)
{
    return (double *)((char *)(uintptr_t)s + sizeof *s + index_bytes(s->m_max));
}

struct select_args {
    slg_sparse_method method;
    uint64_t seed;
    size_t m, d, n_chunk;
    const size_t *first;
};

static void gather(slg_sparse_set *set, const slg_chunked *x)
{
    const int64_t *index = slg_sparse_index(set);
    double *q = slg_sparse_q(set);
    memset(q, 0, set->m_max * set->d * sizeof *q);
    for (size_t k = 0; k < set->m; k++) {
        size_t row = (size_t)index[k], c = 0;
        while (x->first[c + 1] <= row)
            c++;
        memcpy(q + k * set->d, x->chunk[c] + (row - x->first[c]) * set->d, set->d * sizeof *q);
    }
}

static slg_status select_cpu(const slg_task *t)
{
    const struct select_args *a = t->arg;
    slg_sparse_set *set = t->buf[a->n_chunk];
    *set = (slg_sparse_set){.m_max = a->m, .d = a->d};
    slg_chunked x = {a->n_chunk, a->d, a->first, (const double *const *)t->buf};
    void *work = slg_task_scratch(t, slg_sparse_work_bytes(a->first[a->n_chunk], a->d, a->m));
    if (!work)
        return slg_task_fail(t, SLG_ERR_NOMEM, "no memory for the sparse selection");
    slg_status st = slg_sparse_select(a->method, &x, a->m, a->seed, slg_sparse_index(set), &set->m, work);
    if (st != SLG_OK)
        return slg_task_fail(t, st, "sparse selection: %s", slg_status_text(st));
    gather(set, &x);
    return SLG_OK;
}

static const slg_kind select_kind = {.name = "sparse-selection", .cpu = select_cpu};

/* Streaming QR, right singular vectors of the triangle, leverage with half of them; farthest points: a product each. */
static double select_flops(slg_sparse_method method, double n, double d, double m)
{
    switch (method) {
    case SLG_SPARSE_CUR: return 2 * n * d * d + 12 * d * d * d + n * d * d;
    case SLG_SPARSE_FPS: return 2 * n * d * m;
    case SLG_SPARSE_RANDOM: break;
    }
    return 0;
}

slg_status slg_submit_select(slg_rt *rt, const slg_place *at, slg_sparse_method method, uint64_t seed, size_t m,
                             size_t d, size_t n_chunk, const size_t *first, slg_block *const *chunk, slg_block *set,
                             slg_error *err)
{
    struct select_args a = {method, seed, m, d, n_chunk, first};
    slg_use *use = slg_calloc(n_chunk + 1, sizeof *use);
    if (!use)
        return slg_fail_nomem(err, "sparse selection");
    for (size_t c = 0; c < n_chunk; c++)
        use[c] = (slg_use){chunk[c], SLG_R};
    use[n_chunk] = (slg_use){set, SLG_W};
    double flops = select_flops(method, (double)first[n_chunk], (double)d, (double)m);
    slg_insertion in = slg_insertion_at(&select_kind, at, use, n_chunk + 1, &a, sizeof a, flops);
    slg_status st = slg_rt_insert(rt, &in, err);
    slg_free(use);
    return st;
}
