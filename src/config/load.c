/* Study files and --hp files: from text to slg_config. */
#include "src/config/read.h"
#include "runtime/base/alloc.h"

#include <math.h>
#include <string.h>

static void offer_section_keys(slg_nearest *near, slg_section s, const char *wanted)
{
    for (const slg_key *k = slg_keys; k < slg_keys + slg_n_keys; k++)
        if (k->section == s)
            slg_nearest_offer(near, wanted, k->name);
}

static void unknown_key(slg_reading *r, slg_section s, const slg_yaml *node)
{
    for (int other = 0; other < SLG_N_SECTION; other++)
        if (slg_key_find((slg_section)other, node->key)) {
            slg_read_fail(r, node->key_at, "%s: '%s' belongs to the section '%s'; move it there", slg_section_name(s),
                          node->key, slg_section_name((slg_section)other));
            return;
        }
    slg_nearest near = {"", 0};
    offer_section_keys(&near, s, node->key);
    slg_read_fail(r, node->key_at, "%s: unknown key '%.40s'%s", slg_section_name(s), node->key,
                  slg_nearest_text(&near).text);
}

static bool required(const slg_key *k)
{
    return k->type == SLG_KEY_HP ? isnan(slg_hp_info_of(slg_key_hp(k))->standard) : k->standard == NULL;
}

