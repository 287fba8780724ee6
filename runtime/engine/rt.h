/**
 * The task engine: tasks that use blocks of memory, run in the order their block accesses imply.
 *
 * Three back ends share this interface: StarPU (many workers), inline (each task runs inside slg_rt_insert; for
 * small jobs and for tests) and recorder (nothing runs; the graph can be examined). Only this folder knows StarPU.
 *
 * A numerical failure is data: every block has a status beside its payload, codes only. A task whose input blocks
 * hold a failure is not run; its outputs inherit the first failure in the order of its uses. A payload is plain
 * memory without pointers, so that it can be copied to another memory.
 *
 * One thread (the one that started the engine) calls everything here except slg_task_fail, slg_rt_cancel and
 * slg_rt_cancelled. Mistakes in the graph (a block named twice by one task, read before any task writes it)
 * are SLG_ERR_INTERNAL. One StarPU engine at a time per process; several one after the other are fine.
 */
#ifndef SLG_ENGINE_RT_H
#define SLG_ENGINE_RT_H

#include "runtime/base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct slg_rt slg_rt;
typedef struct slg_block slg_block;
typedef struct slg_kind slg_kind;

typedef enum slg_access { SLG_R, SLG_W, SLG_RW } slg_access;

enum { SLG_N_WHERE = 4, SLG_KIND_TEXT = 20, SLG_REASON_TEXT = 104 };

/** Outcome of the chain of tasks that made a block. */
typedef struct slg_block_status {
    int32_t status;            /* slg_status */
    int32_t reason;            /* of those that the kind lists; negative: the engine's own */
    const slg_kind *kind;      /* that failed, NULL when none did */
    double where[SLG_N_WHERE]; /* numbers of the reason */
    const char *note;          /* a name in the reason, of static storage; NULL = none */
} slg_block_status;

/** The same in words; both "" when nothing failed. */
typedef struct slg_failure {
    char kind[SLG_KIND_TEXT], why[SLG_REASON_TEXT];
} slg_failure;
void slg_failure_text(const slg_block_status *s, slg_failure *out);

/** What a task function sees. Pointers are valid during the call. */
typedef struct slg_task {
    void *const *buf;    /* [n_buf] payloads of the used blocks, 64-byte aligned, in the order of the uses */
    const size_t *bytes; /* [n_buf] their sizes */
    size_t n_buf;
    const void *arg;           /* the copied argument struct */
    void *scratch;             /* the workspace that the kind's cost asks for, 64-byte aligned, contents undefined */
    slg_block_status *failure; /* filled by slg_task_fail; a kind may set its note before */
} slg_task;

/**
 * Notes reason and numbers (NULL: none) of a failure and returns st: `return slg_task_fail(t, SLG_ERR_NOT_SPD, ...)`.
 */
slg_status slg_task_fail(const slg_task *t, slg_status st, int32_t reason, const double where[SLG_N_WHERE]);

/** What a task takes. */
typedef struct slg_cost {
    double flops, bytes; /* operations; bytes of memory traffic, 0 = the sizes of the task's blocks */
    size_t scratch;      /* bytes of workspace */
} slg_cost;

/** One kind of task; static storage, zero-initialised members not named. */
struct slg_kind {
    const char *name;
    slg_status (*cpu)(const slg_task *t); /* SLG_OK or the failure */
    /**
     * The one place that knows the kind's cost; prediction, admission, performance models, traces and the workspace
     * use it. buf: payloads [n_buf] inside a task, where the exact cost is wanted; NULL at the insertion: the largest
     * cost possible. *out is zero at the call. NULL = costs nothing.
     */
    void (*cost)(const void *arg, void *const *buf, slg_cost *out);
    /**
     * [n_reason] texts of failures, one clause each: {0} to {3} stand for the numbers, {status} for the status' text,
     * {note} for the name.
     */
    const char *const *reason;
    int32_t n_reason;
};

typedef struct slg_use {
    slg_block *block;
    slg_access mode;
} slg_use;

typedef struct slg_insertion {
    const slg_kind *kind;
    const slg_use *use; /* [n_use], any number */
    size_t n_use;
    const void *arg; /* plain data, copied; may hold pointers to host data that stay constant meanwhile */
    size_t arg_bytes;
    int priority;                       /* larger runs earlier; only the order counts */
    int32_t iteration, particle, chunk; /* for traces; -1 = none */
    void (*done)(void *); /* called on a worker when the task has ended (also skipped or cancelled); may be NULL */
    void *done_arg;
} slg_insertion;

typedef struct slg_rt_options {
    enum { SLG_RT_STARPU, SLG_RT_INLINE, SLG_RT_RECORD } backend;
    int workers;           /* 0 = all cores StarPU offers */
    const char *scheduler; /* NULL = lws on CPUs; the environment variable STARPU_SCHED wins */
    const char *state_dir; /* existing writable folder for StarPU's calibration (STARPU_HOME), NULL = default */
    bool trace;            /* keep a slg_trace_record for every task, and what it depends on */
    const char *fxt_dir;   /* existing folder for StarPU's own FxT trace, NULL = none; see slg_rt_has_fxt */
} slg_rt_options;

/** Starts the engine. ERR_DEVICE when there is no worker. */
SLG_CHECKED slg_status slg_rt_start(const slg_rt_options *opt, slg_rt **out, slg_error *err);
/** Waits for all tasks, stops the workers, frees, also the blocks not released. *rt becomes NULL. */
void slg_rt_stop(slg_rt **rt);

