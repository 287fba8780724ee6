/** Direct solution of the weighted sparse Gaussian-process problem by Householder QR, the reference of the solver. */
#ifndef SLG_TESTS_FIT_QR_H
#define SLG_TESTS_FIT_QR_H

#include "tasks/fit/fit.h"
#include <lapacke.h>
#include <check.h>
#include <stdlib.h>

/**
 * beta [m] = argmin |(k beta - y)/sigma|^2 + sum_b |U_b beta_b / delta_b|^2, k [n][m] with unit delta, sigma [n].
 */
static inline void test_qr(size_t n, size_t m, const double *k, const double *y, const double *sigma, size_t n_part,
                           const slg_part *part, double *const *u, const double *delta, double *beta)
{
    double *a = calloc((n + m) * m, sizeof *a), *b = calloc(n + m, sizeof *b);
    for (size_t i = 0; i < n; i++) {
        b[i] = y[i] / sigma[i];
        for (size_t j = 0; j < m; j++)
            a[i * m + j] = k[i * m + j] / sigma[i];
    }
    for (size_t c = 0; c < n_part; c++)
        for (size_t i = 0; i < part[c].m; i++)
            for (size_t j = i; j < part[c].m; j++)
                a[(n + part[c].col0 + i) * m + part[c].col0 + j] = u[c][i * part[c].m + j] / delta[c];
    ck_assert_int_eq(LAPACKE_dgels(LAPACK_ROW_MAJOR, 'N', (int)(n + m), (int)m, 1, a, (int)m, b, 1), 0);
    for (size_t j = 0; j < m; j++)
        beta[j] = b[j];
    free(a), free(b);
}

/** out [n] = k beta. */
static inline void test_predict(size_t n, size_t m, const double *k, const double *beta, double *out)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = 0;
        for (size_t j = 0; j < m; j++)
            out[i] += k[i * m + j] * beta[j];
    }
}

/** sqrt(|a-b|^2 / |b|^2). */
static inline double test_relative_rmse(size_t n, const double *a, const double *b)
{
    double diff = 0, norm = 0;
    for (size_t i = 0; i < n; i++) {
        diff += (a[i] - b[i]) * (a[i] - b[i]);
        norm += b[i] * b[i];
    }
    return sqrt(diff / norm);
}

#endif
