/* Studies that go on longer than they were begun, and what may change between two runs of one. */
#include "runtime/base/alloc.h"
#include "src/search/store.h"
#include "tests/support/study_support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static slg_error err;
static char folder[64], whole[SLG_PATH], parts[SLG_PATH];

static void setup(void)
{
    snprintf(folder, sizeof folder, "%s", slg_test_folder());
    snprintf(whole, sizeof whole, "%s/whole", folder);
    snprintf(parts, sizeof parts, "%s/parts", folder);
    slg_error_clear(&err);
}

static void teardown(void)
{
    slg_test_remove(folder);
}

static void run(const char *text, const char *dir)
{
    ck_ok(study_run("c2-dimer", text, dir, 0, &err), &err);
}

static void run_with(const char *text, const char *from, const char *to, const char *dir)
{
    char *changed = study_replace(text, from, to);
    run(changed, dir);
    free(changed);
}

static void refused(const char *text, const char *from, const char *to, const char *dir, const char *message)
{
    char *changed = study_replace(text, from, to);
    slg_error_clear(&err);
    ck_assert_int_eq(study_run("c2-dimer", changed, dir, 0, &err), SLG_ERR_MATCH);
    ck_assert_msg(strstr(err.text, message) != NULL, "'%s' is not in: %s", message, err.text);
    free(changed);
}

/* The same command that was killed or has ended. */
static slg_status run_more(const char *text, const char *dir, int64_t more)
{
    slg_config *cfg = study_parse("c2-dimer", text);
    const slg_run_options opt = {.quiet = true, .more = more};
    snprintf(cfg->directory, sizeof cfg->directory, "%s", dir);
    slg_error_clear(&err);
    slg_status st = slg_study_run(cfg, &opt, &err);
    slg_config_free(&cfg);
    return st;
}

static void same_results(const char *a, const char *b)
{
    study_same_file(a, b, "trials.csv");
    study_same_file(a, b, "best/potential.xml");
    study_same_file(a, b, "best/result.json");
}

/* --- budgets -------------------------------------------------------------------------------------------------- */

static const struct {
    const char *text, *shorter, *longer;
} raise[] = {{study_search1, "iterations: 8", "iterations: 11"},
             {study_search2, "stage2_iterations: 5", "stage2_iterations: 9"}};

/* A study that is extended after its end, once and twice, is the one that was longer from the beginning. */
START_TEST(raised)
{
    char *first = study_replace(raise[_i].text, raise[_i].shorter, _i ? "stage2_iterations: 6" : "iterations: 9");
    run_with(raise[_i].text, raise[_i].shorter, raise[_i].longer, whole);
    run(raise[_i].text, parts);
    run(first, parts);
    run_with(raise[_i].text, raise[_i].shorter, raise[_i].longer, parts);
    same_results(whole, parts);
    free(first);
}
END_TEST

/* By number: --more counts from the recorded budget, the unchanged file goes on with it. */
START_TEST(more)
{
    run_with(raise[_i].text, raise[_i].shorter, raise[_i].longer, whole);
    run(raise[_i].text, parts);
    ck_ok(run_more(raise[_i].text, parts, _i ? 4 : 3), &err);
    same_results(whole, parts);
    run(raise[_i].text, parts);
    same_results(whole, parts);
}
END_TEST

static const struct {
    const char *text, *shorter, *longer;
} stopped[] = {{study_search1, "iterations: 8", "iterations: 4000"},
               {study_search2, "iterations: 5, stage2", "iterations: 4000, stage2"}};

/* Killed on the way, the same command with --more does not extend again; of two stages the present one grows. */
START_TEST(more_after_a_stop)
{
    char *text = study_replace(stopped[_i].text, stopped[_i].shorter, stopped[_i].longer);
    slg_config *cfg = study_parse("c2-dimer", text);
    const slg_run_options opt = {.quiet = true, .more = 7};
    cfg->max_time = 0.3;
    snprintf(cfg->directory, sizeof cfg->directory, "%s", parts);
    ck_assert_int_eq(study_run("c2-dimer", text, parts, 0.2, &err), SLG_STOPPED);
    for (int i = 0; i < 3; i++) {
        slg_error_clear(&err);
        ck_assert_int_eq(slg_study_run(cfg, &opt, &err), SLG_STOPPED);
        json_t *o = slg_test_json(strcat(strcpy(whole, parts), "/status.json"));
        ck_assert_int_eq(json_integer_value(json_object_get(o, "iterations")), 4007);
        ck_assert_int_eq(json_integer_value(json_object_get(o, "stage")), 1);
        json_decref(o);
    }
    slg_config_free(&cfg);
    free(text);
}
END_TEST

