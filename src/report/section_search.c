/* Sections: convergence, path of the search, main effects. */
#include "src/report/html.h"

#include <math.h>
#include <string.h>

static bool positive(const slg_source *s, int32_t stage)
{
    for (size_t k = 0; s && k < s->n_trial; k++)
        if (s->trial[k].ok && s->trial[k].stage == stage && !(s->trial[k].objective > 0))
            return false;
    return true;
}

static bool any_success(const slg_source *s, int32_t stage)
{
    return slg_best_trial(s, stage, INT32_MAX) < s->n_trial;
}

static void put_note(slg_page *p)
{
    fputs("<p class=\"caption selected\" aria-live=\"polite\">No trial is selected.</p>\n", p->out);
}

/* Only rows of trials that the page shows; rows of the baseline stay (thinned when there are many). */
static void keep_shown(slg_page *p, slg_figure *f)
{
    json_t *rows = json_array();
    size_t n = json_array_size(f->rows), other = n - (n < p->s->n_trial ? n : p->s->n_trial);
    size_t stride = other > 1000 ? other / 1000 : 1;
    for (size_t k = 0; k < n; k++)
        if (k < p->s->n_trial ? p->shown[k] != 0 : (k - p->s->n_trial) % stride == 0)
            json_array_append(rows, json_array_get(f->rows, k));
    json_decref(f->rows);
    f->rows = rows;
}

static slg_status put_stage_convergence(slg_page *p, int32_t stage, slg_error *err)
{
    json_t *spec;
    char label[160];
    slg_status st = slg_chart_begin("convergence", &spec, err);
    if (st != SLG_OK)
        return st;
    slg_chart_signal(spec, "stage", json_integer(stage));
    char title[160];
    slg_objective_title(p->s, stage, title, sizeof title);
    slg_chart_axis(spec, "left", title);
    if (positive(p->s, stage) && positive(p->baseline, stage))
        slg_chart_scale(spec, "y", "log");
    fprintf(p->out, "<h3>Stage %d%s</h3>\n", stage, positive(p->s, stage) ? ", logarithmic axis" : "");
    snprintf(label, sizeof label, "Objective of every trial of stage %d and the best so far", stage);
    slg_chart_end(p, spec, label);
    return SLG_OK;
}

static slg_status put_convergence(slg_page *p, slg_error *err)
{
    slg_figure f;
    slg_status st = slg_figure_build(slg_figure_find("convergence"), p->s, p->baseline, &f, err);
    fputs("<section id=\"convergence\"><h2>Convergence</h2>\n", p->out);
    if (st == SLG_OK && json_array_size(f.rows) == 0)
        slg_html_print(p->out, "Nothing to draw: %s.", f.missing);
    if (st == SLG_OK && json_array_size(f.rows) > 0) {
        fputs("<p class=\"caption\">", p->out);
        slg_html_text(p->out, f.caption);
        fputs(p->baseline ? " Dashed: best so far of the baseline.</p>\n" : "</p>\n", p->out);
        put_note(p);
        keep_shown(p, &f);
        slg_page_data(p, "convergence", &f, 0);
        for (int32_t stage = 1; st == SLG_OK && stage <= slg_last_stage(p->s); stage++)
            if (any_success(p->s, stage))
                st = put_stage_convergence(p, stage, err);
    }
    slg_figure_fini(&f);
    fputs("</section>\n", p->out);
    return st;
}

/* --- path ------------------------------------------------------------------------------------- */

static void axis_name(const slg_source_hp *h, char *out, size_t size)
{
    snprintf(out, size, "%s %.4g\xe2\x80\xa6%.4g%s%s", h->name, h->lo, h->hi, h->unit[0] ? " " : "",
             slg_unit_sign(h->unit));
}

static void put_axes(slg_page *p)
{
    slg_figure f = {.columns = json_array(), .rows = json_array()};
    slg_figure_columns(&f, "stage,axis");
    for (int32_t stage = 1; stage <= slg_last_stage(p->s); stage++)
        for (size_t h = 0; h < p->s->n_hp; h++) {
            char name[128];
            axis_name(&p->s->hp[h], name, sizeof name);
            if (slg_hp_in_stage(&p->s->hp[h], stage))
                slg_figure_row(&f, "ds", stage, name);
        }
    slg_page_data(p, "axes", &f, 0);
    slg_figure_fini(&f);
}

/* rank: last column of the figure's fixed ones. */
static void put_lines(slg_page *p, const slg_figure *path)
{
    const slg_source *s = p->s;
    slg_figure f = {.columns = json_array(), .rows = json_array()};
    slg_figure_columns(&f, "stage,trial,order,axis,position,rank,failed");
    for (size_t k = 0; k < s->n_trial; k++) {
        const json_t *rank = json_array_get(json_array_get(path->rows, k), 5);
        for (size_t h = 0; p->shown[k] && h < s->n_hp; h++) {
            char name[128];
            double x = slg_source_value(s, k, h);
            if (!isfinite(x) || !slg_hp_in_stage(&s->hp[h], s->trial[k].stage))
                continue;
            axis_name(&s->hp[h], name, sizeof name);
            slg_figure_row(&f, "ddzsffd", s->trial[k].stage, s->trial[k].trial, h, name, slg_hp_unit(&s->hp[h], x),
                           json_is_number(rank) ? json_number_value(rank) : 1.0, s->trial[k].ok ? 0 : 1);
        }
    }
    slg_page_data(p, "lines", &f, 0);
    slg_figure_fini(&f);
}

