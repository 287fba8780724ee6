#include "src/workflows/engine.h"

slg_status slg_short_engine_start(slg_short_engine *e, int workers, bool trace, slg_error *err)
{
    *e = (slg_short_engine){.rt = NULL};
    slg_status st = slg_temporary_folder(e->state, err);
    if (st != SLG_OK) {
        e->state[0] = '\0';
        return st;
    }
    const slg_rt_options opt = {.backend = SLG_RT_STARPU, .workers = workers, .state_dir = e->state, .trace = trace};
    return slg_rt_start(&opt, &e->rt, err);
}

void slg_short_engine_stop(slg_short_engine *e)
{
    slg_rt_stop(&e->rt);
    if (e->state[0])
        slg_remove_folder(e->state);
}
