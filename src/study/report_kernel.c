/* best/kernel.json: how the kernel of the best HPs is distributed. */
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"
#include "src/study/report_data.h"

#include <math.h>
#include <string.h>

slg_status slg_write_json(json_t *o, const char *dir, const char *name, slg_error *err)
{
    char path[SLG_PATH];
    slg_new_file f;
    slg_status st = o ? slg_path_join(path, dir, name, err) : slg_fail_nomem(err, name);
    if (st == SLG_OK)
        st = slg_new_file_open(&f, path, err);
    if (st == SLG_OK) {
        json_dumpf(o, f.stream, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
        fputc('\n', f.stream);
        st = slg_new_file_commit(&f, err);
    }
    json_decref(o);
    return st;
}

static slg_status measure(const slg_problem *p, slg_rt *rt, const slg_hp_set *hp, slg_moments *m, slg_error *err)
{
    slg_flight f = {.kind = SLG_FLIGHT_STAT, .p = p, .rt = rt, .hp = *hp};
    f.at = f.last = (slg_place){-1, -1, -1, 0, NULL, NULL};
    slg_outcome out;
    slg_head head = {0};
    memset(&out, 0, sizeof out);
    slg_status st = slg_flight_submit(&f, &out, err);
    if (st == SLG_OK)
        st = slg_rt_read(rt, f.result, &head, m, sizeof *m, err);
    slg_rt_wait(rt);
    slg_flight_release(&f);
    return st == SLG_OK && head.status != SLG_OK
               ? slg_fail(err, (slg_status)head.status, "kernel of the best trial: %s: %s", head.stage, head.why)
               : st;
}

slg_status slg_write_kernel(const slg_problem *p, slg_rt *rt, const slg_best *best, const char *folder, slg_error *err)
{
    slg_moments m;
    json_t *dimers = NULL;
    slg_status st = measure(p, rt, &best->hp, &m, err);
    if (st == SLG_OK)
        st = slg_dimers_json(p, &best->hp, best->pot, &dimers, err);
    if (st != SLG_OK)
        return st;
    json_t *bins = json_array();
    for (size_t i = 0; i < SLG_HISTOGRAM_BINS; i++)
        json_array_append_new(bins, json_integer((json_int_t)m.bin[i]));
    json_t *o = json_pack("{s:I, s:f, s:f, s:f, s:f, s:f, s:I, s:o, s:o}", "trial", (json_int_t)best->trial, "mean",
                          m.mean, "std", slg_moments_std(&m), "skewness", slg_moments_skew(&m), "min", m.min, "max",
                          m.max, "n", (json_int_t)m.n, "histogram", bins, "dimers", dimers);
    return slg_write_json(o, folder, "kernel.json", err);
}

/* These tasks belong to no iteration of the trace. */
static slg_status forget_records(slg_rt *rt, slg_error *err)
{
    slg_trace_record *record = NULL;
    size_t n = 0;
    slg_status st = slg_rt_trace_take(rt, &record, &n, err);
    slg_free(record);
    return st;
}

slg_status slg_write_report_data(const slg_session *x, slg_error *err)
{
    char folder[SLG_PATH];
    const slg_best *best = &x->s.best;
    if (best->trial < 0)
        return SLG_OK;
    if (slg_rt_cancelled(x->rt))
        return SLG_STOPPED;
    slg_status st = slg_path_join(folder, x->dir, "best", err);
    if (st == SLG_OK)
        st = slg_make_folder(folder, err);
    if (st == SLG_OK)
        st = slg_write_kernel(x->p, x->rt, best, folder, err);
    if (st == SLG_OK && best->pot)
        st = slg_write_parity(x->p, best, folder, err);
    if (st == SLG_OK)
        st = forget_records(x->rt, err);
    return slg_rt_cancelled(x->rt) ? SLG_STOPPED : st;
}
