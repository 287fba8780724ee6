/* The recorder back end: edges of known graphs. */
#include "runtime/base/alloc.h"
#include "tests/engine/engine_kinds.h"

static void check_deps(slg_rt *rt, size_t task, size_t n, const size_t *want)
{
    slg_graph g;
    ck_assert_int_eq(slg_rt_graph(rt, &g, NULL), SLG_OK);
    ck_assert_uint_lt(task, g.n_task);
    const size_t first = g.task[task].dep_first;
    ck_assert_msg(g.task[task + 1].dep_first - first == n, "task %zu has %zu dependencies, not %zu", task,
                  g.task[task + 1].dep_first - first, n);
    for (size_t i = 0; i < n; i++)
        ck_assert_uint_eq(g.dep[first + i], want[i]);
}
#define DEPS(rt, task, ...)                                                                                            \
    check_deps(rt, task, sizeof((size_t[]){__VA_ARGS__}) / sizeof(size_t), (size_t[]){__VA_ARGS__})

START_TEST(known_graph)
{
    slg_rt *rt = start_engine(SLG_RT_RECORD, 0, NULL, false);
    slg_block *a = new_block(rt, 8), *b = new_block(rt, 8), *c = new_block(rt, 8), *d = new_block(rt, 8);
    INSERT(rt, &mix, 0, W(a));                 /* 0 */
    INSERT(rt, &mix, 0, R(a), W(b));           /* 1: read after write */
    INSERT(rt, &mix, 0, R(a), W(c));           /* 2 */
    INSERT(rt, &mix, 0, R(b), R(c), W(d));     /* 3: diamond */
    INSERT(rt, &step, 0, RW(a));               /* 4: write after both readers */
    INSERT(rt, &mix, 0, W(a));                 /* 5: write after write */
    INSERT(rt, &step, 0, RW(b), RW(c), RW(d)); /* 6: 3 named three times, once in the result */
    INSERT(rt, &mix, 0, R(d), R(a), W(b));     /* 7 */
    check_deps(rt, 0, 0, NULL);
    DEPS(rt, 1, 0);
    DEPS(rt, 2, 0);
    DEPS(rt, 3, 1, 2);
    DEPS(rt, 4, 1, 2);
    DEPS(rt, 5, 4);
    DEPS(rt, 6, 3);
    DEPS(rt, 7, 5, 6);
    slg_rt_wait(rt);
    ck_assert_int_eq(atomic_load(&ran), 0);
    ck_assert_int_eq(atomic_load(&done_calls), 8);
    double x = 1;
    ck_assert_int_eq(slg_rt_read(rt, a, NULL, &x, sizeof x, NULL), SLG_OK);
    ck_assert_double_eq(x, 0);
    ck_assert_int_eq(outcome_of(rt, a).status, SLG_STOPPED);
    slg_rt_release(rt, &a);
    slg_rt_stop(&rt);
}
END_TEST

START_TEST(labels)
{
    slg_rt *rt = start_engine(SLG_RT_RECORD, 0, NULL, false);
    slg_block *a = new_block(rt, 8);
    slg_graph g;
    ck_assert_int_eq(slg_rt_graph(rt, &g, NULL), SLG_OK);
    ck_assert_uint_eq(g.n_task, 0);
    slg_insertion in = {
        .kind = &mix, .use = &(slg_use)W(a), .n_use = 1, .priority = -2, .iteration = 3, .particle = 4, .chunk = 6};
    ck_assert_int_eq(slg_rt_insert(rt, &in, NULL), SLG_OK);
    ck_assert_int_eq(slg_rt_graph(rt, &g, NULL), SLG_OK);
    ck_assert_uint_eq(g.n_task, 1);
    ck_assert_str_eq(g.task[0].kind, "mix");
    ck_assert_int_eq(g.task[0].iteration, 3);
    ck_assert_int_eq(g.task[0].particle, 4);
    ck_assert_int_eq(g.task[0].chunk, 6);
    ck_assert_int_eq(g.task[0].priority, -2);
    ck_assert_double_eq(g.task[0].flops, 1e4);
    ck_assert_double_eq(slg_rt_account_of(rt).flops, 1e4);
    ck_assert_uint_eq(slg_rt_account_of(rt).n_block, 1);
    ck_assert_uint_eq(g.n_block, 1);
    ck_assert_uint_eq(g.block[0].bytes, 8);
    ck_assert_uint_eq(g.use[0], 0);
    ck_assert_uint_eq(slg_rt_account_of(rt).n_task, 1);
    ck_assert_uint_eq(g.task[1].dep_first, 0);
    slg_rt_stop(&rt);
}
END_TEST

/* A failed insertion leaves the graph as it was. */
START_TEST(allocation_failures)
{
    slg_rt *rt = start_engine(SLG_RT_RECORD, 0, NULL, false);
    slg_block *a = new_block(rt, 8), *b = NULL;
    slg_graph g;
    INSERT(rt, &mix, 0, W(a));
    for (int round = 0; round < 200; round++) {
        slg_status st = SLG_ERR_NOMEM;
        for (long k = 0; st != SLG_OK; k++) {
            slg_alloc_fail_after(k);
            st = slg_rt_block(rt, 8, &b, NULL);
            if (st == SLG_OK)
                st = insert_task(rt, &mix, 0, 2, (slg_use[]){R(a), W(b)});
            slg_alloc_fail_after(-1);
            ck_assert(st == SLG_OK || st == SLG_ERR_NOMEM);
            ck_assert_int_lt(k, 20);
            slg_rt_release(rt, &b);
        }
        DEPS(rt, (size_t)round + 1, 0);
    }
    INSERT(rt, &step, 0, RW(a));
    ck_assert_int_eq(slg_rt_graph(rt, &g, NULL), SLG_OK);
    ck_assert_uint_eq(g.n_task, 202);
    ck_assert_uint_eq(g.task[202].dep_first - g.task[201].dep_first, 200);
    slg_rt_stop(&rt);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("recorder");
    TCase *t = tcase_create("recorder");
    tcase_add_test(t, known_graph);
    tcase_add_test(t, labels);
    tcase_add_test(t, allocation_failures);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
