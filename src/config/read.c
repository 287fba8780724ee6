#include "src/config/read.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void slg_read_fail(slg_reading *r, slg_place at, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    slg_status st = slg_fail_also(r->err, SLG_ERR_CONFIG, "%s:%d:%d: %s", r->name, at.line, at.column, text);
    if (r->st == SLG_OK)
        r->st = st;
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

/* "1d2h30m10s": each unit at most once, larger ones first. */
static bool parse_duration(const char *s, double *seconds)
{
    static const char units[] = "dhms";
    static const double length[] = {86400, 3600, 60, 1};
    double sum = 0;
    int next = 0;
    while (*s) {
        char *end;
        if (!isdigit((unsigned char)*s) || strspn(s, "0123456789") > 9)
            return false;
        long v = strtol(s, &end, 10);
        const char *u = *end ? strchr(units + next, *end) : NULL;
        if (!u)
            return false;
        next = (int)(u - units) + 1;
        sum += (double)v * length[u - units];
        s = end + 1;
    }
    *seconds = sum;
    return next > 0;
}

static void read_time(slg_reading *r, const slg_key *key, const slg_yaml *node, double *out)
{
    double v;
    bool scalar = node->kind == SLG_YAML_SCALAR;
    if (scalar && strcmp(node->text, "none") == 0)
        *out = 0;
    else if ((slg_read_number(node, &v) || (scalar && parse_duration(node->text, &v))) && v >= 0 && v <= key->hi)
        *out = v;
    else
        slg_read_fail(r, node->at, "%s: expected none, seconds, or a time such as 23h30m or 90s, found %s", key->name,
                      slg_read_found(node).text);
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

static void read_enum(slg_reading *r, const slg_key *key, const slg_yaml *node, void *out)
{
    int k = slg_read_word(r, key->name, node, key->words);
    unsigned value = (unsigned)key->lo + (unsigned)k;
    _Static_assert(sizeof value == sizeof(slg_objective), "enums are as large as unsigned");
    if (k >= 0)
        memcpy(out, &value, sizeof value);
}

static void read_chosen_word(slg_reading *r, const slg_key *key, const slg_yaml *node, char *out)
{
    int k = slg_read_word(r, key->name, node, key->words);
    if (k < 0)
        return;
    memset(out, 0, key->size);
    (void)slg_word_at(key->words, k, out, key->size);
}

void slg_read_key(slg_reading *r, const slg_key *key, const slg_yaml *node)
{
    void *out = (char *)r->cfg + key->offset;
    switch (key->type) {
    case SLG_KEY_TEXT: (void)slg_read_text(r, key->name, node, out, key->size); break;
    case SLG_KEY_OPTION: read_option(r, key, node, out); break;
    case SLG_KEY_WORD: read_chosen_word(r, key, node, out); break;
    case SLG_KEY_ENUM: read_enum(r, key, node, out); break;
    case SLG_KEY_BOOL: read_bool(r, key, node, out); break;
    case SLG_KEY_INT: read_int(r, key, node, out); break;
    case SLG_KEY_SEED: read_seed(r, key, node, out); break;
    case SLG_KEY_REAL: (void)slg_read_real(r, key->name, node, key->lo, key->hi, key->unit, out); break;
    case SLG_KEY_TIME: read_time(r, key, node, out); break;
    case SLG_KEY_HP: slg_read_hp(r, slg_key_hp(key), node, r->fixed_only, out); break;
    default: slg_read_special(r, key, node);
    }
}
