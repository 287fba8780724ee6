/* Numbers of the figures, their CSV files, plots by gnuplot. */
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"
#include "src/report/figure.h"
#include "src/report/report.h"
#include "tests/report/sample.h"
#include "tests/support/support.h"

#include <libxml/parser.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const slg_sample usual = {.stages = 2,
                                 .trials_a_stage = 300,
                                 .particles = 20,
                                 .fail_every = 11,
                                 .forces = 400,
                                 .config_type = "dimer, \"x\"",
                                 .state = "finished"};

/* --- CSV reader ------------------------------------------------------------------------------- */

static slg_status read_text(const char *dir, const char *text, slg_csv *t, slg_error *err)
{
    const char *path = slg_sample_path(dir, "t.csv");
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
    return slg_csv_read(path, t, err);
}

START_TEST(test_csv)
{
    const char *dir = slg_test_folder();
    slg_error err = {0};
    slg_csv t;
    ck_assert_int_eq(read_text(dir, "# note\na,\"b,c\"\r\n1,\"x\"\"y\nz\"\r\n,2.5", &t, &err), SLG_OK);
    ck_assert_str_eq(t.comment, " note");
    ck_assert_uint_eq(t.n_row, 2);
    ck_assert_uint_eq(slg_csv_column(&t, "b,c"), 1);
    ck_assert_uint_eq(slg_csv_column(&t, "none"), 2);
    ck_assert_str_eq(slg_csv_text(&t, 0, 1), "x\"y\nz");
    ck_assert_double_eq(slg_csv_number(&t, 0, 0), 1);
    ck_assert_double_eq(slg_csv_number(&t, 1, 1), 2.5);
    ck_assert(isnan(slg_csv_number(&t, 1, 0)) && isnan(slg_csv_number(&t, 0, 1)) && isnan(slg_csv_number(&t, 9, 9)));
    slg_csv_free(&t);
    static const char *const odd[] = {"", "#", "\n", "a", "a\n", "a,b\n\"", "a\n\"\"\"", "a\n\"x\ny", ",,\n,,\n"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        err = (slg_error){0};
        if (read_text(dir, odd[i], &t, &err) == SLG_OK)
            slg_csv_free(&t);
    }
    err = (slg_error){0};
    ck_assert_int_eq(read_text(dir, "a,b\n1\n", &t, &err), SLG_ERR_DAMAGE);
    slg_test_remove(dir);
}
END_TEST

/* --- numbers ---------------------------------------------------------------------------------- */

static slg_csv plot_csv(const char *dir, const char *kind)
{
    slg_error err = {0};
    slg_csv t;
    const char *path = slg_sample_path(dir, "out.csv");
    ck_assert_msg(slg_report_plot(dir, NULL, kind, path, &err) == SLG_OK, "%s", err.text);
    ck_assert_int_eq(slg_csv_read(path, &t, &err), SLG_OK);
    return t;
}

static double at(const slg_csv *t, size_t row, const char *column)
{
    ck_assert_msg(slg_csv_column(t, column) < t->n_col, "no column %s", column);
    return slg_csv_number(t, row, slg_csv_column(t, column));
}

START_TEST(test_convergence)
{
    const char *dir = slg_test_folder();
    slg_sample_write(dir, &usual);
    slg_csv t = plot_csv(dir, "convergence"), trials;
    slg_error err = {0};
    ck_assert_int_eq(slg_csv_read(slg_sample_path(dir, "trials.csv"), &trials, &err), SLG_OK);
    ck_assert_uint_eq(t.n_row, 600);
    double best = (double)INFINITY;
    for (size_t k = 0; k < t.n_row; k++) {
        double f = at(&trials, k, "objective");
        best = k == 300 ? (double)INFINITY : best; /* a stage of its own */
        best = f < best ? f : best;
        ck_assert(fabs(at(&t, k, "best") - best) < 1e-9 || (isinf(best) && isnan(at(&t, k, "best"))));
        ck_assert(isnan(f) ? isnan(at(&t, k, "objective")) : fabs(at(&t, k, "objective") - f) < 1e-9);
        ck_assert_str_eq(slg_csv_text(&t, k, slg_csv_column(&t, "status")), k % 11 == 10 ? "failed" : "ok");
    }
    slg_csv_free(&t);
    slg_csv_free(&trials);
    slg_test_remove(dir);
}
END_TEST

/* Row of the first bin of an HP. */
static size_t effect_row(const slg_csv *t, int stage, const char *hp)
{
    for (size_t k = 0; k < t->n_row; k++)
        if (at(t, k, "stage") == stage && strcmp(slg_csv_text(t, k, slg_csv_column(t, "hp")), hp) == 0)
            return k;
    ck_abort_msg("no effect of %s in stage %d", hp, stage);
}

