/* Results for people and programs: errors and hyper-parameters. */
#include "runtime/base/alloc.h"
#include "runtime/base/lines.h"
#include "src/results/results.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *errors_of(const slg_errors *e)
{
    static const char *const name[] = {"energy", "force", "virial"};
    json_t *o = json_object();
    char key[32];
    for (int q = 0; q < SLG_N_QUANTITY; q++) {
        snprintf(key, sizeof key, "%s_rmse", name[q]);
        json_object_set_new(o, key, slg_json_number_or_null(slg_rmse(&e->q[q])));
        snprintf(key, sizeof key, "%s_mae", name[q]);
        json_object_set_new(o, key, slg_json_number_or_null(slg_mae(&e->q[q])));
        snprintf(key, sizeof key, "n_%s", name[q]);
        json_object_set_new(o, key, json_integer((json_int_t)e->q[q].n));
    }
    return o;
}

static slg_errors total_of(size_t n_group, const slg_errors *by_group)
{
    slg_errors all = {0};
    for (size_t g = 0; g < n_group; g++)
        slg_errors_merge(&all, &by_group[g]);
    return all;
}

static bool is_group(size_t n_group, const char (*group)[SLG_CONFIG_TYPE], const char *name)
{
    for (size_t g = 0; g < n_group; g++)
        if (strcmp(group[g], name) == 0)
            return true;
    return false;
}

/* "all" stands for the totals: a config_type of that name stands under "all (config_type)", or a longer name. */
static void name_of_all(size_t n_group, const char (*group)[SLG_CONFIG_TYPE], char *out, size_t size)
{
    size_t n = (size_t)snprintf(out, size, "all (config_type)");
    while (is_group(n_group, group, out) && n + 2 < size) {
        out[n++] = '*';
        out[n] = '\0';
    }
}

json_t *slg_errors_json(size_t n_group, const char (*group)[SLG_CONFIG_TYPE], const slg_errors *by_group)
{
    slg_errors all = total_of(n_group, by_group);
    char of_all[SLG_CONFIG_TYPE + 64];
    name_of_all(n_group, group, of_all, sizeof of_all);
    json_t *o = json_object();
    json_object_set_new(o, "all", errors_of(&all));
    for (size_t g = 0; g < n_group; g++)
        json_object_set_new(o, strcmp(group[g], "all") == 0 ? of_all : group[g], errors_of(&by_group[g]));
    return o;
}

/* A number, or one for each element where they differ. */
static json_t *value_json(const slg_problem *p, const slg_hp_set *hp, size_t i)
{
    const slg_param *param = p->cfg->slot[i].param;
    bool tied = true;
    for (int32_t s = 1; s < p->n_species; s++)
        tied = tied && hp->v[i][s] == hp->v[i][0];
    if (tied || !(param->flags & SLG_PARAM_PER_ELEMENT))
        return json_real(hp->v[i][0]);
    json_t *each = json_object();
    for (int32_t s = 0; s < p->n_species; s++)
        json_object_set_new(each, slg_element_symbol(p->z[s]), json_real(hp->v[i][s]));
    return each;
}

/* The default term goes without saying, as in study files. */
static json_t *hp_json(const slg_problem *p, const slg_hp_set *hp)
{
    json_t *o = json_object();
    if (p->cfg->term != slg_terms[0])
        json_object_set_new(o, "type", json_string(p->cfg->term->name));
    for (size_t i = 0; i < p->cfg->n_hp; i++)
        if (p->cfg->slot[i].param->flags & SLG_PARAM_SEARCHABLE)
            json_object_set_new(o, p->cfg->slot[i].param->name, value_json(p, hp, i));
    for (size_t i = 0; i < p->cfg->n_hp; i++)
        if (p->cfg->slot[i].param->flags & SLG_PARAM_RESULT)
            json_object_set_new(o, p->cfg->slot[i].param->name, slg_setting_json(p->cfg->slot[i].param, hp->v[i][0]));
    return o;
}

static json_t *warnings_json(const slg_problem *p, const slg_hp_set *hp)
{
    json_t *list = json_array();
    char *lines = NULL;
    slg_line line;
    if (slg_transfer_remarks(p, hp, &lines, NULL) == SLG_OK)
        for (const char *text = lines; slg_next_line(&text, &line);)
            json_array_append_new(list, json_stringn(line.p, (size_t)line.n));
    slg_free(lines);
    return list;
}

/* -1, 1: the value lies within 1 % of the lower or upper end of its range, and could lie beyond it. */
static int bound_of(const slg_param *param, const slg_dim *dim, double value)
{
    if (dim->kind == SLG_DIM_CHOICE)
        return 0;
    const double u = slg_dim_encode(dim, value);
    if (u <= 0.01 || (dim->kind == SLG_DIM_INT && value <= dim->lo))
        return dim->lo > param->lowest ? -1 : 0;
    if (u >= 0.99 || (dim->kind == SLG_DIM_INT && value >= dim->hi))
        return dim->hi < param->highest ? 1 : 0;
    return 0;
}

