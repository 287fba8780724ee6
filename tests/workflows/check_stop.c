/* Requests to stop: the timer, and signals before there is an engine. */
#include "src/workflows/stop.h"
#include "tests/support/study_support.h"

#include <signal.h>
#include <sys/time.h>

static double remaining(void)
{
    struct itimerval t;
    ck_assert_int_eq(getitimer(ITIMER_REAL, &t), 0);
    return (double)t.it_value.tv_sec + 1e-6 * (double)t.it_value.tv_usec;
}

/* Whatever the fraction of a second, the timer runs. */
START_TEST(every_time_limit)
{
    static const double seconds[] = {2.9999999, 0.99999999, 59.9999999999, 2, 1e-9, 0.25, 86399.9999996, 1e7};
    slg_stop_arm(seconds[_i]);
    if (seconds[_i] > 1e-3) { /* the shortest has run out */
        ck_assert_double_gt(remaining(), 0);
        ck_assert_double_le(remaining(), seconds[_i] + 1e-5);
    }
    slg_stop_disarm();
    ck_assert_double_eq(remaining(), 0);
}
END_TEST

START_TEST(no_time_limit)
{
    slg_stop_arm(0);
    ck_assert_double_eq(remaining(), 0);
    slg_stop_disarm();
}
END_TEST

/* A signal that comes while nothing runs yet counts when the engine is there. */
START_TEST(early_signal)
{
    slg_stop_arm(0);
    raise(_i ? SIGUSR1 : SIGTERM);
    slg_rt *rt = study_engine(SLG_RT_INLINE, 0, NULL);
    ck_assert(!slg_rt_cancelled(rt));
    slg_stop_attach(rt);
    ck_assert(slg_rt_cancelled(rt));
    slg_stop_attach(NULL);
    slg_rt_stop(&rt);
    slg_stop_disarm();
    slg_stop_arm(0); /* a new study begins without it */
    rt = study_engine(SLG_RT_INLINE, 0, NULL);
    slg_stop_attach(rt);
    ck_assert(!slg_rt_cancelled(rt));
    slg_stop_attach(NULL);
    slg_rt_stop(&rt);
    slg_stop_disarm();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("stops");
    TCase *t = tcase_create("stops");
    tcase_add_loop_test(t, every_time_limit, 0, 8);
    tcase_add_test(t, no_time_limit);
    tcase_add_loop_test(t, early_signal, 0, 2);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
