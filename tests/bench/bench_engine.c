/* Engine overhead per task and efficiency of short tasks: bench_engine [workers] [scheduler] */
#include "runtime/engine/rt.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static slg_status empty_cpu(const slg_task *t)
{
    (void)t;
    return SLG_OK;
}

/* A fixed amount of arithmetic; its own time on the clock goes into the block. */
static slg_status work_cpu(const slg_task *t)
{
    const double begin = now();
    const long n = *(const long *)t->arg;
    double x = 0.5; /* 1 is a fixed point, which the compiler sees */
    for (long i = 0; i < n; i++)
        x = x * 0.999999 + 1e-6;
    volatile double *spent = t->buf[0]; /* keeps the arithmetic between the two looks at the clock */
    spent[1] = x;
    spent[0] += now() - begin;
    return SLG_OK;
}

static slg_status zero_cpu(const slg_task *t)
{
    double *x = t->buf[0];
    x[0] = x[1] = 0;
    return SLG_OK;
}

static void work_cost(const void *arg, void *const *buf, slg_cost *out)
{
    (void)buf;
    out->flops = 2.0 * (double)*(const long *)arg;
}

static const slg_kind kind_empty = {.name = "bench_empty", .cpu = empty_cpu};
static const slg_kind kind_work = {.name = "bench_work", .cpu = work_cpu, .cost = work_cost};
static const slg_kind kind_zero = {.name = "bench_zero", .cpu = zero_cpu};

static void must(slg_status st, const slg_error *err)
{
    if (st != SLG_OK) {
        fprintf(stderr, "%s: %s\n", slg_status_name(st), err->text);
        exit(EXIT_FAILURE);
    }
}

enum { N_BLOCK = 256 };

static void insert(slg_rt *rt, const slg_kind *kind, slg_use use, long arg)
{
    slg_error err;
    slg_error_clear(&err);
    slg_insertion in = {.kind = kind,
                        .use = &use,
                        .n_use = 1,
                        .arg = &arg,
                        .arg_bytes = sizeof arg,
                        .iteration = -1,
                        .particle = -1,
                        .chunk = -1};
    must(slg_rt_insert(rt, &in, &err), &err);
}

static void make_blocks(slg_rt *rt, slg_block **block)
{
    slg_error err;
    slg_error_clear(&err);
    for (int i = 0; i < N_BLOCK; i++) {
        must(slg_rt_block(rt, 2 * sizeof(double), &block[i], &err), &err);
        insert(rt, &kind_zero, (slg_use){block[i], SLG_W}, 0);
    }
    slg_rt_wait(rt);
}

static void overhead(slg_rt *rt, slg_block **block, int n)
{
    const double begin = now();
    for (int i = 0; i < n; i++)
        insert(rt, &kind_empty, (slg_use){block[i % N_BLOCK], SLG_RW}, 0);
    const double submitted = now();
    slg_rt_wait(rt);
    const double end = now();
    printf("empty task, 1 block: submission %.2f us, total %.2f us a task (%d tasks)\n", 1e6 * (submitted - begin) / n,
           1e6 * (end - begin) / n, n);
}

static void efficiency(slg_rt *rt, slg_block **block, double ms, double loops_per_ms)
{
    slg_error err;
    slg_error_clear(&err);
    const int n = (int)(2000 / ms);
    const double begin = now();
    for (int i = 0; i < n; i++)
        insert(rt, &kind_work, (slg_use){block[i % N_BLOCK], SLG_RW}, (long)(ms * loops_per_ms));
    slg_rt_wait(rt);
    const double wall = now() - begin;
    double spent[2], total = 0;
    for (int i = 0; i < N_BLOCK; i++) {
        must(slg_rt_read(rt, block[i], NULL, spent, sizeof spent, &err), &err);
        total += spent[0];
        insert(rt, &kind_zero, (slg_use){block[i], SLG_W}, 0);
    }
    slg_rt_wait(rt);
    printf("tasks of %.2f ms (asked %.1f): efficiency %.3f\n", 1e3 * total / n, ms,
           total / (slg_rt_workers(rt) * wall));
}

static double calibrate(slg_rt *rt, slg_block *block)
{
    slg_error err;
    slg_error_clear(&err);
    const long n = 20000000;
    double spent[2];
    insert(rt, &kind_work, (slg_use){block, SLG_RW}, n);
    must(slg_rt_read(rt, block, NULL, spent, sizeof spent, &err), &err);
    insert(rt, &kind_zero, (slg_use){block, SLG_W}, 0);
    slg_rt_wait(rt);
    return (double)n / (1e3 * spent[0]);
}

static void measure(const slg_rt_options *opt)
{
    slg_error err;
    slg_error_clear(&err);
    slg_rt *rt;
    slg_block *block[N_BLOCK];
    must(slg_rt_start(opt, &rt, &err), &err);
    make_blocks(rt, block);
    printf("-- %s, %d worker(s)%s\n", slg_rt_scheduler(rt), slg_rt_workers(rt), opt->trace ? ", traced" : "");
    overhead(rt, block, 50000);
    const double loops_per_ms = calibrate(rt, block[0]);
    static const double ms[] = {0.3, 1, 2, 5};
    for (int i = 0; i < 4; i++)
        efficiency(rt, block, ms[i], loops_per_ms);
    slg_rt_stop(&rt);
}

int main(int argc, char **argv)
{
    slg_rt_options opt = {.backend = SLG_RT_INLINE};
    measure(&opt);
    opt.backend = SLG_RT_STARPU;
    opt.workers = argc > 1 ? atoi(argv[1]) : 0;
    opt.scheduler = argc > 2 ? argv[2] : NULL;
    measure(&opt);
    opt.trace = true;
    measure(&opt);
    return EXIT_SUCCESS;
}
