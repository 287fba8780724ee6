/** Random graphs of small tasks, the same for every back end, and a traced run of some iterations. */
#ifndef SLG_TESTS_TRACE_GRAPHS_H
#define SLG_TESTS_TRACE_GRAPHS_H

#include "runtime/base/alloc.h"
#include "runtime/base/file.h"
#include "runtime/trace/summary.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { N_BLOCK = 12, N_TASK = 150 };

static inline double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Spins for arg microseconds. */
static inline slg_status spin_cpu(const slg_task *t)
{
    double until = seconds() + 1e-6 * *(const double *)t->arg;
    while (seconds() < until)
        ;
    return SLG_OK;
}
static inline slg_status fail_cpu(const slg_task *t)
{
    return slg_task_fail(t, SLG_ERR_NOT_SPD, 0, NULL);
}
static inline void spin_cost(const void *arg, void *const *buf, slg_cost *out)
{
    (void)arg;
    out->flops = buf ? 42 : 50; /* an upper bound before the task runs */
}
static inline void copy_cost(const void *arg, void *const *buf, slg_cost *out)
{
    (void)arg, (void)buf;
    *out = (slg_cost){.flops = 7, .bytes = 5};
}
static const slg_kind spin_a = {.name = "alpha", .cpu = spin_cpu, .cost = spin_cost},
                      spin_b = {.name = "beta", .cpu = spin_cpu, .cost = spin_cost},
                      failing = {.name = "failing", .cpu = fail_cpu, .cost = copy_cost};

static inline slg_rt *start_engine(int backend, int workers, bool trace)
{
    slg_error err;
    slg_error_clear(&err);
    slg_rt_options opt = {.workers = workers, .trace = trace};
    opt.backend = backend;
    slg_rt *rt;
    unsetenv("STARPU_SCHED");
    ck_assert_msg(slg_rt_start(&opt, &rt, &err) == SLG_OK, "%s", err.text);
    return rt;
}

/* Always the same numbers. */
static inline unsigned draw(unsigned *state, unsigned below)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % below;
}

/* Tasks over N_BLOCK blocks; the first ones write all of them. */
static inline void insert_graph(slg_rt *rt, slg_block **block, unsigned seed, size_t n, double us, int32_t iteration)
{
    for (size_t i = 0; i < n; i++) {
        slg_use use[4];
        size_t n_use = i < N_BLOCK ? 1 : 1 + draw(&seed, 4), first = draw(&seed, N_BLOCK);
        for (size_t k = 0; k < n_use; k++)
            use[k] = (slg_use){block[i < N_BLOCK ? i : (first + k) % N_BLOCK], i < N_BLOCK          ? SLG_W
                                                                               : draw(&seed, 3) > 0 ? SLG_R
                                                                               : draw(&seed, 2)     ? SLG_W
                                                                                                    : SLG_RW};
        slg_insertion in = {.kind = i % 3 ? &spin_a : &spin_b,
                            .use = use,
                            .n_use = n_use,
                            .arg = &us,
                            .arg_bytes = sizeof us,
                            .iteration = iteration,
                            .particle = (int32_t)(i % 5),
                            .chunk = (int32_t)i};
        ck_assert_int_eq(slg_rt_insert(rt, &in, NULL), SLG_OK);
    }
}

static inline void make_blocks(slg_rt *rt, slg_block **block)
{
    for (size_t i = 0; i < N_BLOCK; i++)
        ck_assert_int_eq(slg_rt_block(rt, 64, &block[i], NULL), SLG_OK);
}

static inline slg_tracer *start_tracer(slg_rt *rt, const char *dir, slg_keep keep)
{
    slg_error err;
    slg_error_clear(&err);
    slg_tracer *t;
    ck_assert_msg(slg_tracer_start(rt, dir, keep, &t, &err) == SLG_OK, "%s", err.text);
    return t;
}

/* Iterations first .. last-1 of a stage, a flush after every `per_file`. */
static inline void run_iterations(slg_rt *rt, slg_tracer *t, int32_t stage, int32_t first, int32_t last,
                                  int32_t per_file, size_t n, double us)
{
    slg_block *block[N_BLOCK];
    make_blocks(rt, block);
    for (int32_t i = first; i < last; i++) {
        ck_assert_int_eq(slg_tracer_begin(t, stage, i, NULL), SLG_OK);
        insert_graph(rt, block, (unsigned)i + 7, n, us, i);
        slg_rt_wait(rt);
        slg_tracer_memory(t);
        ck_assert_int_eq(slg_tracer_end(t, true, 1e9, NULL), SLG_OK);
        if ((i - first + 1) % per_file == 0)
            ck_assert_int_eq(slg_tracer_flush(t, NULL), SLG_OK);
    }
    ck_assert_int_eq(slg_tracer_flush(t, NULL), SLG_OK);
    for (size_t i = 0; i < N_BLOCK; i++)
        slg_rt_release(rt, &block[i]);
}

static const slg_trace_range everything = {0, -1, INT32_MAX};

/* A study folder with a trace of `n` iterations of 150 tasks by two workers. */
static inline const char *traced_folder(int32_t n, double us)
{
    const char *dir = slg_test_folder();
    slg_rt *rt = start_engine(SLG_RT_STARPU, 2, true);
    slg_tracer *t = start_tracer(rt, dir, (slg_keep){SLG_KEEP_ALL, 1});
    run_iterations(rt, t, 1, 0, n, 2, N_TASK, us);
    slg_tracer_free(&t);
    slg_rt_stop(&rt);
    return dir;
}

#endif
