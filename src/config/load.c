/* One text of a configuration: its keys, unknown and missing ones; defaults. */
#include "src/config/read.h"
#include "runtime/base/alloc.h"

#include <stdlib.h>
#include <string.h>

/* --- unknown and missing keys --------------------------------------------------------------------------------- */

void slg_offer_keys(const slg_config *cfg, slg_nearest *near, slg_section s, const char *wanted)
{
    for (const slg_key *k = cfg->key; k < cfg->key + cfg->n_key; k++)
        if (k->section == s)
            slg_nearest_offer(near, wanted, k->name);
}

static void unknown_key(slg_reading *r, slg_section s, const slg_yaml *node)
{
    for (int other = 0; other < SLG_N_SECTION; other++)
        if (slg_key_find(r->cfg, (slg_section)other, node->key)) {
            slg_read_fail(r, node->key_at, "%s: '%s' belongs to the section '%s'; move it there", slg_section_name(s),
                          node->key, slg_section_name((slg_section)other));
            return;
        }
    slg_nearest near = {"", 0};
    slg_offer_keys(r->cfg, &near, s, node->key);
    slg_read_fail(r, node->key_at, "%s: unknown key '%.40s'%s", slg_section_name(s), node->key,
                  slg_nearest_text(&near).text);
}

/* The same name is found by the parser. */
bool slg_given_before(slg_reading *r, slg_section s, const slg_yaml *first, const slg_yaml *node)
{
    const slg_key *key = slg_key_find(r->cfg, s, node->key);
    for (const slg_yaml *p = first; p != node; p = p->next)
        if (slg_key_find(r->cfg, s, p->key) == key && strcmp(p->key, node->key) != 0) {
            char line[32] = "";
            if (!r->at->option)
                snprintf(line, sizeof line, " in line %d", p->key_at.line);
            slg_read_fail(r, node->key_at, "%s: '%s' is another name of '%s'%s; remove one", slg_section_name(s),
                          node->key, p->key, line);
            return true;
        }
    return false;
}

static void unknown_section(slg_reading *r, const slg_yaml *node)
{
    slg_nearest near = {"", 0};
    for (int s = 0; s < SLG_N_SECTION; s++) {
        if (slg_key_find(r->cfg, (slg_section)s, node->key)) {
            slg_read_fail(r, node->key_at, "'%s' belongs to the section '%s'; move it there", node->key,
                          slg_section_name((slg_section)s));
            return;
        }
        slg_nearest_offer(&near, node->key, slg_section_name((slg_section)s));
    }
    slg_read_fail(r, node->key_at, "unknown section '%.40s'%s", node->key, slg_nearest_text(&near).text);
}

/* A key in a wrong section has been reported as such and is not missing as well. */
static bool is_misplaced(const slg_yaml *tree, const slg_key *key)
{
    bool found = slg_yaml_get(tree, key->name) != NULL;
    for (int s = 0; s < SLG_N_SECTION; s++)
        found = found || slg_yaml_get(slg_yaml_get(tree, slg_section_name((slg_section)s)), key->name);
    return found;
}

const slg_layer *slg_study_layer(const slg_reading *r)
{
    for (size_t i = 0; i < r->n_layer; i++)
        if (r->layer[i].origin == SLG_FROM_USER)
            return &r->layer[i];
    return &r->layer[r->n_layer - 1];
}

/* Missing keys are missing in the study file. */
void slg_check_required(slg_reading *r)
{
    const slg_layer *file = slg_study_layer(r);
    for (const slg_key *k = r->cfg->key; k < r->cfg->key + r->cfg->n_key; k++) {
        const slg_yaml *section = slg_yaml_get(file->tree, slg_section_name(k->section));
        if (k->standard || slg_read_find(r, k->section, k->name) || is_misplaced(file->tree, k))
            continue;
        r->at = file;
        slg_read_fail(r, section ? section->key_at : file->tree->at, "missing key '%s' of the section '%s': %s",
                      k->name, slg_section_name(k->section), k->text);
    }
}

/* --- one layer ------------------------------------------------------------------------------------------------ */

/* Does no later layer give the key too? Only the last value counts, and is checked. */
static bool is_last(slg_reading *r, slg_section s, const slg_key *key, const slg_yaml *node)
{
    const slg_layer *at = r->at;
    const bool last = slg_read_find(r, s, key->name) == node;
    r->at = at;
    return last;
}

