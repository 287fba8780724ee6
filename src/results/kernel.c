/* best/kernel.json: how the kernel of the best HPs is distributed. */
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"
#include "src/results/results.h"

static slg_status measure(slg_evaluator *e, const slg_hp_set *hp, slg_moments *m, slg_error *err)
{
    slg_flight f = {.e = e, .needs = SLG_NEED_KERNEL, .hp = *hp, .at = {-1, -1, -1, 0, NULL, NULL}};
    slg_outcome out = slg_outcome_empty();
    slg_status st = slg_flight_submit(&f, NULL, &out, err);
    if (st == SLG_OK)
        st = slg_flight_moments(&f, m, err);
    slg_rt_wait(e->rt);
    slg_flight_release(&f);
    return st;
}

slg_status slg_write_kernel(slg_evaluator *e, const slg_best *best, const char *folder, slg_error *err)
{
    slg_moments m;
    json_t *dimers = NULL;
    slg_status st = measure(e, &best->hp, &m, err);
    if (st == SLG_OK)
        st = slg_dimers_json(e->p, &best->hp, best->pot, &dimers, err);
    if (st != SLG_OK)
        return st;
    json_t *bins = json_array();
    for (size_t i = 0; i < SLG_HISTOGRAM_BINS; i++)
        json_array_append_new(bins, json_integer((json_int_t)m.bin[i]));
    json_t *o = json_pack("{s:I, s:f, s:f, s:f, s:f, s:f, s:I, s:o, s:o}", "trial", (json_int_t)best->trial, "mean",
                          m.mean, "std", slg_moments_std(&m), "skewness", slg_moments_skew(&m), "min", m.min, "max",
                          m.max, "n", (json_int_t)m.n, "histogram", bins, "dimers", dimers);
    return slg_write_json(o, 17, folder, "kernel.json", err);
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

slg_status slg_write_report_data(slg_evaluator *e, const slg_best *best, const char *dir, slg_error *err)
{
    char folder[SLG_PATH];
    if (best->trial < 0)
        return SLG_OK;
    if (slg_rt_cancelled(e->rt))
        return SLG_STOPPED;
    slg_status st = slg_path_join(folder, dir, "best", err);
    if (st == SLG_OK)
        st = slg_make_folder(folder, err);
    if (st == SLG_OK)
        st = slg_write_kernel(e, best, folder, err);
    if (st == SLG_OK && best->pot)
        st = slg_write_parity(e->p, best, folder, err);
    if (st == SLG_OK)
        st = forget_records(e->rt, err);
    return slg_rt_cancelled(e->rt) ? SLG_STOPPED : st;
}
