/* Explicit gradients of the descriptor (spec section 8).
 * For a neighbour of channel s only the rows n of s of X move: grad X_nlm = c_n' a_lm + c_n b_lm (vectors over xyz), so
 * with a_{n'l} = sum_m a_lm X_n'lm and b_{n'l} likewise, grad p_{nn'l} is a sum of two products of rank one. */
#include "tasks/soap/internal.h"

#include <math.h>
#include <string.h>

/* Views into the scratch space. */
typedef struct slopes {
    double *y;        /* [4][n_lm] Y_lm and its gradient with respect to r (x, y, z) */
    double *sum;      /* [4][n_pad] sums over m for one l */
    double *a, *b;    /* [3][n_max][L+1] */
    double *c, *dc;   /* [n_max] of the neighbour, 0 outside its channel */
    double *power;    /* [n_full] gradient of the power spectrum, one component */
} slopes;

/* Offsets of the parts, and their total. */
typedef struct parts {
    size_t y, sum, a, b, c, dc, power, total;
} parts;

static size_t claim(size_t *at, size_t n)
{
    size_t off = *at;
    *at += slg_round_up(n, 8);
    return off;
}

static parts lay(const slg_soap_plan *plan)
{
    parts p = {0};
    size_t n_row = plan->n_max * (plan->l_max + 1);
    p.y = claim(&p.total, 4 * plan->n_lm);
    p.sum = claim(&p.total, 4 * plan->n_pad);
    p.a = claim(&p.total, 3 * n_row);
    p.b = claim(&p.total, 3 * n_row);
    p.c = claim(&p.total, plan->n_max);
    p.dc = claim(&p.total, plan->n_max);
    p.power = claim(&p.total, plan->n_full);
    return p;
}

static slopes view(const slg_soap_plan *plan, double *base)
{
    parts p = lay(plan);
    return (slopes){base + p.y, base + p.sum, base + p.a, base + p.b, base + p.c, base + p.dc, base + p.power};
}

size_t slg_soap_scratch(const slg_soap_plan *plan)
{
    size_t matrix = plan->n_pad * plan->n_pad, gradient = lay(plan).total;
    return matrix > gradient ? matrix : gradient;
}

/* One harmonic: value and free derivative; then projected on the sphere and divided by r. */
static void store(const slg_soap_plan *plan, const slg_soap_env *e, size_t col, size_t lm, const double d[4],
                  slopes *t)
{
    double ux = e->ux[col], uy = e->uy[col], uz = e->uz[col], inv = e->r_inv[col];
    double along = d[1] * ux + d[2] * uy + d[3] * uz;
    t->y[lm] = d[0];
    t->y[plan->n_lm + lm] = (d[1] - along * ux) * inv;
    t->y[2 * plan->n_lm + lm] = (d[2] - along * uy) * inv;
    t->y[3 * plan->n_lm + lm] = (d[3] - along * uz) * inv;
}

static void harmonics(const slg_soap_plan *plan, const slg_soap_env *e, size_t col, slopes *t)
{
    const double *coef = slg_plan_at(plan, plan->off_ylm), *cm = e->cm + col, *sm = e->sm + col;
    size_t n = e->stride;
    for (size_t l = 0; l <= plan->l_max; l++)
        for (size_t m = 0; m <= l; m++) {
            size_t at = l * (l + 1) / 2 + m;
            double y = e->y[at * n + col], dm = (double)m, c = cm[m * n], s = sm[m * n];
            double dz = m < l ? coef[3 * at + 2] * e->y[(at + 1) * n + col] : 0;
            if (m == 0) {
                store(plan, e, col, l * l, (double[4]){y, 0, 0, dz}, t);
                continue;
            }
            double c1 = dm * y * cm[(m - 1) * n], s1 = dm * y * sm[(m - 1) * n];
            store(plan, e, col, l * l + 2 * m - 1, (double[4]){y * c, c1, -s1, dz * c}, t);
            store(plan, e, col, l * l + 2 * m, (double[4]){y * s, s1, c1, dz * s}, t);
        }
}

