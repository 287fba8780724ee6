/** The linear system of a fit, assembled from Gram blocks. Private to this folder. */
#ifndef SLG_TASKS_FIT_SYSTEM_H
#define SLG_TASKS_FIT_SYSTEM_H

#include "tasks/fit/fit.h"

/** The columns in use, gathered: s [n][n], rhs [n], col [n] their numbers in the model, scale [n] their delta. */
typedef struct slg_system {
    size_t n;
    double *s, *rhs, *scale;
    size_t *col;
} slg_system;

/** Room for a system of m columns in `work` (NULL: only counted); its bytes. */
size_t slg_system_carve(size_t m, void *work, slg_system *a);
/** Columns of a part that are in use. */
size_t slg_system_used(const slg_part *part, const size_t *m_used, size_t b);
/**
 * Fills a carved system from the rows in `gram` but those in `less` (NULL = none), S = I + D (sum_c H_c/s_c^2) D and
 * D sum_c g_c/s_c^2 with the delta of the parts in D, and factorises S. ERR_NOT_SPD with the column in
 * *where, ERR_NOT_FINITE.
 */
slg_status slg_system_factor(slg_system *a, const double *gram, const double *less, size_t m, size_t n_class,
                             size_t n_part, const slg_part *part, const size_t *m_used, const double *delta,
                             const double *sigma, size_t *where);
/** x [n] <- S^-1 x with the factor. */
void slg_system_solve(const slg_system *a, double *x);

#endif
