/* Back end that runs nothing: it keeps the graph that the block accesses imply, by the rules that StarPU follows. */
#include "runtime/engine/internal.h"

#include "runtime/base/alloc.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct record_state {
    slg_graph_task *task; /* [n_task + 1] */
    slg_graph_block *block;
    size_t *use;
    size_t n_task, room_task, n_block, room_block, n_use, room_use;
} record_state;

/* An array with room for n elements: as it is, or moved; NULL, and untouched, when memory ran out. */
static void *grown(void *array, size_t *room, size_t n, size_t size)
{
    if (n <= *room)
        return array;
    void *larger = slg_realloc(array, 2 * n, size);
    *room = larger ? 2 * n : *room;
    return larger;
}

static bool reserve_task(record_state *s, size_t n_use)
{
    slg_graph_task *task = grown(s->task, &s->room_task, s->n_task + 2, sizeof *task);
    s->task = task ? task : s->task;
    size_t *use = grown(s->use, &s->room_use, s->n_use + n_use + 1, sizeof *use);
    s->use = use ? use : s->use;
    return task && use;
}

static slg_status start(slg_rt *rt, const slg_rt_options *opt, slg_error *err)
{
    (void)opt;
    record_state *s = slg_calloc(1, sizeof *s);
    if (!s || !reserve_task(s, 0)) {
        slg_free(s ? s->task : NULL);
        slg_free(s);
        return slg_fail_nomem(err, "recorder");
    }
    s->task[0] = (slg_graph_task){0};
    rt->state = s;
    rt->workers = rt->n_slot = 1;
    snprintf(rt->scheduler, sizeof rt->scheduler, "recorder");
    return SLG_OK;
}

static void stop(slg_rt *rt)
{
    record_state *s = rt->state;
    slg_free(s->task);
    slg_free(s->block);
    slg_free(s->use);
    slg_free(s);
}

/* A block's store is its number. */
static slg_status block(slg_rt *rt, slg_block *b, slg_error *err)
{
    record_state *s = rt->state;
    slg_graph_block *all = grown(s->block, &s->room_block, s->n_block + 1, sizeof *all);
    if (!all)
        return slg_fail_nomem(err, "recorded block");
    s->block = all;
    s->block[s->n_block] = (slg_graph_block){.bytes = b->host ? 0 : b->bytes};
    b->store = (void *)(uintptr_t)s->n_block++;
    return SLG_OK;
}

static void release(slg_rt *rt, slg_block *b)
{
    const record_state *s = rt->state;
    s->block[(uintptr_t)b->store].released = true;
}

static slg_status insert(slg_rt *rt, const slg_insertion *in, slg_job *job, slg_error *err)
{
    record_state *s = rt->state;
    if (!reserve_task(s, in->n_use))
        return slg_fail_nomem(err, "recorded task");
    slg_graph_task *t = &s->task[s->n_task++];
    *t = (slg_graph_task){
        .kind = in->kind->name,
        .iteration = in->iteration,
        .particle = in->particle,
        .chunk = in->chunk,
        .priority = in->priority,
        .flops = job->cost.flops,
        .dep_first = t->dep_first,
        .use_first = t->use_first,
    };
    for (size_t i = 0; i < in->n_use; i++)
        s->use[s->n_use++] = (uintptr_t)in->use[i].block->store;
    t[1] = (slg_graph_task){.dep_first = rt->deps.dep.n, .use_first = s->n_use};
    slg_job_leave(job);
    slg_free(job);
    if (in->done)
        in->done(in->done_arg);
    return SLG_OK;
}

/* Nothing ran: like a task that was stopped before it began. */
static void read_block(slg_rt *rt, slg_block *b, void *dst, size_t bytes)
{
    (void)rt;
    b->state->status = (slg_block_status){.status = SLG_STOPPED, .reason = SLG_REASON_RECORDED};
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
    *out = (slg_graph){.task = s->task,
                       .block = s->block,
                       .n_task = s->n_task,
                       .n_block = s->n_block,
                       .dep = rt->deps.dep.at,
                       .use = s->use};
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