/* {"delta": 5, ..}: the ends of ranges at which the values lie. */
static json_t *bounds_json(const slg_problem *p, const slg_hp_set *hp)
{
    json_t *o = json_object();
    slg_space *space = slg_calloc(1, sizeof *space);
    if (space && slg_config_space(p->cfg, p->n_species, p->z, SLG_ALL_PHASES, space, NULL) == SLG_OK)
        for (size_t d = 0; d < space->n_dim; d++) {
            const slg_dim *dim = &space->dim[d];
            const double value = hp->v[dim->hp][dim->species < 0 ? 0 : dim->species];
            const int at = bound_of(p->cfg->slot[dim->hp].param, dim, value);
            if (at != 0)
                json_object_set_new(o, dim->name, json_real(at < 0 ? dim->lo : dim->hi));
        }
    slg_free(space);
    return o;
}

static json_t *side_json(const slg_side *side, const slg_errors *by_group)
{
    const slg_dataset *d = side->data;
    return slg_errors_json(d->n_group, (const char(*)[SLG_CONFIG_TYPE])d->group, by_group);
}

/* What the errors of the chosen trial do not tell. */
static const char *selection_note(const slg_problem *p, const slg_result *r)
{
    if (!r->chosen || r->test)
        return NULL;
    if (p->test.data)
        return p->learnt.data
                   ? "these validation errors chose the trial; those on the test structures come when the "
                     "search has ended"
                   : "training errors, which also chose the trial; those on the test structures come when the "
                     "search has ended";
    return p->learnt.data ? "these validation errors chose the trial: new structures will have somewhat larger ones; "
                            "data.test names structures that choose nothing"
                          : "training errors, which also chose the trial: new structures will have larger ones; "
                            "data.validation and data.test name others";
}

static void add_errors(json_t *o, const slg_problem *p, const slg_result *r)
{
    json_object_set_new(o, "errors", side_json(&p->validation, r->validation));
    json_object_set_new(o, "errors_on", json_string(p->learnt.data ? "validation" : "training"));
    if (r->training)
        json_object_set_new(o, "training_errors", side_json(&p->learnt, r->training));
    if (r->test)
        json_object_set_new(o, "test_errors", side_json(&p->test, r->test));
    if (r->folds)
        json_object_set_new(o, "folds", slg_folds_json(p, r->folds));
    if (selection_note(p, r))
        json_object_set_new(o, "selection", json_string(selection_note(p, r)));
}

static void add_gap_fit(json_t *o, const slg_problem *p, const slg_hp_set *hp)
{
    char *line = slg_gap_fit_line(p, hp);
    const bool good = line && line[0];
    char note[1024];
    slg_gap_fit_note(p, hp, note, sizeof note);
    json_object_set_new(o, "gap_fit", good ? json_string(line) : json_null());
    if (!good)
        json_object_set_new(
            o, "gap_fit_note",
            json_string("gap_fit cannot be told of this fit: of a config_type or file with such a name, or "
                        "of such a descriptor"));
    if (note[0] && good)
        json_object_set_new(o, "gap_fit_note", json_string(note));
    slg_free(line);
}

json_t *slg_result_json(const slg_problem *p, const slg_result *r)
{
    json_t *o = json_object();
    json_object_set_new(o, "objective", slg_json_number_or_null(r->objective));
    json_object_set_new(o, "hp", hp_json(p, r->hp));
    add_errors(o, p, r);
    json_object_set_new(o, "potential", json_string(r->potential));
    add_gap_fit(o, p, r->hp);
    json_t *bounds = bounds_json(p, r->hp);
    if (json_object_size(bounds) > 0)
        json_object_set(o, "at_bounds", bounds);
    json_decref(bounds);
    json_t *warnings = warnings_json(p, r->hp);
    if (json_array_size(warnings) > 0)
        json_object_set(o, "warnings", warnings);
    json_decref(warnings);
    return o;
}

/* --- the final fit -------------------------------------------------------------------------------------------- */

static json_t *final_json(const slg_problem *p, const slg_final *f)
{
    const size_t more = p->rest.data ? p->rest.data->n_frame : 0;
    json_t *o = json_object();
    json_object_set_new(o, "trial", json_integer((json_int_t)f->trial));
    json_object_set_new(o, "structures", json_integer((json_int_t)(p->train_set->n_frame + more)));
    json_object_set_new(o, "hp", hp_json(p, &f->hp));
    if (f->training)
        json_object_set_new(o, "training_errors", side_json(p->learnt.data ? &p->learnt : &p->validation, f->training));
    if (f->test)
        json_object_set_new(o, "test_errors", side_json(&p->test, f->test));
    json_object_set_new(o, "potential", json_string("final/potential.xml"));
    json_t *warnings = warnings_json(p, &f->hp);
    if (json_array_size(warnings) > 0)
        json_object_set(o, "warnings", warnings);
    json_decref(warnings);
    return o;
}

slg_status slg_write_final(const slg_problem *p, const slg_final *f, const char *dir, slg_error *err)
{
    char folder[SLG_PATH];
    slg_status st = slg_path_join(folder, dir, "final", err);
    if (st == SLG_OK)
        st = slg_make_folder(folder, err);
    snprintf(f->pot->label, sizeof f->pot->label, "starling_final%06lld", (long long)f->trial);
    if (st == SLG_OK)
        st = slg_describe_potential(p, &f->hp, f->pot, err);
    if (st == SLG_OK)
        st = slg_potential_write(f->pot, folder, "potential", err);
    return st == SLG_OK ? slg_write_json(final_json(p, f), 17, folder, "result.json", err) : st;
}
