/* Delta and the sigmas solved by the objective, inside one task. */
#include "src/evaluation/flight.h"
#include "tasks/fit/params.h"
#include "tasks/fit/nested_task.h"

#include <string.h>

/* What the objective makes small inside, of sums of squares. */
static double loss_value(const void *arg, const double *sq, const double *n, double *slope)
{
    const slg_flight *f = arg;
    slg_evaluation e = {.errors = {.q = {{0}}}};
    for (int q = 0; q < SLG_N_QUANTITY; q++)
        e.errors.q[q] = (slg_error_sum){.n = n[q], .sq = sq[q]};
    return f->objective->inner(f->setting, &e, slope);
}

/* The sigma of a class, or the delta of the parts of a channel; false: neither is in the fit. */
static bool place(const slg_flight *f, const slg_dim *dim, slg_ratio *out)
{
    const slg_problem *p = f->e->p;
    const int param = (int)((size_t)dim->hp - p->cfg->fit);
    *out = (slg_ratio){.lo = dim->lo, .hi = dim->hi, .cls = -1};
    for (size_t c = 0; param != SLG_FIT_DELTA && c < p->train.n_class; c++)
        if (p->train.cls[c].fitted && p->train.cls[c].sigma_group < 0 &&
            p->train.cls[c].quantity == param - SLG_FIT_SIGMA_ENERGY)
            out->cls = (int32_t)c;
    for (size_t b = 0; param == SLG_FIT_DELTA && b < f->model.n_part; b++)
        if (dim->species < 0 || p->cfg->term->channel(f->part[b], p->n_species) == dim->species)
            out->parts |= (uint64_t)1 << b;
    return out->cls >= 0 || out->parts != 0;
}

/* Searched ratios that the fit has, and the dimension of each. */
static slg_status find_ratios(slg_flight *f, slg_ratio *ratio, slg_error *err)
{
    const slg_problem *p = f->e->p;
    slg_space space;
    slg_status st = slg_config_space(p->cfg, p->n_species, p->z, 1u << SLG_PHASE_RATIOS, &space, err);
    SLG_ASSERT(space.n_dim <= SLG_MAX_RATIO);
    f->n_ratio = 0;
    for (size_t d = 0; st == SLG_OK && d < space.n_dim; d++)
        if (place(f, &space.dim[d], &ratio[f->n_ratio])) {
            f->ratio_hp[f->n_ratio] = space.dim[d].hp;
            f->ratio_species[f->n_ratio++] = space.dim[d].species;
        }
    return st;
}

slg_status slg_flight_nested(slg_flight *f, const double *sigma, slg_error *err)
{
    slg_rt *rt = f->e->rt;
    const slg_problem *p = f->e->p;
    const slg_side *judge = p->n_fold > 0 ? &p->train : &p->validation;
    slg_ratio ratio[SLG_MAX_RATIO];
    slg_config_settings(p->cfg, f->objective->param, f->objective->n_param, f->setting);
    slg_status st = find_ratios(f, ratio, err);
    const slg_nested_request request = {.gram = p->n_fold > 0 ? f->gram : f->set[0],
                                        .n_fold = p->n_fold > 0 ? p->n_fold : 1,
                                        .judged = p->n_fold > 0 ? f->set : &f->metric,
                                        .folds = p->n_fold > 0,
                                        .n_judged = judge->n_class,
                                        .quantity = judge->quantity,
                                        .sigma = sigma,
                                        .n_ratio = f->n_ratio,
                                        .ratio = ratio,
                                        .loss = {loss_value, f}};
    if (st == SLG_OK)
        st = slg_rt_block(rt, sizeof(slg_weights), &f->weights, err);
    slg_place at = slg_flight_place(f, SLG_RANK_FIT, 0);
    return st == SLG_OK ? slg_submit_nested(rt, &at, &f->model, &request, f->weights, err) : st;
}

slg_status slg_flight_take_ratios(slg_flight *f, slg_error *err)
{
    const slg_problem *p = f->e->p;
    slg_weights w;
    slg_status st = slg_rt_read(f->e->rt, f->weights, NULL, &w, sizeof w, err);
    for (size_t i = 0; st == SLG_OK && i < f->n_ratio; i++)
        for (int32_t s = 0; s < p->n_species; s++)
            if (f->ratio_species[i] < 0 || f->ratio_species[i] == s)
                f->hp.v[f->ratio_hp[i]][s] = w.ratio[i];
    if (st == SLG_OK)
        memcpy(f->model.delta, w.delta, f->model.n_part * sizeof *w.delta);
    return st;
}
