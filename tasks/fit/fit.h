/**
 * Sparse Gaussian-process regression in whitened blocks (Foster et al. 2009; spec gap_fit section 14.3): design rows
 * streamed batch by batch, whitened, and folded into Gram blocks, one per weight class; any (delta, sigma) is then one
 * Cholesky factorisation. All matrices row-major.
 */
#ifndef SLG_TASKS_FIT_FIT_H
#define SLG_TASKS_FIT_FIT_H

#include "runtime/base/error.h"
#include "tasks/terms/term.h"

/** Most weight classes of a fit, with those that judge. */
enum { SLG_MAX_CLASS = 256 };

/**
 * u [m][m]: upper Cholesky factor U of K + eps I, K the covariances of the part's sparse points for unit delta:
 * K + eps I = U^T U; strictly lower part 0. ERR_NOT_SPD with the failing row in *where, ERR_NOT_FINITE.
 */
slg_status slg_sparse_kernel(const slg_part *part, double eps, double *u, size_t *where);

/** Gram block set of a model with m columns and n_class classes: per class h [m][m] (upper), g [m], t, n. */
size_t slg_gram_length(size_t m, size_t n_class);
static inline double *slg_gram_h(double *gram, size_t m, size_t cls);
static inline double *slg_gram_g(double *gram, size_t m, size_t cls);
/** &t; t[1] is n. */
static inline double *slg_gram_t(double *gram, size_t m, size_t cls);

/**
 * Whitens k in place (rows divided by their weight w, then B = W^-1 K U^-1, U = blockdiag(u[b])) and adds B^T B, B^T
 * y/w, |y/w|^2 and the row count of each run to `gram`; runs that are judged once more with w_judge for w, to the class
 * `judge`. ERR_NOT_FINITE when a row is not finite.
 */
slg_status slg_fit_fold(const slg_rows *rows, size_t n_part, const slg_part *part, const double *const *u, size_t m,
                        double *k, double *gram);

/** a <- a + b, element by element. */
void slg_gram_add(size_t m, size_t n_class, double *a, const double *b);

/**
 * Solves for given delta [n_part] and sigma [n_class] (sigma <= 0: the class is left out), where the rows in `less` (a
 * part of those in `gram`, NULL = none) are left out, H and g being gram's minus its:
 * S = I + D (sum_c H_c/s_c^2) D = L L^T, gamma = D S^-1 D sum_c g_c/s_c^2 and alpha_b = delta_b^-2 U_b^-1 gamma_b.
 * col0/m_b of the parts partition 0..m-1. Outputs gamma [m], alpha [m]. ERR_NOT_SPD, ERR_NOT_FINITE.
 * m_used[b] <= part m selects the leading sparse points of every part (NULL: all); the rest of gamma and alpha is 0.
 */
size_t slg_fit_solve_work_bytes(size_t m);
slg_status slg_fit_solve(const double *gram, const double *less, size_t m, size_t n_class, size_t n_part,
                         const slg_part *part, const double *const *u, const size_t *m_used, const double *delta,
                         const double *sigma, double *gamma, double *alpha, size_t *where, void *work);

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
