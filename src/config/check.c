/* What single keys cannot tell: keys that must fit together. */
#include "src/config/read.h"

#include <math.h>
#include <string.h>

static const slg_yaml *find(const slg_yaml *tree, slg_section s, const char *name)
{
    const slg_yaml *map = slg_yaml_get(tree, slg_section_name(s));
    const slg_key *key = slg_key_find(s, name);
    for (const slg_yaml *p = map && map->kind == SLG_YAML_MAP ? map->first : NULL; p; p = p->next)
        if (slg_key_find(s, p->key) == key)
            return p;
    return NULL;
}

/* Place of a key's value, else of its section, else of the file. */
static slg_place place(const slg_yaml *tree, slg_section s, const char *name)
{
    const slg_yaml *node = find(tree, s, name);
    const slg_yaml *map = slg_yaml_get(tree, slg_section_name(s));
    return node ? node->at : map ? map->key_at : tree->at;
}

static bool searched(const slg_hp_spec *s)
{
    return s->kind >= SLG_HP_RANGE;
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
    bool any = e->n_species == 0 && searched(&e->tied);
    for (int32_t i = 0; i < e->n_species; i++)
        any = any || searched(&e->each[i]);
    return any;
}

static void check_cutoffs(slg_reading *r, const slg_yaml *tree)
{
    double soft_lo, soft_hi, hard_lo, hard_hi;
    limits(&r->cfg->hp[SLG_HP_RCUT_SOFT], &soft_lo, &soft_hi);
    limits(&r->cfg->hp[SLG_HP_RCUT_HARD], &hard_lo, &hard_hi);
    if (soft_lo <= soft_hi && hard_lo <= hard_hi && soft_lo > hard_hi - 0.01 + 1e-9)
        slg_read_fail(r, place(tree, SLG_SEC_DESCRIPTOR, "rcut_soft"),
                      "rcut_soft: must stay 0.01 Angstrom below rcut_hard, found at least %.10g with rcut_hard at most "
                      "%.10g",
                      soft_lo, hard_hi);
}

typedef struct quantity {
    const char *name, *key_name, *weight_name;
    bool *use;
    bool read;
    double *weight;
    slg_hp_id sigma;
} quantity;

static void check_quantity(slg_reading *r, const slg_yaml *tree, const quantity *q)
{
    if (*q->use && !q->read) {
        if (find(tree, SLG_SEC_FIT, "use"))
            slg_read_fail(r, place(tree, SLG_SEC_FIT, "use"), "use: '%s' is not read; name it in data/%s", q->name,
                          q->key_name);
        *q->use = false;
    }
    if (*q->weight > 0 && !q->read) {
        if (find(tree, SLG_SEC_OBJECTIVE, q->weight_name))
            slg_read_fail(r, place(tree, SLG_SEC_OBJECTIVE, q->weight_name),
                          "%s: must be 0 because '%s' is not read; or name it in data/%s", q->weight_name, q->name,
                          q->key_name);
        *q->weight = 0;
    }
    const char *sigma = slg_hp_info_of(q->sigma)->name;
    if (!*q->use && entry_searched(&r->cfg->hp[q->sigma]))
        slg_read_fail(r, place(tree, SLG_SEC_FIT, sigma),
                      "%s: is searched without effect because fit/use has no '%s'; add it there or fix %s", sigma,
                      q->name, sigma);
}

