/* Gradient of y.v for one cotangent y (spec section 8, reverse form). */
#include "tasks/terms/soap/internal.h"

#include <math.h>
#include <string.h>

/* power_bar = Pm^T (y - (y.v) v)/N */
static void pull_back(const slg_soap_plan *plan, const double *v, const double *y, slg_soap_env *e)
{
    double dot = 0, inv = 1 / e->norm;
#pragma omp simd reduction(+ : dot)
    for (size_t i = 0; i < plan->length; i++)
        dot += y[i] * v[i];
    if (plan->n_entry == 0) {
        for (size_t i = 0; i < plan->length; i++)
            e->power_bar[i] = (y[i] - dot * v[i]) * inv;
        return;
    }
    const int32_t *in = slg_plan_at(plan, plan->off_in), *out = slg_plan_at(plan, plan->off_out);
    const double *weight = slg_plan_at(plan, plan->off_weight);
    memset(e->power_bar, 0, plan->n_full * sizeof(double));
    for (size_t i = 0; i < plan->n_entry; i++)
        e->power_bar[in[i]] += weight[i] * (y[out[i]] - dot * v[out[i]]) * inv;
}

/* The symmetric matrix of degree l that multiplies X_l, in padded indices. */
static void fill_matrix(const slg_soap_plan *plan, size_t l, const slg_soap_env *e, double *a)
{
    const size_t *pad = slg_plan_at(plan, plan->off_pad);
    size_t np = plan->n_pad, n_l = plan->l_max + 1;
    for (size_t n = 0; n < plan->n_max; n++) {
        const double *p = e->power_bar + slg_power_row(n, plan->n_max, plan->l_max) + l;
        a[pad[n] * np + pad[n]] = 2 * p[0];
        for (size_t k = n + 1; k < plan->n_max; k++)
            a[pad[n] * np + pad[k]] = a[pad[k] * np + pad[n]] = sqrt(2) * p[(k - n) * n_l];
    }
}

static void expansion_bar(const slg_soap_plan *plan, slg_soap_env *e)
{
    size_t np = plan->n_pad;
    memset(e->scratch, 0, np * np * sizeof(double));
    for (size_t l = 0; l <= plan->l_max; l++) {
        fill_matrix(plan, l, e, e->scratch);
        for (size_t i = l * l; i < (l + 1) * (l + 1); i++)
            for (size_t v = 0; v < np; v += SLG_SOAP_LANES) {
                slg_v4 sum = {0};
                for (size_t n = 0; n < np; n++)
                    sum += e->x[i * np + n] * *(const slg_v4 *)(e->scratch + n * np + v);
                *(slg_v4 *)(e->u + i * np + v) = sum;
            }
    }
}

/* What one vector of columns contributes: radial derivative, and the derivative along a free direction vector. */
typedef struct push {
    slg_v4 radial, x, y, z;
} push;

/* Rows of one vector of columns: element i of row k is base[k*step + i]. */
typedef struct rows {
    size_t step, alpha, np, l_max;
    const slg_v4 *c, *dc, *b, *db, *y, *cm, *sm;
    const double *u, *coef;
} rows;

static void add_order_0(const rows *k, push *f)
{
    for (size_t l = 0; l <= k->l_max; l++) {
        const double *u = k->u + l * l * k->np;
        size_t at = l * (l + 1) / 2;
        slg_v4 h = {0}, dh = {0}, b = k->b[l * k->step];
        for (size_t n = 0; n < k->alpha; n++) {
            h += u[n] * k->c[n * k->step];
            dh += u[n] * k->dc[n * k->step];
        }
        f->radial += k->y[at * k->step] * (b * dh + k->db[l * k->step] * h);
        if (l > 0)
            f->z += k->coef[3 * at + 2] * k->y[(at + 1) * k->step] * b * h;
    }
}

static void add_order(const rows *k, size_t m, push *f)
{
    slg_v4 cm = k->cm[m * k->step], sm = k->sm[m * k->step], pc = {0}, ps = {0};
    for (size_t l = m; l <= k->l_max; l++) {
        const double *uc = k->u + (l * l + 2 * m - 1) * k->np, *us = uc + k->np;
        size_t at = l * (l + 1) / 2 + m;
        slg_v4 hc = {0}, hs = {0}, dc = {0}, ds = {0}, y = k->y[at * k->step];
        for (size_t n = 0; n < k->alpha; n++) {
            slg_v4 c = k->c[n * k->step], d = k->dc[n * k->step];
            hc += uc[n] * c, dc += uc[n] * d;
            hs += us[n] * c, ds += us[n] * d;
        }
        slg_v4 b = k->b[l * k->step], db = k->db[l * k->step];
        f->radial += y * (cm * (b * dc + db * hc) + sm * (b * ds + db * hs));
        hc *= b, hs *= b;
        pc += y * hc, ps += y * hs;
        if (l > m)
            f->z += k->coef[3 * at + 2] * k->y[(at + 1) * k->step] * (hc * cm + hs * sm);
    }
    slg_v4 c1 = k->cm[(m - 1) * k->step], s1 = k->sm[(m - 1) * k->step];
    f->x += (double)m * (pc * c1 + ps * s1);
    f->y += (double)m * (ps * c1 - pc * s1);
}

/* f = u radial + (v - (v.u) u)/r, scattered to the pairs of the vector. */
static void scatter(const slg_soap_env *e, size_t col, const push *p, double *f)
{
    for (size_t i = 0; i < SLG_SOAP_LANES; i++) {
        size_t pair = e->pair[col + i];
        if (pair == SIZE_MAX)
            continue;
        double ux = e->ux[col + i], uy = e->uy[col + i], uz = e->uz[col + i], inv = e->r_inv[col + i];
        double along = p->radial[i] - (p->x[i] * ux + p->y[i] * uy + p->z[i] * uz) * inv;
        f[3 * pair] = along * ux + p->x[i] * inv;
        f[3 * pair + 1] = along * uy + p->y[i] * inv;
        f[3 * pair + 2] = along * uz + p->z[i] * inv;
    }
}

void slg_soap_reverse(const slg_soap_plan *plan, const slg_geom *geom, size_t env, const double *v, const double *y,
                      double *f, void *work)
{
    slg_soap_env *e = work;
    (void)geom, (void)env; /* everything needed is in work */
    memset(f, 0, 3 * e->n_pair * sizeof *f);
    pull_back(plan, v, y, e);
    expansion_bar(plan, e);
    rows k = {.step = e->stride / SLG_SOAP_LANES,
              .np = plan->n_pad,
              .l_max = plan->l_max,
              .coef = slg_plan_at(plan, plan->off_ylm)};
    for (size_t s = 0; s < plan->n_species; s++)
        for (size_t col = e->first[s]; col < e->first[s + 1]; col += SLG_SOAP_LANES) {
            push p = {{0}, {0}, {0}, {0}};
            k.alpha = plan->channel[s].alpha;
            k.u = e->u + plan->channel[s].first_pad;
            k.c = (const slg_v4 *)(e->c + col), k.dc = (const slg_v4 *)(e->dc + col);
            k.b = (const slg_v4 *)(e->b + col), k.db = (const slg_v4 *)(e->db + col);
            k.y = (const slg_v4 *)(e->y + col);
            k.cm = (const slg_v4 *)(e->cm + col), k.sm = (const slg_v4 *)(e->sm + col);
            add_order_0(&k, &p);
            for (size_t m = 1; m <= plan->l_max; m++)
                add_order(&k, m, &p);
            scatter(e, col, &p, f);
        }
}
