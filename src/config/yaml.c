#include "src/config/yaml.h"
#include "runtime/base/alloc.h"
#include "runtime/base/utf8.h"

#include <libfyaml.h>
#include <string.h>

typedef struct reader {
    struct fy_parser *parser;
    struct fy_diag *diag;
    const char *name;
    slg_error *err;
    size_t n_node, n_twin;
} reader;

static slg_mark place_of(struct fy_event *e)
{
    const struct fy_mark *m = fy_event_start_mark(e);
    slg_mark p = {1, 1};
    if (m)
        p = (slg_mark){m->line + 1, m->column + 1};
    return p;
}

static slg_status fail(const reader *r, slg_mark at, const char *what)
{
    return slg_fail(r->err, SLG_ERR_CONFIG, "%s:%d:%d: %s", r->name, at.line, at.column, what);
}

/* The parser's own message; it may have several, the first one is the cause. */
static slg_status fail_syntax(const reader *r)
{
    void *it = NULL;
    const struct fy_diag_error *e = fy_diag_errors_iterate(r->diag, &it);
    if (!e)
        return slg_fail(r->err, SLG_ERR_CONFIG, "%s:1:1: this is not YAML", r->name);
    return slg_fail(r->err, SLG_ERR_CONFIG, "%s:%d:%d: YAML syntax: %s", r->name, e->line > 0 ? e->line : 1,
                    e->column > 0 ? e->column : 1, e->msg ? e->msg : "cannot be read");
}

/* Next event that is not a frame of the stream; NULL at its end or when it is damaged. */
static struct fy_event *next_event(const reader *r)
{
    for (;;) {
        struct fy_event *e = fy_parser_parse(r->parser);
        if (!e || (e->type != FYET_STREAM_START && e->type != FYET_DOCUMENT_END && e->type != FYET_NONE))
            return e;
        fy_parser_event_free(r->parser, e);
    }
}

static slg_status copy_text(const reader *r, struct fy_event *e, slg_mark at, char **out)
{
    size_t n = 0;
    const char *s = fy_token_get_text(e->scalar.value, &n);
    if (!s)
        n = 0;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] < 32 || s[i] == 127)
            return fail(r, at, "a value contains a line break or another control character; write it in one line");
    *out = slg_strndup(s ? s : "", n);
    return *out ? SLG_OK : slg_fail_nomem(r->err, r->name);
}

static bool decorated(const struct fy_event *e)
{
    switch (e->type) {
    case FYET_SCALAR: return e->scalar.anchor || e->scalar.tag;
    case FYET_MAPPING_START: return e->mapping_start.anchor || e->mapping_start.tag;
    case FYET_SEQUENCE_START: return e->sequence_start.anchor || e->sequence_start.tag;
    default: return e->type == FYET_ALIAS;
    }
}

static slg_status build(reader *r, struct fy_event *e, int depth, slg_yaml **out);

static slg_status add_key(reader *r, const slg_yaml *map, struct fy_event *e, char **key, slg_mark *at)
{
    *at = place_of(e);
    if (decorated(e) || e->type != FYET_SCALAR)
        return fail(r, *at, "expected a key, found something else (anchors, aliases and tags are not supported)");
    slg_status st = copy_text(r, e, *at, key);
    if (st != SLG_OK)
        return st;
    const slg_yaml *twin = slg_yaml_get(map, *key);
    if (twin) {
        r->n_twin++;
        (void)slg_fail_also(r->err, SLG_ERR_CONFIG,
                            "%s:%d:%d: key '%.60s' is given twice, first in line %d; remove one", r->name, at->line,
                            at->column, *key, twin->key_at.line);
    }
    return SLG_OK;
}

/* One child of `parent` starting with event e (its key in a map). Consumes e. */
static slg_status build_child(reader *r, slg_yaml *parent, struct fy_event *e, int depth, slg_yaml **out)
{
    char *key = NULL;
    slg_mark key_at = {0, 0};
    slg_status st = SLG_OK;
    if (parent->kind == SLG_YAML_MAP) {
        st = add_key(r, parent, e, &key, &key_at);
        fy_parser_event_free(r->parser, e);
        e = st == SLG_OK ? next_event(r) : NULL;
        if (st == SLG_OK && !e)
            st = fail_syntax(r);
    }
    if (st == SLG_OK)
        st = build(r, e, depth, out);
    if (e)
        fy_parser_event_free(r->parser, e);
    if (st != SLG_OK) {
        slg_free(key);
        return st;
    }
    (*out)->key = key;
    (*out)->key_at = key_at;
    if (key && slg_yaml_is_null(*out) && (*out)->text[0] == '\0')
        (*out)->at = key_at; /* nothing has no place */
    return SLG_OK;
}

static slg_status build_children(reader *r, slg_yaml *parent, int depth)
{
    enum fy_event_type end = parent->kind == SLG_YAML_MAP ? FYET_MAPPING_END : FYET_SEQUENCE_END;
    slg_yaml **tail = &parent->first;
    for (;;) {
        struct fy_event *e = next_event(r);
        if (!e)
            return fail_syntax(r);
        if (e->type == end) {
            fy_parser_event_free(r->parser, e);
            return SLG_OK;
        }
        slg_status st = build_child(r, parent, e, depth + 1, tail);
        if (st != SLG_OK)
            return st;
        tail = &(*tail)->next;
        parent->n++;
    }
}

