/** One iteration of a search: ask, submit, collect, tell. */
#ifndef SLG_SEARCH_LOOP_H
#define SLG_SEARCH_LOOP_H

#include "src/search/executor.h"

typedef struct slg_loop {
    slg_search *s;
    slg_executor *x;
    slg_status (*between)(void *arg, slg_error *err); /* after each result: saving, progress */
    void *arg;
    size_t in_flight, evaluated; /* trials; those that ended in this process */
} slg_loop;

/**
 * Evaluates all rows of the open iteration that are not done and keeps the best. STOPPED when the executor was
 * cancelled: rows that ended before are done and kept.
 */
SLG_CHECKED slg_status slg_loop_evaluate(slg_loop *l, slg_error *err);
/** Errors by config_type of the best trial where only totals are known (a base works on Gram blocks). */
SLG_CHECKED slg_status slg_loop_complete_best(slg_loop *l, slg_error *err);

#endif
