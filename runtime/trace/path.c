#include "runtime/trace/trace.h"

#include "runtime/base/alloc.h"
#include <stdlib.h>

typedef struct by_id {
    uint64_t id;
    size_t record;
} by_id;

static int compare(const void *pa, const void *pb)
{
    const by_id *a = pa, *b = pb;
    return a->id < b->id ? -1 : a->id > b->id;
}

/* reach[i]: length of the longest chain that ends with record first + i; from[i]: its predecessor, or itself. */
static void longest(const slg_trace_file *f, size_t first, size_t n, const by_id *order, double *reach, size_t *from)
{
    for (size_t k = 0; k < n; k++) {
        const size_t r = order[k].record, i = r - first;
        from[i] = r;
        for (size_t d = f->dep_first[r]; d < f->dep_first[r + 1]; d++)
            if (from[i] == r || reach[f->dep[d] - first] > reach[from[i] - first])
                from[i] = f->dep[d];
        reach[i] = (from[i] == r ? 0 : reach[from[i] - first]) + f->record[r].end - f->record[r].start;
    }
}

static slg_status trace_back(size_t first, size_t last, const size_t *from, size_t **path, size_t *n, slg_error *err)
{
    for (size_t r = last;; r = from[r - first]) {
        ++*n;
        if (from[r - first] == r)
            break;
    }
    *path = slg_calloc(*n, sizeof **path);
    if (!*path)
        return slg_fail_nomem(err, "critical path");
    for (size_t k = *n, r = last; k-- > 0; r = from[r - first])
        (*path)[k] = r;
    return SLG_OK;
}

slg_status slg_trace_critical_path(const slg_trace_file *f, const slg_trace_span *s, size_t **path, size_t *n,
                                   double *length, slg_error *err)
{
    const size_t count = s->last - s->first;
    *path = NULL;
    *n = 0;
    *length = 0;
    if (count == 0)
        return SLG_OK;
    by_id *order = slg_calloc(count, sizeof *order);
    double *reach = slg_calloc(count, sizeof *reach);
    size_t *from = slg_calloc(count, sizeof *from);
    slg_status st = order && reach && from ? SLG_OK : slg_fail_nomem(err, "critical path");
    if (st == SLG_OK) {
        size_t end = 0;
        for (size_t i = 0; i < count; i++)
            order[i] = (by_id){f->record[s->first + i].id, s->first + i};
        qsort(order, count, sizeof *order, compare); /* a task depends on earlier numbers only */
        longest(f, s->first, count, order, reach, from);
        for (size_t i = 0; i < count; i++)
            end = reach[i] > reach[end] ? i : end;
        *length = reach[end];
        st = trace_back(s->first, s->first + end, from, path, n, err);
    }
    slg_free(order);
    slg_free(reach);
    slg_free(from);
    return st;
}
