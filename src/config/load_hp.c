/* Files of hyper-parameters. */
#include "runtime/base/alloc.h"
#include "src/config/read.h"

#include <string.h>

/* below: the section that the key stands in, NULL = none. */
static void load_hp_key(slg_reading *r, const slg_yaml *map, const char *below, const slg_yaml *node)
{
    slg_section s = slg_key_find(r->cfg, SLG_SEC_DESCRIPTOR, node->key) ? SLG_SEC_DESCRIPTOR : SLG_SEC_FIT;
    const slg_key *key = slg_key_find(r->cfg, s, node->key);
    const char *section = s == SLG_SEC_DESCRIPTOR ? "descriptor" : "fit";
    if (key && below && strcmp(below, section) != 0) {
        slg_read_fail(r, node->key_at, "%s: '%s' belongs to the section '%s'; move it there", below, node->key,
                      section);
        return;
    }
    if (key) {
        if (!slg_given_before(r, s, map->first, node) && !(key->param && r->cfg->slot[key->slot].option))
            slg_read_key(r, key, node);
        return;
    }
    slg_nearest near = {"", 0};
    slg_offer_keys(r->cfg, &near, SLG_SEC_DESCRIPTOR, node->key);
    slg_offer_keys(r->cfg, &near, SLG_SEC_FIT, node->key);
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
            load_hp_key(r, map, NULL, p);
            continue;
        }
        for (const slg_yaml *q = p->first; q; q = q->next)
            if (slg_yaml_get(map, q->key))
                slg_read_fail(r, q->key_at, "'%s' is given twice; remove one of the two", q->key);
            else
                load_hp_key(r, p, p->key, q);
    }
}

static slg_status parse_hp(slg_config *cfg, const char *path, const char *text, size_t n, slg_error *err)
{
    slg_yaml *tree = NULL;
    slg_status st = slg_yaml_parse(path, text, n, &tree, err);
    if (st != SLG_OK)
        return st;
    const slg_layer layer = {path, tree, SLG_FROM_USER, false};
    slg_reading r = {.cfg = cfg, .err = err, .fixed_only = true, .n_layer = 1, .layer = &layer, .at = &layer};
    if (tree->n_twin > 0)
        r.st = SLG_ERR_CONFIG;
    if (tree->kind != SLG_YAML_MAP)
        slg_read_fail(&r, tree->at, "expected a map of hyper-parameters to values, found %s",
                      slg_read_found(tree).text);
    else
        load_hp_map(&r, tree);
    slg_yaml_free(&tree);
    return r.st;
}

static void free_slots(slg_slot *slot, size_t n)
{
    for (size_t i = 0; slot && i < n; i++)
        slg_free(slot[i].file);
    slg_free(slot);
}

/* Keeps the slots of cfg beside, to put them back after a failure; NULL when memory ran out. */
static slg_slot *copy_slots(const slg_config *cfg)
{
    slg_slot *copy = slg_calloc(cfg->n_slot, sizeof *copy);
    bool good = copy != NULL;
    for (size_t i = 0; good && i < cfg->n_slot; i++) {
        const char *file = cfg->slot[i].file;
        copy[i] = cfg->slot[i];
        copy[i].file = file ? slg_strndup(file, strlen(file)) : NULL;
        good = !file || copy[i].file;
    }
    if (good)
        return copy;
    free_slots(copy, cfg->n_slot);
    return NULL;
}

slg_status slg_config_load_hp(const char *path, slg_config *cfg, slg_error *err)
{
    char *text = NULL;
    size_t n;
    slg_config *before = slg_calloc(1, sizeof *before);
    slg_slot *slot = before ? copy_slots(cfg) : NULL;
    slg_status st = slot ? slg_file_read(path, &text, &n, err) : slg_fail_nomem(err, path);
    if (slot) {
        *before = *cfg;
        before->slot = slot;
    }
    if (st == SLG_OK)
        st = parse_hp(cfg, path, text, n, err);
    if (st != SLG_OK && slot) {
        free_slots(cfg->slot, cfg->n_slot);
        *cfg = *before;
    } else {
        free_slots(slot, cfg->n_slot);
    }
    slg_free(before);
    slg_free(text);
    return st;
}

/* The term that a file of hyper-parameters asks for, in any of its forms. What is wrong with it is said later. */
static const slg_term *term_of_file(const char *path, const char *text, size_t n)
{
    slg_yaml *tree = NULL;
    slg_error unsaid;
    slg_error_clear(&unsaid);
    const slg_term *term = slg_terms[0];
    if (slg_yaml_parse(path, text, n, &tree, &unsaid) != SLG_OK)
        return term;
    const slg_yaml *const map[] = {tree, slg_yaml_get(tree, "hp"), slg_yaml_get(tree, "descriptor")};
    for (int i = 0; i < 3; i++)
        if (slg_term_named(map[i]))
            term = slg_term_named(map[i]);
    slg_yaml_free(&tree);
    return term;
}

slg_status slg_config_read_hp(const char *path, slg_config **out, slg_error *err)
{
    char *text = NULL;
    size_t n;
    *out = NULL;
    slg_status st = slg_file_read(path, &text, &n, err);
    if (st == SLG_OK)
        st = slg_load_defaults(term_of_file(path, text, n), out, err);
    if (st == SLG_OK)
        slg_settle_unjudged(*out);
    if (st == SLG_OK)
        st = parse_hp(*out, path, text, n, err);
    const char *slash = strrchr(path, '/');
    if (st == SLG_OK)
        snprintf((*out)->folder, sizeof(*out)->folder, "%.*s", slash ? (int)(slash - path) + (slash == path) : 0, path);
    else
        slg_config_free(out);
    slg_free(text);
    return st;
}
