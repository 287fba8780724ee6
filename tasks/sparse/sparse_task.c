#include "tasks/sparse/sparse_task.h"

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

struct selection_args {
    slg_sparse_method method;
    uint64_t seed;
    size_t m, d, n_chunk;
    const size_t *first;
    bool unit_norm;
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

static slg_status selection_cpu(const slg_task *t)
{
    const struct selection_args *a = t->arg;
    slg_sparse_set *set = t->buf[a->n_chunk];
    *set = (slg_sparse_set){.m_max = a->m, .d = a->d};
    slg_chunked x = {a->n_chunk, a->d, a->first, (const double *const *)t->buf, a->unit_norm};
    slg_status st = slg_sparse_select(a->method, &x, a->m, a->seed, slg_sparse_index(set), &set->m, t->scratch);
    if (st != SLG_OK)
        return slg_task_fail(t, st, 0, NULL);
    gather(set, &x);
    return SLG_OK;
}

/* Streaming QR, right singular vectors of the triangle, leverage with half of them; farthest points: a product each. */
static void selection_cost(const void *arg, void *const *buf, slg_cost *out)
{
    const struct selection_args *a = arg;
    const size_t n_row = a->first[a->n_chunk];
    const double n = (double)n_row, d = (double)a->d, m = (double)a->m;
    (void)buf;
    out->scratch = slg_sparse_work_bytes(n_row, a->d, a->m);
    switch (a->method) {
    case SLG_SPARSE_CUR: out->flops = 2 * n * d * d + 12 * d * d * d + n * d * d; break;
    case SLG_SPARSE_FPS: out->flops = 2 * n * d * m; break;
    case SLG_SPARSE_RANDOM: break;
    }
}

static const slg_kind selection_kind = {.name = "sparse-selection",
                                        .cpu = selection_cpu,
                                        .cost = selection_cost,
                                        .reason = (const char *const[]){"sparse selection: {status}"},
                                        .n_reason = 1};

slg_status slg_submit_sparse_selection(slg_rt *rt, const slg_place *at, const slg_term *term, slg_sparse_method method,
                                       uint64_t seed, size_t m, size_t d, size_t n_chunk, const size_t *first,
                                       slg_block *const *chunk, slg_block *set, slg_error *err)
{
    struct selection_args a = {method, seed, m, d, n_chunk, first, term->unit_norm};
    return slg_submit_gather(rt, at, &selection_kind, &a, sizeof a, n_chunk, chunk, set, err);
}
