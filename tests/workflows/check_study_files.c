/* Files of a study directory for people and other programs. */
#include "runtime/base/alloc.h"
#include "tests/support/study_support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static slg_error err;

static json_t *read_json(const char *folder, const char *name)
{
    char path[SLG_PATH];
    ck_ok(slg_path_join(path, folder, name, &err), &err);
    return slg_test_json(path);
}

static void has_keys(const json_t *o, const char *const *key, size_t n, bool exactly)
{
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(json_object_get(o, key[i]) != NULL, "no key %s", key[i]);
    ck_assert(!exactly || json_object_size(o) == n);
}

static size_t split(char *line, char **cell)
{
    size_t n = 0;
    for (char *end; line; line = end ? end + 1 : NULL) {
        end = strchr(*line == '"' ? strchr(line + 1, '"') : line, ',');
        cell[n++] = line;
        if (end)
            *end = '\0';
    }
    return n;
}

static const char header1[] =
    "trial,stage,iteration,particle,status,reason,cached_from,objective,energy_rmse,energy_mae,"
    "force_rmse,force_mae,virial_rmse,virial_mae,kernel_mean,kernel_std,kernel_skew,rcut_soft,"
    "atom_sigma_r,atom_sigma_t,radial_enhancement,zeta,delta,sigma_energy,sigma_force";
static const char header2[] =
    "trial,stage,iteration,particle,status,reason,cached_from,objective,energy_rmse,energy_mae,"
    "force_rmse,force_mae,virial_rmse,virial_mae,kernel_mean,kernel_std,kernel_skew,rcut_soft,"
    "atom_sigma_r,atom_sigma_t,radial_enhancement,zeta,n_sparse,delta,sigma_energy,sigma_force";

/* Columns that hold a number in a good row (1), are empty (0). */
static void check_row(char **cell, size_t n, size_t number, size_t stage1, size_t per_iteration, bool kernel)
{
    size_t k = kernel || stage1 == 0 ? number : number - stage1;
    ck_assert_uint_eq((size_t)atol(cell[0]), number);
    ck_assert_int_eq(atoi(cell[2]), (int)(k / per_iteration));
    ck_assert_int_eq(atoi(cell[3]), (int)(k % per_iteration));
    if (strcmp(cell[4], "ok") != 0)
        return;
    ck_assert(cell[5][0] == '\0' && cell[7][0] != '\0');
    for (size_t c = 8; c < 12; c++)
        ck_assert_msg((cell[c][0] == '\0') == (kernel || (stage1 > 0 && c % 2 == 1)), "row %zu column %zu: %s", number,
                      c, cell[c]);
    ck_assert(cell[12][0] == '\0' && cell[13][0] == '\0');
    for (size_t c = 14; c < 17; c++)
        ck_assert((cell[c][0] != '\0') == kernel);
    for (size_t c = 17; c < n; c++)
        ck_assert((cell[c][0] == '\0') == (kernel && c >= 22));
    for (size_t c = 7; c < n; c++) {
        char again[40];
        snprintf(again, sizeof again, "%.17g", atof(cell[c]));
        ck_assert(cell[c][0] == '\0' || strcmp(again, cell[c]) == 0);
    }
}

static double check_trials(const char *folder, int strategy, size_t *best)
{
    char *text = study_slurp(folder, "trials.csv", NULL), *save = NULL, *cell[64];
    char *line = strtok_r(text, "\n", &save);
    size_t stage1 = strategy == 2 ? 25 : 0, number = 0;
    double lowest = INFINITY;
    ck_assert_str_eq(line, strategy == 2 ? header2 : header1);
    while ((line = strtok_r(NULL, "\n", &save))) {
        size_t n = split(line, cell);
        bool kernel = number < stage1;
        ck_assert_uint_eq(n, strategy == 2 ? 26 : 25);
        ck_assert_int_eq(atoi(cell[1]), strategy == 2 && !kernel ? 2 : 1);
        check_row(cell, n, number, stage1, strategy == 2 && !kernel ? 6 : 5, kernel);
        if (!kernel && cell[7][0] && atof(cell[7]) < lowest) {
            lowest = atof(cell[7]);
            *best = number;
        }
        number++;
    }
    ck_assert_uint_eq(number, strategy == 2 ? 25 + 30 : 40);
    slg_free(text);
    return lowest;
}

static void check_status(const char *folder, int strategy, double lowest, size_t best)
{
    static const char *const key[] = {"state",
                                      "strategy",
                                      "stage",
                                      "phase",
                                      "iteration",
                                      "iterations",
                                      "particles",
                                      "trials",
                                      "failed",
                                      "cached",
                                      "best",
                                      "elapsed_s",
                                      "eta_s",
                                      "seconds_per_trial",
                                      "in_flight",
                                      "evaluated",
                                      "peak_memory_bytes",
                                      "predicted_memory_bytes",
                                      "workers",
                                      "scheduler",
                                      "pid",
                                      "updated",
                                      "history"};
    json_t *o = read_json(folder, "status.json"), *h = json_object_get(o, "history"), *b = json_object_get(o, "best");
    has_keys(o, key, sizeof key / sizeof *key, true);
    ck_assert_str_eq(json_string_value(json_object_get(o, "state")), "finished");
    ck_assert_int_eq(json_integer_value(json_object_get(o, "stage")), strategy);
    ck_assert_int_eq(json_integer_value(json_object_get(o, "iteration")), strategy == 2 ? 5 : 8);
    ck_assert_int_eq(json_integer_value(json_object_get(o, "iterations")), strategy == 2 ? 5 : 8);
    ck_assert_int_eq(json_integer_value(json_object_get(o, "particles")), strategy == 2 ? 6 : 5);
    ck_assert_int_eq(json_integer_value(json_object_get(o, "trials")), strategy == 2 ? 55 : 40);
    ck_assert_int_eq(json_integer_value(json_object_get(o, "workers")), 2);
    ck_assert_uint_eq(json_array_size(h), strategy == 2 ? 10 : 8);
    ck_assert_int_eq(json_integer_value(json_object_get(b, "trial")), (long long)best);
    ck_assert(json_number_value(json_object_get(b, "objective")) == lowest);
    ck_assert(json_number_value(json_array_get(h, json_array_size(h) - 1)) == lowest);
    size_t first = strategy == 2 ? 5 : 0;
    for (size_t i = first + 1; i < json_array_size(h); i++)
        ck_assert(json_number_value(json_array_get(h, i)) <= json_number_value(json_array_get(h, i - 1)));
    ck_assert_uint_eq(strlen(json_string_value(json_object_get(o, "updated"))), 20);
    json_decref(o);
}

