#include "runtime/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void slg_error_clear(slg_error *err)
{
    err->status = SLG_OK;
    err->n_message = 0;
    err->text[0] = '\0';
}

__attribute__((format(printf, 3, 0))) static void append(slg_error *err, slg_status st, const char *fmt, va_list ap)
{
    size_t used = strlen(err->text);
    if (err->n_message == 0)
        err->status = st;
    else if (used + 1 < sizeof err->text)
        err->text[used++] = '\n';
    vsnprintf(err->text + used, sizeof err->text - used, fmt, ap);
    err->n_message++;
}

slg_status slg_fail(slg_error *err, slg_status st, const char *fmt, ...)
{
    if (err && err->n_message == 0) {
        va_list ap;
        va_start(ap, fmt);
        append(err, st, fmt, ap);
        va_end(ap);
    }
    return st;
}

slg_status slg_fail_also(slg_error *err, slg_status st, const char *fmt, ...)
{
    if (err) {
        va_list ap;
        va_start(ap, fmt);
        append(err, st, fmt, ap);
        va_end(ap);
    }
    return st;
}

slg_status slg_fail_nomem(slg_error *err, const char *what)
{
    return slg_fail(err, SLG_ERR_NOMEM, "out of memory: %s; use fewer workers or a smaller problem", what);
}

_Noreturn void slg_assert_failed(const char *cond, const char *file, int line)
{
    fprintf(stderr, "%s:%d: internal error: %s does not hold, please report it\n", file, line, cond);
    abort();
}
