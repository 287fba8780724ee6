/*
 * A term for the tests: a sparse squared-exponential kernel on pair distances, k(r, q) = f(r) f(q) exp(-(r - q)^2/(2
 * w^2)) with a cutoff f. A part for each pair of elements; each neighbour of an atom is an instance of its own, so a
 * bond counts from both ends. Written for brevity.
 */
#include "runtime/base/error.h"
#include "tasks/terms/term.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

extern const slg_term slg_term_toy_pair;

enum { CUTOFF, WIDTH, N_PARAM };

static const slg_param param[N_PARAM] = {
    [CUTOFF] = {.name = "pair_cutoff",
                .flags = SLG_PARAM_SEARCHABLE,
                .lowest = 0.5,
                .highest = 20,
                .unit = "Angstrom",
                .example = "5.0",
                .text = "Largest distance of a pair."},
    [WIDTH] = {.name = "pair_width",
               .flags = SLG_PARAM_SEARCHABLE | SLG_PARAM_KERNEL,
               .lowest = 0.01,
               .highest = 10, /* without a unit: it may be left out */
               .example = "{range: [0.2, 1.0]}",
               .text = "Width of the kernel."},
};

/** Definition and plan are the same. */
typedef struct pair_def {
    double cutoff, width;
    int32_t a, b; /* channels, a <= b */
} pair_def;

static const pair_def *body(const slg_term_def *def)
{
    return (const pair_def *)def->body;
}

static void channels(int32_t part, int32_t n_channel, int32_t *a, int32_t *b)
{
    for (*a = 0; part >= n_channel - *a; ++*a)
        part -= n_channel - *a;
    *b = *a + part;
}

static int32_t n_part(int32_t n_channel)
{
    return n_channel * (n_channel + 1) / 2;
}

static int32_t channel(int32_t part, int32_t n_channel)
{
    int32_t a, b;
    channels(part, n_channel, &a, &b);
    return a;
}

static void define(const slg_term_input *in, slg_term_def *out)
{
    pair_def *d = (pair_def *)out->body;
    *out = (slg_term_def){.term = &slg_term_toy_pair};
    *d = (pair_def){.cutoff = in->value[CUTOFF][0], .width = in->value[WIDTH][0]};
    channels(in->part, in->n_channel, &d->a, &d->b);
}

static slg_status check(const slg_term_def *def, char why[SLG_WHY])
{
    const pair_def *d = body(def);
    if (d->width < d->cutoff)
        return SLG_OK;
    snprintf(why, SLG_WHY, "pair_width: expected below pair_cutoff %g, found %g", d->cutoff, d->width);
    return SLG_ERR_HP;
}

static double cutoff(const slg_term_def *def)
{
    return body(def)->cutoff;
}

static size_t length(const slg_term_def *def)
{
    (void)def;
    return 1;
}

static size_t plan_bytes(const slg_term_def *def)
{
    (void)def;
    return sizeof(pair_def);
}

static slg_status plan(const slg_term_def *def, void *out, size_t *where)
{
    (void)where;
    memcpy(out, body(def), sizeof(pair_def));
    return SLG_OK;
}

/* --- pairs and kernel ----------------------------------------------------------------------------------------- */

static bool mine(const pair_def *d, const slg_geom *g, size_t env, size_t p)
{
    const int32_t a = g->species[env], b = g->pair_species[p];
    return g->pair_r[p] < d->cutoff && ((a == d->a && b == d->b) || (a == d->b && b == d->a));
}

/*
 * All pairs of the neighbour lists, which reach to the largest cutoff of a search: their number must not depend on HPs.
 */
static size_t instances(int32_t part, int32_t n_channel, const slg_geom *g, size_t env)
{
    pair_def d = {.cutoff = (double)INFINITY};
    size_t n = 0;
    channels(part, n_channel, &d.a, &d.b);
    for (size_t p = g->pair_first[env]; p < g->pair_first[env + 1]; p++)
        n += mine(&d, g, env, p);
    return n;
}

