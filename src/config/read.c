#include "src/config/read.h"
#include "runtime/base/number.h"
#include "runtime/base/alloc.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void slg_read_fail(slg_reading *r, slg_mark at, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    slg_status st = r->at->option
                        ? slg_fail_also(r->err, SLG_ERR_CONFIG, "%s: %s", r->at->name, text)
                        : slg_fail_also(r->err, SLG_ERR_CONFIG, "%s:%d:%d: %s", r->at->name, at.line, at.column, text);
    if (r->st == SLG_OK)
        r->st = st;
}

const slg_yaml *slg_read_find(slg_reading *r, slg_section s, const char *name)
{
    const slg_key *key = slg_key_find(r->cfg, s, name);
    for (size_t i = r->n_layer; i-- > 0;) {
        const slg_yaml *map = slg_yaml_get(r->layer[i].tree, slg_section_name(s));
        for (const slg_yaml *p = map && map->kind == SLG_YAML_MAP ? map->first : NULL; p; p = p->next)
            if (slg_key_find(r->cfg, s, p->key) == key) {
                r->at = &r->layer[i];
                return p;
            }
    }
    return NULL;
}

slg_found slg_read_found(const slg_yaml *node)
{
    slg_found f;
    if (node->kind != SLG_YAML_SCALAR)
        snprintf(f.text, sizeof f.text, "%s", node->kind == SLG_YAML_MAP ? "a map" : "a list");
    else if (slg_yaml_is_null(node))
        snprintf(f.text, sizeof f.text, "nothing");
    else
        snprintf(f.text, sizeof f.text, "%s'%.40s'%s", node->plain ? "" : "the text ", node->text,
                 strlen(node->text) > 40 ? "..." : "");
    return f;
}

/* Levenshtein distance; names longer than 47 characters are never near. */
static size_t distance(const char *a, const char *b)
{
    enum { LONGEST = 48 };
    size_t na = strlen(a), nb = strlen(b), row[LONGEST];
    if (na >= LONGEST || nb >= LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            best = row[j] + 1 < best ? row[j] + 1 : best;
            row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
        }
    }
    return row[nb];
}

void slg_nearest_offer(slg_nearest *n, const char *wanted, const char *candidate)
{
    size_t d = distance(wanted, candidate), longest = 1 + strlen(wanted) / 3;
    if (d > longest || (n->name[0] && d >= n->distance))
        return;
    snprintf(n->name, sizeof n->name, "%s", candidate);
    n->distance = d;
}

slg_found slg_nearest_text(const slg_nearest *n)
{
    slg_found f = {""};
    if (n->name[0])
        snprintf(f.text, sizeof f.text, "; did you mean '%.40s'?", n->name);
    return f;
}

bool slg_read_number(const slg_yaml *node, double *value)
{
    if (node->kind != SLG_YAML_SCALAR || !node->plain || node->text[0] == '\0' ||
        node->text[strspn(node->text, "0123456789+-.eE")] != '\0')
        return false;
    char *end;
    double v = strtod(node->text, &end);
    if (*end != '\0' || !isfinite(v))
        return false;
    *value = v + 0.0; /* -0 becomes 0 */
    return true;
}

bool slg_read_text(slg_reading *r, const char *key, const slg_yaml *node, char *out, size_t size)
{
    if (node->kind != SLG_YAML_SCALAR || slg_yaml_is_null(node) || node->text[0] == '\0') {
        slg_read_fail(r, node->at, "%s: expected a text, found %s", key, slg_read_found(node).text);
        return false;
    }
    if (strlen(node->text) >= size) {
        slg_read_fail(r, node->at, "%s: expected at most %zu characters, found %zu", key, size - 1, strlen(node->text));
        return false;
    }
    memset(out, 0, size);
    memcpy(out, node->text, strlen(node->text));
    return true;
}

static void join_words(const char *words, char *out, size_t size)
{
    char word[32];
    out[0] = '\0';
    for (int k = 0; slg_word_at(words, k, word, sizeof word); k++) {
        size_t used = strlen(out);
        snprintf(out + used, size - used, "%s%s", k > 0 ? ", " : "", word);
    }
}

