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

/* Adds whitened rows first .. first+n-1, of the weights w, to a class. */
static void add_rows(const slg_rows *rows, size_t first, size_t n, const double *w, size_t m, const double *k,
                     size_t cls, double *gram)
{
    const double *b = k + first * m;
    const int ld = (int)m;
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, ld, (int)n, 1, b, ld, 1, slg_gram_h(gram, m, cls), ld);
    fold_target(n, m, rows->y + first, w + first, b, slg_gram_g(gram, m, cls), slg_gram_t(gram, m, cls));
}

/* The same rows in the weights of errors. */
static void judge_rows(const slg_rows *rows, const slg_run *run, size_t m, double *k, double *gram)
{
    for (size_t i = run->first; i < run->first + run->count; i++)
        cblas_dscal((int)m, rows->w[i] / rows->w_judge[i], k + i * m, 1);
    add_rows(rows, run->first, run->count, rows->w_judge, m, k, (size_t)run->judge, gram);
}

slg_status slg_fit_fold(const slg_rows *rows, size_t n_part, const slg_part *part, const double *const *u, size_t m,
                        double *k, double *gram)
{
    int n = (int)rows->n_row, ld = (int)m;
    if (n == 0 || m == 0)
        return SLG_OK;
    if (!weigh(rows->n_row, m, rows->w, rows->y, k))
        return SLG_ERR_NOT_FINITE;
    for (size_t b = 0; b < n_part; b++)
        cblas_dtrsm(CblasRowMajor, CblasRight, CblasUpper, CblasNoTrans, CblasNonUnit, n, (int)part[b].m, 1, u[b],
                    (int)part[b].m, k + part[b].col0, ld);
    for (size_t r = 0; r < rows->n_run; r++) {
        const slg_run *run = &rows->run[r];
        add_rows(rows, run->first, run->count, rows->w, m, k, (size_t)run->cls, gram);
        if (rows->w_judge && run->judge >= 0)
            judge_rows(rows, run, m, k, gram);
    }
    return SLG_OK;
}
