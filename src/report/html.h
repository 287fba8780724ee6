/** Pieces of the page: escaped text, JSON blocks, charts. */
#ifndef SLG_REPORT_HTML_H
#define SLG_REPORT_HTML_H

#include "src/report/figure.h"
#include <stdio.h>

/** A page being written. */
typedef struct slg_page {
    FILE *out;
    const slg_source *s, *baseline; /* baseline may be NULL */
    unsigned char *shown;           /* [n_trial] trials that charts and table hold */
    size_t n_shown;
    int n_chart;
} slg_page;

/** Text with & < > " ' escaped; bytes that are not UTF-8 and control characters become '?'. */
void slg_html_text(FILE *out, const char *text);
/** printf whose result is escaped as a whole (at most 1023 bytes). */
void slg_html_print(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** A number in at most 5 significant digits, "–" when it is not finite. */
void slg_html_number(FILE *out, double x);
/** <script type="application/json" id="...">: `<` is written as an escape, so that nothing can end the block. */
void slg_html_json(FILE *out, const char *id, const json_t *o);

/** The data block of a figure under `name`; rows thinned evenly to at most `most` (0 = all). */
void slg_page_data(slg_page *p, const char *name, const slg_figure *f, size_t most);

/** Chart descriptions: a template of page/charts with changes, then the element that shows it. */
SLG_CHECKED slg_status slg_chart_begin(const char *name, json_t **spec, slg_error *err);
void slg_chart_signal(json_t *spec, const char *signal, json_t *value);
void slg_chart_from(json_t *spec, const char *table);
void slg_chart_scale(json_t *spec, const char *scale, const char *type);
/** orient: "left", "bottom". */
void slg_chart_axis(json_t *spec, const char *orient, const char *title);
/** Writes block and element (label: what a screen reader says) and frees the description. */
void slg_chart_end(slg_page *p, json_t *spec, const char *label);

/** Sections. */
void slg_page_asked(slg_page *p);
SLG_CHECKED slg_status slg_page_best(slg_page *p, slg_error *err);
SLG_CHECKED slg_status slg_page_search(slg_page *p, slg_error *err);
SLG_CHECKED slg_status slg_page_model(slg_page *p, slg_error *err);
SLG_CHECKED slg_status slg_page_trace(slg_page *p, slg_error *err);
void slg_page_trials(slg_page *p);
void slg_page_worst(slg_page *p);

/** Text member of an object, "" when absent. */
const char *slg_json_text(const json_t *o, const char *key);
/** Number member, NAN when absent. */
double slg_json_number(const json_t *o, const char *key);

#endif
