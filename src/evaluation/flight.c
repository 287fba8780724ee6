#include "src/evaluation/flight.h"
#include "runtime/base/alloc.h"
#include "tasks/fit/fit_task.h"
#include "tasks/fit/params.h"
#include "tasks/sparse/sparse_task.h"
#include "tasks/validation/validation_task.h"

#include <string.h>

slg_place slg_flight_place(const slg_flight *f, slg_rank rank, size_t chunk)
{
    slg_place at = f->at;
    at.priority = f->at.priority * SLG_N_RANK + (int)rank;
    at.chunk = (int32_t)chunk;
    return at;
}

slg_place slg_flight_result_place(const slg_flight *f, slg_rank rank)
{
    slg_place at = slg_flight_place(f, rank, 0);
    at.done = f->done;
    at.done_arg = f->done_arg;
    return at;
}

/* --- description of the model --------------------------------------------------------------------------------- */

static double fit_value(const slg_flight *f, int param, int32_t part)
{
    const slg_problem *p = f->e->p;
    return slg_problem_fit_value(p, &f->hp, param, p->cfg->term->channel(part, p->n_species));
}

/* Definitions of all parts that have instances; ERR_HP with the reason. */
static slg_status define(slg_flight *f, char why[SLG_WHY])
{
    const slg_problem *p = f->e->p;
    slg_model *m = &f->model;
    for (int32_t k = 0; k < p->n_part; k++) {
        if (p->instances[k].n == 0)
            continue;
        const size_t b = m->n_part++;
        slg_problem_define(p, &f->hp, k, &f->def[b]);
        if (f->def[b].term->check(&f->def[b], why) != SLG_OK)
            return SLG_ERR_HP;
        f->part[b] = k;
        m->def[b] = &f->def[b];
        m->d[b] = slg_term_length(&f->def[b]);
        m->m[b] = slg_problem_sparse(p, &f->hp, k);
        m->col0[b] = m->m_total;
        m->m_total += m->m[b];
        m->delta[b] = fit_value(f, SLG_FIT_DELTA, k);
    }
    return SLG_OK;
}

static slg_status describe(slg_flight *f, slg_outcome *out, slg_error *err)
{
    const slg_problem *p = f->e->p;
    f->model = (slg_model){.n_class = p->train.n_class};
    f->def = slg_calloc((size_t)p->n_part, sizeof *f->def);
    if (!f->def)
        return slg_fail_nomem(err, "definition");
    slg_status st = define(f, out->failure.why);
    if (st == SLG_ERR_HP) {
        f->model.n_part = 0;
        out->status = SLG_ERR_HP;
        snprintf(out->failure.kind, sizeof out->failure.kind, "check");
    }
    return st;
}

/* The model of the base with this flight's training HPs. */
static void borrow(slg_flight *f, const slg_flight *base)
{
    f->base = base;
    f->model = base->model;
    f->model.coef = NULL;
    f->gram = base->gram;
    f->metric = base->metric;
    f->n_set = base->n_set;
    memcpy(f->set, base->set, sizeof f->set);
    memcpy(f->part, base->part, sizeof f->part);
    for (size_t b = 0; b < f->model.n_part; b++)
        f->model.delta[b] = fit_value(f, SLG_FIT_DELTA, f->part[b]);
}

/* --- descriptors, sparse points, solution --------------------------------------------------------------------- */

static slg_status submit_descriptors(slg_flight *f, size_t b, slg_error *err)
{
    const slg_evaluator *e = f->e;
    const int32_t part = f->part[b];
    const slg_instances *c = &e->p->instances[part];
    const slg_term_def *def = f->model.def[b];
    slg_status st = slg_rt_block(e->rt, def->term->plan_bytes(def), &f->model.plan[b], err);
    slg_place at = slg_flight_place(f, SLG_RANK_PLAN, b);
    if (st == SLG_OK)
        st = slg_submit_plan(e->rt, &at, def, f->model.plan[b], err);
    f->v[b] = slg_calloc(c->n_chunk, sizeof(slg_block *));
    if (!f->v[b])
        return slg_fail_nomem(err, "descriptors");
    for (size_t i = 0; st == SLG_OK && i < c->n_chunk; i++) {
        const size_t n = c->chunk[i + 1] - c->chunk[i];
        at = slg_flight_place(f, SLG_RANK_DESCRIPTOR, i);
        st = slg_rt_block(e->rt, n * f->model.d[b] * sizeof(double), &f->v[b][i], err);
        if (st == SLG_OK)
            st = slg_submit_descriptor(e->rt, &at, def, part, e->p->n_species, e->piece[part] + c->first[i],
                                       c->first[i + 1] - c->first[i], f->model.plan[b], f->v[b][i], err);
    }
    return st;
}

