/* What single keys cannot tell: keys that must fit together. */
#include "src/config/read.h"
#include "tasks/fit/params.h"

#include <math.h>
#include <string.h>

/* Place of a key's value, else of its section, else of the file; r->at is its layer. */
static slg_mark place(slg_reading *r, slg_section s, const char *name)
{
    const slg_yaml *node = slg_read_find(r, s, name);
    if (node)
        return node->at;
    r->at = slg_study_layer(r);
    const slg_yaml *map = slg_yaml_get(r->at->tree, slg_section_name(s));
    return map ? map->key_at : r->at->tree->at;
}

/* Does the user give the key, rather than a record in which everything is said? */
static bool user_gives(slg_reading *r, slg_section s, const char *name)
{
    return slg_read_find(r, s, name) && r->at->origin == SLG_FROM_USER;
}

static void spec_limits(const slg_hp_spec *s, double *lo, double *hi)
{
    if (s->kind == SLG_HP_FIXED) {
        *lo = fmin(*lo, s->value);
        *hi = fmax(*hi, s->value);
    } else if (s->kind == SLG_HP_CHOICE) {
        for (int32_t i = 0; i < s->n_choice; i++) {
            *lo = fmin(*lo, s->choice[i]);
            *hi = fmax(*hi, s->choice[i]);
        }
    } else if (s->kind != SLG_HP_UNSET) {
        *lo = fmin(*lo, s->lo);
        *hi = fmax(*hi, s->hi);
    }
}

/* Smallest and largest value an HP can take; lo > hi when it has none. */
static void limits(const slg_hp_entry *e, double *lo, double *hi)
{
    *lo = INFINITY;
    *hi = -INFINITY;
    if (e->n_species == 0)
        spec_limits(&e->tied, lo, hi);
    for (int32_t i = 0; i < e->n_species; i++)
        spec_limits(&e->each[i], lo, hi);
}

static bool entry_searched(const slg_hp_entry *e)
{
    bool any = e->n_species == 0 && slg_hp_searched(&e->tied);
    for (int32_t i = 0; i < e->n_species; i++)
        any = any || slg_hp_searched(&e->each[i]);
    return any;
}

/* Limits of all parameters of the term, in the order of its table. */
static void term_limits(const slg_config *c, slg_limits *out)
{
    for (size_t i = 0; i < c->term->n_param; i++) {
        limits(&c->slot[i].entry, &out[i].lo, &out[i].hi);
        out[i].searched = entry_searched(&c->slot[i].entry);
    }
}

static void warn(slg_config *c, slg_section s, const char *param, const char *text)
{
    size_t used = strlen(c->warnings);
    snprintf(c->warnings + used, sizeof c->warnings - used, "%s%.400s: %s: %s %s", used ? "\n" : "", c->file,
             slg_section_name(s), param, text);
}

/* Settings of an objective or optimiser that was not chosen do nothing. */
static void warn_of_unchosen(slg_reading *r)
{
    slg_config *c = r->cfg;
    for (const slg_key *k = c->key; k < c->key + c->n_key; k++) {
        const slg_yaml *node = slg_key_chosen(c, k) ? NULL : slg_read_find(r, k->section, k->name);
        if (node && r->at->origin == SLG_FROM_USER && !slg_read_optimiser(k->param, node))
            warn(c, k->section, k->name, "has no effect: what it belongs to is not chosen");
    }
}

size_t slg_config_remarks(const slg_config *c, int32_t n_species, slg_remark out[SLG_MAX_REMARK])
{
    slg_limits limit[SLG_MAX_HP];
    term_limits(c, limit);
    return c->term->review ? c->term->review(limit, n_species, out, SLG_MAX_REMARK) : 0;
}

/* What the term says about values that do not fit together. */
static void review_term(slg_reading *r)
{
    slg_config *c = r->cfg;
    slg_remark remark[SLG_MAX_REMARK];
    const size_t n = slg_config_remarks(c, 0, remark);
    for (size_t i = 0; i < n; i++) {
        const char *name = c->term->param[remark[i].param].name;
        if (remark[i].warning)
            warn(c, SLG_SEC_DESCRIPTOR, name, remark[i].text);
        else
            slg_read_fail(r, place(r, SLG_SEC_DESCRIPTOR, name), "%s: %s", name, remark[i].text);
    }
}

