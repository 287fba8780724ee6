/** Signals and the time limit end a study early but in good order. */
#ifndef SLG_STUDY_STOP_H
#define SLG_STUDY_STOP_H

#include "runtime/engine/rt.h"

/** SIGTERM, SIGINT, SIGUSR1 and, after `seconds` > 0, a timer cancel the tasks of rt. One engine at a time. */
void slg_stop_arm(slg_rt *rt, double seconds);
/** Back to the previous behaviour. */
void slg_stop_disarm(void);

#endif
