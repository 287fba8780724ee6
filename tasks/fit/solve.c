#include "tasks/fit/fit.h"

#include "runtime/base/arena.h"
#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

/** The columns in use, gathered: s [n][n], rhs [n], col [n] their numbers in the model, scale [n] their delta. */
typedef struct slg_system {
    size_t n;
    double *s, *rhs, *scale;
    size_t *col;
} slg_system;

static size_t carve(size_t m, void *work, slg_system *a)
{
    slg_arena room = {.base = work};
    *a = (slg_system){.s = slg_arena_take(&room, m * m, sizeof *a->s)};
    a->rhs = slg_arena_take(&room, m, sizeof *a->rhs);
    a->scale = slg_arena_take(&room, m, sizeof *a->scale);
    a->col = slg_arena_take(&room, m, sizeof *a->col);
    return room.used;
}

size_t slg_fit_solve_work_bytes(size_t m)
{
    slg_system none;
    return carve(m, NULL, &none);
}

static size_t used(const slg_part *part, const size_t *m_used, size_t b)
{
    return m_used == NULL || m_used[b] > part[b].m ? part[b].m : m_used[b];
}

static slg_system gather(size_t m, size_t n_part, const slg_part *part, const size_t *m_used, const double *delta,
                         void *work)
{
    slg_system a;
    carve(m, work, &a);
    for (size_t b = 0; b < n_part; b++)
        for (size_t i = 0; i < used(part, m_used, b); i++) {
            a.scale[a.n] = delta[b];
            a.col[a.n++] = part[b].col0 + i;
        }
    memset(a.s, 0, a.n * a.n * sizeof *a.s);
    memset(a.rhs, 0, a.n * sizeof *a.rhs);
    return a;
}

static void add_class(const slg_system *a, const double *h, const double *g, size_t m, double sigma)
{
    double f = 1 / (sigma * sigma);
    for (size_t i = 0; i < a->n; i++) {
        const double *row = h + a->col[i] * m;
        double *s = a->s + i * a->n;
        for (size_t j = i; j < a->n; j++)
            s[j] += f * row[a->col[j]];
        a->rhs[i] += f * g[a->col[i]];
    }
}

/** S = I + D s D and D rhs; false when a value is not finite. */
static bool scale(const slg_system *a)
{
    double bad = 0;
    for (size_t i = 0; i < a->n; i++) {
        double *s = a->s + i * a->n, di = a->scale[i];
        for (size_t j = i; j < a->n; j++) {
            s[j] *= di * a->scale[j];
            bad += s[j] - s[j];
        }
        s[i] += 1;
        a->rhs[i] *= di;
        bad += a->rhs[i] - a->rhs[i];
    }
    return bad == 0;
}

/** alpha_b = delta_b^-2 U_b^-1 gamma_b; the leading block of U_b is the factor of the leading sparse points. */
static bool expand(size_t n_part, const slg_part *part, const double *const *u, const size_t *m_used,
                   const double *delta, const double *gamma, double *alpha)
{
    double bad = 0;
    for (size_t b = 0; b < n_part; b++) {
        size_t n = used(part, m_used, b), at = part[b].col0;
        double f = 1 / (delta[b] * delta[b]);
        for (size_t i = 0; i < n; i++)
            alpha[at + i] = f * gamma[at + i];
        if (n > 0)
            cblas_dtrsv(CblasRowMajor, CblasUpper, CblasNoTrans, CblasNonUnit, (int)n, u[b], (int)part[b].m, alpha + at,
                        1);
        for (size_t i = 0; i < n; i++)
            bad += alpha[at + i] - alpha[at + i];
    }
    return bad == 0;
}

slg_status slg_fit_solve(const double *gram, size_t m, size_t n_class, size_t n_part, const slg_part *part,
                         const double *const *u, const size_t *m_used, const double *delta, const double *sigma,
                         double *gamma, double *alpha, size_t *where, void *work)
{
    slg_system a = gather(m, n_part, part, m_used, delta, work);
    double *base = (double *)gram; /* read only below; the accessors serve both uses */
    int n = (int)a.n;
    *where = 0;
    memset(gamma, 0, m * sizeof *gamma);
    memset(alpha, 0, m * sizeof *alpha);
    if (n == 0)
        return SLG_OK;
    for (size_t c = 0; c < n_class; c++)
        if (sigma[c] > 0)
            add_class(&a, slg_gram_h(base, m, c), slg_gram_g(base, m, c), m, sigma[c]);
    if (!scale(&a))
        return SLG_ERR_NOT_FINITE;
    lapack_int info = LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', n, a.s, n); /* rows: S = R^T R, R upper */
    if (info > 0)
        *where = a.col[info - 1];
    if (info != 0)
        return info > 0 ? SLG_ERR_NOT_SPD : SLG_ERR_INTERNAL;
    cblas_dtrsv(CblasRowMajor, CblasUpper, CblasTrans, CblasNonUnit, n, a.s, n, a.rhs, 1);
    cblas_dtrsv(CblasRowMajor, CblasUpper, CblasNoTrans, CblasNonUnit, n, a.s, n, a.rhs, 1);
    for (size_t i = 0; i < a.n; i++)
        gamma[a.col[i]] = a.scale[i] * a.rhs[i];
    return expand(n_part, part, u, m_used, delta, gamma, alpha) ? SLG_OK : SLG_ERR_NOT_FINITE;
}

double slg_fit_residual(const double *gram, size_t m, size_t cls, const double *gamma)
{
    double *base = (double *)gram;
    const double *h = slg_gram_h(base, m, cls), *g = slg_gram_g(base, m, cls);
    double sum = slg_gram_t(base, m, cls)[0];
    for (size_t i = 0; i < m; i++) {
        const double *row = h + i * m;
        double upper = cblas_ddot((int)(m - i - 1), row + i + 1, 1, gamma + i + 1, 1);
        sum += gamma[i] * (row[i] * gamma[i] + 2 * (upper - g[i]));
    }
    return sum > 0 ? sum : sum <= 0 ? 0 : sum;
}
