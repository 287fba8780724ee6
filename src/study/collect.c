/* What comes back from a particle's graph. */
#include "runtime/base/alloc.h"
#include "src/study/graph.h"
#include "tasks/sparse/sparse_task.h"

#include <math.h>
#include <string.h>

static void clear_outcome(slg_outcome *out)
{
    *out = (slg_outcome){.objective = (double)NAN, .mean = (double)NAN, .std = (double)NAN, .skew = (double)NAN};
    for (int q = 0; q < SLG_N_QUANTITY; q++)
        out->rmse[q] = out->mae[q] = (double)NAN;
}

double slg_objective_of(const slg_config *cfg, const slg_outcome *out, int32_t stage)
{
    slg_objective kind = stage == 1 && cfg->strategy == 2 ? cfg->stage1_objective : cfg->objective;
    double g = fabs(out->skew), sum = 0;
    const double weight[] = {cfg->weight_energy, cfg->weight_force, cfg->weight_virial};
    switch (kind) {
    case SLG_OBJ_STD_SKEW: return g / (1 + g) - out->std / 0.5;
    case SLG_OBJ_STD_SKEW_PLAIN: return g - out->std;
    case SLG_OBJ_STD: return -out->std;
    case SLG_OBJ_RMSE:
    case SLG_OBJ_MAE:
        for (int q = 0; q < SLG_N_QUANTITY; q++) /* a quantity that the data lack counts only with a weight */
            if (weight[q] > 0)
                sum += weight[q] * (kind == SLG_OBJ_MAE ? out->mae[q] : out->rmse[q]);
        return sum;
    }
    return (double)NAN;
}

static slg_status collect_moments(slg_flight *f, slg_head *head, slg_outcome *out, slg_error *err)
{
    slg_moments m;
    slg_status st = slg_rt_read(f->rt, f->result, head, &m, sizeof m, err);
    if (st != SLG_OK || head->status != SLG_OK)
        return st;
    out->mean = m.mean;
    out->std = slg_moments_std(&m);
    out->skew = slg_moments_skew(&m);
    return st;
}

static void totals(slg_outcome *out, const slg_errors *e, size_t n)
{
    slg_errors all = {0};
    for (size_t g = 0; g < n; g++)
        slg_errors_merge(&all, &e[g]);
    for (int q = 0; q < SLG_N_QUANTITY; q++) {
        out->rmse[q] = slg_rmse(&all.q[q]);
        out->mae[q] = slg_mae(&all.q[q]);
    }
}

static slg_status collect_errors(slg_flight *f, slg_head *head, slg_outcome *out, slg_errors *by_group, slg_error *err)
{
    size_t n = f->kind == SLG_FLIGHT_TAIL ? 1 : f->p->validation.data->n_group;
    slg_errors *e = slg_calloc(n, sizeof *e);
    if (!e)
        return slg_fail_nomem(err, "errors");
    slg_status st = slg_rt_read(f->rt, f->result, head, e, n * sizeof *e, err);
    if (st == SLG_OK && head->status == SLG_OK) {
        totals(out, e, n);
        if (by_group && f->kind == SLG_FLIGHT_FULL)
            memcpy(by_group, e, n * sizeof *e);
    }
    slg_free(e);
    return st;
}

slg_status slg_flight_collect(slg_flight *f, slg_outcome *out, slg_errors *by_group, slg_error *err)
{
    slg_head head = {0};
    clear_outcome(out);
    slg_status st =
        f->kind == SLG_FLIGHT_STAT ? collect_moments(f, &head, out, err) : collect_errors(f, &head, out, by_group, err);
    if (st != SLG_OK)
        return st;
    out->status = head.status;
    memcpy(out->stage, head.stage, sizeof out->stage);
    memcpy(out->why, head.why, sizeof out->why);
    if (head.status != SLG_OK)
        return SLG_OK;
    out->objective = slg_objective_of(f->p->cfg, out, f->kind == SLG_FLIGHT_STAT ? 1 : 2);
    if (!isfinite(out->objective)) {
        out->status = SLG_ERR_NOT_FINITE;
        out->objective = (double)NAN;
        snprintf(out->stage, sizeof out->stage, "objective");
        snprintf(out->why, sizeof out->why, "the objective is not finite; are all weighted quantities in the data?");
    }
    return SLG_OK;
}

/* One block of the potential: the chosen sparse points and their coefficients. */
static slg_status fill_block(slg_flight *f, size_t b, const double *alpha, slg_potential *pot, slg_error *err)
{
    const slg_model *m = &f->model;
    size_t bytes = slg_sparse_set_bytes(m->m[b], m->d[b]);
    slg_sparse_set *set = slg_alloc_aligned(bytes, 1);
    if (!set)
        return slg_fail_nomem(err, "potential");
    slg_head head;
    slg_status st = slg_rt_read(f->rt, m->sparse[b], &head, set, bytes, err);
    size_t wanted = (size_t)f->hp.v[SLG_HP_N_SPARSE][m->central[b]];
    size_t n = st == SLG_OK && set->m > wanted ? wanted : set->m;
    if (st == SLG_OK)
        st = slg_potential_block(pot, b, n, m->d[b], err);
    if (st == SLG_OK) {
        slg_pot_block *out = &pot->block[b];
        out->hp = f->soap[b];
        out->delta = m->delta[b];
        out->zeta = m->zeta[b];
        memcpy(out->q, slg_sparse_q(set), n * m->d[b] * sizeof(double));
        memcpy(out->alpha, alpha + m->col0[b], n * sizeof(double));
    }
    slg_free(set);
    return st;
}

slg_status slg_flight_potential(slg_flight *f, slg_potential **pot, slg_error *err)
{
    const slg_model *m = &f->model;
    const slg_problem *p = f->p;
    double *coef = slg_calloc(2 * m->m_total, sizeof *coef);
    if (!coef)
        return slg_fail_nomem(err, "potential");
    slg_head head;
    slg_status st = slg_rt_read(f->rt, m->coef, &head, coef, 2 * m->m_total * sizeof *coef, err);
    if (st == SLG_OK)
        st = slg_potential_create(m->n_block, pot, err);
    if (st == SLG_OK) {
        snprintf((*pot)->label, sizeof(*pot)->label, "starling");
        (*pot)->command_line = slg_gap_fit_line(p, &f->hp);
        (*pot)->n_species = p->n_species;
        memcpy((*pot)->z, p->z, sizeof p->z);
        memcpy((*pot)->e0, p->e0, sizeof p->e0);
    }
    for (size_t b = 0; st == SLG_OK && b < m->n_block; b++)
        st = fill_block(f, b, coef + m->m_total, *pot, err);
    if (st != SLG_OK)
        slg_potential_free(pot);
    slg_free(coef);
    return st;
}
