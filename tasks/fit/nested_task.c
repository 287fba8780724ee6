#include "tasks/fit/nested_task.h"

#include <math.h>
#include <string.h>

enum { MAX_USE = 3 * SLG_MAX_PARTS + SLG_MAX_FOLD + 2, AT_JUDGED = 2 };

/* Blocks: weights, gram, judged blocks, plans, sparse sets, factors. */
struct nested_args {
    const slg_model *model;
    size_t n_fold, n_judged, n_ratio;
    bool folds;
    const int32_t *quantity;
    slg_loss loss;
    slg_ratio ratio[SLG_MAX_RATIO];
    double sigma[]; /* [n_class] */
};

static slg_nested problem_of(const struct nested_args *a, const slg_task *t, const slg_part *part)
{
    return (slg_nested){.gram = t->buf[1],
                        .n_fold = a->n_fold,
                        .judged = (const double *const *)(t->buf + AT_JUDGED),
                        .folds = a->folds,
                        .n_judged = a->n_judged,
                        .quantity = a->quantity,
                        .m = a->model->m_total,
                        .n_class = a->model->n_class,
                        .n_part = a->model->n_part,
                        .part = part,
                        .n_ratio = a->n_ratio,
                        .ratio = a->ratio,
                        .loss = a->loss};
}

static slg_status nested_cpu(const slg_task *t)
{
    const struct nested_args *a = t->arg;
    slg_part part[SLG_MAX_PARTS];
    slg_weights *out = t->buf[0];
    double x[SLG_MAX_RATIO], loss;
    slg_model_parts(a->model, t->buf, AT_JUDGED + a->n_fold, part);
    const slg_nested p = problem_of(a, t, part);
    memset(out, 0, sizeof *out);
    memcpy(out->delta, a->model->delta, a->model->n_part * sizeof *out->delta);
    memcpy(out->sigma, a->sigma, a->model->n_class * sizeof *out->sigma);
    slg_status st = slg_nested_solve(&p, out->delta, out->sigma, x, &loss, t->scratch);
    for (size_t i = 0; st == SLG_OK && i < a->n_ratio; i++)
        out->ratio[i] = fmin(fmax(exp(x[i]), a->ratio[i].lo), a->ratio[i].hi);
    return st == SLG_OK ? st : slg_task_fail(t, st, 0, NULL);
}

static void nested_cost(const void *arg, void *const *buf, slg_cost *out)
{
    const struct nested_args *a = arg;
    slg_part part[SLG_MAX_PARTS];
    slg_model_parts(a->model, buf, AT_JUDGED + a->n_fold, part);
    double n = 0;
    for (size_t b = 0; b < a->model->n_part; b++)
        n += (double)part[b].m;
    const double classes = (double)(a->model->n_class * (a->folds ? 2 : 1) + a->n_judged + a->n_ratio);
    const double most = SLG_NESTED_SCREEN + SLG_NESTED_STARTS * SLG_NESTED_STEPS;
    out->flops = most * (double)a->n_fold * n * n * (n / 3 + 2 * classes + 16);
    out->scratch = slg_nested_work_bytes(a->model->m_total);
}

static const slg_kind nested_kind = {.name = "nested-fit",
                                     .cpu = nested_cpu,
                                     .cost = nested_cost,
                                     .reason = (const char *const[]){"nested fit: {status}"},
                                     .n_reason = 1};

slg_status slg_submit_nested(slg_rt *rt, const slg_place *at, const slg_model *model, const slg_nested_request *r,
                             slg_block *weights, slg_error *err)
{
    union {
        struct nested_args a;
        char room[sizeof(struct nested_args) + SLG_MAX_CLASS * sizeof(double)];
    } arg;
    const size_t sigmas = model->n_class * sizeof *r->sigma;
    SLG_ASSERT(model->n_class <= SLG_MAX_CLASS && r->n_ratio <= SLG_MAX_RATIO && r->n_fold <= SLG_MAX_FOLD);
    arg.a = (struct nested_args){.model = model,
                                 .n_fold = r->n_fold,
                                 .n_judged = r->n_judged,
                                 .n_ratio = r->n_ratio,
                                 .folds = r->folds,
                                 .quantity = r->quantity,
                                 .loss = r->loss};
    memcpy(arg.a.ratio, r->ratio, r->n_ratio * sizeof *r->ratio);
    memcpy(arg.a.sigma, r->sigma, sigmas);
    slg_use use[MAX_USE] = {{weights, SLG_W}, {r->gram, SLG_R}};
    size_t n = AT_JUDGED;
    for (size_t f = 0; f < r->n_fold; f++)
        use[n++] = (slg_use){r->judged[f], SLG_R};
    n = slg_use_model(use, n, model, true);
    slg_insertion in = slg_insertion_at(&nested_kind, at, use, n, &arg.a, sizeof arg.a + sigmas);
    return slg_rt_insert(rt, &in, err);
}
