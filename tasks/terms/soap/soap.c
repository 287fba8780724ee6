/* Expansion coefficients, power spectrum, normalisation (spec sections 6 and 7). */
#include "tasks/terms/soap/internal.h"

#include <math.h>
#include <string.h>

/* GCC has the name of clang since version 12. */
#if defined(__clang__) || __GNUC__ >= 12
#define SHUFFLE(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#else
typedef int64_t lane_numbers __attribute__((vector_size(32)));
#define SHUFFLE(a, b, i, j, k, l) __builtin_shuffle(a, b, (lane_numbers){i, j, k, l})
#endif

/* FOLD(a,b,c,d) = (sum a, sum b, sum c, sum d) of four accumulators. */
#define PAIRS(a, b) (SHUFFLE(a, b, 0, 4, 2, 6) + SHUFFLE(a, b, 1, 5, 3, 7))
#define HALVES(a, b) (SHUFFLE(a, b, 0, 1, 4, 5) + SHUFFLE(a, b, 2, 3, 6, 7))
#define FOLD(a, b, c, d) HALVES(PAIRS(a, b), PAIRS(c, d))

/* The columns of one channel as vectors: count of them, and the rows that the inner loops walk along. */
typedef struct lanes {
    size_t count;
    const slg_v4 *c0, *c1, *c2, *c3; /* four radial functions */
} lanes;

static void expand_m0(const lanes *k, const slg_v4 *b, const slg_v4 *y, double *x)
{
    slg_v4 s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    for (size_t j = 0; j < k->count; j++) {
        slg_v4 a = b[j] * y[j];
        s0 += a * k->c0[j], s1 += a * k->c1[j], s2 += a * k->c2[j], s3 += a * k->c3[j];
    }
    *(slg_v4 *)x += FOLD(s0, s1, s2, s3);
}

static void expand_m(const lanes *k, const slg_v4 *b, const slg_v4 *y, const slg_v4 *cm, const slg_v4 *sm,
                     double *x_cos, double *x_sin)
{
    slg_v4 s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0}, t0 = {0}, t1 = {0}, t2 = {0}, t3 = {0};
    for (size_t j = 0; j < k->count; j++) {
        slg_v4 w = b[j] * y[j], s = w * cm[j], t = w * sm[j];
        s0 += s * k->c0[j], s1 += s * k->c1[j], s2 += s * k->c2[j], s3 += s * k->c3[j];
        t0 += t * k->c0[j], t1 += t * k->c1[j], t2 += t * k->c2[j], t3 += t * k->c3[j];
    }
    *(slg_v4 *)x_cos += FOLD(s0, s1, s2, s3);
    *(slg_v4 *)x_sin += FOLD(t0, t1, t2, t3);
}

static const slg_v4 *row(const double *base, size_t i, const slg_soap_env *e, size_t col)
{
    return (const slg_v4 *)(base + i * e->stride + col);
}

static void expand_channel(const slg_soap_plan *plan, const slg_channel *ch, size_t from, size_t to, slg_soap_env *e)
{
    size_t np = plan->n_pad;
    for (size_t n = 0; n < ch->alpha; n += SLG_SOAP_LANES) {
        lanes k = {(to - from) / SLG_SOAP_LANES, row(e->c, n, e, from), row(e->c, n + 1, e, from),
                   row(e->c, n + 2, e, from), row(e->c, n + 3, e, from)};
        double *x = e->x + ch->first_pad + n;
        for (size_t l = 0; l <= plan->l_max; l++) {
            const slg_v4 *b = row(e->b, l, e, from);
            expand_m0(&k, b, row(e->y, l * (l + 1) / 2, e, from), x + l * l * np);
            for (size_t m = 1; m <= l; m++)
                expand_m(&k, b, row(e->y, l * (l + 1) / 2 + m, e, from), row(e->cm, m, e, from), row(e->sm, m, e, from),
                         x + (l * l + 2 * m - 1) * np, x + (l * l + 2 * m) * np);
        }
    }
}

