/** Figures of a trace: where the time went, what the slowest iteration hangs on, and what to do about it. */
#ifndef SLG_TRACE_SUMMARY_H
#define SLG_TRACE_SUMMARY_H

#include "runtime/trace/trace.h"
#include <jansson.h>

typedef struct slg_kind_figures {
    char name[SLG_TRACE_NAME];
    size_t n, failed;            /* failed, skipped and stopped tasks */
    double time, longest, flops; /* longest: of a single task */
    double critical;             /* time on the critical path of the slowest iteration */
} slg_kind_figures;

/** Times sum up to the wall time of the iterations. */
typedef struct slg_worker_figures {
    char name[SLG_TRACE_NAME];
    size_t n;
    double busy, data_wait;
    double overhead; /* idle although a task was ready: the task engine, or a pause for saving */
    double blocked;  /* idle because all submitted tasks waited for others */
    double unfed;    /* idle because no task was submitted */
    double tail;     /* part of the idle time: after the worker's last task of an iteration */
} slg_worker_figures;

/** Times in microseconds. */
typedef struct slg_trace_summary {
    size_t n_iteration, n_part, n_task, n_particle; /* n_particle: of the iteration with the most */
    int32_t stage[2], iteration[2];                 /* first and last */
    double wall;                                    /* of the iterations */
    double between;                                 /* from the end of an iteration to the begin of the next */
    size_t n_kind, n_worker;
    slg_kind_figures *kind; /* most time first */
    slg_worker_figures *worker;
    double busy, data_wait, overhead, blocked, unfed, tail; /* sums over the workers */
    double efficiency;                                      /* busy time / (workers x wall) */
    int32_t slow_stage, slow_iteration;
    double slow_wall, slow_path;
    size_t slow_path_tasks, slow_kind; /* kind with the largest share of the path */
    double dgemm, peak_bytes, predicted_bytes;
    char version[64], scheduler[64];
    char advice[512]; /* one sentence */
} slg_trace_summary;

SLG_CHECKED slg_status slg_trace_summarise(const char *dir, slg_trace_range range, slg_trace_summary *out,
                                           slg_error *err);
void slg_trace_summary_free(slg_trace_summary *s);
/** Fills s->advice from the other members. */
void slg_trace_advise(slg_trace_summary *s);
void slg_trace_summary_print(const slg_trace_summary *s, FILE *out);
/** New reference; NULL when out of memory. Times in seconds. */
json_t *slg_trace_summary_json(const slg_trace_summary *s);

#endif
