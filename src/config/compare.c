/* Differences of two effective configurations. */
#include "src/config/keys.h"

#include <string.h>

/* One "  key: value" line of an effective configuration with its section. */
typedef struct line {
    const char *section, *key, *value; /* not terminated */
    int n_section, n_key, n_value;
} line;

/* Advances *text over one line; false at the end. A section's own line has no key. */
static bool next_line(const char **text, line *l)
{
    const char *s = *text;
    if (!*s)
        return false;
    const char *end = s + strcspn(s, "\n");
    *text = *end ? end + 1 : end;
    const char *name = s + strspn(s, " ");
    const char *colon = memchr(name, ':', (size_t)(end - name));
    const char *stop = colon ? colon : end;
    l->n_key = 0;
    if (name == s) {
        l->section = name;
        l->n_section = (int)(stop - name);
        return true;
    }
    l->key = name;
    l->n_key = (int)(stop - name);
    l->value = colon ? colon + 1 : end;
    while (l->value < end && *l->value == ' ')
        l->value++;
    l->n_value = (int)(end - l->value);
    return true;
}

static bool same(const char *a, int na, const char *b, int nb)
{
    return na == nb && memcmp(a, b, (size_t)na) == 0;
}

static bool lookup(const char *text, const line *wanted, line *found)
{
    *found = (line){.section = "", .key = "", .value = ""};
    while (next_line(&text, found))
        if (found->n_key > 0 && same(found->section, found->n_section, wanted->section, wanted->n_section) &&
            same(found->key, found->n_key, wanted->key, wanted->n_key))
            return true;
    return false;
}

/* What is wrong with a difference; NULL when nothing is. */
static const char *judge(const line *l, const line *was, const line *is, slg_judge *judged_by, void *arg)
{
    slg_difference d = {.was = was ? was->value : "",
                        .is = is ? is->value : "",
                        .n_was = was ? (size_t)was->n_value : 0,
                        .n_is = is ? (size_t)is->n_value : 0};
    snprintf(d.section, sizeof d.section, "%.*s", l->n_section, l->section);
    snprintf(d.key, sizeof d.key, "%.*s", l->n_key, l->key);
    return judged_by ? judged_by(arg, &d) : "";
}

/* --- values that are too long to be shown ----------------------------------------------------------------------- */

typedef struct span {
    const char *p; /* not terminated */
    int n;
} span;

/* The entry of a list or map that begins at p, up to its comma or the closing bracket. */
static span entry_at(const char *p, const char *end)
{
    const char *s = p;
    for (int depth = 0; s < end; s++) {
        if (*s == '[' || *s == '{')
            depth++;
        else if (depth == 0 && strchr(",]}", *s))
            break;
        else if (*s == ']' || *s == '}')
            depth--;
    }
    return (span){p, (int)(s - p)};
}

/* Narrows two lists or maps to the first of their entries that differ, n = 0 where there is none; its number from 1. */
static int narrow(span *was, span *is)
{
    const char *end_a = was->p + was->n, *end_b = is->p + is->n;
    span a = entry_at(was->p + 1, end_a), b = entry_at(is->p + 1, end_b);
    int number = 1;
    for (; a.n > 0 && same(a.p, a.n, b.p, b.n); number++) {
        const char *next_a = a.p + a.n, *next_b = b.p + b.n;
        a = *next_a == ',' ? entry_at(next_a + 2, end_a) : (span){next_a, 0};
        b = *next_b == ',' ? entry_at(next_b + 2, end_b) : (span){next_b, 0};
    }
    *was = a;
    *is = b;
    return number;
}

static bool same_key(span a, span b)
{
    const char *x = memchr(a.p, ':', (size_t)a.n), *y = memchr(b.p, ':', (size_t)b.n);
    return x && y && same(a.p, (int)(x - a.p), b.p, (int)(y - b.p));
}

/* Long lists are narrowed to the entry, and in it to the key, that differs. Returns its number, 0: all is shown. */
static int shorten(span *was, span *is)
{
    enum { SHORT = 60 };
    if ((was->n <= SHORT && is->n <= SHORT) || *was->p != '[' || *is->p != '[')
        return 0;
    const int number = narrow(was, is);
    span a = *was, b = *is;
    if (a.n > 0 && b.n > 0 && *a.p == '{' && *b.p == '{') {
        (void)narrow(&a, &b);
        if (same_key(a, b)) {
            *was = a;
            *is = b;
        }
    }
    return number;
}

enum { MOST_SHOWN = 200 };

static const char *shown(span s, int most, char text[MOST_SHOWN + 8])
{
    if (s.n == 0)
        return "not given";
    snprintf(text, MOST_SHOWN + 8, "%.*s%s", s.n < most ? s.n : most, s.p, s.n > most ? "..." : "");
    return text;
}

static size_t compare_line(const line *l, const line *was, const line *is, slg_judge *judged_by, void *arg,
                           slg_error *err)
{
    const char *wrong = judge(l, was, is, judged_by, arg);
    span a = was ? (span){was->value, was->n_value} : (span){"", 0},
         b = is ? (span){is->value, is->n_value} : (span){"", 0};
    char entry[32] = "", text_a[MOST_SHOWN + 8], text_b[MOST_SHOWN + 8];
    if (!wrong)
        return 0;
    const int number = shorten(&a, &b), most = number > 0 ? 80 : MOST_SHOWN;
    if (number > 0)
        snprintf(entry, sizeof entry, "entry %d: ", number);
    (void)slg_fail_also(err, SLG_ERR_MATCH, "%.*s/%.*s: %swas %s, is %s%s", l->n_section, l->section, l->n_key, l->key,
                        entry, shown(a, most, text_a), shown(b, most, text_b), wrong);
    return 1;
}

/* --- all of it -------------------------------------------------------------------------------------------------- */

size_t slg_config_compare(const char *was, const char *is, slg_judge *judged_by, void *arg, slg_error *err)
{
    size_t n = 0;
    line a = {.section = "", .key = "", .value = ""}, b;
    for (const char *p = was; next_line(&p, &a);) {
        if (a.n_key == 0 || slg_section_free(a.section, (size_t)a.n_section))
            continue;
        const bool found = lookup(is, &a, &b);
        if (!found || !same(a.value, a.n_value, b.value, b.n_value))
            n += compare_line(&a, &a, found ? &b : NULL, judged_by, arg, err);
    }
    a = (line){.section = "", .key = "", .value = ""};
    for (const char *p = is; next_line(&p, &a);)
        if (a.n_key > 0 && !slg_section_free(a.section, (size_t)a.n_section) && !lookup(was, &a, &b))
            n += compare_line(&a, NULL, &a, judged_by, arg, err);
    return n;
}
