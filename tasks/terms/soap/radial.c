#include "tasks/terms/soap/internal.h"

#include <math.h>

enum { N = SLG_SOAP_ALPHA, K = SLG_QUAD_NODES };
/* Half-width of the integration interval in units of the Gaussian's width. */
static const double reach = 9.0;
/* The filter and the Gaussian overlap are switched off beyond this many widths (spec 4.3, 4.4). */
static const double hidden = 4.0;

/* exp(-(u-center)^2/(2 width^2)) and how its parameters and its logarithmic prefactor move with q. */
typedef struct bell {
    double center, width, d_center, d_width, d_log;
} bell;

slg_status slg_radial_init(const slg_soap_hp *hp, size_t s, slg_radial *ra)
{
    double rh = hp->rcut_hard[s];
    ra->gauss = hp->basis == SLG_POLY3GAUSS;
    ra->clean = hp->clean_filter;
    ra->q_soft = hp->rcut_soft[s] / rh;
    ra->filter = 1 - ra->q_soft >= 1e-9;
    ra->width = (1 - ra->q_soft) / hp->nf[s];
    ra->sigma = hp->atom_sigma_r[s] / rh;
    ra->slope = hp->atom_sigma_r_scaling[s];
    slg_quad_rule(ra->node, ra->weight);
    return slg_radial_basis_make(hp->basis, (size_t)hp->alpha_max[s], ra->sigma, &ra->basis);
}

/* val[k] += int_lo^hi h_k bell, der[k] += its derivative with respect to q (without that of the limits). */
static void add_moments(const slg_radial *ra, double lo, double hi, const bell *b, double *val, double *der)
{
    double x[K], f[K], g[K], p0[K], p1[K], half = (hi - lo) / 2, mid = (hi + lo) / 2;
    if (half <= 0)
        return;
    for (int i = 0; i < K; i++) {
        double u = mid + half * ra->node[i], e = (u - b->center) / b->width, v = 1 - u;
        f[i] = half * ra->weight[i] * exp(-e * e / 2) * v * v * v;
        g[i] = f[i] * (e * b->d_center / b->width + e * e * b->d_width / b->width + b->d_log);
        x[i] = 1 - 2 * u, p0[i] = 0, p1[i] = 1;
    }
    for (size_t k = 0; k < ra->basis.n_poly; k++) {
        double j = (double)(k + 1), den = 4 * j * (j + 2) * (j + 6), sum = 0, slope = 0;
        double cx = (2 * j + 5) * 4 * (j + 2) * (j + 3) / den, c0 = (2 * j + 5) * 36 / den;
        double cp = 4 * (j - 1) * (j + 3) * (j + 5) / den, norm = sqrt((double)(2 * k + 7));
#pragma omp simd reduction(+ : sum, slope)
        for (int i = 0; i < K; i++) {
            double p = p1[i];
            sum += f[i] * p;
            slope += g[i] * p;
            p1[i] = (cx * x[i] - c0) * p - cp * p0[i];
            p0[i] = p;
        }
        val[k] += norm * sum;
        der[k] += norm * slope;
    }
}

/* P and the product Gaussian of the filter part (spec 4.3) at q. */
static double filter_bell(const slg_radial *ra, double q, double sigma, bell *b)
{
    double w = ra->width, v = sigma * sigma + w * w, a = ra->slope, gap = ra->q_soft - q;
    double turn = 2 * sigma * a / v;
    b->center = (sigma * sigma * ra->q_soft + w * w * q) / v;
    b->width = sigma * w / sqrt(v);
    b->d_center = turn * ra->q_soft + w * w / v - b->center * turn;
    b->d_width = a * w * w * w / (v * sqrt(v));
    b->d_log = gap / v + gap * gap * sigma * a / (v * v);
    return exp(-gap * gap / (2 * v));
}

/* Deviation D1: what the boundary term missing in the original's filter recursion adds to the moments. */
static void add_deviation(const slg_radial *ra, const bell *f, double p, double *d, double *dd)
{
    double m[N + 6], s2 = f->width * f->width, b = 1 - f->center;
    double dc = f->d_center / s2, ds = f->d_width / (s2 * f->width);
    m[0] = 0;
    m[1] = -s2 * exp(-b * b / (2 * s2));
    for (size_t k = 0; k + 2 < ra->basis.n_poly + 5; k++)
        m[k + 2] = b * m[k + 1] + (double)(k + 1) * s2 * m[k];
    for (size_t a = 0; a < ra->basis.n_poly; a++) {
        const double *t = m + a + 3;
        double root = p * sqrt((double)(2 * a + 7)), moved = (b * dc + ds * b * b + f->d_log) * t[0];
        moved += ds * t[2] - (dc + 2 * ds * b) * t[1];
        for (size_t n = 0; n < ra->basis.n; n++) {
            d[n] += ra->basis.w[n][a] * root * t[0];
            dd[n] += ra->basis.w[n][a] * root * moved;
        }
    }
}

