/* What comes back from a flight. */
#include "runtime/base/alloc.h"
#include "src/evaluation/flight.h"
#include "tasks/fit/params.h"
#include "tasks/sparse/sparse_task.h"

#include <math.h>
#include <string.h>

slg_outcome slg_outcome_empty(void)
{
    slg_outcome out = {
        .objective = (double)NAN, .spread = (double)NAN, .mean = (double)NAN, .std = (double)NAN, .skew = (double)NAN};
    for (int q = 0; q < SLG_N_QUANTITY; q++)
        out.rmse[q] = out.mae[q] = (double)NAN;
    return out;
}

/* Reads a result; its failure goes into the outcome unless there is one already. */
static slg_status read_result(slg_flight *f, slg_block *block, void *to, size_t bytes, slg_outcome *out, slg_error *err)
{
    slg_block_status s;
    slg_status st = slg_rt_read(f->e->rt, block, &s, to, bytes, err);
    if (st == SLG_OK && s.status != SLG_OK && out->status == SLG_OK) {
        out->status = s.status;
        slg_failure_text(&s, &out->failure);
    }
    return st;
}

static slg_status collect_kernel(slg_flight *f, slg_outcome *out, slg_evaluation *e, slg_error *err)
{
    slg_status st = read_result(f, f->kernel, &e->kernel, sizeof e->kernel, out, err);
    if (st != SLG_OK || out->status != SLG_OK)
        return st;
    out->mean = e->kernel.mean;
    out->std = slg_moments_std(&e->kernel);
    out->skew = slg_moments_skew(&e->kernel);
    return st;
}

static void take_errors(slg_outcome *out, const slg_errors *sum, size_t n, slg_errors *all)
{
    for (size_t g = 0; g < n; g++)
        slg_errors_merge(all, &sum[g]);
    for (int q = 0; q < SLG_N_QUANTITY; q++) {
        out->rmse[q] = slg_rmse(&all->q[q]);
        out->mae[q] = slg_mae(&all->q[q]);
    }
}

static slg_status collect_errors(slg_flight *f, slg_outcome *out, slg_evaluation *e, slg_errors *by_group,
                                 slg_error *err)
{
    const size_t n = f->totals_only ? 1 : f->e->p->validation.data->n_group;
    slg_errors *sum = slg_calloc(n, sizeof *sum);
    if (!sum)
        return slg_fail_nomem(err, "errors");
    slg_status st = read_result(f, f->errors, sum, n * sizeof *sum, out, err);
    if (st == SLG_OK && out->status == SLG_OK) {
        take_errors(out, sum, n, &e->errors);
        if (by_group && !f->totals_only)
            memcpy(by_group, sum, n * sizeof *sum);
    }
    slg_free(sum);
    return st;
}

/* Standard error of the mean of n values, by their spread. */
static double standard_error(size_t n, const double *x)
{
    double mean = 0, sq = 0;
    for (size_t i = 0; i < n; i++)
        mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        sq += (x[i] - mean) * (x[i] - mean);
    return sqrt(sq / (double)(n - 1) / (double)n);
}

static slg_status take_spread(slg_flight *f, const double *setting, slg_outcome *out, slg_error *err)
{
    double value[SLG_MAX_FOLD];
    slg_status st = SLG_OK;
    for (size_t k = 0; st == SLG_OK && k < f->n_fold; k++) {
        slg_evaluation e = {0};
        st = slg_rt_read(f->e->rt, f->fold_errors[k], NULL, &e.errors, sizeof e.errors, err);
        value[k] = f->objective->value(setting, &e);
    }
    if (f->n_fold > 1)
        out->spread = standard_error(f->n_fold, value);
    return st;
}

static slg_status take_objective(slg_flight *f, const slg_evaluation *e, slg_outcome *out, slg_error *err)
{
    double setting[SLG_MAX_HP];
    slg_config_settings(f->e->p->cfg, f->objective->param, f->objective->n_param, setting);
    out->objective = f->objective->value(setting, e);
    if (isfinite(out->objective))
        return take_spread(f, setting, out, err);
    out->status = SLG_ERR_NOT_FINITE;
    out->objective = (double)NAN;
    snprintf(out->failure.kind, sizeof out->failure.kind, "objective");
    snprintf(out->failure.why, sizeof out->failure.why,
             "the objective is not finite; are all weighted quantities in the data?");
    return SLG_OK;
}

slg_status slg_flight_collect(slg_flight *f, slg_outcome *out, slg_errors *by_group, slg_error *err)
{
    slg_evaluation e = {0};
    slg_status st = SLG_OK;
    *out = slg_outcome_empty();
    if (f->kernel)
        st = collect_kernel(f, out, &e, err);
    if (st == SLG_OK && f->errors)
        st = collect_errors(f, out, &e, by_group, err);
    if (st == SLG_OK && out->status == SLG_OK && f->weights)
        st = slg_flight_take_ratios(f, err);
    if (st == SLG_OK && out->status == SLG_OK && f->objective)
        st = take_objective(f, &e, out, err);
    return st;
}

