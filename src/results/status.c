/* status.json. */
#include "runtime/base/process.h"
#include "src/results/results.h"

#include <math.h>
#include <unistd.h>

static json_t *history(const slg_search *s)
{
    json_t *a = json_array();
    double best = (double)INFINITY;
    int32_t phase = -1;
    for (size_t k = 0; k < s->trials.n; k++) {
        const slg_trial *t = &s->trials.trial[k];
        best = t->phase == phase ? best : (double)INFINITY;
        phase = t->phase;
        best = t->out.status == SLG_OK && t->out.objective < best ? t->out.objective : best;
        if (k + 1 == s->trials.n || s->trials.trial[k + 1].iteration != t->iteration ||
            s->trials.trial[k + 1].phase != t->phase)
            json_array_append_new(a, slg_json_number_or_null(best));
    }
    return a;
}

/* Trials that have ended, those of the open iteration too: the best is one of them. */
static void put_counts(json_t *o, const slg_search *s)
{
    size_t failed = 0, cached = 0;
    const size_t open = slg_search_finished(s) ? 0 : s->optimiser->n_point;
    for (size_t k = 0; k < s->trials.n + open; k++) {
        const slg_trial *t = &s->trials.trial[k];
        const bool ended = k < s->trials.n || t->done;
        failed += ended && t->out.status != SLG_OK;
        cached += ended && t->cached_from >= 0;
    }
    json_object_set_new(o, "trials", json_integer((json_int_t)slg_search_evaluated(s)));
    json_object_set_new(o, "failed", json_integer((json_int_t)failed));
    json_object_set_new(o, "cached", json_integer((json_int_t)cached));
}

static json_t *best_of(const slg_search *s)
{
    if (s->best.trial < 0)
        return json_null();
    json_t *o = json_object();
    json_object_set_new(o, "trial", json_integer(s->best.trial));
    json_object_set_new(o, "objective", slg_json_number_or_null(s->best.objective));
    return o;
}

static void put_progress(json_t *o, const slg_progress *g)
{
    json_object_set_new(o, "in_flight", json_integer((json_int_t)g->in_flight));
    json_object_set_new(o, "elapsed_s", json_real(g->elapsed));
    json_object_set_new(o, "eta_s", slg_json_number_or_null(g->eta));
    json_object_set_new(o, "seconds_per_trial", slg_json_number_or_null(g->seconds_per_trial));
    json_object_set_new(o, "peak_memory_bytes", json_real(slg_peak_bytes()));
    json_object_set_new(o, "predicted_memory_bytes", json_real(g->predicted_bytes));
    json_object_set_new(o, "workers", json_integer(g->workers));
    json_object_set_new(o, "scheduler", json_string(g->scheduler));
    json_object_set_new(o, "pid", json_integer(getpid()));
    json_object_set_new(o, "updated", json_string(slg_moment_now().text));
}

slg_status slg_write_status(const slg_search *s, const slg_progress *g, const char *dir, slg_error *err)
{
    const slg_phase *phase = slg_search_phase(s);
    json_t *o = json_object();
    json_object_set_new(o, "state", json_string(g->state));
    json_object_set_new(o, "strategy", json_integer(s->p->cfg->strategy));
    json_object_set_new(o, "stage", json_integer(phase - s->phases.phase + 1));
    json_object_set_new(o, "phase", json_string(phase->name));
    json_object_set_new(o, "iteration", json_integer(s->optimiser ? s->optimiser->generation : 0));
    json_object_set_new(o, "iterations", json_integer(phase->iterations));
    json_object_set_new(o, "particles", json_integer((json_int_t)phase->particles));
    put_counts(o, s);
    json_object_set_new(o, "evaluated", json_integer((json_int_t)(slg_search_evaluated(s) - s->trials.n)));
    json_object_set_new(o, "best", best_of(s));
    put_progress(o, g);
    json_object_set_new(o, "history", history(s));
    return slg_write_json(o, 0, dir, "status.json", err);
}