static void release_descriptors(slg_flight *f)
{
    for (size_t b = 0; b < f->model.n_part; b++) {
        const slg_instances *c = &f->e->p->instances[f->part[b]];
        for (size_t i = 0; f->v[b] && i < c->n_chunk; i++)
            slg_rt_release(f->e->rt, &f->v[b][i]);
        slg_free(f->v[b]);
        f->v[b] = NULL;
    }
}

static slg_status submit_sparse(slg_flight *f, size_t b, slg_error *err)
{
    slg_rt *rt = f->e->rt;
    slg_model *m = &f->model;
    const slg_instances *c = &f->e->p->instances[f->part[b]];
    const slg_sparse_method method = (slg_sparse_method)fit_value(f, SLG_FIT_SPARSE_METHOD, f->part[b]);
    slg_status st = slg_rt_block(rt, slg_sparse_set_bytes(m->m[b], m->d[b]), &m->sparse[b], err);
    slg_place at = slg_flight_place(f, SLG_RANK_SELECTION, b);
    if (st == SLG_OK)
        st = slg_submit_sparse_selection(rt, &at, f->model.def[b]->term, method, f->e->p->cfg->seed, m->m[b], m->d[b],
                                         c->n_chunk, c->chunk, f->v[b], m->sparse[b], err);
    if (st == SLG_OK)
        st = slg_rt_block(rt, m->m[b] * m->m[b] * sizeof(double), &m->u[b], err);
    at = slg_flight_place(f, SLG_RANK_SPARSE_KERNEL, b);
    if (st == SLG_OK)
        st = slg_submit_sparse_kernel(rt, &at, m, b, fit_value(f, SLG_FIT_JITTER, f->part[b]), err);
    return st;
}

static slg_status submit_all_descriptors(slg_flight *f, slg_error *err)
{
    slg_status st = SLG_OK;
    for (size_t b = 0; st == SLG_OK && b < f->model.n_part; b++)
        st = submit_descriptors(f, b, err);
    return st;
}

static slg_status submit_all_sparse(slg_flight *f, slg_error *err)
{
    slg_status st = SLG_OK;
    for (size_t b = 0; st == SLG_OK && b < f->model.n_part; b++)
        st = submit_sparse(f, b, err);
    return st;
}

/* --- whole graphs --------------------------------------------------------------------------------------------- */

static bool needs_fit(const slg_flight *f)
{
    return f->needs & (SLG_NEED_ERRORS | SLG_NEED_PREDICTIONS | SLG_NEED_NESTED);
}

/* Do Gram blocks judge? They do not know config_types and absolute values. */
static bool by_gram(const slg_flight *f)
{
    const bool cheap = f->base || f->e->p->n_fold > 0 || (f->needs & SLG_NEED_NESTED);
    return cheap && !(f->needs & SLG_NEED_PREDICTIONS);
}

/* Fits on the Gram blocks, and their errors. */
static slg_status submit_fits(slg_flight *f, const size_t *m_used, slg_error *err)
{
    slg_status st = slg_flight_solve(f, m_used, err);
    if (st != SLG_OK)
        return st;
    f->totals_only = by_gram(f);
    return f->totals_only ? slg_flight_judge(f, err)
                          : slg_flight_errors(f, &f->e->p->validation, f->e->validation, err);
}

static slg_status submit_anew(slg_flight *f, slg_error *err)
{
    slg_status st = submit_all_descriptors(f, err);
    if (st == SLG_OK && needs_fit(f))
        st = submit_all_sparse(f, err);
    if (st == SLG_OK && (f->needs & SLG_NEED_KERNEL))
        st = slg_flight_statistics(f, err);
    release_descriptors(f);
    if (st != SLG_OK || !needs_fit(f))
        return st;
    st = slg_flight_blocks(f, by_gram(f) || (f->needs & SLG_NEED_NESTED), err);
    if (st == SLG_OK)
        st = submit_fits(f, NULL, err);
    slg_flight_release_blocks(f);
    return st;
}