static slg_status put_stage_path(slg_page *p, int32_t stage, slg_error *err)
{
    json_t *spec;
    char label[160];
    slg_status st = slg_chart_begin("path", &spec, err);
    if (st != SLG_OK)
        return st;
    slg_chart_signal(spec, "stage", json_integer(stage));
    fprintf(p->out, "<h3>Stage %d</h3>\n", stage);
    snprintf(label, sizeof label, "Parallel coordinates of the trials of stage %d", stage);
    slg_chart_end(p, spec, label);
    return SLG_OK;
}

static slg_status put_path(slg_page *p, slg_error *err)
{
    slg_figure f;
    slg_status st = slg_figure_build(slg_figure_find("path"), p->s, NULL, &f, err);
    fputs("<section id=\"path\"><h2>Path of the search</h2>\n", p->out);
    if (st == SLG_OK && json_array_size(f.rows) > 0) {
        fputs("<p class=\"caption\">", p->out);
        slg_html_text(p->out, f.caption);
        fputs("</p>\n", p->out);
        put_note(p);
        put_axes(p);
        put_lines(p, &f);
        for (int32_t stage = 1; st == SLG_OK && stage <= slg_last_stage(p->s); stage++)
            st = put_stage_path(p, stage, err);
    }
    slg_figure_fini(&f);
    slg_page_trials(p);
    fputs("</section>\n", p->out);
    return st;
}

/* --- effects ---------------------------------------------------------------------------------- */

/* Columns for the chart: the bin's name on its axis, the panel's title. */
static void put_effect_rows(slg_page *p, slg_figure *f)
{
    size_t i;
    json_t *row;
    slg_figure_columns(f, "label,title");
    json_array_foreach(f->rows, i, row)
    {
        char label[48], title[160];
        double lo = json_number_value(json_array_get(row, 3)), hi = json_number_value(json_array_get(row, 4));
        const char *flat = json_string_value(json_array_get(row, 12)),
                   *bound = json_string_value(json_array_get(row, 13));
        snprintf(label, sizeof label, lo < hi ? "%.2g" : "%.4g",
                 strcmp(json_string_value(json_array_get(row, 14)), "log") == 0 ? sqrt(lo * hi) : 0.5 * (lo + hi));
        snprintf(title, sizeof title, "%.60s%s%s", json_string_value(json_array_get(row, 1)), flat[0] ? " (flat)" : "",
                 bound[0] ? " (best at bound)" : "");
        json_array_append_new(row, json_string(label));
        json_array_append_new(row, json_string(title));
    }
    slg_page_data(p, "effects", f, 0);
}

static slg_status put_effects(slg_page *p, slg_error *err)
{
    slg_figure f;
    json_t *spec;
    slg_status st = slg_figure_build(slg_figure_find("effects"), p->s, NULL, &f, err);
    fputs("<section id=\"effects\"><h2>Main effects of the hyper-parameters</h2>\n<p "
          "class=\"caption\">",
          p->out);
    if (st == SLG_OK)
        slg_html_text(p->out, f.missing[0] ? f.missing : f.caption);
    fputs("</p>\n", p->out);
    if (st == SLG_OK && json_array_size(f.rows) > 0)
        put_effect_rows(p, &f);
    for (int32_t stage = 1; st == SLG_OK && stage <= slg_last_stage(p->s); stage++) {
        if (!any_success(p->s, stage))
            continue;
        st = slg_chart_begin("effects", &spec, err);
        if (st != SLG_OK)
            break;
        slg_chart_signal(spec, "stage", json_integer(stage));
        if (positive(p->s, stage))
            slg_chart_scale(spec, "y", "log");
        fprintf(p->out, "<h3>Stage %d</h3>\n<p class=\"caption\">", stage);
        char title[160];
        slg_objective_title(p->s, stage, title, sizeof title);
        slg_html_text(p->out, title);
        fputs(positive(p->s, stage) ? ", logarithmic axis</p>\n" : "</p>\n", p->out);
        slg_chart_end(p, spec, "Mean and best objective over the range of each hyper-parameter");
    }
    slg_figure_fini(&f);
    fputs("</section>\n", p->out);
    return st;
}

slg_status slg_page_search(slg_page *p, slg_error *err)
{
    slg_status st = put_convergence(p, err);
    if (st == SLG_OK)
        st = put_path(p, err);
    return st == SLG_OK ? put_effects(p, err) : st;
}
