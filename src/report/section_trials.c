/* Tables of trials: all that are shown, with reasons of failures; the worst structures. */
#include "src/report/html.h"

#include "runtime/base/alloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- failures --------------------------------------------------------------------------------- */

enum { MOST_REASONS = 12 };

static void put_failures(slg_page *p)
{
    const slg_source *s = p->s;
    const char *reason[MOST_REASONS];
    size_t count[MOST_REASONS] = {0}, first[MOST_REASONS], n = 0, failed = 0;
    for (size_t k = 0; k < s->n_trial; k++) {
        size_t i = 0;
        if (s->trial[k].ok)
            continue;
        failed++;
        while (i < n && strcmp(reason[i], s->trial[k].reason) != 0)
            i++;
        if (i == MOST_REASONS)
            continue;
        if (i == n) {
            reason[n] = s->trial[k].reason;
            first[n++] = k;
        }
        count[i]++;
    }
    if (failed == 0) {
        fputs("<p class=\"caption\">No trial failed.</p>\n", p->out);
        return;
    }
    fprintf(p->out, "<h3>Failed trials: %zu</h3>\n<ul>\n", failed);
    for (size_t i = 0; i < n; i++) {
        fprintf(p->out, "<li><strong>%zu ×</strong> ", count[i]);
        slg_html_text(p->out, reason[i][0] ? reason[i] : "no reason given");
        fprintf(p->out, " (first: trial %d)</li>\n", s->trial[first[i]].trial);
    }
    fputs("</ul>\n", p->out);
}

/* --- all trials ------------------------------------------------------------------------------- */

static void put_head(slg_page *p)
{
    fputs("<div class=\"tall\" tabindex=\"0\" role=\"region\" aria-label=\"Trials\"><table "
          "id=\"trials\"><thead><tr><th>trial</th>"
          "<th>stage</th><th>iteration</th><th>particle</th><th>objective</th><th "
          "class=\"text\">result</th><th>time (s)</th>",
          p->out);
    for (size_t h = 0; h < p->s->n_hp; h++) {
        const slg_source_hp *hp = &p->s->hp[h];
        fputs("<th>", p->out);
        slg_html_print(p->out, "%s%s%s%s", hp->name, hp->unit[0] ? " (" : "", slg_unit_sign(hp->unit),
                       hp->unit[0] ? ")" : "");
        fputs("</th>", p->out);
    }
    fputs("</tr></thead><tbody>\n", p->out);
}

static void put_trial(slg_page *p, size_t k)
{
    const slg_source_trial *t = &p->s->trial[k];
    fprintf(p->out, "<tr id=\"trial-%d\" data-what=\"", t->trial);
    if (t->ok)
        fprintf(p->out, "objective %.6g", t->objective);
    else
        slg_html_print(p->out, "failed: %s", t->reason);
    fprintf(p->out, "\"><td><button type=\"button\">%d</button></td><td>%d</td><td>%d</td><td>%d</td><td>", t->trial,
            t->stage, t->iteration, t->particle);
    slg_html_number(p->out, t->objective);
    fprintf(p->out, "</td><td class=\"text%s\">", t->ok ? "" : " long bad");
    if (t->ok)
        fputs("ok", p->out);
    else
        slg_html_text(p->out, t->reason[0] ? t->reason : t->status);
    fputs("</td><td>", p->out);
    slg_html_number(p->out, t->seconds);
    fputs("</td>", p->out);
    for (size_t h = 0; h < p->s->n_hp; h++) {
        fputs("<td>", p->out);
        slg_html_number(p->out, slg_source_value(p->s, k, h));
        fputs("</td>", p->out);
    }
    fputs("</tr>\n", p->out);
}

void slg_page_trials(slg_page *p)
{
    put_failures(p);
    if (p->s->n_trial == 0)
        return;
    fputs("<h3>Trials</h3>\n", p->out);
    if (p->n_shown < p->s->n_trial)
        fprintf(p->out,
                "<p class=\"caption\">%zu of %zu trials: the best, improvements, failures, and an "
                "even choice of the "
                "others; all are in trials.csv.</p>\n",
                p->n_shown, p->s->n_trial);
    put_head(p);
    for (size_t k = 0; k < p->s->n_trial; k++)
        if (p->shown[k])
            put_trial(p, k);
    fputs("</tbody></table></div>\n", p->out);
}

/* --- worst structures ------------------------------------------------------------------------- */

enum { MOST_WORST = 10 };

typedef struct worst {
    double error;
    size_t row;
} worst;

static int by_error(const void *pa, const void *pb)
{
    const worst *a = pa, *b = pb;
    if (a->error != b->error)
        return a->error > b->error ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

static void put_cell(FILE *out, const slg_csv *t, size_t row, const char *column, double scale)
{
    fputs("<td>", out);
    slg_html_number(out, scale * slg_csv_number(t, row, slg_csv_column(t, column)));
    fputs("</td>", out);
}

static void put_worst(slg_page *p, const char *column, const char *title)
{
    const slg_csv *t = &p->s->structures;
    worst *w = slg_calloc(t->n_row, sizeof *w);
    size_t n = 0;
    for (size_t k = 0; w && k < t->n_row; k++) {
        double x = slg_csv_number(t, k, slg_csv_column(t, column));
        if (isfinite(x))
            w[n++] = (worst){fabs(x), k};
    }
    if (n > 0) {
        qsort(w, n, sizeof *w, by_error);
        fprintf(p->out,
                "<h3>%s</h3>\n<div "
                "class=\"scroll\"><table><thead><tr><th>config_type</th><th>structure</th>"
                "<th>line of its file</th><th>atoms</th><th>energy error (meV/atom)</th><th>force "
                "RMSE (meV/\xc3\x85)</th>"
                "<th>virial RMSE (meV/atom)</th></tr></thead><tbody>\n",
                title);
    }
    for (size_t i = 0; i < n && i < MOST_WORST; i++) {
        fputs("<tr><td class=\"text\">", p->out);
        slg_html_text(p->out, slg_csv_text(t, w[i].row, slg_csv_column(t, "config_type")));
        fputs("</td>", p->out);
        put_cell(p->out, t, w[i].row, "structure", 1);
        put_cell(p->out, t, w[i].row, "line", 1);
        put_cell(p->out, t, w[i].row, "atoms", 1);
        put_cell(p->out, t, w[i].row, "energy_error", 1000);
        put_cell(p->out, t, w[i].row, "force_rmse", 1000);
        put_cell(p->out, t, w[i].row, "virial_rmse", 1000);
        fputs("</tr>\n", p->out);
    }
    fputs(n > 0 ? "</tbody></table></div>\n" : "", p->out);
    slg_free(w);
}

void slg_page_worst(slg_page *p)
{
    fputs("<h3>Worst structures of the validation side</h3>\n<p class=\"caption\">Structures count "
          "from 0. The line is where "
          "the structure begins in its file.</p>\n",
          p->out);
    put_worst(p, "energy_error", "By energy");
    put_worst(p, "force_rmse", "By force");
    put_worst(p, "virial_rmse", "By virial");
}