static void check_quantities(slg_reading *r, const slg_yaml *tree)
{
    slg_config *c = r->cfg;
    const quantity all[3] = {
        {"energy", "energy_key", "energy_weight", &c->use_energy, c->key_energy[0] != '\0', &c->weight_energy,
         SLG_HP_SIGMA_ENERGY},
        {"forces", "force_key", "force_weight", &c->use_force, c->key_force[0] != '\0', &c->weight_force,
         SLG_HP_SIGMA_FORCE},
        {"virial", "virial_key", "virial_weight", &c->use_virial, c->key_virial[0] != '\0' || c->key_stress[0] != '\0',
         &c->weight_virial, SLG_HP_SIGMA_VIRIAL},
    };
    bool complete = r->st == SLG_OK;
    for (int i = 0; i < 3; i++)
        check_quantity(r, tree, &all[i]);
    if (!complete)
        return;
    if (!c->use_energy && !c->use_force && !c->use_virial)
        slg_read_fail(r, place(tree, SLG_SEC_FIT, "use"),
                      "use: nothing is left to train on; name energies or forces "
                      "in the section 'data'");
    if (!(c->weight_energy + c->weight_force + c->weight_virial > 0))
        slg_read_fail(r, place(tree, SLG_SEC_OBJECTIVE, "energy_weight"),
                      "the weights of the objective are all 0; give at least one of energy_weight, force_weight, "
                      "virial_weight");
}

static void check_stages(slg_reading *r, const slg_yaml *tree)
{
    bool found[2] = {false, false};
    for (int id = 0; id < SLG_N_HP; id++)
        found[id > SLG_HP_ZETA] |= entry_searched(&r->cfg->hp[id]);
    for (int stage = 0; stage < 2 && r->cfg->strategy == 2; stage++)
        if (!found[stage])
            slg_read_fail(r, place(tree, SLG_SEC_SEARCH, "strategy"),
                          "strategy: 2 searches in the section '%s' in stage %d, but all values there are fixed; give "
                          "one a range or use strategy 1",
                          stage == 0 ? "descriptor" : "fit", stage + 1);
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
    for (int32_t i = 0; i < e->n_species; i++)
        if (strcmp(e->symbol[i], symbol) == 0)
            return &e->each[i];
    return e->n_species == 0 ? &e->tied : NULL;
}

static void check_start_hp(slg_reading *r, slg_hp_id id, const slg_hp_entry *given, slg_place at)
{
    const slg_hp_entry *e = &r->cfg->hp[id];
    const char *name = slg_hp_info_of(id)->name;
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
                      id > SLG_HP_ZETA ? "fit" : "descriptor");
}

static void check_starts(slg_reading *r, const slg_yaml *tree)
{
    const slg_config *c = r->cfg;
    const slg_yaml *list = find(tree, SLG_SEC_SEARCH, "start");
    if (!list || list->kind != SLG_YAML_LIST || c->n_start == 0)
        return;
    if (c->n_start > c->particles)
        slg_read_fail(r, list->at, "start: %d positions are given for %d particles", c->n_start, c->particles);
    const slg_hp_entry *given = c->start;
    for (const slg_yaml *map = list->first; map; map = map->next, given += SLG_N_HP)
        for (const slg_yaml *p = map->kind == SLG_YAML_MAP ? map->first : NULL; p; p = p->next)
            if (slg_hp_find(p->key) < SLG_N_HP)
                check_start_hp(r, slg_hp_find(p->key), &given[slg_hp_find(p->key)], p->at);
}

static void collect_warnings(slg_config *c)
{
    double lo, hard_lo, sigma_hi, hi;
    limits(&c->hp[SLG_HP_RCUT_HARD], &hard_lo, &hi);
    limits(&c->hp[SLG_HP_ATOM_SIGMA_R], &lo, &sigma_hi);
    if (c->basis == SLG_POLY3GAUSS && sigma_hi > 0.12 * hard_lo + 1e-9)
        snprintf(c->warnings, sizeof c->warnings,
                 "%.600s: descriptor: atom_sigma_r can reach %.10g, above 0.12 rcut_hard = %.10g, where the basis "
                 "poly3gauss of QUIP and TurboGAP itself is inaccurate: potentials made there do not transfer to them; "
                 "lower atom_sigma_r or use basis: poly3",
                 c->file, sigma_hi, 0.12 * hard_lo);
}

void slg_config_check(slg_reading *r, const slg_yaml *tree)
{
    check_cutoffs(r, tree);
    check_quantities(r, tree);
    check_stages(r, tree);
    check_starts(r, tree);
    collect_warnings(r->cfg);
}

const char *slg_config_warnings(const slg_config *cfg)
{
    return cfg->warnings;
}
