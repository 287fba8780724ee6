/* Files of results, piece by piece. */
#include "runtime/base/alloc.h"
#include "tests/support/study_support.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static slg_error err;

/* A descriptor of one component that changes its sign with the distance: products are 1 or -1. */
static const char sign_map[] = "3 3 1\n7\n";

static json_t *dimers_of(const slg_problem *p)
{
    const slg_hp_set hp = study_values(p);
    json_t *all = NULL;
    ck_ok(slg_dimers_json(p, &hp, NULL, &all, &err), &err);
    return all;
}

/* The curves show the kernel that the fit uses: with an odd power negative products stay negative. */
START_TEST(curves_of_negative_products)
{
    const char *folder = slg_test_folder();
    char *data = study_slurp(slg_test_example("c2-dimer"), "C2_dimer.xyz", NULL);
    study_spill(folder, "C2_dimer.xyz", data, strlen(data));
    study_spill(folder, "map.txt", sign_map, strlen(sign_map));
    char *text = study_replace(study_dimer, "zeta: 4", "zeta: 3, compress_file: map.txt");
    slg_config *cfg = study_parse(folder, text);
    slg_problem *p = study_problem(cfg);
    json_t *all = dimers_of(p), *curve, *k;
    size_t i, j, negative = 0, positive = 0;
    json_array_foreach(json_object_get(json_array_get(all, 0), "curves"), i, curve)
        json_array_foreach(json_object_get(curve, "k"), j, k)
    {
        ck_assert_double_eq_tol(fabs(json_number_value(k)), 1, 1e-12);
        negative += json_number_value(k) < 0;
        positive += json_number_value(k) > 0;
    }
    ck_assert_uint_gt(negative, 0);
    ck_assert_uint_gt(positive, 0);
    json_decref(all);
    slg_problem_free(&p);
    slg_config_free(&cfg);
    free(text);
    slg_free(data);
    slg_test_remove(folder);
}
END_TEST

/* JSON that does not fit on the disk is an error, whatever its size, and leaves no file. */
START_TEST(full_disk)
{
    const char *folder = slg_test_folder();
    struct rlimit old;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
    const struct rlimit small = {1000, old.rlim_max};
    char path[SLG_PATH];
    json_t *o = json_array();
    for (int i = 0; i < (_i ? 100000 : 1000); i++)
        json_array_append_new(o, json_real(1.0 / (i + 1)));
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    slg_error_clear(&err);
    const slg_status st = slg_write_json(o, 17, folder, "x.json", &err);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
    ck_assert_int_eq(st, SLG_ERR_IO);
    ck_assert_msg(strstr(err.text, "x.json") && strstr(err.text, "disk full"), "%s", err.text);
    ck_ok(slg_path_join(path, folder, "x.json", &err), &err);
    ck_assert(!slg_file_exists(path));
    slg_test_remove(folder);
}
END_TEST

/* The line cannot say that the jitter differs between sparse sets: a note does. */
START_TEST(jitter_of_several_deltas)
{
    char *text = _i ? study_replace(study_molecules, "delta: 2", "delta: {H: 1, C: 2, O: 3}") : strdup(study_molecules);
    slg_config *cfg = study_parse("cho-molecules", text);
    slg_problem *p = study_problem(cfg);
    const slg_hp_set hp = study_values(p);
    slg_errors *sums = calloc(p->validation.data->n_group, sizeof *sums);
    const slg_result result = {.hp = &hp, .objective = 1, .validation = sums, .potential = "p.xml"};
    json_t *o = slg_result_json(p, &result);
    const char *note = json_string_value(json_object_get(o, "gap_fit_note"));
    ck_assert_int_eq(note != NULL, _i);
    ck_assert(!note || strstr(note, "sparse_jitter"));
    const char *line = json_string_value(json_object_get(o, "gap_fit")), *jitter = strstr(line, "sparse_jitter=");
    ck_assert_ptr_nonnull(jitter);
    slg_hp_set values = hp;
    const double delta = study_hp(p, &values, "delta")[0]; /* gap_fit's is absolute, eV^2; here it is 1e-9 delta^2 */
    ck_assert_double_eq_tol(strtod(strchr(jitter, '=') + 1, NULL), 1e-9 * delta * delta, 1e-18);
    json_decref(o);
    free(sums);
    free(text);
    slg_problem_free(&p);
    slg_config_free(&cfg);
}
END_TEST

/* Seeds have 64 bits; numbers in JSON often 53, and signs. */
START_TEST(large_seed)
{
    slg_error_clear(&err);
    const char *folder = slg_test_folder();
    char *text = study_replace(study_search1, "seed: 5", "seed: 18446744073709551615");
    char path[SLG_PATH];
    ck_ok(study_run("c2-dimer", text, folder, 0, &err), &err);
    ck_ok(slg_path_join(path, folder, "study.json", &err), &err);
    json_t *o = slg_test_json(path);
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(o, "search"), "seed")), "18446744073709551615");
    json_decref(o);
    free(text);
    slg_test_remove(folder);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("results");
    TCase *t = tcase_create("results");
    tcase_set_timeout(t, 100);
    tcase_add_test(t, curves_of_negative_products);
    tcase_add_loop_test(t, full_disk, 0, 2);
    tcase_add_loop_test(t, jitter_of_several_deltas, 0, 2);
    tcase_add_test(t, large_seed);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
