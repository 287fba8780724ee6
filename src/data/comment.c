#include "src/data/comment.h"

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static const char *skip_space(const char *p, const char *end)
{
    while (p < end && is_space(*p))
        p++;
    return p;
}

/* p is at the opening quote; NULL when it never closes. */
static const char *quoted(const char *p, const char *end, slg_span *out)
{
    char quote = *p++;
    out->p = p;
    while (p < end && *p != quote)
        p += *p == '\\' && p + 1 < end ? 2 : 1;
    if (p >= end)
        return NULL;
    out->n = (size_t)(p - out->p);
    return p + 1;
}

static const char *bracketed(const char *p, const char *end, slg_span *out)
{
    size_t depth = 0;
    out->p = p;
    do {
        depth += *p == '[' || *p == '{';
        depth -= *p == ']' || *p == '}';
    } while (++p < end && depth > 0);
    out->n = (size_t)(p - out->p);
    return depth == 0 ? p : NULL;
}

static const char *bare(const char *p, const char *end, bool is_key, slg_span *out)
{
    out->p = p;
    while (p < end && !is_space(*p) && !(is_key && *p == '='))
        p++;
    out->n = (size_t)(p - out->p);
    return p;
}

static const char *word(const char *p, const char *end, bool is_key, slg_span *out)
{
    if (p < end && (*p == '"' || *p == '\''))
        return quoted(p, end, out);
    if (!is_key && p < end && (*p == '[' || *p == '{'))
        return bracketed(p, end, out);
    return bare(p, end, is_key, out);
}

static slg_lexed finish(slg_span *rest, slg_pair *pair, const char *p, slg_lexed what)
{
    const char *end = rest->p + rest->n;
    p = p ? p : end;
    pair->raw.n = (size_t)(p - pair->raw.p);
    *rest = (slg_span){p, (size_t)(end - p)};
    return what;
}

slg_lexed slg_comment_next(slg_span *rest, slg_pair *pair)
{
    const char *end = rest->p + rest->n, *p = skip_space(rest->p, end);
    *pair = (slg_pair){{p, 0}, {p, 0}, {p, 0}};
    if (p == end)
        return finish(rest, pair, end, SLG_LEX_END);
    p = word(p, end, true, &pair->key);
    if (!p)
        return finish(rest, pair, NULL, SLG_LEX_UNCLOSED);
    const char *equals = skip_space(p, end);
    if (equals == end || *equals != '=')
        return finish(rest, pair, p, SLG_LEX_WORD);
    p = word(skip_space(equals + 1, end), end, false, &pair->value);
    return finish(rest, pair, p, p ? SLG_LEX_PAIR : SLG_LEX_UNCLOSED);
}

bool slg_comment_unescape(slg_span value, char *out, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < value.n; i++, n++) {
        if (value.p[i] == '\\' && i + 1 < value.n)
            i++;
        if (n + 1 >= room)
            return false;
        out[n] = value.p[i];
    }
    out[n] = '\0';
    return true;
}
