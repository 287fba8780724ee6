/** The figure of the machine that a trace is compared with. */
#ifndef SLG_TRACE_MACHINE_H
#define SLG_TRACE_MACHINE_H

#include "runtime/engine/rt.h"

/** Best rate (flop/s) of products of 256 x 256 matrices within 50 ms on one worker; 0 when the engine was cancelled. */
SLG_CHECKED slg_status slg_machine_dgemm(slg_rt *rt, double *rate, slg_error *err);

#endif
