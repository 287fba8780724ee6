/* Main effects: objective over the range of each HP, rank correlation, flat directions, values at bounds. */
#include "src/report/figure.h"

#include "runtime/base/alloc.h"
#include "src/report/ranks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One bin for each value of an integer that has few, and of a choice; else equal bins (logarithmic for kind log). */
static size_t choose_bins(const slg_source_hp *h, slg_effect *e)
{
    bool few = strcmp(h->kind, "int") == 0 && h->hi - h->lo + 1 <= SLG_EFFECT_BINS;
    size_t n = h->n_choice > 0 ? h->n_choice : few ? (size_t)(h->hi - h->lo + 1) : SLG_EFFECT_BINS;
    for (size_t b = 0; b < n; b++) {
        bool one = h->n_choice > 0 || few;
        e->lower[b] = h->n_choice > 0 ? h->choice[b] : few ? h->lo + (double)b : slg_hp_at(h, (double)b / (double)n);
        e->upper[b] = one ? e->lower[b] : slg_hp_at(h, (double)(b + 1) / (double)n);
    }
    return n;
}

static size_t nearest_bin(const slg_effect *e, double x)
{
    size_t b = 0;
    for (size_t i = 1; i < e->n_bin; i++)
        b = fabs(x - e->lower[i]) < fabs(x - e->lower[b]) ? i : b;
    return b;
}

static size_t bin_of(const slg_source_hp *h, const slg_effect *e, double x)
{
    if (e->lower[0] == e->upper[0])
        return nearest_bin(e, x);
    double b = floor(slg_hp_unit(h, x) * (double)e->n_bin);
    return (size_t)fmin(b, (double)(e->n_bin - 1));
}

static int by_bin_and_objective(const void *pa, const void *pb)
{
    const slg_rank_sample *a = pa, *b = pb;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    return (a->y > b->y) - (a->y < b->y);
}

static double mean_of(const slg_rank_sample *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i].y;
    return n > 0 ? sum / (double)n : (double)NAN;
}

static void fill_bins(slg_rank_sample *x, slg_effect *e)
{
    qsort(x, e->n, sizeof *x, by_bin_and_objective);
    for (size_t b = 0, first = 0; b < e->n_bin; b++) {
        size_t n = 0;
        while (first + n < e->n && x[first + n].group == b)
            n++;
        e->count[b] = n;
        e->mean[b] = mean_of(x + first, n);
        e->best[b] = n > 0 ? x[first].y : (double)NAN;
        e->median[b] = n > 0 ? 0.5 * (x[first + (n - 1) / 2].y + x[first + n / 2].y) : (double)NAN;
        first += n;
    }
}

static void compare_ranks(slg_rank_sample *x, slg_effect *e)
{
    size_t used = 0;
    for (size_t b = 0; b < e->n_bin; b++)
        used += e->count[b] > 0;
    slg_rank_samples(e->n, x);
    e->correlation = slg_rank_correlation(e->n, x);
    e->between = slg_rank_between(e->n, x);
    e->flat = e->n > 2 * e->n_bin && slg_rank_flat(e->n, used, e->correlation, e->between);
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
    slg_rank_sample *x = slg_calloc(s->n_trial, sizeof *x);
    if (!x)
        return slg_fail_nomem(err, "main effects");
    memset(e, 0, sizeof *e);
    e->n_bin = choose_bins(h, e);
    for (size_t k = 0; k < s->n_trial; k++) {
        double v = slg_source_value(s, k, hp);
        if (s->trial[k].ok && s->trial[k].stage == stage && isfinite(v))
            x[e->n++] = (slg_rank_sample){v, s->trial[k].objective, bin_of(h, e, v), 0, 0};
    }
    fill_bins(x, e);
    compare_ranks(x, e);
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
        slg_figure_row(f, "dssffffzffffsss", stage, h->name, slg_unit_sign(h->unit), e->lower[b], e->upper[b],
                       slg_hp_unit(h, 0.5 * (e->lower[b] + e->upper[b])), e->mean[b], e->count[b], e->median[b],
                       e->best[b], e->correlation, e->between, e->flat ? "flat" : "", bound[e->at_bound + 1], h->kind);
}

slg_status slg_build_effects(const slg_source *s, const slg_source *baseline, slg_figure *f, slg_error *err)
{
    (void)baseline;
    slg_status st = SLG_OK;
    slg_figure_columns(f, "stage,hp,unit,lower,upper,position,mean,trials,median,best,rank_correlation,"
                          "kruskal_wallis,flat,at_bound,kind");
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
             "Mean (points) and lowest (bars' lower end) objective of the successful trials in equal bins of each "
             "range. Flat: neither rank correlation nor a comparison of the bins by ranks (Kruskal-Wallis) exceeds "
             "what chance gives in 19 of 20 cases. A swarm's trials crowd together, which can make a flat direction "
             "look like one that matters.");
    return st;
}
