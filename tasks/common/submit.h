/** Shared by the task kinds: where a task stands, and how a model with several GAP blocks is described to it. */
#ifndef SLG_TASKS_COMMON_SUBMIT_H
#define SLG_TASKS_COMMON_SUBMIT_H

#include "runtime/engine/rt.h"
#include "tasks/fit/fit.h"

/** Place of a task in the study, its priority, and an optional callback. */
typedef struct slg_place {
    int32_t iteration, particle, chunk;
    int priority;
    void (*done)(void *);
    void *done_arg;
} slg_place;

/** Stages of a particle's chain; later stages have the higher priority, so that chains end and free their memory. */
typedef enum slg_stage {
    SLG_STAGE_DESCRIPTOR = 1,
    SLG_STAGE_PLAN,
    SLG_STAGE_SELECT,
    SLG_STAGE_ROWS,
    SLG_STAGE_KMM,
    SLG_STAGE_FOLD,
    SLG_STAGE_SOLVE,
    SLG_STAGE_PREDICT,
    SLG_STAGE_SCORE,
    SLG_N_STAGE
} slg_stage;

/**
 * A model in flight: one entry per GAP block. The blocks of memory belong to the engine; `m` is the largest number of
 * sparse points, the number really chosen travels in the sparse set.
 */
typedef struct slg_model {
    size_t n_block, m_total, n_class;
    int32_t central[SLG_MAX_BLOCKS];
    size_t m[SLG_MAX_BLOCKS], d[SLG_MAX_BLOCKS], col0[SLG_MAX_BLOCKS];
    double zeta[SLG_MAX_BLOCKS], delta[SLG_MAX_BLOCKS];
    slg_block *plan[SLG_MAX_BLOCKS], *sparse[SLG_MAX_BLOCKS], *u[SLG_MAX_BLOCKS];
    slg_block *coef; /* gamma [m_total], alpha [m_total] */
} slg_model;

/** Fills the parts of a slg_insertion that every submission shares. */
slg_insertion slg_insertion_at(const slg_kind *kind, const slg_place *at, const slg_use *use, size_t n_use,
                               const void *arg, size_t arg_bytes, double flops);

/** Appends the plans and sparse sets (and factors) of a model as read uses; returns the new number of uses. */
size_t slg_use_model(slg_use *use, size_t n, const slg_model *model, bool with_factors);

/** The fit blocks of a model inside a task: plans at buf[at], sparse sets after them. */
void slg_model_blocks(const slg_model *model, void *const *buf, size_t at, slg_fit_block *out);

#endif
