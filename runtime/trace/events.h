/** Moments of an iteration in order of time: what becomes of its tasks. */
#ifndef SLG_TRACE_EVENTS_H
#define SLG_TRACE_EVENTS_H

#include "runtime/trace/trace.h"

typedef enum slg_trace_moment { SLG_TASK_END, SLG_TASK_SUBMITTED, SLG_TASK_READY, SLG_TASK_START } slg_trace_moment;

typedef struct slg_trace_event {
    double time; /* microseconds of the run's clock */
    slg_trace_moment what;
    int rank; /* order at equal times: a worker ends a task before it starts the next, but no task before itself */
    size_t record;
} slg_trace_event;

/** The four moments of every task of the span (caller frees), *n = 4 per task. */
SLG_CHECKED slg_status slg_trace_events(const slg_trace_file *f, const slg_trace_span *s, slg_trace_event **out,
                                        size_t *n, slg_error *err);

#endif
