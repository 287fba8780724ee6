/** Random test data. */
#ifndef SLG_TESTS_FIT_RANDOM_H
#define SLG_TESTS_FIT_RANDOM_H

#include "runtime/base/rng.h"
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

static inline double test_uniform(uint64_t seed, size_t i)
{
    return 2 * slg_rng_u01(seed, SLG_STREAM_TEST, (uint32_t)i, 0, 0) - 1;
}

/** n uniform numbers in (-1,1), malloc'ed. */
static inline double *test_uniforms(uint64_t seed, size_t n)
{
    double *x = malloc((n + 1) * sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = test_uniform(seed, i);
    return x;
}

/** n rows of length d with norm 1; shift > 0 makes all rows look alike. */
static inline double *test_unit_rows(uint64_t seed, size_t n, size_t d, double shift)
{
    double *x = test_uniforms(seed, n * d);
    for (size_t i = 0; i < n; i++) {
        double s = 0;
        for (size_t j = 0; j < d; j++) {
            x[i * d + j] += shift;
            s += x[i * d + j] * x[i * d + j];
        }
        for (size_t j = 0; j < d; j++)
            x[i * d + j] /= sqrt(s);
    }
    return x;
}

#endif
