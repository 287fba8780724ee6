/* The body of every task, the same for all back ends. */
#include "runtime/engine/rt_internal.h"

#include "runtime/base/alloc.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

_Static_assert(sizeof(slg_head) == 128, "payload alignment rests on it");

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
    job->cost = in->flops;
    job->trace = (slg_trace_record){
        .kind = in->kind->name,
        .iteration = in->iteration,
        .particle = in->particle,
        .chunk = in->chunk,
        .bytes = in->bytes,
        .id = rt->n_task,
    };
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
    job->base = (void **)(void *)(at += rounded(in->arg_bytes));
    job->n_use = n;
    job->payload = job->base + n;
    job->bytes = (size_t *)(void *)(job->payload + n);
    job->mode = (unsigned char *)(job->bytes + n);
    if (in->arg_bytes)
        memcpy(job->arg, in->arg, in->arg_bytes);
    double touched = 0;
    for (size_t i = 0; i < n; i++) {
        job->bytes[i] = in->use[i].block->bytes;
        touched += (double)job->bytes[i];
        job->mode[i] = (unsigned char)in->use[i].mode;
    }
    if (in->bytes <= 0)
        job->trace.bytes = touched;
    return job;
}

/* Pure outputs hold undefined memory until this. */
static void open_blocks(slg_job *job)
{
    for (size_t i = 0; i < job->n_use; i++) {
        slg_head *head = slg_block_head(job->base[i]);
        job->payload[i] = head + 1;
        if (job->mode[i] == SLG_W)
            memset(head, 0, sizeof *head);
    }
}

static bool failed_input(const slg_job *job, slg_head *first)
{
    for (size_t i = 0; i < job->n_use; i++)
        if (job->mode[i] != SLG_W) {
            *first = *slg_block_head(job->base[i]);
            if (first->status != SLG_OK)
                return true;
        }
    return false;
}

static void fail_outputs(slg_job *job, const slg_head *head)
{
    job->trace.status = head->status;
    for (size_t i = 0; i < job->n_use; i++)
        if (job->mode[i] != SLG_R)
            *slg_block_head(job->base[i]) = *head;
}

static slg_head failure(const slg_job *job, slg_status st, const char *why)
{
    slg_head head = {.status = (int32_t)st};
    snprintf(head.stage, sizeof head.stage, "%s", job->kind->name);
    snprintf(head.why, sizeof head.why, "%s", why);
    return head;
}

static slg_status call(slg_job *job)
{
    slg_task task = {
        .buf = job->payload,
        .bytes = job->bytes,
        .n_buf = job->n_use,
        .arg = job->arg,
        .why = job->why,
        .rt = job->rt,
        .flops = &job->trace.flops,
    };
    job->trace.flops = job->cost; /* 0 for a task that never began */
    slg_status st = job->kind->cpu(&task);
    job->why[sizeof job->why - 1] = '\0';
    return st;
}

void slg_job_run(slg_job *job)
{
    slg_head head;
    open_blocks(job);
    if (slg_rt_cancelled(job->rt)) {
        head = failure(job, SLG_STOPPED, "stopped before it began");
    } else if (!failed_input(job, &head)) {
        slg_status st = call(job);
        if (st == SLG_OK)
            return;
        head = failure(job, st, job->why);
    }
    fail_outputs(job, &head);
}

void slg_task_work(const slg_task *t, double flops)
{
    if (t->flops)
        *t->flops = flops;
}

void slg_block_copy(void *base, slg_head *head, void *dst, size_t bytes)
{
    const slg_head *from = slg_block_head(base);
    if (head)
        *head = *from;
    if (dst && bytes)
        memcpy(dst, from + 1, bytes);
}

slg_status slg_task_fail(const slg_task *t, slg_status st, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(t->why, sizeof(((slg_head *)0)->why), fmt, ap);
    va_end(ap);
    return st;
}

void *slg_task_scratch(const slg_task *t, size_t bytes)
{
    int slot = t->rt->backend->slot();
    SLG_ASSERT(slot >= 0 && slot < t->rt->n_slot);
    slg_worker *w = &t->rt->worker[slot];
    if (bytes > w->scratch_bytes || !w->scratch) {
        slg_free(w->scratch);
        w->scratch = slg_alloc_aligned(bytes, 1);
        w->scratch_bytes = w->scratch ? bytes : 0;
    }
    return w->scratch;
}
