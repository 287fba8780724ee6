/* Errors of a finished potential on a set of structures. */
#include "runtime/base/alloc.h"
#include "src/evaluation/flight.h"
#include "tasks/sparse/sparse_task.h"

#include <string.h>

/* Memory behind the blocks of a potential's model. */
typedef struct loan {
    slg_sparse_set *set[SLG_MAX_PARTS];
    double *coef;
} loan;

static slg_status lend_part(slg_flight *f, const slg_potential *pot, size_t b, loan *l, slg_error *err)
{
    slg_rt *rt = f->e->rt;
    slg_model *m = &f->model;
    const slg_pot_part *part = &pot->part[b];
    const size_t bytes = slg_sparse_set_bytes(part->m, part->d);
    m->def[b] = &part->def;
    m->m[b] = part->m;
    m->d[b] = part->d;
    m->delta[b] = part->delta;
    m->col0[b] = b > 0 ? m->col0[b - 1] + m->m[b - 1] : 0;
    l->set[b] = slg_alloc_aligned(bytes, 1);
    if (!l->set[b])
        return slg_fail_nomem(err, "sparse points");
    *l->set[b] = (slg_sparse_set){.m_max = part->m, .m = part->m, .d = part->d};
    memcpy(slg_sparse_q(l->set[b]), part->q, part->m * part->d * sizeof(double));
    memcpy(l->coef + m->m_total + m->col0[b], part->alpha, part->m * sizeof(double));
    l->coef[2 * m->m_total + b] = part->delta;
    slg_status st = slg_rt_block_host(rt, l->set[b], bytes, &m->sparse[b], err);
    if (st == SLG_OK)
        st = slg_rt_block(rt, part->def.term->plan_bytes(&part->def), &m->plan[b], err);
    slg_place at = slg_flight_place(f, SLG_RANK_PLAN, b);
    return st == SLG_OK ? slg_submit_plan(rt, &at, m->def[b], m->plan[b], err) : st;
}

static slg_status lend(slg_flight *f, const slg_potential *pot, loan *l, slg_error *err)
{
    slg_model *m = &f->model;
    for (size_t b = 0; b < pot->n_part; b++)
        m->m_total += pot->part[b].m;
    l->coef = slg_alloc_aligned(2 * m->m_total + pot->n_part, sizeof *l->coef);
    if (!l->coef)
        return slg_fail_nomem(err, "coefficients");
    memset(l->coef, 0, (2 * m->m_total + pot->n_part) * sizeof *l->coef);
    slg_status st = SLG_OK;
    while (st == SLG_OK && m->n_part < pot->n_part)
        st = lend_part(f, pot, m->n_part++, l, err);
    return st == SLG_OK ? slg_rt_block_host(f->e->rt, l->coef, slg_coef_bytes(m), &m->coef, err) : st;
}

static slg_status read_errors(const slg_flight *f, const slg_side *side, slg_errors *by_group, slg_error *err)
{
    slg_block_status s;
    slg_failure why;
    if (slg_rt_cancelled(f->e->rt))
        return SLG_STOPPED;
    slg_status st = slg_rt_read(f->e->rt, f->errors, &s, by_group, side->data->n_group * sizeof *by_group, err);
    if (st != SLG_OK || s.status == SLG_OK)
        return st;
    slg_failure_text(&s, &why);
    return slg_fail(err, (slg_status)s.status, "%s: errors of the potential: %s: %s", side->data->path, why.kind,
                    why.why);
}

static slg_status appraise(slg_evaluator *e, const slg_side *side, const slg_potential *pot, slg_errors *by_group,
                           slg_error *err)
{
    slg_flight f = {.e = e, .at = {.iteration = -1, .particle = -1, .chunk = -1}};
    loan l = {.coef = NULL};
    slg_batch_use *use = NULL;
    slg_status st = slg_side_register(e->rt, side, &use, err);
    if (st == SLG_OK)
        st = lend(&f, pot, &l, err);
    if (st == SLG_OK)
        st = slg_flight_errors(&f, side, use, err);
    slg_rt_wait(e->rt);
    if (st == SLG_OK)
        st = read_errors(&f, side, by_group, err);
    slg_flight_release(&f);
    slg_side_unregister(e->rt, side, use);
    slg_rt_wait(e->rt);
    for (size_t b = 0; b < SLG_MAX_PARTS; b++)
        slg_free(l.set[b]);
    slg_free(l.coef);
    return st;
}

slg_status slg_appraise(const slg_problem *p, slg_rt *rt, const slg_side *side, const slg_potential *pot,
                        slg_errors **by_group, slg_error *err)
{
    slg_evaluator e = {.p = p, .rt = rt, .workers = (size_t)slg_rt_workers(rt)}; /* no sides of its own */
    slg_errors *sum = side->data ? slg_calloc(side->data->n_group, sizeof *sum) : NULL;
    if (side->data && !sum)
        return slg_fail_nomem(err, "errors");
    slg_status st = side->data ? appraise(&e, side, pot, sum, err) : SLG_OK;
    if (st != SLG_OK) {
        slg_free(sum);
        return st;
    }
    slg_free(*by_group);
    *by_group = sum;
    return SLG_OK;
}
