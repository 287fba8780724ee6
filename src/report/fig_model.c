/* Figures of the best hyper-parameters: kernel, dimers, parity, errors. */
#include "src/report/figure.h"

#include "runtime/base/alloc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double number(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    return json_is_number(v) ? json_number_value(v) : (double)NAN;
}

static const char *text(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

/* --- kernel and dimers ------------------------------------------------------------------------ */

slg_status slg_build_kernel(const slg_source *s, const slg_source *baseline, slg_figure *f, slg_error *err)
{
    (void)baseline;
    (void)err;
    const json_t *bins = json_object_get(s->kernel, "histogram");
    size_t n = json_array_size(bins);
    double total = number(s->kernel, "n");
    slg_figure_columns(f, "lower,upper,count,share");
    for (size_t b = 0; b < n; b++) {
        double count = json_number_value(json_array_get(bins, b));
        slg_figure_row(f, "ffff", (double)b / (double)n, (double)(b + 1) / (double)n, count, count / total);
    }
    if (n == 0)
        snprintf(f->missing, sizeof f->missing, "best/kernel.json is not there yet");
    else
        snprintf(f->caption, sizeof f->caption,
                 "%.0f kernel values between environments at the HPs of trial %.0f: mean %.4f, "
                 "standard deviation %.4f, "
                 "skewness %.4f, lowest %.3g, highest %.3g.",
                 total, number(s->kernel, "trial"), number(s->kernel, "mean"), number(s->kernel, "std"),
                 number(s->kernel, "skewness"), number(s->kernel, "min"), number(s->kernel, "max"));
    return SLG_OK;
}

static void add_curve(const json_t *pair, const json_t *curve, slg_figure *f)
{
    size_t i;
    const json_t *r;
    json_array_foreach(json_object_get(pair, "r"), i, r)
        slg_figure_row(f, "sfff", text(pair, "pair"), number(curve, "r"), json_number_value(r),
                       json_number_value(json_array_get(json_object_get(curve, "k"), i)));
}

slg_status slg_build_similarity(const slg_source *s, const slg_source *baseline, slg_figure *f, slg_error *err)
{
    (void)baseline;
    (void)err;
    size_t i, j;
    const json_t *pair, *curve;
    slg_figure_columns(f, "pair,reference_r,r,k");
    json_array_foreach(json_object_get(s->kernel, "dimers"), i, pair)
    {
        json_array_foreach(json_object_get(pair, "curves"), j, curve) add_curve(pair, curve, f);
    }
    if (json_array_size(f->rows) == 0)
        snprintf(f->missing, sizeof f->missing, "the training data have no series of dimers");
    snprintf(f->caption, sizeof f->caption,
             "Kernel between the environment of an atom in a dimer at one of 7 distances and in "
             "all other dimers.");
    return SLG_OK;
}

slg_status slg_build_dimer(const slg_source *s, const slg_source *baseline, slg_figure *f, slg_error *err)
{
    (void)baseline;
    (void)err;
    bool force = strcmp(f->kind, "dimer-force") == 0;
    size_t i, j;
    const json_t *pair, *state;
    slg_figure_columns(f, "pair,r,reference,predicted");
    json_array_foreach(json_object_get(s->kernel, "dimers"), i, pair)
    {
        json_array_foreach(json_object_get(pair, "states"), j, state)
            slg_figure_row(f, "sfff", text(pair, "pair"), number(state, "r"), number(state, force ? "force" : "energy"),
                           number(state, force ? "predicted_force" : "predicted_energy"));
    }
    if (json_array_size(f->rows) == 0)
        snprintf(f->missing, sizeof f->missing,
                 "there are no series of dimers in the training data, or no potential yet");
    snprintf(f->caption, sizeof f->caption, "%s, training structures.",
             force ? "Force along the bond on the second atom; positive drives the atoms apart"
                   : "Energy of the pair, free atoms subtracted");
    return SLG_OK;
}

/* --- parity and errors ------------------------------------------------------------------------ */

/* "parity-energy" -> "energy" */
static const char *quantity_of(const slg_figure *f)
{
    return strchr(f->kind, '-') + 1;
}

typedef struct parity {
    size_t type, structure, line, reference, predicted, quantity;
} parity;

static parity columns_of(const slg_csv *t)
{
    return (parity){slg_csv_column(t, "config_type"), slg_csv_column(t, "structure"), slg_csv_column(t, "line"),
                    slg_csv_column(t, "reference"),   slg_csv_column(t, "predicted"), slg_csv_column(t, "quantity")};
}

static bool wanted(const slg_csv *t, const parity *c, size_t row, const char *quantity)
{
    return strcmp(slg_csv_text(t, row, c->quantity), quantity) == 0;
}

static void say_missing(const slg_source *s, const char *quantity, slg_figure *f)
{
    if (s->parity.n_row == 0)
        snprintf(f->missing, sizeof f->missing, "best/parity.csv is not there yet");
    else
        snprintf(f->missing, sizeof f->missing, "the validation data have no %s", quantity);
}

slg_status slg_build_parity(const slg_source *s, const slg_source *baseline, slg_figure *f, slg_error *err)
{
    (void)baseline;
    (void)err;
    const slg_csv *t = &s->parity;
    const char *quantity = quantity_of(f);
    parity c = columns_of(t);
    double sq = 0, ab = 0;
    size_t n = 0;
    slg_figure_columns(f, "config_type,structure,line,reference,predicted");
    for (size_t k = 0; k < t->n_row; k++) {
        if (!wanted(t, &c, k, quantity))
            continue;
        double ref = slg_csv_number(t, k, c.reference), pred = slg_csv_number(t, k, c.predicted);
        slg_figure_row(f, "sffff", slg_csv_text(t, k, c.type), slg_csv_number(t, k, c.structure),
                       slg_csv_number(t, k, c.line), ref, pred);
        sq += (pred - ref) * (pred - ref);
        ab += fabs(pred - ref);
        n++;
    }
    if (n == 0)
        say_missing(s, quantity, f);
    else
        snprintf(f->caption, sizeof f->caption, "%zu values of the validation side: RMSE %.4g, MAE %.4g m%s.", n,
                 1000 * sqrt(sq / (double)n), 1000 * ab / (double)n,
                 strcmp(quantity, "force") == 0 ? "eV/\xc3\x85" : "eV/atom");
    return SLG_OK;
}

enum { ERROR_BINS = 40, MOST_TYPES = 64 };

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The width of the histogram: 99 % of the errors are inside, the rest falls into its end bins. */
static slg_status limit_of(const slg_source *s, const char *quantity, double *limit, slg_error *err)
{
    const slg_csv *t = &s->parity;
    parity c = columns_of(t);
    size_t n = 0;
    double *e = slg_calloc(t->n_row, sizeof *e);
    if (!e)
        return slg_fail_nomem(err, "errors");
    for (size_t k = 0; k < t->n_row; k++)
        if (wanted(t, &c, k, quantity))
            e[n++] = fabs(slg_csv_number(t, k, c.predicted) - slg_csv_number(t, k, c.reference));
    qsort(e, n, sizeof *e, ascending);
    *limit = n > 0 ? e[(size_t)(0.99 * (double)(n - 1))] : 0;
    *limit = *limit > 0 ? *limit : 1e-6;
    slg_free(e);
    return SLG_OK;
}

typedef struct histogram {
    size_t n_type;
    const char *type[MOST_TYPES];
    size_t total[MOST_TYPES], count[MOST_TYPES][ERROR_BINS];
} histogram;

static size_t type_index(histogram *h, const char *type)
{
    size_t i = 0;
    while (i < h->n_type && strcmp(h->type[i], type) != 0)
        i++;
    if (i == h->n_type && i < MOST_TYPES)
        h->type[h->n_type++] = type;
    return i < MOST_TYPES ? i : MOST_TYPES - 1; /* more types than colours: the last one takes the rest */
}

static void count_errors(const slg_csv *t, const char *quantity, double limit, histogram *h)
{
    parity c = columns_of(t);
    for (size_t k = 0; k < t->n_row; k++) {
        if (!wanted(t, &c, k, quantity))
            continue;
        size_t i = type_index(h, slg_csv_text(t, k, c.type));
        double e = slg_csv_number(t, k, c.predicted) - slg_csv_number(t, k, c.reference);
        double b = floor((e + limit) / (2 * limit) * ERROR_BINS);
        h->count[i][(size_t)fmin(fmax(0, b), ERROR_BINS - 1)]++;
        h->total[i]++;
    }
}

slg_status slg_build_errors(const slg_source *s, const slg_source *baseline, slg_figure *f, slg_error *err)
{
    (void)baseline;
    const char *quantity = quantity_of(f);
    double limit = 1;
    histogram *h = slg_calloc(1, sizeof *h);
    slg_status st = h ? limit_of(s, quantity, &limit, err) : slg_fail_nomem(err, "errors");
    slg_figure_columns(f, "config_type,lower,upper,count,share");
    if (st == SLG_OK) {
        count_errors(&s->parity, quantity, limit, h);
        for (size_t i = 0; i < h->n_type; i++)
            for (size_t b = 0; b < ERROR_BINS; b++)
                slg_figure_row(f, "sffzf", h->type[i], -limit + 2 * limit * (double)b / ERROR_BINS,
                               -limit + 2 * limit * (double)(b + 1) / ERROR_BINS, h->count[i][b],
                               (double)h->count[i][b] / (double)h->total[i]);
        snprintf(f->caption, sizeof f->caption,
                 "Prediction minus reference; errors beyond the range (1 %%) stand in its end bins.");
    }
    if (json_array_size(f->rows) == 0)
        say_missing(s, quantity, f);
    slg_free(h);
    return st;
}
