#include "tasks/fit/fit_task.h"
#include "tasks/sparse/sparse_task.h"

#include <string.h>

enum { MAX_USE = 3 * SLG_MAX_BLOCKS + 4 };

struct kmm_args {
    double zeta, eps;
};

static slg_status kmm_cpu(const slg_task *t)
{
    const struct kmm_args *a = t->arg;
    const slg_sparse_set *set = t->buf[0];
    size_t where = 0;
    double m = (double)set->m;
    slg_task_work(t, m * m * ((double)set->d + m / 3));
    slg_status st = slg_fit_kmm(set->m, set->d, slg_sparse_q(set), a->zeta, a->eps, t->buf[1], &where);
    return st == SLG_OK ? st
                        : slg_task_fail(t, st, "sparse kernel: %s at row %zu of %zu (zeta %g, jitter %g)",
                                        slg_status_text(st), where, set->m, a->zeta, a->eps);
}

static const slg_kind kmm_kind = {.name = "sparse-kernel", .cpu = kmm_cpu};

slg_status slg_submit_kmm(slg_rt *rt, const slg_place *at, const slg_model *model, size_t b, double eps, slg_error *err)
{
    struct kmm_args a = {model->zeta[b], eps};
    slg_use use[] = {{model->sparse[b], SLG_R}, {model->u[b], SLG_W}};
    double m = (double)model->m[b], flops = m * m * ((double)model->d[b] + m / 3);
    slg_insertion in = slg_insertion_at(&kmm_kind, at, use, 2, &a, sizeof a, flops);
    return slg_rt_insert(rt, &in, err);
}

struct rows_args {
    const slg_geom *geom;
    const slg_rows *rows;
    size_t env0, env1;
    bool first;
    slg_model model;
};

static slg_status rows_cpu(const slg_task *t)
{
    const struct rows_args *a = t->arg;
    const slg_model *model = &a->model;
    double *k = t->buf[0];
    slg_fit_block block[SLG_MAX_BLOCKS];
    slg_model_blocks(model, t->buf, 1, block);
    if (a->first)
        memset(k, 0, a->rows->n_row * model->m_total * sizeof *k);
    double flops = 0;
    for (size_t b = 0; b < model->n_block; b++) {
        void *work = slg_task_scratch(t, slg_fit_rows_work_bytes(&block[b], a->geom->max_pair));
        if (!work)
            return slg_task_fail(t, SLG_ERR_NOMEM, "no memory for the design rows");
        slg_status st = slg_fit_rows(a->geom, a->env0, a->env1, a->rows, &block[b], model->m_total, k, work);
        if (st != SLG_OK)
            return slg_task_fail(t, st, "design rows of environments %zu to %zu: %s", a->env0, a->env1 - 1,
                                 slg_status_text(st));
        flops += slg_fit_rows_flops(a->geom, a->env0, a->env1, a->rows, &block[b]);
    }
    slg_task_work(t, flops);
    return SLG_OK;
}

static const slg_kind rows_kind = {.name = "design-rows", .cpu = rows_cpu};

slg_status slg_submit_rows(slg_rt *rt, const slg_place *at, const slg_geom *geom, const slg_rows *rows, size_t env0,
                           size_t env1, const slg_model *model, bool first, double flops, slg_block *k, slg_error *err)
{
    struct rows_args a = {geom, rows, env0, env1, first, *model};
    slg_use use[MAX_USE] = {{k, first ? SLG_W : SLG_RW}};
    size_t n = slg_use_model(use, 1, model, false);
    slg_insertion in = slg_insertion_at(&rows_kind, at, use, n, &a, sizeof a, flops);
    return slg_rt_insert(rt, &in, err);
}

struct fold_args {
    const slg_rows *rows;
    size_t n_class;
    bool first;
    slg_model model;
};

/* Triangular solves of the rows by block, then the upper triangle of the Gram block. */
static double fold_flops(const slg_rows *rows, const slg_model *model, const slg_fit_block *block)
{
    double m = (double)model->m_total, sum = m * (m + 1) + 4 * m;
    for (size_t b = 0; b < model->n_block; b++)
        sum += (double)block[b].m * (double)block[b].m;
    return sum * (double)rows->n_row;
}

static slg_status fold_cpu(const slg_task *t)
{
    const struct fold_args *a = t->arg;
    const slg_model *model = &a->model;
    slg_fit_block block[SLG_MAX_BLOCKS];
    slg_model_blocks(model, t->buf, 2, block);
    const double *const *u = (const double *const *)(t->buf + 2 + 2 * model->n_block);
    if (a->first)
        memset(t->buf[1], 0, slg_gram_length(model->m_total, a->n_class) * sizeof(double));
    slg_task_work(t, fold_flops(a->rows, model, block));
    slg_status st = slg_fit_fold(a->rows, NULL, model->n_block, block, u, model->m_total, t->buf[0], t->buf[1]);
    return st == SLG_OK ? st : slg_task_fail(t, st, "whitened rows: %s", slg_status_text(st));
}

