#include "tasks/fit/fit.h"

#include <lapacke.h>
#include <string.h>

/** Zeros below the diagonal, eps on it. False when a value is not finite. */
static bool finish(size_t m, double eps, double *u)
{
    double bad = 0;
    for (size_t i = 0; i < m; i++) {
        double *row = u + i * m;
        memset(row, 0, i * sizeof *row);
        row[i] += eps;
        for (size_t j = i; j < m; j++)
            bad += row[j] - row[j];
    }
    return bad == 0;
}

slg_status slg_sparse_kernel(const slg_part *part, double eps, double *u, size_t *where)
{
    const size_t m = part->m;
    *where = 0;
    if (m == 0)
        return SLG_OK;
    part->term->covariance(part->plan, m, part->d, part->q, u);
    if (!finish(m, eps, u))
        return SLG_ERR_NOT_FINITE;
    /* The upper triangle by rows is the lower one by columns, and L by columns is U = L^T by rows. */
    lapack_int info = LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', (lapack_int)m, u, (lapack_int)m);
    if (info > 0)
        *where = (size_t)info - 1;
    return info == 0 ? SLG_OK : info > 0 ? SLG_ERR_NOT_SPD : SLG_ERR_INTERNAL;
}
