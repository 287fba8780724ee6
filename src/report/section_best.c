/* Section: the best hyper-parameters and their errors, beside the start and beside the baseline. */
#include "src/report/html.h"

#include <math.h>
#include <string.h>

/* Stage whose best trial sets an HP. */
static int32_t stage_of(const slg_source *s, const slg_source_hp *h)
{
    return h->stage > 0 ? h->stage : slg_last_stage(s);
}

static void put_value(FILE *out, const slg_source *s, size_t trial, size_t column)
{
    fputs("<td>", out);
    slg_html_number(out, slg_csv_number(&s->trials, trial, column));
    fputs("</td>", out);
}

/* Not where the range ends at a natural limit. */
static bool can_widen(const slg_source *s, const slg_source_hp *hp)
{
    return json_object_get(json_object_get(s->result, "at_bounds"), hp->name) != NULL;
}

static slg_status put_hp(slg_page *p, size_t h, slg_error *err)
{
    const slg_source *s = p->s, *b = p->baseline;
    const slg_source_hp *hp = &s->hp[h];
    int32_t stage = stage_of(s, hp);
    slg_effect e;
    slg_status st = slg_effect_of(s, h, stage, &e, err);
    if (st != SLG_OK)
        return st;
    fputs("<tr><td class=\"text\">", p->out);
    slg_html_text(p->out, hp->name);
    fputs("</td><td class=\"text\">", p->out);
    slg_html_text(p->out, slg_unit_sign(hp->unit));
    fputs("</td>", p->out);
    put_value(p->out, s, slg_best_trial(s, stage, INT32_MAX), hp->column);
    put_value(p->out, s, slg_best_trial(s, stage, 0), hp->column);
    if (b)
        put_value(p->out, b, slg_best_trial(b, stage, INT32_MAX), slg_csv_column(&b->trials, hp->name));
    fprintf(p->out, "<td>%.5g to %.5g</td><td class=\"text long\">", hp->lo, hp->hi);
    if (e.at_bound)
        fprintf(p->out, "<strong class=\"bad\">at its %s bound%s</strong> ", e.at_bound < 0 ? "lower" : "upper",
                can_widen(s, hp) && !e.flat ? ": widen the range?" : "");
    if (e.flat)
        fputs("flat direction", p->out);
    fputs("</td><td>", p->out);
    if (isfinite(e.correlation))
        fprintf(p->out, "%+.2f", e.correlation);
    fputs("</td></tr>\n", p->out);
    return SLG_OK;
}

static slg_status put_hps(slg_page *p, slg_error *err)
{
    slg_status st = SLG_OK;
    fputs("<h3>Hyper-parameters</h3>\n<div class=\"scroll\"><table><thead><tr><th>name</th><th "
          "class=\"text\">unit</th>"
          "<th>best</th><th>random start</th>",
          p->out);
    if (p->baseline)
        fputs("<th>baseline</th>", p->out);
    fputs("<th>range</th><th class=\"text\">remarks</th><th>rank correlation</th></tr></thead><tbody>\n", p->out);
    for (size_t h = 0; st == SLG_OK && h < p->s->n_hp; h++)
        st = put_hp(p, h, err);
    fputs("</tbody></table></div>\n<p class=\"caption\">Random start and baseline: their best trial. At a bound: "
          "within 1 % of its range. Rank correlation: Spearman's, of a hyper-parameter with the objective over the "
          "successful trials of its stage, from &minus;1 (a larger value, always a better objective) over 0 (no trend, "
          "also where the best lies inside the range) to +1; the correlations of several hyper-parameters do not add "
          "up to anything. Choices are ranked as numbers. Flat: neither it nor a comparison of bins of the range by "
          "ranks (Kruskal-Wallis) exceeds what chance gives in 19 of 20 cases.</p>\n",
          p->out);
    return st;
}

static void put_errors(FILE *out, const json_t *row, const char *const *key, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        fputs("<td>", out);
        slg_html_number(out, 1000 * slg_json_number(row, key[i]));
        fputs("</td>", out);
    }
}

static void put_error_head(const slg_page *p, const char *title, bool baseline)
{
    fprintf(p->out,
            "<h3>%s</h3>\n<div class=\"scroll\"><table><thead><tr><th rowspan=2>config_type</th>"
            "<th colspan=2>energy (meV/atom)</th><th colspan=2>force (meV/\xc3\x85)</th>"
            "<th colspan=2>virial (meV/atom)</th>",
            title);
    if (baseline)
        fputs("<th colspan=3>baseline, RMSE</th>", p->out);
    fputs("</tr><tr><th>RMSE</th><th>MAE</th><th>RMSE</th><th>MAE</th><th>RMSE</th><th>MAE</th>", p->out);
    if (baseline)
        fputs("<th>energy</th><th>force</th><th>virial</th>", p->out);
    fputs("</tr></thead><tbody>\n", p->out);
}

static void put_start_row(slg_page *p)
{
    static const char *const column[] = {"energy_rmse", "energy_mae",  "force_rmse",
                                         "force_mae",   "virial_rmse", "virial_mae"};
    const slg_source *s = p->s;
    size_t start = slg_best_trial(s, slg_last_stage(s), 0);
    if (start == s->n_trial)
        return;
    fputs("<tr><td class=\"text\"><em>all, best of the random start</em></td>", p->out);
    for (size_t i = 0; i < sizeof column / sizeof column[0]; i++) {
        fputs("<td>", p->out);
        slg_html_number(p->out, 1000 * slg_csv_number(&s->trials, start, slg_csv_column(&s->trials, column[i])));
        fputs("</td>", p->out);
    }
    fputs(p->baseline ? "<td></td><td></td><td></td></tr>\n" : "</tr>\n", p->out);
}

