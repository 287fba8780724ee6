/* Main effects: mean objective over the range of each hyper-parameter, flat directions, values at bounds. */
#include "src/report/figure.h"

#include "runtime/base/alloc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct sample {
    double x, f;
    size_t bin;
} sample;

/* Integers and choices of few values: a bin each; else 5 equal bins (logarithmic for kind log). */
static size_t choose_bins(const slg_source_hp *h, slg_effect *e)
{
    size_t n = SLG_EFFECT_BINS;
    bool whole = strcmp(h->kind, "int") == 0;
    if (whole && h->hi - h->lo + 1 <= SLG_EFFECT_BINS)
        n = (size_t)(h->hi - h->lo + 1);
    for (size_t b = 0; b < n; b++) {
        e->lower[b] = whole && n <= SLG_EFFECT_BINS && n == (size_t)(h->hi - h->lo + 1)
                          ? h->lo + (double)b
                          : slg_hp_at(h, (double)b / (double)n);
        e->upper[b] =
            whole && n == (size_t)(h->hi - h->lo + 1) ? e->lower[b] : slg_hp_at(h, (double)(b + 1) / (double)n);
    }
    return n;
}

static size_t bin_of(const slg_source_hp *h, const slg_effect *e, double x)
{
    if (e->lower[0] == e->upper[0])
        return (size_t)fmin(fmax(0, x - h->lo), (double)(e->n_bin - 1));
    double b = floor(slg_hp_unit(h, x) * (double)e->n_bin);
    return (size_t)fmin(b, (double)(e->n_bin - 1));
}

static int by_bin_and_objective(const void *pa, const void *pb)
{
    const sample *a = pa, *b = pb;
    if (a->bin != b->bin)
        return a->bin < b->bin ? -1 : 1;
    return (a->f > b->f) - (a->f < b->f);
}

static double mean_of(const sample *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i].f;
    return n > 0 ? sum / (double)n : (double)NAN;
}

/* x sorted by bin and objective. */
static void fill_bins(const sample *x, slg_effect *e)
{
    double mean = mean_of(x, e->n), total = 0, between = 0;
    size_t used = 0;
    for (size_t i = 0; i < e->n; i++)
        total += (x[i].f - mean) * (x[i].f - mean);
    for (size_t b = 0, first = 0; b < e->n_bin; b++) {
        size_t n = 0;
        while (first + n < e->n && x[first + n].bin == b)
            n++;
        e->count[b] = n;
        e->mean[b] = mean_of(x + first, n);
        e->best[b] = n > 0 ? x[first].f : (double)NAN;
        e->median[b] = n > 0 ? 0.5 * (x[first + (n - 1) / 2].f + x[first + n / 2].f) : (double)NAN;
        between += n > 0 ? (double)n * (e->mean[b] - mean) * (e->mean[b] - mean) : 0;
        used += n > 0;
        first += n;
    }
    e->share = total > 0 ? between / total : 0;
    /* Without any effect the share is (bins - 1)/(trials - 1) on average. */
    e->flat =
        e->n > 2 * SLG_EFFECT_BINS && used > 1 && e->share < fmax(0.02, 2 * (double)(used - 1) / (double)(e->n - 1));
}

static int bound_of(const slg_source_hp *h, double x)
{
    double u = slg_hp_unit(h, x);
    bool few = strcmp(h->kind, "int") == 0 || strcmp(h->kind, "choice") == 0;
    if (!(h->hi > h->lo) || !isfinite(x) || (few && h->hi - h->lo < 2))
        return 0;
    return u <= 0.01 ? -1 : u >= 0.99 ? 1 : 0;
}

slg_status slg_effect_of(const slg_source *s, size_t hp, int32_t stage, slg_effect *e, slg_error *err)
{
    const slg_source_hp *h = &s->hp[hp];
    sample *x = slg_calloc(s->n_trial, sizeof *x);
    if (!x)
        return slg_fail_nomem(err, "main effects");
    memset(e, 0, sizeof *e);
    e->n_bin = choose_bins(h, e);
    for (size_t k = 0; k < s->n_trial; k++) {
        double v = slg_source_value(s, k, hp);
        if (s->trial[k].ok && s->trial[k].stage == stage && isfinite(v))
            x[e->n++] = (sample){v, s->trial[k].objective, bin_of(h, e, v)};
    }
    qsort(x, e->n, sizeof *x, by_bin_and_objective);
    fill_bins(x, e);
    slg_free(x);
    size_t best = slg_best_trial(s, stage, INT32_MAX);
    e->best_value = slg_source_value(s, best, hp);
    e->at_bound = bound_of(h, e->best_value);
    return SLG_OK;
}

static void add_effect(const slg_source_hp *h, int32_t stage, const slg_effect *e, slg_figure *f)
{
    static const char *const bound[] = {"lower", "", "upper"};
    for (size_t b = 0; b < e->n_bin; b++)
        slg_figure_row(f, "dssffffzfffsss", stage, h->name, slg_unit_sign(h->unit), e->lower[b], e->upper[b],
                       slg_hp_unit(h, 0.5 * (e->lower[b] + e->upper[b])), e->mean[b], e->count[b], e->median[b],
                       e->best[b], e->share, e->flat ? "flat" : "", bound[e->at_bound + 1], h->kind);
}

slg_status slg_build_effects(const slg_source *s, const slg_source *baseline, slg_figure *f, slg_error *err)
{
    (void)baseline;
    slg_status st = SLG_OK;
    slg_figure_columns(f, "stage,hp,unit,lower,upper,position,mean,trials,median,best,share_of_"
                          "variance,flat,at_bound,"
                          "kind");
    for (int32_t stage = 1; stage <= slg_last_stage(s); stage++) {
        for (size_t h = 0; st == SLG_OK && h < s->n_hp; h++) {
            slg_effect e;
            if (!slg_hp_in_stage(&s->hp[h], stage))
                continue;
            st = slg_effect_of(s, h, stage, &e, err);
            if (st == SLG_OK && e.n > 0)
                add_effect(&s->hp[h], stage, &e, f);
        }
    }
    if (json_array_size(f->rows) == 0)
        snprintf(f->missing, sizeof f->missing, "no trial has succeeded yet");
    snprintf(f->caption, sizeof f->caption,
             "Mean (points) and lowest (bars' lower end) objective of the successful trials in "
             "equal bins of each range. "
             "Directions are called flat when the bins explain no more of the variance than chance "
             "would.");
    return st;
}