void slg_soap_expand(const slg_soap_plan *plan, slg_soap_env *e)
{
    memset(e->x, 0, plan->n_lm * plan->n_pad * sizeof(double));
    memcpy(e->x, slg_plan_at(plan, plan->off_central), plan->n_pad * sizeof(double));
    for (size_t s = 0; s < plan->n_species; s++)
        if (e->first[s] < e->first[s + 1])
            expand_channel(plan, &plan->channel[s], e->first[s], e->first[s + 1], e);
}

/* a[n'] = sum over the 2l+1 rows of x of x[n] x[n'], for the padded n' from n's vector on. */
static void product_row(const slg_soap_plan *plan, size_t l, const double *x, size_t n, double *a)
{
    size_t np = plan->n_pad;
    for (size_t v = n / SLG_SOAP_LANES * SLG_SOAP_LANES; v < np; v += SLG_SOAP_LANES) {
        slg_v4 sum = {0};
        for (size_t i = 0; i < 2 * l + 1; i++)
            sum += x[i * np + n] * *(const slg_v4 *)(x + i * np + v);
        *(slg_v4 *)(a + v) = sum;
    }
}

static void power_spectrum(const slg_soap_plan *plan, slg_soap_env *e)
{
    const size_t *pad = slg_plan_at(plan, plan->off_pad);
    size_t n_l = plan->l_max + 1, n_max = plan->n_max;
    for (size_t l = 0; l < n_l; l++)
        for (size_t n = 0; n < n_max; n++) {
            double *p = e->power + slg_power_row(n, n_max, plan->l_max) + l;
            product_row(plan, l, e->x + l * l * plan->n_pad, pad[n], e->scratch);
            p[0] = e->scratch[pad[n]];
            for (size_t k = n + 1; k < n_max; k++)
                p[(k - n) * n_l] = sqrt(2) * e->scratch[pad[k]];
        }
}

void slg_soap_compress(const slg_soap_plan *plan, const double *in, double *out)
{
    if (plan->n_entry == 0) {
        memcpy(out, in, plan->length * sizeof *out);
        return;
    }
    const int32_t *from = slg_plan_at(plan, plan->off_in), *to = slg_plan_at(plan, plan->off_out);
    const double *weight = slg_plan_at(plan, plan->off_weight);
    memset(out, 0, plan->length * sizeof *out);
    for (size_t i = 0; i < plan->n_entry; i++)
        out[to[i]] += weight[i] * in[from[i]];
}

static slg_status normalise(const slg_soap_plan *plan, double *v, slg_soap_env *e)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < plan->length; i++)
        sum += v[i] * v[i];
    e->norm = sqrt(sum);
    if (!isfinite(e->norm))
        return SLG_ERR_NOT_FINITE;
    if (e->norm < 1e-5)
        e->norm = 1;
    for (size_t i = 0; i < plan->length; i++)
        v[i] /= e->norm;
    return SLG_OK;
}

static slg_status evaluate(const slg_soap_plan *plan, const slg_geom *geom, size_t env, bool derivatives, double *v,
                           void *work)
{
    slg_soap_env *e = work;
    slg_soap_layout(plan, geom->pair_first[env + 1] - geom->pair_first[env], work);
    slg_soap_gather(plan, geom, env, derivatives, e);
    slg_soap_expand(plan, e);
    power_spectrum(plan, e);
    slg_soap_compress(plan, e->power, v);
    return normalise(plan, v, e);
}

slg_status slg_soap_descriptor(const slg_soap_plan *plan, const slg_geom *geom, size_t env, double *v, void *work)
{
    return evaluate(plan, geom, env, false, v, work);
}

slg_status slg_soap_prepare(const slg_soap_plan *plan, const slg_geom *geom, size_t env, double *v, void *work)
{
    return evaluate(plan, geom, env, true, v, work);
}
