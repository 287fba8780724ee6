/* Real spherical harmonics without poles (spec 5.2). The rows are K_lm Q_l^m(u_z) with K_lm = N_lm
 * (m=0) or sqrt2 N_lm; normalised recursion: y_lm = a u_z y_{l-1,m} - b y_{l-2,m},  y_mm constant,
 * dy_lm/du_z = g y_{l,m+1}. */
#include "tasks/terms/soap/internal.h"

#include <math.h>

/* coef[3*(l(l+1)/2+m)] = a (for l=m: the constant), b, g. Returns the number of doubles; coef may be NULL. */
size_t slg_ylm_coefficients(size_t l_max, double *coef)
{
    double diagonal = sqrt(1 / (4 * SLG_PI));
    for (size_t m = 0; coef && m <= l_max; m++) {
        double dm = (double)m;
        if (m > 0)
            diagonal *= -sqrt((2 * dm + 1) / (2 * dm)) * (m == 1 ? sqrt(2) : 1);
        for (size_t l = m; l <= l_max; l++) {
            double *c = coef + 3 * (l * (l + 1) / 2 + m), dl = (double)l, span = dl * dl - dm * dm;
            c[0] = l == m ? diagonal : sqrt((4 * dl * dl - 1) / span);
            c[1] = l < m + 2 ? 0 : sqrt((2 * dl + 1) * ((dl - 1) * (dl - 1) - dm * dm) / ((2 * dl - 3) * span));
            c[2] = l == m ? 0 : -sqrt((dl - dm) * (dl + dm + 1) / (m == 0 ? 2 : 1));
        }
    }
    return 3 * (l_max + 1) * (l_max + 2) / 2;
}

static void fill_powers(size_t l_max, slg_soap_env *e)
{
    size_t n = e->stride;
    for (size_t j = 0; j < n; j++)
        e->cm[j] = 1, e->sm[j] = 0;
    for (size_t m = 1; m <= l_max; m++) {
        const double *c0 = e->cm + (m - 1) * n, *s0 = e->sm + (m - 1) * n, *ux = e->ux, *uy = e->uy;
        double *restrict c = e->cm + m * n, *restrict s = e->sm + m * n;
#pragma omp simd
        for (size_t j = 0; j < n; j++) {
            c[j] = c0[j] * ux[j] - s0[j] * uy[j];
            s[j] = c0[j] * uy[j] + s0[j] * ux[j];
        }
    }
}

void slg_ylm_fill(const slg_soap_plan *plan, slg_soap_env *e)
{
    const double *coef = slg_plan_at(plan, plan->off_ylm), *uz = e->uz;
    size_t n = e->stride;
    fill_powers(plan->l_max, e);
    for (size_t l = 0; l <= plan->l_max; l++)
        for (size_t m = 0; m <= l; m++) {
            size_t row = l * (l + 1) / 2 + m;
            double a = coef[3 * row], b = coef[3 * row + 1];
            double *restrict y = e->y + row * n;
            const double *y1 = e->y + (row - l) * n, *y2 = e->y + (row - (2 * l - 1)) * n;
            if (l == m)
                for (size_t j = 0; j < n; j++)
                    y[j] = a;
            else if (l == m + 1)
                for (size_t j = 0; j < n; j++)
                    y[j] = a * uz[j] * y1[j];
            else
#pragma omp simd
                for (size_t j = 0; j < n; j++)
                    y[j] = a * uz[j] * y1[j] - b * y2[j];
        }
}
