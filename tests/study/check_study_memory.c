/* Every allocation may fail: an error, no crash, no leak (run under a sanitizer with CK_FORK=no). */
#include "runtime/base/alloc.h"
#include "tests/study/study_support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static slg_error err;

static void check_failure(slg_status st, long k)
{
    ck_assert_msg(st == SLG_ERR_NOMEM, "allocation %ld: %s: %s", k, slg_status_name(st), err.text);
    ck_assert_uint_eq(err.n_message, 1);
    slg_error_clear(&err);
}

START_TEST(problem)
{
    slg_config *cfg = study_parse(_i ? "silicon" : "c2-dimer", _i ? study_silicon : study_dimer);
    slg_problem *p = NULL;
    long k = 0;
    for (;; k += _i ? 17 : 1) {
        slg_alloc_fail_after(k);
        slg_status st = slg_problem_create(cfg, &p, &err);
        slg_alloc_fail_after(-1);
        if (st == SLG_OK)
            break;
        ck_assert(p == NULL);
        check_failure(st, k);
    }
    fprintf(stderr, "%ld allocations\n", k);
    ck_assert_int_gt(k, 50);
    slg_problem_free(&p);
    slg_config_free(&cfg);
}
END_TEST

START_TEST(one_fit)
{
    slg_config *cfg = study_parse("c2-dimer", study_dimer);
    slg_problem *p = study_problem(cfg);
    slg_hp_set hp = study_values(p);
    slg_potential *pot = NULL;
    slg_outcome out;
    slg_errors by_group[4];
    long k = 0;
    for (;; k++) {
        slg_rt *rt = study_engine(SLG_RT_INLINE, 0, NULL);
        slg_alloc_fail_after(k);
        slg_status st = slg_fit_once(p, rt, &hp, &out, by_group, &pot, &err);
        slg_alloc_fail_after(-1);
        slg_rt_stop(&rt);
        if (st == SLG_OK)
            break;
        ck_assert(pot == NULL);
        check_failure(st, k);
    }
    fprintf(stderr, "%ld allocations\n", k);
    ck_assert_int_gt(k, 20);
    ck_assert(pot->command_line != NULL);
    slg_potential_free(&pot);
    slg_problem_free(&p);
    slg_config_free(&cfg);
}
END_TEST

START_TEST(statistics)
{
    slg_config *cfg = study_parse("c2-dimer", study_dimer);
    slg_problem *p = study_problem(cfg);
    long k = 0;
    for (;; k++) {
        slg_rt *rt = study_engine(SLG_RT_INLINE, 0, NULL);
        slg_flight f = {.kind = SLG_FLIGHT_STAT, .p = p, .rt = rt, .hp = study_values(p)};
        slg_outcome out = {0};
        slg_alloc_fail_after(k);
        slg_status st = slg_flight_submit(&f, &out, &err);
        if (st == SLG_OK)
            st = slg_flight_collect(&f, &out, NULL, &err);
        slg_alloc_fail_after(-1);
        slg_flight_release(&f);
        slg_rt_stop(&rt);
        if (st == SLG_OK && isfinite(out.std)) /* strategy 1 has no objective made of them */
            break;
        ck_assert_msg(st != SLG_OK || out.status == SLG_ERR_NOMEM, "%s: %s: %s",
                      slg_status_name((slg_status)out.status), out.stage, out.why);
        if (st != SLG_OK)
            check_failure(st, k);
    }
    ck_assert_int_gt(k, 5);
    slg_problem_free(&p);
    slg_config_free(&cfg);
}
END_TEST

/* Checkpoints are written and read with every allocation failing once. */
START_TEST(checkpoint)
{
    const char *folder = slg_test_folder();
    slg_config *cfg = study_parse("c2-dimer", study_search1);
    slg_problem *p = study_problem(cfg);
    slg_state s = {0};
    slg_status st = SLG_ERR_NOMEM;
    for (long k = 0; st != SLG_OK; k++) {
        slg_alloc_fail_after(k);
        st = slg_state_begin_stage(&s, p, 1, &err);
        if (st == SLG_OK)
            st = slg_state_open_iteration(&s, p, &err);
        if (st == SLG_OK)
            st = slg_state_save(&s, p, folder, &err);
        slg_alloc_fail_after(-1);
        slg_state_fini(&s);
        if (st != SLG_OK)
            check_failure(st, k);
    }
    st = SLG_ERR_NOMEM;
    for (long k = 0; st != SLG_OK; k++) {
        slg_alloc_fail_after(k);
        st = slg_state_load(&s, p, folder, &err);
        slg_alloc_fail_after(-1);
        slg_state_fini(&s);
        if (st != SLG_OK)
            check_failure(st, k);
    }
    slg_problem_free(&p);
    slg_config_free(&cfg);
    slg_test_remove(folder);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("allocation failures");
    TCase *t = tcase_create("allocation failures");
    tcase_set_timeout(t, 200);
    tcase_add_loop_test(t, problem, 0, 2);
    tcase_add_test(t, one_fit);
    tcase_add_test(t, statistics);
    tcase_add_test(t, checkpoint);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