/* rho and H of each bin's row, and the verdict. */
static void check_effect(const slg_csv *t, int stage, const char *hp, double rho, double h, const char *flat)
{
    size_t k = effect_row(t, stage, hp);
    ck_assert_double_eq_tol(at(t, k, "rank_correlation"), rho, 1e-8);
    ck_assert_double_eq_tol(at(t, k, "kruskal_wallis"), h, 1e-6);
    ck_assert_str_eq(slg_csv_text(t, k, slg_csv_column(t, "flat")), flat);
}

/* objective = 1 + a + c/10000: bins of a differ by 0.2, b explains nothing, the best a is near its lower bound. */
START_TEST(test_effects)
{
    const char *dir = slg_test_folder();
    slg_sample_write(dir, &usual);
    slg_csv t = plot_csv(dir, "effects");
    ck_assert_uint_eq(t.n_row, 2 * (5 + 5 + 3));
    for (size_t b = 0; b < 5; b++) {
        ck_assert_double_eq_tol(at(&t, b, "lower"), 0.2 * (double)b, 1e-12);
        ck_assert_double_eq_tol(at(&t, b, "mean"), 1.1 + 0.2 * (double)b, 0.02);
        ck_assert_double_gt(at(&t, b, "trials"), 40);
        ck_assert_double_le(at(&t, b, "best"), at(&t, b, "median"));
    }
    /* scipy's spearmanr and kruskal of the same trials (sample.c), failed ones left out, each stage by itself. */
    check_effect(&t, 1, "a", 1, 261.1164674741317, "");
    check_effect(&t, 1, "b", -0.026883324918962528, 4.291974182984859, "flat");
    check_effect(&t, 1, "c", 0.006603464711042252, 0.06518130942617972, "flat");
    check_effect(&t, 2, "b", 0.0146746233586079, 0.5850173230776363, "flat");
    check_effect(&t, 2, "c", -0.024478360566794553, 0.293303552146881, "flat");
    ck_assert_str_eq(slg_csv_text(&t, 0, slg_csv_column(&t, "at_bound")), "lower");
    ck_assert_str_eq(slg_csv_text(&t, 5, slg_csv_column(&t, "hp")), "b");
    ck_assert_double_eq_tol(at(&t, 5, "upper"), 0.01 * pow(100, 0.2), 1e-9);
    ck_assert_double_eq(at(&t, 11, "lower"), 1); /* the second value of the integer c */
    slg_csv_free(&t);
    slg_test_remove(dir);
}
END_TEST

/* The best a lies in the middle: hardly a correlation, yet not flat. Choices have a bin for each value. */
START_TEST(test_effects_of_a_valley)
{
    const char *dir = slg_test_folder();
    slg_sample s = usual;
    s.valley = s.choice = true;
    slg_sample_write(dir, &s);
    slg_csv t = plot_csv(dir, "effects");
    check_effect(&t, 1, "a", 0.017470239078225338, 234.84500782498685, "");
    check_effect(&t, 2, "a", 0.03182519498534955, 235.50254313574305, "");
    check_effect(&t, 2, "b", 0.03354797842775516, 1.6771267430287935, "flat");
    check_effect(&t, 2, "c", 0.016964073136987858, 0.08034926491654915, "flat");
    ck_assert_uint_eq(t.n_row, 2 * (5 + 5 + 3));
    for (size_t b = 0; b < 3; b++) {
        size_t k = effect_row(&t, 2, "c") + b;
        ck_assert_double_eq(at(&t, k, "lower"), (double)b);
        ck_assert_double_eq(at(&t, k, "upper"), (double)b);
        ck_assert_double_gt(at(&t, k, "trials"), 80);
    }
    slg_csv_free(&t);
    slg_test_remove(dir);
}
END_TEST

START_TEST(test_parity_and_errors)
{
    const char *dir = slg_test_folder();
    slg_sample_write(dir, &usual);
    slg_csv p = plot_csv(dir, "parity-energy"), e;
    ck_assert_uint_eq(p.n_row, 40);
    for (size_t k = 0; k < p.n_row; k++) {
        ck_assert_double_eq_tol(at(&p, k, "predicted") - at(&p, k, "reference"), 0.01, 1e-8);
        ck_assert_str_eq(slg_csv_text(&p, k, 0), "dimer, \"x\"");
    }
    slg_csv_free(&p);
    e = plot_csv(dir, "errors-force");
    double n = 0, low = 0, share = 0;
    for (size_t k = 0; k < e.n_row; k++) {
        n += at(&e, k, "count");
        share += at(&e, k, "share");
        low += at(&e, k, "upper") <= 1e-9 ? at(&e, k, "count") : 0;
    }
    ck_assert_double_eq(n, 360);
    ck_assert_double_eq_tol(share, 2, 1e-9); /* two config_types */
    ck_assert_double_eq(low, 180);           /* every other error is negative */
    slg_csv_free(&e);
    slg_test_remove(dir);
}
END_TEST