static const slg_kind fold_kind = {.name = "fold", .cpu = fold_cpu};

slg_status slg_submit_fold(slg_rt *rt, const slg_place *at, const slg_rows *rows, const slg_model *model,
                           size_t n_class, bool first, slg_block *k, slg_block *gram, slg_error *err)
{
    struct fold_args a = {rows, n_class, first, *model};
    slg_use use[MAX_USE] = {{k, SLG_RW}, {gram, first ? SLG_W : SLG_RW}};
    size_t n = slg_use_model(use, 2, model, true);
    double m = (double)model->m_total, flops = 2 * (double)rows->n_row * m * m;
    slg_insertion in = slg_insertion_at(&fold_kind, at, use, n, &a, sizeof a, flops);
    return slg_rt_insert(rt, &in, err);
}

struct add_args {
    size_t m, n_class;
};

static slg_status add_cpu(const slg_task *t)
{
    const struct add_args *a = t->arg;
    slg_gram_add(a->m, a->n_class, t->buf[0], t->buf[1]);
    return SLG_OK;
}

static const slg_kind add_kind = {.name = "gram-add", .cpu = add_cpu};

slg_status slg_submit_gram_add(slg_rt *rt, const slg_place *at, size_t m, size_t n_class, slg_block *a, slg_block *b,
                               slg_error *err)
{
    struct add_args args = {m, n_class};
    slg_use use[] = {{a, SLG_RW}, {b, SLG_R}};
    double flops = (double)slg_gram_length(m, n_class);
    slg_insertion in = slg_insertion_at(&add_kind, at, use, 2, &args, sizeof args, flops);
    return slg_rt_insert(rt, &in, err);
}

struct solve_args {
    slg_model model;
    bool all;
    size_t m_used[SLG_MAX_BLOCKS];
    size_t n_sigma;
    double sigma[]; /* [n_class] */
};

static slg_status solve_cpu(const slg_task *t)
{
    const struct solve_args *a = t->arg;
    const slg_model *model = &a->model;
    slg_fit_block block[SLG_MAX_BLOCKS];
    slg_model_blocks(model, t->buf, 2, block);
    const double *const *u = (const double *const *)(t->buf + 2 + 2 * model->n_block);
    void *work = slg_task_scratch(t, slg_fit_solve_work_bytes(model->m_total));
    if (!work)
        return slg_task_fail(t, SLG_ERR_NOMEM, "no memory for the solution");
    size_t used[SLG_MAX_BLOCKS], where = 0;
    double n = 0;
    for (size_t b = 0; b < model->n_block; b++) {
        used[b] = a->all || a->m_used[b] > block[b].m ? block[b].m : a->m_used[b];
        n += (double)used[b];
    }
    slg_task_work(t, n * n * (n / 3 + (double)a->n_sigma + 6));
    double *gamma = t->buf[0];
    slg_status st = slg_fit_solve(t->buf[1], model->m_total, a->n_sigma, model->n_block, block, u, used, model->delta,
                                  a->sigma, gamma, gamma + model->m_total, &where, work);
    return st == SLG_OK ? st
                        : slg_task_fail(t, st, "fit: %s at row %zu of %zu", slg_status_text(st), where, model->m_total);
}

static const slg_kind solve_kind = {.name = "fit", .cpu = solve_cpu};

slg_status slg_submit_solve(slg_rt *rt, const slg_place *at, const slg_model *model, const double *sigma,
                            const size_t *m_used, slg_block *gram, slg_error *err)
{
    union {
        struct solve_args a;
        char room[sizeof(struct solve_args) + 256 * sizeof(double)];
    } arg;
    SLG_ASSERT(model->n_class <= 256);
    arg.a = (struct solve_args){.model = *model, .all = !m_used, .n_sigma = model->n_class};
    if (m_used)
        memcpy(arg.a.m_used, m_used, model->n_block * sizeof *m_used);
    memcpy(arg.a.sigma, sigma, model->n_class * sizeof *sigma);
    slg_use use[MAX_USE] = {{model->coef, SLG_W}, {gram, SLG_R}};
    size_t n = slg_use_model(use, 2, model, true);
    double m = (double)model->m_total;
    slg_insertion in = slg_insertion_at(&solve_kind, at, use, n, &arg.a, sizeof arg.a + model->n_class * sizeof *sigma,
                                        m * m * (m / 3 + 2 * (double)model->n_class));
    return slg_rt_insert(rt, &in, err);
}
