#include "src/workflows/workflow.h"
#include "src/results/results.h"

/* SLG_NEED_NESTED where delta or sigmas have ranges. */
static slg_status find_needs(const slg_problem *p, unsigned *needs, slg_error *err)
{
    const slg_config *cfg = p->cfg;
    slg_space space;
    slg_status st = slg_config_space(cfg, p->n_species, p->z, 1u << SLG_PHASE_RATIOS, &space, err);
    *needs = SLG_NEED_PREDICTIONS | (space.n_dim > 0 ? SLG_NEED_NESTED : 0u);
    if (st == SLG_OK && space.n_dim > 0 && !cfg->objective->inner)
        st = slg_fail(err, SLG_ERR_CONFIG,
                      "%s: %s: expected a value, found a range, which the objective %s cannot solve; give a value, or "
                      "use rmse",
                      cfg->file, space.dim[0].name, cfg->objective->name);
    return st;
}

slg_status slg_fit_once(const slg_problem *p, slg_rt *rt, slg_hp_set *hp, slg_outcome *out, slg_errors *by_group,
                        slg_potential **pot, slg_folds **folds, slg_error *err)
{
    slg_evaluator *e = NULL;
    slg_flight f = {.objective = p->cfg->objective, .hp = *hp, .at = {-1, -1, -1, 0, NULL, NULL}};
    *out = slg_outcome_empty();
    if (pot)
        *pot = NULL;
    slg_status st = find_needs(p, &f.needs, err);
    if (st == SLG_OK)
        st = slg_evaluator_create(p, rt, 0, &e, err);
    if (st != SLG_OK)
        return st;
    f.e = e;
    st = slg_flight_submit(&f, NULL, out, err);
    if (st == SLG_ERR_HP)
        st = slg_fail(err, SLG_ERR_HP, "hyper-parameters: %s", out->failure.why);
    if (st == SLG_OK)
        st = slg_flight_collect(&f, out, by_group, err);
    if (st == SLG_OK && out->status != SLG_OK)
        st = slg_fail(err, (slg_status)out->status, "%s: %s", out->failure.kind, out->failure.why);
    *hp = f.hp;
    if (st == SLG_OK && pot)
        st = slg_flight_potential(&f, pot, err);
    if (st == SLG_OK && pot && folds)
        st = slg_flight_folds(&f, *pot, folds, err);
    if (st == SLG_OK && pot)
        st = slg_describe_potential(p, hp, *pot, err);
    if (st != SLG_OK && pot)
        slg_potential_free(pot);
    slg_rt_wait(rt);
    slg_flight_release(&f);
    slg_evaluator_free(&e);
    return st;
}

slg_status slg_fit_others(const slg_problem *p, slg_rt *rt, const slg_potential *pot, slg_errors **training,
                          slg_errors **test, slg_error *err)
{
    slg_status st = slg_appraise(p, rt, &p->learnt, pot, training, err);
    return st == SLG_OK ? slg_appraise(p, rt, &p->test, pot, test, err) : st;
}
