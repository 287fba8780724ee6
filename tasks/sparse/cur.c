#include "tasks/sparse/sparse_internal.h"

#include <cblas.h>
#include <float.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

enum { TILE = 64 };

static size_t lwork(size_t d)
{
    return 1 + 6 * d + 2 * d * d;
}

static size_t liwork(size_t d)
{
    return 3 + 5 * d;
}

size_t slg_cur_work_doubles(size_t d)
{
    return d * d + d + TILE * d + lwork(d) + liwork(d);
}

/** Gram matrix of the rows, upper triangle, chunks in order. False when not finite. */
static bool gram(const slg_chunked *x, double *g)
{
    int d = (int)x->d;
    memset(g, 0, x->d * x->d * sizeof *g);
    for (size_t c = 0; c < x->n_chunk; c++)
        if (x->first[c + 1] > x->first[c])
            cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, d, (int)(x->first[c + 1] - x->first[c]), 1, x->chunk[c],
                        d, 1, g, d);
    double bad = 0;
    for (size_t i = 0; i < x->d; i++) /* a sum of squares that is finite bounds its whole column */
        bad += g[i * x->d + i] - g[i * x->d + i];
    return bad == 0;
}

/**
 * Half of the singular values that the Gram matrix resolves, at least one: squared singular values below
 * d * epsilon * largest are rounding noise (spec gap_fit section 8 counts above 1e-13 of an SVD of X itself).
 */
static size_t subspace(size_t d, const double *lambda)
{
    size_t count = 0;
    for (size_t i = 0; i < d; i++)
        count += lambda[i] > (double)d * DBL_EPSILON * lambda[d - 1];
    return count >= 2 ? count / 2 : 1;
}

/** Leverage of rows in tiles: |x W diag(1/s)|^2 with the k leading eigenvectors, the last rows of z. */
static void leverage(const slg_chunked *x, size_t k, const double *lambda, const double *z, slg_sort_item *item,
                     double *tile)
{
    size_t d = x->d;
    for (size_t c = 0; c < x->n_chunk; c++)
        for (size_t i = x->first[c]; i < x->first[c + 1]; i += TILE) {
            size_t len = x->first[c + 1] - i < TILE ? x->first[c + 1] - i : TILE;
            cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)len, (int)k, (int)d, 1,
                        x->chunk[c] + (i - x->first[c]) * d, (int)d, z + (d - k) * d, (int)d, 0, tile, (int)k);
            for (size_t r = 0; r < len; r++) {
                double sum = 0;
                for (size_t j = 0; j < k; j++)
                    sum += tile[r * k + j] * tile[r * k + j] / lambda[d - k + j];
                item[i + r] = (slg_sort_item){-sum, (int64_t)(i + r)};
            }
        }
}

slg_status slg_cur_leverage(const slg_chunked *x, slg_sort_item *item, double *work)
{
    size_t d = x->d, n = x->first[x->n_chunk];
    double *g = work, *lambda = g + d * d, *tile = lambda + d, *w = tile + TILE * d;
    lapack_int *iw = (lapack_int *)(w + lwork(d));
    if (!gram(x, g))
        return SLG_ERR_NOT_FINITE;
    /* Upper by rows is lower by columns; the eigenvectors come as columns, here the rows of g. */
    lapack_int info = LAPACKE_dsyevd_work(LAPACK_COL_MAJOR, 'V', 'L', (lapack_int)d, g, (lapack_int)d, lambda, w,
                                          (lapack_int)lwork(d), iw, (lapack_int)liwork(d));
    if (info != 0)
        return SLG_ERR_INTERNAL;
    if (!(lambda[d - 1] > 0)) { /* all rows are zero: file order */
        for (size_t i = 0; i < n; i++)
            item[i] = (slg_sort_item){0, (int64_t)i};
        return SLG_OK;
    }
    leverage(x, subspace(d, lambda), lambda, g, item, tile);
    return SLG_OK;
}
