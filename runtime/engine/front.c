/* Front of the engine: checks what callers ask for, keeps the list of blocks, calls the back end. */
#include "runtime/engine/internal.h"

#include "runtime/base/alloc.h"
#include "runtime/base/process.h"
#include <cblas.h>
#include <stdio.h>
#include <string.h>

static const slg_backend *backend_of(const slg_rt_options *opt)
{
    switch (opt->backend) {
    case SLG_RT_STARPU: return &slg_backend_starpu;
    case SLG_RT_INLINE: return &slg_backend_inline;
    case SLG_RT_RECORD: return &slg_backend_record;
    }
    return NULL;
}

static slg_status make_slots(slg_rt *rt, slg_error *err)
{
    const size_t n = (size_t)rt->n_slot;
    rt->worker = slg_alloc_aligned(n, sizeof *rt->worker);
    if (!rt->worker)
        return slg_fail_nomem(err, "engine workers");
    memset(rt->worker, 0, n * sizeof *rt->worker);
    return SLG_OK;
}

static void free_slots(slg_rt *rt)
{
    for (int i = 0; rt->worker && i < rt->n_slot; i++) {
        slg_free(rt->worker[i].scratch);
        slg_lane_free(&rt->worker[i].lane);
    }
    slg_free(rt->worker);
}

slg_status slg_rt_start(const slg_rt_options *opt, slg_rt **out, slg_error *err)
{
    *out = NULL;
    const slg_backend *backend = backend_of(opt);
    if (!backend || opt->workers < 0)
        return slg_fail(err, SLG_ERR_INTERNAL,
                        "engine: expected a known back end and no negative number of workers, found "
                        "back end %d and %d workers; correct the caller",
                        (int)opt->backend, opt->workers);
    slg_rt *rt = slg_calloc(1, sizeof *rt);
    if (!rt)
        return slg_fail_nomem(err, "engine");
    atomic_init(&rt->cancelled, false);
    rt->backend = backend;
    rt->trace = opt->trace;
    rt->keep_deps = opt->trace || backend == &slg_backend_record;
    rt->cores = slg_cores();
    openblas_set_num_threads(1); /* the tasks are the parallelism; also keeps the bits of all back ends equal */
    slg_status st = backend->start(rt, opt, err);
    if (st != SLG_OK) {
        slg_free(rt);
        return st;
    }
    st = make_slots(rt, err);
    if (st != SLG_OK)
        slg_rt_stop(&rt);
    *out = rt;
    return st;
}

void slg_rt_stop(slg_rt **rt_)
{
    slg_rt *rt = *rt_;
    *rt_ = NULL;
    if (!rt)
        return;
    slg_rt_wait(rt);
    while (rt->blocks) {
        rt->backend->release(rt, rt->blocks);
        slg_block_unlink(rt, rt->blocks);
    }
    slg_rt_wait(rt);
    rt->backend->stop(rt);
    slg_deps_free(&rt->deps);
    free_slots(rt);
    slg_free(rt);
}

int slg_rt_workers(const slg_rt *rt)
{
    return rt->workers;
}

int slg_rt_cores(const slg_rt *rt)
{
    return rt->cores;
}

const char *slg_rt_scheduler(const slg_rt *rt)
{
    return rt->scheduler;
}

int slg_rt_lanes(const slg_rt *rt)
{
    return rt->n_slot;
}

void slg_rt_worker_name(const slg_rt *rt, int worker, char *out, size_t size)
{
    if (worker < 0 || worker >= rt->n_slot)
        snprintf(out, size, "none");
    else
        rt->backend->name(worker, out, size);
}

double slg_rt_clock(const slg_rt *rt)
{
    return rt->backend->clock(rt);
}

static void link_block(slg_rt *rt, slg_block *block)
{
    block->next = rt->blocks;
    if (rt->blocks)
        rt->blocks->prev = block;
    rt->blocks = block;
}

static slg_status make_block(slg_rt *rt, const void *host, size_t bytes, slg_block **out, slg_error *err)
{
    *out = NULL;
    slg_block *block = bytes > SIZE_MAX / 4 ? NULL : slg_calloc(1, sizeof *block);
    slg_block_state *state = block ? slg_calloc(1, sizeof *state) : NULL;
    if (!state) {
        slg_free(block);
        return slg_fail_nomem(err, "block");
    }
    atomic_init(&state->users, 1);
    *block = (slg_block){.bytes = bytes, .host = host, .written = host != NULL, .state = state};
    slg_status st = rt->backend->block(rt, block, err);
    if (st != SLG_OK) {
        slg_free(state);
        slg_free(block);
        return st;
    }
    link_block(rt, block);
    *out = block;
    return SLG_OK;
}

slg_status slg_rt_block(slg_rt *rt, size_t bytes, slg_block **out, slg_error *err)
{
    rt->account.n_block++;
    return make_block(rt, NULL, bytes, out, err);
}

