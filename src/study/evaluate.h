/** Evaluates the open iteration of a search with the task engine. */
#ifndef SLG_STUDY_EVALUATE_H
#define SLG_STUDY_EVALUATE_H

#include "runtime/trace/trace.h"
#include "src/study/state.h"

/** A running study. */
typedef struct slg_session {
    const slg_problem *p;
    slg_rt *rt;
    slg_tracer *tracer; /* NULL = nothing is traced */
    slg_state s;
    slg_flight *base;                /* of stage 2, else NULL */
    size_t window;                   /* particles in flight at most */
    bool best_changed;               /* since slg_write_best */
    bool best_partial;               /* its errors by config_type are still to be computed (slg_complete_best) */
    bool report_due;                 /* the best changed since slg_write_report_data */
    size_t in_flight;                /* particles */
    double next_status, next_report; /* monotonic seconds */
    const char *dir;
    const char *versions;                                     /* of slg_run_options */
    slg_status (*between)(struct slg_session *, slg_error *); /* called after each result: saving, progress */
    double started;                                           /* monotonic seconds */
    double elapsed_before;                                    /* of earlier runs */
    double next_save;                                         /* monotonic seconds */
    double predicted_bytes;
    bool quiet;
    size_t evaluated; /* trials evaluated by this process */
    double evaluated_seconds;
} slg_session;

/**
 * Evaluates all rows of the open iteration that are not done. STOPPED when the engine was cancelled: rows that ended
 * before are done and kept.
 */
SLG_CHECKED slg_status slg_evaluate(slg_session *x, slg_error *err);

/** Errors by config_type of the best trial when only totals are known (stage 2 works on Gram blocks). */
SLG_CHECKED slg_status slg_complete_best(slg_session *x, slg_error *err);

double slg_now(void);

#endif
