#include "tasks/fit/fit_task.h"
#include "tasks/fit/fit.h"
#include "tasks/fit/nested.h"
#include "tasks/sparse/sparse_task.h"

#include <string.h>

enum { MAX_USE = 3 * SLG_MAX_PARTS + 4 };

/* --- sparse-kernel -------------------------------------------------------------------------------------------- */

/* Blocks: sparse set, plan, u. */
struct kernel_args {
    const slg_model *model;
    size_t part;
    double eps;
};

static slg_part part_of(const struct kernel_args *a, void *const *buf)
{
    const slg_model *model = a->model;
    const slg_sparse_set *set = buf ? buf[0] : NULL;
    return (slg_part){.term = model->def[a->part]->term,
                      .plan = buf ? buf[1] : NULL,
                      .m = set ? set->m : model->m[a->part],
                      .d = model->d[a->part],
                      .q = set ? slg_sparse_q(set) : NULL};
}

static slg_status kernel_cpu(const slg_task *t)
{
    const struct kernel_args *a = t->arg;
    const slg_term_def *def = a->model->def[a->part];
    const slg_part part = part_of(a, t->buf);
    size_t where = 0;
    slg_status st = slg_sparse_kernel(&part, a->eps, t->buf[2], &where);
    if (st == SLG_OK)
        return st;
    double shape = 0;
    t->failure->note = def->term->shape(def, &shape);
    return slg_task_fail(t, st, t->failure->note != NULL,
                         (double[SLG_N_WHERE]){(double)where, (double)part.m, a->eps, shape});
}

/* The covariances of the upper triangle and their factor. */
static void kernel_cost(const void *arg, void *const *buf, slg_cost *out)
{
    const slg_part part = part_of(arg, buf);
    const double m = (double)part.m;
    out->flops = m * m * ((double)part.d + m / 3);
}

static const slg_kind kernel_kind = {
    .name = "sparse-kernel",
    .cpu = kernel_cpu,
    .cost = kernel_cost,
    .reason = (const char *const[]){"sparse kernel: {status} at row {0} of {1} (jitter {2})",
                                    "sparse kernel: {status} at row {0} of {1} ({note} {3}, jitter {2})"},
    .n_reason = 2};

slg_status slg_submit_sparse_kernel(slg_rt *rt, const slg_place *at, const slg_model *model, size_t b, double eps,
                                    slg_error *err)
{
    struct kernel_args a = {model, b, eps};
    slg_use use[] = {{model->sparse[b], SLG_R}, {model->plan[b], SLG_R}, {model->u[b], SLG_W}};
    slg_insertion in = slg_insertion_at(&kernel_kind, at, use, 3, &a, sizeof a);
    return slg_rt_insert(rt, &in, err);
}

/* --- design-rows ---------------------------------------------------------------------------------------------- */

/* Blocks: k, neighbourhoods, rows, plans, sparse sets. */
struct rows_args {
    const slg_batch_use *batch;
    const slg_model *model;
    size_t env0, env1;
    bool first;
};

static slg_status rows_cpu(const slg_task *t)
{
    const struct rows_args *a = t->arg;
    const slg_model *model = a->model;
    const slg_geom geom = slg_geom_view(t->buf[1]);
    const slg_rows rows = slg_rows_view(t->buf[2]);
    double *k = t->buf[0];
    slg_part part[SLG_MAX_PARTS];
    slg_model_parts(model, t->buf, 3, part);
    if (a->first)
        memset(k, 0, rows.n_row * model->m_total * sizeof *k);
    for (size_t b = 0; b < model->n_part; b++) {
        slg_status st = part[b].term->rows(&part[b], &geom, a->env0, a->env1, &rows, model->m_total, k, t->scratch);
        if (st != SLG_OK)
            return slg_task_fail(
                t, st, 0, (double[SLG_N_WHERE]){(double)(geom.origin + a->env0), (double)(geom.origin + a->env1 - 1)});
    }
    return SLG_OK;
}

static void rows_cost(const void *arg, void *const *buf, slg_cost *out)
{
    const struct rows_args *a = arg;
    slg_part part[SLG_MAX_PARTS];
    slg_model_parts(a->model, buf, 3, part);
    for (size_t b = 0; b < a->model->n_part; b++) {
        const slg_term_work work = {.what = SLG_WORK_ROWS,
                                    .plan = part[b].plan,
                                    .geom = &a->batch->geom,
                                    .env0 = a->env0,
                                    .env1 = a->env1,
                                    .rows = &a->batch->rows,
                                    .m = part[b].m};
        slg_cost_add(out, a->model->def[b], &work);
    }
}

static const slg_kind rows_kind = {.name = "design-rows",
                                   .cpu = rows_cpu,
                                   .cost = rows_cost,
                                   .reason = (const char *const[]){"design rows of environments {0} to {1}: {status}"},
                                   .n_reason = 1};

