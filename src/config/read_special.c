/* Keys whose values have a form of their own. */
#include "src/config/read.h"
#include "runtime/base/alloc.h"
#include "tasks/fit/nested.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void unknown_key(slg_reading *r, const char *in, const slg_yaml *node, const char *words)
{
    slg_nearest near = {"", 0};
    char word[32];
    for (int i = 0; slg_word_at(words, i, word, sizeof word); i++)
        slg_nearest_offer(&near, node->key, word);
    slg_read_fail(r, node->key_at, "%s: unknown key '%.40s'%s", in, node->key, slg_nearest_text(&near).text);
}

static bool add_file(slg_reading *r, const char *key, const slg_yaml *node, slg_names *out)
{
    char name[SLG_PATH];
    if (!slg_read_text(r, key, node, name, sizeof name))
        return false;
    const slg_status st = slg_names_add(out, name, r->err);
    r->st = r->st == SLG_OK ? st : r->st;
    return st == SLG_OK;
}

void slg_read_files(slg_reading *r, const char *key, bool or_none, const slg_yaml *node, slg_names *out)
{
    slg_names_free(out);
    if (or_none && node->kind == SLG_YAML_SCALAR && (slg_yaml_is_null(node) || strcmp(node->text, "none") == 0))
        return;
    if (node->kind != SLG_YAML_LIST) {
        (void)add_file(r, key, node, out);
        return;
    }
    if (node->n == 0)
        slg_read_fail(r, node->at, "%s: expected the name of a file, found an empty list", key);
    for (const slg_yaml *p = node->first; p; p = p->next)
        if (!add_file(r, key, p, out))
            return;
}

static void read_split_seed(slg_reading *r, const slg_yaml *map)
{
    const slg_yaml *node = slg_yaml_get(map, "seed");
    double v = 0;
    r->cfg->has_split_seed = node != NULL;
    if (node && (!slg_read_number(node, &v) || !(v >= 0 && v <= 9e15 && v == floor(v))))
        slg_read_fail(r, node->at, "validation: seed: expected a whole number from 0, found %s",
                      slg_read_found(node).text);
    r->cfg->split_seed = (uint64_t)v;
}

static void read_folds(slg_reading *r, const slg_yaml *node)
{
    double v = 0;
    if (!slg_read_number(node, &v) || !(v >= 2 && v <= SLG_MAX_FOLD && v == floor(v)))
        slg_read_fail(r, node->at, "validation: expected {folds: k} with k from 2 to %d, found %s", SLG_MAX_FOLD,
                      slg_read_found(node).text);
    r->cfg->validation_mode = SLG_VAL_FOLDS;
    r->cfg->n_fold = (int32_t)v;
    slg_names_free(&r->cfg->validation);
}

/* f NULL: none is given. */
static void read_fraction(slg_reading *r, const slg_yaml *node, const slg_yaml *f)
{
    slg_config *cfg = r->cfg;
    double v = 0;
    if (!f || !slg_read_number(f, &v) || !(v > 0 && v < 1))
        slg_read_fail(r, f ? f->at : node->at,
                      "validation: expected {folds: k} or {fraction: f} with f between 0 and 1");
    cfg->validation_mode = SLG_VAL_FRACTION;
    cfg->validation_fraction = v;
    slg_names_free(&cfg->validation);
}

static void read_split(slg_reading *r, const slg_yaml *node)
{
    static const char words[] = "folds fraction seed";
    const slg_yaml *folds = slg_yaml_get(node, "folds"), *fraction = slg_yaml_get(node, "fraction");
    for (const slg_yaml *p = node->first; p; p = p->next)
        if (slg_word_index(words, p->key) < 0)
            unknown_key(r, "validation", p, words);
    if (folds && fraction)
        slg_read_fail(r, fraction->at, "validation: expected folds or a fraction, found both; remove one");
    if (folds)
        read_folds(r, folds);
    else
        read_fraction(r, node, fraction);
    read_split_seed(r, node);
}

