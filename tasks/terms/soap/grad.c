/* Explicit gradients of the descriptor (spec section 8).
 * For a neighbour of channel s only the rows n of s of X move: grad X_nlm = c_n' a_lm + c_n b_lm
 * (vectors over xyz), so with a_{n'l} = sum_m a_lm X_n'lm and b_{n'l} likewise, grad p_{nn'l} is a
 * sum of two products of rank one. Rows over l are padded to whole vectors; what is written beyond
 * a pair's last l is overwritten by the next pair. */
#include "tasks/terms/soap/internal.h"

#include <math.h>
#include <string.h>

/* Four doubles at any address. */
typedef double any_v4 __attribute__((vector_size(32), aligned(8), may_alias));

/* Views into the scratch space. */
typedef struct slopes {
    size_t step;    /* padded L+1 */
    double *y;      /* [4][n_lm] Y_lm and its free derivatives with respect to u (x, y, z) */
    double *sum;    /* [4][n_pad] sums over m for one l */
    double *a, *b;  /* [3][n_max][step] */
    double *c, *dc; /* [n_max] of the neighbour, 0 outside its channel */
    double *power;  /* [n_full] gradient of the power spectrum, one component */
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
    size_t n_row = plan->n_max * slg_round_up(plan->l_max + 1, SLG_SOAP_LANES);
    p.y = claim(&p.total, 4 * plan->n_lm);
    p.sum = claim(&p.total, 4 * plan->n_pad);
    p.a = claim(&p.total, 3 * n_row);
    p.b = claim(&p.total, 3 * n_row);
    p.c = claim(&p.total, plan->n_max);
    p.dc = claim(&p.total, plan->n_max);
    p.power = claim(&p.total, plan->n_full + SLG_SOAP_LANES);
    return p;
}

static slopes view(const slg_soap_plan *plan, double *base)
{
    parts p = lay(plan);
    size_t step = slg_round_up(plan->l_max + 1, SLG_SOAP_LANES);
    return (slopes){step, base + p.y, base + p.sum, base + p.a, base + p.b, base + p.c, base + p.dc, base + p.power};
}

size_t slg_soap_scratch(const slg_soap_plan *plan)
{
    size_t matrix = plan->n_pad * plan->n_pad, gradient = lay(plan).total;
    return matrix > gradient ? matrix : gradient;
}

static inline void store(double *y, size_t n_lm, double value, double dx, double dy, double dz)
{
    y[0] = value, y[n_lm] = dx, y[2 * n_lm] = dy, y[3 * n_lm] = dz;
}

