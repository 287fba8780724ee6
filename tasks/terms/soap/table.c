/* Piecewise polynomials of d_n(r), B_l(r) and their derivatives (spec 12.3): fitted at Chebyshev
 * nodes of each interval, stored as coefficients of powers of t in [-1,1], functions fastest, so
 * that one neighbour reads all of its functions with unit stride. */
#include "tasks/terms/soap/internal.h"

#include <math.h>
#include <string.h>

enum { T = SLG_SOAP_TERMS, FUN = SLG_SOAP_ALPHA + SLG_SOAP_L + 1 + SLG_SOAP_LANES };

/* Interval width at r: a fraction of the length over which any of the functions changes. */
static double width_at(const slg_soap_hp *hp, size_t s, double r)
{
    double ar = hp->atom_sigma_r_scaling[s], at = hp->atom_sigma_t_scaling[s];
    double sr = hp->atom_sigma_r[s] + ar * r, st = hp->atom_sigma_t[s] + at * r;
    double radial = sr * 0.5 / (1 + 2 * ar);
    double angular = at > 0 ? st * 0.3 / (1 + 2 * at) : fmax(st * 0.3, 0.1 * r);
    return fmin(hp->rcut_hard[s] / 12, fmin(radial, angular));
}

/* Where a function of the channel jumps, ascending, with both ends; returns the number of segments. */
static size_t segments(const slg_soap_hp *hp, size_t s, double at[4])
{
    double rh = hp->rcut_hard[s], sr = hp->atom_sigma_r[s], ar = hp->atom_sigma_r_scaling[s], jump[2];
    size_t n = 0, k = 0;
    /* The filter is still off at its jump, the Gaussian overlap already; edges belong to the interval above them. */
    jump[n++] = nextafter((hp->rcut_soft[s] - 4 * sr) / (1 + 4 * ar), INFINITY);
    if (hp->basis == SLG_POLY3GAUSS && 4 * ar < 1)
        jump[n++] = 8 * sr / (1 - 4 * ar);
    if (n == 2 && jump[0] > jump[1]) {
        double swap = jump[0];
        jump[0] = jump[1], jump[1] = swap;
    }
    at[0] = 0;
    for (size_t i = 0; i < n; i++)
        if (jump[i] > at[k] + 1e-9 * rh && jump[i] < rh * (1 - 1e-9))
            at[++k] = jump[i];
    at[++k] = rh;
    return k;
}

size_t slg_table_grid(const slg_soap_hp *hp, size_t s, double *edge)
{
    double at[4];
    size_t n_segment = segments(hp, s, at), n = 0;
    for (size_t k = 0; k < n_segment; k++) {
        size_t from = n;
        double r = at[k];
        while (r < at[k + 1]) {
            if (edge)
                edge[n] = r;
            r += width_at(hp, s, r);
            n++;
        }
        /* Shrink the steps so that the last one ends on the segment's end. */
        double shrink = (at[k + 1] - at[k]) / (r - at[k]);
        for (size_t i = from; edge && i < n; i++)
            edge[i] = at[k] + (edge[i] - at[k]) * shrink;
    }
    if (edge)
        edge[n] = at[n_segment];
    return n;
}

size_t slg_table_cells(size_t n_interval)
{
    return 4 * n_interval;
}

/* to[k][i]: coefficient of t^k from the value at node i. Through Chebyshev coefficients, which
 * decay, so that the large integers of T_j(t) meet small numbers only. */
static void chebyshev_rule(double node[T], double cheb[T][T], double power[T][T])
{
    for (int j = 0; j < T; j++) {
        node[j] = cos(SLG_PI * (j + 0.5) / T);
        for (int i = 0; i < T; i++)
            cheb[j][i] = (j == 0 ? 1.0 : 2.0) / T * cos(SLG_PI * j * (i + 0.5) / T);
    }
    memset(power, 0, sizeof(double[T][T])); /* power[j][k]: coefficient of t^k in T_j */
    power[0][0] = 1;
    power[1][1] = 1;
    for (int j = 2; j < T; j++)
        for (int k = 0; k < T; k++)
            power[j][k] = (k > 0 ? 2 * power[j - 1][k - 1] : 0) - power[j - 2][k];
}

typedef struct fit {
    double node[T], cheb[T][T], power[T][T];
    double sample[T][2 * FUN]; /* at the nodes of one interval */
} fit;