/* Overlap with the last function of poly3gauss, orthogonalised against the polynomials. */
static void gaussian_component(const slg_radial *ra, double q, double sigma, double *val, double *der)
{
    size_t last = ra->basis.n - 1;
    const double *row = ra->basis.c[last];
    double s0 = ra->sigma, a = ra->slope, s2 = s0 * s0 + sigma * sigma, s = sqrt(s2), c = 0, dc = 0;
    if (q < hidden * (s0 + sigma)) {
        double norm = sqrt(2 / s0) * pow(SLG_PI, -0.25), y = s0 * q / (sqrt(2) * sigma * s);
        double fall = exp(-q * q / (2 * s2));
        c = norm * sqrt(SLG_PI / 2) * sigma * s0 / s * fall * (1 + erf(y));
        dc = c * (a * s0 * s0 / (sigma * s2) - q / s2 + a * sigma * q * q / (s2 * s2)) +
             norm * s0 * s0 / s2 * fall * exp(-y * y) * (1 - a * q / sigma - a * sigma * q / s2);
    }
    for (size_t k = 0; k < last; k++) {
        c -= row[k] * val[k];
        dc -= row[k] * der[k];
    }
    val[last] = c / row[last];
    der[last] = dc / row[last];
}

void slg_radial_eval(const slg_radial *ra, double q, double *d, double *dd)
{
    double val[N] = {0}, der[N] = {0}, part[N] = {0}, slope[N] = {0}, p = 0;
    double sigma = ra->sigma + ra->slope * q;
    size_t n = ra->basis.n;
    bool filter = ra->filter && ra->q_soft - q < hidden * sigma;
    bell soft = {.center = q, .width = sigma, .d_center = 1, .d_width = ra->slope}, f = {0};
    add_moments(ra, fmax(0, q - reach * sigma), fmin(ra->q_soft, q + reach * sigma), &soft, val, der);
    if (filter) {
        p = filter_bell(ra, q, sigma, &f);
        add_moments(ra, fmax(ra->q_soft, f.center - reach * f.width), fmin(1, f.center + reach * f.width), &f, part,
                    slope);
    }
    for (size_t k = 0; k < ra->basis.n_poly; k++) {
        val[k] += p * part[k];
        der[k] += p * slope[k];
    }
    if (ra->gauss)
        gaussian_component(ra, q, sigma, val, der);
    for (size_t i = 0; i < n; i++) {
        d[i] = dd[i] = 0;
        for (size_t k = 0; k < n; k++) {
            d[i] += ra->basis.q[i][k] * val[k];
            dd[i] += ra->basis.q[i][k] * der[k];
        }
    }
    if (filter && !ra->clean)
        add_deviation(ra, &f, p, d, dd);
}

double slg_amplitude(const slg_channel *ch, int32_t enhancement, double q, double *da)
{
    double sigma = ch->sigma + ch->sigma_slope * q, a = ch->exponent, slope = ch->sigma_slope;
    double h = (1 - q) * (1 - q) * (1 + 2 * q), a0 = 1 / sigma, e = 1, de = 0;
    if (a != 0 && h <= 1e-10) {
        if (da)
            *da = 0;
        return 0;
    }
    if (a != 0)
        a0 *= a == 1 ? h : a == 2 ? h * h : pow(h, a);
    double k = sqrt(8 / SLG_PI);
    if (enhancement == 1) {
        e = q + k / 2 * sigma;
        de = 1 + k / 2 * slope;
    } else if (enhancement == 2) {
        e = q * q + sigma * sigma + k * sigma * q;
        de = 2 * q + 2 * sigma * slope + k * (sigma + slope * q);
    }
    if (da)
        *da = a0 * e * ((a != 0 ? a * 6 * (q * q - q) / h : 0) - slope / sigma) + a0 * de;
    return a0 * e;
}
