#include "tasks/validation/nested_task.h"

#include <math.h>
#include <string.h>

enum { MAX_USE = 3 * SLG_MAX_PARTS + 4, AT_PARTS = 4, MAX_CLASS = 256 };

/* Blocks: coef, result, gram, metric, plans, sparse sets, factors. */
struct nested_args {
    const slg_model *model;
    slg_loss loss;
    size_t n_ratio;
    slg_ratio ratio[SLG_MAX_RATIO];
    size_t n_class;
    double sigma[]; /* [n_class] */
};

static slg_nested problem_of(const struct nested_args *a, const slg_task *t, const slg_part *part)
{
    return (slg_nested){.gram = t->buf[2],
                        .metric = t->buf[3],
                        .m = a->model->m_total,
                        .n_class = a->n_class,
                        .n_part = a->model->n_part,
                        .part = part,
                        .n_ratio = a->n_ratio,
                        .ratio = a->ratio,
                        .loss = a->loss};
}

/* Ratios as numbers, and the sums of squares at these coefficients. */
static void fill_result(const slg_nested *p, const double *x, const double *gamma, slg_nested_result *out)
{
    for (size_t i = 0; i < p->n_ratio; i++)
        out->value[i] = fmin(fmax(exp(x[i]), p->ratio[i].lo), p->ratio[i].hi);
    for (size_t q = 0; q < SLG_N_QUANTITY; q++)
        out->errors.q[q] = (slg_error_sum){.n = slg_gram_t((double *)(uintptr_t)p->metric, p->m, q)[1],
                                           .abs = (double)NAN,
                                           .sq = slg_fit_residual(p->metric, p->m, q, gamma)};
}

static slg_status nested_cpu(const slg_task *t)
{
    const struct nested_args *a = t->arg;
    slg_part part[SLG_MAX_PARTS];
    double x[SLG_MAX_RATIO], delta[SLG_MAX_PARTS], sigma[MAX_CLASS], loss, *gamma = t->buf[0];
    size_t where = 0;
    slg_model_parts(a->model, t->buf, AT_PARTS, part);
    const slg_nested p = problem_of(a, t, part);
    memcpy(delta, a->model->delta, sizeof delta);
    memcpy(sigma, a->sigma, a->n_class * sizeof *sigma);
    slg_status st = slg_nested_solve(&p, delta, sigma, x, &loss, t->scratch);
    if (st == SLG_OK)
        st = slg_fit_solve(p.gram, p.m, p.n_class, p.n_part, part, slg_model_factors(a->model, t->buf, AT_PARTS), NULL,
                           delta, sigma, gamma, gamma + p.m, &where, t->scratch);
    if (st != SLG_OK)
        return slg_task_fail(t, st, 0, (double[SLG_N_WHERE]){(double)where, (double)p.m});
    fill_result(&p, x, gamma, t->buf[1]);
    return SLG_OK;
}

static void nested_cost(const void *arg, void *const *buf, slg_cost *out)
{
    const struct nested_args *a = arg;
    slg_part part[SLG_MAX_PARTS];
    slg_model_parts(a->model, buf, AT_PARTS, part);
    double n = 0;
    for (size_t b = 0; b < a->model->n_part; b++)
        n += (double)part[b].m;
    const double classes = (double)a->n_class + SLG_LOSS_QUANTITIES + (double)a->n_ratio;
    out->flops = SLG_NESTED_STARTS * SLG_NESTED_STEPS * n * n * (n / 3 + 2 * classes + 8);
    out->scratch = slg_nested_work_bytes(a->model->m_total);
}

static const slg_kind nested_kind = {.name = "nested-fit",
                                     .cpu = nested_cpu,
                                     .cost = nested_cost,
                                     .reason = (const char *const[]){"nested fit: {status}"},
                                     .n_reason = 1};

slg_status slg_submit_nested(slg_rt *rt, const slg_place *at, const slg_model *model, const double *sigma,
                             size_t n_ratio, const slg_ratio *ratio, const slg_loss *loss, slg_block *gram,
                             slg_block *metric, slg_block *result, slg_error *err)
{
    union {
        struct nested_args a;
        char room[sizeof(struct nested_args) + MAX_CLASS * sizeof(double)];
    } arg;
    SLG_ASSERT(model->n_class <= MAX_CLASS && n_ratio <= SLG_MAX_RATIO);
    arg.a = (struct nested_args){.model = model, .loss = *loss, .n_ratio = n_ratio, .n_class = model->n_class};
    memcpy(arg.a.ratio, ratio, n_ratio * sizeof *ratio);
    memcpy(arg.a.sigma, sigma, model->n_class * sizeof *sigma);
    slg_use use[MAX_USE] = {{model->coef, SLG_W}, {result, SLG_W}, {gram, SLG_R}, {metric, SLG_R}};
    size_t n = slg_use_model(use, AT_PARTS, model, true);
    slg_insertion in =
        slg_insertion_at(&nested_kind, at, use, n, &arg.a, sizeof arg.a + model->n_class * sizeof *sigma);
    return slg_rt_insert(rt, &in, err);
}
