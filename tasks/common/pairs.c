#include "tasks/common/pairs.h"

#include "runtime/base/error.h"
#include "runtime/base/number.h"
#include <stdio.h>
#include <string.h>

static slg_pair *append(slg_pairs *p, const char *key, slg_pair_kind kind, int32_t n)
{
    SLG_ASSERT(p->n < SLG_MAX_PAIR && n <= SLG_MAX_SPECIES);
    slg_pair *pair = &p->pair[p->n++];
    *pair = (slg_pair){.key = key, .kind = kind, .n = n};
    return pair;
}

void slg_pairs_reals(slg_pairs *p, const char *key, int32_t n, const double *x)
{
    slg_pair *pair = append(p, key, SLG_PAIR_REAL, n);
    memcpy(pair->x, x, (size_t)n * sizeof *x);
}

static void append_ints(slg_pairs *p, const char *key, slg_pair_kind kind, int32_t n, const int32_t *x)
{
    slg_pair *pair = append(p, key, kind, n);
    for (int32_t i = 0; i < n; i++)
        pair->x[i] = x[i];
}

void slg_pairs_ints(slg_pairs *p, const char *key, int32_t n, const int32_t *x)
{
    append_ints(p, key, SLG_PAIR_INT, n, x);
}

void slg_pairs_elements(slg_pairs *p, const char *key, int32_t n, const int32_t *z)
{
    append_ints(p, key, SLG_PAIR_ELEMENT, n, z);
}

void slg_pairs_text(slg_pairs *p, const char *key, const char *text)
{
    slg_pair *pair = append(p, key, SLG_PAIR_TEXT, 0);
    snprintf(pair->text, sizeof pair->text, "%s", text);
}

/* Copies n bytes of *s into out[room] and goes on behind them; false when they do not fit. */
static bool take(const char **s, size_t n, char *out, size_t room)
{
    if (n >= room)
        return false;
    memcpy(out, *s, n);
    out[n] = '\0';
    *s += n;
    return true;
}

int slg_text_pair_next(const char **s, slg_text_pair *p)
{
    *s += strspn(*s, " \t\r\n");
    if (!**s)
        return 0;
    const char *start = *s;
    if (!take(s, strcspn(*s, "= \t\r\n"), p->name, sizeof p->name) || **s != '=' || *s == start)
        return -1;
    *s += 1;
    const size_t open = strspn(*s, "{");
    *s += open;
    if (!take(s, strcspn(*s, open ? "}" : " \t\r\n"), p->value, sizeof p->value))
        return -1;
    const size_t close = open ? strspn(*s, "}") : 0;
    *s += close;
    return open == close ? 1 : -1;
}

int slg_text_pair_reals(const slg_text_pair *p, double *x, int room)
{
    const char *s = p->value;
    for (int n = 0;; n++) {
        s += strspn(s, " \t\r\n,");
        if (!*s)
            return n;
        if (n == room || !slg_real_parse(&s, &x[n]) || (*s && !strchr(" \t\r\n,", *s)))
            return -1;
    }
}
