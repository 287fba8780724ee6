/* Dimers of the training set: similarity curves of their descriptors, energy and force over the
 * distance. */
#include "runtime/base/alloc.h"
#include "src/study/report_data.h"
#include "tasks/fit/fit.h"
#include "tasks/soap/soap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CURVES = 7 };

/** A dimer: its frame, distance, and species channels with the lower one first. */
typedef struct dimer {
    size_t frame, atom[2];
    int32_t species[2];
    double r, unit[3]; /* unit: from atom[0] to atom[1] */
} dimer;

static int by_pair_and_distance(const void *pa, const void *pb)
{
    const dimer *a = pa, *b = pb;
    for (int i = 0; i < 2; i++)
        if (a->species[i] != b->species[i])
            return a->species[i] < b->species[i] ? -1 : 1;
    if (a->r != b->r)
        return a->r < b->r ? -1 : 1;
    return (a->frame > b->frame) - (a->frame < b->frame);
}

static bool is_dimer(const slg_frame *f)
{
    return f->n_atom == 2 && !f->pbc[0] && !f->pbc[1] && !f->pbc[2];
}

static dimer make(const slg_problem *p, size_t frame)
{
    const slg_dataset *d = p->train.data;
    size_t a = d->frame[frame].first;
    dimer x = {.frame = frame, .atom = {a, a + 1}};
    if (p->train.geom->species[a] > p->train.geom->species[a + 1]) {
        x.atom[0] = a + 1;
        x.atom[1] = a;
    }
    double sum = 0;
    for (int c = 0; c < 3; c++) {
        x.unit[c] = d->pos[3 * x.atom[1] + (size_t)c] - d->pos[3 * x.atom[0] + (size_t)c];
        sum += x.unit[c] * x.unit[c];
    }
    x.r = sqrt(sum);
    for (int c = 0; c < 3; c++)
        x.unit[c] /= x.r;
    for (int i = 0; i < 2; i++)
        x.species[i] = p->train.geom->species[x.atom[i]];
    return x;
}

/* Descriptors [n][*len] of the dimers' first atoms. */
static slg_status descriptors(const slg_problem *p, const slg_hp_set *hp, size_t n, const dimer *x, double **v,
                              size_t *len, slg_error *err)
{
    slg_soap_hp soap;
    char why[104] = "";
    slg_hp_to_soap(p->cfg, hp, p->n_species, x[0].species[0], &soap);
    soap.compress = p->compress.n_in > 0 ? &p->compress : NULL;
    slg_soap_plan *plan = slg_alloc_aligned(slg_soap_plan_bytes(&soap), 1);
    slg_status st = plan ? slg_soap_plan_build(&soap, plan, why) : SLG_ERR_NOMEM;
    void *work = st == SLG_OK ? slg_alloc_aligned(slg_soap_work_bytes(plan, p->train.geom->max_pair), 1) : NULL;
    *len = st == SLG_OK ? slg_soap_plan_length(plan) : 0;
    *v = slg_calloc(n * *len, sizeof **v);
    if (st == SLG_OK && (!work || !*v))
        st = SLG_ERR_NOMEM;
    for (size_t i = 0; st == SLG_OK && i < n; i++)
        st = slg_soap_descriptor(plan, p->train.geom, x[i].atom[0], *v + i * *len, work);
    slg_free(work);
    slg_free(plan);
    return st == SLG_OK ? st : slg_fail(err, st, "similarity of dimers: %s", why[0] ? why : slg_status_text(st));
}

static json_t *numbers(size_t n, const dimer *x)
{
    json_t *a = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(a, json_real(x[i].r));
    return a;
}

static json_t *curve(size_t n, size_t len, const double *v, size_t i, double zeta, double r)
{
    json_t *k = json_array();
    for (size_t j = 0; j < n; j++) {
        double dot = 0;
        for (size_t c = 0; c < len; c++)
            dot += v[i * len + c] * v[j * len + c];
        json_array_append_new(k, json_real(pow(fmax(dot, 0), zeta)));
    }
    return json_pack("{s:f, s:o}", "r", r, "k", k);
}

/* 7 dimers evenly spaced by rank against all (figures 4, 6, 8 of the paper). */
static slg_status add_similarity(const slg_problem *p, const slg_hp_set *hp, size_t n, const dimer *x, json_t *o,
                                 slg_error *err)
{
    double *v = NULL;
    size_t len, m = n < CURVES ? n : CURVES;
    slg_status st = descriptors(p, hp, n, x, &v, &len, err);
    json_t *all = json_array();
    for (size_t c = 0; st == SLG_OK && c < m; c++) {
        size_t i = m > 1 ? c * (n - 1) / (m - 1) : 0;
        json_array_append_new(all, curve(n, len, v, i, hp->v[SLG_HP_ZETA][x[0].species[0]], x[i].r));
    }
    json_object_set_new(o, "curves", all);
    slg_free(v);
    return st;
}

