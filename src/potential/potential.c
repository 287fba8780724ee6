#include "src/potential/potential.h"
#include "runtime/base/alloc.h"

#include <math.h>
#include <string.h>

slg_status slg_potential_create(size_t n_part, slg_potential **out, slg_error *err)
{
    *out = NULL;
    slg_potential *p = slg_calloc(1, sizeof *p);
    if (p)
        p->part = slg_calloc(n_part, sizeof *p->part);
    if (!p || !p->part) {
        slg_free(p);
        return slg_fail_nomem(err, "potential");
    }
    p->n_part = n_part;
    *out = p;
    return SLG_OK;
}

slg_status slg_potential_part(slg_potential *p, size_t b, size_t m, size_t d, slg_error *err)
{
    slg_pot_part *part = &p->part[b];
    part->q = d > 0 && m > SIZE_MAX / d ? NULL : slg_calloc(m * d, sizeof *part->q);
    part->alpha = slg_calloc(m, sizeof *part->alpha);
    if (!part->q || !part->alpha)
        return slg_fail_nomem(err, "sparse points of a potential");
    part->m = m;
    part->d = d;
    return SLG_OK;
}

size_t slg_potential_points(const slg_potential *p)
{
    size_t n = 0;
    for (size_t b = 0; b < p->n_part; b++)
        n += p->part[b].m;
    return n;
}

void slg_potential_free(slg_potential **p)
{
    if (!*p)
        return;
    for (size_t b = 0; b < (*p)->n_part; b++) {
        slg_pot_part *part = &(*p)->part[b];
        slg_free(part->q);
        slg_free(part->alpha);
        if (part->own_file)
            part->def.term->free_file(part->own_file);
    }
    slg_free((*p)->part);
    slg_free((*p)->command_line);
    slg_free((*p)->comment);
    slg_free(*p);
    *p = NULL;
}

double slg_potential_cutoff(const slg_potential *p)
{
    double cutoff = 0;
    for (size_t b = 0; b < p->n_part; b++)
        cutoff = fmax(cutoff, p->part[b].def.term->cutoff(&p->part[b].def));
    return cutoff;
}

slg_status slg_plan_create(const slg_term_def *def, const char *place, void **plan, slg_error *err)
{
    char why[SLG_WHY] = "";
    size_t where = 0;
    *plan = NULL;
    slg_status st = def->term->check(def, why);
    if (st != SLG_OK)
        return slg_fail(err, st, "%s: %s", place, why);
    *plan = slg_alloc_aligned(def->term->plan_bytes(def), 1);
    if (!*plan)
        return slg_fail_nomem(err, "tables of a descriptor");
    st = def->term->plan(def, *plan, &where);
    if (st == SLG_OK)
        return SLG_OK;
    slg_free(*plan);
    *plan = NULL;
    return slg_fail(err, st, "%s: tables of channel %zu: expected finite numbers, found others", place, where);
}

/* Workspace for a part's predictions on any of the neighbourhoods. */
static void *scratch_for(const slg_pot_part *part, const void *plan, size_t n, const slg_geom *const *geom,
                         bool derivatives)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++) {
        const slg_term_work work = {.what = SLG_WORK_PREDICT,
                                    .plan = plan,
                                    .geom = geom[i],
                                    .env1 = geom[i]->n_env,
                                    .m = part->m,
                                    .derivatives = derivatives};
        double flops;
        size_t each = 0;
        part->def.term->cost(&part->def, &work, &flops, &each);
        bytes = each > bytes ? each : bytes;
    }
    return slg_alloc_aligned(bytes, 1);
}

static slg_status add_part(const slg_pot_part *part, size_t n, const slg_geom *const *geom, bool derivatives,
                           const slg_prediction *out, slg_error *err)
{
    const slg_term *term = part->def.term;
    void *plan = NULL;
    slg_status st = slg_plan_create(&part->def, "potential", &plan, err);
    if (st != SLG_OK)
        return st;
    const slg_part columns = {.term = term, .plan = plan, .m = part->m, .d = part->d, .q = part->q};
    void *scratch = scratch_for(part, plan, n, geom, derivatives);
    if (!scratch)
        st = slg_fail_nomem(err, "predictions");
    for (size_t i = 0; st == SLG_OK && i < n; i++) {
        st = term->predict(&columns, geom[i], 0, geom[i]->n_env, part->delta, part->alpha, derivatives, &out[i],
                           scratch);
        if (st != SLG_OK)
            st = slg_fail(err, st, "predictions: %s", slg_status_text(st));
    }
    slg_free(scratch);
    slg_free(plan);
    return st;
}

slg_status slg_potential_add(const slg_potential *p, size_t n, const slg_geom *const *geom, bool derivatives,
                             const slg_prediction *out, slg_error *err)
{
    slg_status st = SLG_OK;
    for (size_t b = 0; st == SLG_OK && b < p->n_part; b++)
        st = add_part(&p->part[b], n, geom, derivatives, out, err);
    return st;
}

slg_status slg_potential_predict(const slg_potential *p, const slg_dataset *d, const slg_geom *geom, double *energy,
                                 double *force, double *virial, slg_error *err)
{
    SLG_ASSERT(d->n_frame == geom->n_frame && d->n_atom == geom->n_env);
    const bool derivatives = force && virial;
    const slg_prediction out = {0, geom->n_frame, energy, force, virial};
    memset(energy, 0, geom->n_frame * sizeof *energy);
    if (derivatives) {
        memset(force, 0, 3 * geom->n_env * sizeof *force);
        memset(virial, 0, 6 * geom->n_frame * sizeof *virial);
    }
    slg_status st = slg_potential_add(p, 1, &geom, derivatives, &out, err);
    for (size_t f = 0; st == SLG_OK && f < geom->n_frame; f++)
        for (size_t a = geom->frame_first[f]; a < geom->frame_first[f + 1]; a++)
            energy[f] += p->e0[geom->species[a]];
    return st;
}