/* Builds the node that begins with e. Does not free e; children have their own events. */
static slg_status build(reader *r, struct fy_event *e, int depth, slg_yaml **out)
{
    slg_mark at = place_of(e);
    if (decorated(e))
        return fail(r, at,
                    "anchors, aliases and tags are not supported; write the value out, or between quotes if it begins "
                    "with * or &");
    if (depth > SLG_YAML_MAX_DEPTH || ++r->n_node > SLG_YAML_MAX_NODES)
        return fail(r, at, "the file is nested too deeply or has too many values for a study");
    if (e->type != FYET_SCALAR && e->type != FYET_MAPPING_START && e->type != FYET_SEQUENCE_START)
        return fail(r, at, "expected a value");
    slg_yaml *node = slg_calloc(1, sizeof *node);
    if (!node)
        return slg_fail_nomem(r->err, r->name);
    node->at = at;
    slg_status st;
    if (e->type == FYET_SCALAR) {
        node->plain = fy_token_scalar_style(e->scalar.value) == FYSS_PLAIN;
        st = copy_text(r, e, at, &node->text);
    } else {
        node->kind = e->type == FYET_MAPPING_START ? SLG_YAML_MAP : SLG_YAML_LIST;
        st = build_children(r, node, depth);
    }
    if (st != SLG_OK)
        slg_yaml_free(&node);
    *out = node;
    return st;
}

static slg_status build_document(reader *r, slg_yaml **out)
{
    for (;;) {
        struct fy_event *e = next_event(r);
        if (!e)
            return fy_parser_get_stream_error(r->parser) ? fail_syntax(r) : SLG_OK;
        slg_status st = SLG_OK;
        bool end = e->type == FYET_STREAM_END;
        if (e->type != FYET_DOCUMENT_START && !end)
            st = *out ? fail(r, place_of(e), "a second document begins; a study file holds one") : build(r, e, 0, out);
        fy_parser_event_free(r->parser, e);
        if (end || st != SLG_OK)
            return st;
    }
}

/* libfyaml takes such a byte outside of quotes, even in a comment, for the end of the text, without an error. */
static slg_status check_characters(const reader *r, const char *text, size_t n)
{
    slg_mark at = {1, 1};
    for (size_t i = 0, length; i < n; i += length) {
        length = slg_utf8_length(text + i, n - i);
        if (length == 0)
            return slg_fail(r->err, SLG_ERR_CONFIG,
                            "%s:%d:%d: expected UTF-8 text, found the byte 0x%02X; this is not a text file, or its "
                            "letters are in another encoding",
                            r->name, at.line, at.column, (unsigned char)text[i]);
        at = text[i] == '\n' ? (slg_mark){at.line + 1, 1} : (slg_mark){at.line, at.column + 1};
    }
    return SLG_OK;
}

static bool is_json(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && strcmp(dot, ".json") == 0;
}

static slg_status open_reader(reader *r, const char *text, size_t n)
{
    struct fy_diag_cfg diag_cfg;
    fy_diag_cfg_default(&diag_cfg);
    diag_cfg.fp = NULL;
    r->diag = fy_diag_create(&diag_cfg);
    if (!r->diag)
        return slg_fail_nomem(r->err, r->name);
    fy_diag_set_collect_errors(r->diag, true);
    struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | (is_json(r->name) ? FYPCF_JSON_FORCE : FYPCF_JSON_NONE),
                               .diag = r->diag};
    r->parser = fy_parser_create(&cfg);
    if (!r->parser || fy_parser_set_string(r->parser, text, n) != 0)
        return slg_fail_nomem(r->err, r->name);
    return SLG_OK;
}

slg_status slg_yaml_parse(const char *name, const char *text, size_t n, slg_yaml **out, slg_error *err)
{
    *out = NULL;
    reader r = {.name = name, .err = err};
    if (n > SLG_YAML_MAX_BYTES)
        return fail(&r, (slg_mark){1, 1}, "the file is larger than 1 MiB; this is not a study file");
    slg_status st = check_characters(&r, text, n);
    if (st == SLG_OK)
        st = open_reader(&r, text, n);
    if (st == SLG_OK)
        st = build_document(&r, out);
    if (r.parser)
        fy_parser_destroy(r.parser);
    fy_diag_destroy(r.diag);
    if (st == SLG_OK && (!*out || slg_yaml_is_null(*out))) {
        slg_yaml_free(out);
        *out = slg_calloc(1, sizeof **out);
        if (!*out)
            return slg_fail_nomem(err, name);
        (*out)->kind = SLG_YAML_MAP;
        (*out)->at = (slg_mark){1, 1};
    }
    if (st != SLG_OK)
        slg_yaml_free(out);
    else
        (*out)->n_twin = r.n_twin;
    return st;
}

void slg_yaml_free(slg_yaml **node)
{
    for (slg_yaml *p = *node; p;) {
        slg_yaml *next = p->next;
        slg_yaml_free(&p->first);
        slg_free(p->text);
        slg_free(p->key);
        slg_free(p);
        p = next;
    }
    *node = NULL;
}

const slg_yaml *slg_yaml_get(const slg_yaml *map, const char *key)
{
    if (!map || map->kind != SLG_YAML_MAP)
        return NULL;
    for (const slg_yaml *p = map->first; p; p = p->next)
        if (strcmp(p->key, key) == 0)
            return p;
    return NULL;
}

bool slg_yaml_is_null(const slg_yaml *node)
{
    return node->kind == SLG_YAML_SCALAR && node->plain &&
           (node->text[0] == '\0' || strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0);
}