static void sample(const slg_soap_hp *hp, size_t s, const slg_radial *ra, const slg_soap_plan *plan, double r,
                   double *row)
{
    const slg_channel *ch = &plan->channel[s];
    double r_max = 0;
    for (size_t k = 0; k < plan->n_species; k++)
        r_max = fmax(r_max, hp->rcut_hard[k]);
    memset(row, 0, 2 * ch->n_fun * sizeof *row);
    slg_radial_eval(ra, r / ch->rcut, row, row + ch->n_fun);
    slg_angular_width(plan->l_max, r, r_max, hp->atom_sigma_t[s], hp->atom_sigma_t_scaling[s], row + ch->alpha,
                      row + ch->n_fun + ch->alpha);
}

/* coef[part][k][f] of one interval from the samples. */
static void fit_interval(const fit *ft, size_t n_fun, double *coef)
{
    double c[T][2 * FUN];
    for (int j = 0; j < T; j++)
        for (size_t f = 0; f < 2 * n_fun; f++) {
            c[j][f] = 0;
            for (int i = 0; i < T; i++)
                c[j][f] += ft->cheb[j][i] * ft->sample[i][f];
        }
    for (size_t part = 0; part < 2; part++)
        for (size_t k = 0; k < T; k++)
            for (size_t f = 0; f < n_fun; f++) {
                double sum = 0;
                for (size_t j = k; j < T; j += 2)
                    sum += ft->power[j][k] * c[j][part * n_fun + f];
                coef[(part * T + k) * n_fun + f] = sum;
            }
}

void slg_table_fill(const slg_soap_hp *hp, size_t s, const slg_radial *ra, slg_soap_plan *plan)
{
    slg_channel *ch = &plan->channel[s];
    char *base = (char *)plan;
    double *edge = (double *)(base + ch->off_edge), *mid = (double *)(base + ch->off_mid);
    double *coef = (double *)(base + ch->off_coef);
    int32_t *cell = (int32_t *)(base + ch->off_cell);
    fit ft;
    chebyshev_rule(ft.node, ft.cheb, ft.power);
    slg_table_grid(hp, s, edge);
    for (size_t k = 0; k < ch->n_interval; k++) {
        double half = (edge[k + 1] - edge[k]) / 2;
        mid[2 * k] = edge[k] + half;
        mid[2 * k + 1] = 1 / half;
        for (int i = 0; i < T; i++)
            sample(hp, s, ra, plan, mid[2 * k] + half * ft.node[i], ft.sample[i]);
        fit_interval(&ft, ch->n_fun, coef + k * 2 * T * ch->n_fun);
    }
    ch->cell_per_r = (double)ch->n_cell / ch->rcut;
    for (size_t i = 0, k = 0; i < ch->n_cell; i++) {
        while (k + 1 < ch->n_interval && edge[k + 1] <= (double)i / ch->cell_per_r)
            k++;
        cell[i] = (int32_t)k;
    }
}

/* The interval of r: the cell gives one at or below it. */
static size_t interval_of(const slg_soap_plan *plan, const slg_channel *ch, double r)
{
    const int32_t *cell = slg_plan_at(plan, ch->off_cell);
    const double *edge = slg_plan_at(plan, ch->off_edge);
    size_t i = (size_t)(r * ch->cell_per_r);
    size_t k = (size_t)cell[i < ch->n_cell ? i : ch->n_cell - 1];
    while (k > 0 && r < edge[k])
        k--;
    while (k + 1 < ch->n_interval && r >= edge[k + 1])
        k++;
    return k;
}

static void horner(size_t n_fun, const double *coef, double t, double *val)
{
    const slg_v4 *c = (const slg_v4 *)coef;
    slg_v4 *out = (slg_v4 *)val;
    size_t n = n_fun / SLG_SOAP_LANES;
    for (size_t f = 0; f < n; f++) {
        slg_v4 sum = c[(T - 1) * n + f];
        for (size_t k = T - 1; k-- > 0;)
            sum = sum * t + c[k * n + f];
        out[f] = sum;
    }
}

void slg_table_read(const slg_soap_plan *plan, const slg_channel *ch, double r, double *val, double *dval)
{
    size_t k = interval_of(plan, ch, r);
    const double *mid = (const double *)slg_plan_at(plan, ch->off_mid) + 2 * k;
    const double *coef = (const double *)slg_plan_at(plan, ch->off_coef) + k * 2 * T * ch->n_fun;
    double t = (r - mid[0]) * mid[1];
    horner(ch->n_fun, coef, t, val);
    if (dval)
        horner(ch->n_fun, coef + T * ch->n_fun, t, dval);
}