/** Number of CPU workers, cores of the node seen by this process, name of the scheduling policy. */
int slg_rt_workers(const slg_rt *rt);
int slg_rt_cores(const slg_rt *rt);
const char *slg_rt_scheduler(const slg_rt *rt);

/** Does this StarPU record FxT traces? Debian's does not. */
bool slg_rt_has_fxt(void);
/** "StarPU 1.3.10": what runs the tasks. */
void slg_rt_version(char *out, size_t size);
/** Number of worker numbers in trace records, and the name of one ("CPU 0"). */
int slg_rt_lanes(const slg_rt *rt);
void slg_rt_worker_name(const slg_rt *rt, int worker, char *out, size_t size);
/** Microseconds since the start of the engine: the clock of the trace. The recorder's stands still. */
double slg_rt_clock(const slg_rt *rt);

/** A new block of `bytes` payload bytes; contents undefined until a task writes it. */
SLG_CHECKED slg_status slg_rt_block(slg_rt *rt, size_t bytes, slg_block **out, slg_error *err);
/**
 * A block whose payload is `bytes` bytes of constant memory of the caller (64-byte aligned, valid until the engine has
 * stopped or slg_rt_wait has returned after the release). Counts as written; tasks only read it.
 */
SLG_CHECKED slg_status slg_rt_block_host(slg_rt *rt, const void *memory, size_t bytes, slg_block **out, slg_error *err);
/** No task inserted later will use the block: it is freed after the tasks inserted so far. *block = NULL. */
void slg_rt_release(slg_rt *rt, slg_block **block);
/** Inserts a task; returns at once (inline back end: after it ran). */
SLG_CHECKED slg_status slg_rt_insert(slg_rt *rt, const slg_insertion *in, slg_error *err);
/**
 * Waits for the block's last writer, copies its status and the first `bytes` payload bytes (dst may be NULL).
 * Recorder: the status is SLG_STOPPED, the payload zero.
 */
SLG_CHECKED slg_status slg_rt_read(slg_rt *rt, slg_block *block, slg_block_status *status, void *dst, size_t bytes,
                                   slg_error *err);
/** Waits until all inserted tasks have ended and their done callbacks have returned; ends pauses. */
void slg_rt_wait(slg_rt *rt);
/** Idle workers sleep instead of spinning between pause and resume; nothing runs meanwhile (inline: no effect). */
void slg_rt_pause(slg_rt *rt);
void slg_rt_resume(slg_rt *rt);

/** Asks tasks that have not started to end at once with SLG_STOPPED. Async-signal-safe. */
void slg_rt_cancel(slg_rt *rt);
bool slg_rt_cancelled(const slg_rt *rt);

/** What was asked of the engine since its start. */
typedef struct slg_rt_account {
    double flops;   /* largest cost of all tasks */
    size_t scratch; /* largest workspace of a task */
    uint64_t n_task, n_block;
} slg_rt_account;
slg_rt_account slg_rt_account_of(const slg_rt *rt);

/** One finished task. Times in microseconds since the start of the engine. */
typedef struct slg_trace_record {
    const char *kind;
    int32_t iteration, particle, chunk, worker, status;
    double submitted, ready, start, end, data_wait;
    double flops, bytes;
    uint64_t id; /* number of the task: 0, 1, ... in the order of insertion */
} slg_trace_record;

/**
 * Moves the records gathered since the last call into a new array (caller frees with slg_free), ordered by
 * worker and start. Call between slg_rt_wait and the next insertion.
 */
SLG_CHECKED slg_status slg_rt_trace_take(slg_rt *rt, slg_trace_record **out, size_t *n, slg_error *err);

/**
 * The same with the dependencies: record i waited for the records dep[dep_first[i] .. dep_first[i+1]), ascending task
 * numbers; tasks of earlier takes are not named. Free with slg_trace_take_free. Empty where nothing was traced.
 */
typedef struct slg_trace_take {
    slg_trace_record *record;
    size_t n, *dep_first, *dep; /* [n], [n+1], [dep_first[n]] */
} slg_trace_take;
SLG_CHECKED slg_status slg_rt_trace_take_graph(slg_rt *rt, slg_trace_take *out, slg_error *err);
/** A copy of the tasks that have ended since the last take; at any time, others may run meanwhile. */
SLG_CHECKED slg_status slg_rt_trace_peek_graph(slg_rt *rt, slg_trace_take *out, slg_error *err);
void slg_trace_take_free(slg_trace_take *t);

/**
 * Recorder back end: the graph so far. Task i depends on the tasks dep[task[i].dep_first .. task[i+1].dep_first) and
 * uses the blocks use[task[i].use_first .. task[i+1].use_first).
 */
typedef struct slg_graph_task {
    const char *kind;
    int32_t iteration, particle, chunk, priority;
    double flops;
    size_t dep_first, use_first;
} slg_graph_task;
typedef struct slg_graph_block {
    size_t bytes;  /* payload; 0 = the caller's memory */
    bool released; /* no later task can use it */
} slg_graph_block;
typedef struct slg_graph {
    const slg_graph_task *task; /* [n_task + 1]; the last entry only closes dep_first and use_first */
    const slg_graph_block *block;
    size_t n_task, n_block;
    const size_t *dep, *use;
} slg_graph;
/** Borrowed until the next call of the engine. */
SLG_CHECKED slg_status slg_rt_graph(slg_rt *rt, slg_graph *out, slg_error *err);

#endif
