#include "tasks/fit/system.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

/** alpha_b = delta_b^-2 U_b^-1 gamma_b; the leading block of U_b is the factor of the leading sparse points. */
static bool expand(size_t n_part, const slg_part *part, const double *const *u, const size_t *m_used,
                   const double *delta, const double *gamma, double *alpha)
{
    double bad = 0;
    for (size_t b = 0; b < n_part; b++) {
        size_t n = slg_system_used(part, m_used, b), at = part[b].col0;
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

size_t slg_fit_solve_work_bytes(size_t m)
{
    slg_system none;
    return slg_system_carve(m, NULL, &none);
}

slg_status slg_fit_solve(const double *gram, const double *less, size_t m, size_t n_class, size_t n_part,
                         const slg_part *part, const double *const *u, const size_t *m_used, const double *delta,
                         const double *sigma, double *gamma, double *alpha, size_t *where, void *work)
{
    slg_system a;
    slg_system_carve(m, work, &a);
    *where = 0;
    memset(gamma, 0, m * sizeof *gamma);
    memset(alpha, 0, m * sizeof *alpha);
    slg_status st = slg_system_factor(&a, gram, less, m, n_class, n_part, part, m_used, delta, sigma, where);
    if (st != SLG_OK || a.n == 0)
        return st;
    slg_system_solve(&a, a.rhs);
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
