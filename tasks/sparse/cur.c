#include "runtime/base/arena.h"
#include "tasks/sparse/sparse_internal.h"

#include <cblas.h>
#include <float.h>
#include <lapacke.h>
#include <string.h>

enum { TILE = 256, BLOCK = 32 };

/** The workspace. */
typedef struct parts {
    double *r;      /* [d][d] by columns */
    double *tile;   /* [TILE][d] */
    double *s;      /* [d] */
    double *t;      /* [BLOCK][d] */
    double *lapack; /* [lapack_doubles(d)] */
} parts;

static size_t lapack_doubles(size_t d)
{
    return 5 * d + 4 * BLOCK * d;
}

static size_t lay_out(size_t d, void *memory, parts *p)
{
    slg_arena a = {.base = memory};
    p->r = slg_arena_take(&a, d * d, sizeof *p->r);
    p->tile = slg_arena_take(&a, TILE * d, sizeof *p->tile);
    p->s = slg_arena_take(&a, d, sizeof *p->s);
    p->t = slg_arena_take(&a, BLOCK * d, sizeof *p->t);
    p->lapack = slg_arena_take(&a, lapack_doubles(d), sizeof *p->lapack);
    return a.used;
}

size_t slg_cur_work_bytes(size_t d)
{
    parts p;
    return lay_out(d, NULL, &p);
}

static size_t tile_rows(const slg_chunked *x, size_t c, size_t i)
{
    size_t left = x->first[c + 1] - i;
    return left < TILE ? left : TILE;
}

static void transpose(size_t n, size_t d, const double *rows, double *columns)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            columns[j * n + i] = rows[i * d + j];
}

/**
 * r <- upper triangular factor of all rows, tile after tile. Singular values of r are those of x to epsilon times the
 * largest; from the Gram matrix they would be to its root only, which for SOAP loses a third and more of the rank.
 */
static slg_status triangle(const slg_chunked *x, double *r, double *tile, double *t, double *work)
{
    lapack_int d = (lapack_int)x->d, block = d < BLOCK ? d : BLOCK;
    memset(r, 0, x->d * x->d * sizeof *r);
    for (size_t c = 0; c < x->n_chunk; c++)
        for (size_t i = x->first[c]; i < x->first[c + 1]; i += TILE) {
            size_t n = tile_rows(x, c, i);
            transpose(n, x->d, x->chunk[c] + (i - x->first[c]) * x->d, tile);
            if (LAPACKE_dtpqrt_work(LAPACK_COL_MAJOR, (lapack_int)n, d, 0, block, r, d, tile, (lapack_int)n, t, block,
                                    work) != 0)
                return SLG_ERR_INTERNAL;
        }
    return SLG_OK;
}

/** Half of the numerical rank (spec gap_fit section 8 counts singular values above 1e-13), at least one. */
static size_t subspace(size_t d, const double *s)
{
    size_t rank = 0;
    while (rank < d && s[rank] > (double)d * DBL_EPSILON * s[0])
        rank++;
    return rank >= 2 ? rank / 2 : 1;
}

/** Leverage of rows in tiles: |x V_k diag(1/s)|^2 with the k leading columns of v [d][d]. */
static void leverage(const slg_chunked *x, size_t k, const double *s, const double *v, slg_sort_item *item,
                     double *tile)
{
    size_t d = x->d;
    for (size_t c = 0; c < x->n_chunk; c++)
        for (size_t i = x->first[c]; i < x->first[c + 1]; i += TILE) {
            size_t n = tile_rows(x, c, i);
            cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)n, (int)k, (int)d, 1,
                        x->chunk[c] + (i - x->first[c]) * d, (int)d, v, (int)d, 0, tile, (int)k);
            for (size_t r = 0; r < n; r++) {
                double sum = 0;
                for (size_t j = 0; j < k; j++) {
                    double u = tile[r * k + j] / s[j];
                    sum += u * u;
                }
                item[i + r] = (slg_sort_item){-sum, (int64_t)(i + r)};
            }
        }
}

slg_status slg_cur_leverage(const slg_chunked *x, slg_sort_item *item, void *work)
{
    const size_t d = x->d, n = x->first[x->n_chunk];
    double none[1];
    parts p;
    lay_out(d, work, &p);
    slg_status st = triangle(x, p.r, p.tile, p.t, p.lapack);
    if (st != SLG_OK)
        return st;
    /* V^T overwrites r by columns, which is V by rows. */
    if (LAPACKE_dgesvd_work(LAPACK_COL_MAJOR, 'N', 'O', (lapack_int)d, (lapack_int)d, p.r, (lapack_int)d, p.s, none, 1,
                            none, 1, p.lapack, (lapack_int)lapack_doubles(d)) != 0)
        return SLG_ERR_INTERNAL;
    if (!(p.s[0] > 0)) { /* all rows are zero: file order */
        for (size_t i = 0; i < n; i++)
            item[i] = (slg_sort_item){0, (int64_t)i};
        return SLG_OK;
    }
    leverage(x, subspace(d, p.s), p.s, p.r, item, p.tile);
    return SLG_OK;
}
