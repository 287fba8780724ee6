#include "tasks/terms/soap/internal.h"

#include <lapacke.h>
#include <math.h>

enum { N = SLG_SOAP_ALPHA, K = SLG_QUAD_NODES };

void slg_quad_rule(double node[K], double weight[K])
{
    for (int i = 0; i < K / 2; i++) {
        double x = cos(SLG_PI * (i + 0.75) / (K + 0.5)), slope = 1;
        for (int it = 0; it < 8; it++) {
            double p0 = 1, p1 = x;
            for (int k = 2; k <= K; k++) {
                double p2 = ((2 * k - 1) * x * p1 - (k - 1) * p0) / k;
                p0 = p1, p1 = p2;
            }
            slope = K * (x * p1 - p0) / (x * x - 1);
            x -= p1 / slope;
        }
        node[i] = -x, node[K - 1 - i] = x;
        weight[i] = weight[K - 1 - i] = 2 / ((1 - x * x) * slope * slope);
    }
}

void slg_jacobi(size_t n, size_t count, const double *u, double *h)
{
    for (size_t i = 0; i < count; i++) {
        double x = 1 - 2 * u[i], p0 = 0, p1 = 1, cube = (1 - u[i]) * (1 - u[i]) * (1 - u[i]);
        for (size_t k = 0; k < n; k++) {
            h[k * count + i] = sqrt((double)(2 * k + 7)) * cube * p1;
            double j = (double)(k + 1);
            double p2 = ((2 * j + 5) * (4 * (j + 2) * (j + 3) * x - 36) * p1 - 4 * (j - 1) * (j + 3) * (j + 5) * p0) /
                        (4 * j * (j + 2) * (j + 6));
            p0 = p1, p1 = p2;
        }
    }
}

/* g_a = sum_k C_ak h_k: closed form, all terms positive. */
static void polynomial_rows(slg_radial_basis *b)
{
    for (size_t i = 0; i < b->n_poly; i++) {
        double a = (double)(i + 1), prod = 1;
        for (size_t k = 0; k <= i; k++) {
            double t = (double)k;
            if (k > 0)
                prod *= (a - t) / (a + 6 + t);
            b->c[i][k] = sqrt((2 * a + 5) * (2 * t + 7)) / (a + 6) * prod;
        }
    }
}

typedef struct panels {
    double u[4 * K], w[4 * K], g[4 * K];
} panels;

/* Quadrature points that resolve the Gaussian G of width s on [0,1], and its values there. */
static void gaussian_panels(double s, panels *p)
{
    double node[K], weight[K];
    const double edge[5] = {0, fmin(1, 2 * s), fmin(1, 5 * s), fmin(1, 10 * s), 1};
    slg_quad_rule(node, weight);
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < K; k++) {
            double half = (edge[i + 1] - edge[i]) / 2, u = edge[i] + half * (1 + node[k]);
            p->u[i * K + k] = u;
            p->w[i * K + k] = half * weight[k];
            p->g[i * K + k] = sqrt(2 / s) * pow(SLG_PI, -0.25) * exp(-u * u / (2 * s * s));
        }
}

/* Row (t_0..t_{A-1}, nu) of the Gaussian: nu from the squared residual, 1-|t|^2 would cancel. */
static void gaussian_row(double s, slg_radial_basis *b)
{
    panels p;
    double h[N * 4 * K], rest = erfc(1 / s), *row = b->c[b->n - 1];
    gaussian_panels(s, &p);
    slg_jacobi(b->n_poly, 4 * K, p.u, h);
    for (size_t k = 0; k < b->n_poly; k++)
        for (size_t i = 0; i < 4 * K; i++)
            row[k] += p.w[i] * p.g[i] * h[k * 4 * K + i];
    for (size_t i = 0; i < 4 * K; i++) {
        double left = p.g[i];
        for (size_t k = 0; k < b->n_poly; k++)
            left -= row[k] * h[k * 4 * K + i];
        rest += p.w[i] * left * left;
    }
    row[b->n - 1] = sqrt(rest);
}

/* Q = U V^T of the singular value decomposition C = U D V^T. */
static slg_status polar_factor(slg_radial_basis *b)
{
    enum { WORK = 16 * N * N };
    double a[N * N], u[N * N], vt[N * N], d[N], work[WORK];
    lapack_int n = (lapack_int)b->n;
    for (size_t i = 0; i < b->n; i++)
        for (size_t k = 0; k < b->n; k++)
            a[i + k * b->n] = b->c[i][k];
    if (LAPACKE_dgesvd_work(LAPACK_COL_MAJOR, 'A', 'A', n, n, a, n, d, u, n, vt, n, work, WORK) != 0)
        return SLG_ERR_NOT_FINITE;
    for (size_t i = 0; i < b->n; i++)
        for (size_t k = 0; k < b->n; k++) {
            double sum = 0;
            for (size_t m = 0; m < b->n; m++)
                sum += u[i + m * b->n] * vt[m + k * b->n];
            b->q[i][k] = sum;
        }
    return SLG_OK;
}

slg_status slg_radial_basis_make(slg_basis kind, size_t alpha_max, double sigma, slg_radial_basis *b)
{
    *b = (slg_radial_basis){.n = alpha_max, .n_poly = kind == SLG_POLY3 ? alpha_max : alpha_max - 1};
    polynomial_rows(b);
    if (kind == SLG_POLY3GAUSS)
        gaussian_row(sigma, b);
    slg_status st = polar_factor(b);
    /* W C = Q with C lower triangular. */
    for (size_t i = 0; i < b->n; i++)
        for (size_t k = b->n; k-- > 0;) {
            double sum = b->q[i][k];
            for (size_t m = k + 1; m < b->n; m++)
                sum -= b->w[i][m] * b->c[m][k];
            b->w[i][k] = sum / b->c[k][k];
        }
    return st;
}
