/* What a running study writes: checkpoints, tables, status, progress lines. */
#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "src/results/results.h"
#include "src/search/store.h"
#include "src/workflows/session.h"

#include <math.h>

double slg_session_elapsed(const slg_session *x)
{
    return x->elapsed_before + slg_now() - x->started;
}

/* --- progress ------------------------------------------------------------------------------------------------- */

/* Trials of the present phase that are still to be evaluated. */
static double trials_left(const slg_search *s)
{
    const slg_phase *phase = slg_search_phase(s);
    double left = (double)phase->particles * (double)(phase->iterations - s->optimiser->generation);
    for (size_t i = 0; left > 0 && i < s->optimiser->n_point; i++)
        left -= slg_search_row(s, i)->done != 0;
    return left;
}

static slg_progress progress_of(const slg_session *x, const char *state)
{
    slg_progress g = {.state = state,
                      .elapsed = slg_session_elapsed(x),
                      .eta = (double)NAN,
                      .seconds_per_trial = (double)NAN,
                      .predicted_bytes = x->x->predicted_bytes,
                      .workers = slg_rt_workers(x->rt),
                      .scheduler = slg_rt_scheduler(x->rt),
                      .in_flight = x->loop.in_flight};
    if (x->loop.evaluated == 0)
        return g;
    g.seconds_per_trial = (slg_now() - x->started) / (double)x->loop.evaluated;
    if (!slg_search_finished(&x->s))
        g.eta = trials_left(&x->s) * g.seconds_per_trial;
    return g;
}

/* At most one line a second. */
static void show_line(slg_session *x, bool always)
{
    const slg_search *s = &x->s;
    if (x->opt->quiet || (slg_now() < x->next_line && !always))
        return;
    x->next_line = slg_now() + 1;
    const slg_progress g = progress_of(x, "running");
    char best[64] = "none yet", pace[64] = "";
    if (s->best.trial >= 0)
        snprintf(best, sizeof best, "%.6g (trial %lld)", s->best.objective, (long long)s->best.trial);
    if (isfinite(g.eta)) /* not where all trials so far are of an earlier run, or repeated */
        snprintf(pace, sizeof pace, "  %.3g s/trial  left %.0f s", g.seconds_per_trial, g.eta);
    slg_log(SLG_INFO, "stage %zu iteration %lld/%lld  trials %zu  best %s%s", s->phase + 1,
            (long long)s->optimiser->generation, (long long)slg_search_phase(s)->iterations, slg_search_evaluated(s),
            best, pace);
}

/* People watch: the state of a long iteration is shown every few seconds. */
static slg_status show_status(slg_session *x, slg_error *err)
{
    const double begin = slg_now();
    if (begin < x->next_status)
        return SLG_OK;
    const slg_progress g = progress_of(x, "running");
    slg_status st = slg_write_status(&x->s, &g, x->dir, err);
    x->next_status = slg_now() + fmax(2, 50 * (slg_now() - begin));
    return st;
}

/* --- saving --------------------------------------------------------------------------------------------------- */

/* First the trace, so that no checkpoint is ahead of it; a study does not fail for want of one. */
static slg_status save_state(slg_session *x, slg_error *err)
{
    slg_error why;
    slg_error_clear(&why);
    if (slg_tracer_save(x->tracer, &why) != SLG_OK)
        slg_log(SLG_WARNING, "%s; the run goes on without a trace", why.text);
    x->s.elapsed = slg_session_elapsed(x);
    slg_status st = slg_search_save(&x->s, x->dir, err);
    slg_error_clear(&why);
    if (st == SLG_OK && slg_tracer_saved(x->tracer, &why) != SLG_OK)
        slg_log(SLG_WARNING, "%s; the run goes on without a trace", why.text);
    return st;
}

slg_status slg_session_save(slg_session *x, const char *state, slg_error *err)
{
    const double begin = slg_now();
    slg_rt_pause(x->rt);
    slg_status st = save_state(x, err);
    if (st == SLG_OK)
        st = slg_write_trials(&x->s, x->dir, err);
    if (st == SLG_OK && x->written != x->s.best.version && !x->s.best.partial) {
        st = slg_write_best(&x->s, x->dir, err);
        x->written = st == SLG_OK ? x->s.best.version : x->written;
    }
    const slg_progress g = progress_of(x, state);
    if (st == SLG_OK)
        st = slg_write_status(&x->s, &g, x->dir, err);
    slg_rt_resume(x->rt);
    /* Saving takes at most a twentieth of the time. */
    x->next_save = slg_now() + fmax(0.2, 20 * (slg_now() - begin));
    return st;
}

slg_status slg_session_appraise(slg_session *x, const slg_side *side, slg_errors **by_group, slg_error *err)
{
    const slg_best *best = &x->s.best;
    x->written = UINT64_MAX; /* result.json is written anew */
    return best->pot ? slg_appraise(x->p, x->rt, side, best->pot, by_group, err) : SLG_OK;
}

/* Errors of the training structures and figures; only a stop is a reason to end a search. */
static slg_status write_report_data(slg_session *x)
{
    slg_error why = {0};
    slg_status st = slg_session_appraise(x, &x->p->learnt, &x->s.best.training, &why);
    if (st == SLG_OK)
        st = slg_write_report_data(x->e, &x->s.best, x->dir, &why);
    if (st == SLG_OK || st == SLG_STOPPED)
        return st;
    slg_log(SLG_WARNING, "%s: training errors and figures of the report: %s", x->dir, why.text);
    return SLG_OK;
}

slg_status slg_session_save_all(slg_session *x, const char *state, slg_error *err)
{
    const double begin = slg_now();
    const uint64_t version = x->s.best.version;
    if (x->reported != version && !x->s.best.partial) {
        if (write_report_data(x) == SLG_STOPPED)
            return SLG_STOPPED;
        x->reported = version;
    }
    const double spent = slg_now() - begin;
    slg_status st = slg_session_save(x, state, err);
    x->next_save += 20 * spent;
    x->next_report = x->next_save;
    return st;
}

slg_status slg_session_between(void *session, slg_error *err)
{
    slg_session *x = session;
    slg_tracer_memory(x->tracer);
    show_line(x, false);
    if (slg_now() >= x->next_save + 60 * x->p->cfg->checkpoint_minutes)
        return slg_session_save(x, "running", err);
    return show_status(x, err);
}

slg_status slg_session_after_iteration(slg_session *x, slg_error *err)
{
    const bool last = x->s.optimiser->generation >= slg_search_phase(&x->s)->iterations;
    show_line(x, last);
    /* Saving during iterations must not put the report off for ever. */
    const bool report = x->reported != x->s.best.version && slg_now() >= x->next_report;
    return report || slg_now() >= x->next_save ? slg_session_save_all(x, "running", err) : SLG_OK;
}