/* Changes the checkpoint in `dir` as `how` says. */
static void tamper(const char *text, const char *dir, void (*how)(slg_search *s, int i), int i)
{
    slg_config *cfg = study_parse("c2-dimer", text);
    slg_problem *p = study_problem(cfg);
    slg_search s;
    slg_error_clear(&err);
    ck_ok(slg_search_start(&s, p, &err), &err);
    ck_ok(slg_search_load(&s, dir, &err), &err);
    how(&s, i);
    ck_ok(slg_search_save(&s, dir, &err), &err);
    slg_search_free(&s);
    slg_problem_free(&p);
    slg_config_free(&cfg);
}

static void set_more(slg_search *s, int n)
{
    s->more = n;
}

/* Killed after the last checkpoint and before the other files: the same command completes them and adds nothing. */
START_TEST(more_killed_at_the_end)
{
    run(study_search1, parts);
    ck_ok(run_more(study_search1, parts, 3), &err);
    char *before = study_slurp(parts, "trials.csv", NULL);
    tamper(study_search1, parts, set_more, 3);
    ck_ok(run_more(study_search1, parts, 3), &err);
    char *after = study_slurp(parts, "trials.csv", NULL);
    ck_assert_str_eq(before, after);
    ck_ok(run_more(study_search1, parts, 3), &err);
    run_with(study_search1, "iterations: 8", "iterations: 14", whole);
    same_results(whole, parts);
    slg_free(before);
    slg_free(after);
}
END_TEST

static void spoil(slg_search *s, int i)
{
    switch (i) {
    case 0: s->trials.trial[3].cached_from = 3; break;
    case 1: s->trials.trial[3].cached_from = -2; break;
    case 2: s->trials.trial[3].phase = 1; break;
    case 3: s->trials.trial[3].out.status = SLG_N_STATUS; break;
    default: study_set(s->p, &s->best.hp, "rcut_soft", 6);
    }
}

/* A sealed checkpoint whose numbers cannot be. */
START_TEST(impossible_numbers)
{
    run(study_search1, parts);
    tamper(study_search1, parts, spoil, _i);
    ck_assert_int_eq(study_run("c2-dimer", study_search1, parts, 0, &err), SLG_ERR_DAMAGE);
    ck_assert_msg(strncmp(err.text, "study.h5: /", 11) == 0, "%s", err.text);
}
END_TEST

START_TEST(refusals)
{
    run(study_search1, parts);
    refused(study_search1, "iterations: 8", "iterations: 7", parts,
            "search/iterations: was 8, is 7: a budget can only");
    refused(study_search1, "particles: 5", "particles: 6", parts, "search/particles: was 5, is 6");
    run_with(study_search1, "iterations: 8", "iterations: 8, stage2_iterations: 3", parts); /* without effect */
    ck_ok(run_more(study_search1, parts, 2), &err);
    refused(study_search1, "iterations: 8", "iterations: 9", parts, "give at least 10");
    run_with(study_search1, "iterations: 8", "iterations: 12", parts);
    refused(study_search1, "iterations: 8", "iterations: 8", parts, "give at least 12");
}
END_TEST

START_TEST(ended_phase)
{
    run(study_search2, parts);
    refused(study_search2, "iterations: 5, stage2", "iterations: 6, stage2", parts, "stage 1 has ended");
    ck_assert_int_eq(run_more(study_search1, whole, 2), SLG_ERR_USAGE);
    ck_assert_msg(strstr(err.text, "--more: expected a study that was begun"), "%s", err.text);
}
END_TEST

/* --- start positions ------------------------------------------------------------------------------------------ */

