/* Study files: from the texts of all layers to slg_config. */
#include "runtime/base/alloc.h"
#include "runtime/base/lines.h"
#include "src/config/read.h"

#include <string.h>

const slg_term *slg_term_named(const slg_yaml *map)
{
    const slg_yaml *type = slg_yaml_get(map, "type");
    for (const slg_term *const *t = slg_terms; type && type->kind == SLG_YAML_SCALAR && *t; t++)
        if (strcmp((*t)->name, type->text) == 0)
            return *t;
    return NULL;
}

/* The term that the last layer asks for; what is no known name is reported when the key is read. */
static const slg_term *term_of(const slg_layer *layer, size_t n)
{
    for (size_t i = n; i-- > 0;) {
        const slg_term *term = slg_term_named(slg_yaml_get(layer[i].tree, "descriptor"));
        if (term)
            return term;
    }
    return slg_terms[0];
}

/*
 * A preset chooses its optimiser, or the one that its word names, unless the same layer or a later one names one under
 * `optimiser`.
 */
static void choose_by_preset(slg_reading *r, const slg_optimiser_kind *kind, const slg_param *preset,
                             const slg_layer *named)
{
    const slg_yaml *node = slg_read_find(r, SLG_SEC_SEARCH, preset->name);
    const slg_optimiser_kind *other = node ? slg_read_optimiser(preset, node) : NULL;
    if (node && (!named || r->at > named))
        r->cfg->optimiser = other ? other : kind;
    else if (other && r->at == named && other != r->cfg->optimiser)
        slg_read_fail(r, node->at, "%s: '%s' is another optimiser than '%s'; remove one of the two", preset->name,
                      node->text, r->cfg->optimiser->name);
}

static void choose_optimiser(slg_reading *r)
{
    const slg_layer *named = slg_read_find(r, SLG_SEC_SEARCH, "optimiser") ? r->at : NULL;
    for (const slg_optimiser_kind *const *o = slg_optimisers; *o; o++)
        for (const slg_param *p = (*o)->param; p < (*o)->param + (*o)->n_param; p++)
            if (p->flags & SLG_PARAM_PRESET)
                choose_by_preset(r, *o, p, named);
}

static slg_status load_layers(const slg_layer *layer, size_t n, const char *folder, slg_config **out, slg_error *err)
{
    slg_status st = slg_load_defaults(term_of(layer, n), out, err);
    if (st != SLG_OK)
        return st;
    slg_reading r = {.cfg = *out, .err = err, .n_layer = n, .layer = layer};
    bool maps = true;
    snprintf(r.cfg->folder, sizeof r.cfg->folder, "%s", folder);
    snprintf(r.cfg->file, sizeof r.cfg->file, "%s", slg_study_layer(&r)->name);
    for (size_t i = 0; i < n; i++) {
        slg_load_layer(&r, &layer[i]);
        maps = maps && layer[i].tree->kind == SLG_YAML_MAP;
    }
    choose_optimiser(&r);
    slg_settle(r.cfg);
    if (maps) {
        slg_check_required(&r);
        slg_config_check(&r);
    }
    if (r.st != SLG_OK)
        slg_config_free(out);
    return r.st;
}

/* Adds one message without what speaks of lines: "name:1:2: ", ", first in line 1". */
static void add_placeless(const char *name, const char *line, int n, slg_status status, slg_error *err)
{
    static const char first[] = ", first in line ";
    const size_t skip = strlen(name);
    const char *rest = line, *cut;
    if (strncmp(line, name, skip) == 0 && line[skip] == ':')
        rest += skip + strspn(line + skip, ":0123456789 ");
    n -= (int)(rest - line);
    cut = memmem(rest, (size_t)n, first, sizeof first - 1);
    const int head = cut ? (int)(cut - rest) : n;
    const char *tail = cut ? cut + sizeof first - 1 + strspn(cut + sizeof first - 1, "0123456789") : rest + n;
    (void)slg_fail_also(err, status, "%s: %.*s%.*s", name, head, rest, (int)(rest + n - tail), tail);
}

/* Options have no lines. */
static void strip_places(const char *name, const slg_error *with, slg_error *err)
{
    slg_line line;
    for (const char *text = with->text; slg_next_line(&text, &line);)
        add_placeless(name, line.p, line.n, with->status, err);
}

static slg_status parse_source(const slg_config_source *source, slg_layer *layer, slg_yaml **tree, slg_error *err)
{
    slg_error own;
    slg_error_clear(&own);
    slg_status st = slg_parse_tree(source->name, source->text, source->n, tree, source->option ? &own : err);
    if (st != SLG_OK && source->option)
        strip_places(source->name, &own, err);
    *layer = (slg_layer){source->name, *tree, source->origin, source->option};
    return st;
}

slg_status slg_config_assemble(const slg_config_source *source, size_t n, const char *folder, slg_config **out,
                               slg_error *err)
{
    slg_yaml *tree[SLG_MAX_SOURCE] = {NULL};
    slg_layer layer[SLG_MAX_SOURCE];
    slg_status st = SLG_OK;
    bool all = true;
    *out = NULL;
    if (n < 1 || n > SLG_MAX_SOURCE)
        return slg_fail(err, SLG_ERR_USAGE, "configuration: expected 1 to %d sources, found %zu", SLG_MAX_SOURCE, n);
    if (strlen(folder) >= SLG_PATH)
        return slg_fail(err, SLG_ERR_IO, "%.60s...: path is too long", folder);
    for (size_t i = 0; i < n && all; i++) {
        const slg_status one = parse_source(&source[i], &layer[i], &tree[i], err);
        st = st == SLG_OK ? one : st;
        all = tree[i] != NULL;
    }
    if (all) {
        const slg_status loaded = load_layers(layer, n, folder, out, err);
        st = st == SLG_OK ? loaded : st;
    }
    for (size_t i = 0; i < n; i++)
        slg_yaml_free(&tree[i]);
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
    const slg_config_source file = {.name = name, .text = text, .n = n, .origin = SLG_FROM_USER};
    return slg_config_assemble(&file, 1, folder, out, err);
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
    if (*cfg) {
        slg_keys_free(*cfg);
        slg_names_free(&(*cfg)->train);
        slg_names_free(&(*cfg)->validation);
        slg_names_free(&(*cfg)->test);
        slg_free((*cfg)->start);
    }
    slg_free(*cfg);
    *cfg = NULL;
}
