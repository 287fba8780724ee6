/* Failures of single particles are results; memory limits; places visited twice. */
#include "runtime/base/alloc.h"
#include "src/search/admission.h"
#include "tests/support/study_support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static slg_error err;

/* --- trials.csv as cells ------------------------------------------------------------------------------------------ */

typedef struct table {
    char *text;
    size_t n_row, n_col;
    char *cell[200][64]; /* row 0: names */
} table;

static void split_line(table *t, char *line)
{
    size_t c = 0;
    bool quoted = false;
    t->cell[t->n_row][c++] = line;
    for (; *line; line++) {
        quoted ^= *line == '"';
        if (*line == ',' && !quoted) {
            *line = '\0';
            t->cell[t->n_row][c++] = line + 1;
        }
    }
    ck_assert(!quoted);
    ck_assert(t->n_row == 0 || c == t->n_col);
    t->n_col = c;
    t->n_row++;
}

static table read_table(const char *folder)
{
    table t = {.text = study_slurp(folder, "trials.csv", NULL)};
    char *save = NULL;
    for (char *line = strtok_r(t.text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
        split_line(&t, line);
    return t;
}

static const char *cell(const table *t, size_t row, const char *name)
{
    for (size_t c = 0; c < t->n_col; c++)
        if (strcmp(t->cell[0][c], name) == 0)
            return t->cell[row + 1][c];
    ck_abort_msg("no column %s", name);
}

static json_t *read_status(const char *folder)
{
    char path[SLG_PATH];
    ck_ok(slg_path_join(path, folder, "status.json", &err), &err);
    return slg_test_json(path);
}

static long long status_number(const json_t *o, const char *key)
{
    return (long long)json_integer_value(json_object_get(o, key));
}

/*
 * --- particles that fail --------------------------------------------------------------------------------------------
 */

/* rcut_soft may come too near to rcut_hard: some particles are outside the domain. */
START_TEST(outside_domain)
{
    const char *folder = slg_test_folder();
    char *text = study_replace(study_search1, "rcut_soft: {range: [4.0, 4.9]}", "rcut_soft: {range: [4.5, 5.5]}");
    ck_assert_int_eq(study_run("c2-dimer", text, folder, 0, &err), SLG_OK);
    table t = read_table(folder);
    ck_assert_uint_eq(t.n_row, 1 + 40);
    size_t failed = 0;
    for (size_t k = 0; k < 40; k++) {
        bool bad = atof(cell(&t, k, "rcut_soft")) > 4.99;
        bool indefinite = !bad && strcmp(cell(&t, k, "status"), "ERR_NOT_SPD") == 0;
        ck_assert_str_eq(cell(&t, k, "status"), bad ? "ERR_HP" : indefinite ? "ERR_NOT_SPD" : "ok");
        ck_assert_msg(!bad || strstr(cell(&t, k, "reason"), "check: ") == cell(&t, k, "reason") + 1, "reason: %s",
                      cell(&t, k, "reason"));
        ck_assert((cell(&t, k, "objective")[0] == '\0') == (bad || indefinite));
        ck_assert((cell(&t, k, "energy_rmse")[0] == '\0') == (bad || indefinite));
        failed += indefinite;
        ck_assert_str_eq(cell(&t, k, "virial_rmse"), "");
        failed += bad;
    }
    ck_assert(failed > 0 && failed < 40);
    json_t *o = read_status(folder);
    ck_assert_int_eq(status_number(o, "failed"), (long long)failed);
    ck_assert_str_eq(json_string_value(json_object_get(o, "state")), "finished");
    json_decref(o);
    slg_free(t.text);
    free(text);
    slg_test_remove(folder);
}
END_TEST

/* A fractional power is no kernel on all sets: with a small jitter some sparse kernels are not positive definite. */
START_TEST(not_definite)
{
    const char *folder = slg_test_folder();
    char *a = study_replace(study_search1, "zeta: {range: [2, 8]}", "zeta: {range: [1.2, 4]}");
    char *text = study_replace(a, "n_sparse: 20", "n_sparse: 24, jitter: 1e-11");
    ck_assert_int_eq(study_run("c2-dimer", text, folder, 0, &err), SLG_OK);
    table t = read_table(folder);
    size_t failed = 0, good = 0;
    for (size_t k = 0; k < 40; k++) {
        bool ok = strcmp(cell(&t, k, "status"), "ok") == 0;
        good += ok;
        failed += strcmp(cell(&t, k, "status"), "ERR_NOT_SPD") == 0;
        ck_assert_msg(ok || strstr(cell(&t, k, "reason"), "\"sparse-kernel: sparse kernel: "), "reason: %s",
                      cell(&t, k, "reason"));
    }
    ck_assert_msg(failed > 0 && good > 0 && failed + good == 40, "%zu failed, %zu good", failed, good);
    slg_free(t.text);
    free(a);
    free(text);
    slg_test_remove(folder);
}
END_TEST

/* Kernel statistics do not see that a sparse kernel is not positive definite: stage 2 goes down the list of stage 1. */
START_TEST(base_of_stage2)
{
    const char *folder = slg_test_folder();
    char *a = study_replace(study_search2, "zeta: {range: [2, 8]}", "zeta: {choice: [1.2, 1.5, 2, 3]}");
    char *text = study_replace(a, "n_sparse: {int: [8, 20]}", "n_sparse: 30, jitter: 1e-13");
    ck_assert_int_eq(study_run("c2-dimer", text, folder, 0, &err), SLG_OK);
    char *log = study_slurp(folder, "study.log", NULL);
    ck_assert_msg(strstr(log, "the next best trial of stage 1 is taken") != NULL, "log: %s", log);
    table t = read_table(folder);
    size_t stage1 = 0, best = 0;
    for (size_t k = 0; k + 1 < t.n_row; k++)
        if (strcmp(cell(&t, k, "stage"), "1") == 0) {
            stage1 = k + 1;
            best = strtod(cell(&t, k, "objective"), NULL) < strtod(cell(&t, best, "objective"), NULL) ? k : best;
        }
    ck_assert_uint_lt(stage1, t.n_row - 1);
    ck_assert_str_ne(cell(&t, stage1, "zeta"), cell(&t, best, "zeta"));
    ck_assert_str_eq(cell(&t, stage1, "status"), "ok");
    size_t from = 0; /* the base is one of stage 1 */
    for (size_t k = 0; k < stage1; k++)
        from += strcmp(cell(&t, k, "zeta"), cell(&t, stage1, "zeta")) == 0;
    ck_assert_uint_gt(from, 0);
    slg_free(log);
    slg_free(t.text);
    free(a);
    free(text);
    slg_test_remove(folder);
}
END_TEST

static void all_fail(const char *text, const char *message, const char *state)
{
    const char *folder = slg_test_folder();
    for (int again = 0; again < 2; again++) { /* the same command says the same */
        slg_error_clear(&err);
        ck_assert_int_eq(study_run("c2-dimer", text, folder, 0, &err), SLG_ERR_NOT_FINITE);
        ck_assert_msg(strstr(err.text, message) != NULL, "message: %s", err.text);
        ck_assert_msg(strstr(err.text, "trials.csv") != NULL, "message: %s", err.text);
    }
    json_t *o = read_status(folder);
    ck_assert_str_eq(json_string_value(json_object_get(o, "state")), state);
    ck_assert(json_is_null(json_object_get(o, "best")));
    ck_assert_int_eq(status_number(o, "failed"), status_number(o, "trials"));
    ck_assert_int_gt(status_number(o, "failed"), 0);
    json_decref(o);
    slg_error_clear(&err);
    slg_test_remove(folder);
}

/* Hardly any position is inside the domain: nothing to follow, so nobody moves and later iterations are cached. */
START_TEST(all_particles_fail)
{
    const char *text = _i ? study_search2 : study_search1;
    char *wrong = study_replace(text, "rcut_soft: {range: [4.0, 4.9]}", "rcut_soft: {range: [4.9899, 20]}");
    all_fail(wrong, _i ? "stage 1: every trial failed" : "every trial failed", "failed");
    free(wrong);
}
END_TEST

/*
 * --- places visited twice
 * ---------------------------------------------------------------------------------------------
 */

START_TEST(visited_places)
{
    const char *folder = slg_test_folder();
    char *a = study_replace(study_dimer, "zeta: 4", "zeta: {int: [2, 4]}, radial_enhancement: {int: [0, 1]}");
    char *text = study_replace(a, "particles: 4, iterations: 2", "particles: 7, iterations: 4");
    ck_assert_int_eq(study_run("c2-dimer", text, folder, 0, &err), SLG_OK);
    table t = read_table(folder);
    ck_assert_uint_eq(t.n_row, 1 + 28);
    size_t evaluated = 0, cached = 0;
    for (size_t k = 0; k < 28; k++) {
        size_t first = 0;
        while (strcmp(cell(&t, first, "zeta"), cell(&t, k, "zeta")) != 0 ||
               strcmp(cell(&t, first, "radial_enhancement"), cell(&t, k, "radial_enhancement")) != 0)
            first++;
        evaluated += first == k;
        cached += cell(&t, k, "cached_from")[0] != '\0';
        if (first == k)
            ck_assert_str_eq(cell(&t, k, "cached_from"), "");
        else
            ck_assert_uint_eq((size_t)atol(cell(&t, k, "cached_from")), first);
        for (size_t c = 7; c < t.n_col; c++)
            ck_assert_str_eq(t.cell[k + 1][c], t.cell[first + 1][c]);
    }
    ck_assert_uint_le(evaluated, 6);
    ck_assert_uint_eq(evaluated + cached, 28);
    char *times = study_slurp(folder, "times.csv", NULL), *save = NULL;
    size_t with_time = 0, lines = 0;
    for (char *line = strtok_r(times, "\n", &save); line; line = strtok_r(NULL, "\n", &save), lines++)
        with_time += lines > 0 && atof(strchr(line, ',') + 1) > 0;
    ck_assert_uint_eq(lines, 1 + 28);
    ck_assert_uint_eq(with_time, evaluated);
    json_t *o = read_status(folder);
    ck_assert_int_eq(status_number(o, "cached"), (long long)cached);
    json_decref(o);
    slg_free(times);
    slg_free(t.text);
    free(a);
    free(text);
    slg_test_remove(folder);
}
END_TEST

/*
 * --- memory
 * --------------------------------------------------------------------------------------------------------------
 */

static double resident(const char *key)
{
    char line[256];
    double kb = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, key, strlen(key)) == 0)
            kb = atof(line + strlen(key) + 1);
    if (f)
        fclose(f);
    return 1024 * kb;
}