/* other: errors of the baseline, NULL = none. */
static void put_error_rows(slg_page *p, const json_t *errors, const json_t *other)
{
    static const char *const key[] = {"energy_rmse", "energy_mae",  "force_rmse",
                                      "force_mae",   "virial_rmse", "virial_mae"};
    static const char *const rmse[] = {"energy_rmse", "force_rmse", "virial_rmse"};
    const json_t *row;
    const char *name;
    json_object_foreach((json_t *)(uintptr_t)errors, name, row)
    {
        fputs("<tr><td class=\"text\">", p->out);
        slg_html_text(p->out, name);
        fputs("</td>", p->out);
        put_errors(p->out, row, key, 6);
        if (other)
            put_errors(p->out, json_object_get(other, name), rmse, 3);
        fputs("</tr>\n", p->out);
    }
}

/* Mean and standard error. */
static void put_folds(FILE *out, const json_t *folds)
{
    static const char *const name[][2] = {
        {"energy_rmse", "energy"}, {"force_rmse", "force"}, {"virial_rmse", "virial"}};
    if (!folds)
        return;
    fprintf(out,
            " Each fold is judged by a fit that has not seen it; over %.0f folds the RMSE has mean and standard error",
            slg_json_number(folds, "number"));
    for (size_t i = 0, shown = 0; i < sizeof name / sizeof name[0]; i++) {
        const json_t *f = json_object_get(folds, name[i][0]);
        if (!json_is_number(json_object_get(f, "mean")))
            continue;
        fprintf(out, "%s %s ", shown++ > 0 ? "," : "", name[i][1]);
        slg_html_number(out, 1000 * slg_json_number(f, "mean"));
        fputs(" \302\261 ", out);
        slg_html_number(out, 1000 * slg_json_number(f, "standard_error"));
    }
    fputc('.', out);
}

static void put_error_tables(slg_page *p)
{
    static const char *const more[][2] = {{"training_errors", "Errors on the training structures"},
                                          {"test_errors", "Errors on the test structures, which chose nothing"}};
    const json_t *r = p->s->result, *other = p->baseline ? json_object_get(p->baseline->result, "errors") : NULL;
    const bool training = strcmp(slg_json_text(r, "errors_on"), "training") == 0;
    put_error_head(p, training ? "Training errors" : "Errors on the validation structures", p->baseline != NULL);
    put_error_rows(p, json_object_get(r, "errors"), other);
    put_start_row(p);
    fputs("</tbody></table></div>\n<p class=\"caption\">Virials per atom. Of the start only totals are kept.", p->out);
    put_folds(p->out, json_object_get(r, "folds"));
    if (slg_json_text(r, "selection")[0]) {
        fputs(" Note: ", p->out);
        slg_html_text(p->out, slg_json_text(r, "selection"));
        fputc('.', p->out);
    }
    fputs("</p>\n", p->out);
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        if (!json_object_get(r, more[i][0]))
            continue;
        put_error_head(p, more[i][1], false);
        put_error_rows(p, json_object_get(r, more[i][0]), NULL);
        fputs("</tbody></table></div>\n", p->out);
    }
}

/* The potential to be used, and its errors on the test structures. */
static void put_final(slg_page *p)
{
    const json_t *f = p->s->final, *test = json_object_get(f, "test_errors");
    if (!f)
        return;
    fputs("<p>Final potential: <code>", p->out);
    slg_html_text(p->out, slg_json_text(f, "potential"));
    fprintf(p->out, "</code>, the best hyper-parameters fitted to all %.0f structures",
            slg_json_number(f, "structures"));
    const json_t *n = json_object_get(json_object_get(f, "hp"), "n_sparse");
    if (json_is_number(n))
        fprintf(p->out, ", n_sparse %.0f", json_number_value(n));
    fputs(".</p>\n", p->out);
    if (!test)
        return;
    put_error_head(p, "Its errors on the test structures", false);
    put_error_rows(p, test, NULL);
    fputs("</tbody></table></div>\n", p->out);
}

static void put_warnings(slg_page *p)
{
    size_t i;
    const json_t *v;
    json_array_foreach(json_object_get(p->s->result, "warnings"), i, v)
    {
        fputs("<p class=\"bad\">", p->out);
        slg_html_text(p->out, json_string_value(v));
        fputs("</p>\n", p->out);
    }
}

slg_status slg_page_best(slg_page *p, slg_error *err)
{
    const json_t *r = p->s->result;
    slg_status st = SLG_OK;
    fputs("<section id=\"best\"><h2>The best hyper-parameters</h2>\n", p->out);
    if (slg_last_stage(p->s) == 0 || slg_best_trial(p->s, slg_last_stage(p->s), INT32_MAX) == p->s->n_trial)
        fputs("<p class=\"missing\">No trial has succeeded yet.</p>\n", p->out);
    if (r)
        slg_html_print(p->out, "Objective %.6g in trial %.0f.", slg_json_number(r, "objective"),
                       slg_json_number(r, "trial"));
    put_warnings(p);
    if (p->s->n_trial > 0)
        st = put_hps(p, err);
    if (st == SLG_OK && r)
        put_error_tables(p);
    if (st == SLG_OK)
        put_final(p);
    if (st == SLG_OK && slg_json_text(r, "gap_fit")[0]) {
        fputs("<details><summary>The same fit by gap_fit</summary><pre>", p->out);
        slg_html_text(p->out, slg_json_text(r, "gap_fit"));
        fputs("</pre></details>\n", p->out);
    }
    fputs("</section>\n", p->out);
    return st;
}
