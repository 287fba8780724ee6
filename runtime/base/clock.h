/** Seconds for measuring durations. */
#ifndef SLG_BASE_CLOCK_H
#define SLG_BASE_CLOCK_H

#include <time.h>

/** Monotonic seconds since some moment. */
static inline double slg_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#endif
