/** An engine for a short job: it leaves no files behind. */
#ifndef SLG_WORKFLOWS_ENGINE_H
#define SLG_WORKFLOWS_ENGINE_H

#include "runtime/base/file.h"
#include "runtime/engine/rt.h"

typedef struct slg_short_engine {
    slg_rt *rt;
    char state[SLG_PATH]; /* temporary folder of StarPU, "" = none */
} slg_short_engine;

/**
 * workers as in slg_rt_options; trace: keep records of tasks. What fails leaves an engine for slg_short_engine_stop.
 */
SLG_CHECKED slg_status slg_short_engine_start(slg_short_engine *e, int workers, bool trace, slg_error *err);
void slg_short_engine_stop(slg_short_engine *e);

#endif