START_TEST(test_kernel_and_dimer)
{
    const char *dir = slg_test_folder();
    slg_sample_write(dir, &usual);
    slg_csv t = plot_csv(dir, "kernel");
    ck_assert_uint_eq(t.n_row, 3);
    ck_assert_double_eq_tol(at(&t, 1, "share"), 1.0 / 3, 1e-9);
    ck_assert_double_eq_tol(at(&t, 2, "lower"), 2.0 / 3, 1e-9);
    slg_csv_free(&t);
    t = plot_csv(dir, "similarity");
    ck_assert_uint_eq(t.n_row, 6);
    ck_assert_double_eq(at(&t, 5, "k"), 1);
    slg_csv_free(&t);
    t = plot_csv(dir, "dimer-force");
    ck_assert(isnan(at(&t, 1, "reference")));
    ck_assert_double_eq(at(&t, 0, "predicted"), 2.1);
    slg_csv_free(&t);
    slg_test_remove(dir);
}
END_TEST

/* --- gnuplot ---------------------------------------------------------------------------------- */

START_TEST(test_refusals)
{
    const char *dir = slg_test_folder();
    slg_sample_write(dir, &usual);
    static const struct {
        const char *kind, *name, *says;
    } refused[] = {{"pie", "x.svg", "expected one of convergence, path,"},
                   {"kernel", "x.gif", ".svg, .png, .pdf or .csv"},
                   {"parity-virial", "x.svg", "no virial"},
                   {"gantt", "x.svg", "no trace"}};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        slg_error err = {0};
        ck_assert_int_eq(slg_report_plot(dir, NULL, refused[i].kind, slg_sample_path(dir, refused[i].name), &err),
                         SLG_ERR_USAGE);
        ck_assert_msg(strstr(err.text, refused[i].says), "%s", err.text);
    }
    char *before = strdup(getenv("PATH"));
    ck_assert_int_eq(setenv("PATH", "/nonexistent:", 1), 0);
    slg_error err = {0};
    const char *svg = slg_sample_path(dir, "x.svg");
    ck_assert_int_eq(slg_report_plot(dir, NULL, "kernel", svg, &err), SLG_ERR_USAGE);
    ck_assert(strstr(err.text, "gnuplot: not found in PATH") && strstr(err.text, "gnuplot-nox"));
    ck_assert(!slg_file_exists(svg));
    setenv("PATH", before, 1);
    free(before);
    slg_test_remove(dir);
}
END_TEST

static const char *const drawn[] = {"convergence",  "path",          "effects",     "kernel",
                                    "similarity",   "dimer-energy",  "dimer-force", "parity-energy",
                                    "parity-force", "errors-energy", "errors-force"};

START_TEST(test_svg)
{
    const char *dir = slg_test_folder();
    if (access("/usr/bin/gnuplot", X_OK) != 0) {
        puts("SKIPPED: plots need gnuplot (Debian: apt-get install gnuplot-nox)");
        return;
    }
    slg_sample_write(dir, &usual);
    slg_error err = {0};
    const char *path = slg_sample_path(dir, "it's a name.svg");
    ck_assert_msg(slg_report_plot(dir, NULL, drawn[_i], path, &err) == SLG_OK, "%s", err.text);
    xmlDocPtr doc = xmlReadFile(path, NULL, XML_PARSE_NONET | XML_PARSE_HUGE);
    ck_assert_msg(doc != NULL, "%s: not well-formed", drawn[_i]);
    ck_assert_str_eq((const char *)xmlDocGetRootElement(doc)->name, "svg");
    xmlFreeDoc(doc);
    char *text = slg_sample_text(path);
    ck_assert_msg(strstr(text, "gnuplot_plot_1"), "%s: nothing is drawn", drawn[_i]);
    free(text);
    slg_test_remove(dir);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("figures");
    TCase *numbers = tcase_create("numbers"), *plots = tcase_create("plots");
    tcase_set_timeout(plots, 60);
    tcase_add_test(numbers, test_csv);
    tcase_add_test(numbers, test_convergence);
    tcase_add_test(numbers, test_effects);
    tcase_add_test(numbers, test_effects_of_a_valley);
    tcase_add_test(numbers, test_parity_and_errors);
    tcase_add_test(numbers, test_kernel_and_dimer);
    tcase_add_test(plots, test_refusals);
    tcase_add_loop_test(plots, test_svg, 0, (int)(sizeof drawn / sizeof drawn[0]));
    suite_add_tcase(suite, numbers);
    suite_add_tcase(suite, plots);
    return slg_test_main(suite);
}
