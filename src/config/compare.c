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

static size_t compare_line(const line *l, const line *was, const line *is, slg_judge *judged_by, void *arg,
                           slg_error *err)
{
    static const line nothing = {.value = "not given", .n_value = 9};
    const char *wrong = judge(l, was, is, judged_by, arg);
    if (!wrong)
        return 0;
    was = was ? was : &nothing;
    is = is ? is : &nothing;
    (void)slg_fail_also(err, SLG_ERR_MATCH, "%.*s/%.*s: was %.*s, is %.*s%s", l->n_section, l->section, l->n_key,
                        l->key, was->n_value < 200 ? was->n_value : 200, was->value,
                        is->n_value < 200 ? is->n_value : 200, is->value, wrong);
    return 1;
}

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
