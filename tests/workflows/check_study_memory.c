/* Every allocation may fail: an error, no crash, no leak (run under a sanitizer with CK_FORK=no). */
#include "runtime/base/alloc.h"
#include "src/search/store.h"
#include "tests/support/study_support.h"

#include <limits.h>
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
        slg_status st = slg_fit_once(p, rt, &hp, &out, by_group, &pot, NULL, &err);
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

static slg_status statistics_of(slg_evaluator *e, const slg_hp_set *hp, slg_outcome *out)
{
    slg_flight f = study_flight(e, SLG_NEED_KERNEL, hp);
    slg_status st = slg_flight_submit(&f, NULL, out, &err);
    if (st == SLG_OK)
        st = slg_flight_collect(&f, out, NULL, &err);
    slg_rt_wait(e->rt);
    slg_flight_release(&f);
    return st;
}

START_TEST(statistics)
{
    slg_config *cfg = study_parse("c2-dimer", study_dimer);
    slg_problem *p = study_problem(cfg);
    long k = 0;
    const slg_hp_set hp = study_values(p);
    for (;; k++) {
        slg_rt *rt = study_engine(SLG_RT_INLINE, 0, NULL);
        slg_evaluator *e = NULL;
        slg_outcome out = slg_outcome_empty();
        slg_alloc_fail_after(k);
        slg_status st = slg_evaluator_create(p, rt, 0, &e, &err);
        if (st == SLG_OK)
            st = statistics_of(e, &hp, &out);
        slg_alloc_fail_after(-1);
        slg_evaluator_free(&e);
        slg_rt_stop(&rt);
        if (st == SLG_OK && isfinite(out.std))
            break;
        ck_assert_msg(st != SLG_OK || out.status == SLG_ERR_NOMEM, "%s: %s: %s",
                      slg_status_name((slg_status)out.status), out.failure.kind, out.failure.why);
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
    slg_search s = {0};
    slg_status st = SLG_ERR_NOMEM;
    for (long k = 0; st != SLG_OK; k++) {
        slg_alloc_fail_after(k);
        st = slg_search_start(&s, p, &err);
        if (st == SLG_OK)
            st = slg_search_begin_phase(&s, 0, &err);
        if (st == SLG_OK)
            st = slg_search_open_iteration(&s, &err);
        if (st == SLG_OK)
            st = slg_search_save(&s, folder, &err);
        slg_alloc_fail_after(-1);
        slg_search_free(&s);
        if (st != SLG_OK)
            check_failure(st, k);
    }
    st = SLG_ERR_NOMEM;
    for (long k = 0; st != SLG_OK; k++) {
        slg_alloc_fail_after(k);
        st = slg_search_start(&s, p, &err);
        if (st == SLG_OK)
            st = slg_search_load(&s, folder, &err);
        slg_alloc_fail_after(-1);
        slg_search_free(&s);
        if (st != SLG_OK)
            check_failure(st, k);
    }
    slg_problem_free(&p);
    slg_config_free(&cfg);
    slg_test_remove(folder);
}
END_TEST

/* --- whole searches ------------------------------------------------------------------------------------------- */

static const char *const phases[] = {study_search1, study_search2};

static slg_status search_in(slg_config *cfg, const char *folder, const char *name, char path[SLG_PATH])
{
    const slg_run_options opt = {.quiet = true};
    snprintf(path, SLG_PATH, "%s/%s", folder, name);
    snprintf(cfg->directory, sizeof cfg->directory, "%s", path);
    return slg_study_run(cfg, &opt, &err);
}

/* One allocation of a search fails, somewhere: the same command again ends as if nothing had been. */
START_TEST(one_failure_of_a_search)
{
    enum { N = 16 };
    const char *folder = slg_test_folder();
    char whole[SLG_PATH], parts[SLG_PATH];
    int errors = 0;
    slg_config *cfg = study_parse("c2-dimer", phases[_i]);
    slg_alloc_fail_once(LONG_MAX);
    ck_ok(search_in(cfg, folder, "whole", whole), &err);
    const long all = LONG_MAX - slg_alloc_fail_once(-1);
    for (long i = 0; i < N; i++) {
        slg_alloc_fail_once((2 * i + 1) * all / (2 * N));
        slg_status st = search_in(cfg, folder, "parts", parts);
        slg_alloc_fail_once(-1);
        errors += st != SLG_OK;
        ck_assert_msg(st == SLG_OK || st == SLG_ERR_NOMEM, "%ld: %s: %s", i, slg_status_name(st), err.text);
        ck_assert_msg(st == SLG_OK || err.text[0], "an error without words");
        slg_error_clear(&err);
        ck_ok(search_in(cfg, folder, "parts", parts), &err);
        study_same_file(whole, parts, "trials.csv");
        study_same_file(whole, parts, "best/potential.xml");
        study_same_file(whole, parts, "best/result.json");
        slg_test_remove(parts);
    }
    fprintf(stderr, "%ld allocations, %d errors\n", all, errors);
    ck_assert_int_gt(errors, N / 2);
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
    tcase_add_loop_test(t, one_failure_of_a_search, 0, 2);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