typedef struct quantity {
    const char *name, *key_name;
    bool *use;
    bool read;
    int number, sigma; /* SLG_ENERGY, ..., SLG_FIT_SIGMA_... */
} quantity;

static void set_unjudged(slg_slot *slot)
{
    slot->entry = (slg_hp_entry){.tied = {.kind = SLG_HP_FIXED, .value = slot->param->unjudged}};
}

void slg_settle_unjudged(slg_config *c)
{
    for (size_t hp = c->fit; hp < c->n_hp; hp++)
        if (c->slot[hp].origin == SLG_FROM_DEFAULT && c->slot[hp].entry.tied.automatic)
            set_unjudged(&c->slot[hp]);
}

/* What is trained on must be read. */
static void check_use(slg_reading *r, const quantity *q)
{
    if (*q->use && !q->read) {
        if (user_gives(r, SLG_SEC_FIT, "use"))
            slg_read_fail(r, place(r, SLG_SEC_FIT, "use"), "use: '%s' is not read; name it in data/%s", q->name,
                          q->key_name);
        *q->use = false;
    }
    slg_slot *slot = &r->cfg->slot[r->cfg->fit + (size_t)q->sigma];
    const char *sigma = slot->param->name;
    if (!*q->use && entry_searched(&slot->entry) && (slot->entry.tied.automatic || !user_gives(r, SLG_SEC_FIT, sigma)))
        set_unjudged(slot);
    if (!*q->use && entry_searched(&slot->entry))
        slg_read_fail(r, place(r, SLG_SEC_FIT, sigma),
                      "%s: is searched without effect because fit/use has no '%s'; add it there or fix %s", sigma,
                      q->name, sigma);
}

/* What the objective counts must be read. */
static void check_weight(slg_reading *r, const quantity *q)
{
    slg_slot *slot = slg_config_weight(r->cfg, q->number);
    if (!slot || q->read || !(slot->entry.tied.value > 0))
        return;
    const char *name = slot->param->name;
    if (user_gives(r, SLG_SEC_OBJECTIVE, name))
        slg_read_fail(r, place(r, SLG_SEC_OBJECTIVE, name),
                      "%s: must be 0 because '%s' is not read; or name it in data/%s", name, q->name, q->key_name);
    slot->entry.tied.value = 0;
}

static void check_some_weight(slg_reading *r)
{
    char names[160] = "";
    const char *first = NULL;
    bool any = false;
    for (int q = 0; q < SLG_N_QUANTITY; q++) {
        const slg_slot *slot = slg_config_weight(r->cfg, q);
        if (!slot)
            continue;
        const size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", slot->param->name);
        first = first ? first : slot->param->name;
        any = any || slot->entry.tied.value > 0;
    }
    if (first && !any)
        slg_read_fail(r, place(r, SLG_SEC_OBJECTIVE, first),
                      "the weights of the objective are all 0; give at least one of %s", names);
}

static void check_quantities(slg_reading *r)
{
    slg_config *c = r->cfg;
    const quantity all[SLG_N_QUANTITY] = {
        {"energy", "energy_key", &c->use_energy, c->key_energy[0] != '\0', SLG_ENERGY, SLG_FIT_SIGMA_ENERGY},
        {"forces", "force_key", &c->use_force, c->key_force[0] != '\0', SLG_FORCE, SLG_FIT_SIGMA_FORCE},
        {"virial", "virial_key", &c->use_virial, c->key_virial[0] != '\0' || c->key_stress[0] != '\0', SLG_VIRIAL,
         SLG_FIT_SIGMA_VIRIAL},
    };
    const bool complete = r->st == SLG_OK;
    for (int i = 0; i < SLG_N_QUANTITY; i++) {
        check_use(r, &all[i]);
        check_weight(r, &all[i]);
    }
    if (!complete)
        return;
    if (!c->use_energy && !c->use_force && !c->use_virial)
        slg_read_fail(r, place(r, SLG_SEC_FIT, "use"),
                      "use: nothing is left to train on; name energies or forces in the section 'data'");
    check_some_weight(r);
}