static bool reset_peak(void)
{
    FILE *f = fopen("/proc/self/clear_refs", "w");
    if (!f)
        return false;
    bool ok = fputs("5", f) >= 0;
    return fclose(f) == 0 && ok;
}

/* Bytes that one particle, or a base, really takes. */
static double used_by(slg_evaluator *e, const slg_hp_set *hp, bool base)
{
    const double before = resident("VmRSS");
    slg_flight f = study_flight(e, 0, hp);
    if (base)
        ck_ok(slg_flight_build_base(&f, &err), &err);
    else
        ck_assert_int_eq(study_fly(e, SLG_NEED_PREDICTIONS, hp).status, SLG_OK);
    slg_flight_release(&f);
    return resident("VmHWM") - before;
}

START_TEST(prediction)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return; /* they keep memory of their own */
#endif
    slg_config *cfg = study_parse_with("silicon", study_silicon, "n_sparse: 60", "n_sparse: 700");
    slg_problem *p = study_problem(cfg);
    const slg_hp_set hp = study_values(p);
    const slg_crowd crowd = {_i ? SLG_NEED_ERRORS : SLG_NEED_PREDICTIONS, _i == 1, false, 1, 1, 1};
    slg_footprint f;
    ck_ok(slg_footprint_at(p, &hp, &crowd, &f, &err), &err);
    const double want = f.blocks + f.overhead + f.scratch;
    slg_rt *rt = study_engine(SLG_RT_STARPU, 1, NULL);
    slg_evaluator *e = study_evaluator(p, rt);
    if (!reset_peak())
        return;
    const double got = used_by(e, &hp, _i == 1);
    fprintf(stderr, "%s: predicted %.1f MB, used %.1f MB\n", _i ? "base" : "particle", want / 1e6, got / 1e6);
    ck_assert_msg(got < 1.5 * want && got > want / 1.5, "predicted %.1f MB, used %.1f MB", want / 1e6, got / 1e6);
    slg_evaluator_free(&e);
    slg_rt_stop(&rt);
    slg_problem_free(&p);
    slg_config_free(&cfg);
}
END_TEST

