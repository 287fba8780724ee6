/* Figures of the search: convergence, path in the space of the hyper-parameters. */
#include "src/report/figure.h"

#include "runtime/base/alloc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void add_convergence(const slg_source *s, const char *study, slg_figure *f)
{
    double best = (double)INFINITY;
    int32_t stage = 0, number = 0;
    for (size_t k = 0; k < s->n_trial; k++) {
        const slg_source_trial *t = &s->trial[k];
        best = t->stage == stage ? best : (double)INFINITY;
        number = t->stage == stage ? number + 1 : 0;
        stage = t->stage;
        best = t->ok && t->objective < best ? t->objective : best;
        slg_figure_row(f, "sddddsffd", study, t->trial, t->stage, t->iteration, t->particle, t->ok ? "ok" : "failed",
                       t->ok ? t->objective : (double)NAN, best, number);
    }
}

static void caption_convergence(const slg_source *s, slg_figure *f)
{
    int n = 0;
    for (int32_t stage = 1; stage <= slg_last_stage(s) && n >= 0 && (size_t)n < sizeof f->caption; stage++) {
        size_t start = slg_best_trial(s, stage, 0), best = slg_best_trial(s, stage, INT32_MAX);
        if (best == s->n_trial)
            continue;
        n += snprintf(f->caption + n, sizeof f->caption - (size_t)n, "%sStage %d: best %.6g in trial %d",
                      n > 0 ? " " : "", stage, s->trial[best].objective, s->trial[best].trial);
        if (start < s->n_trial && n > 0 && (size_t)n < sizeof f->caption)
            n += snprintf(f->caption + n, sizeof f->caption - (size_t)n, "; best of the random start %.6g.",
                          s->trial[start].objective);
    }
}

slg_status slg_build_convergence(const slg_source *s, const slg_source *baseline, slg_figure *f, slg_error *err)
{
    (void)err;
    slg_figure_columns(f, "study,trial,stage,iteration,particle,status,objective,best,number_in_stage");
    add_convergence(s, "this study", f);
    if (baseline)
        add_convergence(baseline, "baseline", f);
    if (s->n_trial == 0)
        snprintf(f->missing, sizeof f->missing, "no trial has ended yet");
    caption_convergence(s, f);
    return SLG_OK;
}

/* --- path ------------------------------------------------------------------------------------- */

typedef struct ranked {
    double objective;
    size_t trial;
    int32_t stage;
} ranked;

static int by_stage_and_objective(const void *pa, const void *pb)
{
    const ranked *a = pa, *b = pb;
    if (a->stage != b->stage)
        return a->stage < b->stage ? -1 : 1;
    if (a->objective != b->objective)
        return a->objective < b->objective ? -1 : 1;
    return (a->trial > b->trial) - (a->trial < b->trial);
}

/* rank[k]: 0 for the best successful trial of its stage, 1 for the worst; NAN for failed ones. */
static slg_status rank_trials(const slg_source *s, double *rank, slg_error *err)
{
    size_t n = 0;
    ranked *r = slg_calloc(s->n_trial, sizeof *r);
    if (!r)
        return slg_fail_nomem(err, "ranks");
    for (size_t k = 0; k < s->n_trial; k++) {
        rank[k] = (double)NAN;
        if (s->trial[k].ok)
            r[n++] = (ranked){s->trial[k].objective, k, s->trial[k].stage};
    }
    qsort(r, n, sizeof *r, by_stage_and_objective);
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i; j < n && r[j].stage == r[i].stage; j++)
            ;
        for (size_t k = i; k < j; k++)
            rank[r[k].trial] = j - i > 1 ? (double)(k - i) / (double)(j - i - 1) : 0;
    }
    slg_free(r);
    return SLG_OK;
}

static void add_path(const slg_source *s, const double *rank, slg_figure *f)
{
    for (size_t h = 0; h < s->n_hp; h++) {
        char name[96];
        const char *unit = slg_unit_sign(s->hp[h].unit);
        snprintf(name, sizeof name, "%s%s%s%s", s->hp[h].name, unit[0] ? " [" : "", unit, unit[0] ? "]" : "");
        json_array_append_new(f->columns, slg_text_json(name));
    }
    for (size_t k = 0; k < s->n_trial; k++) {
        const slg_source_trial *t = &s->trial[k];
        slg_figure_row(f, "dddsff", t->trial, t->stage, t->iteration, t->ok ? "ok" : "failed",
                       t->ok ? t->objective : (double)NAN, rank[k]);
        json_t *row = json_array_get(f->rows, json_array_size(f->rows) - 1);
        for (size_t h = 0; h < s->n_hp; h++)
            json_array_append_new(row, slg_number_json(slg_source_value(s, k, h)));
    }
}

slg_status slg_build_path(const slg_source *s, const slg_source *baseline, slg_figure *f, slg_error *err)
{
    (void)baseline;
    double *rank = slg_calloc(s->n_trial, sizeof *rank);
    if (!rank)
        return slg_fail_nomem(err, "ranks");
    slg_figure_columns(f, "trial,stage,iteration,status,objective,rank");
    slg_status st = rank_trials(s, rank, err);
    if (st == SLG_OK)
        add_path(s, rank, f);
    slg_free(rank);
    if (s->n_trial == 0)
        snprintf(f->missing, sizeof f->missing, "no trial has ended yet");
    snprintf(f->caption, sizeof f->caption,
             "One line a trial, one axis a hyper-parameter from its lower to its upper bound; "
             "strong lines are good trials, "
             "dashed ones failed. A click on a line or on a row of the table selects a trial in "
             "all figures.");
    return st;
}