static const char *section_of(const slg_config *c, size_t hp)
{
    return hp < c->fit ? "descriptor" : "fit";
}

/* Is a hyper-parameter of one of these phases searched? */
static bool searches(const slg_config *c, unsigned phases)
{
    bool any = false;
    for (size_t hp = 0; hp < c->n_hp; hp++)
        any = any || (phases >> c->slot[hp].param->phase & 1 && entry_searched(&c->slot[hp].entry));
    return any;
}

/* Each phase of strategy 2 needs something to search. */
static void check_phases(slg_reading *r)
{
    static const struct {
        unsigned phases;
        const char *section;
        int number;
    } part[] = {{1u << SLG_PHASE_DESCRIPTOR, "descriptor", 1}, {SLG_FIT_PHASES, "fit", 2}};
    const slg_config *c = r->cfg;
    for (size_t i = 0; c->strategy == 2 && i < 2; i++) {
        if (!searches(c, part[i].phases))
            slg_read_fail(r, place(r, SLG_SEC_SEARCH, "strategy"),
                          "strategy: 2 searches in the section '%s' in stage %d, but all values there are fixed; give "
                          "one a range or use strategy 1",
                          part[i].section, part[i].number);
    }
}

static bool is_discrete(const slg_hp_spec *s)
{
    return s->kind == SLG_HP_CHOICE || s->kind == SLG_HP_INT;
}

static bool has_discrete(const slg_hp_entry *e)
{
    bool any = is_discrete(&e->tied);
    for (int32_t i = 0; i < e->n_species; i++)
        any = any || is_discrete(&e->each[i]);
    return any;
}

static bool solves_discrete(const slg_config *c)
{
    bool any = false;
    for (size_t hp = c->fit; hp < c->n_hp; hp++)
        any = any || (c->slot[hp].param->phase == SLG_PHASE_RATIOS && has_discrete(&c->slot[hp].entry));
    return any;
}

/* By default 3, where it has something to search outside and something to solve inside, else 1. */
static void settle_strategy(slg_reading *r)
{
    slg_config *c = r->cfg;
    const bool nested = searches(c, 1u << SLG_PHASE_RATIOS) &&
                        searches(c, SLG_ALL_PHASES & ~(1u << SLG_PHASE_RATIOS)) && c->objective->inner &&
                        !solves_discrete(c);
    if (!slg_read_find(r, SLG_SEC_SEARCH, "strategy"))
        c->strategy = nested ? 3 : 1;
}

/* Strategy 3 needs something to search outside, something to solve inside, and an objective for the latter. */
static void check_nested(slg_reading *r)
{
    const slg_config *c = r->cfg;
    if (c->strategy != 3)
        return;
    if (!searches(c, 1u << SLG_PHASE_RATIOS))
        slg_read_fail(
            r, place(r, SLG_SEC_SEARCH, "strategy"),
            "strategy: 3 solves delta or sigmas inside each trial, but all of them are fixed; give one a range "
            "or use strategy 1");
    if (!searches(c, SLG_ALL_PHASES & ~(1u << SLG_PHASE_RATIOS)))
        slg_read_fail(r, place(r, SLG_SEC_SEARCH, "strategy"),
                      "strategy: 3 searches the descriptor, but all its values are fixed; give one a range or use "
                      "strategy 1");
    if (!c->objective->inner)
        slg_read_fail(
            r, place(r, SLG_SEC_OBJECTIVE, "kind"),
            "kind: strategy 3 needs an objective that can solve delta and the sigmas, found %s; use rmse or mae, or "
            "strategy 1",
            c->objective->name);
    for (size_t hp = c->fit; hp < c->n_hp; hp++)
        if (c->slot[hp].param->phase == SLG_PHASE_RATIOS && has_discrete(&c->slot[hp].entry))
            slg_read_fail(
                r, place(r, SLG_SEC_FIT, c->slot[hp].param->name),
                "%s: strategy 3 solves it between two ends, found choices or integers; give a range or a value",
                c->slot[hp].param->name);
}

