/* <dir>/best: the potential of the best trial so far and its result. */
#include "runtime/base/alloc.h"
#include "src/study/state.h"

static slg_status write_result(const slg_state *s, const slg_problem *p, const char *folder, slg_error *err)
{
    char path[SLG_PATH];
    slg_new_file f;
    slg_status st = slg_path_join(path, folder, "result.json", err);
    if (st == SLG_OK)
        st = slg_new_file_open(&f, path, err);
    if (st != SLG_OK)
        return st;
    json_t *o = slg_result_json(p, &s->best.hp, s->best.objective, s->best.by_group, "best/potential.xml");
    json_object_set_new(o, "trial", json_integer(s->best.trial));
    json_dumpf(o, f.stream, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    fputc('\n', f.stream);
    json_decref(o);
    return slg_new_file_commit(&f, err);
}

slg_status slg_write_best(const slg_state *s, const slg_problem *p, const char *dir, slg_error *err)
{
    char folder[SLG_PATH];
    slg_potential *pot = s->best.pot;
    if (!pot)
        return SLG_OK;
    slg_status st = slg_path_join(folder, dir, "best", err);
    if (st == SLG_OK)
        st = slg_make_folder(folder, err);
    snprintf(pot->label, sizeof pot->label, "starling_trial%06lld", (long long)s->best.trial);
    slg_free(pot->command_line);
    pot->command_line = slg_gap_fit_line(p, &s->best.hp);
    if (st == SLG_OK)
        st = slg_potential_write(pot, folder, "potential", err);
    return st == SLG_OK ? write_result(s, p, folder, err) : st;
}
