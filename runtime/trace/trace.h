/**
 * Traces: what every task of a run did, kept in small files in <dir>/trace, and what people make of them.
 *
 * A file holds one or a few whole iterations (slg_tracer_flush ends it), written with the checkpoint library:
 * replaced atomically, checksummed. Names: s<stage>-i<first>[-<last>].h5, s<stage>-base.h5 for the tasks before the
 * stage's first iteration (number -1), s<stage>-i<n>-p<k>.h5 for an iteration that was stopped before its end.
 * An iteration is a unit of work whose tasks have all ended at its end; stages are numbered from 1. Knows no atoms.
 * All calls from the thread that started the engine.
 */
#ifndef SLG_TRACE_TRACE_H
#define SLG_TRACE_TRACE_H

#include "runtime/engine/rt.h"
#include "runtime/trace/keep.h"
#include <stdio.h>

/* --- writing -------------------------------------------------------------------------------------------------- */

typedef struct slg_tracer slg_tracer;

/**
 * Prepares <dir>/trace and measures the machine's dgemm rate (about 50 ms on one worker). `rt` was started with
 * opt.trace. *out = NULL with SLG_OK for keep none: all calls below do nothing then. A tracer that failed once
 * returns the failure once and then only empties the engine's records.
 */
SLG_CHECKED slg_status slg_tracer_start(slg_rt *rt, const char *dir, slg_keep keep, slg_tracer **out, slg_error *err);
/** Iteration `iteration` (-1: before the first one) of a stage begins now. */
SLG_CHECKED slg_status slg_tracer_begin(slg_tracer *t, int32_t stage, int32_t iteration, slg_error *err);
/** Notes the resident memory of the process now. */
void slg_tracer_memory(slg_tracer *t);
/**
 * The iteration ends now; all tasks have ended (slg_rt_wait). complete = false: it was stopped, its records are
 * written at once as a part. predicted_bytes: the memory that was expected.
 */
SLG_CHECKED slg_status slg_tracer_end(slg_tracer *t, bool complete, double predicted_bytes, slg_error *err);
/**
 * Writes the iterations gathered since the last flush into one file. Files of the same or of later iterations, which
 * an earlier run left and a resumed one does again, are removed, and so is what the keep policy does not keep.
 */
SLG_CHECKED slg_status slg_tracer_flush(slg_tracer *t, slg_error *err);
/**
 * Flushes and, within an iteration (tasks may be running), writes what has ended so far as a part, which the rest of
 * the iteration replaces: call it before each checkpoint, and the trace knows what the checkpoint knows.
 */
SLG_CHECKED slg_status slg_tracer_save(slg_tracer *t, slg_error *err);
/**
 * The checkpoint is there: removes the part of an iteration that ended before it. Until then a resumed run needs it.
 */
SLG_CHECKED slg_status slg_tracer_saved(slg_tracer *t, slg_error *err);
void slg_tracer_free(slg_tracer **t);

/* --- reading -------------------------------------------------------------------------------------------------- */

/** One iteration in a file. Times in microseconds of the run's clock. */
typedef struct slg_trace_span {
    int32_t stage, iteration;
    bool complete;
    size_t first, last; /* records first .. last-1 of the file */
    double begin, end;
    double peak_bytes, predicted_bytes; /* of the process */
} slg_trace_span;

enum { SLG_TRACE_NAME = 48 };

typedef struct slg_trace_worker {
    char name[SLG_TRACE_NAME]; /* "CPU 0" */
    char device[16];           /* "CPU" */
} slg_trace_worker;

typedef struct slg_trace_file {
    double origin; /* of the run's clock, seconds since 1970 */
    double dgemm;  /* flop/s of one worker, 0 = not measured */
    char version[64], scheduler[64];
    size_t n_worker, n_kind, n_span, n, n_memory;
    slg_trace_worker *worker; /* [n_worker] */
    char (*kind)[SLG_TRACE_NAME];
    slg_trace_span *span;
    slg_trace_record *record; /* [n]; kind points into `kind`; span after span, then by worker and start */
    int32_t *kind_of;         /* [n] */
    size_t *dep_first, *dep;  /* [n+1]: record i waited for the records dep[dep_first[i] ..) of its span */
    double *memory;           /* [n_memory][2] time, resident bytes */
} slg_trace_file;

SLG_CHECKED slg_status slg_trace_read(const char *path, slg_trace_file **out, slg_error *err);
void slg_trace_file_free(slg_trace_file **f);

/** Which iterations: stage 0 = any, first..last by number; iteration -1 only when first < 0. */
typedef struct slg_trace_range {
    int32_t stage, first, last;
} slg_trace_range;

typedef struct slg_trace_name {
    char name[SLG_TRACE_NAME];
    int32_t stage, first, last, part; /* part 0 = whole iterations */
} slg_trace_name;
/** Files of <dir>/trace in order of time (caller frees); none is no error. */
SLG_CHECKED slg_status slg_trace_list(const char *dir, slg_trace_name **out, size_t *n, slg_error *err);

typedef slg_status (*slg_trace_visitor)(void *arg, const slg_trace_file *f, const slg_trace_span *s, slg_error *err);
/**
 * Calls visit for every iteration in the range, in order of time, one file in memory at a time. A damaged file is
 * reported as a warning and left out. ERR_USAGE when the folder has no trace or none in the range.
 */
SLG_CHECKED slg_status slg_trace_each(const char *dir, slg_trace_range range, slg_trace_visitor visit, void *arg,
                                      slg_error *err);

/* --- what people make of it ------------------------------------------------------------------------------------ */

/**
 * Longest chain of tasks through the measured times: path [*n] = records of f in order (caller frees), length in
 * microseconds. The order of tasks on a worker is no dependency.
 */
SLG_CHECKED slg_status slg_trace_critical_path(const slg_trace_file *f, const slg_trace_span *s, size_t **path,
                                               size_t *n, double *length, slg_error *err);

/** JSON of the Chrome trace format (chrome://tracing, Perfetto). */
SLG_CHECKED slg_status slg_trace_chrome(const char *dir, slg_trace_range range, FILE *out, slg_error *err);
/** Paje format (ViTE, PajeNG). */
SLG_CHECKED slg_status slg_trace_paje(const char *dir, slg_trace_range range, FILE *out, slg_error *err);
/** One line a task. */
SLG_CHECKED slg_status slg_trace_csv(const char *dir, slg_trace_range range, FILE *out, slg_error *err);
/** Graphviz: the tasks of the last iteration in the range with measured times, the critical path in red. */
SLG_CHECKED slg_status slg_trace_dot(const char *dir, slg_trace_range range, FILE *out, slg_error *err);

#endif
