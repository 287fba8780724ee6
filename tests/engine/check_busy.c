/* The records of a trace against StarPU's own account of what its workers did. */
#include "runtime/base/alloc.h"
#include "runtime/engine/rt.h"
#include "tests/support/support.h"

#include <starpu.h>
#include <time.h>

enum { N_TASK = 200, N_WORKER = 2 };

static slg_status work(const slg_task *t)
{
    struct timespec from, now;
    clock_gettime(CLOCK_MONOTONIC, &from);
    do
        clock_gettime(CLOCK_MONOTONIC, &now);
    while (1e3 * (double)(now.tv_sec - from.tv_sec) + 1e-6 * (double)(now.tv_nsec - from.tv_nsec) < 3);
    *(int *)t->buf[0] = 1;
    return SLG_OK;
}

/* Sum of the records' lengths of each worker equals the time StarPU counts as executing, within 0.5 %. */
START_TEST(records_cover_the_busy_time)
{
    static const slg_kind kind = {.name = "work", .cpu = work};
    slg_rt_options opt = {.backend = SLG_RT_STARPU, .workers = N_WORKER, .trace = true};
    slg_rt *rt;
    ck_assert_int_eq(slg_rt_start(&opt, &rt, NULL), SLG_OK);
    for (int w = 0; w < N_WORKER; w++) /* forgets the start */
        starpu_profiling_worker_get_info(w, NULL);
    for (int i = 0; i < N_TASK; i++) {
        slg_block *b;
        ck_assert_int_eq(slg_rt_block(rt, sizeof(int), &b, NULL), SLG_OK);
        slg_use use = {b, SLG_W};
        slg_insertion in = {.kind = &kind, .use = &use, .n_use = 1};
        ck_assert_int_eq(slg_rt_insert(rt, &in, NULL), SLG_OK);
        slg_rt_release(rt, &b);
    }
    slg_rt_wait(rt);
    slg_trace_record *r;
    size_t n;
    ck_assert_int_eq(slg_rt_trace_take(rt, &r, &n, NULL), SLG_OK);
    ck_assert_uint_eq(n, N_TASK);
    for (int w = 0; w < N_WORKER; w++) {
        struct starpu_profiling_worker_info info;
        starpu_profiling_worker_get_info(w, &info);
        double counted = starpu_timing_timespec_to_us(&info.executing_time), recorded = 0;
        for (size_t i = 0; i < n; i++)
            recorded += r[i].worker == w ? r[i].end - r[i].start : 0;
        printf("worker %d: StarPU counts %.0f us, records hold %.0f us\n", w, counted, recorded);
        ck_assert_double_eq_tol(recorded, counted, 0.005 * counted);
        ck_assert_double_gt(recorded, 0);
    }
    slg_free(r);
    slg_rt_stop(&rt);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("busy");
    TCase *t = tcase_create("busy");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, records_cover_the_busy_time);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
