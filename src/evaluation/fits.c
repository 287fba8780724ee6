/* What is solved on Gram blocks: the fit, those without each fold, their errors. */
#include "src/evaluation/flight.h"
#include "tasks/fit/fit.h"
#include "tasks/fit/fit_task.h"
#include "tasks/fit/params.h"
#include "tasks/validation/validation_task.h"

/* --- Gram blocks ---------------------------------------------------------------------------------------------- */

static slg_status sum_sets(slg_flight *f, slg_error *err)
{
    const size_t m = f->model.m_total, n_class = f->model.n_class;
    slg_place at = slg_flight_place(f, SLG_RANK_FOLD, 0);
    slg_status st = slg_rt_block(f->e->rt, slg_gram_length(m, n_class) * sizeof(double), &f->gram, err);
    return st == SLG_OK ? slg_submit_gram_sum(f->e->rt, &at, m, n_class, f->n_set, f->set, f->gram, err) : st;
}

slg_status slg_flight_blocks(slg_flight *f, bool judged, slg_error *err)
{
    const slg_problem *p = f->e->p;
    size_t one;
    slg_status st = slg_flight_gram(f, &p->train, f->e->train, f->set, &f->n_set, err);
    if (st == SLG_OK && judged && p->n_fold == 0)
        st = slg_flight_gram(f, &p->validation, f->e->validation, &f->metric, &one, err);
    if (st == SLG_OK && f->whole && p->rest.data) {
        st = slg_flight_gram(f, &p->rest, f->e->rest, &f->set[f->n_set], &one, err);
        f->n_set++;
    }
    if (st == SLG_OK && f->n_set > 1)
        return sum_sets(f, err);
    if (st == SLG_OK)
        f->gram = f->set[0];
    return st;
}

void slg_flight_release_blocks(slg_flight *f)
{
    slg_rt *rt = f->e->rt;
    if (f->n_set > 1)
        slg_rt_release(rt, &f->gram);
    f->gram = NULL;
    for (size_t k = 0; k < f->n_set; k++)
        slg_rt_release(rt, &f->set[k]);
    f->n_set = 0;
    slg_rt_release(rt, &f->metric);
}

/* --- fits ----------------------------------------------------------------------------------------------------- */

void slg_flight_sigma(const slg_flight *f, double *sigma)
{
    const slg_problem *p = f->e->p;
    for (size_t c = 0; c < p->train.n_class; c++) {
        const slg_class *cls = &p->train.cls[c];
        const slg_group_sigma *own = cls->sigma_group < 0 ? NULL : &p->cfg->group_sigma[cls->sigma_group];
        const double given[] = {own ? own->energy : 0, own ? own->force : 0, own ? own->virial : 0};
        sigma[c] =
            own ? given[cls->quantity] : slg_problem_fit_value(p, &f->hp, SLG_FIT_SIGMA_ENERGY + cls->quantity, 0);
        if (!cls->fitted)
            sigma[c] = 0;
    }
}

/* The fit without fold k (NULL: of everything). */
static slg_status submit_fit(slg_flight *f, slg_fit_request *request, slg_block *less, slg_block **coef, slg_error *err)
{
    slg_rt *rt = f->e->rt;
    request->less = less;
    slg_place at = slg_flight_place(f, SLG_RANK_FIT, 0);
    slg_status st = slg_rt_block(rt, slg_coef_bytes(&f->model), coef, err);
    return st == SLG_OK ? slg_submit_fit(rt, &at, &f->model, request, *coef, err) : st;
}

static slg_status submit_fold(slg_flight *f, slg_fit_request *request, size_t k, slg_error *err)
{
    slg_rt *rt = f->e->rt;
    const slg_side *side = &f->e->p->train;
    slg_place at = slg_flight_place(f, SLG_RANK_FIT, k);
    slg_status st = submit_fit(f, request, f->set[k], &f->fold_coef[k], err);
    if (st == SLG_OK)
        st = slg_rt_block(rt, sizeof(slg_errors), &f->fold_errors[k], err);
    return st == SLG_OK ? slg_submit_residual(rt, &at, &f->model, side->n_class, side->quantity, f->fold_coef[k],
                                              f->set[k], f->fold_errors[k], err)
                        : st;
}

slg_status slg_flight_solve(slg_flight *f, const size_t *m_used, slg_error *err)
{
    double sigma[SLG_MAX_CLASS];
    slg_status st = SLG_OK;
    slg_flight_sigma(f, sigma);
    if (f->needs & SLG_NEED_NESTED)
        st = slg_flight_nested(f, sigma, err);
    slg_fit_request request = {.gram = f->gram, .weights = f->weights, .sigma = sigma, .m_used = m_used};
    if (st == SLG_OK)
        st = submit_fit(f, &request, NULL, &f->model.coef, err);
    for (; st == SLG_OK && !f->whole && f->n_fold < f->e->p->n_fold; f->n_fold++)
        st = submit_fold(f, &request, f->n_fold, err);
    return st;
}

slg_status slg_flight_judge(slg_flight *f, slg_error *err)
{
    slg_rt *rt = f->e->rt;
    const slg_side *side = &f->e->p->validation;
    slg_place last = slg_flight_result_place(f, SLG_RANK_SCORE);
    slg_status st = slg_rt_block(rt, sizeof(slg_errors), &f->errors, err);
    if (st == SLG_OK && f->n_fold > 0)
        return slg_submit_merge_errors(rt, &last, 1, f->n_fold, f->fold_errors, f->errors, err);
    return st == SLG_OK ? slg_submit_residual(rt, &last, &f->model, side->n_class, side->quantity, f->model.coef,
                                              f->metric, f->errors, err)
                        : st;
}
