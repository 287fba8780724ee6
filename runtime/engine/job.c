/* The body of every task, the same for all back ends. */
#include "runtime/engine/internal.h"

#include "runtime/base/alloc.h"
#include <string.h>

static size_t rounded(size_t n)
{
    return (n + 15) / 16 * 16;
}

static void describe(slg_job *job, slg_rt *rt, const slg_insertion *in)
{
    job->rt = rt;
    job->kind = in->kind;
    job->done = in->done;
    job->done_arg = in->done_arg;
    if (in->kind->cost)
        in->kind->cost(in->arg, NULL, &job->cost);
    job->trace = (slg_trace_record){
        .kind = in->kind->name,
        .iteration = in->iteration,
        .particle = in->particle,
        .chunk = in->chunk,
        .bytes = job->cost.bytes,
        .id = rt->account.n_task,
    };
}

static void hold_blocks(slg_job *job, const slg_insertion *in)
{
    double touched = 0;
    for (size_t i = 0; i < job->n_use; i++) {
        const slg_block *b = in->use[i].block;
        job->bytes[i] = b->bytes;
        job->mode[i] = (unsigned char)in->use[i].mode;
        job->state[i] = b->state;
        atomic_fetch_add(&b->state->users, 1);
        touched += (double)b->bytes;
    }
    if (job->trace.bytes <= 0)
        job->trace.bytes = touched;
}

slg_job *slg_job_new(slg_rt *rt, const slg_insertion *in)
{
    const size_t per_use = 2 * sizeof(void *) + sizeof(size_t) + 1, n = in->n_use;
    const size_t fixed = rounded(sizeof(slg_job)) + rounded(in->arg_bytes) + 16;
    if (n > (SIZE_MAX / 4 - fixed) / per_use)
        return NULL;
    char *at = slg_calloc(fixed + n * per_use, 1);
    if (!at)
        return NULL;
    slg_job *job = (slg_job *)(void *)at;
    describe(job, rt, in);
    job->arg = at += rounded(sizeof *job);
    job->payload = (void **)(void *)(at += rounded(in->arg_bytes));
    job->n_use = n;
    job->state = (slg_block_state **)(void *)(job->payload + n);
    job->bytes = (size_t *)(void *)(job->state + n);
    job->mode = (unsigned char *)(job->bytes + n);
    if (in->arg_bytes)
        memcpy(job->arg, in->arg, in->arg_bytes);
    hold_blocks(job, in);
    return job;
}

void slg_block_state_leave(slg_block_state *s)
{
    if (atomic_fetch_sub(&s->users, 1) == 1)
        slg_free(s);
}

void slg_job_leave(slg_job *job)
{
    for (size_t i = 0; i < job->n_use; i++)
        slg_block_state_leave(job->state[i]);
}

static void clear_outputs(slg_job *job)
{
    for (size_t i = 0; i < job->n_use; i++)
        if (job->mode[i] == SLG_W)
            job->state[i]->status = (slg_block_status){0};
}

static bool failed_input(const slg_job *job, slg_block_status *first)
{
    for (size_t i = 0; i < job->n_use; i++)
        if (job->mode[i] != SLG_W && job->state[i]->status.status != SLG_OK) {
            *first = job->state[i]->status;
            return true;
        }
    return false;
}

static void fail_outputs(slg_job *job, const slg_block_status *failure)
{
    job->trace.status = failure->status;
    for (size_t i = 0; i < job->n_use; i++)
        if (job->mode[i] != SLG_R)
            job->state[i]->status = *failure;
}

/* Kept between tasks; NULL when memory ran out. */
static void *scratch_of(slg_rt *rt, size_t bytes)
{
    int slot = rt->backend->slot();
    SLG_ASSERT(slot >= 0 && slot < rt->n_slot);
    slg_worker *w = &rt->worker[slot];
    if (bytes > w->scratch_bytes) {
        slg_free(w->scratch);
        w->scratch = slg_alloc_aligned(bytes, 1);
        w->scratch_bytes = w->scratch ? bytes : 0;
    }
    return w->scratch;
}

static slg_status call(slg_job *job, slg_block_status *failure)
{
    slg_cost cost = {0};
    if (job->kind->cost)
        job->kind->cost(job->arg, job->payload, &cost);
    slg_task task = {
        .buf = job->payload, .bytes = job->bytes, .n_buf = job->n_use, .arg = job->arg, .failure = failure};
    *failure = (slg_block_status){.kind = job->kind};
    if (cost.scratch > 0 && !(task.scratch = scratch_of(job->rt, cost.scratch)))
        return slg_task_fail(&task, SLG_ERR_NOMEM, SLG_REASON_MEMORY, (double[SLG_N_WHERE]){(double)cost.scratch});
    job->trace.flops = cost.flops; /* 0 for a task that never began */
    failure->status = (int32_t)job->kind->cpu(&task);
    return (slg_status)failure->status;
}

void slg_job_run(slg_job *job)
{
    slg_block_status failure = {.status = SLG_STOPPED, .reason = SLG_REASON_STOPPED, .kind = job->kind};
    clear_outputs(job);
    if (slg_rt_cancelled(job->rt) || failed_input(job, &failure) || call(job, &failure) != SLG_OK)
        fail_outputs(job, &failure);
    slg_job_leave(job);
}

slg_status slg_task_fail(const slg_task *t, slg_status st, int32_t reason, const double where[SLG_N_WHERE])
{
    t->failure->status = (int32_t)st;
    t->failure->reason = reason;
    if (where)
        memcpy(t->failure->where, where, sizeof t->failure->where);
    return st;
}
