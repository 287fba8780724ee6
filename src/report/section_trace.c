/* Section: one iteration's Gantt chart, and the summary of the trace. */
#include "runtime/base/alloc.h"
#include "runtime/trace/summary.h"
#include "src/report/html.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_TASKS = 3000, MOST_KINDS = 7 };

static double duration(const json_t *row)
{
    return json_number_value(json_array_get(row, 6)) - json_number_value(json_array_get(row, 5));
}

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* Only the longest tasks can be seen anyway. */
static slg_status drop_short_tasks(slg_figure *f, bool *dropped, slg_error *err)
{
    size_t n = json_array_size(f->rows), i;
    json_t *row, *kept;
    *dropped = n > MOST_TASKS;
    if (!*dropped)
        return SLG_OK;
    double *time = slg_calloc(n, sizeof *time);
    if (!time)
        return slg_fail_nomem(err, "tasks");
    json_array_foreach(f->rows, i, row) time[i] = duration(row);
    qsort(time, n, sizeof *time, descending);
    double limit = time[MOST_TASKS - 1];
    slg_free(time);
    kept = json_array();
    json_array_foreach(f->rows, i, row) if (duration(row) >= limit && json_array_size(kept) < MOST_TASKS)
        json_array_append(kept, row);
    json_decref(f->rows);
    f->rows = kept;
    return SLG_OK;
}

/* More kinds than colours: those with the most time keep their name, the others become one. */
static void merge_rare_kinds(slg_figure *f)
{
    json_t *time = json_object(), *row, *v;
    const char *name;
    size_t i;
    json_array_foreach(f->rows, i, row)
    {
        name = json_string_value(json_array_get(row, 2));
        json_object_set_new(time, name, json_real(json_number_value(json_object_get(time, name)) + duration(row)));
    }
    for (size_t n = json_object_size(time); n > MOST_KINDS; n--) {
        const char *least = NULL;
        json_object_foreach(time, name,
                            v) if (!least || json_number_value(v) < json_number_value(json_object_get(time, least)))
            least = name;
        json_object_del(time, least);
    }
    json_array_foreach(f->rows, i, row) if (!json_object_get(time, json_string_value(json_array_get(row, 2))))
        json_array_set_new(row, 2, json_string("other"));
    json_decref(time);
}

static json_int_t last_lane(const slg_figure *f)
{
    size_t i;
    const json_t *row;
    json_int_t last = 0;
    json_array_foreach(f->rows, i, row)
    {
        json_int_t lane = json_integer_value(json_array_get(row, 1));
        last = lane > last ? lane : last;
    }
    return last;
}

static slg_status put_gantt(slg_page *p, slg_error *err)
{
    slg_figure f;
    json_t *spec;
    bool dropped = false;
    slg_status st = slg_figure_build(slg_figure_find("gantt"), p->s, NULL, &f, err);
    if (st == SLG_OK)
        st = drop_short_tasks(&f, &dropped, err);
    if (st == SLG_OK)
        merge_rare_kinds(&f);
    if (st == SLG_OK && json_array_size(f.rows) == 0) {
        fputs("<p class=\"missing\">", p->out);
        slg_html_print(p->out, "Nothing to draw: %s.", f.missing);
        fputs("</p>\n", p->out);
    } else if (st == SLG_OK) {
        fputs("<p class=\"caption\">", p->out);
        slg_html_text(p->out, f.caption);
        if (dropped)
            fprintf(p->out, " Only the %d longest tasks are drawn.", MOST_TASKS);
        fputs("</p>\n", p->out);
        slg_page_data(p, "gantt", &f, 0);
        st = slg_chart_begin("gantt", &spec, err);
        if (st == SLG_OK)
            json_object_set_new(spec, "height", json_integer(26 * (last_lane(&f) + 2)));
        if (st == SLG_OK)
            slg_chart_end(p, spec, "Tasks of each worker during one iteration");
    }
    slg_figure_fini(&f);
    return st;
}

static void put_workers(FILE *out, const slg_trace_summary *t)
{
    fputs("<h3>Workers</h3>\n<div "
          "class=\"scroll\"><table><thead><tr><th>worker</th><th>tasks</th><th>busy (s)</th>"
          "<th>waits for data (s)</th><th>engine (s)</th><th>waits for tasks (s)</th><th>nothing "
          "submitted (s)</th></tr></thead>"
          "<tbody>\n",
          out);
    for (size_t w = 0; w < t->n_worker; w++) {
        const slg_worker_figures *x = &t->worker[w];
        fputs("<tr><td class=\"text\">", out);
        slg_html_text(out, x->name);
        fprintf(out,
                "</td><td>%zu</td><td>%.3f</td><td>%.3f</td><td>%.3f</td><td>%.3f</td><td>%.3f</"
                "td></tr>\n",
                x->n, x->busy / 1e6, x->data_wait / 1e6, x->overhead / 1e6, x->blocked / 1e6, x->unfed / 1e6);
    }
    fputs("</tbody></table></div>\n", out);
}

static void put_kinds(FILE *out, const slg_trace_summary *t)
{
    fputs("<h3>Kinds of tasks</h3>\n<div "
          "class=\"scroll\"><table><thead><tr><th>task</th><th>number</th><th>failed</th>"
          "<th>time (s)</th><th>share</th><th>on the slowest path "
          "(s)</th><th>Gflop/s</th></tr></thead><tbody>\n",
          out);
    for (size_t k = 0; k < t->n_kind; k++) {
        const slg_kind_figures *x = &t->kind[k];
        fputs("<tr><td class=\"text\">", out);
        slg_html_text(out, x->name);
        fprintf(out, "</td><td>%zu</td><td>%zu</td><td>%.3f</td><td>%.1f %%</td><td>%.3f</td><td>", x->n, x->failed,
                x->time / 1e6, t->busy > 0 ? 100 * x->time / t->busy : 0, x->critical / 1e6);
        slg_html_number(out, x->time > 0 && x->flops > 0 ? x->flops / x->time / 1e3 : (double)NAN);
        fputs("</td></tr>\n", out);
    }
    fputs("</tbody></table></div>\n", out);
}

static void put_summary(slg_page *p)
{
    slg_trace_summary t;
    slg_error none = {0};
    if (slg_trace_summarise(p->s->dir, (slg_trace_range){0, -1, INT32_MAX}, &t, &none) != SLG_OK)
        return;
    fprintf(p->out,
            "<p>%zu tasks of %zu iterations in %.2f s; the workers were busy %.0f %% of that time "
            "(peak memory "
            "%.0f MB, predicted %.0f MB). Advice: ",
            t.n_task, t.n_iteration, t.wall / 1e6, 100 * t.efficiency, t.peak_bytes / 1e6, t.predicted_bytes / 1e6);
    slg_html_text(p->out, t.advice);
    fputs("</p>\n", p->out);
    put_kinds(p->out, &t);
    put_workers(p->out, &t);
    slg_trace_summary_free(&t);
}

slg_status slg_page_trace(slg_page *p, slg_error *err)
{
    fputs("<section id=\"trace\"><h2>Workers and tasks</h2>\n", p->out);
    slg_status st = put_gantt(p, err);
    if (st == SLG_OK)
        put_summary(p);
    fputs("</section>\n", p->out);
    return st;
}