static slg_status submit_on_base(slg_flight *f, const slg_flight *base, slg_error *err)
{
    size_t used[SLG_MAX_PARTS];
    borrow(f, base);
    for (size_t b = 0; b < f->model.n_part; b++)
        used[b] = (size_t)fit_value(f, SLG_FIT_N_SPARSE, f->part[b]);
    return submit_fits(f, used, err);
}

slg_status slg_flight_submit(slg_flight *f, const slg_flight *base, slg_outcome *out, slg_error *err)
{
    if (base)
        return submit_on_base(f, base, err);
    slg_status st = describe(f, out, err);
    return st == SLG_OK ? submit_anew(f, err) : st;
}

/* Fails with the numerical reason of a result; what: is being made. */
static slg_status read_status(slg_flight *f, slg_block *block, const char *what, slg_error *err)
{
    slg_block_status s;
    slg_failure why;
    slg_status st = slg_rt_read(f->e->rt, block, &s, NULL, 0, err);
    slg_failure_text(&s, &why);
    if (st != SLG_OK || s.status == SLG_OK)
        return st;
    const bool numerical = slg_is_numerical((slg_status)s.status);
    return slg_fail(err, (slg_status)s.status, "%s: %s: %s%s", what, why.kind, why.why,
                    numerical ? "; raise fit.jitter or narrow the ranges of the descriptor" : "");
}

/* Descriptors and sparse sets, the former given back. */
static slg_status submit_descriptor_part(slg_flight *f, const char *what, slg_outcome *out, slg_error *err)
{
    slg_status st = describe(f, out, err);
    if (st == SLG_ERR_HP)
        return slg_fail(err, SLG_ERR_HP, "%s: %s", what, out->failure.why);
    if (st == SLG_OK)
        st = submit_all_descriptors(f, err);
    if (st == SLG_OK)
        st = submit_all_sparse(f, err);
    release_descriptors(f);
    return st;
}

slg_status slg_flight_build_base(slg_flight *f, slg_error *err)
{
    slg_outcome out = slg_outcome_empty();
    slg_status st = submit_descriptor_part(f, "base of the trials", &out, err);
    if (st == SLG_OK)
        st = slg_flight_blocks(f, true, err);
    slg_rt_wait(f->e->rt);
    if (st == SLG_OK)
        st = read_status(f, f->gram, "base of the trials", err);
    return st == SLG_OK && f->metric ? read_status(f, f->metric, "base of the trials", err) : st;
}

slg_status slg_flight_whole(slg_flight *f, slg_potential **pot, slg_error *err)
{
    slg_outcome out = slg_outcome_empty();
    f->whole = true;
    slg_status st = submit_descriptor_part(f, "final fit", &out, err);
    if (st == SLG_OK)
        st = slg_flight_blocks(f, f->needs & SLG_NEED_NESTED, err);
    if (st == SLG_OK)
        st = slg_flight_solve(f, NULL, err);
    slg_flight_release_blocks(f);
    slg_rt_wait(f->e->rt);
    if (st == SLG_OK)
        st = read_status(f, f->model.coef, "final fit", err);
    if (st == SLG_OK && f->weights)
        st = slg_flight_take_ratios(f, err);
    return st == SLG_OK ? slg_flight_potential(f, pot, err) : st;
}

void slg_flight_release(slg_flight *f)
{
    slg_rt *rt = f->e->rt;
    slg_model *m = &f->model;
    release_descriptors(f);
    for (size_t b = 0; !f->base && b < m->n_part; b++) {
        slg_rt_release(rt, &m->plan[b]);
        slg_rt_release(rt, &m->sparse[b]);
        slg_rt_release(rt, &m->u[b]);
    }
    if (!f->base)
        slg_flight_release_blocks(f);
    for (size_t k = 0; k < f->n_fold; k++) {
        slg_rt_release(rt, &f->fold_coef[k]);
        slg_rt_release(rt, &f->fold_errors[k]);
    }
    slg_rt_release(rt, &f->weights);
    slg_rt_release(rt, &m->coef);
    slg_rt_release(rt, &f->kernel);
    slg_rt_release(rt, &f->errors);
    slg_free(f->def);
    f->def = NULL;
    m->n_part = 0;
}
