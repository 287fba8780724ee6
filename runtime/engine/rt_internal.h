/** What the front (rt.c, rt_job.c, rt_trace.c) and the back ends share. Private to this folder. */
#ifndef SLG_ENGINE_RT_INTERNAL_H
#define SLG_ENGINE_RT_INTERNAL_H

#include "runtime/engine/rt.h"
#include <stdatomic.h>

/* Memory of a block: slack so that the head starts at the first multiple of 64, the head, the payload. */
enum { SLG_BLOCK_ALIGN = 64, SLG_BLOCK_EXTRA = (int)sizeof(slg_head) + SLG_BLOCK_ALIGN };

/** The head inside a block's memory; the payload follows it. The place depends on the address only. */
static inline slg_head *slg_block_head(void *base)
{
    uintptr_t at = (uintptr_t)base;
    return (slg_head *)((at + SLG_BLOCK_ALIGN - 1) / SLG_BLOCK_ALIGN * SLG_BLOCK_ALIGN);
}

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
    bool written;           /* a task that writes it has been inserted */
    slg_history history;    /* empty unless dependencies are kept */
    void *store;            /* the back end's: memory or StarPU handle */
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
    _Alignas(SLG_BLOCK_ALIGN) void *scratch;
    size_t scratch_bytes;
    slg_lane lane;
} slg_worker;

/** A task on its way; one allocation holds it, its pointer arrays and the copied argument. */
typedef struct slg_job {
    slg_rt *rt;
    const slg_kind *kind;
    slg_trace_record trace; /* filled in stages */
    double cost;            /* predicted flops */
    size_t n_use;
    void **base;         /* [n_use] memory of the blocks, set before running */
    void **payload;      /* [n_use] */
    size_t *bytes;       /* [n_use] payload sizes */
    unsigned char *mode; /* [n_use] slg_access */
    void *arg;
    void (*done)(void *);
    void *done_arg;
    char why[sizeof(((slg_head *)0)->why)];
} slg_job;

typedef struct slg_backend {
    /** Sets rt->workers, rt->n_slot, rt->scheduler. On failure nothing stays behind. */
    slg_status (*start)(slg_rt *rt, const slg_rt_options *opt, slg_error *err);
    void (*stop)(slg_rt *rt);
    /** Sets block->store. */
    slg_status (*block)(slg_rt *rt, slg_block *block, slg_error *err);
    /** Gives block->store back after the tasks inserted so far. */
    void (*release)(slg_rt *rt, slg_block *block);
    /** Takes the job over when it returns SLG_OK. */
    slg_status (*insert)(slg_rt *rt, const slg_insertion *in, slg_job *job, slg_error *err);
    void (*read)(slg_rt *rt, slg_block *block, slg_head *head, void *dst, size_t bytes);
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
    uint64_t n_task;   /* tasks inserted so far */
    bool keep_deps;    /* traced, or the recorder */
    slg_deps deps;
    int pauses;
};

/** Builds the job of an insertion; NULL when memory ran out. Freed by slg_free. */
slg_job *slg_job_new(slg_rt *rt, const slg_insertion *in);

/**
 * Runs the job on the calling worker; job->base is set. Resets the heads of the outputs, looks for a failed
 * input, calls the function, leaves the outcome in the heads of the outputs and in job->trace.status.
 */
void slg_job_run(slg_job *job);

/** Copies out of a block's memory what slg_rt_read promises. */
void slg_block_copy(void *base, slg_head *head, void *dst, size_t bytes);

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
