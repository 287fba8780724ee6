/* trials.csv, times.csv and status.json. */
#include "runtime/base/file.h"
#include "src/study/state.h"

#include <math.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static void put_number(FILE *out, double x)
{
    if (isfinite(x))
        fprintf(out, ",%.17g", x);
    else
        fputc(',', out);
}

/* Reasons are texts of ours without quotes, but may hold commas. */
static void put_row(FILE *out, const slg_state *s, size_t k)
{
    const slg_trial *t = &s->trial[k];
    const slg_outcome *o = &t->out;
    fprintf(out, "%zu,%d,%d,%d,%s", k, t->stage, t->iteration, t->particle,
            o->status == SLG_OK ? "ok" : slg_status_name((slg_status)o->status));
    fprintf(out, o->status == SLG_OK ? "," : ",\"%s: %s\"", o->stage, o->why);
    if (t->cached_from >= 0)
        fprintf(out, ",%lld", (long long)t->cached_from);
    else
        fputc(',', out);
    put_number(out, o->objective);
    for (int q = 0; q < SLG_N_QUANTITY; q++) {
        put_number(out, o->rmse[q]);
        put_number(out, o->mae[q]);
    }
    put_number(out, o->mean);
    put_number(out, o->std);
    put_number(out, o->skew);
    for (size_t d = 0; d < s->all.n_dim; d++)
        put_number(out, s->value[k * s->all.n_dim + d]);
    fputc('\n', out);
}

static slg_status write_trials(const slg_state *s, const char *path, slg_error *err)
{
    slg_new_file f;
    slg_status st = slg_new_file_open(&f, path, err);
    if (st != SLG_OK)
        return st;
    fputs("trial,stage,iteration,particle,status,reason,cached_from,objective,energy_rmse,energy_mae,force_rmse,"
          "force_mae,virial_rmse,virial_mae,kernel_mean,kernel_std,kernel_skew",
          f.stream);
    for (size_t d = 0; d < s->all.n_dim; d++)
        fprintf(f.stream, ",%s", s->all.dim[d].name);
    fputc('\n', f.stream);
    for (size_t k = 0; k < s->n_trial; k++)
        put_row(f.stream, s, k);
    return slg_new_file_commit(&f, err);
}

static slg_status write_times(const slg_state *s, const char *path, slg_error *err)
{
    slg_new_file f;
    slg_status st = slg_new_file_open(&f, path, err);
    if (st != SLG_OK)
        return st;
    fputs("trial,seconds\n", f.stream);
    for (size_t k = 0; k < s->n_trial; k++)
        fprintf(f.stream, "%zu,%.6f\n", k, s->trial[k].seconds);
    return slg_new_file_commit(&f, err);
}

slg_status slg_write_trials(const slg_state *s, const char *dir, slg_error *err)
{
    char path[SLG_PATH];
    slg_status st = slg_path_join(path, dir, "trials.csv", err);
    if (st == SLG_OK)
        st = write_trials(s, path, err);
    if (st == SLG_OK)
        st = slg_path_join(path, dir, "times.csv", err);
    return st == SLG_OK ? write_times(s, path, err) : st;
}

/* --- status.json ---------------------------------------------------------------------------------------------- */

double slg_peak_memory(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return 1024.0 * (double)u.ru_maxrss;
}

static json_t *number_or_null(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *history(const slg_state *s)
{
    json_t *a = json_array();
    double best = (double)INFINITY;
    int32_t stage = 0;
    for (size_t k = 0; k < s->n_trial; k++) {
        const slg_trial *t = &s->trial[k];
        best = t->stage == stage ? best : (double)INFINITY;
        stage = t->stage;
        best = t->out.status == SLG_OK && t->out.objective < best ? t->out.objective : best;
        if (k + 1 == s->n_trial || s->trial[k + 1].iteration != t->iteration || s->trial[k + 1].stage != t->stage)
            json_array_append_new(a, number_or_null(best));
    }
    return a;
}

static void put_counts(json_t *o, const slg_state *s)
{
    size_t failed = 0, cached = 0;
    for (size_t k = 0; k < s->n_trial; k++) {
        failed += s->trial[k].out.status != SLG_OK;
        cached += s->trial[k].cached_from >= 0;
    }
    json_object_set_new(o, "trials", json_integer((json_int_t)s->n_trial));
    json_object_set_new(o, "failed", json_integer((json_int_t)failed));
    json_object_set_new(o, "cached", json_integer((json_int_t)cached));
}

/* Rows of the open iteration that are evaluated. */
static size_t evaluated(const slg_state *s)
{
    size_t n = 0;
    for (size_t i = 0; s->swarm && s->stage < 3 && i < s->swarm->n_particle && s->n_trial + i < s->room; i++)
        n += s->trial[s->n_trial + i].done != 0;
    return n;
}

static json_t *best_of(const slg_state *s)
{
    if (s->best.trial < 0)
        return json_null();
    json_t *o = json_object();
    json_object_set_new(o, "trial", json_integer(s->best.trial));
    json_object_set_new(o, "objective", number_or_null(s->best.objective));
    return o;
}

static void put_progress(json_t *o, const slg_progress *g)
{
    char when[32];
    time_t now = time(NULL);
    struct tm tm;
    gmtime_r(&now, &tm);
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &tm);
    json_object_set_new(o, "in_flight", json_integer((json_int_t)g->in_flight));
    json_object_set_new(o, "elapsed_s", json_real(g->elapsed));
    json_object_set_new(o, "eta_s", number_or_null(g->eta));
    json_object_set_new(o, "seconds_per_trial", number_or_null(g->seconds_per_trial));
    json_object_set_new(o, "peak_memory_bytes", json_real(slg_peak_memory()));
    json_object_set_new(o, "predicted_memory_bytes", json_real(g->predicted_bytes));
    json_object_set_new(o, "workers", json_integer(g->workers));
    json_object_set_new(o, "scheduler", json_string(g->scheduler));
    json_object_set_new(o, "pid", json_integer(getpid()));
    json_object_set_new(o, "updated", json_string(when));
}

slg_status slg_write_status(const slg_state *s, const slg_problem *p, const slg_progress *g, const char *dir,
                            slg_error *err)
{
    char path[SLG_PATH];
    int32_t stage = s->stage == 3 ? p->cfg->strategy : s->stage;
    json_t *o = json_object();
    json_object_set_new(o, "state", json_string(g->state));
    json_object_set_new(o, "strategy", json_integer(p->cfg->strategy));
    json_object_set_new(o, "stage", json_integer(stage));
    json_object_set_new(o, "iteration", json_integer(s->swarm ? s->swarm->iteration : 0));
    json_object_set_new(o, "iterations", json_integer(slg_stage_iterations(p->cfg, stage)));
    json_object_set_new(o, "particles", json_integer((json_int_t)slg_stage_particles(p->cfg, stage)));
    put_counts(o, s);
    json_object_set_new(o, "evaluated", json_integer((json_int_t)evaluated(s)));
    json_object_set_new(o, "best", best_of(s));
    put_progress(o, g);
    json_object_set_new(o, "history", history(s));
    slg_new_file f;
    slg_status st = slg_path_join(path, dir, "status.json", err);
    if (st == SLG_OK)
        st = slg_new_file_open(&f, path, err);
    if (st == SLG_OK) {
        json_dumpf(o, f.stream, JSON_INDENT(1));
        fputc('\n', f.stream);
        st = slg_new_file_commit(&f, err);
    }
    json_decref(o);
    return st;
}