static json_t *real_or_null(bool has, double x)
{
    return has && isfinite(x) ? json_real(x) : json_null();
}

/* Force that drives the atoms apart: along the bond; f is that of the second atom. */
static double along(const dimer *x, const double *f)
{
    return f[0] * x->unit[0] + f[1] * x->unit[1] + f[2] * x->unit[2];
}

static json_t *states(const slg_problem *p, size_t n, const dimer *x, const double *energy, const double *force)
{
    const slg_reference *ref = &p->train.ref;
    json_t *a = json_array();
    for (size_t i = 0; i < n; i++) {
        size_t f = x[i].frame;
        double e0 = p->e0[x[i].species[0]] + p->e0[x[i].species[1]];
        const double *mine = force + 3 * (2 * i + (x[i].atom[1] > x[i].atom[0]));
        json_array_append_new(a, json_pack("{s:f, s:o, s:o, s:o, s:o}", "r", x[i].r, "energy",
                                           real_or_null(ref->has_energy[f], ref->energy[f]), "force",
                                           real_or_null(ref->has_force[f], along(&x[i], ref->force + 3 * x[i].atom[1])),
                                           "predicted_energy", json_real(energy[i] - e0), "predicted_force",
                                           json_real(along(&x[i], mine))));
    }
    return a;
}

static slg_status add_states(const slg_problem *p, const slg_potential *pot, size_t n, const dimer *x, json_t *o,
                             slg_error *err)
{
    slg_dataset *d = NULL;
    slg_geom *g = NULL;
    size_t *keep = slg_calloc(n, sizeof *keep);
    double *e = slg_calloc(n, sizeof *e), *f = slg_calloc(6 * n, sizeof *f), *v = slg_calloc(6 * n, sizeof *v);
    slg_status st = keep && e && f && v ? SLG_OK : slg_fail_nomem(err, "dimers");
    for (size_t i = 0; st == SLG_OK && i < n; i++)
        keep[i] = x[i].frame;
    if (st == SLG_OK)
        st = slg_dataset_subset(p->train.data, keep, n, &d, err);
    if (st == SLG_OK)
        st = slg_geom_build(d, p->cutoff, p->n_species, p->z, &g, err);
    if (st == SLG_OK)
        st = slg_potential_predict(pot, d, g, e, f, v, err);
    if (st == SLG_OK)
        json_object_set_new(o, "states", states(p, n, x, e, f));
    slg_geom_free(&g);
    slg_dataset_free(&d);
    void *const memory[] = {keep, e, f, v};
    for (size_t i = 0; i < 4; i++)
        slg_free(memory[i]);
    return st;
}

static slg_status add_pair(const slg_problem *p, const slg_hp_set *hp, const slg_potential *pot, size_t n,
                           const dimer *x, json_t *all, slg_error *err)
{
    char name[16];
    snprintf(name, sizeof name, "%s-%s", slg_element_symbol(p->z[x[0].species[0]]),
             slg_element_symbol(p->z[x[0].species[1]]));
    json_t *o = json_pack("{s:s, s:o}", "pair", name, "r", numbers(n, x));
    json_array_append_new(all, o);
    slg_status st = add_similarity(p, hp, n, x, o, err);
    return st == SLG_OK && pot ? add_states(p, pot, n, x, o, err) : st;
}

slg_status slg_dimers_json(const slg_problem *p, const slg_hp_set *hp, const slg_potential *pot, json_t **out,
                           slg_error *err)
{
    const slg_dataset *d = p->train.data;
    size_t n = 0;
    slg_status st = SLG_OK;
    dimer *x = slg_calloc(d->n_frame, sizeof *x);
    if (!x)
        return slg_fail_nomem(err, "dimers");
    for (size_t f = 0; f < d->n_frame; f++)
        if (is_dimer(&d->frame[f]))
            x[n++] = make(p, f);
    qsort(x, n, sizeof *x, by_pair_and_distance);
    *out = json_array();
    for (size_t i = 0, j; st == SLG_OK && i < n; i = j) {
        for (j = i + 1; j < n && memcmp(x[j].species, x[i].species, sizeof x[i].species) == 0; j++)
            ;
        if (j - i > 2)
            st = add_pair(p, hp, pot, j - i, x + i, *out, err);
    }
    slg_free(x);
    if (st != SLG_OK)
        json_decref(*out);
    return st;
}
