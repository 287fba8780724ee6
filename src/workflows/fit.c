#include "src/workflows/workflow.h"
#include "src/results/results.h"

slg_status slg_fit_once(const slg_problem *p, slg_rt *rt, const slg_hp_set *hp, slg_outcome *out, slg_errors *by_group,
                        slg_potential **pot, slg_folds **folds, slg_error *err)
{
    slg_evaluator *e = NULL;
    slg_flight f = {
        .needs = SLG_NEED_PREDICTIONS, .objective = p->cfg->objective, .hp = *hp, .at = {-1, -1, -1, 0, NULL, NULL}};
    *out = slg_outcome_empty();
    if (pot)
        *pot = NULL;
    slg_status st = slg_evaluator_create(p, rt, 0, &e, err);
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
