#include "runtime/base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void slg_real_print(char text[32], double x)
{
    int n = snprintf(text, 32, "%.17g", x);
    if (!strpbrk(text, ".en"))
        snprintf(text + n, 32 - (size_t)n, ".0");
}

bool slg_real_parse(const char **s, double *x)
{
    const char *at = *s + strspn(*s, " \t\r\n");
    const size_t n = strspn(at, "0123456789+-.eEdD");
    char token[64];
    if (n == 0 || n >= sizeof token)
        return false;
    for (size_t i = 0; i < n; i++)
        token[i] = at[i] == 'd' || at[i] == 'D' ? 'e' : at[i];
    token[n] = '\0';
    char *end;
    *x = strtod(token, &end);
    *s = at + n;
    return *end == '\0' && isfinite(*x);
}

/* Digits with at most one point; no sign, no exponent. */
static size_t decimal_length(const char *s)
{
    size_t n = strspn(s, "0123456789");
    if (n > 0 && s[n] == '.')
        n += 1 + strspn(s + n + 1, "0123456789");
    return n;
}

bool slg_duration_parse(const char *s, double *seconds)
{
    static const char units[] = "dhms";
    static const double length[] = {86400, 3600, 60, 1};
    size_t n = decimal_length(s), next = 0;
    double sum = 0;
    if (n > 0 && s[n] == '\0') {
        *seconds = strtod(s, NULL);
        return isfinite(*seconds);
    }
    for (; *s; s += n + 1) {
        n = decimal_length(s);
        const char *u = n > 0 && s[n] ? strchr(units + next, s[n]) : NULL;
        if (!u)
            return false;
        next = (size_t)(u - units) + 1;
        sum += strtod(s, NULL) * length[u - units];
    }
    *seconds = sum;
    return next > 0 && isfinite(sum);
}
