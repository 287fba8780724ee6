#include "runtime/trace/events.h"

#include "runtime/base/alloc.h"
#include <stdlib.h>

static int in_time(const void *pa, const void *pb)
{
    const slg_trace_event *a = pa, *b = pb;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->rank != b->rank)
        return a->rank - b->rank;
    return a->record < b->record ? -1 : a->record > b->record;
}

slg_status slg_trace_events(const slg_trace_file *f, const slg_trace_span *s, slg_trace_event **out, size_t *n,
                            slg_error *err)
{
    slg_trace_event *e = slg_calloc(s->last - s->first, 4 * sizeof *e);
    *out = e;
    *n = 0;
    if (!e)
        return slg_fail_nomem(err, "trace events");
    for (size_t i = s->first; i < s->last; i++) {
        const slg_trace_record *r = &f->record[i];
        e[(*n)++] = (slg_trace_event){r->submitted, SLG_TASK_SUBMITTED, 1, i};
        e[(*n)++] = (slg_trace_event){r->ready, SLG_TASK_READY, 2, i};
        e[(*n)++] = (slg_trace_event){r->start, SLG_TASK_START, 3, i};
        e[(*n)++] = (slg_trace_event){r->end, SLG_TASK_END, r->end > r->start ? 0 : 4, i};
    }
    if (*n > 0)
        qsort(e, *n, sizeof *e, in_time);
    return SLG_OK;
}
