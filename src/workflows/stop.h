/** Signals and the time limit end the program early but in good order. One at a time in a process. */
#ifndef SLG_WORKFLOWS_STOP_H
#define SLG_WORKFLOWS_STOP_H

#include "runtime/engine/rt.h"
#include <stdbool.h>

/** From now on SIGTERM, SIGINT, SIGUSR1 and, after `seconds` > 0, a timer are requests to stop. */
void slg_stop_arm(double seconds);
/** The engine whose tasks a request cancels, also one that came before this call. NULL = none any more. */
void slg_stop_attach(slg_rt *rt);
/**
 * Seconds until a run should stop: the limit asked for (0 = none), or a minute before the end of the batch job where
 * that comes first (SLURM_JOB_END_TIME, seconds since 1970); 0 = none. *job: the job decides.
 */
double slg_stop_limit(double asked, bool *job);
/** Warns where SLURM_JOB_END_TIME cannot be understood. */
void slg_stop_warn(void);
/** Back to the previous behaviour. */
void slg_stop_disarm(void);

#endif
