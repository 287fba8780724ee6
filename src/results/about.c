/* study.json: what was asked, and what runs it. */
#include "runtime/base/alloc.h"
#include "runtime/base/process.h"
#include "src/results/results.h"

#include <string.h>
#include <sys/utsname.h>

/* --- data ------------------------------------------------------------------------------------- */

typedef struct amount {
    size_t frames, atoms, energies, forces, virials;
} amount;

static amount amount_of(const slg_dataset *d, const char *type)
{
    amount a = {0};
    for (size_t f = 0; f < d->n_frame; f++) {
        const slg_frame *x = &d->frame[f];
        if (strcmp(x->config_type, type) != 0)
            continue;
        a.frames++;
        a.atoms += x->n_atom;
        a.energies += x->has_energy;
        a.forces += x->has_force ? 3 * x->n_atom : 0;
        a.virials += x->has_virial ? 6 : 0;
    }
    return a;
}

static json_t *amount_json(const amount *a)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I}", "structures", (json_int_t)a->frames, "atoms", (json_int_t)a->atoms,
                     "energies", (json_int_t)a->energies, "force_components", (json_int_t)a->forces,
                     "virial_components", (json_int_t)a->virials);
}

static bool has_group(const slg_dataset *d, const char *type)
{
    for (size_t g = 0; g < d->n_group; g++)
        if (strcmp(d->group[g], type) == 0)
            return true;
    return false;
}

static json_t *type_json(const slg_problem *p, const char *type)
{
    const amount t = amount_of(p->train_set, type), v = amount_of(p->validation_set, type);
    json_t *o = json_pack("{s:o, s:o, s:o}", "config_type", slg_utf8_json(type), "train", amount_json(&t), "validation",
                          amount_json(&v));
    const amount test = p->test_set ? amount_of(p->test_set, type) : (amount){0};
    if (p->test_set)
        json_object_set_new(o, "test", amount_json(&test));
    return o;
}

/* Every config_type once, in order of the sets. */
static json_t *types_json(const slg_problem *p)
{
    const slg_dataset *const set[] = {p->train_set, p->validation_set, p->test_set};
    json_t *types = json_array();
    for (int k = 0; k < 3; k++)
        for (size_t g = 0; set[k] && g < set[k]->n_group; g++) {
            bool before = false;
            for (int i = 0; i < k; i++)
                before = before || has_group(set[i], set[k]->group[g]);
            if (!before)
                json_array_append_new(types, type_json(p, set[k]->group[g]));
        }
    return types;
}

/* Names of files or patterns, as in the study file. */
static json_t *names_json(const slg_names *list)
{
    json_t *o = json_array();
    for (size_t i = 0; i < list->n; i++)
        json_array_append_new(o, slg_utf8_json(list->name[i]));
    return o;
}

static json_t *data_json(const slg_problem *p)
{
    static const char *const mode[] = {"same", "file", "fraction", "folds"};
    json_t *e0 = json_object();
    for (int32_t s = 0; s < p->n_species; s++)
        json_object_set_new(e0, slg_element_symbol(p->z[s]), json_real(p->e0[s]));
    return json_pack("{s:o, s:s, s:o, s:f, s:i, s:o, s:o, s:o}", "train", names_json(&p->cfg->train), "validation_mode",
                     mode[p->cfg->validation_mode], "validation", names_json(&p->cfg->validation), "fraction",
                     p->cfg->validation_fraction, "folds", (int)p->n_fold, "test", names_json(&p->cfg->test), "e0", e0,
                     "types", types_json(p));
}

/* --- search ----------------------------------------------------------------------------------- */

static json_t *dim_json(const slg_problem *p, const slg_dim *d, int stage)
{
    static const char *const kind[] = {"range", "log", "int", "choice"};
    const char *unit = p->cfg->slot[d->hp].param->unit;
    json_t *o = json_pack("{s:s, s:s, s:f, s:f, s:s, s:i}", "name", d->name, "kind", kind[d->kind], "lo", d->lo, "hi",
                          d->hi, "unit", unit ? unit : "", "stage", stage);
    if (d->kind == SLG_DIM_CHOICE) {
        json_t *choices = json_array();
        for (int32_t i = 0; i < d->n_choice; i++)
            json_array_append_new(choices, json_real(d->choice[i]));
        json_object_set_new(o, "choices", choices);
    }
    return o;
}