slg_status slg_rt_block_host(slg_rt *rt, const void *memory, size_t bytes, slg_block **out, slg_error *err)
{
    SLG_ASSERT(memory && (uintptr_t)memory % SLG_ALIGN == 0);
    return make_block(rt, memory, bytes, out, err);
}

slg_rt_account slg_rt_account_of(const slg_rt *rt)
{
    return rt->account;
}

void slg_block_unlink(slg_rt *rt, slg_block *block)
{
    if (block->next)
        block->next->prev = block->prev;
    if (block->prev)
        block->prev->next = block->next;
    else
        rt->blocks = block->next;
    slg_block_state_leave(block->state);
    slg_free(block->history.readers.at);
    slg_free(block);
}

void slg_rt_release(slg_rt *rt, slg_block **block)
{
    if (!*block)
        return;
    rt->backend->release(rt, *block);
    slg_block_unlink(rt, *block);
    *block = NULL;
}

/* Mistakes of the program, found here because StarPU answers them with an abort. */
static slg_status check_uses(slg_rt *rt, const slg_insertion *in, slg_error *err)
{
    const char *wrong = NULL;
    if (!in->kind || !in->kind->name || !in->kind->cpu)
        return slg_fail(err, SLG_ERR_INTERNAL, "engine: expected a task kind with a name and a function");
    for (size_t i = 0; i < in->n_use && !wrong; i++) {
        slg_block *b = in->use[i].block;
        if (!b)
            wrong = "no block";
        else if (b->user == rt->n_job)
            wrong = "the same block twice";
        else if (in->use[i].mode != SLG_W && !b->written)
            wrong = "a block read before any task writes it";
        else if (in->use[i].mode != SLG_R && b->host)
            wrong = "the caller's memory to write";
        else
            b->user = rt->n_job;
        if (wrong)
            return slg_fail(err, SLG_ERR_INTERNAL,
                            "engine: task %s, use %zu: expected a written block of its own, found %s; "
                            "correct the task graph",
                            in->kind->name, i, wrong);
    }
    return SLG_OK;
}

static void account_for(slg_rt *rt, const slg_cost *cost)
{
    slg_rt_account *a = &rt->account;
    a->n_task++;
    a->flops += cost->flops;
    a->scratch = cost->scratch > a->scratch ? cost->scratch : a->scratch;
}

slg_status slg_rt_insert(slg_rt *rt, const slg_insertion *in, slg_error *err)
{
    rt->n_job++;
    slg_status st = check_uses(rt, in, err);
    if (st != SLG_OK)
        return st;
    slg_job *job = slg_job_new(rt, in);
    if (job && rt->keep_deps && !slg_deps_gather(&rt->deps, in)) {
        slg_job_leave(job);
        slg_free(job);
        job = NULL;
    }
    if (!job)
        return slg_fail_nomem(err, "task");
    const slg_cost cost = job->cost; /* the job belongs to the back end soon */
    st = rt->backend->insert(rt, in, job, err);
    if (st != SLG_OK) {
        slg_job_leave(job);
        slg_free(job);
        return st;
    }
    account_for(rt, &cost);
    if (rt->keep_deps)
        slg_deps_accept(&rt->deps, in);
    for (size_t i = 0; i < in->n_use; i++)
        if (in->use[i].mode != SLG_R)
            in->use[i].block->written = true;
    return SLG_OK;
}

slg_status slg_rt_read(slg_rt *rt, slg_block *block, slg_block_status *status, void *dst, size_t bytes, slg_error *err)
{
    if (!block || !block->written || (dst && bytes > block->bytes))
        return slg_fail(err, SLG_ERR_INTERNAL,
                        "engine: expected a written block of at least %zu bytes, found %s of %zu; "
                        "correct the caller",
                        bytes, block && block->written ? "one" : "an unwritten one", block ? block->bytes : 0);
    rt->backend->read(rt, block, dst, bytes);
    if (status)
        *status = block->state->status;
    return SLG_OK;
}

void slg_rt_wait(slg_rt *rt)
{
    while (rt->pauses > 0)
        slg_rt_resume(rt); /* sleeping workers would never finish */
    rt->backend->wait(rt);
}

void slg_rt_pause(slg_rt *rt)
{
    rt->pauses++;
    rt->backend->pause(rt);
}

void slg_rt_resume(slg_rt *rt)
{
    if (rt->pauses == 0)
        return;
    rt->pauses--;
    rt->backend->resume(rt);
}

void slg_rt_cancel(slg_rt *rt)
{
    atomic_store(&rt->cancelled, true);
}

bool slg_rt_cancelled(const slg_rt *rt)
{
    return atomic_load(&rt->cancelled);
}

slg_status slg_rt_graph(slg_rt *rt, slg_graph *out, slg_error *err)
{
    if (rt->backend == &slg_backend_record)
        return slg_record_graph(rt, out, err);
    memset(out, 0, sizeof *out);
    return slg_fail(err, SLG_ERR_INTERNAL,
                    "engine: expected the recorder back end, found another; only the recorder keeps the graph");
}