/* A number alone is a fraction too. */
static void read_validation(slg_reading *r, const slg_yaml *node)
{
    slg_config *cfg = r->cfg;
    double v;
    cfg->validation_fraction = 0;
    cfg->n_fold = 0;
    cfg->has_split_seed = false;
    if (node->kind == SLG_YAML_MAP) {
        read_split(r, node);
        return;
    }
    if (slg_read_number(node, &v)) {
        read_fraction(r, node, node);
        return;
    }
    cfg->validation_mode = SLG_VAL_SAME;
    if (node->kind == SLG_YAML_SCALAR && strcmp(node->text, "same") == 0) {
        slg_names_free(&cfg->validation);
        return;
    }
    slg_read_files(r, "validation", false, node, &cfg->validation);
    cfg->validation_mode = SLG_VAL_FILE;
}

static void read_e0_values(slg_reading *r, const slg_key *key, const slg_yaml *node)
{
    slg_config *cfg = r->cfg;
    if (node->n == 0 || node->n > SLG_MAX_SPECIES) {
        slg_read_fail(r, node->at, "e0: expected energies of 1 to %d elements, found %zu", SLG_MAX_SPECIES, node->n);
        return;
    }
    cfg->e0_mode = SLG_E0_GIVEN;
    cfg->n_e0 = 0;
    for (const slg_yaml *p = node->first; p; p = p->next) {
        double v;
        if (slg_element_z(p->key, strlen(p->key)) == 0)
            slg_read_fail(r, p->key_at, "e0: expected an element symbol, found '%.40s'", p->key);
        else if (slg_read_real(r, "e0", p, key->lo, key->hi, key->unit, &v)) {
            snprintf(cfg->e0_symbol[cfg->n_e0], sizeof cfg->e0_symbol[0], "%s", p->key);
            cfg->e0[cfg->n_e0++] = v;
        }
    }
}

static void read_e0(slg_reading *r, const slg_key *key, const slg_yaml *node)
{
    if (node->kind == SLG_YAML_MAP) {
        read_e0_values(r, key, node);
        return;
    }
    if (node->kind != SLG_YAML_SCALAR || slg_word_index(key->words, node->text) < 0)
        slg_read_fail(r, node->at, "e0: expected isolated, average or a map of elements to energies, found %s",
                      slg_read_found(node).text);
    else
        r->cfg->e0_mode = slg_word_index(key->words, node->text) == 0 ? SLG_E0_ISOLATED : SLG_E0_AVERAGE;
}

static void read_use(slg_reading *r, const slg_key *key, const slg_yaml *node)
{
    bool use[3] = {false, false, false}, good = node->kind == SLG_YAML_LIST && node->n > 0;
    if (!good)
        slg_read_fail(r, node->at, "use: expected a list such as [energy, forces], found %s",
                      node->kind == SLG_YAML_LIST ? "an empty list" : slg_read_found(node).text);
    if (!good)
        return;
    for (const slg_yaml *p = node->first; p; p = p->next) {
        int k = slg_read_word(r, "use", p, key->words);
        if (k >= 0)
            use[k] = true;
    }
    r->cfg->use_energy = use[0];
    r->cfg->use_force = use[1];
    r->cfg->use_virial = use[2];
}

static void read_group(slg_reading *r, const slg_key *key, const slg_yaml *node, slg_group_sigma *out)
{
    if (node->kind != SLG_YAML_MAP || node->n == 0) {
        slg_read_fail(r, node->at, "config_type_sigma: expected a map such as {energy: 0.001, force: 0.05}, found %s",
                      slg_read_found(node).text);
        return;
    }
    double *to[3] = {&out->energy, &out->force, &out->virial};
    for (const slg_yaml *p = node->first; p; p = p->next) {
        int k = slg_word_index(key->words, p->key);
        if (k < 0)
            unknown_key(r, "config_type_sigma", p, key->words);
        else
            (void)slg_read_real(r, "config_type_sigma", p, 1e-9, key->hi, k == 1 ? "eV/Angstrom" : "eV", to[k]);
    }
}

