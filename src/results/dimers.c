/* Dimers of the training set: similarity curves of their descriptors, energy and force over the distance. */
#include "runtime/base/alloc.h"
#include "src/results/results.h"

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

/** The dimers of one pair of elements, as a data set of their own. */
typedef struct family {
    const slg_problem *p;
    size_t n;
    const dimer *x; /* [n] by distance */
    slg_dataset *data;
    slg_geom *geom;
} family;

/* --- finding them --------------------------------------------------------------------------------------------- */

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

static int32_t channel_of(const slg_problem *p, size_t atom)
{
    int32_t c = 0;
    while (p->z[c] != p->train.data->z[atom])
        c++;
    return c;
}

static dimer make(const slg_problem *p, size_t frame)
{
    const slg_dataset *d = p->train.data;
    const size_t a = d->frame[frame].first, swap = channel_of(p, a) > channel_of(p, a + 1);
    dimer x = {.frame = frame, .atom = {a + swap, a + 1 - swap}};
    for (int i = 0; i < 2; i++)
        x.species[i] = channel_of(p, x.atom[i]);
    double sum = 0;
    for (size_t c = 0; c < 3; c++) {
        x.unit[c] = d->pos[3 * x.atom[1] + c] - d->pos[3 * x.atom[0] + c];
        sum += x.unit[c] * x.unit[c];
    }
    x.r = sqrt(sum);
    for (size_t c = 0; c < 3; c++)
        x.unit[c] /= x.r;
    return x;
}

/* --- similarity ----------------------------------------------------------------------------------------------- */

/* The environment of a dimer's first atom in the family. */
static size_t first_env(const family *f, size_t i)
{
    return 2 * i + (f->x[i].atom[0] > f->x[i].atom[1]);
}

static bool has_instance(const family *f, int32_t part, size_t i)
{
    return f->p->cfg->term->instances(part, f->p->n_species, f->geom, first_env(f, i)) == 1;
}

/* The part that describes a dimer by one instance at its first atom, -1 without one. */
static int32_t part_of(const family *f)
{
    int32_t part = 0;
    while (part < f->p->n_part && !has_instance(f, part, 0))
        part++;
    return part < f->p->n_part ? part : -1;
}

/* v [n][d]; zeros where a dimer has no instance. */
static slg_status descriptors(const family *f, const slg_term_def *def, const void *plan, int32_t part, double *v,
                              slg_error *err)
{
    const slg_term_work work = {.what = SLG_WORK_DESCRIPTOR, .plan = plan, .geom = f->geom, .env1 = f->geom->n_env};
    const size_t d = slg_term_length(def);
    double flops;
    size_t bytes = 0, where;
    def->term->cost(def, &work, &flops, &bytes);
    void *scratch = slg_alloc_aligned(bytes, 1);
    slg_status st = scratch ? SLG_OK : slg_fail_nomem(err, "similarity of dimers");
    for (size_t i = 0; st == SLG_OK && i < f->n; i++) {
        const size_t env = first_env(f, i);
        if (!has_instance(f, part, i))
            continue;
        st = def->term->descriptor(plan, f->geom, env, env + 1, v + i * d, &where, scratch);
        if (st != SLG_OK)
            st = slg_fail(err, st, "similarity of dimers: %s", slg_status_text(st));
    }
    slg_free(scratch);
    return st;
}

/* Similarity of dimer i to all; nothing is similar to what has no instance. */
static json_t *curve(const family *f, const slg_term_def *def, const void *plan, int32_t part, const double *v,
                     size_t i)
{
    const size_t d = slg_term_length(def);
    json_t *all = json_array();
    for (size_t j = 0; j < f->n; j++) {
        double k = 0;
        if (has_instance(f, part, i) && has_instance(f, part, j))
            def->term->kernel(plan, 1, 1, d, v + i * d, v + j * d, &k);
        json_array_append_new(all, json_real(k));
    }
    return json_pack("{s:f, s:o}", "r", f->x[i].r, "k", all);
}

/* 7 dimers evenly spaced by rank against all (Natarajan & Caro, figures 4, 6, 8). */
static slg_status add_curves(const family *f, const slg_hp_set *hp, json_t *curves, slg_error *err)
{
    const int32_t part = part_of(f);
    void *plan = NULL;
    double *v = NULL;
    slg_term_def *def = slg_calloc(1, sizeof *def);
    if (!def)
        return slg_fail_nomem(err, "similarity of dimers");
    slg_status st = SLG_OK;
    if (part >= 0) {
        slg_problem_define(f->p, hp, part, def);
        st = slg_plan_create(def, "similarity of dimers", &plan, err);
        v = st == SLG_OK ? slg_calloc(f->n * slg_term_length(def), sizeof *v) : NULL;
        if (st == SLG_OK)
            st = v ? descriptors(f, def, plan, part, v, err) : slg_fail_nomem(err, "similarity of dimers");
        const size_t m = f->n < CURVES ? f->n : CURVES;
        for (size_t c = 0; st == SLG_OK && c < m; c++)
            json_array_append_new(curves, curve(f, def, plan, part, v, m > 1 ? c * (f->n - 1) / (m - 1) : 0));
    }
    slg_free(v);
    slg_free(plan);
    slg_free(def);
    return st;
}