static void harmonics(const slg_soap_plan *plan, const slg_soap_env *e, size_t col, slopes *t)
{
    const double *coef = slg_plan_at(plan, plan->off_ylm), *cm = e->cm + col, *sm = e->sm + col;
    size_t n = e->stride, n_lm = plan->n_lm;
    for (size_t l = 0; l <= plan->l_max; l++) {
        double *row = t->y + l * l;
        for (size_t m = 0; m <= l; m++) {
            size_t at = l * (l + 1) / 2 + m;
            double y = e->y[at * n + col], c = cm[m * n], s = sm[m * n];
            double dz = m < l ? coef[3 * at + 2] * e->y[(at + 1) * n + col] : 0;
            if (m == 0) {
                store(row, n_lm, y, 0, 0, dz);
                continue;
            }
            double c1 = (double)m * y * cm[(m - 1) * n], s1 = (double)m * y * sm[(m - 1) * n];
            store(row + 2 * m - 1, n_lm, y * c, c1, -s1, dz * c);
            store(row + 2 * m, n_lm, y * s, s1, c1, dz * s);
        }
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
    const double u[3] = {e->ux[col], e->uy[col], e->uz[col]}, inv = e->r_inv[col];
    size_t n_row = plan->n_max * t->step, np = plan->n_pad;
    for (size_t l = 0; l <= plan->l_max; l++) {
        double b = e->b[l * e->stride + col], db = e->db[l * e->stride + col];
        contract(plan, e, l, t);
        for (size_t n = 0; n < plan->n_max; n++) {
            const double *sum = t->sum + pad[n];
            /* The free derivative is projected on the sphere and divided by r. */
            double y = sum[0], x = inv * b;
            double along = db * y - x * (sum[np] * u[0] + sum[2 * np] * u[1] + sum[3 * np] * u[2]);
            double *a_at = t->a + n * t->step + l, *b_at = t->b + n * t->step + l;
            for (size_t k = 0; k < 3; k++) {
                a_at[k * n_row] = u[k] * b * y;
                b_at[k * n_row] = u[k] * along + x * sum[(k + 1) * np];
            }
        }
    }
}

/* What one row (n; i = n..) of grad_j p needs: factors of the neighbour and, for one component of xyz, a and b. */
typedef struct row_input {
    size_t n, n_max, n_l, lo, hi; /* lo..hi-1: radial indices of the neighbour's channel */
    const double *c, *dc;
    const slg_v4 *a, *b;
} row_input;

/* Pairs (n,i), i >= n. n_vec is a constant in each call, so that row n stays in registers. */
static inline __attribute__((always_inline)) void fill_row(const row_input *r, size_t n_vec, double *p)
{
    const slg_v4 *an = r->a + r->n * n_vec, *bn = r->b + r->n * n_vec;
    bool moves = r->n >= r->lo && r->n < r->hi;
    for (size_t i = r->n; i < r->n_max; i++, p += r->n_l) {
        double mu = i == r->n ? 1 : sqrt(2), c = mu * r->c[r->n], d = mu * r->dc[r->n];
        double ci = mu * r->c[i], di = mu * r->dc[i];
        const slg_v4 *ai = r->a + i * n_vec, *bi = r->b + i * n_vec;
        any_v4 *out = (any_v4 *)p;
        if (!moves && (i < r->lo || i >= r->hi))
            memset(p, 0, r->n_l * sizeof *p);
        else
            for (size_t v = 0; v < n_vec; v++)
                out[v] = d * ai[v] + c * bi[v] + di * an[v] + ci * bn[v];
    }
}

static void power_slope(const slg_soap_plan *plan, const slg_channel *ch, size_t k, slopes *t)
{
    size_t part = k * plan->n_max * t->step;
    row_input r = {0,
                   plan->n_max,
                   plan->l_max + 1,
                   ch->first,
                   ch->first + ch->alpha,
                   t->c,
                   t->dc,
                   (const slg_v4 *)(t->a + part),
                   (const slg_v4 *)(t->b + part)};
    double *p = t->power;
    for (; r.n < r.n_max; p += (r.n_max - r.n) * r.n_l, r.n++)
        switch (t->step / SLG_SOAP_LANES) {
        case 1: fill_row(&r, 1, p); break;
        case 2: fill_row(&r, 2, p); break;
        case 3: fill_row(&r, 3, p); break;
        default: fill_row(&r, 4, p); break; /* SLG_SOAP_L + 1 = 13 */
        }
}

/* Four sums side by side: one alone would wait for its additions. */
static double dot_product(size_t n, const double *a, const double *b)
{
    const any_v4 *x = (const any_v4 *)a, *y = (const any_v4 *)b;
    slg_v4 s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    size_t i = 0;
    for (; i + 16 <= n; i += 16, x += 4, y += 4)
        s0 += x[0] * y[0], s1 += x[1] * y[1], s2 += x[2] * y[2], s3 += x[3] * y[3];
    s0 = (s0 + s1) + (s2 + s3);
    double sum = (s0[0] + s0[1]) + (s0[2] + s0[3]);
    for (; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* g = (dc - v (v.dc))/N; dc and g may be the same row. */
static void normalise_slope(const slg_soap_plan *plan, const double *v, double norm, const double *dc, double *g)
{
    double dot = dot_product(plan->length, v, dc), inv = 1 / norm;
#pragma omp simd
    for (size_t i = 0; i < plan->length; i++)
        g[i] = (dc[i] - dot * v[i]) * inv;
}

/* The three rows of the neighbour in column col. */
static void write_rows(const slg_soap_plan *plan, const slg_channel *ch, const double *v, double norm, slopes *t,
                       double *g)
{
    for (size_t k = 0; k < 3; k++, g += plan->length) {
        power_slope(plan, ch, k, t);
        if (plan->n_entry > 0)
            slg_soap_compress(plan, t->power, g);
        normalise_slope(plan, v, norm, plan->n_entry > 0 ? g : t->power, g);
    }
}

/* Pairs beyond their cutoff have zero rows. */
static void clear_outside(const slg_soap_plan *plan, const slg_soap_env *e, double *g)
{
    size_t inside = 0, n = 3 * plan->length;
    for (size_t col = 0; col < e->first[plan->n_species]; col++) {
        if (e->pair[col] == SIZE_MAX)
            continue;
        memset(g + inside * n, 0, (e->pair[col] - inside) * n * sizeof *g);
        inside = e->pair[col] + 1;
    }
    memset(g + inside * n, 0, (e->n_pair - inside) * n * sizeof *g);
}

void slg_soap_gradient(const slg_soap_plan *plan, const slg_geom *geom, size_t env, const double *v, double *g,
                       void *work)
{
    slg_soap_env *e = work;
    slopes t = view(plan, e->scratch);
    (void)geom, (void)env; /* everything needed is in work */
    clear_outside(plan, e, g);
    memset(t.a, 0, 3 * plan->n_max * t.step * sizeof(double)); /* the padding has to be finite */
    memset(t.b, 0, 3 * plan->n_max * t.step * sizeof(double));
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
            write_rows(plan, ch, v, e->norm, &t, g + 3 * e->pair[col] * plan->length);
        }
    }
}
