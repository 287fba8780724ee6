/** Signals and the time limit end the program early but in good order. One at a time in a process. */
#ifndef SLG_WORKFLOWS_STOP_H
#define SLG_WORKFLOWS_STOP_H

#include "runtime/engine/rt.h"

/** From now on SIGTERM, SIGINT, SIGUSR1 and, after `seconds` > 0, a timer are requests to stop. */
void slg_stop_arm(double seconds);
/** The engine whose tasks a request cancels, also one that came before this call. NULL = none any more. */
void slg_stop_attach(slg_rt *rt);
/** Back to the previous behaviour. */
void slg_stop_disarm(void);

#endif
