#include "tasks/kernelstat/kernelstat_task.h"
#include "runtime/base/alloc.h"

#include <string.h>

static slg_status submit_gather(slg_rt *rt, const slg_place *at, const slg_kind *kind, const void *arg,
                                size_t arg_bytes, size_t n, slg_block *const *in, slg_block *out, slg_error *err)
{
    slg_use *use = slg_calloc(n + 1, sizeof *use);
    if (!use)
        return slg_fail_nomem(err, kind->name);
    for (size_t i = 0; i < n; i++)
        use[i] = (slg_use){in[i], SLG_R};
    use[n] = (slg_use){out, SLG_W};
    slg_insertion task = slg_insertion_at(kind, at, use, n + 1, arg, arg_bytes, 1e4);
    slg_status st = slg_rt_insert(rt, &task, err);
    slg_free(use);
    return st;
}

struct reference_args {
    size_t n_ref, d, n_chunk;
    const size_t *row, *first;
};

static slg_status reference_cpu(const slg_task *t)
{
    const struct reference_args *a = t->arg;
    double *ref = t->buf[a->n_chunk];
    slg_task_work(t, 0); /* copies */
    size_t c = 0;
    for (size_t i = 0; i < a->n_ref; i++) {
        while (a->first[c + 1] <= a->row[i])
            c++;
        const double *v = t->buf[c];
        memcpy(ref + i * a->d, v + (a->row[i] - a->first[c]) * a->d, a->d * sizeof *ref);
    }
    return SLG_OK;
}

static const slg_kind reference_kind = {.name = "reference", .cpu = reference_cpu};

slg_status slg_submit_reference(slg_rt *rt, const slg_place *at, size_t n_ref, const size_t *row, size_t d,
                                size_t n_chunk, const size_t *first, slg_block *const *chunk, slg_block *ref,
                                slg_error *err)
{
    struct reference_args a = {n_ref, d, n_chunk, row, first};
    return submit_gather(rt, at, &reference_kind, &a, sizeof a, n_chunk, chunk, ref, err);
}

struct kernelstat_args {
    size_t n, m, d;
    double zeta;
};

static slg_status kernelstat_cpu(const slg_task *t)
{
    const struct kernelstat_args *a = t->arg;
    void *work = slg_task_scratch(t, slg_kernelstat_work_bytes(a->n, a->m));
    if (!work)
        return slg_task_fail(t, SLG_ERR_NOMEM, "no memory for the kernel statistics");
    slg_moments_clear(t->buf[2]);
    if (slg_kernelstat_add(a->n, a->m, a->d, t->buf[0], t->buf[1], a->zeta, t->buf[2], work) != SLG_OK)
        return slg_task_fail(t, SLG_ERR_NOT_FINITE, "a kernel value is not finite");
    return SLG_OK;
}

static const slg_kind kernelstat_kind = {.name = "kernel-stat", .cpu = kernelstat_cpu};

slg_status slg_submit_kernelstat(slg_rt *rt, const slg_place *at, size_t n, size_t m, size_t d, double zeta,
                                 slg_block *v, slg_block *ref, slg_block *out, slg_error *err)
{
    struct kernelstat_args a = {n, m, d, zeta};
    slg_use use[] = {{v, SLG_R}, {ref, SLG_R}, {out, SLG_W}};
    double flops = 2.0 * (double)n * (double)m * (double)d;
    slg_insertion in = slg_insertion_at(&kernelstat_kind, at, use, 3, &a, sizeof a, flops);
    return slg_rt_insert(rt, &in, err);
}

static slg_status merge_cpu(const slg_task *t)
{
    slg_moments *out = t->buf[t->n_buf - 1];
    slg_task_work(t, 0); /* sums of a few numbers */
    slg_moments_clear(out);
    for (size_t i = 0; i + 1 < t->n_buf; i++)
        slg_moments_merge(out, t->buf[i]);
    return SLG_OK;
}

static const slg_kind merge_kind = {.name = "merge-moments", .cpu = merge_cpu};

slg_status slg_submit_merge_moments(slg_rt *rt, const slg_place *at, size_t n_part, slg_block *const *part,
                                    slg_block *out, slg_error *err)
{
    return submit_gather(rt, at, &merge_kind, NULL, 0, n_part, part, out, err);
}
