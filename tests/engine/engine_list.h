/** The back ends, schedulers and numbers of workers that the engine is tested with, and a graph for them. */
#ifndef SLG_TESTS_ENGINE_LIST_H
#define SLG_TESTS_ENGINE_LIST_H

#include "tests/engine/engine_kinds.h"

static const struct {
    int backend, workers;
    const char *scheduler;
} engines[] = {
    {SLG_RT_INLINE, 0, NULL},  {SLG_RT_STARPU, 1, "eager"}, {SLG_RT_STARPU, 2, "eager"}, {SLG_RT_STARPU, 1, "lws"},
    {SLG_RT_STARPU, 2, "lws"}, {SLG_RT_STARPU, 1, "dmdas"}, {SLG_RT_STARPU, 2, "dmdas"},
};
enum { N_ENGINE = sizeof engines / sizeof engines[0] };

static inline slg_rt *engine(int i)
{
    return start_engine(engines[i].backend, engines[i].workers, engines[i].scheduler, false);
}

/* A chain, diamonds and rewritten inputs (write after read), 61 tasks. */
static inline void run_graph(slg_rt *rt, double out[N_VALUE])
{
    enum { BYTES = N_VALUE * sizeof(double) };
    slg_block *a = new_block(rt, BYTES), *b = new_block(rt, BYTES), *c = new_block(rt, BYTES),
              *d = new_block(rt, BYTES);
    INSERT(rt, &mix, 0.1, W(a));
    for (int i = 0; i < 10; i++) {
        INSERT(rt, &mix, 0.2 + i, R(a), W(b));
        INSERT(rt, &mix, 0.3 - i, R(a), W(c));
        INSERT(rt, &mix, 0.5 * i, R(b), R(c), W(d));
        INSERT(rt, &step, 0.7, RW(b), RW(c));
        INSERT(rt, &mix, 0.9, R(c), R(d), R(b), W(a));
        INSERT(rt, &step, 0.1, RW(a));
    }
    ck_assert_int_eq(slg_rt_read(rt, a, NULL, out, BYTES, NULL), SLG_OK);
    slg_rt_release(rt, &a);
    slg_rt_release(rt, &b);
    ck_assert_ptr_null(a); /* c and d are left to slg_rt_stop */
}

#endif
