/**
 * Sparse Gaussian-process regression in whitened blocks (Foster et al. 2009; spec gap_fit section 14.3): design rows
 * streamed batch by batch, whitened, and folded into Gram blocks, one per weight class; any (delta, sigma) is then one
 * Cholesky factorisation. All matrices row-major.
 */
#ifndef SLG_TASKS_FIT_FIT_H
#define SLG_TASKS_FIT_FIT_H

#include "runtime/base/error.h"
#include "tasks/common/geom.h"
#include "tasks/soap/soap.h"

enum { SLG_MAX_BLOCKS = SLG_MAX_SPECIES };

/**
 * t[i] <- t[i]^zeta, dt (may be NULL) <- zeta t^(zeta-1), zeta > 0. An integer zeta (to 1e-14) multiplies, so negative
 * dot products (possible after compression) keep their sign rule, the kernel matrix stays positive semidefinite and
 * QUIP evaluates the same; for a real zeta negative dot products count as 0 (spec soap_turbo section 9).
 */
void slg_kernel_power(size_t n, double zeta, double *t, double *dt);

/**
 * u [m][m]: upper Cholesky factor U of K + eps I, K = (q q^T)^zeta, q [m][d]: K + eps I = U^T U; strictly lower part 0.
 * ERR_NOT_SPD with the failing row in *where, ERR_NOT_FINITE.
 */
slg_status slg_fit_kmm(size_t m, size_t d, const double *q, double zeta, double eps, double *u, size_t *where);

/** One GAP block of a model: sparse set of one central species. */
typedef struct slg_fit_block {
    const slg_soap_plan *plan;
    int32_t central;   /* species channel whose environments belong to the block */
    size_t m, d, col0; /* sparse points, descriptor length, first column of the block in the design matrix */
    const double *q;   /* [m][d] */
    double zeta;
} slg_fit_block;

/**
 * Adds the contributions of environments env0..env1-1 (of the block's central species; others are skipped) to the
 * unit-delta design rows k [rows->n_row][ldk] of their batch. Gradients are computed only if the batch has force or
 * virial rows for the frame. Cost about 2 d m (3 n_atoms_touched + 6) flops an environment.
 * work: slg_fit_rows_work_bytes(block, geom->max_pair).
 */
size_t slg_fit_rows_work_bytes(const slg_fit_block *block, size_t max_pair);
slg_status slg_fit_rows(const slg_geom *geom, size_t env0, size_t env1, const slg_rows *rows,
                        const slg_fit_block *block, size_t ldk, double *k, void *work);
double slg_fit_rows_flops(const slg_geom *geom, size_t env0, size_t env1, const slg_rows *rows,
                          const slg_fit_block *block);

/** Gram block set of a model with m columns and n_class classes: per class h [m][m] (upper), g [m], t, n. */
size_t slg_gram_length(size_t m, size_t n_class);
static inline double *slg_gram_h(double *gram, size_t m, size_t cls);
static inline double *slg_gram_g(double *gram, size_t m, size_t cls);
/** &t; t[1] is n. */
static inline double *slg_gram_t(double *gram, size_t m, size_t cls);

/**
 * Whitens k in place (rows divided by their weight w, then B = W^-1 K U^-1, U = blockdiag(u[b])) and adds B^T B, B^T y/w,
 * |y/w|^2 and the row count of each run to `gram`. `row_weight` replaces rows->w when not NULL (validation metric).
 * ERR_NOT_FINITE when a row is not finite.
 */
slg_status slg_fit_fold(const slg_rows *rows, const double *row_weight, size_t n_block, const slg_fit_block *block,
                        const double *const *u, size_t m, double *k, double *gram);

/** a <- a + b, element by element. */
void slg_gram_add(size_t m, size_t n_class, double *a, const double *b);

/**
 * Solves for given delta [n_block] and sigma [n_class] (sigma <= 0: the class is left out):
 * S = I + D (sum_c H_c/s_c^2) D = L L^T, gamma = D S^-1 D sum_c g_c/s_c^2 and alpha_b = delta_b^-2 U_b^-1 gamma_b.
 * col0/m_b of the blocks partition 0..m-1. Outputs gamma [m], alpha [m]. ERR_NOT_SPD, ERR_NOT_FINITE.
 * m_used[b] <= block m selects the leading sparse points of every block (NULL: all); the rest of gamma and alpha is 0.
 */
size_t slg_fit_solve_work_bytes(size_t m);
slg_status slg_fit_solve(const double *gram, size_t m, size_t n_class, size_t n_block, const slg_fit_block *block,
                         const double *const *u, const size_t *m_used, const double *delta, const double *sigma,
                         double *gamma, double *alpha, size_t *where, void *work);

/** Sum of squared weighted residuals of a class for the coefficients gamma: t - 2 gamma.g + gamma^T H gamma (>= 0). */
double slg_fit_residual(const double *gram, size_t m, size_t cls, const double *gamma);

static inline double *slg_gram_h(double *gram, size_t m, size_t cls)
{
    return gram + cls * (m * m + m + 2);
}
static inline double *slg_gram_g(double *gram, size_t m, size_t cls)
{
    return slg_gram_h(gram, m, cls) + m * m;
}
static inline double *slg_gram_t(double *gram, size_t m, size_t cls)
{
    return slg_gram_g(gram, m, cls) + m;
}

#endif