static slg_admission admission(slg_config *cfg, const slg_problem *p, double bytes)
{
    slg_phases phases;
    slg_admission a;
    cfg->memory_gb = bytes / 1e9;
    slg_phases_make(cfg, &phases);
    ck_ok(slg_admit(p, &phases.phase[phases.n - 1], 2, &a, &err), &err);
    return a;
}

static double predicted_of(const char *folder)
{
    json_t *o = read_status(folder);
    const double bytes = json_number_value(json_object_get(o, "predicted_memory_bytes"));
    json_decref(o);
    return bytes;
}

static slg_status run_within(const char *text, double bytes, const char *folder)
{
    char limit[80];
    snprintf(limit, sizeof limit, "run: {memory_gb: %.12f, ", bytes / 1e9);
    char *limited = study_replace(text, "run: {", limit);
    slg_status st = study_run("c2-dimer", limited, folder, 0, &err);
    free(limited);
    return st;
}

/* Room for fewer particles: fewer in flight at a time, the same results; for none: refused before anything begins. */
START_TEST(limits)
{
    const char *text = _i ? study_search2 : study_search1;
    char folder[64], wide[SLG_PATH], none[SLG_PATH], file[SLG_PATH];
    snprintf(folder, sizeof folder, "%s", slg_test_folder());
    snprintf(wide, sizeof wide, "%s/wide", folder);
    snprintf(none, sizeof none, "%s/none", folder);
    slg_config *cfg = study_parse("c2-dimer", text);
    slg_problem *p = study_problem(cfg);
    slg_admission most = admission(cfg, p, 1e12), least = most;
    ck_assert_uint_eq(most.window, 4);
    for (double less = 0.9999; least.window > 1; less -= 1e-4)
        least = admission(cfg, p, less * most.predicted);
    ck_assert_int_eq(run_within(text, least.predicted + 1, folder), SLG_OK);
    ck_assert_double_le(predicted_of(folder), least.predicted + 1);
    ck_assert_int_eq(study_run("c2-dimer", text, wide, 0, &err), SLG_OK);
    ck_assert_double_ge(predicted_of(wide), most.predicted - 1);
    study_same_file(folder, wide, "trials.csv");
    study_same_file(folder, wide, "best/potential.xml");
    ck_assert_int_eq(run_within(text, least.predicted - least.of.blocks, none), SLG_ERR_NOMEM);
    ck_assert_msg(strstr(err.text, "memory: one particle needs") && strstr(err.text, "run.memory_gb"), "%s", err.text);
    slg_error_clear(&err);
    ck_ok(slg_path_join(file, none, "study.h5", &err), &err);
    ck_assert_msg(access(file, F_OK) != 0, "the search began although its last phase cannot run");
    slg_problem_free(&p);
    slg_config_free(&cfg);
    slg_test_remove(folder);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("failures");
    TCase *t = tcase_create("failures");
    tcase_set_timeout(t, 200);
    tcase_add_test(t, outside_domain);
    tcase_add_test(t, not_definite);
    tcase_add_test(t, base_of_stage2);
    tcase_add_loop_test(t, all_particles_fail, 0, 2);
    tcase_add_test(t, visited_places);
    tcase_add_loop_test(t, prediction, 0, 2);
    tcase_add_loop_test(t, limits, 0, 2);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
