/* Records of finished tasks: one growing array per worker, so that nobody needs a lock. */
#include "runtime/engine/internal.h"

#include "runtime/base/alloc.h"
#include <stdlib.h>
#include <string.h>

void slg_lane_add(slg_lane *lane, const slg_trace_record *record)
{
    slg_lane_piece *p = lane->last;
    if (!p || atomic_load_explicit(&p->n, memory_order_relaxed) == SLG_LANE_PIECE) {
        slg_lane_piece *more = slg_calloc(1, sizeof *more);
        if (!more) {
            atomic_fetch_add(&lane->lost, 1);
            return;
        }
        atomic_store_explicit(p ? &p->next : &lane->first, more, memory_order_release);
        lane->last = p = more;
    }
    size_t n = atomic_load_explicit(&p->n, memory_order_relaxed);
    p->record[n] = *record;
    atomic_store_explicit(&p->n, n + 1, memory_order_release);
}

static const slg_lane_piece *next_piece(const slg_lane *lane, const slg_lane_piece *p)
{
    return atomic_load_explicit(p ? &((slg_lane_piece *)(uintptr_t)p)->next : &((slg_lane *)(uintptr_t)lane)->first,
                                memory_order_acquire);
}

/* Copies at most `room` records to `out`, or counts all when `out` is NULL; number of records. */
static size_t copy_lane(const slg_lane *lane, slg_trace_record *out, size_t room)
{
    size_t total = 0;
    for (const slg_lane_piece *p = NULL; (p = next_piece(lane, p)) != NULL;) {
        size_t n = atomic_load_explicit(&((slg_lane_piece *)(uintptr_t)p)->n, memory_order_acquire);
        if (out) {
            n = room - total < n ? room - total : n;
            memcpy(out + total, p->record, n * sizeof *out);
        }
        total += n;
    }
    return total;
}

/* No task is running. */
void slg_lane_free(slg_lane *lane)
{
    slg_lane_piece *p = atomic_load(&lane->first);
    while (p) {
        slg_lane_piece *next = atomic_load(&p->next);
        slg_free(p);
        p = next;
    }
    atomic_store(&lane->first, NULL);
    atomic_store(&lane->lost, 0);
    lane->last = NULL;
}

static int by_start(const void *pa, const void *pb)
{
    const slg_trace_record *a = pa, *b = pb;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

/* All lanes one after the other, each in order of start. Records that come meanwhile wait for the next time. */
static slg_status gather(slg_rt *rt, slg_trace_record **out, size_t *n, slg_error *err)
{
    size_t total = 0, lost = 0;
    for (int i = 0; i < rt->n_slot; i++) {
        total += copy_lane(&rt->worker[i].lane, NULL, 0);
        lost += atomic_load(&rt->worker[i].lane.lost);
    }
    slg_trace_record *all = lost ? NULL : slg_calloc(total, sizeof *all);
    if (!all)
        return slg_fail_nomem(err, "trace records");
    for (int i = 0; i < rt->n_slot; i++) {
        size_t count = copy_lane(&rt->worker[i].lane, all + *n, total - *n);
        qsort(all + *n, count, sizeof *all, by_start);
        *n += count;
    }
    *out = all;
    return SLG_OK;
}

/* Dependencies in terms of records; a task without a record (it has not ended) is left out. */
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
    for (int i = 0; i < rt->n_slot; i++)
        slg_lane_free(&rt->worker[i].lane);
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

slg_status slg_rt_trace_peek_graph(slg_rt *rt, slg_trace_take *out, slg_error *err)
{
    *out = (slg_trace_take){0};
    slg_status st = gather(rt, &out->record, &out->n, err);
    if (st == SLG_OK)
        st = translate(&rt->deps, out, err);
    if (st != SLG_OK)
        slg_trace_take_free(out);
    return st;
}

slg_status slg_rt_trace_take_graph(slg_rt *rt, slg_trace_take *out, slg_error *err)
{
    slg_status st = slg_rt_trace_peek_graph(rt, out, err);
    forget(rt);
    return st;
}

void slg_trace_take_free(slg_trace_take *t)
{
    slg_free(t->record);
    slg_free(t->dep_first);
    slg_free(t->dep);
    *t = (slg_trace_take){0};
}
