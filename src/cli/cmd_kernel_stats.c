/** `starling kernel-stats`: distribution of kernel values between the environments of a file. */
#include "runtime/base/alloc.h"
#include "runtime/base/rng.h"
#include "src/cli/cli.h"
#include "src/evaluation/problem.h"
#include "tasks/kernelstat/kernelstat.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 256 }; /* of descriptors at a time: bounds the workspace */

/** Descriptors of one part: of all instances, and of the reference ones among them. */
typedef struct sample {
    size_t n, m, d;
    double *v, *q; /* [n][d], [m][d] */
} sample;

/** Marks n random ones of all environments, or all when n is 0 or too large. */
static void choose(size_t n_env, size_t n, uint64_t seed, size_t *order, unsigned char *chosen)
{
    for (size_t i = 0; i < n_env; i++)
        order[i] = i;
    if (n == 0 || n > n_env)
        n = n_env;
    for (size_t i = 0; i < n; i++) {
        double u = slg_rng_u01(seed, SLG_STREAM_REFERENCE, (uint32_t)i, 0, 0);
        size_t j = i + (size_t)(u * (double)(n_env - i));
        size_t t = order[i];
        order[i] = order[j];
        order[j] = t;
        chosen[order[i]] = 1;
    }
}

static slg_status fill(const cli_scene *s, int32_t part, const unsigned char *chosen, sample *x, slg_error *err)
{
    size_t n = 0, where;
    for (size_t e = 0; e < s->geom->n_env; e++)
        n += cli_scene_instances(s, part, e);
    x->d = slg_term_length(&s->def[part]);
    x->v = slg_alloc_aligned(n * x->d + 1, sizeof(double));
    x->q = slg_alloc_aligned(n * x->d + 1, sizeof(double));
    if (!x->v || !x->q)
        return slg_fail_nomem(err, "descriptors");
    for (size_t e = 0; e < s->geom->n_env; e++) {
        const size_t here = cli_scene_instances(s, part, e);
        double *v = x->v + x->n * x->d;
        slg_status st = s->cfg->term->descriptor(s->plan[part], s->geom, e, e + 1, v, &where, s->work);
        if (st != SLG_OK)
            return cli_scene_fail(s, st, e, err);
        if (chosen[e])
            memcpy(x->q + x->m * x->d, v, here * x->d * sizeof *v);
        x->n += here;
        x->m += chosen[e] ? here : 0;
    }
    return SLG_OK;
}

static slg_status add(const cli_scene *s, int32_t k, const sample *x, slg_moments *sum, slg_error *err)
{
    const slg_part part = {.term = s->cfg->term, .plan = s->plan[k], .d = x->d};
    void *work = slg_alloc_aligned(1, slg_kernelstat_work_bytes(ROWS, x->m) + 1);
    slg_status st = work ? SLG_OK : slg_fail_nomem(err, "kernel values");
    for (size_t i = 0; i < x->n && x->m > 0 && st == SLG_OK; i += ROWS) {
        size_t n = x->n - i < ROWS ? x->n - i : ROWS;
        st = slg_kernelstat_add(&part, n, x->m, x->v + i * x->d, x->q, sum, work);
        if (st != SLG_OK)
            st = slg_fail(err, st, "kernel-stats: a kernel value is not finite");
    }
    slg_free(work);
    return st;
}

static slg_status all_parts(const cli_scene *s, const unsigned char *chosen, slg_moments *sum, slg_error *err)
{
    slg_status st = SLG_OK;
    for (int32_t k = 0; k < s->n_part && st == SLG_OK; k++) {
        sample x = {0};
        st = fill(s, k, chosen, &x, err);
        if (st == SLG_OK)
            st = add(s, k, &x, sum, err);
        slg_free(x.v);
        slg_free(x.q);
    }
    return st;
}

static slg_status report_json(const slg_moments *m, slg_error *err)
{
    json_t *bins = json_array();
    for (size_t i = 0; i < SLG_HISTOGRAM_BINS; i++)
        json_array_append_new(bins, json_integer((json_int_t)m->bin[i]));
    return cli_print_json(json_pack("{s:f, s:f, s:f, s:f, s:f, s:I, s:o}", "mean", m->mean, "std", slg_moments_std(m),
                                    "skewness", slg_moments_skew(m), "min", m->min, "max", m->max, "n",
                                    (json_int_t)m->n, "histogram", bins),
                          err);
}

static void report(const slg_moments *m)
{
    printf("values    %.0f\nmean      %.6f\nstd       %.6f\nskewness  %.6f\nmin       %.6f\nmax       %.6f\n", m->n,
           m->mean, slg_moments_std(m), slg_moments_skew(m), m->min, m->max);
    puts("histogram (lower bound, share)");
    for (size_t i = 0; i < SLG_HISTOGRAM_BINS; i++)
        printf("%.2f %.6f\n", (double)i / SLG_HISTOGRAM_BINS, m->bin[i] / m->n);
}

static slg_status statistics(const cli_args *a, const cli_scene *s, slg_error *err)
{
    size_t n = s->geom->n_env;
    size_t *order = slg_calloc(n, sizeof *order);
    unsigned char *chosen = slg_calloc(n, 1);
    slg_moments sum;
    slg_moments_clear(&sum);
    slg_status st = order && chosen ? SLG_OK : slg_fail_nomem(err, "environments");
    if (st == SLG_OK) {
        choose(n, a->reference, a->has_seed ? a->seed : s->cfg->seed, order, chosen);
        st = all_parts(s, chosen, &sum, err);
    }
    slg_free(order);
    slg_free(chosen);
    if (st == SLG_OK && a->json)
        return report_json(&sum, err);
    if (st == SLG_OK)
        report(&sum);
    return st;
}

static slg_status run(const cli_args *a, slg_error *err)
{
    cli_scene s;
    slg_status st = cli_scene_open(a, CLI_KERNEL, &s, err);
    if (st == SLG_OK)
        st = statistics(a, &s, err);
    cli_scene_free(&s);
    return st;
}

static const struct argp_option options[] = {
    CLI_OPT_HP,
    CLI_OPT_JSON,
    {"reference", CLI_REFERENCE, "N", 0, "N random environments against all (default: all against all)", 0},
    CLI_OPT_SEED,
    CLI_OPT_END};
const cli_command slg_cmd_kernel_stats = {
    "kernel-stats",
    "DATA.xyz",
    "Statistics of kernel values between environments.",
    "Mean, standard deviation, skewness, extremes and histogram. Environments are compared with those of the same "
    "species; the diagonal counts. Population moments.",
    options,
    run};
