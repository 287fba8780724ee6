/** Numbers of a text file, plain or gzip, one or more a line. */
#ifndef SLG_TESTS_FIT_NUMBERS_H
#define SLG_TESTS_FIT_NUMBERS_H

#include "tests/support/support.h"
#include <stdlib.h>
#include <zlib.h>

/** malloc'ed; *n = how many. Fails the test when the file cannot be opened. */
static inline double *test_read_numbers(const char *path, size_t *n)
{
    gzFile in = gzopen(path, "rb");
    ck_assert_msg(in != NULL, "%s cannot be opened", path);
    size_t room = 1 << 16;
    double *x = malloc(room * sizeof *x);
    char line[256];
    for (*n = 0; gzgets(in, line, sizeof line) != NULL;) {
        if (*n == room)
            x = realloc(x, (room *= 2) * sizeof *x);
        x[(*n)++] = strtod(line, NULL);
    }
    gzclose(in);
    return x;
}

#endif