/* --- energies and forces -------------------------------------------------------------------------------------- */

static json_t *real_or_null(bool has, double x)
{
    return has ? slg_json_number_or_null(x) : json_null();
}

/* Force that drives the atoms apart: along the bond; f is that of the second atom. */
static double along(const dimer *x, const double *f)
{
    return f[0] * x->unit[0] + f[1] * x->unit[1] + f[2] * x->unit[2];
}

static json_t *states(const family *f, const double *energy, const double *force)
{
    const slg_dataset *d = f->p->train.data;
    json_t *all = json_array();
    for (size_t i = 0; i < f->n; i++) {
        const dimer *x = &f->x[i];
        const slg_frame *frame = &d->frame[x->frame];
        const double e0 = f->p->e0[x->species[0]] + f->p->e0[x->species[1]];
        const double *second = force + 3 * (2 * i + (x->atom[1] > x->atom[0]));
        json_array_append_new(all, json_pack("{s:f, s:o, s:o, s:o, s:o}", "r", x->r, "energy",
                                             real_or_null(frame->has_energy, frame->energy - e0), "force",
                                             real_or_null(frame->has_force, along(x, d->force + 3 * x->atom[1])),
                                             "predicted_energy", slg_json_number_or_null(energy[i]), "predicted_force",
                                             slg_json_number_or_null(along(x, second))));
    }
    return all;
}

static slg_status add_states(const family *f, const slg_potential *pot, json_t *o, slg_error *err)
{
    double *e = slg_calloc(f->n, sizeof *e), *force = slg_calloc(6 * f->n, sizeof *force);
    double *virial = slg_calloc(6 * f->n, sizeof *virial);
    const slg_geom *geom = f->geom;
    const slg_prediction out = {0, f->n, e, force, virial};
    slg_status st = e && force && virial ? SLG_OK : slg_fail_nomem(err, "dimers");
    if (st == SLG_OK)
        st = slg_potential_add(pot, 1, &geom, true, &out, err);
    if (st == SLG_OK)
        json_object_set_new(o, "states", states(f, e, force));
    slg_free(e);
    slg_free(force);
    slg_free(virial);
    return st;
}

/* --- all of them ---------------------------------------------------------------------------------------------- */

static slg_status open_family(family *f, slg_error *err)
{
    size_t *keep = slg_calloc(f->n, sizeof *keep);
    slg_status st = keep ? SLG_OK : slg_fail_nomem(err, "dimers");
    for (size_t i = 0; st == SLG_OK && i < f->n; i++)
        keep[i] = f->x[i].frame;
    if (st == SLG_OK)
        st = slg_dataset_subset(f->p->train.data, keep, f->n, &f->data, err);
    if (st == SLG_OK)
        st = slg_geom_build(f->data, f->p->cutoff, f->p->n_species, f->p->z, &f->geom, err);
    slg_free(keep);
    return st;
}

static slg_status add_pair(family *f, const slg_hp_set *hp, const slg_potential *pot, json_t *all, slg_error *err)
{
    char name[16];
    json_t *r = json_array(), *curves = json_array();
    for (size_t i = 0; i < f->n; i++)
        json_array_append_new(r, json_real(f->x[i].r));
    snprintf(name, sizeof name, "%s-%s", slg_element_symbol(f->p->z[f->x[0].species[0]]),
             slg_element_symbol(f->p->z[f->x[0].species[1]]));
    json_t *o = json_pack("{s:s, s:o, s:o}", "pair", name, "r", r, "curves", curves);
    json_array_append_new(all, o);
    slg_status st = open_family(f, err);
    if (st == SLG_OK)
        st = add_curves(f, hp, curves, err);
    if (st == SLG_OK && pot)
        st = add_states(f, pot, o, err);
    slg_geom_free(&f->geom);
    slg_dataset_free(&f->data);
    return st;
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
        family f = {.p = p, .n = j - i, .x = x + i};
        if (f.n > 2)
            st = add_pair(&f, hp, pot, *out, err);
    }
    slg_free(x);
    if (st != SLG_OK)
        json_decref(*out);
    return st;
}