/* sum[k][n'] = sum_m y[k][lm] X_n'lm */
static void contract(const slg_soap_plan *plan, const slg_soap_env *e, size_t l, slopes *t)
{
    size_t np = plan->n_pad, n_lm = plan->n_lm;
    for (size_t v = 0; v < np; v += SLG_SOAP_LANES) {
        slg_v4 s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
        for (size_t i = l * l; i < (l + 1) * (l + 1); i++) {
            slg_v4 x = *(const slg_v4 *)(e->x + i * np + v);
            s0 += t->y[i] * x, s1 += t->y[n_lm + i] * x;
            s2 += t->y[2 * n_lm + i] * x, s3 += t->y[3 * n_lm + i] * x;
        }
        *(slg_v4 *)(t->sum + v) = s0, *(slg_v4 *)(t->sum + np + v) = s1;
        *(slg_v4 *)(t->sum + 2 * np + v) = s2, *(slg_v4 *)(t->sum + 3 * np + v) = s3;
    }
}

static void factors(const slg_soap_plan *plan, const slg_soap_env *e, size_t col, slopes *t)
{
    const size_t *pad = slg_plan_at(plan, plan->off_pad);
    const double u[3] = {e->ux[col], e->uy[col], e->uz[col]};
    size_t n_l = plan->l_max + 1, n_row = plan->n_max * n_l;
    for (size_t l = 0; l < n_l; l++) {
        double b = e->b[l * e->stride + col], db = e->db[l * e->stride + col];
        contract(plan, e, l, t);
        for (size_t k = 0; k < 3; k++)
            for (size_t n = 0; n < plan->n_max; n++) {
                double y = t->sum[pad[n]], gy = t->sum[(k + 1) * plan->n_pad + pad[n]];
                t->a[k * n_row + n * n_l + l] = u[k] * b * y;
                t->b[k * n_row + n * n_l + l] = u[k] * db * y + b * gy;
            }
    }
}

/* Component k of grad_j p. */
static void power_slope(const slg_soap_plan *plan, const slg_channel *ch, size_t k, slopes *t)
{
    size_t n_l = plan->l_max + 1, n_max = plan->n_max, n_row = n_max * n_l;
    const double *a = t->a + k * n_row, *b = t->b + k * n_row;
    double *restrict p = t->power;
    size_t lo = ch->first, hi = ch->first + ch->alpha;
    for (size_t n = 0; n < n_max; n++)
        for (size_t i = n; i < n_max; i++, p += n_l) {
            double mu = i == n ? 1 : sqrt(2), c = mu * t->c[n], d = mu * t->dc[n], ci = mu * t->c[i], di = mu * t->dc[i];
            const double *ai = a + i * n_l, *bi = b + i * n_l, *an = a + n * n_l, *bn = b + n * n_l;
            if ((n >= lo && n < hi) || (i >= lo && i < hi))
                for (size_t l = 0; l < n_l; l++)
                    p[l] = d * ai[l] + c * bi[l] + di * an[l] + ci * bn[l];
            else
                memset(p, 0, n_l * sizeof *p);
        }
}

/* g = (dc - v (v.dc))/N */
static void normalise_slope(const slg_soap_plan *plan, const double *v, double norm, double *g)
{
    double dot = 0, inv = 1 / norm;
#pragma omp simd reduction(+ : dot)
    for (size_t i = 0; i < plan->length; i++)
        dot += v[i] * g[i];
#pragma omp simd
    for (size_t i = 0; i < plan->length; i++)
        g[i] = (g[i] - dot * v[i]) * inv;
}

void slg_soap_gradient(const slg_soap_plan *plan, const slg_geom *geom, size_t env, const double *v, double *g,
                       void *work)
{
    slg_soap_env *e = work;
    slopes t = view(plan, e->scratch);
    size_t d = plan->length;
    (void)geom, (void)env; /* everything needed is in work */
    memset(g, 0, 3 * e->n_pair * d * sizeof *g);
    for (size_t s = 0; s < plan->n_species; s++) {
        const slg_channel *ch = &plan->channel[s];
        memset(t.c, 0, plan->n_max * sizeof(double));
        memset(t.dc, 0, plan->n_max * sizeof(double));
        for (size_t col = e->first[s]; col < e->first[s + 1] && e->pair[col] != SIZE_MAX; col++) {
            for (size_t n = 0; n < ch->alpha; n++) {
                t.c[ch->first + n] = e->c[n * e->stride + col];
                t.dc[ch->first + n] = e->dc[n * e->stride + col];
            }
            harmonics(plan, e, col, &t);
            factors(plan, e, col, &t);
            for (size_t k = 0; k < 3; k++) {
                double *row = g + (3 * e->pair[col] + k) * d;
                power_slope(plan, ch, k, &t);
                slg_soap_compress(plan, t.power, row);
                normalise_slope(plan, v, e->norm, row);
            }
        }
    }
}
