/* Back end without threads: a task runs inside its insertion. */
#include "runtime/engine/internal.h"

#include "runtime/base/alloc.h"
#include "runtime/base/clock.h"
#include <stdio.h>
#include <string.h>

typedef struct clock_state {
    double origin;
} clock_state;

static double now(void)
{
    return 1e6 * slg_now();
}

static slg_status start(slg_rt *rt, const slg_rt_options *opt, slg_error *err)
{
    (void)opt;
    clock_state *state = slg_calloc(1, sizeof *state);
    if (!state)
        return slg_fail_nomem(err, "engine");
    state->origin = now();
    rt->state = state;
    rt->workers = rt->n_slot = 1;
    snprintf(rt->scheduler, sizeof rt->scheduler, "inline");
    return SLG_OK;
}

static void stop(slg_rt *rt)
{
    slg_free(rt->state);
}

static slg_status block(slg_rt *rt, slg_block *b, slg_error *err)
{
    (void)rt;
    b->store = b->host ? (void *)(uintptr_t)b->host : slg_alloc_aligned(b->bytes, 1);
    return b->store ? SLG_OK : slg_fail_nomem(err, "block");
}

static void release(slg_rt *rt, slg_block *b)
{
    (void)rt;
    if (!b->host)
        slg_free(b->store);
}

static slg_status insert(slg_rt *rt, const slg_insertion *in, slg_job *job, slg_error *err)
{
    (void)err;
    const double origin = ((const clock_state *)rt->state)->origin;
    for (size_t i = 0; i < job->n_use; i++)
        job->payload[i] = in->use[i].block->store;
    if (rt->trace)
        job->trace.submitted = job->trace.ready = job->trace.start = now() - origin;
    slg_job_run(job);
    if (rt->trace) {
        job->trace.end = now() - origin;
        slg_lane_add(&rt->worker[0].lane, &job->trace);
    }
    if (job->done)
        job->done(job->done_arg);
    slg_free(job);
    return SLG_OK;
}

static void read_block(slg_rt *rt, slg_block *b, void *dst, size_t bytes)
{
    (void)rt;
    if (dst)
        memcpy(dst, b->store, bytes);
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
    return now() - ((const clock_state *)rt->state)->origin;
}

static void name(int worker, char *out, size_t size)
{
    (void)worker;
    snprintf(out, size, "inline");
}

const slg_backend slg_backend_inline = {
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