/* True when an earlier sibling has the same key under its other name; the same name is found by the parser. */
static bool given_before(slg_reading *r, slg_section s, const slg_yaml *first, const slg_yaml *node)
{
    const slg_key *key = slg_key_find(s, node->key);
    for (const slg_yaml *p = first; p != node; p = p->next)
        if (slg_key_find(s, p->key) == key && strcmp(p->key, node->key) != 0) {
            slg_read_fail(r, node->key_at, "%s: '%s' is another name of '%s' in line %d; remove one",
                          slg_section_name(s), node->key, p->key, p->key_at.line);
            return true;
        }
    return false;
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
    /* The preset comes first, whatever the order: the other keys of the rule override it. */
    const slg_yaml *preset = s == SLG_SEC_SEARCH ? slg_yaml_get(node, "swarm") : NULL;
    if (preset)
        slg_read_key(r, slg_key_find(s, "swarm"), preset);
    for (const slg_yaml *p = node->first; p; p = p->next) {
        const slg_key *key = slg_key_find(s, p->key);
        if (!key)
            unknown_key(r, s, p);
        else if (key->type != SLG_KEY_SWARM && !given_before(r, s, node->first, p))
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

static void unknown_section(slg_reading *r, const slg_yaml *node)
{
    slg_nearest near = {"", 0};
    for (int s = 0; s < SLG_N_SECTION; s++) {
        if (slg_key_find((slg_section)s, node->key)) {
            slg_read_fail(r, node->key_at, "'%s' belongs to the section '%s'; move it there", node->key,
                          slg_section_name((slg_section)s));
            return;
        }
        slg_nearest_offer(&near, node->key, slg_section_name((slg_section)s));
    }
    slg_read_fail(r, node->key_at, "unknown section '%.40s'%s", node->key, slg_nearest_text(&near).text);
}

static void load_tree(slg_reading *r, const slg_yaml *tree)
{
    if (tree->kind != SLG_YAML_MAP) {
        slg_read_fail(r, tree->at,
                      "expected the sections data, descriptor, fit, objective, search, run, trace, found %s",
                      slg_read_found(tree).text);
        return;
    }
    for (const slg_yaml *p = tree->first; p; p = p->next) {
        int s = find_section(p->key);
        if (s < 0)
            unknown_section(r, p);
        else
            load_section(r, (slg_section)s, p);
    }
}

static bool is_given(const slg_yaml *section, const slg_key *key)
{
    for (const slg_yaml *p = section && section->kind == SLG_YAML_MAP ? section->first : NULL; p; p = p->next)
        if (slg_key_find(key->section, p->key) == key)
            return true;
    return false;
}

/* A key in a wrong section has been reported as such and is not missing as well. */
static bool is_misplaced(const slg_yaml *tree, const slg_key *key)
{
    bool found = slg_yaml_get(tree, key->name) != NULL;
    for (int s = 0; s < SLG_N_SECTION; s++)
        found = found || slg_yaml_get(slg_yaml_get(tree, slg_section_name((slg_section)s)), key->name);
    return found;
}

static void check_required(slg_reading *r, const slg_yaml *tree)
{
    for (const slg_key *k = slg_keys; k < slg_keys + slg_n_keys; k++) {
        const slg_yaml *section = slg_yaml_get(tree, slg_section_name(k->section));
        if (required(k) && !is_given(section, k) && !is_misplaced(tree, k))
            slg_read_fail(r, section ? section->key_at : tree->at, "missing key '%s' of the section '%s': %s", k->name,
                          slg_section_name(k->section), k->text);
    }
}

/* The defaults as a study file, so that they take the same way as the user's values. */
static void default_text(char *out, size_t size)
{
    size_t used = 0;
    for (int s = 0; s < SLG_N_SECTION; s++) {
        used += (size_t)snprintf(out + used, size - used, "%s:\n", slg_section_name((slg_section)s));
        for (const slg_key *k = slg_keys; k < slg_keys + slg_n_keys; k++)
            if (k->section == (slg_section)s && k->standard && strcmp(k->standard, "preset") != 0)
                used += (size_t)snprintf(out + used, size - used, "  %s: %s\n", k->name, k->standard);
    }
    SLG_ASSERT(used < size);
}

static slg_status parse_into(slg_reading *r, const char *text, size_t n, slg_yaml **tree)
{
    slg_status st = slg_yaml_parse(r->name, text, n, tree, r->err);
    if (st == SLG_OK && (*tree)->n_twin > 0)
        r->st = SLG_ERR_CONFIG;
    return st;
}

slg_status slg_config_default(slg_config **out, slg_error *err)
{
    char text[4096];
    slg_config *cfg = slg_calloc(1, sizeof *cfg);
    *out = cfg;
    if (!cfg)
        return slg_fail_nomem(err, "configuration");
    for (int id = 0; id < SLG_N_HP; id++) {
        double v = slg_hp_info_of((slg_hp_id)id)->standard;
        if (!isnan(v))
            cfg->hp[id].tied = (slg_hp_spec){.kind = SLG_HP_FIXED, .value = v};
    }
    default_text(text, sizeof text);
    slg_reading r = {.cfg = cfg, .name = "defaults", .err = err};
    slg_yaml *tree;
    slg_status st = parse_into(&r, text, strlen(text), &tree);
    if (st == SLG_OK) {
        load_tree(&r, tree);
        st = r.st;
    }
    slg_yaml_free(&tree);
    if (st != SLG_OK)
        slg_config_free(out);
    return st;
}

slg_status slg_config_parse(const char *name, const char *text, size_t n, const char *folder, slg_config **out,
                            slg_error *err)
{
    *out = NULL;
    if (strlen(name) >= SLG_PATH || strlen(folder) >= SLG_PATH)
        return slg_fail(err, SLG_ERR_IO, "%.60s...: path is too long", name);
    slg_yaml *tree = NULL;
    slg_reading r = {.name = name, .err = err};
    slg_status st = slg_config_default(out, err);
    if (st == SLG_OK)
        st = parse_into(&r, text, n, &tree);
    if (st == SLG_OK) {
        r.cfg = *out;
        memcpy(r.cfg->file, name, strlen(name));
        memcpy(r.cfg->folder, folder, strlen(folder));
        load_tree(&r, tree);
        if (tree->kind == SLG_YAML_MAP) {
            check_required(&r, tree);
            slg_config_check(&r, tree);
        }
        st = r.st;
    }
    slg_yaml_free(&tree);
    if (st != SLG_OK)
        slg_config_free(out);
    return st;
}

slg_status slg_config_load(const char *path, slg_config **out, slg_error *err)
{
    char *text = NULL, folder[SLG_PATH];
    size_t n;
    *out = NULL;
    slg_status st = slg_file_read(path, &text, &n, err);
    if (st != SLG_OK)
        return st;
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + (slash == path) : 0, path);
    st = slg_config_parse(path, text, n, folder, out, err);
    slg_free(text);
    return st;
}

void slg_config_free(slg_config **cfg)
{
    if (*cfg)
        slg_free((*cfg)->start);
    slg_free(*cfg);
    *cfg = NULL;
}

static void load_hp_key(slg_reading *r, const slg_yaml *map, const slg_yaml *node)
{
    slg_section s = slg_key_find(SLG_SEC_DESCRIPTOR, node->key) ? SLG_SEC_DESCRIPTOR : SLG_SEC_FIT;
    const slg_key *key = slg_key_find(s, node->key);
    if (key) {
        if (!given_before(r, s, map->first, node))
            slg_read_key(r, key, node);
        return;
    }
    slg_nearest near = {"", 0};
    offer_section_keys(&near, SLG_SEC_DESCRIPTOR, node->key);
    offer_section_keys(&near, SLG_SEC_FIT, node->key);
    slg_read_fail(r, node->key_at, "unknown hyper-parameter '%.40s'%s", node->key, slg_nearest_text(&near).text);
}

/* HPs stand alone, below the sections of a study file, or below `hp` (the output of `best --json`). */
static void load_hp_map(slg_reading *r, const slg_yaml *map)
{
    const slg_yaml *result = slg_yaml_get(map, "hp");
    if (result && result->kind == SLG_YAML_MAP)
        map = result;
    for (const slg_yaml *p = map->first; p; p = p->next) {
        bool section = strcmp(p->key, "descriptor") == 0 || strcmp(p->key, "fit") == 0;
        if (!section || p->kind != SLG_YAML_MAP) {
            load_hp_key(r, map, p);
            continue;
        }
        for (const slg_yaml *q = p->first; q; q = q->next)
            load_hp_key(r, p, q);
    }
}

static slg_status parse_hp(slg_reading *r, const char *text, size_t n)
{
    slg_yaml *tree;
    slg_status st = parse_into(r, text, n, &tree);
    if (st != SLG_OK)
        return st;
    if (tree->kind != SLG_YAML_MAP)
        slg_read_fail(r, tree->at, "expected a map of hyper-parameters to values, found %s", slg_read_found(tree).text);
    else
        load_hp_map(r, tree);
    slg_yaml_free(&tree);
    return r->st;
}

slg_status slg_config_load_hp(const char *path, slg_config *cfg, slg_error *err)
{
    char *text = NULL;
    size_t n;
    slg_config *copy = slg_calloc(1, sizeof *copy);
    if (!copy)
        return slg_fail_nomem(err, path);
    slg_status st = slg_file_read(path, &text, &n, err);
    if (st == SLG_OK) {
        memcpy(copy, cfg, sizeof *copy);
        slg_reading r = {.cfg = copy, .name = path, .err = err, .fixed_only = true};
        st = parse_hp(&r, text, n);
    }
    if (st == SLG_OK)
        memcpy(cfg, copy, sizeof *copy);
    slg_free(copy);
    slg_free(text);
    return st;
}