static bool inside(const slg_hp_spec *s, double v)
{
    if (s->kind == SLG_HP_FIXED)
        return v == s->value;
    bool in = s->kind != SLG_HP_CHOICE && v >= s->lo && v <= s->hi && (s->kind != SLG_HP_INT || v == floor(v));
    for (int32_t i = 0; s->kind == SLG_HP_CHOICE && i < s->n_choice; i++)
        in = in || v == s->choice[i];
    return in || s->kind == SLG_HP_UNSET;
}

static const slg_hp_spec *spec_of(const slg_hp_entry *e, const char *symbol)
{
    return slg_hp_spec_of(e, slg_element_z(symbol, strlen(symbol)));
}

static void check_start_hp(slg_reading *r, size_t hp, const slg_hp_entry *given, slg_mark at)
{
    const slg_hp_entry *e = &r->cfg->slot[hp].entry;
    const char *name = r->cfg->slot[hp].param->name;
    bool good = true;
    if (given->n_species > 0 && e->n_species == 0) {
        slg_read_fail(r, at, "start: %s is searched as one value for all elements; give one number", name);
        return;
    }
    for (int32_t i = 0; i < given->n_species; i++) {
        const slg_hp_spec *s = spec_of(e, given->symbol[i]);
        good = good && s && inside(s, given->each[i].value);
    }
    if (given->n_species == 0 && given->tied.kind == SLG_HP_FIXED) {
        good = e->n_species > 0 || inside(&e->tied, given->tied.value);
        for (int32_t i = 0; i < e->n_species; i++)
            good = good && inside(&e->each[i], given->tied.value);
    }
    if (!good)
        slg_read_fail(r, at, "start: %s: the value is outside of what the section '%s' allows", name,
                      section_of(r->cfg, hp));
}

static void check_starts(slg_reading *r)
{
    const slg_config *c = r->cfg;
    const slg_yaml *list = slg_read_find(r, SLG_SEC_SEARCH, "start");
    if (!list || list->kind != SLG_YAML_LIST || c->n_start == 0)
        return;
    const slg_hp_entry *given = c->start;
    for (const slg_yaml *map = list->first; map; map = map->next, given += c->n_hp)
        for (const slg_yaml *p = map->kind == SLG_YAML_MAP ? map->first : NULL; p; p = p->next) {
            const size_t hp = slg_hp_find(c, p->key);
            if (hp < c->n_hp)
                check_start_hp(r, hp, &given[hp], p->at);
        }
}

static void check_group_key(slg_reading *r)
{
    const slg_config *c = r->cfg;
    if (c->key_group[0] && c->validation_mode != SLG_VAL_FOLDS)
        slg_read_fail(r, place(r, SLG_SEC_DATA, "group_key"),
                      "group_key: keeps structures together in folds, found no folds; set validation to {folds: 5}, or "
                      "remove group_key");
}

static void warn_of_training_errors(slg_reading *r)
{
    slg_config *c = r->cfg;
    for (size_t hp = c->fit; c->validation_mode == SLG_VAL_SAME && hp < c->n_hp; hp++)
        if (c->slot[hp].entry.tied.automatic && slg_hp_searched(&c->slot[hp].entry.tied))
            warn(c, SLG_SEC_FIT, c->slot[hp].param->name,
                 "is found by training errors, which are smallest where it is too small; set data.validation to "
                 "{folds: 5}");
}

/* From here on `auto` is what it stands for, which is what a study records. */
static void forget_auto(slg_config *c)
{
    for (size_t hp = c->fit; hp < c->n_hp; hp++) {
        slg_hp_entry *e = &c->slot[hp].entry;
        e->tied.automatic = false;
        for (int32_t i = 0; i < e->n_species; i++)
            e->each[i].automatic = false;
    }
}

void slg_config_check(slg_reading *r)
{
    review_term(r);
    if (r->cfg->validation_mode == SLG_VAL_SAME) /* by training errors the sigmas would be as small as they can be */
        slg_settle_unjudged(r->cfg);
    check_quantities(r);
    settle_strategy(r);
    check_phases(r);
    check_nested(r);
    check_starts(r);
    check_group_key(r);
    warn_of_training_errors(r);
    forget_auto(r->cfg);
    warn_of_unchosen(r);
}

const char *slg_config_warnings(const slg_config *cfg)
{
    return cfg->warnings;
}