slg_status slg_submit_design_rows(slg_rt *rt, const slg_place *at, const slg_batch_use *batch, size_t env0, size_t env1,
                                  const slg_model *model, bool first, slg_block *k, slg_error *err)
{
    struct rows_args a = {batch, model, env0, env1, first};
    slg_use use[MAX_USE] = {{k, first ? SLG_W : SLG_RW}, {batch->geom_block, SLG_R}, {batch->rows_block, SLG_R}};
    size_t n = slg_use_model(use, 3, model, false);
    slg_insertion in = slg_insertion_at(&rows_kind, at, use, n, &a, sizeof a);
    return slg_rt_insert(rt, &in, err);
}

/* --- fold ----------------------------------------------------------------------------------------------------- */

/* Blocks: k, gram, rows, plans, sparse sets, factors. */
struct fold_args {
    const slg_batch_use *batch;
    const slg_model *model;
    size_t n_class;
    bool first;
};

static slg_status fold_cpu(const slg_task *t)
{
    const struct fold_args *a = t->arg;
    const slg_model *model = a->model;
    const slg_rows rows = slg_rows_view(t->buf[2]);
    slg_part part[SLG_MAX_PARTS];
    slg_model_parts(model, t->buf, 3, part);
    if (a->first)
        memset(t->buf[1], 0, slg_gram_length(model->m_total, a->n_class) * sizeof(double));
    slg_status st = slg_fit_fold(&rows, model->n_part, part, slg_model_factors(model, t->buf, 3), model->m_total,
                                 t->buf[0], t->buf[1]);
    return st == SLG_OK ? st : slg_task_fail(t, st, 0, NULL);
}

/* Rows that count twice. */
static double judged_rows(const slg_rows *rows)
{
    size_t n = 0;
    for (size_t r = 0; rows->w_judge && r < rows->n_run; r++)
        n += rows->run[r].judge >= 0 ? rows->run[r].count : 0;
    return (double)n;
}

/* Triangular solves of the rows by part, then the upper triangle of the Gram block. */
static void fold_cost(const void *arg, void *const *buf, slg_cost *out)
{
    const struct fold_args *a = arg;
    slg_part part[SLG_MAX_PARTS];
    slg_model_parts(a->model, buf, 3, part);
    const double m = (double)a->model->m_total, gram = m * (m + 1) + 4 * m;
    double solve = 0;
    for (size_t b = 0; b < a->model->n_part; b++)
        solve += (double)part[b].m * (double)part[b].m;
    out->flops = (solve + gram) * (double)a->batch->rows.n_row + gram * judged_rows(&a->batch->rows);
}

static const slg_kind fold_kind = {.name = "fold",
                                   .cpu = fold_cpu,
                                   .cost = fold_cost,
                                   .reason = (const char *const[]){"whitened rows: {status}"},
                                   .n_reason = 1};

slg_status slg_submit_fold(slg_rt *rt, const slg_place *at, const slg_batch_use *batch, const slg_model *model,
                           size_t n_class, bool first, slg_block *k, slg_block *gram, slg_error *err)
{
    struct fold_args a = {batch, model, n_class, first};
    slg_use use[MAX_USE] = {{k, SLG_RW}, {gram, first ? SLG_W : SLG_RW}, {batch->rows_block, SLG_R}};
    size_t n = slg_use_model(use, 3, model, true);
    slg_insertion in = slg_insertion_at(&fold_kind, at, use, n, &a, sizeof a);
    return slg_rt_insert(rt, &in, err);
}

/* --- gram-add ------------------------------------------------------------------------------------------------- */

struct add_args {
    size_t m, n_class;
};

static slg_status add_cpu(const slg_task *t)
{
    const struct add_args *a = t->arg;
    slg_gram_add(a->m, a->n_class, t->buf[0], t->buf[1]);
    return SLG_OK;
}

static void add_cost(const void *arg, void *const *buf, slg_cost *out)
{
    const struct add_args *a = arg;
    (void)buf;
    out->flops = (double)slg_gram_length(a->m, a->n_class);
}

static const slg_kind add_kind = {.name = "gram-add", .cpu = add_cpu, .cost = add_cost};

slg_status slg_submit_gram_add(slg_rt *rt, const slg_place *at, size_t m, size_t n_class, slg_block *a, slg_block *b,
                               slg_error *err)
{
    struct add_args args = {m, n_class};
    slg_use use[] = {{a, SLG_RW}, {b, SLG_R}};
    slg_insertion in = slg_insertion_at(&add_kind, at, use, 2, &args, sizeof args);
    return slg_rt_insert(rt, &in, err);
}

/* --- gram-sum ------------------------------------------------------------------------------------------------- */