static slg_status descriptor(const void *plan, const slg_geom *g, size_t env0, size_t env1, double *v, size_t *where,
                             void *work)
{
    pair_def d = *(const pair_def *)plan;
    (void)where, (void)work;
    d.cutoff = (double)INFINITY;
    for (size_t env = env0; env < env1; env++)
        for (size_t p = g->pair_first[env]; p < g->pair_first[env + 1]; p++)
            if (mine(&d, g, env, p))
                *v++ = g->pair_r[p];
    return SLG_OK;
}

static double smooth(double r, double cutoff, double *slope)
{
    const double x = acos(-1) / cutoff;
    *slope = r < cutoff ? -0.5 * x * sin(x * r) : 0;
    return r < cutoff ? 0.5 * (1 + cos(x * r)) : 0;
}

/* k(r, q), and its derivative with respect to r. */
static double value(const pair_def *d, double r, double q, double *slope)
{
    double at_r, at_q, x = (r - q) / d->width;
    const double fr = smooth(r, d->cutoff, &at_r), fq = smooth(q, d->cutoff, &at_q), e = fq * exp(-0.5 * x * x);
    *slope = e * (at_r - fr * x / d->width);
    return fr * e;
}

static void kernel(const void *plan, size_t n, size_t m, size_t d, const double *v, const double *q, double *k)
{
    double slope;
    (void)d;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            k[i * m + j] = value(plan, v[i], q[j], &slope);
}

static void covariance(const void *plan, size_t m, size_t d, const double *q, double *u)
{
    kernel(plan, m, m, d, q, q, u);
}

static const char *shape(const slg_term_def *def, double *x)
{
    *x = body(def)->width;
    return param[WIDTH].name;
}

/* --- design rows and predictions ------------------------------------------------------------------------------ */

static size_t frame_of(const slg_geom *g, size_t env)
{
    size_t f = 0;
    while (g->frame_first[f + 1] <= env)
        f++;
    return f;
}

/*
 * Adds one pair's energy e and dE/dr to energy, gradient [3 an atom] and strain derivatives of its frame, which begins
 * with environment `first`; numbers are `step` apart.
 */
static void scatter(const slg_geom *g, size_t first, size_t env, size_t p, double e, double slope, double *energy,
                    double *gradient, double *strain, size_t step)
{
    const double x[3] = {g->pair_x[p], g->pair_y[p], g->pair_z[p]}, s = slope / g->pair_r[p];
    const size_t i = env - first, j = (size_t)g->pair_env[p] - first;
    if (energy)
        *energy += e;
    for (size_t c = 0; gradient && c < 3; c++) {
        gradient[(3 * j + c) * step] += s * x[c];
        gradient[(3 * i + c) * step] -= s * x[c];
    }
    for (size_t c = 0, k = 0; strain && c < 3; c++)
        for (size_t l = c; l < 3; l++, k++)
            strain[k * step] += s * x[c] * x[l];
}

static slg_status rows(const slg_part *part, const slg_geom *g, size_t env0, size_t env1, const slg_rows *r, size_t ldk,
                       double *k, void *work)
{
    (void)work;
    for (size_t env = env0; env < env1; env++) {
        const size_t f = frame_of(g, env);
        const int64_t at[3] = {r->energy[f], r->force[f], r->virial[f]};
        for (size_t p = g->pair_first[env]; p < g->pair_first[env + 1]; p++)
            for (size_t s = 0; mine(part->plan, g, env, p) && s < part->m; s++) {
                double slope, *row[3], e = value(part->plan, g->pair_r[p], part->q[s], &slope);
                for (int i = 0; i < 3; i++)
                    row[i] = at[i] < 0 ? NULL : k + (size_t)at[i] * ldk + part->col0 + s;
                scatter(g, g->frame_first[f], env, p, e, slope, row[0], row[1], row[2], ldk);
            }
    }
    return SLG_OK;
}

