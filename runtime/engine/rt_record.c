/* Back end that runs nothing: it keeps the graph that the block accesses imply, by the rules that StarPU follows. */
#include "runtime/engine/rt_internal.h"

#include "runtime/base/alloc.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Growing array of indices. */
typedef struct index_list {
    size_t *at, n, room;
} index_list;

/* Accesses to one block: the last writer (n_writer is 0 or 1) and who read since. */
typedef struct history {
    size_t writer, n_writer;
    index_list readers;
} history;

typedef struct record_state {
    slg_graph_task *task; /* [n_task + 1] */
    size_t n_task, room;
    index_list dep;
} record_state;

static bool reserve(index_list *list, size_t more)
{
    if (list->room - list->n >= more)
        return true;
    size_t room = 2 * list->room > list->n + more ? 2 * list->room : list->n + more;
    size_t *at = slg_realloc(list->at, room, sizeof *at);
    if (!at)
        return false;
    list->at = at;
    list->room = room;
    return true;
}

static bool reserve_task(record_state *s)
{
    if (s->n_task + 2 <= s->room)
        return true;
    size_t room = s->room ? 2 * s->room : 64;
    slg_graph_task *task = slg_realloc(s->task, room, sizeof *task);
    if (!task)
        return false;
    s->task = task;
    s->room = room;
    return true;
}

static slg_status start(slg_rt *rt, const slg_rt_options *opt, slg_error *err)
{
    (void)opt;
    record_state *s = slg_calloc(1, sizeof *s);
    if (!s || !reserve_task(s)) {
        slg_free(s);
        return slg_fail_nomem(err, "recorder");
    }
    memset(s->task, 0, sizeof *s->task);
    rt->state = s;
    rt->workers = rt->n_slot = 1;
    snprintf(rt->scheduler, sizeof rt->scheduler, "recorder");
    return SLG_OK;
}

static void stop(slg_rt *rt)
{
    record_state *s = rt->state;
    slg_free(s->task);
    slg_free(s->dep.at);
    slg_free(s);
}

static slg_status block(slg_rt *rt, slg_block *b, slg_error *err)
{
    (void)rt;
    b->store = slg_calloc(1, sizeof(history));
    return b->store ? SLG_OK : slg_fail_nomem(err, "block");
}

static void release(slg_rt *rt, slg_block *b)
{
    (void)rt;
    slg_free(((history *)b->store)->readers.at);
    slg_free(b->store);
}

/* A reader waits for the last writer; a writer for the readers since, or for the last writer when there are none. */
static bool note_deps(index_list *dep, const history *h, slg_access mode)
{
    const bool by_readers = mode != SLG_R && h->readers.n > 0;
    const size_t n = by_readers ? h->readers.n : h->n_writer;
    if (!reserve(dep, n))
        return false;
    if (n)
        memcpy(dep->at + dep->n, by_readers ? h->readers.at : &h->writer, n * sizeof *dep->at);
    dep->n += n;
    return true;
}

static int by_index(const void *pa, const void *pb)
{
    const size_t a = *(const size_t *)pa, b = *(const size_t *)pb;
    return a < b ? -1 : a > b;
}

static void sort_unique(index_list *dep, size_t first)
{
    size_t n = first;
    if (dep->n == first)
        return;
    qsort(dep->at + first, dep->n - first, sizeof *dep->at, by_index);
    for (size_t i = first; i < dep->n; i++)
        if (i == first || dep->at[i] != dep->at[i - 1])
            dep->at[n++] = dep->at[i];
    dep->n = n;
}

static bool gather(record_state *s, const slg_insertion *in)
{
    const size_t first = s->dep.n;
    bool ok = reserve_task(s);
    for (size_t i = 0; ok && i < in->n_use; i++) {
        history *h = in->use[i].block->store;
        ok = note_deps(&s->dep, h, in->use[i].mode) && (in->use[i].mode != SLG_R || reserve(&h->readers, 1));
    }
    if (ok)
        sort_unique(&s->dep, first);
    else
        s->dep.n = first;
    return ok;
}

static void update_histories(size_t id, const slg_insertion *in)
{
    for (size_t i = 0; i < in->n_use; i++) {
        history *h = in->use[i].block->store;
        if (in->use[i].mode == SLG_R) {
            h->readers.at[h->readers.n++] = id;
        } else {
            h->writer = id;
            h->n_writer = 1;
            h->readers.n = 0;
        }
    }
}

static slg_status insert(slg_rt *rt, const slg_insertion *in, slg_job *job, slg_error *err)
{
    record_state *s = rt->state;
    if (!gather(s, in))
        return slg_fail_nomem(err, "recorded task");
    update_histories(s->n_task, in);
    slg_graph_task *t = &s->task[s->n_task];
    *t = (slg_graph_task){
        .kind = in->kind->name, .iteration = in->iteration, .particle = in->particle, .chunk = in->chunk,
        .priority = in->priority, .flops = in->flops, .dep_first = t->dep_first,
    };
    s->task[++s->n_task] = (slg_graph_task){.dep_first = s->dep.n};
    slg_free(job);
    if (in->done)
        in->done(in->done_arg);
    return SLG_OK;
}

/* Nothing ran: like a task that was stopped before it began. */
static void read_block(slg_rt *rt, slg_block *b, slg_head *head, void *dst, size_t bytes)
{
    (void)rt, (void)b;
    if (head)
        *head = (slg_head){.status = SLG_STOPPED, .stage = "recorder", .why = "recorded, not run"};
    if (dst)
        memset(dst, 0, bytes);
}

static void nothing(slg_rt *rt)
{
    (void)rt;
}

static int slot(void)
{
    return 0;
}

slg_status slg_record_graph(slg_rt *rt, slg_graph *out, slg_error *err)
{
    (void)err;
    const record_state *s = rt->state;
    *out = (slg_graph){.task = s->task, .n_task = s->n_task, .dep = s->dep.at};
    return SLG_OK;
}

const slg_backend slg_backend_record = {
    .start = start, .stop = stop, .block = block, .release = release, .insert = insert,
    .read = read_block, .wait = nothing, .pause = nothing, .resume = nothing, .slot = slot,
};
