#include "tasks/terms/soap/internal.h"

#include <math.h>

/* Below this argument the upward recursion loses digits for l <= SLG_SOAP_L; the ratios are then
 * started far enough up. */
static const double upward_from = 25.0;
enum { START = SLG_SOAP_L + 24 };

void slg_bessel_scaled(size_t l_max, double x, double *iota)
{
    double z = x * x;
    if (z == 0.0) {
        for (size_t l = 0; l <= l_max; l++)
            iota[l] = l == 0 ? 1.0 : 0.0;
        return;
    }
    iota[0] = -expm1(-2 * z) / (2 * z);
    if (z >= upward_from) {
        if (l_max > 0)
            iota[1] = (z - 1 + (z + 1) * exp(-2 * z)) / (2 * z * z);
        for (size_t l = 1; l < l_max; l++)
            iota[l + 1] = iota[l - 1] - (double)(2 * l + 1) / z * iota[l];
        return;
    }
    double ratio = 0, kept[SLG_SOAP_L + 1];
    for (size_t l = START; l >= 1; l--) {
        ratio = 1 / ((double)(2 * l + 1) / z + ratio);
        if (l <= l_max)
            kept[l] = ratio;
    }
    for (size_t l = 1; l <= l_max; l++)
        iota[l] = iota[l - 1] * kept[l];
}

void slg_angular_width(size_t l_max, double r, double r_max, double sigma_t, double a_t, double *b, double *db)
{
    double iota[SLG_SOAP_L + 1], s = sigma_t + a_t * r, big = r_max / s * (r_max / s);
    double kappa = 1 - a_t * r / s, steep = 2 * r / (s * s);
    slg_bessel_scaled(l_max < 1 ? 1 : l_max, r / s, iota);
    for (size_t l = 0; l <= l_max; l++) {
        double slope = 0;
        if (l == 0)
            slope = steep * (iota[1] - iota[0]);
        else if (r > 0)
            slope = steep * (iota[l - 1] - iota[l]) - 2 * (double)(l + 1) / r * iota[l];
        b[l] = big * iota[l];
        db[l] = big * kappa * slope - 2 * a_t / s * b[l];
    }
}
