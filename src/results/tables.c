/* trials.csv and times.csv. */
#include "runtime/base/file.h"
#include "src/results/results.h"

#include <math.h>

static void put_number(FILE *out, double x)
{
    if (isfinite(x))
        fprintf(out, ",%.17g", x);
    else
        fputc(',', out);
}

/* Reasons are texts of ours without quotes, but may hold commas. */
static void put_row(FILE *out, const slg_search *s, size_t k)
{
    const slg_trial *t = &s->trials.trial[k];
    const slg_outcome *o = &t->out;
    fprintf(out, "%zu,%d,%d,%d,%s", k, t->phase + 1, t->iteration, t->particle,
            o->status == SLG_OK ? "ok" : slg_status_name((slg_status)o->status));
    fprintf(out, o->status == SLG_OK ? "," : ",\"%s: %s\"", o->failure.kind, o->failure.why);
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
    if (s->p->n_fold > 0)
        put_number(out, o->spread);
    for (size_t d = 0; d < s->all.n_dim; d++)
        put_number(out, slg_trials_values(&s->trials, k)[d]);
    fputc('\n', out);
}

static slg_status write_trials(const slg_search *s, const char *path, slg_error *err)
{
    slg_new_file f;
    slg_status st = slg_new_file_open(&f, path, err);
    if (st != SLG_OK)
        return st;
    fputs("trial,stage,iteration,particle,status,reason,cached_from,objective,energy_rmse,energy_mae,force_rmse,"
          "force_mae,virial_rmse,virial_mae,kernel_mean,kernel_std,kernel_skew",
          f.stream);
    fputs(s->p->n_fold > 0 ? ",objective_se" : "", f.stream);
    for (size_t d = 0; d < s->all.n_dim; d++)
        fprintf(f.stream, ",%s", s->all.dim[d].name);
    fputc('\n', f.stream);
    for (size_t k = 0; k < s->trials.n; k++)
        put_row(f.stream, s, k);
    return slg_new_file_commit(&f, err);
}

static slg_status write_times(const slg_search *s, const char *path, slg_error *err)
{
    slg_new_file f;
    slg_status st = slg_new_file_open(&f, path, err);
    if (st != SLG_OK)
        return st;
    fputs("trial,seconds\n", f.stream);
    for (size_t k = 0; k < s->trials.n; k++)
        fprintf(f.stream, "%zu,%.6f\n", k, s->trials.trial[k].seconds);
    return slg_new_file_commit(&f, err);
}

slg_status slg_write_trials(const slg_search *s, const char *dir, slg_error *err)
{
    char path[SLG_PATH];
    slg_status st = slg_path_join(path, dir, "trials.csv", err);
    if (st == SLG_OK)
        st = write_trials(s, path, err);
    if (st == SLG_OK)
        st = slg_path_join(path, dir, "times.csv", err);
    return st == SLG_OK ? write_times(s, path, err) : st;
}
