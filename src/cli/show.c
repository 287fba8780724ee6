/** Results as JSON and as tables for people; both from the same JSON objects. */
#include "src/cli/cli.h"

#include "runtime/base/file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

slg_status cli_print_json(json_t *j, slg_error *err)
{
    if (!j)
        return slg_fail_nomem(err, "JSON output");
    int rc = json_dumpf(j, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    putchar('\n');
    json_decref(j);
    return rc ? slg_fail(err, SLG_ERR_IO, "standard output: the JSON object could not be written") : SLG_OK;
}

slg_status cli_read_json(const char *path, const char *hint, json_t **out, slg_error *err)
{
    json_error_t je;
    if (!slg_file_exists(path))
        return slg_fail(err, SLG_ERR_USAGE, "%s: no such file; %s", path, hint);
    *out = json_load_file(path, 0, &je);
    if (!*out)
        return slg_fail(err, SLG_ERR_DAMAGE, "%s:%d:%d: not valid JSON: %s", path, je.line, je.column, je.text);
    if (json_is_object(*out))
        return SLG_OK;
    json_decref(*out);
    *out = NULL;
    return slg_fail(err, SLG_ERR_DAMAGE, "%s: expected a JSON object, found something else", path);
}

static void put_cell(const json_t *row, const char *key, double scale)
{
    const json_t *v = json_object_get(row, key);
    if (json_is_number(v))
        printf(" %10.3f", json_number_value(v) * scale);
    else
        printf(" %10s", "-");
}

void cli_show_errors(const char *title, const json_t *errors)
{
    const char *name;
    const json_t *row;
    printf("%-20s %21s %21s %21s\n", title, "energy [meV/atom]", "force [meV/Angstrom]", "virial [meV/atom]");
    printf("%-20s %10s %10s %10s %10s %10s %10s\n", "config_type", "RMSE", "MAE", "RMSE", "MAE", "RMSE", "MAE");
    json_object_foreach((json_t *)errors, name, row)
    {
        static const char *const key[] = {"energy_rmse", "energy_mae",  "force_rmse",
                                          "force_mae",   "virial_rmse", "virial_mae"};
        printf("%-20s", name);
        for (size_t i = 0; i < sizeof key / sizeof key[0]; i++)
            put_cell(row, key[i], 1000);
        putchar('\n');
    }
}

static void put_value(const json_t *v)
{
    if (json_is_number(v))
        printf(" %.6g", json_number_value(v));
    else if (json_is_string(v))
        printf(" %s", json_string_value(v));
    else if (json_is_boolean(v))
        printf(" %s", json_is_true(v) ? "true" : "false");
}

/* One value, or one for each element. */
static void show_numbers(const json_t *v)
{
    const char *symbol;
    const json_t *each;
    put_value(v);
    json_object_foreach((json_t *)(uintptr_t)v, symbol, each)
    {
        printf(" %s", symbol);
        put_value(each);
    }
}

static void show_hp(const json_t *hp)
{
    const char *name;
    const json_t *v;
    json_object_foreach((json_t *)hp, name, v)
    {
        const char *unit = slg_param_unit(name);
        printf("  %-22s", name);
        show_numbers(v);
        if (unit[0])
            printf(" %s", unit);
        putchar('\n');
    }
}

static void show_text(const char *title, const json_t *v)
{
    if (json_is_string(v))
        printf("%s: %s\n", title, json_string_value(v));
}

/* Mean and standard error over folds, below the table. */
static void show_folds(const json_t *folds)
{
    static const char *const name[][3] = {{"energy_rmse", "energy", "meV/atom"},
                                          {"force_rmse", "force", "meV/Angstrom"},
                                          {"virial_rmse", "virial", "meV/atom"}};
    if (!folds)
        return;
    printf("over %lld folds, RMSE:", (long long)json_integer_value(json_object_get(folds, "number")));
    for (size_t i = 0, shown = 0; i < sizeof name / sizeof name[0]; i++) {
        const json_t *f = json_object_get(folds, name[i][0]), *mean = json_object_get(f, "mean");
        if (json_is_number(mean))
            printf("%s %s %.3f +- %.3f %s", shown++ > 0 ? "," : "", name[i][1], 1000 * json_number_value(mean),
                   1000 * json_number_value(json_object_get(f, "standard_error")), name[i][2]);
    }
    puts(" (mean, standard error)");
}

static void show_all_errors(const json_t *r)
{
    const json_t *on = json_object_get(r, "errors_on"), *training = json_object_get(r, "training_errors");
    const json_t *test = json_object_get(r, "test_errors");
    char title[32];
    snprintf(title, sizeof title, "%s%serrors", on ? json_string_value(on) : "", on ? " " : "");
    cli_show_errors(title, json_object_get(r, "errors"));
    show_folds(json_object_get(r, "folds"));
    if (training)
        cli_show_errors("training errors", training);
    if (test)
        cli_show_errors("test errors", test);
    show_text("note", json_object_get(r, "selection"));
}

static void show_final(const json_t *final)
{
    if (!final)
        return;
    printf("final potential: %s (fitted to all %lld structures, n_sparse",
           json_string_value(json_object_get(final, "potential")),
           (long long)json_integer_value(json_object_get(final, "structures")));
    show_numbers(json_object_get(json_object_get(final, "hp"), "n_sparse"));
    puts(")");
    if (json_object_get(final, "test_errors"))
        cli_show_errors("its test errors", json_object_get(final, "test_errors"));
}

void cli_show_result(const json_t *r)
{
    const json_t *trial = json_object_get(r, "trial"), *hp = json_object_get(r, "hp");
    printf("objective: %.8g", json_is_number(json_object_get(r, "objective"))
                                  ? json_number_value(json_object_get(r, "objective"))
                                  : (double)NAN);
    if (json_is_integer(trial))
        printf(" (trial %lld)", (long long)json_integer_value(trial));
    putchar('\n');
    if (json_object_size(hp) > 0) {
        puts("hyper-parameters:");
        show_hp(hp);
    }
    show_all_errors(r);
    show_text("potential", json_object_get(r, "potential"));
    show_final(json_object_get(r, "final"));
    show_text("gap_fit", json_object_get(r, "gap_fit"));
    show_text("note", json_object_get(r, "gap_fit_note"));
    const char *hp_name;
    const json_t *bound;
    json_object_foreach((json_t *)(uintptr_t)json_object_get(r, "at_bounds"), hp_name, bound)
        printf("bound: %s lies at the end %.6g of its range; a wider one may hold better values\n", hp_name,
               json_number_value(bound));
    size_t i;
    const json_t *warning;
    json_array_foreach(json_object_get(r, "warnings"), i, warning) show_text("warning", warning);
}

/* The final fit of this trial, where there is one: while a search that was extended goes on, it is of another. */
static slg_status add_final(const char *dir, json_t *result, slg_error *err)
{
    char path[SLG_PATH];
    json_t *final = NULL;
    slg_status st = slg_path_join(path, dir, "final/result.json", err);
    if (st != SLG_OK || !slg_file_exists(path))
        return st;
    st = cli_read_json(path, "", &final, err);
    if (st == SLG_OK && json_equal(json_object_get(final, "trial"), json_object_get(result, "trial")))
        json_object_set(result, "final", final);
    json_decref(final);
    return st;
}

slg_status cli_show_best(const char *dir, bool json, slg_error *err)
{
    char path[SLG_PATH];
    json_t *result = NULL;
    slg_status st = slg_path_join(path, dir, "best/result.json", err);
    if (st == SLG_OK)
        st = cli_read_json(path, "no trial of a study has succeeded here; see `starling status` and `starling run`",
                           &result, err);
    if (st == SLG_OK)
        st = add_final(dir, result, err);
    if (st != SLG_OK)
        return st;
    if (json)
        return cli_print_json(result, err);
    cli_show_result(result);
    json_decref(result);
    return SLG_OK;
}
