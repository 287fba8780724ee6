/* The life of a study: start or resume, phases, iterations, the end. */
#include "runtime/base/log.h"
#include "runtime/base/process.h"
#include "runtime/ckpt/ckpt.h"
#include "src/results/results.h"
#include "src/search/admission.h"
#include "src/search/extend.h"
#include "src/search/store.h"
#include "src/workflows/session.h"
#include "src/workflows/stop.h"

#include <math.h>

/* --- phases --------------------------------------------------------------------------------------------------- */

static slg_status run_iteration(slg_session *x, slg_error *err)
{
    slg_session_trace_begin(x, (int32_t)x->s.optimiser->generation);
    slg_status st = slg_loop_evaluate(&x->loop, err);
    if (st == SLG_OK)
        st = slg_loop_complete_best(&x->loop, err);
    slg_session_trace_end(x, st == SLG_OK);
    if (st != SLG_OK)
        return st;
    slg_search_close_iteration(&x->s);
    st = slg_search_open_iteration(&x->s, err);
    return st == SLG_OK ? slg_session_after_iteration(x, err) : st;
}

static slg_status begin_phase(slg_session *x, slg_error *err)
{
    const slg_phase *phase = slg_search_phase(&x->s);
    if (phase->on_base)
        slg_session_trace_begin(x, -1);
    slg_status st = x->x->begin(x->x, phase, &x->s.base, err);
    if (phase->on_base)
        slg_session_trace_end(x, st == SLG_OK);
    return st;
}

/* A descriptor that is good by kernel statistics may not be fit for a fit: then the next best trial gives the base. */
static slg_status begin_with_some_base(slg_session *x, slg_error *err)
{
    slg_status st = begin_phase(x, err);
    while (slg_is_numerical(st)) {
        slg_log(SLG_WARNING, "%s (trial %lld); the next best trial of stage %zu is taken", err->text,
                (long long)x->s.base_trial, x->s.phase);
        if (!slg_search_next_base(&x->s))
            return st;
        slg_error_clear(err);
        st = slg_search_open_iteration(&x->s, err);
        if (st == SLG_OK)
            st = begin_phase(x, err);
    }
    return st;
}

static slg_status end_phase(slg_session *x, slg_error *err)
{
    const slg_search *s = &x->s;
    if (s->phase + 1 < s->phases.n) {
        if (s->best.trial < 0)
            return slg_fail(err, SLG_ERR_NOT_FINITE,
                            "stage %zu: every trial failed (reasons in %s/trials.csv); widen the search ranges",
                            s->phase + 1, x->dir);
        slg_log(SLG_INFO, "stage %zu is complete: best %.6g (trial %lld); stage %zu keeps its descriptor", s->phase + 1,
                s->best.objective, (long long)s->best.trial, s->phase + 2);
    }
    return slg_search_end_phase(&x->s, err);
}

static slg_status run_phase(slg_session *x, slg_error *err)
{
    slg_status st = begin_with_some_base(x, err);
    if (st == SLG_OK) /* after a kill */
        st = slg_loop_complete_best(&x->loop, err);
    while (st == SLG_OK && x->s.optimiser->generation < slg_search_phase(&x->s)->iterations)
        st = run_iteration(x, err);
    return st == SLG_OK ? end_phase(x, err) : st;
}

static slg_status run_phases(slg_session *x, slg_error *err)
{
    slg_status st = SLG_OK;
    while (st == SLG_OK && !slg_search_finished(&x->s))
        st = run_phase(x, err);
    return st;
}

/* --- start, resume, end --------------------------------------------------------------------------------------- */

/* Of a new study: what `check` would have said of its data. */
static slg_status tell_findings(const slg_session *x, slg_error *err)
{
    size_t n = 0;
    slg_status st = slg_study_count_findings(x->p, &n, err);
    if (st == SLG_OK && n > 0)
        slg_log(SLG_WARNING, "%s: %zu finding%s about the data; `starling check` tells what is peculiar",
                x->p->cfg->file, n, n > 1 ? "s" : "");
    return st;
}

static slg_status start_or_resume(slg_session *x, slg_error *err)
{
    char path[SLG_PATH];
    slg_status st = slg_path_join(path, x->dir, "study.h5", err);
    if (st == SLG_OK)
        st = slg_search_start(&x->s, x->p, err);
    if (st != SLG_OK)
        return st;
    if (!slg_ckpt_exists(path) && x->opt->more == 0)
        st = tell_findings(x, err);
    if (st != SLG_OK)
        return st;
    if (!slg_ckpt_exists(path)) {
        if (x->opt->more > 0)
            return slg_fail(err, SLG_ERR_USAGE,
                            "--more: expected a study that was begun, found none in %s; set "
                            "search.iterations",
                            x->dir);
        st = slg_search_begin_phase(&x->s, 0, err);
        return st == SLG_OK ? slg_search_open_iteration(&x->s, err) : st;
    }
    st = slg_search_load(&x->s, x->dir, err);
    if (st == SLG_OK && !x->opt->quiet)
        slg_log(SLG_INFO, "resuming %s: %zu trials so far", x->dir, x->s.trials.n);
    x->elapsed_before = x->s.elapsed;
    return st == SLG_OK ? slg_search_more(&x->s, x->opt->more, err) : st;
}

