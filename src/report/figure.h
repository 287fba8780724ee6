/** The figures of a report as tables of numbers; page, CSV files and gnuplot draw the same tables. */
#ifndef SLG_REPORT_FIGURE_H
#define SLG_REPORT_FIGURE_H

#include "src/report/source.h"

/** One figure. Free with slg_figure_fini. */
typedef struct slg_figure {
    const char *kind, *title;
    json_t *columns;   /* names of the columns; of quantities with their unit in brackets */
    json_t *rows;      /* arrays of numbers, texts and nulls; empty when there are no data */
    char missing[256]; /* why rows is empty */
    char caption[512]; /* what is to be seen, in numbers */
} slg_figure;

typedef struct slg_figure_kind {
    const char *name, *title;
    /** baseline may be NULL. Fills rows; ERR_NOMEM and errors of files only. */
    slg_status (*build)(const slg_source *s, const slg_source *baseline, slg_figure *f, slg_error *err);
} slg_figure_kind;

/** Ends with a NULL name. */
extern const slg_figure_kind slg_figure_kinds[];
/** NULL when unknown. */
const slg_figure_kind *slg_figure_find(const char *name);

SLG_CHECKED slg_status slg_figure_build(const slg_figure_kind *k, const slg_source *s, const slg_source *baseline,
                                        slg_figure *f, slg_error *err);
void slg_figure_fini(slg_figure *f);

/** Row from a format of one letter a cell: s text, d int32, z size_t, f double (null when not finite). */
void slg_figure_row(slg_figure *f, const char *format, ...);
/** Column names, separated by commas. */
void slg_figure_columns(slg_figure *f, const char *names);
/** A JSON text of any bytes: what is not UTF-8 becomes '?'. New reference. */
json_t *slg_text_json(const char *text);
json_t *slg_number_json(double x);

slg_status slg_build_convergence(const slg_source *s, const slg_source *baseline, slg_figure *f, slg_error *err);
slg_status slg_build_path(const slg_source *s, const slg_source *baseline, slg_figure *f, slg_error *err);
slg_status slg_build_effects(const slg_source *s, const slg_source *baseline, slg_figure *f, slg_error *err);
slg_status slg_build_kernel(const slg_source *s, const slg_source *baseline, slg_figure *f, slg_error *err);
slg_status slg_build_similarity(const slg_source *s, const slg_source *baseline, slg_figure *f, slg_error *err);
slg_status slg_build_dimer(const slg_source *s, const slg_source *baseline, slg_figure *f, slg_error *err);
slg_status slg_build_parity(const slg_source *s, const slg_source *baseline, slg_figure *f, slg_error *err);
slg_status slg_build_errors(const slg_source *s, const slg_source *baseline, slg_figure *f, slg_error *err);
slg_status slg_build_gantt(const slg_source *s, const slg_source *baseline, slg_figure *f, slg_error *err);

/** Main effect of one HP over the successful trials of a stage (docs/THEORY.md section 10). */
enum { SLG_EFFECT_BINS = 5, SLG_EFFECT_MOST_BINS = SLG_MAX_CHOICES };
typedef struct slg_effect {
    size_t n_bin, n; /* bins; trials */
    size_t count[SLG_EFFECT_MOST_BINS];
    double lower[SLG_EFFECT_MOST_BINS], upper[SLG_EFFECT_MOST_BINS]; /* equal: a bin of one value */
    double mean[SLG_EFFECT_MOST_BINS], median[SLG_EFFECT_MOST_BINS], best[SLG_EFFECT_MOST_BINS]; /* NAN: empty bin */
    double correlation; /* Spearman's, of the HP with the objective; NAN when one of them never varies */
    double between;     /* Kruskal and Wallis' H of the bins */
    bool flat;          /* neither is above what chance gives, slg_rank_flat */
    double best_value;  /* of the HP in the best trial */
    int at_bound;       /* -1 lower, 1 upper, 0 inside: within 1 % of the range */
} slg_effect;
SLG_CHECKED slg_status slg_effect_of(const slg_source *s, size_t hp, int32_t stage, slg_effect *e, slg_error *err);

#endif
