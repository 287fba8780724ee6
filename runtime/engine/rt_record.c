/* Back end that runs nothing: it keeps the graph that the block accesses imply, by the rules that StarPU follows. */
#include "runtime/engine/rt_internal.h"

#include "runtime/base/alloc.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct record_state {
    slg_graph_task *task; /* [n_task + 1] */
    size_t n_task, room;
} record_state;

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
    slg_free(s);
}

static slg_status block(slg_rt *rt, slg_block *b, slg_error *err)
{
    (void)rt, (void)b, (void)err;
    return SLG_OK;
}

static void release(slg_rt *rt, slg_block *b)
{
    (void)rt, (void)b;
}

static slg_status insert(slg_rt *rt, const slg_insertion *in, slg_job *job, slg_error *err)
{
    record_state *s = rt->state;
    if (!reserve_task(s))
        return slg_fail_nomem(err, "recorded task");
    slg_graph_task *t = &s->task[s->n_task];
    *t = (slg_graph_task){
        .kind = in->kind->name,
        .iteration = in->iteration,
        .particle = in->particle,
        .chunk = in->chunk,
        .priority = in->priority,
        .flops = in->flops,
        .dep_first = t->dep_first,
    };
    s->task[++s->n_task] = (slg_graph_task){.dep_first = rt->deps.dep.n};
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

static double clock_of(const slg_rt *rt)
{
    (void)rt;
    return 0;
}

static void name(int worker, char *out, size_t size)
{
    (void)worker;
    snprintf(out, size, "recorder");
}

slg_status slg_record_graph(slg_rt *rt, slg_graph *out, slg_error *err)
{
    (void)err;
    const record_state *s = rt->state;
    *out = (slg_graph){.task = s->task, .n_task = s->n_task, .dep = rt->deps.dep.at};
    return SLG_OK;
}

const slg_backend slg_backend_record = {
    .start = start,
    .stop = stop,
    .block = block,
    .release = release,
    .insert = insert,
    .read = read_block,
    .wait = nothing,
    .pause = nothing,
    .resume = nothing,
    .slot = slot,
    .clock = clock_of,
    .name = name,
};
