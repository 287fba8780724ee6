/** Error object: carries messages of the form "place: what was expected, what was found, what to do". */
#ifndef SLG_BASE_ERROR_H
#define SLG_BASE_ERROR_H

#include "runtime/base/status.h"
#include <stddef.h>

enum { SLG_ERROR_TEXT = 8192 };

/** Messages, one a line, no trailing newline. The status is that of the first one. */
typedef struct slg_error {
    slg_status status;
    size_t n_message;
    char text[SLG_ERROR_TEXT];
} slg_error;

/** An error object without a message. */
void slg_error_clear(slg_error *err);

/**
 * Records a failure and returns `st`, so that callers write `return slg_fail(err, ...)`. The first failure
 * wins: a later call leaves an object that already holds a message as it is. `err` may be NULL.
 */
slg_status slg_fail(slg_error *err, slg_status st, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/** Adds one more message (a file with several errors reports all of them). The first status stays. */
slg_status slg_fail_also(slg_error *err, slg_status st, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/** "out of memory: <what>"; returns SLG_ERR_NOMEM. */
slg_status slg_fail_nomem(slg_error *err, const char *what);

/** Programmer errors only; user input never reaches it. */
#define SLG_ASSERT(cond)                                                                                               \
    do {                                                                                                               \
        if (!(cond))                                                                                                   \
            slg_assert_failed(#cond, __FILE__, __LINE__);                                                              \
    } while (0)
_Noreturn void slg_assert_failed(const char *cond, const char *file, int line);

#endif
