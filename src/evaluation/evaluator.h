/**
 * An engine with the constant data of a problem in it: every batch is registered once, as blocks that all particles
 * read. Evaluations (flight.h) are submitted to it.
 */
#ifndef SLG_EVALUATION_EVALUATOR_H
#define SLG_EVALUATION_EVALUATOR_H

#include "src/evaluation/problem.h"
#include "tasks/terms/term_task.h"

typedef struct slg_evaluator {
    const slg_problem *p;
    slg_rt *rt;
    size_t workers;                           /* for which row blocks are kept in reserve */
    slg_batch_use *train, *validation, *rest; /* [n_batch] of each side; rest: NULL without it */
    slg_piece *piece[SLG_MAX_PARTS];          /* like the stretches of slg_instances */
} slg_evaluator;

/** workers: 0 = those of rt. Free with slg_evaluator_free, before the engine stops. */
SLG_CHECKED slg_status slg_evaluator_create(const slg_problem *p, slg_rt *rt, size_t workers, slg_evaluator **out,
                                            slg_error *err);
void slg_evaluator_free(slg_evaluator **e);

/** Private to this folder: the batches of a side as blocks of the engine [n_batch]; given back before a slg_rt_wait. */
SLG_CHECKED slg_status slg_side_register(slg_rt *rt, const slg_side *side, slg_batch_use **out, slg_error *err);
void slg_side_unregister(slg_rt *rt, const slg_side *side, slg_batch_use *use);

#endif
