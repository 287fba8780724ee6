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
    double *gamma, *image;               /* [m] */
    double *lambda[SLG_LOSS_QUANTITIES]; /* [m] first d sq_q / d gamma, then A^-1 times it */
} room;

/* Sums over folds: squares and rows of each quantity, derivatives of the squares by the ratios. */
typedef struct sums {
    double sq[SLG_LOSS_QUANTITIES], n[SLG_LOSS_QUANTITIES], by[SLG_LOSS_QUANTITIES][SLG_MAX_RATIO];
} sums;

static size_t carve(size_t m, void *work, room *r)
{
    const size_t begin = slg_system_carve(m, work, &r->a);
    slg_arena rest = {.base = work, .used = begin};
    r->gamma = slg_arena_take(&rest, m, sizeof *r->gamma);
    r->image = slg_arena_take(&rest, m, sizeof *r->image);
    for (int q = 0; q < SLG_LOSS_QUANTITIES; q++)
        r->lambda[q] = slg_arena_take(&rest, m, sizeof *r->lambda[q]);
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

/* y <- alpha H_c x + beta y of a class. */
static void multiply(const double *gram, size_t m, size_t cls, double alpha, const double *x, double beta, double *y)
{
    const double *h = slg_gram_h((double *)(uintptr_t)gram, m, cls);
    cblas_dsymv(CblasRowMajor, CblasUpper, (int)m, alpha, h, (int)m, x, 1, beta, y, 1);
}

static const double *target(const slg_nested *p, const double *gram, size_t cls)
{
    return slg_gram_g((double *)(uintptr_t)gram, p->m, cls);
}

/* D S^-1 from in the columns of the model. */
static void spread(const slg_system *a, size_t m, const double *from, double *to)
{
    memset(to, 0, m * sizeof *to);
    for (size_t i = 0; i < a->n; i++)
        to[a->col[i]] = a->scale[i] * from[i];
}

/* Sums of squares of a fold, t - 2 g.gamma + gamma^T H gamma, and their slopes by gamma, 2 (H gamma - g). */
static void judge(const slg_nested *p, const double *gram, room *r, sums *s)
{
    const int m = (int)p->m;
    for (int q = 0; q < SLG_LOSS_QUANTITIES; q++)
        memset(r->lambda[q], 0, p->m * sizeof *r->lambda[q]);
    for (size_t c = 0; c < p->n_judged; c++) {
        const int32_t q = p->quantity[c];
        const double *t = slg_gram_t((double *)(uintptr_t)gram, p->m, c), *g = target(p, gram, c);
        if (q < 0 || !(t[1] > 0))
            continue;
        multiply(gram, p->m, c, 1, r->gamma, 0, r->image);
        const double sum = t[0] - 2 * cblas_ddot(m, g, 1, r->gamma, 1) + cblas_ddot(m, r->image, 1, r->gamma, 1);
        s->sq[q] += sum > 0 ? sum : sum <= 0 ? 0 : sum;
        s->n[q] += t[1];
        cblas_daxpy(m, 2, r->image, 1, r->lambda[q], 1);
        cblas_daxpy(m, -2, g, 1, r->lambda[q], 1);
    }
}

/* lambda_q <- A^-1 lambda_q, where A gamma = sum_c g_c/s_c^2. */
static void adjoint(const slg_nested *p, room *r, const sums *s)
{
    for (int q = 0; q < SLG_LOSS_QUANTITIES; q++) {
        if (!(s->n[q] > 0))
            continue;
        for (size_t i = 0; i < r->a.n; i++)
            r->image[i] = r->a.scale[i] * r->lambda[q][r->a.col[i]];
        slg_system_solve(&r->a, r->image);
        spread(&r->a, p->m, r->image, r->lambda[q]);
    }
}

/* image <- -dA/dx gamma + d(rhs)/dx for a ratio x, up to the factor that is returned: A = D^-2 + sum_c H_c/s_c^2. */
static double push(const slg_nested *p, const double *less, const slg_ratio *x, const double *delta,
                   const double *sigma, room *r)
{
    memset(r->image, 0, p->m * sizeof *r->image);
    for (size_t b = 0; x->cls < 0 && b < p->n_part; b++)
        if (x->parts >> b & 1)
            cblas_daxpy((int)p->part[b].m, 1 / (delta[b] * delta[b]), r->gamma + p->part[b].col0, 1,
                        r->image + p->part[b].col0, 1);
    if (x->cls < 0)
        return 2;
    const size_t c = (size_t)x->cls;
    multiply(p->gram, p->m, c, 1, r->gamma, 0, r->image);
    cblas_daxpy((int)p->m, -1, target(p, p->gram, c), 1, r->image, 1);
    if (less) {
        multiply(less, p->m, c, -1, r->gamma, 1, r->image);
        cblas_daxpy((int)p->m, 1, target(p, less, c), 1, r->image, 1);
    }
    return 2 / (sigma[c] * sigma[c]);
}

/* Adds the derivatives of a fold's sums of squares by the logarithms of the ratios. */
static void gradient(const slg_nested *p, const double *less, const double *delta, const double *sigma, room *r,
                     sums *s)
{
    adjoint(p, r, s);
    for (size_t i = 0; i < p->n_ratio; i++) {
        const double f = push(p, less, &p->ratio[i], delta, sigma, r);
        for (int q = 0; q < SLG_LOSS_QUANTITIES; q++)
            if (s->n[q] > 0)
                s->by[q][i] += f * cblas_ddot((int)p->m, r->lambda[q], 1, r->image, 1);
    }
}

static slg_status add_fold(const slg_nested *p, size_t fold, const double *delta, const double *sigma, bool slope,
                           room *r, sums *s)
{
    size_t where = 0;
    const double *less = p->folds ? p->judged[fold] : NULL;
    slg_status st =
        slg_system_factor(&r->a, p->gram, less, p->m, p->n_class, p->n_part, p->part, NULL, delta, sigma, &where);
    if (st != SLG_OK)
        return st;
    slg_system_solve(&r->a, r->a.rhs);
    spread(&r->a, p->m, r->a.rhs, r->gamma);
    judge(p, p->judged[fold], r, s);
    if (slope)
        gradient(p, less, delta, sigma, r, s);
    return SLG_OK;
}

slg_status slg_nested_loss(const slg_nested *p, const double *x, double *delta, double *sigma, double *loss,
                           double *slope, double *sq, double *n, void *work)
{
    room r;
    sums s = {.n = {0}};
    double by_sq[SLG_LOSS_QUANTITIES];
    slg_status st = SLG_OK;
    carve(p->m, work, &r);
    set_values(p, x, delta, sigma);
    for (size_t f = 0; st == SLG_OK && f < p->n_fold; f++)
        st = add_fold(p, f, delta, sigma, slope != NULL, &r, &s);
    if (st != SLG_OK)
        return st;
    *loss = p->loss.value(p->loss.arg, s.sq, s.n, by_sq);
    for (size_t i = 0; slope && i < p->n_ratio; i++) {
        slope[i] = 0;
        for (int q = 0; q < SLG_LOSS_QUANTITIES; q++)
            slope[i] += by_sq[q] * s.by[q][i];
    }
    memcpy(sq, s.sq, sizeof s.sq);
    memcpy(n, s.n, sizeof s.n);
    return isfinite(*loss) ? SLG_OK : SLG_ERR_NOT_FINITE;
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

/* Point i of Halton's sequence, coordinate d: even coverage of the box in any order of the ratios. */
static double halton(unsigned i, size_t d)
{
    static const unsigned prime[SLG_MAX_RATIO] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53};
    double u = 0, f = 1;
    for (; i > 0; i /= prime[d])
        u += (f /= prime[d]) * (i % prime[d]);
    return u;
}

/* Points that are looked at first: along the diagonal, where all sigmas are alike, then all over the box. */
static double point(unsigned i, size_t d)
{
    return i < SLG_NESTED_DIAGONAL ? (i + 0.5) / SLG_NESTED_DIAGONAL : halton(i - SLG_NESTED_DIAGONAL + 1, d);
}

typedef struct box {
    double lo[SLG_MAX_RATIO], hi[SLG_MAX_RATIO];
} box;

/* x [SLG_NESTED_STARTS][] <- the best points of the sequence, best first; their number. */
static size_t screen(course *c, const box *b, double x[SLG_NESTED_STARTS][SLG_MAX_RATIO])
{
    double loss[SLG_NESTED_STARTS], at[SLG_MAX_RATIO], value, sq[SLG_LOSS_QUANTITIES], n[SLG_LOSS_QUANTITIES];
    size_t found = 0;
    for (unsigned i = 0; i < SLG_NESTED_SCREEN; i++) {
        for (size_t d = 0; d < c->p->n_ratio; d++)
            at[d] = b->lo[d] + point(i, d) * (b->hi[d] - b->lo[d]);
        const slg_status st = slg_nested_loss(c->p, at, c->delta, c->sigma, &value, NULL, sq, n, c->work);
        c->st = st == SLG_OK ? c->st : st;
        size_t k = found < SLG_NESTED_STARTS ? found : SLG_NESTED_STARTS;
        if (st != SLG_OK || (k == SLG_NESTED_STARTS && !(value < loss[k - 1])))
            continue;
        found = k < SLG_NESTED_STARTS ? k + 1 : k;
        for (k = found - 1; k > 0 && value < loss[k - 1]; k--) {
            loss[k] = loss[k - 1];
            memcpy(x[k], x[k - 1], sizeof x[k]);
        }
        loss[k] = value;
        memcpy(x[k], at, sizeof x[k]);
    }
    return found;
}

slg_status slg_nested_solve(const slg_nested *p, double *delta, double *sigma, double *x, double *loss, void *work)
{
    double start[SLG_NESTED_STARTS][SLG_MAX_RATIO], value, sq[SLG_LOSS_QUANTITIES], n[SLG_LOSS_QUANTITIES];
    box b;
    course c = {.p = p, .delta = delta, .sigma = sigma, .work = work, .best = HUGE_VAL, .st = SLG_ERR_NOT_FINITE};
    for (size_t i = 0; i < p->n_ratio; i++) {
        b.lo[i] = log(p->ratio[i].lo);
        b.hi[i] = log(p->ratio[i].hi);
    }
    c.opt = nlopt_create(NLOPT_LD_LBFGS, (unsigned)p->n_ratio);
    if (!c.opt)
        return SLG_ERR_NOMEM;
    nlopt_set_lower_bounds(c.opt, b.lo);
    nlopt_set_upper_bounds(c.opt, b.hi);
    nlopt_set_min_objective(c.opt, evaluate, &c);
    nlopt_set_maxeval(c.opt, SLG_NESTED_STEPS);
    nlopt_set_ftol_rel(c.opt, 1e-5);
    const size_t n_start = screen(&c, &b, start);
    for (size_t k = 0; k < n_start; k++) {
        nlopt_set_force_stop(c.opt, 0);
        (void)nlopt_optimize(c.opt, start[k], &value);
    }
    nlopt_destroy(c.opt);
    if (c.best == HUGE_VAL)
        return c.st;
    memcpy(x, c.x, p->n_ratio * sizeof *x);
    return slg_nested_loss(p, x, delta, sigma, loss, NULL, sq, n, work);
}
