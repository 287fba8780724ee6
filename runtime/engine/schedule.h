/** What workers would make of a recorded graph: the source of predictions of memory. Nothing runs. */
#ifndef SLG_ENGINE_SCHEDULE_H
#define SLG_ENGINE_SCHEDULE_H

#include "runtime/engine/rt.h"

typedef struct slg_schedule {
    double bytes;   /* largest sum of blocks that exist at once */
    double seconds; /* at 1 Gflop/s a worker */
} slg_schedule;

/**
 * Runs the recorded tasks on `workers` workers in thought, by the rules of StarPU's scheduler lws: a task that becomes
 * ready joins the queue of the worker that made it so; a free worker takes the task with the highest priority from its
 * own queue, or from another one when that is empty. A particle's tasks wait until fewer than `window` particles before
 * it are unfinished; tasks without a particle (-1) never wait for one. A block exists from its first task until its
 * last one, or until its particle has ended where it was not released (to the end: without a particle). The worst of
 * several schedules counts.
 */
SLG_CHECKED slg_status slg_schedule_graph(const slg_graph *g, size_t workers, size_t window, slg_schedule *out,
                                          slg_error *err);

#endif
