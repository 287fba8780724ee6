#include "tasks/fit/fit.h"

#include <cblas.h>
#include <math.h>

enum { CHUNK = 256 };

size_t slg_gram_length(size_t m, size_t n_class)
{
    return n_class * (m * m + m + 2);
}

void slg_gram_add(size_t m, size_t n_class, double *a, const double *b)
{
    size_t n = slg_gram_length(m, n_class);
    for (size_t i = 0; i < n; i++)
        a[i] += b[i];
}

/** Divides the rows by their weights; false when something is not finite. */
static bool weigh(size_t n_row, size_t m, const double *w, const double *y, double *k)
{
    double bad = 0;
    for (size_t i = 0; i < n_row; i++) {
        double *row = k + i * m, s = 1 / w[i], yw = y[i] * s;
        bad += yw - yw;
#pragma omp simd reduction(+ : bad)
        for (size_t j = 0; j < m; j++) {
            row[j] *= s;
            bad += row[j] - row[j]; /* 0, or NaN for NaN and infinity */
        }
    }
    return bad == 0;
}

/** g += B^T y/w and t += |y/w|^2 for one run of whitened rows. */
static void fold_target(size_t n, size_t m, const double *y, const double *w, const double *b, double *g, double *t)
{
    double yw[CHUNK];
    for (size_t i = 0; i < n; i += CHUNK) {
        size_t len = n - i < CHUNK ? n - i : CHUNK;
        for (size_t j = 0; j < len; j++) {
            yw[j] = y[i + j] / w[i + j];
            t[0] += yw[j] * yw[j];
        }
        cblas_dgemv(CblasRowMajor, CblasTrans, (int)len, (int)m, 1, b + i * m, (int)m, yw, 1, 1, g, 1);
    }
    t[1] += (double)n;
}

slg_status slg_fit_fold(const slg_rows *rows, size_t n_part, const slg_part *part, const double *const *u, size_t m,
                        double *k, double *gram)
{
    const double *w = rows->w;
    int n = (int)rows->n_row, ld = (int)m;
    if (n == 0 || m == 0)
        return SLG_OK;
    if (!weigh(rows->n_row, m, w, rows->y, k))
        return SLG_ERR_NOT_FINITE;
    for (size_t b = 0; b < n_part; b++)
        cblas_dtrsm(CblasRowMajor, CblasRight, CblasUpper, CblasNoTrans, CblasNonUnit, n, (int)part[b].m, 1, u[b],
                    (int)part[b].m, k + part[b].col0, ld);
    for (size_t r = 0; r < rows->n_run; r++) {
        const slg_run *run = &rows->run[r];
        size_t cls = (size_t)run->cls, at = run->first;
        const double *b = k + at * m;
        cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, ld, (int)run->count, 1, b, ld, 1, slg_gram_h(gram, m, cls),
                    ld);
        fold_target(run->count, m, rows->y + at, w + at, b, slg_gram_g(gram, m, cls), slg_gram_t(gram, m, cls));
    }
    return SLG_OK;
}