slg_status slg_flight_moments(slg_flight *f, slg_moments *out, slg_error *err)
{
    slg_block_status s;
    slg_failure why;
    slg_status st = slg_rt_read(f->e->rt, f->kernel, &s, out, sizeof *out, err);
    slg_failure_text(&s, &why);
    return st == SLG_OK && s.status != SLG_OK
               ? slg_fail(err, (slg_status)s.status, "kernel of the best trial: %s: %s", why.kind, why.why)
               : st;
}

/* --- the potential -------------------------------------------------------------------------------------------- */

/* One part: the chosen sparse points and their coefficients. */
static slg_status fill_part(slg_flight *f, size_t b, const double *alpha, slg_potential *pot, slg_error *err)
{
    const slg_model *m = &f->model;
    const slg_problem *p = f->e->p;
    const size_t bytes = slg_sparse_set_bytes(m->m[b], m->d[b]);
    slg_sparse_set *set = slg_alloc_aligned(bytes, 1);
    if (!set)
        return slg_fail_nomem(err, "potential");
    slg_status st = slg_rt_read(f->e->rt, m->sparse[b], NULL, set, bytes, err);
    const int32_t channel = p->cfg->term->channel(f->part[b], p->n_species);
    const size_t wanted = (size_t)slg_problem_fit_value(p, &f->hp, SLG_FIT_N_SPARSE, channel);
    const size_t n = st == SLG_OK && set->m > wanted ? wanted : set->m;
    if (st == SLG_OK)
        st = slg_potential_part(pot, b, n, m->d[b], err);
    if (st == SLG_OK) {
        slg_pot_part *out = &pot->part[b];
        out->def = *m->def[b];
        out->number = f->part[b];
        out->delta = m->delta[b];
        memcpy(out->q, slg_sparse_q(set), n * m->d[b] * sizeof(double));
        memcpy(out->alpha, alpha + m->col0[b], n * sizeof(double));
    }
    slg_free(set);
    return st;
}

slg_status slg_flight_potential(slg_flight *f, slg_potential **pot, slg_error *err)
{
    const slg_model *m = &f->model;
    const slg_problem *p = f->e->p;
    double *coef = slg_calloc(2 * m->m_total, sizeof *coef);
    if (!coef)
        return slg_fail_nomem(err, "potential");
    slg_status st = slg_rt_read(f->e->rt, m->coef, NULL, coef, 2 * m->m_total * sizeof *coef, err);
    if (st == SLG_OK)
        st = slg_potential_create(m->n_part, pot, err);
    if (st == SLG_OK) {
        snprintf((*pot)->label, sizeof(*pot)->label, "starling");
        (*pot)->n_species = p->n_species;
        memcpy((*pot)->z, p->z, sizeof p->z);
        memcpy((*pot)->e0, p->e0, sizeof p->e0);
    }
    for (size_t b = 0; st == SLG_OK && b < m->n_part; b++)
        st = fill_part(f, b, coef + m->m_total, *pot, err);
    if (st != SLG_OK)
        slg_potential_free(pot);
    slg_free(coef);
    return st;
}

/* --- folds ---------------------------------------------------------------------------------------------------- */

void slg_folds_free(slg_folds **folds)
{
    for (size_t k = 0; *folds && k < (*folds)->n; k++)
        slg_free((*folds)->fold[k].alpha);
    slg_free(*folds);
    *folds = NULL;
}

/* Coefficients of the sparse points that the potential has. */
static slg_status take_alpha(slg_flight *f, const slg_potential *pot, size_t k, double *coef, double *alpha,
                             slg_error *err)
{
    const slg_model *m = &f->model;
    slg_status st = slg_rt_read(f->e->rt, f->fold_coef[k], NULL, coef, slg_coef_bytes(m), err);
    for (size_t b = 0; st == SLG_OK && b < pot->n_part; b++) {
        memcpy(alpha, slg_coef_alpha(m, coef) + m->col0[b], pot->part[b].m * sizeof *alpha);
        alpha += pot->part[b].m;
    }
    return st;
}

slg_status slg_flight_folds(slg_flight *f, const slg_potential *pot, slg_folds **out, slg_error *err)
{
    const size_t n = slg_potential_points(pot);
    double *coef = slg_calloc(slg_coef_bytes(&f->model), 1);
    slg_folds *folds = *out = f->n_fold > 0 ? slg_calloc(1, sizeof *folds) : NULL;
    slg_status st = coef && (folds || f->n_fold == 0) ? SLG_OK : slg_fail_nomem(err, "folds");
    for (size_t k = 0; st == SLG_OK && k < f->n_fold; k++) {
        slg_fold_result *r = &folds->fold[folds->n++];
        r->alpha = slg_calloc(n, sizeof *r->alpha);
        st = r->alpha ? slg_rt_read(f->e->rt, f->fold_errors[k], NULL, &r->errors, sizeof r->errors, err)
                      : slg_fail_nomem(err, "folds");
        if (st == SLG_OK)
            st = take_alpha(f, pot, k, coef, r->alpha, err);
    }
    slg_free(coef);
    if (st != SLG_OK)
        slg_folds_free(out);
    return st;
}