/* The only phase of a study has number 0 here: its HPs belong to all trials. */
static slg_status space_json(const slg_problem *p, const slg_phases *phases, json_t *list, slg_error *err)
{
    slg_space *space = slg_calloc(1, sizeof *space);
    slg_status st = space ? SLG_OK : slg_fail_nomem(err, "search space");
    for (size_t i = 0; st == SLG_OK && i < phases->n; i++) {
        /* what a nested trial solves has a range as well */
        st = slg_config_space(p->cfg, p->n_species, p->z,
                              phases->phase[i].nested ? SLG_ALL_PHASES : phases->phase[i].hps, space, err);
        for (size_t d = 0; st == SLG_OK && d < space->n_dim; d++)
            json_array_append_new(list, dim_json(p, &space->dim[d], phases->n > 1 ? (int)i + 1 : 0));
    }
    slg_free(space);
    return st;
}

static json_t *fixed_json(const slg_config *cfg)
{
    json_t *o = json_object();
    for (size_t i = 0; i < cfg->n_hp; i++) {
        const slg_slot *slot = &cfg->slot[i];
        if ((slot->param->flags & SLG_PARAM_SEARCHABLE) && slot->entry.n_species == 0 &&
            slot->entry.tied.kind == SLG_HP_FIXED)
            json_object_set_new(o, slot->param->name, json_real(slot->entry.tied.value));
    }
    return o;
}

static json_t *phases_json(const slg_phases *phases)
{
    json_t *all = json_array();
    for (size_t i = 0; i < phases->n; i++) {
        const slg_phase *f = &phases->phase[i];
        json_array_append_new(all, json_pack("{s:i, s:s, s:s, s:s, s:I, s:I}", "stage", (int)i + 1, "name", f->name,
                                             "objective", f->objective->name, "title", f->objective->text, "particles",
                                             (json_int_t)f->particles, "iterations", (json_int_t)f->iterations));
    }
    return all;
}

/* Settings of the chosen objective or optimiser. */
static json_t *settings_json(const slg_config *cfg, const slg_param *param, size_t n)
{
    double value[SLG_MAX_HP];
    json_t *o = json_object();
    slg_config_settings(cfg, param, n, value);
    for (size_t i = 0; i < n; i++)
        json_object_set_new(o, param[i].name, slg_setting_json(&param[i], value[i]));
    return o;
}

/* The seed is a text: many readers of JSON keep 53 bits of a number. */
static json_t *search_json(const slg_config *c, const slg_phases *phases)
{
    char seed[32];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)c->seed);
    return json_pack("{s:i, s:s, s:o, s:s, s:o, s:s, s:o}", "strategy", c->strategy, "optimiser", c->optimiser->name,
                     "optimiser_settings", settings_json(c, c->optimiser->param, c->optimiser->n_param), "objective",
                     c->objective->name, "objective_settings",
                     settings_json(c, c->objective->param, c->objective->n_param), "seed", seed, "phases",
                     phases_json(phases));
}

/* --- machine and versions --------------------------------------------------------------------- */

static json_t *machine_json(const slg_rt *rt)
{
    struct utsname u;
    char cpu[256];
    slg_processor_name(cpu, sizeof cpu);
    if (uname(&u) != 0)
        memset(&u, 0, sizeof u);
    return json_pack("{s:s, s:s, s:s, s:i, s:i, s:s, s:f}", "host", u.nodename, "system", u.release, "processor", cpu,
                     "cores", slg_rt_cores(rt), "workers", slg_rt_workers(rt), "scheduler", slg_rt_scheduler(rt),
                     "memory_bytes", slg_machine_bytes());
}

static json_t *versions_json(const char *text)
{
    json_t *o = json_pack("{s:s}", "compiler",
#ifdef __clang__
                          "" __VERSION__
#else
                          "gcc " __VERSION__
#endif
    );
    while (text && *text) {
        char line[256];
        size_t n = strcspn(text, "\n");
        snprintf(line, sizeof line, "%.*s", (int)n, text);
        char *blank = strchr(line, ' ');
        if (blank) {
            *blank = '\0';
            json_object_set_new(o, line, json_string(blank + 1));
        }
        text += n + (text[n] == '\n');
    }
    return o;
}

slg_status slg_write_about(const slg_problem *p, const slg_phases *phases, const slg_rt *rt, const char *versions,
                           const char *dir, slg_error *err)
{
    json_t *space = json_array();
    slg_status st = space_json(p, phases, space, err);
    if (st != SLG_OK) {
        json_decref(space);
        return st;
    }
    return slg_write_json(json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "started", slg_moment_now().text, "search",
                                    search_json(p->cfg, phases), "space", space, "fixed", fixed_json(p->cfg), "data",
                                    data_json(p), "machine", machine_json(rt), "versions", versions_json(versions)),
                          17, dir, "study.json", err);
}