int slg_read_word(slg_reading *r, const char *key, const slg_yaml *node, const char *words)
{
    int k = node->kind == SLG_YAML_SCALAR ? slg_word_index(words, node->text) : -1;
    if (k >= 0)
        return k;
    slg_nearest near = {"", 0};
    char word[32], all[256];
    for (int i = 0; node->kind == SLG_YAML_SCALAR && slg_word_at(words, i, word, sizeof word); i++)
        slg_nearest_offer(&near, node->text, word);
    join_words(words, all, sizeof all);
    slg_read_fail(r, node->at, "%s: expected one of %s, found %s%s", key, all, slg_read_found(node).text,
                  slg_nearest_text(&near).text);
    return -1;
}

bool slg_read_real(slg_reading *r, const char *key, const slg_yaml *node, double lo, double hi, const char *unit,
                   double *value)
{
    double v;
    if (slg_read_number(node, &v) && v >= lo && v <= hi) {
        *value = v;
        return true;
    }
    slg_read_fail(r, node->at, "%s: expected a number from %.10g to %.10g%s%s, found %s", key, lo, hi,
                  unit[0] ? " " : "", unit, slg_read_found(node).text);
    return false;
}

static void read_int(slg_reading *r, const slg_key *key, const slg_yaml *node, int32_t *out)
{
    double v;
    if (slg_read_number(node, &v) && v >= key->lo && v <= key->hi && v == floor(v))
        *out = (int32_t)v;
    else
        slg_read_fail(r, node->at, "%s: expected an integer from %.0f to %.0f, found %s", key->name, key->lo, key->hi,
                      slg_read_found(node).text);
}

static void read_seed(slg_reading *r, const slg_key *key, const slg_yaml *node, uint64_t *out)
{
    bool digits = node->kind == SLG_YAML_SCALAR && node->plain && node->text[0] != '\0' &&
                  node->text[strspn(node->text, "0123456789")] == '\0';
    errno = 0;
    unsigned long long v = digits ? strtoull(node->text, NULL, 10) : 0;
    if (digits && errno == 0)
        *out = (uint64_t)v;
    else
        slg_read_fail(r, node->at, "%s: expected an integer from 0 to 18446744073709551615, found %s", key->name,
                      slg_read_found(node).text);
}

static void read_bool(slg_reading *r, const slg_key *key, const slg_yaml *node, bool *out)
{
    bool plain = node->kind == SLG_YAML_SCALAR && node->plain;
    if (plain && (strcmp(node->text, "true") == 0 || strcmp(node->text, "false") == 0))
        *out = node->text[0] == 't';
    else
        slg_read_fail(r, node->at, "%s: expected true or false, found %s", key->name, slg_read_found(node).text);
}

static void read_time(slg_reading *r, const slg_key *key, const slg_yaml *node, double *out)
{
    double v;
    bool scalar = node->kind == SLG_YAML_SCALAR;
    if (scalar && strcmp(node->text, "none") == 0)
        *out = 0;
    else if ((slg_read_number(node, &v) || (scalar && slg_duration_parse(node->text, &v))) && v > 0 && v <= key->hi)
        *out = v;
    else
        slg_read_fail(r, node->at,
                      "%s: expected none, or a time above 0 and up to 1e9 s such as 90, 90s or 23h30m, found %s",
                      key->name, slg_read_found(node).text);
}

static void read_option(slg_reading *r, const slg_key *key, const slg_yaml *node, char *out)
{
    bool none = node->kind == SLG_YAML_SCALAR &&
                (slg_yaml_is_null(node) || node->text[0] == '\0' || strcmp(node->text, "none") == 0);
    if (none)
        memset(out, 0, key->size);
    else
        (void)slg_read_text(r, key->name, node, out, key->size);
}

/* --- contributed parameters ----------------------------------------------------------------------------------- */

static bool read_flag(slg_reading *r, const slg_key *key, const slg_yaml *node, double *out)
{
    bool flag = *out > 0;
    read_bool(r, key, node, &flag);
    *out = flag;
    return true;
}

static bool read_file_name(slg_reading *r, const slg_key *key, const slg_yaml *node, slg_slot *slot)
{
    char name[SLG_PATH] = "";
    const slg_key option = {.name = key->name, .size = sizeof name};
    read_option(r, &option, node, name);
    slg_free(slot->file);
    slot->file = name[0] ? slg_strndup(name, strlen(name)) : NULL;
    if (name[0] && !slot->file && r->st == SLG_OK)
        r->st = slg_fail_nomem(r->err, key->name);
    slot->entry.tied = (slg_hp_spec){.kind = SLG_HP_FIXED, .value = slot->file != NULL};
    return true;
}

