#include "tasks/kernelstat/kernelstat_task.h"

#include <string.h>

/* --- reference ------------------------------------------------------------------------------------------------ */

struct reference_args {
    size_t n_ref, d, n_chunk;
    const size_t *row, *first;
};

static slg_status reference_cpu(const slg_task *t)
{
    const struct reference_args *a = t->arg;
    double *ref = t->buf[a->n_chunk];
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
    return slg_submit_gather(rt, at, &reference_kind, &a, sizeof a, n_chunk, chunk, ref, err);
}

/* --- kernel-stat ---------------------------------------------------------------------------------------------- */

/* Blocks: plan, v, reference, moments. */
struct stat_args {
    const slg_term_def *def;
    size_t n, m, d;
};

static slg_status stat_cpu(const slg_task *t)
{
    const struct stat_args *a = t->arg;
    const slg_part part = {.term = a->def->term, .plan = t->buf[0], .d = a->d};
    slg_moments_clear(t->buf[3]);
    if (slg_kernelstat_add(&part, a->n, a->m, t->buf[1], t->buf[2], t->buf[3], t->scratch) != SLG_OK)
        return slg_task_fail(t, SLG_ERR_NOT_FINITE, 0, NULL);
    return SLG_OK;
}

static void stat_cost(const void *arg, void *const *buf, slg_cost *out)
{
    const struct stat_args *a = arg;
    const slg_term_work work = {.what = SLG_WORK_KERNEL, .plan = buf ? buf[0] : NULL, .m = a->n * a->m};
    slg_cost_add(out, a->def, &work);
    out->scratch += slg_kernelstat_work_bytes(a->n, a->m);
}

static const slg_kind stat_kind = {.name = "kernel-stat",
                                   .cpu = stat_cpu,
                                   .cost = stat_cost,
                                   .reason = (const char *const[]){"a kernel value is not finite"},
                                   .n_reason = 1};

slg_status slg_submit_kernel_stat(slg_rt *rt, const slg_place *at, const slg_term_def *def, size_t n, size_t m,
                                  slg_block *plan, slg_block *v, slg_block *ref, slg_block *out, slg_error *err)
{
    struct stat_args a = {def, n, m, slg_term_length(def)};
    slg_use use[] = {{plan, SLG_R}, {v, SLG_R}, {ref, SLG_R}, {out, SLG_W}};
    slg_insertion in = slg_insertion_at(&stat_kind, at, use, 4, &a, sizeof a);
    return slg_rt_insert(rt, &in, err);
}

/* --- merge-moments -------------------------------------------------------------------------------------------- */

static slg_status merge_cpu(const slg_task *t)
{
    slg_moments *out = t->buf[t->n_buf - 1];
    slg_moments_clear(out);
    for (size_t i = 0; i + 1 < t->n_buf; i++)
        slg_moments_merge(out, t->buf[i]);
    return SLG_OK;
}

static const slg_kind merge_kind = {.name = "merge-moments", .cpu = merge_cpu};

slg_status slg_submit_merge_moments(slg_rt *rt, const slg_place *at, size_t n_part, slg_block *const *part,
                                    slg_block *out, slg_error *err)
{
    return slg_submit_gather(rt, at, &merge_kind, NULL, 0, n_part, part, out, err);
}