/* The number in a column of a row of trials.csv. */
static double cell(const char *dir, size_t row, const char *name)
{
    char *text = study_slurp(dir, "trials.csv", NULL), *line = text, *at = strstr(text, name);
    size_t column = 0;
    for (const char *c = text; c < at; c++)
        column += *c == ',';
    for (size_t i = 0; i <= row; i++)
        line = strchr(line, '\n') + 1;
    while (column-- > 0)
        line = strchr(line, ',') + 1;
    const double x = strtod(line, NULL);
    slg_free(text);
    return x;
}

/* Positions added to a study that has finished, with a higher budget, come in the first new iteration. */
START_TEST(added_starts)
{
    const char longer[] = "iterations: 10, start: [{zeta: 3}, {zeta: 2, delta: 1.25}, {zeta: 7}]";
    run_with(study_search1, "iterations: 8", "iterations: 8, start: [{zeta: 3}]", parts);
    char *before = study_slurp(parts, "trials.csv", NULL);
    run_with(study_search1, "iterations: 8", longer, parts);
    char *after = study_slurp(parts, "trials.csv", NULL);
    ck_assert_msg(strncmp(before, after, strlen(before)) == 0, "what was there has changed");
    ck_assert_double_eq_tol(cell(parts, 0, "zeta"), 3, 1e-14);
    ck_assert_double_eq_tol(cell(parts, 40, "zeta"), 2, 1e-14);
    ck_assert_double_eq_tol(cell(parts, 40, "delta"), 1.25, 1e-14);
    ck_assert_double_eq_tol(cell(parts, 41, "zeta"), 7, 1e-14);
    run_with(study_search1, "iterations: 8", longer, parts); /* nothing is left to do */
    char *again = study_slurp(parts, "trials.csv", NULL);
    ck_assert_str_eq(after, again);
    slg_free(before);
    slg_free(after);
    slg_free(again);
    refused(study_search1, "iterations: 8", "iterations: 10, start: [{zeta: 4}, {zeta: 2, delta: 1.25}, {zeta: 7}]",
            parts, "positions can only be added at the end");
    refused(study_search1, "iterations: 8", "iterations: 10, start: [{zeta: 3}]", parts, "search/start: was ");
}
END_TEST

/* More positions than particles: the others come in the iterations that follow. */
START_TEST(many_starts)
{
    run_with(study_search1, "iterations: 8",
             "iterations: 8, start: [{zeta: 2}, {zeta: 3}, {zeta: 4}, {zeta: 5}, {zeta: 6}, "
             "{zeta: 7}, {zeta: 2.5}]",
             parts);
    const double want[] = {2, 3, 4, 5, 6, 7, 2.5};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        ck_assert_double_eq_tol(cell(parts, i, "zeta"), want[i], 1e-14);
}
END_TEST

/* --- names of files ------------------------------------------------------------------------------------------- */

START_TEST(renamed_data)
{
    char *data = study_slurp(slg_test_example("c2-dimer"), "C2_dimer.xyz", NULL);
    study_spill(folder, "C2_dimer.xyz", data, strlen(data));
    study_spill(folder, "moved.xyz", data, strlen(data));
    ck_ok(study_run(folder, study_search1, parts, 0, &err), &err);
    char *moved = study_replace(study_search1, "C2_dimer.xyz", "moved.xyz");
    ck_ok(study_run(folder, moved, parts, 0, &err), &err);
    data[strlen(data) - 2] = data[strlen(data) - 2] == '1' ? '2' : '1';
    study_spill(folder, "moved.xyz", data, strlen(data));
    ck_assert_int_eq(study_run(folder, moved, parts, 0, &err), SLG_ERR_MATCH);
    ck_assert_msg(strstr(err.text, "data.train: the file changed"), "%s", err.text);
    free(moved);
    slg_free(data);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("extension");
    TCase *t = tcase_create("extension");
    tcase_set_timeout(t, 200);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, raised, 0, 2);
    tcase_add_loop_test(t, more, 0, 2);
    tcase_add_loop_test(t, more_after_a_stop, 0, sizeof stopped / sizeof *stopped);
    tcase_add_test(t, more_killed_at_the_end);
    tcase_add_loop_test(t, impossible_numbers, 0, 5);
    tcase_add_test(t, refusals);
    tcase_add_test(t, ended_phase);
    tcase_add_test(t, added_starts);
    tcase_add_test(t, many_starts);
    tcase_add_test(t, renamed_data);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
