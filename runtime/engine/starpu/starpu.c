/* Back end on StarPU, written against the interface common to 1.3.10 and 1.4. */
#include "runtime/engine/starpu/inside.h"

#include "runtime/base/alloc.h"
#include "runtime/base/limits.h"
#include "runtime/base/process.h"
#include "runtime/base/file.h"
#include <cblas.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_flag running = ATOMIC_FLAG_INIT; /* StarPU exists once per process */

static void one_blas_thread(void *unused)
{
    (void)unused;
    openblas_set_num_threads(1); /* per thread in OpenBLAS' OpenMP build */
}

/* starpu_init aborts when it cannot write its calibration, so try first. */
static slg_status prepare_home(slg_starpu *state, const char *dir, slg_error *err)
{
    if (dir && access(dir, W_OK | X_OK) != 0)
        return slg_fail(err, SLG_ERR_IO,
                        "%s: expected a writable folder for StarPU's calibration, found: %s; create it or "
                        "choose another one",
                        dir, strerror(errno));
    state->home_set = dir && !getenv("STARPU_HOME");
    if (state->home_set)
        setenv("STARPU_HOME", dir, 1);
    const char *home = getenv("STARPU_HOME");
    if (!home)
        home = getenv("XDG_CACHE_HOME");
    if (!home)
        home = getenv("HOME");
    char path[SLG_PATH];
    if (!home)
        return SLG_OK;
    slg_status st = slg_path_join(path, home, ".starpu/sampling", err);
    if (st == SLG_OK)
        st = slg_make_folder(path, err);
    if (st == SLG_OK && access(path, W_OK | X_OK) != 0)
        st = slg_fail(err, SLG_ERR_IO, "%s: expected a writable folder, found: %s; set STARPU_HOME to one", path,
                      strerror(errno));
    return st;
}

/* StarPU 1.3 with FxT traces without being asked, 1.4 does not. */
static void prepare_fxt(const char *dir)
{
    if (!slg_rt_has_fxt())
        return;
    setenv("STARPU_FXT_TRACE", dir ? "1" : "0", dir != NULL);
    if (dir)
        setenv("STARPU_FXT_PREFIX", dir, 1);
}

static slg_status init(const slg_rt_options *opt, slg_error *err)
{
    struct starpu_conf conf;
    setenv("STARPU_SILENT", "1", 0);          /* no lines about calibration among the messages of the program */
    setenv("STARPU_WORKERS_GETBIND", "1", 0); /* obey taskset and Slurm as 1.4 does */
    prepare_fxt(opt->fxt_dir);
    starpu_conf_init(&conf);
    const char *scheduler = getenv("STARPU_SCHED");
    if (!scheduler || !*scheduler)
        scheduler = opt->scheduler ? opt->scheduler : "lws";
    conf.precedence_over_environment_variables = 1; /* our option limits the workers also where STARPU_NCPU is set */
    conf.sched_policy_name = scheduler;
    conf.catch_signals = 0;
    if (opt->workers > 0)
        conf.ncpus = opt->workers;
    int rc = starpu_init(&conf);
    if (rc == 0 && starpu_cpu_worker_get_count() == 0) {
        starpu_shutdown();
        rc = -ENODEV;
    }
    if (rc != 0)
        return slg_fail(err, SLG_ERR_DEVICE,
                        "engine: expected at least one StarPU worker on a CPU, found none (%s); look at "
                        "STARPU_NCPU",
                        strerror(-rc));
    return SLG_OK;
}

static void look_around(slg_rt *rt, slg_starpu *state)
{
    const struct starpu_sched_policy *policy = starpu_sched_ctx_get_sched_policy(0);
    snprintf(rt->scheduler, sizeof rt->scheduler, "%s",
             policy && policy->policy_name ? policy->policy_name : "unknown");
    rt->workers = (int)starpu_cpu_worker_get_count();
    rt->n_slot = (int)starpu_worker_get_count();
    state->min_priority = starpu_sched_get_min_priority();
    state->max_priority = starpu_sched_get_max_priority();
    state->origin = starpu_timing_now();
}

