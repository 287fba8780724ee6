/* The kernel (v.q)^zeta of normalised descriptors. */
#include "tasks/terms/soap/internal.h"

#include <cblas.h>
#include <math.h>

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

void slg_soap_covariance(const void *plan, size_t m, size_t d, const double *q, double *u)
{
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasNoTrans, (int)m, (int)d, 1, q, (int)d, 0, u, (int)m);
    for (size_t i = 0; i < m; i++)
        slg_kernel_power(m - i, ((const slg_soap_plan *)plan)->zeta, u + i * m + i, NULL);
}

void slg_soap_kernel(const void *plan, size_t n, size_t m, size_t d, const double *v, const double *q, double *k)
{
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)n, (int)m, (int)d, 1, v, (int)d, q, (int)d, 0, k, (int)m);
    slg_kernel_power(n * m, ((const slg_soap_plan *)plan)->zeta, k, NULL);
}
