/** How many trials may be in flight: as many as memory allows, but no more than keep the workers busy. */
#ifndef SLG_SEARCH_ADMISSION_H
#define SLG_SEARCH_ADMISSION_H

#include "runtime/base/limits.h"
#include "src/evaluation/memory.h"
#include "src/search/phase.h"

typedef struct slg_admission {
    size_t window;    /* trials in flight */
    double predicted; /* bytes of the process then */
    slg_footprint of;
} slg_admission;

/** For a phase on `workers` workers. ERR_NOMEM when not even one trial fits into the limit. */
SLG_CHECKED slg_status slg_admit(const slg_problem *p, const slg_phase *phase, size_t workers, slg_admission *out,
                                 slg_error *err);
/** For the final fit, which comes alone. ERR_NOMEM when it does not fit into the limit. */
SLG_CHECKED slg_status slg_admit_final(const slg_problem *p, size_t workers, slg_admission *out, slg_error *err);
/** What the process may use: run.memory_gb if there is so much, else 80 % of what there is (slg_memory_limit_now). */
slg_memory_limit slg_memory_budget(const slg_config *cfg);
/** Warns of what the batch system says about memory and cannot be understood. */
void slg_memory_warn(void);

#endif