static void check_result(const char *folder, double lowest, size_t best)
{
    static const char *const key[] = {"objective", "hp",        "errors",  "errors_on",
                                      "potential", "selection", "gap_fit", "trial"};
    static const char *const number[] = {"energy_rmse", "energy_mae",  "n_energy",   "force_rmse", "force_mae",
                                         "n_force",     "virial_rmse", "virial_mae", "n_virial"};
    json_t *o = read_json(folder, "best/result.json");
    json_object_del(o, "at_bounds"); /* where there are any */
    has_keys(o, key, sizeof key / sizeof *key, true);
    ck_assert_int_eq(json_integer_value(json_object_get(o, "trial")), (long long)best);
    ck_assert(json_number_value(json_object_get(o, "objective")) == lowest);
    json_t *all = json_object_get(json_object_get(o, "errors"), "all");
    has_keys(all, number, sizeof number / sizeof *number, true);
    ck_assert_int_eq(json_integer_value(json_object_get(all, "n_energy")), 30);
    ck_assert_int_eq(json_integer_value(json_object_get(all, "n_force")), 180);
    ck_assert(json_is_null(json_object_get(all, "virial_rmse")));
    double sum = json_number_value(json_object_get(all, "energy_rmse")) +
                 0.03333 * json_number_value(json_object_get(all, "force_rmse"));
    ck_assert_double_eq_tol(sum, lowest, 1e-6 * lowest);
    ck_assert(json_number_value(json_object_get(all, "energy_mae")) > 0); /* stage 2 too: completed by predictions */
    slg_config *cfg = NULL;
    ck_ok(slg_config_default(&cfg, &err), &err);
    for (size_t i = 0; i < cfg->n_hp; i++) {
        const slg_param *param = cfg->slot[i].param;
        ck_assert((json_object_get(json_object_get(o, "hp"), param->name) != NULL) ==
                  ((param->flags & (SLG_PARAM_SEARCHABLE | SLG_PARAM_RESULT)) != 0));
    }
    slg_config_free(&cfg);
    json_decref(o);
}

START_TEST(files)
{
    const char *folder = slg_test_folder();
    size_t best = 0;
    ck_assert_int_eq(study_run("c2-dimer", _i == 2 ? study_search2 : study_search1, folder, 0, &err), SLG_OK);
    double lowest = check_trials(folder, _i, &best);
    check_status(folder, _i, lowest, best);
    check_result(folder, lowest, best);
    char *text = study_slurp(folder, "config.yaml", NULL);
    slg_config *cfg = study_parse("c2-dimer", text); /* the effective configuration is a study file */
    slg_config_free(&cfg);
    slg_free(text);
    slg_test_remove(folder);
}
END_TEST

/* The reported best potential gives the reported errors. */
START_TEST(best_potential)
{
    char folder[64];
    snprintf(folder, sizeof folder, "%s", slg_test_folder());
    slg_config *cfg = study_parse("c2-dimer", _i == 2 ? study_search2 : study_search1);
    slg_problem *p = study_problem(cfg);
    slg_potential *pot = NULL;
    double energy[30], sum = 0;
    char path[SLG_PATH];
    ck_assert_int_eq(study_run("c2-dimer", _i == 2 ? study_search2 : study_search1, folder, 0, &err), SLG_OK);
    ck_ok(slg_path_join(path, folder, "best/potential.xml", &err), &err);
    ck_ok(slg_potential_read(path, &pot, &err), &err);
    slg_geom *geom = NULL;
    ck_ok(slg_geom_build(p->train_set, p->cutoff, p->n_species, p->z, &geom, &err), &err);
    ck_ok(slg_potential_predict(pot, p->train_set, geom, energy, NULL, NULL, &err), &err);
    slg_geom_free(&geom);
    for (int i = 0; i < 30; i++) {
        double e = (energy[i] - p->train_set->frame[i].energy) / 2;
        sum += e * e / 30;
    }
    json_t *o = read_json(folder, "best/result.json");
    json_t *all = json_object_get(json_object_get(o, "errors"), "all");
    double reported = json_number_value(json_object_get(all, "energy_rmse"));
    ck_assert_double_eq_tol(sqrt(sum), reported, 1e-6 * reported);
    double n_sparse = json_number_value(json_object_get(json_object_get(o, "hp"), "n_sparse"));
    ck_assert_uint_eq(pot->part[0].m, (size_t)n_sparse); /* the base of stage 2 has room for the largest */
    ck_assert_uint_gt(pot->part[0].m, 14);
    json_decref(o);
    slg_potential_free(&pot);
    slg_problem_free(&p);
    slg_config_free(&cfg);
    slg_test_remove(folder);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("files of a study");
    TCase *t = tcase_create("files");
    tcase_set_timeout(t, 100);
    tcase_add_loop_test(t, files, 1, 3);
    tcase_add_loop_test(t, best_potential, 1, 3);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