static slg_status sum_cpu(const slg_task *t)
{
    const struct add_args *a = t->arg;
    double *sum = t->buf[t->n_buf - 1];
    memcpy(sum, t->buf[0], slg_gram_length(a->m, a->n_class) * sizeof *sum);
    for (size_t i = 1; i + 1 < t->n_buf; i++)
        slg_gram_add(a->m, a->n_class, sum, t->buf[i]);
    return SLG_OK;
}

static const slg_kind sum_kind = {.name = "gram-sum", .cpu = sum_cpu, .cost = add_cost};

slg_status slg_submit_gram_sum(slg_rt *rt, const slg_place *at, size_t m, size_t n_class, size_t n_part,
                               slg_block *const *part, slg_block *sum, slg_error *err)
{
    struct add_args args = {m, n_class};
    return slg_submit_gather(rt, at, &sum_kind, &args, sizeof args, n_part, part, sum, err);
}

/* --- fit ------------------------------------------------------------------------------------------------------ */

/* Blocks: coef, gram, those of less and weights that there are, plans, sparse sets, factors. */
struct fit_args {
    const slg_model *model;
    bool all, has_less, has_weights;
    size_t m_used[SLG_MAX_PARTS];
    double sigma[]; /* [n_class] */
};

static size_t parts_at(const struct fit_args *a)
{
    return 2 + (size_t)a->has_less + (size_t)a->has_weights;
}

/* Columns in use of every part; their sum. */
static size_t columns_used(const struct fit_args *a, const slg_part *part, size_t *used)
{
    size_t n = 0;
    for (size_t b = 0; b < a->model->n_part; b++) {
        used[b] = a->all || a->m_used[b] > part[b].m ? part[b].m : a->m_used[b];
        n += used[b];
    }
    return n;
}

static slg_status fit_cpu(const slg_task *t)
{
    const struct fit_args *a = t->arg;
    const slg_model *model = a->model;
    const size_t at = parts_at(a);
    const slg_weights *weights = a->has_weights ? t->buf[at - 1] : NULL;
    const double *less = a->has_less ? t->buf[2] : NULL, *delta = weights ? weights->delta : model->delta;
    slg_part part[SLG_MAX_PARTS];
    size_t used[SLG_MAX_PARTS], where = 0;
    slg_model_parts(model, t->buf, at, part);
    columns_used(a, part, used);
    double *gamma = t->buf[0];
    slg_status st = slg_fit_solve(
        t->buf[1], less, model->m_total, model->n_class, model->n_part, part, slg_model_factors(model, t->buf, at),
        used, delta, weights ? weights->sigma : a->sigma, gamma, slg_coef_alpha(model, gamma), &where, t->scratch);
    memcpy(slg_coef_delta(model, gamma), delta, model->n_part * sizeof *delta);
    return st == SLG_OK ? st : slg_task_fail(t, st, 0, (double[SLG_N_WHERE]){(double)where, (double)model->m_total});
}

static void fit_cost(const void *arg, void *const *buf, slg_cost *out)
{
    const struct fit_args *a = arg;
    slg_part part[SLG_MAX_PARTS];
    size_t used[SLG_MAX_PARTS];
    slg_model_parts(a->model, buf, parts_at(a), part);
    const double n = (double)columns_used(a, part, used);
    out->flops = n * n * (n / 3 + (double)a->model->n_class * (a->has_less ? 2 : 1) + 6);
    out->scratch = slg_fit_solve_work_bytes(a->model->m_total);
}

static const slg_kind fit_kind = {.name = "fit",
                                  .cpu = fit_cpu,
                                  .cost = fit_cost,
                                  .reason = (const char *const[]){"fit: {status} at row {0} of {1}"},
                                  .n_reason = 1};

slg_status slg_submit_fit(slg_rt *rt, const slg_place *at, const slg_model *model, const slg_fit_request *r,
                          slg_block *coef, slg_error *err)
{
    union {
        struct fit_args a;
        char room[sizeof(struct fit_args) + SLG_MAX_CLASS * sizeof(double)];
    } arg;
    const size_t sigmas = model->n_class * sizeof *r->sigma;
    SLG_ASSERT(model->n_class <= SLG_MAX_CLASS);
    arg.a = (struct fit_args){
        .model = model, .all = !r->m_used, .has_less = r->less != NULL, .has_weights = r->weights != NULL};
    if (r->m_used)
        memcpy(arg.a.m_used, r->m_used, model->n_part * sizeof *r->m_used);
    memcpy(arg.a.sigma, r->sigma, sigmas);
    slg_use use[MAX_USE] = {{coef, SLG_W}, {r->gram, SLG_R}};
    size_t n = 2;
    if (r->less)
        use[n++] = (slg_use){r->less, SLG_R};
    if (r->weights)
        use[n++] = (slg_use){r->weights, SLG_R};
    n = slg_use_model(use, n, model, true);
    slg_insertion in = slg_insertion_at(&fit_kind, at, use, n, &arg.a, sizeof arg.a + sigmas);
    return slg_rt_insert(rt, &in, err);
}