static void read_groups(slg_reading *r, const slg_key *key, const slg_yaml *node)
{
    slg_config *cfg = r->cfg;
    if (node->kind != SLG_YAML_MAP || node->n > SLG_MAX_GROUP_SIGMA) {
        slg_read_fail(r, node->at, "config_type_sigma: expected a map of at most %d config_types, found %s",
                      SLG_MAX_GROUP_SIGMA, node->kind == SLG_YAML_MAP ? "more" : slg_read_found(node).text);
        return;
    }
    cfg->n_group_sigma = 0;
    for (const slg_yaml *p = node->first; p; p = p->next) {
        slg_group_sigma *g = &cfg->group_sigma[cfg->n_group_sigma++];
        memset(g, 0, sizeof *g);
        if (p->key[0] == '\0' || strlen(p->key) >= sizeof g->config_type)
            slg_read_fail(r, p->key_at, "config_type_sigma: expected a name of 1 to %zu characters",
                          sizeof g->config_type - 1);
        else
            memcpy(g->config_type, p->key, strlen(p->key));
        read_group(r, key, p, g);
    }
}

static void read_one_start(slg_reading *r, const slg_yaml *node, slg_hp_entry *out)
{
    if (node->kind != SLG_YAML_MAP) {
        slg_read_fail(r, node->at, "start: expected maps such as {delta: 2}, found %s", slg_read_found(node).text);
        return;
    }
    const slg_config *cfg = r->cfg;
    for (const slg_yaml *p = node->first; p; p = p->next) {
        const size_t id = slg_hp_find(cfg, p->key);
        if (id < cfg->n_hp) {
            slg_read_hp(r, cfg->slot[id].param, p, true, &out[id]);
            continue;
        }
        slg_nearest near = {"", 0};
        for (size_t i = 0; i < cfg->n_hp; i++)
            if (cfg->slot[i].param->flags & SLG_PARAM_SEARCHABLE)
                slg_nearest_offer(&near, p->key, cfg->slot[i].param->name);
        slg_read_fail(r, p->key_at, "start: unknown hyper-parameter '%.40s'%s", p->key, slg_nearest_text(&near).text);
    }
}

static void read_start(slg_reading *r, const slg_yaml *node)
{
    slg_config *cfg = r->cfg;
    if (node->kind != SLG_YAML_LIST || node->n > SLG_MAX_START) {
        slg_read_fail(r, node->at, "start: expected a list of at most %d maps, found %s", SLG_MAX_START,
                      node->kind == SLG_YAML_LIST ? "more" : slg_read_found(node).text);
        return;
    }
    slg_free(cfg->start);
    cfg->start = NULL;
    cfg->n_start = 0;
    if (node->n == 0)
        return;
    cfg->start = slg_calloc(node->n * cfg->n_hp, sizeof *cfg->start);
    if (!cfg->start) {
        if (r->st == SLG_OK)
            r->st = SLG_ERR_NOMEM;
        (void)slg_fail_nomem(r->err, "start positions");
        return;
    }
    for (const slg_yaml *p = node->first; p; p = p->next)
        read_one_start(r, p, cfg->start + (size_t)cfg->n_start++ * cfg->n_hp);
}

/* "all", "none", "last 100", "sample 10" */
static void read_keep(slg_reading *r, const slg_key *key, const slg_yaml *node)
{
    slg_keep *keep = &r->cfg->trace_keep;
    char word[16] = "", rest[2];
    int n = 0, fields = node->kind == SLG_YAML_SCALAR ? sscanf(node->text, "%15s %d%1s", word, &n, rest) : 0;
    int mode = fields > 0 ? slg_word_index(key->words, word) : -1;
    bool counted = mode == SLG_KEEP_LAST || mode == SLG_KEEP_SAMPLE;
    if (mode < 0 || fields != (counted ? 2 : 1) || (counted && (n < key->lo || n > key->hi)))
        slg_read_fail(r, node->at, "%s: expected all, none, last N or sample N with N from 1, found %s", key->name,
                      slg_read_found(node).text);
    else
        *keep = (slg_keep){(slg_keep_mode)mode, counted ? n : 1};
}

void slg_read_special(slg_reading *r, const slg_key *key, const slg_yaml *node)
{
    switch (key->type) {
    case SLG_KEY_VALIDATION: read_validation(r, node); break;
    case SLG_KEY_E0: read_e0(r, key, node); break;
    case SLG_KEY_USE: read_use(r, key, node); break;
    case SLG_KEY_GROUP_SIGMA: read_groups(r, key, node); break;
    case SLG_KEY_START: read_start(r, node); break;
    case SLG_KEY_KEEP: read_keep(r, key, node); break;
    default: SLG_ASSERT(!"key type without a reader");
    }
}
