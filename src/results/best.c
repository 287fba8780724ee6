/* <dir>/best: the potential of the best trial so far and its result. */
#include "runtime/base/alloc.h"
#include "src/results/results.h"

static slg_status write_result(const slg_search *s, const char *folder, slg_error *err)
{
    const slg_best *best = &s->best;
    const slg_result result = {.hp = &best->hp,
                               .objective = best->objective,
                               .validation = best->by_group,
                               .training = best->training,
                               .test = best->test,
                               .folds = best->folds,
                               .potential = "best/potential.xml",
                               .chosen = true};
    json_t *o = slg_result_json(s->p, &result);
    json_object_set_new(o, "trial", json_integer(best->trial));
    return slg_write_json(o, 17, folder, "result.json", err);
}

slg_status slg_write_best(const slg_search *s, const char *dir, slg_error *err)
{
    char folder[SLG_PATH];
    slg_potential *pot = s->best.pot;
    if (!pot)
        return SLG_OK;
    slg_status st = slg_path_join(folder, dir, "best", err);
    if (st == SLG_OK)
        st = slg_make_folder(folder, err);
    snprintf(pot->label, sizeof pot->label, "starling_trial%06lld", (long long)s->best.trial);
    if (st == SLG_OK)
        st = slg_describe_potential(s->p, &s->best.hp, pot, err);
    if (st == SLG_OK)
        st = slg_potential_write(pot, folder, "potential", err);
    return st == SLG_OK ? write_result(s, folder, err) : st;
}
