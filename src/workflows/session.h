/** A running study. Private to this folder. */
#ifndef SLG_WORKFLOWS_SESSION_H
#define SLG_WORKFLOWS_SESSION_H

#include "runtime/trace/trace.h"
#include "src/search/loop.h"
#include "src/workflows/workflow.h"

typedef struct slg_session {
    const slg_problem *p;
    const slg_run_options *opt;
    const char *dir;
    int lock; /* file descriptor, -1 = none */
    slg_rt *rt;
    slg_tracer *tracer; /* NULL = nothing is traced */
    slg_evaluator *e;
    slg_executor *x;
    slg_search s;
    slg_loop loop;
    uint64_t written, reported; /* versions of the best whose files are there */
    double started;             /* monotonic seconds, like the next four */
    double next_save, next_report, next_status, next_line;
    double elapsed_before; /* seconds of earlier runs */
} slg_session;

/** Locks and cleans the folder, opens its log. What fails leaves a session for slg_session_close. */
SLG_CHECKED slg_status slg_session_open(slg_session *x, const slg_config *cfg, const slg_run_options *opt,
                                        slg_error *err);
/** Engine, tracer, evaluator, executor for x->p. */
SLG_CHECKED slg_status slg_session_start(slg_session *x, slg_error *err);
void slg_session_close(slg_session *x);

/** Around an iteration (-1: the base of a phase); the end waits for all tasks. */
void slg_session_trace_begin(slg_session *x, int32_t iteration);
void slg_session_trace_end(slg_session *x, bool complete);

/** Checkpoint, tables, files of the best, status; state: running, stopped, finished, failed. */
SLG_CHECKED slg_status slg_session_save(slg_session *x, const char *state, slg_error *err);
/**
 * The same with errors of the training structures and the files of the report; STOPPED when that was interrupted.
 * Between iterations, when no trial is in flight: they cost tasks of their own.
 */
SLG_CHECKED slg_status slg_session_save_all(slg_session *x, const char *state, slg_error *err);
/** Replaces *by_group by the errors of the best potential on a side; they become part of best/result.json. */
SLG_CHECKED slg_status slg_session_appraise(slg_session *x, const slg_side *side, slg_errors **by_group,
                                            slg_error *err);
/** final/: the best hyper-parameters fitted to all structures. A numerical failure is a warning. */
SLG_CHECKED slg_status slg_session_final(slg_session *x, slg_error *err);
/** What is due after a result: a progress line, status.json, a checkpoint. For slg_loop.between. */
SLG_CHECKED slg_status slg_session_between(void *session, slg_error *err);
/** What is due after an iteration. */
SLG_CHECKED slg_status slg_session_after_iteration(slg_session *x, slg_error *err);
/** Seconds of this run and the earlier ones. */
double slg_session_elapsed(const slg_session *x);

#endif
