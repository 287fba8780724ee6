/* Records of finished tasks: one growing array per worker, so that nobody needs a lock. */
#include "runtime/engine/rt_internal.h"

#include "runtime/base/alloc.h"
#include <stdlib.h>
#include <string.h>

void slg_lane_add(slg_lane *lane, const slg_trace_record *record)
{
    if (lane->n == lane->room) {
        size_t room = lane->room ? 2 * lane->room : 1024;
        slg_trace_record *more = slg_realloc(lane->record, room, sizeof *more);
        if (!more) {
            lane->lost++;
            return;
        }
        lane->record = more;
        lane->room = room;
    }
    lane->record[lane->n++] = *record;
}

static int by_start(const void *pa, const void *pb)
{
    const slg_trace_record *a = pa, *b = pb;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

static void empty(slg_rt *rt)
{
    for (int i = 0; i < rt->n_slot; i++)
        rt->worker[i].lane.n = rt->worker[i].lane.lost = 0;
}

/* All lanes one after the other, each in order of start. */
static slg_status gather(slg_rt *rt, slg_trace_record **out, size_t *n, slg_error *err)
{
    size_t total = 0, lost = 0;
    for (int i = 0; i < rt->n_slot; i++) {
        total += rt->worker[i].lane.n;
        lost += rt->worker[i].lane.lost;
    }
    slg_trace_record *all = lost ? NULL : slg_calloc(total, sizeof *all);
    if (!all)
        return slg_fail_nomem(err, "trace records");
    for (int i = 0; i < rt->n_slot; i++) {
        slg_lane *lane = &rt->worker[i].lane;
        if (lane->n)
            memcpy(all + *n, lane->record, lane->n * sizeof *all);
        qsort(all + *n, lane->n, sizeof *all, by_start);
        *n += lane->n;
    }
    *out = all;
    return SLG_OK;
}

/* Dependencies in terms of records; a task without a record (none is known) would be left out. */
static slg_status translate(const slg_deps *d, slg_trace_take *t, slg_error *err)
{
    const size_t n_task = slg_deps_count(d);
    size_t *row = slg_calloc(n_task, sizeof *row); /* 1 + record of each task */
    t->dep_first = slg_calloc(t->n + 1, sizeof *t->dep_first);
    t->dep = slg_calloc(d->dep.n, sizeof *t->dep);
    if (!row || !t->dep_first || !t->dep) {
        slg_free(row);
        return slg_fail_nomem(err, "trace dependencies");
    }
    for (size_t i = 0; i < t->n; i++)
        row[t->record[i].id - d->base] = i + 1;
    for (size_t i = 0, used = 0; i < t->n; i++) {
        const size_t *first = d->first.at + (t->record[i].id - d->base);
        for (size_t k = first[0]; k < first[1]; k++)
            if (row[d->dep.at[k] - d->base] > 0)
                t->dep[used++] = row[d->dep.at[k] - d->base] - 1;
        t->dep_first[i + 1] = used;
    }
    slg_free(row);
    return SLG_OK;
}

static void forget(slg_rt *rt)
{
    empty(rt);
    if (rt->backend != &slg_backend_record)
        slg_deps_restart(&rt->deps, rt->blocks);
}

slg_status slg_rt_trace_take(slg_rt *rt, slg_trace_record **out, size_t *n, slg_error *err)
{
    *out = NULL;
    *n = 0;
    slg_status st = gather(rt, out, n, err);
    forget(rt);
    return st;
}

slg_status slg_rt_trace_take_graph(slg_rt *rt, slg_trace_take *out, slg_error *err)
{
    *out = (slg_trace_take){0};
    slg_status st = gather(rt, &out->record, &out->n, err);
    if (st == SLG_OK)
        st = translate(&rt->deps, out, err);
    forget(rt);
    if (st == SLG_OK)
        return st;
    slg_free(out->record);
    slg_free(out->dep_first);
    slg_free(out->dep);
    *out = (slg_trace_take){0};
    return st;
}