static void load_section(slg_reading *r, slg_section s, const slg_yaml *node)
{
    if (slg_yaml_is_null(node))
        return;
    if (node->kind != SLG_YAML_MAP) {
        slg_read_fail(r, node->at, "%s: expected keys with values, found %s", slg_section_name(s),
                      slg_read_found(node).text);
        return;
    }
    for (const slg_yaml *p = node->first; p; p = p->next) {
        const slg_key *key = slg_key_find(r->cfg, s, p->key);
        if (!key && r->at->origin != SLG_FROM_RECORD) /* a record may be of another term */
            unknown_key(r, s, p);
        else if (key && !slg_given_before(r, s, node->first, p) && is_last(r, s, key, p))
            slg_read_key(r, key, p);
    }
}

static int find_section(const char *name)
{
    for (int s = 0; s < SLG_N_SECTION; s++)
        if (strcmp(slg_section_name((slg_section)s), name) == 0)
            return s;
    return -1;
}

void slg_load_layer(slg_reading *r, const slg_layer *layer)
{
    const slg_yaml *tree = layer->tree;
    r->at = layer;
    if (tree->kind != SLG_YAML_MAP) {
        slg_read_fail(r, tree->at,
                      "expected the sections data, descriptor, fit, objective, search, run, trace, found %s",
                      slg_read_found(tree).text);
        return;
    }
    for (const slg_yaml *p = tree->first; p; p = p->next) {
        const int s = find_section(p->key);
        const bool record = layer->origin == SLG_FROM_RECORD;
        if (record && (s < 0 || slg_section_free(p->key, strlen(p->key))))
            continue; /* how it ran before says nothing about how it runs now */
        if (s < 0)
            unknown_section(r, p);
        else
            load_section(r, (slg_section)s, p);
    }
}

/* --- defaults ------------------------------------------------------------------------------------------------- */

/* The defaults as a study file, so that they take the same way as the user's values. */
static char *default_text(const slg_config *cfg)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    for (int s = 0; out && s < SLG_N_SECTION; s++) {
        fprintf(out, "%s:\n", slg_section_name((slg_section)s));
        for (const slg_key *k = cfg->key; k < cfg->key + cfg->n_key; k++)
            if (k->section == (slg_section)s && k->standard && strcmp(k->standard, "preset") != 0)
                fprintf(out, "  %s: %s\n", k->name, k->type == SLG_KEY_TERM ? cfg->term->name : k->standard);
    }
    if (out)
        fclose(out);
    return text;
}

slg_status slg_parse_tree(const char *name, const char *text, size_t n, slg_yaml **tree, slg_error *err)
{
    slg_status st = slg_yaml_parse(name, text, n, tree, err);
    return st == SLG_OK && (*tree)->n_twin > 0 ? SLG_ERR_CONFIG : st;
}

static slg_status load_defaults(slg_config *cfg, slg_error *err)
{
    char *text = default_text(cfg);
    slg_yaml *tree = NULL;
    if (!text)
        return slg_fail_nomem(err, "configuration");
    slg_status st = slg_parse_tree("defaults", text, strlen(text), &tree, err);
    if (st == SLG_OK) {
        const slg_layer layer = {"defaults", tree, SLG_FROM_DEFAULT, false};
        slg_reading r = {.cfg = cfg, .err = err, .n_layer = 1, .layer = &layer};
        slg_load_layer(&r, &layer);
        st = r.st;
    }
    slg_yaml_free(&tree);
    free(text);
    return st;
}

static size_t first_slot(const slg_config *cfg, const slg_optimiser_kind *kind)
{
    size_t first = 0;
    while (cfg->slot[first].param != kind->param)
        first++;
    return first;
}

void slg_settle(slg_config *cfg)
{
    const slg_optimiser_kind *kind = cfg->optimiser;
    double setting[SLG_MAX_HP];
    bool given[SLG_MAX_HP];
    if (!kind->settle)
        return;
    slg_slot *slot = cfg->slot + first_slot(cfg, kind);
    for (size_t i = 0; i < kind->n_param; i++) {
        setting[i] = slot[i].entry.tied.value;
        given[i] = slot[i].origin != SLG_FROM_DEFAULT;
    }
    kind->settle(setting, given);
    for (size_t i = 0; i < kind->n_param; i++)
        slot[i].entry.tied = (slg_hp_spec){.kind = SLG_HP_FIXED, .value = setting[i]};
}

slg_status slg_load_defaults(const slg_term *term, slg_config **out, slg_error *err)
{
    slg_config *cfg = slg_calloc(1, sizeof *cfg);
    *out = cfg;
    if (!cfg)
        return slg_fail_nomem(err, "configuration");
    slg_status st = slg_keys_make(cfg, term, err);
    if (st == SLG_OK)
        st = load_defaults(cfg, err);
    if (st == SLG_OK)
        slg_settle(cfg);
    else
        slg_config_free(out);
    return st;
}

slg_status slg_config_default(slg_config **out, slg_error *err)
{
    return slg_load_defaults(slg_terms[0], out, err);
}