static slg_status predict(const slg_part *part, const slg_geom *g, size_t env0, size_t env1, double delta,
                          const double *alpha, bool derivatives, const slg_prediction *out, void *work)
{
    (void)work;
    for (size_t env = env0; env < env1; env++) {
        const size_t f = frame_of(g, env), first = g->frame_first[f], base = g->frame_first[out->frame0];
        double *force = derivatives ? out->force + 3 * (first - base) : NULL;
        double *virial = derivatives ? out->virial + 6 * (f - out->frame0) : NULL;
        for (size_t p = g->pair_first[env]; p < g->pair_first[env + 1]; p++)
            for (size_t s = 0; mine(part->plan, g, env, p) && s < part->m; s++) {
                double slope, w = delta * delta * alpha[s], e = value(part->plan, g->pair_r[p], part->q[s], &slope);
                scatter(g, first, env, p, w * e, 0, out->energy + (f - out->frame0), NULL, NULL, 1);
                scatter(g, first, env, p, 0, -w * slope, NULL, force, virial, 1);
            }
    }
    return SLG_OK;
}

static void cost(const slg_term_def *def, const slg_term_work *w, double *flops, size_t *scratch)
{
    (void)def;
    *scratch = 0;
    if (w->what == SLG_WORK_ROWS || w->what == SLG_WORK_PREDICT)
        *flops = 40.0 * (double)w->m * (double)(w->geom->pair_first[w->env1] - w->geom->pair_first[w->env0]);
    else if (w->what == SLG_WORK_KERNEL)
        *flops = 40.0 * (double)w->m;
}

/* --- words ---------------------------------------------------------------------------------------------------- */

static slg_status describe(const slg_term_def *def, slg_dialect dialect, const int32_t *z, const char *file,
                           slg_pairs *out, slg_error *err)
{
    const pair_def *d = body(def);
    const int32_t species[2] = {z[d->a], z[d->b]};
    (void)file;
    out->n = 0;
    if (dialect == SLG_DIALECT_GAP_FIT || dialect == SLG_DIALECT_TURBOGAP)
        return slg_fail(err, SLG_ERR_HP, "toy_pair: is known to Starling alone");
    if (dialect == SLG_DIALECT_ATTRIBUTES)
        return SLG_OK;
    slg_pairs_reals(out, param[CUTOFF].name, 1, &d->cutoff);
    slg_pairs_reals(out, param[WIDTH].name, 1, &d->width);
    slg_pairs_ints(out, "Z", 2, species);
    return SLG_OK;
}

/* Potentials of the tests have one element. */
static slg_status parse(const char *text, const char *attributes, const char *place, slg_parsed_term *out,
                        slg_error *err)
{
    slg_text_pair p;
    double x[2];
    (void)attributes;
    *out = (slg_parsed_term){.def.term = &slg_term_toy_pair, .n_channel = 1};
    pair_def *d = (pair_def *)out->def.body;
    while (slg_text_pair_next(&text, &p) == 1) {
        const int n = slg_text_pair_reals(&p, x, 2);
        if (n >= 1 && strcmp(p.name, param[CUTOFF].name) == 0)
            d->cutoff = x[0];
        else if (n >= 1 && strcmp(p.name, param[WIDTH].name) == 0)
            d->width = x[0];
        else if (n == 2 && strcmp(p.name, "Z") == 0 && x[0] == x[1])
            out->z[0] = (int32_t)x[0];
    }
    return out->z[0] > 0 && d->cutoff > 0 && d->width > 0
               ? SLG_OK
               : slg_fail(err, SLG_ERR_DATA, "%s: expected pair_cutoff, pair_width and Z of one element", place);
}

static bool transferable(const slg_term_def *def, slg_remark *out, size_t room, size_t *n_remark)
{
    (void)def, (void)out, (void)room;
    *n_remark = 0;
    return false;
}

const slg_term slg_term_toy_pair = {
    .name = "toy_pair",
    .param = param,
    .n_param = N_PARAM,
    .n_part = n_part,
    .channel = channel,
    .define = define,
    .check = check,
    .cutoff = cutoff,
    .length = length,
    .plan_bytes = plan_bytes,
    .plan = plan,
    .instances = instances,
    .descriptor = descriptor,
    .covariance = covariance,
    .shape = shape,
    .kernel = kernel,
    .rows = rows,
    .predict = predict,
    .cost = cost,
    .describe = describe,
    .parse = parse,
    .transferable = transferable,
};