/* Not only after a long first phase: there must be memory for all that are still to come. */
static slg_status admit_phases(const slg_session *x, slg_error *err)
{
    slg_status st = SLG_OK;
    slg_memory_warn();
    const size_t present = (size_t)(slg_search_phase(&x->s) - x->s.phases.phase);
    for (size_t i = present; st == SLG_OK && i < x->s.phases.n; i++) {
        slg_admission a;
        st = slg_admit(x->p, &x->s.phases.phase[i], x->e->workers, &a, err);
        x->x->predicted_bytes = st == SLG_OK ? fmax(x->x->predicted_bytes, a.predicted) : 0;
    }
    slg_admission last;
    if (st == SLG_OK)
        st = slg_admit_final(x->p, x->e->workers, &last, err);
    x->x->predicted_bytes = st == SLG_OK ? fmax(x->x->predicted_bytes, last.predicted) : 0;
    return st;
}

static slg_status write_config(const slg_session *x, slg_error *err)
{
    char path[SLG_PATH];
    slg_new_file f;
    slg_status st = slg_path_join(path, x->dir, "config.yaml", err);
    if (st == SLG_OK)
        st = slg_new_file_open(&f, path, err);
    if (st != SLG_OK)
        return st;
    st = slg_config_write(x->p->cfg, f.stream, err);
    if (st == SLG_OK)
        return slg_new_file_commit(&f, err);
    slg_new_file_abort(&f);
    return st;
}

static void save_failed(slg_session *x)
{
    slg_error why = {0};
    if (slg_search_whole(&x->s) && slg_session_save(x, "failed", &why) != SLG_OK)
        slg_log(SLG_WARNING, "%s", why.text);
}

/* Only when all files of the result are there is an extension done: the same --more before that is a resume. */
static slg_status deliver(slg_session *x, slg_error *err)
{
    const slg_search *s = &x->s;
    if (s->n_placed < s->p->cfg->n_start)
        slg_log(SLG_WARNING, "search.start: %lld of %d positions were evaluated; raise %s for the others",
                (long long)s->n_placed, s->p->cfg->n_start, slg_search_phase(s)->budget);
    slg_status st = slg_session_appraise(x, &x->p->test, &x->s.best.test, err);
    if (st == SLG_OK) /* it has not finished before final/ is there */
        st = slg_session_save_all(x, "running", err);
    x->x->end(x->x);
    if (st == SLG_OK)
        st = slg_session_final(x, err);
    if (st == SLG_OK)
        st = slg_session_save(x, "finished", err);
    if (st != SLG_OK || s->more == 0)
        return st;
    x->s.more = 0;
    return slg_session_save(x, "finished", err);
}

static slg_status finish(slg_session *x, slg_status st, slg_error *err)
{
    const slg_search *s = &x->s;
    if (st == SLG_OK && s->best.trial < 0)
        st = slg_fail(err, SLG_ERR_NOT_FINITE, "%s: every trial failed; the reasons are in %s/trials.csv", x->dir,
                      x->dir);
    if (st == SLG_OK)
        st = deliver(x, err);
    if (st == SLG_STOPPED)
        st = slg_session_save(x, "stopped", err) == SLG_OK ? SLG_STOPPED : err->status;
    else if (st != SLG_OK)
        save_failed(x);
    if (st == SLG_STOPPED)
        (void)slg_fail(err, SLG_STOPPED, "%s: stopped after %zu trials, everything is saved; the same command resumes",
                       x->dir, slg_search_evaluated(s));
    if (st == SLG_OK && !x->opt->quiet)
        slg_log(SLG_INFO, "finished: %zu trials in %.1f s, peak memory %.0f MB (predicted %.0f MB)", s->trials.n,
                slg_session_elapsed(x), slg_peak_bytes() / 1e6, x->x->predicted_bytes / 1e6);
    return st;
}

static slg_status run_session(slg_session *x, slg_error *err)
{
    slg_status st = slg_session_start(x, err);
    if (st == SLG_OK)
        st = start_or_resume(x, err);
    if (st == SLG_OK)
        st = admit_phases(x, err);
    if (st == SLG_OK)
        st = write_config(x, err);
    if (st == SLG_OK)
        st = slg_write_about(x->p, &x->s.phases, x->rt, x->opt->versions, x->dir, err);
    if (st == SLG_OK && x->opt->more > 0) /* recorded at once: without --more the study goes on to there */
        st = slg_session_save(x, "running", err);
    if (st == SLG_OK)
        st = finish(x, run_phases(x, err), err);
    return st;
}

slg_status slg_study_run(const slg_config *cfg, const slg_run_options *opt, slg_error *err)
{
    slg_session x;
    slg_problem *p = NULL;
    bool job;
    const double limit = slg_stop_limit(cfg->max_time, &job);
    slg_stop_arm(limit);
    slg_status st = slg_session_open(&x, cfg, opt, err);
    if (st == SLG_OK)
        slg_stop_warn();
    if (st == SLG_OK && job && !opt->quiet)
        slg_log(SLG_INFO, "stops in good order within %.0f s, before the batch job ends (SLURM_JOB_END_TIME)", limit);
    if (st == SLG_OK)
        st = slg_problem_create(cfg, &p, err);
    x.p = p;
    if (st == SLG_OK)
        st = run_session(&x, err);
    slg_session_close(&x);
    slg_stop_disarm();
    slg_problem_free(&p);
    return st;
}
