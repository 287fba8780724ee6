#include "src/potential/potential.h"
#include "runtime/base/alloc.h"

#include <math.h>
#include <string.h>

slg_status slg_potential_create(size_t n_block, slg_potential **out, slg_error *err)
{
    *out = NULL;
    slg_potential *p = slg_calloc(1, sizeof *p);
    if (p)
        p->block = slg_calloc(n_block, sizeof *p->block);
    if (!p || !p->block) {
        slg_free(p);
        return slg_fail_nomem(err, "potential");
    }
    p->n_block = n_block;
    *out = p;
    return SLG_OK;
}

slg_status slg_potential_block(slg_potential *p, size_t b, size_t m, size_t d, slg_error *err)
{
    slg_pot_block *block = &p->block[b];
    block->q = d > 0 && m > SIZE_MAX / d ? NULL : slg_calloc(m * d, sizeof *block->q);
    block->alpha = slg_calloc(m, sizeof *block->alpha);
    if (!block->q || !block->alpha)
        return slg_fail_nomem(err, "sparse points of a potential");
    block->m = m;
    block->d = d;
    return SLG_OK;
}

void slg_potential_free(slg_potential **p)
{
    if (!*p)
        return;
    for (size_t b = 0; b < (*p)->n_block; b++) {
        slg_free((*p)->block[b].q);
        slg_free((*p)->block[b].alpha);
        slg_compress_free(&(*p)->block[b].own_compress);
    }
    slg_free((*p)->block);
    slg_free((*p)->command_line);
    slg_free(*p);
    *p = NULL;
}

double slg_potential_cutoff(const slg_potential *p)
{
    double cutoff = 0;
    for (size_t b = 0; b < p->n_block; b++)
        for (int32_t s = 0; s < p->block[b].hp.n_species; s++)
            cutoff = fmax(cutoff, p->block[b].hp.rcut_hard[s]);
    return cutoff;
}

static slg_status plan_of(const slg_pot_block *block, slg_soap_plan **out, slg_error *err)
{
    char why[104] = "";
    slg_status st = slg_soap_check(&block->hp, why);
    slg_soap_plan *plan = NULL;
    if (st == SLG_OK) {
        plan = slg_alloc_aligned(slg_soap_plan_bytes(&block->hp), 1);
        if (!plan)
            return slg_fail_nomem(err, "tables of a descriptor");
        st = slg_soap_plan_build(&block->hp, plan, why);
    }
    if (st != SLG_OK) {
        slg_free(plan);
        return slg_fail(err, st, "potential: descriptor of channel %d: %s", (int)block->hp.central, why);
    }
    *out = plan;
    return SLG_OK;
}

static slg_status predict_block(const slg_pot_block *block, const slg_geom *geom, int derivatives,
                                const slg_prediction *out, slg_error *err)
{
    slg_soap_plan *plan = NULL;
    slg_status st = plan_of(block, &plan, err);
    if (st != SLG_OK)
        return st;
    const slg_fit_block fit = {
        .plan = plan, .central = block->hp.central, .m = block->m, .d = block->d, .q = block->q, .zeta = block->zeta};
    void *work = slg_alloc_aligned(slg_predict_work_bytes(&fit, geom->max_pair), 1);
    if (!work) {
        st = slg_fail_nomem(err, "predictions");
    } else {
        st = slg_predict(geom, 0, geom->n_env, &fit, block->delta, block->alpha, derivatives, out, work);
        if (st != SLG_OK)
            slg_fail(err, st, "predictions of channel %d: %s", (int)fit.central, slg_status_text(st));
    }
    slg_free(work);
    slg_free(plan);
    return st;
}

slg_status slg_potential_predict(const slg_potential *p, const slg_dataset *d, const slg_geom *geom, double *energy,
                                 double *force, double *virial, slg_error *err)
{
    SLG_ASSERT(d->n_frame == geom->n_frame && d->n_atom == geom->n_env);
    const int derivatives = force && virial;
    const slg_prediction out = {0, geom->n_frame, energy, force, virial};
    memset(energy, 0, geom->n_frame * sizeof *energy);
    if (derivatives) {
        memset(force, 0, 3 * geom->n_env * sizeof *force);
        memset(virial, 0, 6 * geom->n_frame * sizeof *virial);
    }
    for (size_t b = 0; b < p->n_block; b++) {
        slg_status st = predict_block(&p->block[b], geom, derivatives, &out, err);
        if (st != SLG_OK)
            return st;
    }
    for (size_t f = 0; f < geom->n_frame; f++)
        for (size_t a = geom->frame_first[f]; a < geom->frame_first[f + 1]; a++)
            energy[f] += p->e0[geom->species[a]];
    return SLG_OK;
}