const slg_optimiser_kind *slg_read_optimiser(const slg_param *preset, const slg_yaml *node)
{
    if (!(preset->flags & SLG_PARAM_PRESET) || node->kind != SLG_YAML_SCALAR)
        return NULL;
    for (const slg_optimiser_kind *const *o = slg_optimisers; *o; o++)
        if (strcmp((*o)->name, node->text) == 0 && (*o)->param != preset)
            return *o;
    return NULL;
}

static bool read_setting_word(slg_reading *r, const slg_key *key, const slg_yaml *node, double *out)
{
    if (slg_read_optimiser(key->param, node)) /* see assemble.c */
        return false;
    const int k = slg_read_word(r, key->name, node, key->words);
    if (k >= 0)
        *out = k;
    return k >= 0;
}

static bool read_whole(slg_reading *r, const slg_key *key, const slg_yaml *node, double *out)
{
    int32_t value = INT32_MIN;
    read_int(r, key, node, &value);
    if (value == INT32_MIN)
        return false;
    *out = value;
    return true;
}

static void read_param(slg_reading *r, const slg_key *key, const slg_yaml *node)
{
    slg_slot *slot = &r->cfg->slot[key->slot];
    double value = slot->entry.tied.value;
    bool good = true;
    slot->option = r->at->option;
    if (slg_key_is_hp(key)) {
        slg_read_hp(r, key->param, node, r->fixed_only, &slot->entry);
        slot->origin = r->at->origin;
        return;
    }
    switch (key->param->kind) {
    case SLG_PARAM_WORD: good = read_setting_word(r, key, node, &value); break;
    case SLG_PARAM_FLAG: good = read_flag(r, key, node, &value); break;
    case SLG_PARAM_FILE: value = read_file_name(r, key, node, slot) && slot->file; break;
    case SLG_PARAM_REAL: good = slg_read_real(r, key->name, node, key->lo, key->hi, key->unit, &value); break;
    case SLG_PARAM_INT: good = read_whole(r, key, node, &value); break;
    }
    if (!good)
        return;
    slot->entry = (slg_hp_entry){.tied = {.kind = SLG_HP_FIXED, .value = value}};
    slot->origin = r->at->origin;
}

/* --- registered kinds ----------------------------------------------------------------------------------------- */

static const slg_objective *find_objective(const char *name)
{
    const slg_objective *const *o = slg_objectives;
    while (*o && strcmp((*o)->name, name) != 0)
        o++;
    return *o;
}

static void read_choice(slg_reading *r, const slg_key *key, const slg_yaml *node)
{
    const int k = slg_read_word(r, key->name, node, key->words);
    if (k < 0)
        return;
    switch (key->type) {
    case SLG_KEY_TERM: /* the list of keys was made for it */
        if (r->cfg->term != slg_terms[k])
            slg_read_fail(r, node->at, "type: expected %s as in the study, found %s", r->cfg->term->name, node->text);
        break;
    case SLG_KEY_OBJECTIVE: r->cfg->objective = find_objective(node->text); break;
    case SLG_KEY_FIRST_OBJECTIVE: r->cfg->first_objective = find_objective(node->text); break;
    default: r->cfg->optimiser = slg_optimisers[k];
    }
}

void slg_read_key(slg_reading *r, const slg_key *key, const slg_yaml *node)
{
    void *out = (char *)r->cfg + key->offset;
    switch (key->type) {
    case SLG_KEY_TEXT: (void)slg_read_text(r, key->name, node, out, key->size); break;
    case SLG_KEY_FILES: slg_read_files(r, key->name, key->lo < 1, node, out); break;
    case SLG_KEY_OPTION: read_option(r, key, node, out); break;
    case SLG_KEY_BOOL: read_bool(r, key, node, out); break;
    case SLG_KEY_INT: read_int(r, key, node, out); break;
    case SLG_KEY_SEED: read_seed(r, key, node, out); break;
    case SLG_KEY_REAL: (void)slg_read_real(r, key->name, node, key->lo, key->hi, key->unit, out); break;
    case SLG_KEY_TIME: read_time(r, key, node, out); break;
    case SLG_KEY_PARAM: read_param(r, key, node); break;
    case SLG_KEY_TERM:
    case SLG_KEY_OBJECTIVE:
    case SLG_KEY_FIRST_OBJECTIVE:
    case SLG_KEY_OPTIMISER: read_choice(r, key, node); break;
    default: slg_read_special(r, key, node);
    }
}
