#include "tasks/fit/nested.h"
#include "tasks/fit/system.h"

#include "runtime/base/arena.h"
#include <cblas.h>
#include <math.h>
#include <nlopt.h>
#include <string.h>

/* --- one evaluation ------------------------------------------------------------------------------------------- */

typedef struct room {
    slg_system a;
    double *gamma, *lambda, *push;      /* [m] */
    double *image[SLG_LOSS_QUANTITIES]; /* H_q gamma of the metric [m] */
    double *own;                        /* H_c gamma of a class [m] */
} room;

static size_t carve(size_t m, void *work, room *r)
{
    const size_t begin = slg_system_carve(m, work, &r->a);
    slg_arena rest = {.base = work, .used = begin};
    r->gamma = slg_arena_take(&rest, m, sizeof *r->gamma);
    r->lambda = slg_arena_take(&rest, m, sizeof *r->lambda);
    r->push = slg_arena_take(&rest, m, sizeof *r->push);
    for (int q = 0; q < SLG_LOSS_QUANTITIES; q++)
        r->image[q] = slg_arena_take(&rest, m, sizeof *r->image[q]);
    r->own = slg_arena_take(&rest, m, sizeof *r->own);
    return rest.used;
}

size_t slg_nested_work_bytes(size_t m)
{
    room none;
    return carve(m, NULL, &none);
}

static void set_values(const slg_nested *p, const double *x, double *delta, double *sigma)
{
    for (size_t i = 0; i < p->n_ratio; i++) {
        const slg_ratio *r = &p->ratio[i];
        const double value = fmin(fmax(exp(x[i]), r->lo), r->hi);
        if (r->cls >= 0)
            sigma[r->cls] = value;
        for (size_t b = 0; r->cls < 0 && b < p->n_part; b++)
            if (r->parts >> b & 1)
                delta[b] = value;
    }
}

static void multiply(size_t m, const double *h, const double *x, double *y)
{
    cblas_dsymv(CblasRowMajor, CblasUpper, (int)m, 1, h, (int)m, x, 1, 0, y, 1);
}

/* gamma = D S^-1 rhs in the columns of the model. */
static void spread(const slg_system *a, size_t m, const double *from, double *to)
{
    memset(to, 0, m * sizeof *to);
    for (size_t i = 0; i < a->n; i++)
        to[a->col[i]] = a->scale[i] * from[i];
}

/* Sums of squares of the metric: t - 2 g.gamma + gamma^T H gamma. */
static void residuals(const slg_nested *p, room *r, double *sq, double *n)
{
    double *metric = (double *)(uintptr_t)p->metric;
    for (size_t q = 0; q < SLG_LOSS_QUANTITIES; q++) {
        multiply(p->m, slg_gram_h(metric, p->m, q), r->gamma, r->image[q]);
        const double *t = slg_gram_t(metric, p->m, q), *g = slg_gram_g(metric, p->m, q);
        const double sum =
            t[0] - 2 * cblas_ddot((int)p->m, g, 1, r->gamma, 1) + cblas_ddot((int)p->m, r->image[q], 1, r->gamma, 1);
        sq[q] = sum > 0 ? sum : sum <= 0 ? 0 : sum;
        n[q] = t[1];
    }
}

/* lambda = A^-1 dL/dgamma, where A gamma = sum_c g_c/s_c^2. */
static void adjoint(const slg_nested *p, room *r, const double *slope)
{
    double *metric = (double *)(uintptr_t)p->metric;
    for (size_t i = 0; i < r->a.n; i++) {
        const size_t k = r->a.col[i];
        double sum = 0;
        for (size_t q = 0; q < SLG_LOSS_QUANTITIES; q++)
            sum += 2 * slope[q] * (r->image[q][k] - slg_gram_g(metric, p->m, q)[k]);
        r->push[i] = r->a.scale[i] * sum;
    }
    slg_system_solve(&r->a, r->push);
    spread(&r->a, p->m, r->push, r->lambda);
}

/* A = D^-2 + sum_c H_c/s_c^2: its derivatives by log s_c and log delta_b. */
static void gradient(const slg_nested *p, room *r, const double *delta, const double *sigma, double *out)
{
    double *gram = (double *)(uintptr_t)p->gram;
    for (size_t i = 0; i < p->n_ratio; i++) {
        const slg_ratio *x = &p->ratio[i];
        out[i] = 0;
        if (x->cls >= 0) {
            const size_t c = (size_t)x->cls;
            multiply(p->m, slg_gram_h(gram, p->m, c), r->gamma, r->own);
            cblas_daxpy((int)p->m, -1, slg_gram_g(gram, p->m, c), 1, r->own, 1);
            out[i] = 2 / (sigma[c] * sigma[c]) * cblas_ddot((int)p->m, r->lambda, 1, r->own, 1);
        }
        for (size_t b = 0; x->cls < 0 && b < p->n_part; b++)
            if (x->parts >> b & 1)
                out[i] += 2 / (delta[b] * delta[b]) *
                          cblas_ddot((int)p->part[b].m, r->lambda + p->part[b].col0, 1, r->gamma + p->part[b].col0, 1);
    }
}