static void forget(slg_starpu *state)
{
    while (state->kinds) {
        slg_starpu_kind *k = state->kinds;
        state->kinds = k->next;
        slg_free(k);
    }
    if (state->home_set)
        unsetenv("STARPU_HOME");
    slg_free(state);
    atomic_flag_clear(&running);
}

/*
 * Addresses of the engine and of each worker: stack, heap, buffers of OpenBLAS (measured: Debian 12, glibc 2.36,
 * OpenBLAS 0.3.21; most of them are never touched).
 */
static const double engine_addresses = 1e8, worker_addresses = 2.2e8;

static slg_status check_addresses(const slg_rt_options *opt, slg_error *err)
{
    char what[64];
    const int wanted = opt->workers > 0 ? opt->workers : slg_cores();
    const int n = wanted < STARPU_MAXCPUS ? wanted : STARPU_MAXCPUS;
    snprintf(what, sizeof what, "the program and %d workers", n);
    return slg_addresses_check(engine_addresses + n * worker_addresses, what, err);
}

static slg_status start(slg_rt *rt, const slg_rt_options *opt, slg_error *err)
{
    if (atomic_flag_test_and_set(&running))
        return slg_fail(err, SLG_ERR_INTERNAL,
                        "engine: expected no other StarPU engine in this process, found one; stop it first");
    slg_starpu *state = slg_calloc(1, sizeof *state);
    if (!state) {
        atomic_flag_clear(&running);
        return slg_fail_nomem(err, "engine");
    }
    slg_status st = check_addresses(opt, err);
    if (st == SLG_OK)
        st = prepare_home(state, opt->state_dir, err);
    if (st == SLG_OK)
        st = init(opt, err);
    if (st != SLG_OK) {
        forget(state);
        return st;
    }
    rt->state = state;
    starpu_profiling_status_set(opt->trace ? STARPU_PROFILING_ENABLE : STARPU_PROFILING_DISABLE);
    starpu_execute_on_each_worker(one_blas_thread, NULL, STARPU_CPU);
    look_around(rt, state);
    return SLG_OK;
}

static void stop(slg_rt *rt)
{
    starpu_shutdown();
    forget(rt->state);
}

static slg_status block(slg_rt *rt, slg_block *b, slg_error *err)
{
    (void)rt, (void)err;
    starpu_data_handle_t handle;
    slg_starpu_register(&handle, b->host, b->bytes);
    b->store = handle;
    return SLG_OK;
}

static void release(slg_rt *rt, slg_block *b)
{
    (void)rt;
    if (b->written)
        starpu_data_unregister_submit(b->store);
    else
        starpu_data_unregister_no_coherency(b->store); /* no task knows it */
}

static void record(slg_job *job)
{
    struct starpu_profiling_task_info *info = starpu_task_get_current()->profiling_info;
    const double origin = ((const slg_starpu *)job->rt->state)->origin;
    slg_trace_record *r = &job->trace;
    if (!info || info->workerid < 0 || info->workerid >= job->rt->n_slot)
        return;
    r->worker = info->workerid;
    r->submitted = starpu_timing_timespec_to_us(&info->submit_time) - origin;
    r->ready = starpu_timing_timespec_to_us(&info->push_start_time) - origin;
    r->start = starpu_timing_timespec_to_us(&info->start_time) - origin;
    r->end = starpu_timing_timespec_to_us(&info->end_time) - origin;
    r->data_wait = starpu_timing_timespec_to_us(&info->acquire_data_end_time) -
                   starpu_timing_timespec_to_us(&info->acquire_data_start_time);
    if (!(r->ready >= r->submitted && r->ready <= r->start))
        r->ready = r->submitted; /* a scheduler that does not note it */
    slg_lane_add(&job->rt->worker[r->worker].lane, r);
}

static void ended(void *arg)
{
    slg_job *job = arg;
    if (job->rt->trace)
        record(job);
    if (job->done)
        job->done(job->done_arg);
}

