/** Tasks that know a term only: tables of a definition, descriptors of instances. */
#ifndef SLG_TASKS_TERMS_TERM_TASK_H
#define SLG_TASKS_TERMS_TERM_TASK_H

#include "tasks/common/submit.h"
#include "tasks/terms/term.h"

/** plan (W) <- tables of def, which stays where it is until the task has ended. */
SLG_CHECKED slg_status slg_submit_plan(slg_rt *rt, const slg_place *at, const slg_term_def *def, slg_block *plan,
                                       slg_error *err);

/** Environments env0..env1-1 of a batch. */
typedef struct slg_piece {
    const slg_batch_use *batch;
    size_t env0, env1;
} slg_piece;

/** v (W) [instances][d] <- descriptors of the instances of a part in the pieces, in order. All stays constant. */
SLG_CHECKED slg_status slg_submit_descriptor(slg_rt *rt, const slg_place *at, const slg_term_def *def, int32_t part,
                                             int32_t n_channel, const slg_piece *piece, size_t n_piece, slg_block *plan,
                                             slg_block *v, slg_error *err);

/** Adds the cost of a term's work: operations add up, the workspace is the largest. */
void slg_cost_add(slg_cost *cost, const slg_term_def *def, const slg_term_work *work);

#endif
