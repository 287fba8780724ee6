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

slg_status slg_rt_trace_take(slg_rt *rt, slg_trace_record **out, size_t *n, slg_error *err)
{
    size_t total = 0, lost = 0;
    for (int i = 0; i < rt->n_slot; i++) {
        total += rt->worker[i].lane.n;
        lost += rt->worker[i].lane.lost;
    }
    *out = NULL;
    *n = 0;
    slg_trace_record *all = lost ? NULL : slg_calloc(total, sizeof *all);
    if (!all) {
        empty(rt);
        return slg_fail_nomem(err, "trace records");
    }
    for (int i = 0; i < rt->n_slot; i++) {
        slg_lane *lane = &rt->worker[i].lane;
        if (lane->n)
            memcpy(all + *n, lane->record, lane->n * sizeof *all);
        qsort(all + *n, lane->n, sizeof *all, by_start);
        *n += lane->n;
    }
    empty(rt);
    *out = all;
    return SLG_OK;
}