static int clamped(const slg_starpu *state, int priority)
{
    if (priority < state->min_priority)
        return state->min_priority;
    return priority > state->max_priority ? state->max_priority : priority;
}

/* False when memory ran out. More buffers than the task structure holds go into arrays that StarPU frees. */
static bool attach_blocks(struct starpu_task *task, const slg_insertion *in)
{
    static const enum starpu_data_access_mode mode[] = {[SLG_R] = STARPU_R, [SLG_W] = STARPU_W, [SLG_RW] = STARPU_RW};
    task->nbuffers = (int)in->n_use;
    if (in->n_use > STARPU_NMAXBUFS) {
        task->dyn_handles = slg_calloc(in->n_use, sizeof *task->dyn_handles);
        task->dyn_modes = slg_calloc(in->n_use, sizeof *task->dyn_modes);
        if (!task->dyn_handles || !task->dyn_modes)
            return false;
    }
    for (size_t i = 0; i < in->n_use; i++) {
        (task->dyn_handles ? task->dyn_handles : task->handles)[i] = in->use[i].block->store;
        (task->dyn_modes ? task->dyn_modes : task->modes)[i] = mode[in->use[i].mode];
    }
    return true;
}

static void give_up(struct starpu_task *task)
{
    task->cl_arg_free = 0; /* the front still owns the job */
    task->destroy = 0;
    starpu_task_destroy(task);
}

static slg_status insert(slg_rt *rt, const slg_insertion *in, slg_job *job, slg_error *err)
{
    slg_starpu_kind *kind = slg_starpu_kind_of(rt->state, in->kind);
    if (!kind)
        return slg_fail_nomem(err, "task kind");
    struct starpu_task *task = starpu_task_create();
    task->cl = &kind->codelet;
    task->name = in->kind->name;
    task->cl_arg = job;
    task->cl_arg_size = sizeof *job;
    task->cl_arg_free = 1;
    task->callback_func = rt->trace || in->done ? ended : NULL;
    task->callback_arg = job;
    task->flops = job->cost.flops;
    task->priority = clamped(rt->state, in->priority);
    if (!attach_blocks(task, in)) {
        give_up(task);
        return slg_fail_nomem(err, "task buffers");
    }
    int rc = starpu_task_submit(task);
    if (rc == 0)
        return SLG_OK;
    give_up(task);
    return slg_fail(err, SLG_ERR_DEVICE, "engine: expected a worker for task %s, found none (%s)", in->kind->name,
                    strerror(-rc));
}

static void read_block(slg_rt *rt, slg_block *b, void *dst, size_t bytes)
{
    (void)rt;
    starpu_data_acquire(b->store, STARPU_R);
    if (dst)
        memcpy(dst, starpu_data_get_local_ptr(b->store), bytes);
    starpu_data_release(b->store);
}

static void wait_all(slg_rt *rt)
{
    (void)rt;
    starpu_task_wait_for_all();
}

static void pause_workers(slg_rt *rt)
{
    (void)rt;
    starpu_pause();
}

static void resume_workers(slg_rt *rt)
{
    (void)rt;
    starpu_resume();
}

static double clock_of(const slg_rt *rt)
{
    return starpu_timing_now() - ((const slg_starpu *)rt->state)->origin;
}

static void name(int worker, char *out, size_t size)
{
    starpu_worker_get_name(worker, out, size);
}

bool slg_rt_has_fxt(void)
{
#ifdef STARPU_USE_FXT
    return true;
#else
    return false;
#endif
}

void slg_rt_version(char *out, size_t size)
{
    int major, minor, release;
    starpu_get_version(&major, &minor, &release);
    snprintf(out, size, "StarPU %d.%d.%d", major, minor, release);
}

const slg_backend slg_backend_starpu = {
    .start = start,
    .stop = stop,
    .block = block,
    .release = release,
    .insert = insert,
    .read = read_block,
    .wait = wait_all,
    .pause = pause_workers,
    .resume = resume_workers,
    .slot = starpu_worker_get_id,
    .clock = clock_of,
    .name = name,
};
