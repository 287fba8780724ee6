/** One clock for the iterations of several runs: microseconds since the beginning of the first iteration shown. */
#ifndef SLG_TRACE_CLOCK_H
#define SLG_TRACE_CLOCK_H

#include "runtime/trace/trace.h"

typedef struct slg_trace_clock {
    double origin, begin; /* of the first iteration; apart, for their sum has not the digits */
    bool set;
} slg_trace_clock;

/** What to add to times of f. */
static inline double slg_trace_shift(slg_trace_clock *c, const slg_trace_file *f, const slg_trace_span *s)
{
    if (!c->set)
        *c = (slg_trace_clock){f->origin, s->begin, true};
    return 1e6 * (f->origin - c->origin) - c->begin;
}

#endif
