/* Figure of the workers' time: the last whole iteration in the trace. */
#include "runtime/base/alloc.h"
#include "runtime/trace/trace.h"
#include "src/report/figure.h"

#include <stdio.h>

static slg_status take_span(void *arg, const slg_trace_file *file, const slg_trace_span *s, slg_error *err)
{
    slg_figure *f = arg;
    (void)err;
    json_array_clear(f->rows);
    for (size_t i = s->first; i < s->last; i++) {
        const slg_trace_record *r = &file->record[i];
        if (r->worker >= 0 && (size_t)r->worker < file->n_worker && r->end > r->start)
            slg_figure_row(f, "sdsddff", file->worker[r->worker].name, r->worker, r->kind, r->particle, r->chunk,
                           (r->start - s->begin) / 1000, (r->end - s->begin) / 1000);
    }
    snprintf(f->caption, sizeof f->caption,
             "Stage %d, iteration %d: %zu tasks in %.1f ms on %zu workers. White is idle time.", s->stage, s->iteration,
             s->last - s->first, (s->end - s->begin) / 1000, file->n_worker);
    return SLG_OK;
}

slg_status slg_build_gantt(const slg_source *s, const slg_source *baseline, slg_figure *f, slg_error *err)
{
    (void)baseline;
    slg_trace_name *name = NULL;
    slg_trace_range last = {0, -1, -1};
    size_t n = 0;
    slg_figure_columns(f, "worker,lane,task,particle,chunk,start_ms,end_ms");
    snprintf(f->missing, sizeof f->missing, "this study kept no trace of a whole iteration");
    slg_status st = slg_trace_list(s->dir, &name, &n, err);
    for (size_t i = 0; st == SLG_OK && i < n; i++)
        if (name[i].part == 0 && name[i].last >= 0)
            last = (slg_trace_range){name[i].stage, name[i].last, name[i].last};
    slg_free(name);
    if (st != SLG_OK || last.first < 0)
        return st;
    slg_error damaged = {0};
    if (slg_trace_each(s->dir, last, take_span, f, &damaged) != SLG_OK)
        snprintf(f->missing, sizeof f->missing, "the trace is unreadable");
    return SLG_OK;
}
