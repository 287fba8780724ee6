/** Small task kinds and start helpers of the engine's test programs. */
#ifndef SLG_TESTS_ENGINE_KINDS_H
#define SLG_TESTS_ENGINE_KINDS_H

#include "runtime/engine/rt.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { N_VALUE = 1000 };

/* How many task functions ran, how many done callbacks were called. */
static atomic_int ran, done_calls;

static inline void count_done(void *arg)
{
    (void)arg;
    atomic_fetch_add(&done_calls, 1);
}

static inline slg_rt *start_engine(int backend, int workers, const char *scheduler, bool trace)
{
    slg_error err;
    slg_error_clear(&err);
    slg_rt_options opt = {.workers = workers, .scheduler = scheduler, .trace = trace};
    opt.backend = backend;
    slg_rt *rt;
    unsetenv("STARPU_SCHED");
    ck_assert_msg(slg_rt_start(&opt, &rt, &err) == SLG_OK, "%s", err.text);
    atomic_store(&ran, 0);
    atomic_store(&done_calls, 0);
    return rt;
}

static inline slg_block *new_block(slg_rt *rt, size_t bytes)
{
    slg_block *b;
    ck_assert_int_eq(slg_rt_block(rt, bytes, &b, NULL), SLG_OK);
    return b;
}

static inline void constant_cost(const void *arg, void *const *buf, slg_cost *out)
{
    (void)arg, (void)buf;
    out->flops = 1e4;
}

/* buf[last] = f(arg, all earlier buffers), rounding errors depend on the order of everything */
static inline slg_status mix_cpu(const slg_task *t)
{
    double *y = t->buf[t->n_buf - 1];
    const double c = *(const double *)t->arg;
    const size_t n = t->bytes[t->n_buf - 1] / sizeof *y;
    atomic_fetch_add(&ran, 1);
    for (size_t i = 0; i < n; i++)
        y[i] = sin(c + (double)i);
    for (size_t k = 0; k + 1 < t->n_buf; k++)
        for (size_t i = 0; i < n; i++)
            y[i] += 1.37 * cos(((const double *)t->buf[k])[i]) * c;
    return SLG_OK;
}
static const slg_kind mix = {.name = "mix", .cpu = mix_cpu, .cost = constant_cost};

/* every buffer is RW: x = 3 x + arg */
static inline slg_status step_cpu(const slg_task *t)
{
    atomic_fetch_add(&ran, 1);
    for (size_t k = 0; k < t->n_buf; k++)
        for (size_t i = 0; i < t->bytes[k] / sizeof(double); i++)
            ((double *)t->buf[k])[i] = 0.3 * ((double *)t->buf[k])[i] + *(const double *)t->arg;
    return SLG_OK;
}
static const slg_kind step = {.name = "step", .cpu = step_cpu, .cost = constant_cost};

static inline slg_status fail_cpu(const slg_task *t)
{
    atomic_fetch_add(&ran, 1);
    return slg_task_fail(t, SLG_ERR_NOT_SPD, 1, (double[SLG_N_WHERE]){7, *(const double *)t->arg});
}
static const slg_kind failing = {.name = "a_name_longer_than_twenty_bytes",
                                 .cpu = fail_cpu,
                                 .cost = constant_cost,
                                 .reason = (const char *const[]){"", "pivot {0} is {1}"},
                                 .n_reason = 2};

static inline slg_status insert_task(slg_rt *rt, const slg_kind *kind, double arg, size_t n, const slg_use *use)
{
    slg_insertion in = {.kind = kind,
                        .use = use,
                        .n_use = n,
                        .arg = &arg,
                        .arg_bytes = sizeof arg,
                        .iteration = -1,
                        .particle = -1,
                        .chunk = -1,
                        .done = count_done};
    return slg_rt_insert(rt, &in, NULL);
}

#define INSERT(rt, kind, arg, ...)                                                                                     \
    ck_assert_int_eq(                                                                                                  \
        insert_task(rt, kind, arg, sizeof((slg_use[]){__VA_ARGS__}) / sizeof(slg_use), (slg_use[]){__VA_ARGS__}),      \
        SLG_OK)
#define R(b)                                                                                                           \
    {                                                                                                                  \
        b, SLG_R                                                                                                       \
    }
#define W(b)                                                                                                           \
    {                                                                                                                  \
        b, SLG_W                                                                                                       \
    }
#define RW(b)                                                                                                          \
    {                                                                                                                  \
        b, SLG_RW                                                                                                      \
    }

/** Status of a block's chain with its failure in words. */
typedef struct outcome {
    slg_status status;
    slg_failure text;
} outcome;

static inline outcome outcome_of(slg_rt *rt, slg_block *b)
{
    slg_block_status s;
    outcome o;
    ck_assert_int_eq(slg_rt_read(rt, b, &s, NULL, 0, NULL), SLG_OK);
    o.status = (slg_status)s.status;
    slg_failure_text(&s, &o.text);
    return o;
}

static inline slg_status increment_cpu(const slg_task *t)
{
    ++*(int *)t->buf[0];
    return SLG_OK;
}
static const slg_kind increment = {.name = "increment", .cpu = increment_cpu, .cost = constant_cost};

static inline slg_status zero_cpu(const slg_task *t)
{
    memset(t->buf[0], 0, t->bytes[0]);
    return SLG_OK;
}
static const slg_kind zero = {.name = "zero", .cpu = zero_cpu, .cost = constant_cost};

#endif
