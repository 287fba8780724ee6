/** The tracer's inside, shared by trace_gather.c and trace_write.c. Private to this folder. */
#ifndef SLG_TRACE_TRACER_H
#define SLG_TRACE_TRACER_H

#include "runtime/trace/files.h"

/** Iterations gathered and not yet written: the columns of the file. */
typedef struct slg_pending {
    size_t n, room; /* records */
    int64_t *whole; /* [n][N_INT] */
    double *real;   /* [n][N_REAL] */
    size_t n_span, room_span;
    double *span; /* [n_span][N_SPAN] */
    size_t n_dep, room_dep;
    int64_t *dep;
    size_t room_first;
    int64_t *dep_first; /* [n+1] */
    size_t n_memory, room_memory;
    double *memory; /* [n_memory][2] */
    size_t n_kind, room_kind;
    const char **kind; /* names belong to the task kinds */
} slg_pending;

struct slg_tracer {
    slg_rt *rt;
    char *dir;
    slg_keep keep;
    double origin, dgemm;
    int32_t stage, iteration; /* the open one */
    double begin;
    bool open, broken;
    int32_t part;            /* number of the open iteration's file of parts, 0 = none yet */
    slg_trace_name replaced; /* the part of an iteration that has ended since the last checkpoint; part 0 = none */
    slg_pending p;
};

/** Writes p as the file of iterations first..last. */
SLG_CHECKED slg_status slg_trace_write(const slg_tracer *t, const slg_trace_name *name, slg_error *err);

#endif
