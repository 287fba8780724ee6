/** Shared by the task kinds: where a task stands, batches of structures, insertion. */
#ifndef SLG_TASKS_COMMON_SUBMIT_H
#define SLG_TASKS_COMMON_SUBMIT_H

#include "runtime/engine/rt.h"
#include "tasks/common/geom.h"

/** Place of a task in the study, its priority, and an optional callback. */
typedef struct slg_place {
    int32_t iteration, particle, chunk;
    int priority;
    void (*done)(void *);
    void *done_arg;
} slg_place;

/** Rank within a particle's chain: what comes later runs first, so that chains end and free their memory. */
typedef enum slg_rank {
    SLG_RANK_DESCRIPTOR = 1,
    SLG_RANK_PLAN,
    SLG_RANK_SELECTION,
    SLG_RANK_ROWS,
    SLG_RANK_SPARSE_KERNEL,
    SLG_RANK_FOLD,
    SLG_RANK_FIT,
    SLG_RANK_VALIDATION,
    SLG_RANK_SCORE,
    SLG_N_RANK
} slg_rank;

/**
 * One batch of structures. The blocks belong to the engine and are constant during a study; the views are of the host's
 * memory, for submission and costs.
 */
typedef struct slg_batch_use {
    slg_block *geom_block, *rows_block;
    slg_geom geom;
    slg_rows rows;
} slg_batch_use;

/** Fills the parts of a slg_insertion that every submission shares. */
slg_insertion slg_insertion_at(const slg_kind *kind, const slg_place *at, const slg_use *use, size_t n_use,
                               const void *arg, size_t arg_bytes);
/** Inserts a task that reads part [n] and writes out. */
SLG_CHECKED slg_status slg_submit_gather(slg_rt *rt, const slg_place *at, const slg_kind *kind, const void *arg,
                                         size_t arg_bytes, size_t n, slg_block *const *part, slg_block *out,
                                         slg_error *err);

#endif
