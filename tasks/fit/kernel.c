#include "tasks/fit/fit.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

enum { TILE = 128 };

static bool integer(double zeta)
{
    return zeta > 0.5 && zeta < 1e6 && fabs(zeta - nearbyint(zeta)) < 1e-14;
}

/** p[i] <- x[i]^e by repeated squaring, at most TILE elements. */
static void power_tile(size_t n, unsigned e, const double *x, double *p)
{
    double square[TILE];
    for (size_t i = 0; i < n; i++) {
        square[i] = x[i];
        p[i] = 1;
    }
    for (; e != 0; e >>= 1) {
        if (e & 1)
            for (size_t i = 0; i < n; i++)
                p[i] *= square[i];
        if (e > 1)
            for (size_t i = 0; i < n; i++)
                square[i] *= square[i];
    }
}

static void power_integer(size_t n, double zeta, double *t, double *dt)
{
    unsigned e = (unsigned)nearbyint(zeta);
    double p[TILE];
    for (size_t i = 0; i < n; i += TILE) {
        size_t len = n - i < TILE ? n - i : TILE;
        power_tile(len, e - 1, t + i, p);
        for (size_t j = 0; j < len; j++)
            t[i + j] *= p[j];
        if (dt != NULL)
            for (size_t j = 0; j < len; j++)
                dt[i + j] = zeta * p[j];
    }
}

void slg_kernel_power(size_t n, double zeta, double *t, double *dt)
{
    if (integer(zeta)) {
        power_integer(n, zeta, t, dt);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        double x = t[i];
        t[i] = x <= 0 ? 0 : pow(x, zeta); /* a NaN stays one */
        if (dt != NULL)
            dt[i] = x <= 0 ? 0 : zeta * t[i] / x;
    }
}

/** Powers of the upper triangle, eps on the diagonal, zeros below. False when a value is not finite. */
static bool finish_kmm(size_t m, double zeta, double eps, double *u)
{
    double bad = 0;
    for (size_t i = 0; i < m; i++) {
        double *row = u + i * m;
        memset(row, 0, i * sizeof *row);
        slg_kernel_power(m - i, zeta, row + i, NULL);
        row[i] += eps;
        for (size_t j = i; j < m; j++)
            bad += row[j] - row[j];
    }
    return bad == 0;
}

slg_status slg_fit_kmm(size_t m, size_t d, const double *q, double zeta, double eps, double *u, size_t *where)
{
    *where = 0;
    if (m == 0)
        return SLG_OK;
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasNoTrans, (int)m, (int)d, 1, q, (int)d, 0, u, (int)m);
    if (!finish_kmm(m, zeta, eps, u))
        return SLG_ERR_NOT_FINITE;
    /* The upper triangle by rows is the lower one by columns, and L by columns is U = L^T by rows. */
    lapack_int info = LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', (lapack_int)m, u, (lapack_int)m);
    if (info > 0)
        *where = (size_t)info - 1;
    return info == 0 ? SLG_OK : info > 0 ? SLG_ERR_NOT_SPD : SLG_ERR_INTERNAL;
}
