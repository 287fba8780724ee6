/* Records of finished tasks. */
#include "runtime/base/alloc.h"
#include "tests/engine/engine_list.h"

/* More records than fit one piece of a lane, taken in parts. */
START_TEST(long_traces)
{
    slg_rt *rt = start_engine(engines[_i].backend, engines[_i].workers, engines[_i].scheduler, true);
    slg_block *b = new_block(rt, sizeof(int));
    INSERT(rt, &zero, 1, W(b));
    size_t total = 0;
    for (int part = 0; part < 2; part++) {
        slg_trace_record *r;
        size_t n;
        for (int i = 0; i < 5000; i++)
            INSERT(rt, &increment, 1, RW(b));
        slg_rt_wait(rt);
        ck_assert_int_eq(slg_rt_trace_take(rt, &r, &n, NULL), SLG_OK);
        total += n;
        slg_free(r);
    }
    ck_assert_uint_eq(total, 10001);
    slg_rt_stop(&rt);
}
END_TEST

START_TEST(traces)
{
    slg_rt *rt = start_engine(engines[_i].backend, engines[_i].workers, engines[_i].scheduler, true);
    double out[N_VALUE];
    slg_trace_record *r;
    size_t n;
    bool seen[64] = {false};
    run_graph(rt, out);
    slg_block *b = new_block(rt, 8);
    INSERT(rt, &failing, 1, W(b));
    slg_rt_wait(rt);
    ck_assert_int_eq(slg_rt_trace_take(rt, &r, &n, NULL), SLG_OK);
    ck_assert_uint_eq(n, 62);
    for (size_t i = 0; i < n; i++) {
        ck_assert(r[i].submitted >= 0 && r[i].submitted <= r[i].ready && r[i].ready <= r[i].start);
        ck_assert(r[i].start <= r[i].end && r[i].end < 1e8 && r[i].data_wait >= 0);
        ck_assert(r[i].worker >= 0 && r[i].worker < 2);
        ck_assert(i == 0 || r[i].worker > r[i - 1].worker || r[i].start >= r[i - 1].end);
        ck_assert_uint_lt(r[i].id, 64);
        ck_assert(!seen[r[i].id]);
        seen[r[i].id] = true;
        ck_assert_int_eq(r[i].status, strcmp(r[i].kind, failing.name) == 0 ? SLG_ERR_NOT_SPD : SLG_OK);
        ck_assert_double_eq(r[i].flops, 1e4);
    }
    slg_free(r);
    ck_assert_int_eq(slg_rt_trace_take(rt, &r, &n, NULL), SLG_OK);
    ck_assert_uint_eq(n, 0);
    slg_free(r);
    INSERT(rt, &zero, 1, W(b));
    slg_rt_wait(rt);
    slg_alloc_fail_after(0);
    ck_assert_int_eq(slg_rt_trace_take(rt, &r, &n, NULL), SLG_ERR_NOMEM);
    slg_alloc_fail_after(-1);
    slg_rt_stop(&rt);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("engine-records");
    TCase *t = tcase_create("records");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, long_traces, 0, N_ENGINE);
    tcase_add_loop_test(t, traces, 0, N_ENGINE);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
