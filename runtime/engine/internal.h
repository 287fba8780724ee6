/** What the front (front.c, job.c, records.c, deps.c) and the back ends share. Private to this folder. */
#ifndef SLG_ENGINE_RT_INTERNAL_H
#define SLG_ENGINE_RT_INTERNAL_H

#include "runtime/engine/rt.h"
#include <stdatomic.h>

enum { SLG_ALIGN = 64 };

/** Status of a block: lives until the front has released the block and the last task that uses it has ended. */
typedef struct slg_block_state {
    atomic_size_t users;
    slg_block_status status;
} slg_block_state;

/** Growing array of task numbers. */
typedef struct slg_index_list {
    size_t *at, n, room;
} slg_index_list;

/** Accesses to one block: the last writer (n_writer is 0 or 1) and who read since. */
typedef struct slg_history {
    size_t writer, n_writer;
    slg_index_list readers;
} slg_history;

/** Dependencies of the tasks numbered base, base + 1, ...: those of the i-th are dep[first[i] .. first[i+1]). */
typedef struct slg_deps {
    size_t base;
    slg_index_list first; /* one more than there are tasks, or empty */
    slg_index_list dep;   /* task numbers */
} slg_deps;

struct slg_block {
    slg_block *prev, *next; /* list of the live blocks of the engine */
    size_t bytes;           /* payload */
    uint64_t user;          /* number (from 1) of the last task using it: finds a block named twice by one task */
    bool written;           /* a task that writes it has been inserted, or it is the caller's memory */
    const void *host;       /* the caller's memory, NULL = the engine's */
    slg_history history;    /* empty unless dependencies are kept */
    slg_block_state *state;
    void *store; /* the back end's: memory or StarPU handle */
};

/**
 * Finished tasks of one worker, in pieces that never move: only that worker appends, and the main thread may look at
 * what is there meanwhile.
 */
enum { SLG_LANE_PIECE = 1024 };
typedef struct slg_lane_piece slg_lane_piece;
struct slg_lane_piece {
    _Atomic(slg_lane_piece *) next;
    atomic_size_t n; /* set after the record */
    slg_trace_record record[SLG_LANE_PIECE];
};
typedef struct slg_lane {
    _Atomic(slg_lane_piece *) first;
    slg_lane_piece *last;
    atomic_size_t lost; /* records dropped because memory ran out */
} slg_lane;

/** What belongs to one worker, on its own cache lines. */
typedef struct slg_worker {
    _Alignas(SLG_ALIGN) void *scratch;
    size_t scratch_bytes;
    slg_lane lane;
} slg_worker;

/** A task on its way; one allocation holds it, its pointer arrays and the copied argument. */
typedef struct slg_job {
    slg_rt *rt;
    const slg_kind *kind;
    slg_trace_record trace; /* filled in stages */
    slg_cost cost;          /* largest possible */
    size_t n_use;
    void **payload;          /* [n_use] memory of the blocks, set before running */
    slg_block_state **state; /* [n_use] */
    size_t *bytes;           /* [n_use] payload sizes */
    unsigned char *mode;     /* [n_use] slg_access */
    void *arg;
    void (*done)(void *);
    void *done_arg;
} slg_job;

typedef struct slg_backend {
    /** Sets rt->workers, rt->n_slot, rt->scheduler. On failure nothing stays behind. */
    slg_status (*start)(slg_rt *rt, const slg_rt_options *opt, slg_error *err);
    void (*stop)(slg_rt *rt);
    /** Sets block->store for block->bytes bytes, or for the memory block->host. */
    slg_status (*block)(slg_rt *rt, slg_block *block, slg_error *err);
    /** Gives block->store back after the tasks inserted so far. */
    void (*release)(slg_rt *rt, slg_block *block);
    /** Takes the job over when it returns SLG_OK. */
    slg_status (*insert)(slg_rt *rt, const slg_insertion *in, slg_job *job, slg_error *err);
    /** Waits for the last writer; copies its payload unless dst is NULL. */
    void (*read)(slg_rt *rt, slg_block *block, void *dst, size_t bytes);
    void (*wait)(slg_rt *rt);
    void (*pause)(slg_rt *rt);
    void (*resume)(slg_rt *rt);
    /** Slot of the calling worker. */
    int (*slot)(void);
    /** See slg_rt_clock, slg_rt_worker_name. */
    double (*clock)(const slg_rt *rt);
    void (*name)(int slot, char *out, size_t size);
} slg_backend;

extern const slg_backend slg_backend_starpu, slg_backend_inline, slg_backend_record;

struct slg_rt {
    const slg_backend *backend;
    void *state; /* the back end's */
    atomic_bool cancelled;
    bool trace;
    int workers, cores;
    int n_slot; /* entries of worker */
    slg_worker *worker;
    char scheduler[64];
    slg_block *blocks; /* live ones */
    uint64_t n_job;    /* tasks offered so far, also refused ones */
    slg_rt_account account;
    bool keep_deps; /* traced, or the recorder */
    slg_deps deps;
    int pauses;
};

/** Builds the job of an insertion; NULL when memory ran out. Freed by slg_free after slg_job_run or slg_job_leave. */
slg_job *slg_job_new(slg_rt *rt, const slg_insertion *in);

/**
 * Runs the job on the calling worker; job->payload is set. Clears the status of the outputs, looks for a failed input,
 * calls the function, leaves the outcome in the status of the outputs and in job->trace.status, and leaves the blocks.
 */
void slg_job_run(slg_job *job);
/** Gives up the job's hold on its blocks' states. */
void slg_job_leave(slg_job *job);
/** One user less; the last one frees. */
void slg_block_state_leave(slg_block_state *s);

/** Reasons of the engine itself. */
enum { SLG_REASON_STOPPED = -1, SLG_REASON_MEMORY = -2, SLG_REASON_RECORDED = -3 };

/** Appends to the lane of a worker; counts the record as lost when memory ran out. */
void slg_lane_add(slg_lane *lane, const slg_trace_record *record);

/** Finds what the next task waits for; false when memory ran out. The task counts once it is accepted. */
bool slg_deps_gather(slg_deps *d, const slg_insertion *in);
void slg_deps_accept(slg_deps *d, const slg_insertion *in);
/** Number of tasks. */
static inline size_t slg_deps_count(const slg_deps *d)
{
    return d->first.n > 0 ? d->first.n - 1 : 0;
}
/** Forgets all tasks so far: the next ones depend on none of them. */
void slg_deps_restart(slg_deps *d, slg_block *blocks);
void slg_deps_free(slg_deps *d);

void slg_lane_free(slg_lane *lane);

/** Recorder: see slg_rt_graph. */
slg_status slg_record_graph(slg_rt *rt, slg_graph *out, slg_error *err);

/** Frees a block's front part; the store is gone already. */
void slg_block_unlink(slg_rt *rt, slg_block *block);

#endif
