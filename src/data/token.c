#include "src/data/token.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_list_space(char c)
{
    return is_space(c) || c == ',' || c == '[' || c == ']' || c == '{' || c == '}';
}

static bool next(slg_span *rest, slg_span *token, bool (*separates)(char))
{
    const char *p = rest->p, *end = rest->p + rest->n;
    while (p < end && separates(*p))
        p++;
    const char *start = p;
    while (p < end && !separates(*p))
        p++;
    *token = (slg_span){start, (size_t)(p - start)};
    *rest = (slg_span){p, (size_t)(end - p)};
    return token->n > 0;
}

bool slg_token_next(slg_span *rest, slg_span *token)
{
    return next(rest, token, is_space);
}

bool slg_token_next_listed(slg_span *rest, slg_span *token)
{
    return next(rest, token, is_list_space);
}

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool slg_span_folds_to(slg_span s, const char *name)
{
    size_t i = 0;
    while (i < s.n && name[i] != '\0' && fold(s.p[i]) == fold(name[i]))
        i++;
    return i == s.n && name[i] == '\0';
}

bool slg_span_equals(slg_span s, const char *name)
{
    return strlen(name) == s.n && memcmp(s.p, name, s.n) == 0;
}

bool slg_is_blank(slg_span s)
{
    slg_span token;
    return !slg_token_next(&s, &token);
}

/** A number taken apart: mantissa * 10^exponent, exact as long as `exact`. */
struct decimal {
    uint64_t mantissa;
    int exponent, n_digit;
    bool exact;
};

static const char *digits(const char *p, const char *end, struct decimal *d, int per_digit)
{
    for (; p < end && *p >= '0' && *p <= '9'; p++) {
        d->n_digit++;
        if (d->mantissa >= UINT64_C(1) << 53) {
            d->exact = false;
            continue;
        }
        d->mantissa = 10 * d->mantissa + (uint64_t)(*p - '0');
        d->exponent += per_digit;
    }
    return p;
}

static const char *exponent(const char *p, const char *end, struct decimal *d)
{
    if (p == end || (fold(*p) != 'e' && fold(*p) != 'd'))
        return p;
    bool negative = p + 1 < end && p[1] == '-';
    const char *q = p + 1 + (p + 1 < end && (p[1] == '-' || p[1] == '+'));
    int value = 0;
    if (q == end)
        return p;
    for (; q < end && *q >= '0' && *q <= '9'; q++)
        value = value < 100000 ? 10 * value + (*q - '0') : value;
    d->exponent += negative ? -value : value;
    return q;
}

/* The token has been checked; only rounding is left to the library. */
static double by_library(slg_span token)
{
    char copy[128];
    for (size_t i = 0; i < token.n; i++)
        copy[i] = fold(token.p[i]) == 'd' ? 'e' : token.p[i];
    copy[token.n] = '\0';
    return strtod(copy, NULL);
}

static bool names_no_finite_number(slg_span t)
{
    return slg_span_folds_to(t, "nan") || slg_span_folds_to(t, "inf") || slg_span_folds_to(t, "infinity");
}

slg_number slg_token_number(slg_span token, double *x)
{
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const char *end = token.p + token.n;
    bool sign = token.n > 0 && (*token.p == '-' || *token.p == '+');
    struct decimal d = {.exact = true};
    const char *p = digits(token.p + sign, end, &d, 0);
    if (p < end && *p == '.')
        p = digits(p + 1, end, &d, -1);
    p = d.n_digit > 0 ? exponent(p, end, &d) : p;
    if (p != end || d.n_digit == 0 || token.n > 127)
        return names_no_finite_number((slg_span){token.p + sign, token.n - sign}) ? SLG_NUMBER_NOT_FINITE
                                                                                  : SLG_NOT_A_NUMBER;
    if (d.exact && d.mantissa <= UINT64_C(1) << 53 && abs(d.exponent) <= 22) {
        double m = (double)d.mantissa;
        *x = d.exponent < 0 ? m / power[-d.exponent] : m * power[d.exponent];
        *x = *token.p == '-' ? -*x : *x;
        return SLG_NUMBER;
    }
    *x = by_library(token);
    return isfinite(*x) ? SLG_NUMBER : SLG_NUMBER_NOT_FINITE;
}

bool slg_token_count(slg_span token, size_t *count)
{
    size_t value = 0;
    for (size_t i = 0; i < token.n; i++) {
        char c = token.p[i];
        if (c < '0' || c > '9' || value > (SIZE_MAX / 2 - 9) / 10)
            return false;
        value = 10 * value + (size_t)(c - '0');
    }
    *count = value;
    return token.n > 0;
}

const char *slg_span_show(slg_span s, char out[SLG_SHOW])
{
    size_t n = s.n < SLG_SHOW - 4 ? s.n : SLG_SHOW - 4;
    for (size_t i = 0; i < n; i++)
        out[i] = s.p[i] >= ' ' && s.p[i] < 127 ? s.p[i] : '?';
    strcpy(out + n, n < s.n ? "..." : "");
    return out;
}