slg_status slg_nested_loss(const slg_nested *p, const double *x, double *delta, double *sigma, double *loss,
                           double *slope, double *sq, double *n, void *work)
{
    room r;
    size_t where = 0;
    double by_sq[SLG_LOSS_QUANTITIES];
    carve(p->m, work, &r);
    set_values(p, x, delta, sigma);
    slg_status st = slg_system_factor(&r.a, p->gram, p->m, p->n_class, p->n_part, p->part, NULL, delta, sigma, &where);
    if (st != SLG_OK)
        return st;
    slg_system_solve(&r.a, r.a.rhs);
    spread(&r.a, p->m, r.a.rhs, r.gamma);
    residuals(p, &r, sq, n);
    *loss = p->loss.value(p->loss.arg, sq, n, by_sq);
    if (!isfinite(*loss))
        return SLG_ERR_NOT_FINITE;
    if (slope) {
        adjoint(p, &r, by_sq);
        gradient(p, &r, delta, sigma, slope);
    }
    return SLG_OK;
}

/* --- the search ----------------------------------------------------------------------------------------------- */

typedef struct course {
    const slg_nested *p;
    double *delta, *sigma;
    void *work;
    double best, x[SLG_MAX_RATIO];
    slg_status st; /* of the last failure */
    nlopt_opt opt;
} course;

static double evaluate(unsigned n, const double *x, double *slope, void *arg)
{
    course *c = arg;
    double loss, sq[SLG_LOSS_QUANTITIES], rows[SLG_LOSS_QUANTITIES];
    const slg_status st = slg_nested_loss(c->p, x, c->delta, c->sigma, &loss, slope, sq, rows, c->work);
    if (st != SLG_OK) { /* this start ends here */
        c->st = st;
        nlopt_force_stop(c->opt);
        return HUGE_VAL;
    }
    if (loss < c->best) {
        c->best = loss;
        memcpy(c->x, x, n * sizeof *x);
    }
    return loss;
}

/* Start k in the unit cube: the middle, then alternating quarters. */
static double start_at(int k, size_t dim)
{
    return k == 0 ? 0.5 : (dim % 2 == (size_t)k % 2) ? 0.2 : 0.8;
}

static void run_start(course *c, int k, const double *lo, const double *hi)
{
    const size_t n = c->p->n_ratio;
    double x[SLG_MAX_RATIO], value;
    for (size_t i = 0; i < n; i++)
        x[i] = lo[i] + start_at(k, i) * (hi[i] - lo[i]);
    nlopt_set_force_stop(c->opt, 0);
    (void)nlopt_optimize(c->opt, x, &value);
}

slg_status slg_nested_solve(const slg_nested *p, double *delta, double *sigma, double *x, double *loss, void *work)
{
    double lo[SLG_MAX_RATIO], hi[SLG_MAX_RATIO], sq[SLG_LOSS_QUANTITIES], n[SLG_LOSS_QUANTITIES];
    course c = {.p = p, .delta = delta, .sigma = sigma, .work = work, .best = HUGE_VAL, .st = SLG_ERR_NOT_FINITE};
    for (size_t i = 0; i < p->n_ratio; i++) {
        lo[i] = log(p->ratio[i].lo);
        hi[i] = log(p->ratio[i].hi);
    }
    c.opt = nlopt_create(NLOPT_LD_LBFGS, (unsigned)p->n_ratio);
    if (!c.opt)
        return SLG_ERR_NOMEM;
    nlopt_set_lower_bounds(c.opt, lo);
    nlopt_set_upper_bounds(c.opt, hi);
    nlopt_set_min_objective(c.opt, evaluate, &c);
    nlopt_set_maxeval(c.opt, SLG_NESTED_STEPS);
    nlopt_set_ftol_rel(c.opt, 1e-4);
    for (int k = 0; k < SLG_NESTED_STARTS; k++)
        run_start(&c, k, lo, hi);
    nlopt_destroy(c.opt);
    if (c.best == HUGE_VAL)
        return c.st;
    memcpy(x, c.x, p->n_ratio * sizeof *x);
    return slg_nested_loss(p, x, delta, sigma, loss, NULL, sq, n, work);
}
