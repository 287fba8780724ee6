/** Memory and work of evaluations before anything runs: their graph is submitted to the recorder and looked at. */
#ifndef SLG_EVALUATION_MEMORY_H
#define SLG_EVALUATION_MEMORY_H

#include "src/evaluation/flight.h"

/** What particles of which some are in flight at once take. */
typedef struct slg_footprint {
    double blocks;   /* bytes of the blocks that exist at once, with those of the base */
    double overhead; /* bytes that the engine keeps for the tasks and blocks in flight */
    double scratch;  /* bytes of the largest workspace of a task; each worker keeps one */
    double flops;    /* of one particle */
} slg_footprint;

typedef struct slg_crowd {
    unsigned needs; /* SLG_NEED_... */
    bool on_base;   /* a base is built first; particles compute only the solution anew */
    bool whole;     /* one final fit of all structures */
    size_t workers, window, particles;
} slg_crowd;

/** For particles at the values of hp, which a term accepts. */
SLG_CHECKED slg_status slg_footprint_at(const slg_problem *p, const slg_hp_set *hp, const slg_crowd *crowd,
                                        slg_footprint *out, slg_error *err);

#endif
