#include "src/study/graph.h"
#include "runtime/base/alloc.h"
#include "runtime/base/rng.h"
#include "tasks/fit/fit_task.h"
#include "tasks/soap/soap_task.h"
#include "tasks/sparse/sparse_task.h"
#include "tasks/validation/validation_task.h"

#include "src/study/graph_stat.h"

#include <math.h>
#include <string.h>

/* A task of about 8 ms on one core; slices are joined up to it. A function of the HPs and the data alone. */
static const double task_flops = 2e8;

static slg_place at_stage(const slg_flight *f, slg_stage stage, size_t chunk)
{
    slg_place at = f->at;
    at.priority = f->at.priority * SLG_N_STAGE + (int)stage;
    at.chunk = (int32_t)chunk;
    return at;
}

/* --- description of the model ------------------------------------------------------------------------------- */

static slg_status describe(slg_flight *f, slg_outcome *out)
{
    const slg_problem *p = f->p;
    slg_model *m = &f->model;
    *m = (slg_model){.n_class = p->train.n_class};
    for (int32_t s = 0; s < p->n_species; s++) {
        if (p->centres[s].n == 0)
            continue;
        size_t b = m->n_block++;
        slg_hp_to_soap(p->cfg, &f->hp, p->n_species, s, &f->soap[b]);
        f->soap[b].compress = p->compress.n_in > 0 ? &p->compress : NULL;
        if (slg_soap_check(&f->soap[b], out->why) != SLG_OK)
            return SLG_ERR_HP;
        m->central[b] = s;
        m->d[b] = slg_soap_length(&f->soap[b]);
        size_t wanted = (size_t)f->hp.v[SLG_HP_N_SPARSE][s];
        m->m[b] = wanted < p->centres[s].n ? wanted : p->centres[s].n;
        m->col0[b] = m->m_total;
        m->m_total += m->m[b];
        m->zeta[b] = f->hp.v[SLG_HP_ZETA][s];
        m->delta[b] = f->hp.v[SLG_HP_DELTA][s];
    }
    return SLG_OK;
}

static void find_sigma(const slg_flight *f, double *sigma)
{
    static const slg_hp_id id[] = {SLG_HP_SIGMA_ENERGY, SLG_HP_SIGMA_FORCE, SLG_HP_SIGMA_VIRIAL};
    for (size_t c = 0; c < f->p->train.n_class; c++) {
        const slg_class *cls = &f->p->train.cls[c];
        const slg_group_sigma *own = cls->sigma_group < 0 ? NULL : &f->p->cfg->group_sigma[cls->sigma_group];
        const double given[] = {own ? own->energy : 0, own ? own->force : 0, own ? own->virial : 0};
        sigma[c] = own ? given[cls->quantity] : f->hp.v[id[cls->quantity]][0];
    }
}

/* --- stages --------------------------------------------------------------------------------------------------- */

static slg_status submit_descriptors(slg_flight *f, size_t b, slg_error *err)
{
    const slg_centres *c = &f->p->centres[f->model.central[b]];
    size_t d = f->model.d[b];
    slg_status st = slg_rt_block(f->rt, slg_soap_plan_bytes(&f->soap[b]), &f->model.plan[b], err);
    slg_place at = at_stage(f, SLG_STAGE_PLAN, b);
    if (st == SLG_OK)
        st = slg_submit_plan(f->rt, &at, &f->soap[b], f->model.plan[b], err);
    f->v[b] = slg_calloc(c->n_chunk, sizeof(slg_block *));
    if (!f->v[b])
        return slg_fail_nomem(err, "descriptors");
    for (size_t i = 0; st == SLG_OK && i < c->n_chunk; i++) {
        size_t n = c->chunk[i + 1] - c->chunk[i];
        at = at_stage(f, SLG_STAGE_DESCRIPTOR, i);
        st = slg_rt_block(f->rt, n * d * sizeof(double), &f->v[b][i], err);
        if (st == SLG_OK)
            st = slg_submit_descriptor(f->rt, &at, f->p->train.geom, c->env + c->chunk[i], n, d, 1e4 * (double)n,
                                       f->model.plan[b], f->v[b][i], err);
    }
    return st;
}

static void release_descriptors(slg_flight *f)
{
    for (size_t b = 0; b < f->model.n_block; b++) {
        const slg_centres *c = &f->p->centres[f->model.central[b]];
        for (size_t i = 0; f->v[b] && i < c->n_chunk; i++)
            slg_rt_release(f->rt, &f->v[b][i]);
        slg_free(f->v[b]);
        f->v[b] = NULL;
    }
}

static slg_sparse_method method_of(const slg_config *cfg)
{
    return strcmp(cfg->sparse_method, "fps") == 0      ? SLG_SPARSE_FPS
           : strcmp(cfg->sparse_method, "random") == 0 ? SLG_SPARSE_RANDOM
                                                       : SLG_SPARSE_CUR;
}

static slg_status submit_sparse(slg_flight *f, size_t b, slg_error *err)
{
    slg_model *m = &f->model;
    const slg_config *cfg = f->p->cfg;
    const slg_centres *c = &f->p->centres[m->central[b]];
    slg_status st = slg_rt_block(f->rt, slg_sparse_set_bytes(m->m[b], m->d[b]), &m->sparse[b], err);
    slg_place at = at_stage(f, SLG_STAGE_SELECT, b);
    if (st == SLG_OK)
        st = slg_submit_select(f->rt, &at, method_of(cfg), cfg->seed, m->m[b], m->d[b], c->n_chunk, c->chunk, f->v[b],
                               m->sparse[b], err);
    if (st == SLG_OK)
        st = slg_rt_block(f->rt, m->m[b] * m->m[b] * sizeof(double), &m->u[b], err);
    at = at_stage(f, SLG_STAGE_KMM, b);
    if (st == SLG_OK)
        st = slg_submit_kmm(f->rt, &at, m, b, cfg->jitter, err);
    return st;
}

/* Does a batch have rows other than energies? */
static bool has_derivatives(const slg_batch *b)
{
    for (size_t i = 0; i < b->rows.n_frame; i++)
        if (b->rows.force[i] >= 0 || b->rows.virial[i] >= 0)
            return true;
    return false;
}

/* Rough flops of the design rows of one slice; only the length of tasks depends on it. */
static double slice_flops(const slg_side *side, const slg_batch *b, size_t s, const slg_model *m)
{
    const slg_geom *g = side->geom;
    double pairs = (double)(g->pair_first[b->slice[s + 1]] - g->pair_first[b->slice[s]]);
    double env = (double)(b->slice[s + 1] - b->slice[s]);
    bool derivatives = has_derivatives(b);
    return (derivatives ? 6 * pairs + 12 * env : 2 * env) * (double)(m->d[0] * m->m_total) / (double)m->n_block +
           2e3 * pairs;
}

/* The rows tasks of one batch, chained on the block k. */
static slg_status submit_batch_rows(slg_flight *f, const slg_side *side, const slg_batch *b, size_t number,
                                    slg_block *k, slg_error *err)
{
    slg_status st = SLG_OK;
    slg_place at = at_stage(f, SLG_STAGE_ROWS, number);
    double flops = 0;
    for (size_t s = 0, begin = 0; st == SLG_OK && s < b->n_slice; s++) {
        flops += slice_flops(side, b, s, &f->model);
        if (flops < task_flops && s + 1 < b->n_slice)
            continue;
        st = slg_submit_rows(f->rt, &at, side->geom, &b->rows, b->slice[begin], b->slice[s + 1], &f->model, begin == 0,
                             flops, k, err);
        begin = s + 1;
        flops = 0;
    }
    return st;
}

/* Accumulators of a reduction: fixed by the size of the model, so the order of all sums is. */
static size_t n_accumulator(const slg_side *side, size_t m)
{
    size_t n = m <= 1000 ? 4 : m <= 3000 ? 2 : 1;
    return n < side->n_batch ? n : side->n_batch;
}

static slg_status submit_tree(slg_flight *f, const slg_side *side, slg_block **acc, size_t n, slg_error *err)
{
    slg_status st = SLG_OK;
    slg_place at = at_stage(f, SLG_STAGE_FOLD, 0);
    for (size_t s = 1; s < n; s *= 2)
        for (size_t i = 0; st == SLG_OK && i + s < n; i += 2 * s)
            st = slg_submit_gram_add(f->rt, &at, f->model.m_total, side->n_class, acc[i], acc[i + s], err);
    for (size_t i = 1; i < n; i++)
        slg_rt_release(f->rt, &acc[i]);
    return st;
}

enum { MAX_ACC = 4, MAX_RING = 128 };

/* A ring of row blocks bounds the memory: a batch waits until the one that used its block before is folded. */
static size_t ring_size(const slg_flight *f, const slg_side *side)
{
    size_t n = 2 * (size_t)slg_rt_workers(f->rt) + 2;
    n = n < MAX_RING ? n : MAX_RING;
    return n < side->n_batch ? n : side->n_batch;
}

static slg_status submit_batches(slg_flight *f, const slg_side *side, slg_block **ring, slg_block **acc, size_t n_acc,
                                 slg_error *err)
{
    size_t n_ring = ring_size(f, side), used = 0;
    slg_status st = SLG_OK;
    for (size_t i = 0; st == SLG_OK && i < side->n_batch; i++) {
        const slg_batch *b = &side->batch[i];
        if (b->rows.n_row == 0 && i > 0)
            continue;
        slg_block *k = ring[used % n_ring];
        st = submit_batch_rows(f, side, b, i, k, err);
        slg_place at = at_stage(f, SLG_STAGE_FOLD, i);
        if (st == SLG_OK)
            st = slg_submit_fold(f->rt, &at, &b->rows, &f->model, side->n_class, used < n_acc, k, acc[used % n_acc],
                                 err);
        used++;
    }
    return st;
}

/* gram <- Gram blocks of a side. */
static slg_status submit_gram(slg_flight *f, const slg_side *side, slg_block **gram, slg_error *err)
{
    slg_block *acc[MAX_ACC] = {NULL}, *ring[MAX_RING] = {NULL};
    size_t m = f->model.m_total, n_acc = 0, n_ring = ring_size(f, side);
    for (size_t i = 0; i < side->n_batch; i++)
        n_acc += i == 0 || side->batch[i].rows.n_row > 0;
    size_t limit = n_accumulator(side, m);
    n_acc = n_acc < limit ? n_acc : limit;
    slg_status st = SLG_OK;
    for (size_t i = 0; st == SLG_OK && i < n_acc; i++)
        st = slg_rt_block(f->rt, slg_gram_length(m, side->n_class) * sizeof(double), &acc[i], err);
    for (size_t i = 0; st == SLG_OK && i < n_ring; i++)
        st = slg_rt_block(f->rt, side->max_row * m * sizeof(double), &ring[i], err);
    if (st == SLG_OK)
        st = submit_batches(f, side, ring, acc, n_acc, err);
    for (size_t i = 0; i < n_ring; i++)
        slg_rt_release(f->rt, &ring[i]);
    if (st == SLG_OK)
        st = submit_tree(f, side, acc, n_acc, err);
    *gram = acc[0];
    return st;
}

static slg_status submit_solve(slg_flight *f, const size_t *m_used, slg_error *err)
{
    double sigma[3 * (SLG_MAX_GROUP_SIGMA + 1)];
    find_sigma(f, sigma);
    slg_status st = slg_rt_block(f->rt, 2 * f->model.m_total * sizeof(double), &f->model.coef, err);
    slg_place at = at_stage(f, SLG_STAGE_SOLVE, 0);
    return st == SLG_OK ? slg_submit_solve(f->rt, &at, &f->model, sigma, m_used, f->gram, err) : st;
}

/* Predictions of one batch of the validation side and their error sums. */
static slg_status submit_batch_errors(slg_flight *f, size_t i, slg_block **sum, slg_error *err)
{
    const slg_side *side = &f->p->validation;
    const slg_batch *b = &side->batch[i];
    slg_frames frames = {b->rows.frame0, b->rows.n_frame};
    bool derivatives = has_derivatives(b);
    slg_block *pred = NULL;
    slg_status st = slg_rt_block(f->rt, slg_prediction_bytes(side->geom, frames), &pred, err);
    slg_place at = at_stage(f, SLG_STAGE_PREDICT, i);
    double flops = 0;
    for (size_t s = 0, begin = 0; st == SLG_OK && s < b->n_slice; s++) {
        size_t pairs = side->geom->pair_first[b->slice[s + 1]] - side->geom->pair_first[b->slice[s]];
        flops += 4e3 * (double)pairs + 1e2 * (double)f->model.m_total * (double)(b->slice[s + 1] - b->slice[s]);
        if (flops < task_flops / 4 && s + 1 < b->n_slice)
            continue;
        st = slg_submit_predict(f->rt, &at, side->geom, frames, b->slice[begin], b->slice[s + 1], &f->model,
                                derivatives, begin == 0, flops, pred, err);
        begin = s + 1;
        flops = 0;
    }
    size_t n_group = side->data->n_group;
    if (st == SLG_OK)
        st = slg_rt_block(f->rt, n_group * sizeof(slg_errors), sum, err);
    if (st == SLG_OK)
        st = slg_submit_errors(f->rt, &at, side->geom, &side->ref, frames, n_group, pred, *sum, err);
    slg_rt_release(f->rt, &pred);
    return st;
}

static slg_status submit_errors(slg_flight *f, slg_error *err)
{
    const slg_side *side = &f->p->validation;
    slg_block **sum = slg_calloc(side->n_batch, sizeof(slg_block *));
    if (!sum)
        return slg_fail_nomem(err, "errors");
    slg_status st = SLG_OK;
    for (size_t i = 0; st == SLG_OK && i < side->n_batch; i++)
        st = submit_batch_errors(f, i, &sum[i], err);
    size_t n_group = side->data->n_group;
    if (st == SLG_OK)
        st = slg_rt_block(f->rt, n_group * sizeof(slg_errors), &f->result, err);
    slg_place at = at_stage(f, SLG_STAGE_SCORE, 0);
    at.done = f->last.done;
    at.done_arg = f->last.done_arg;
    if (st == SLG_OK)
        st = slg_submit_merge_errors(f->rt, &at, n_group, side->n_batch, sum, f->result, err);
    for (size_t i = 0; i < side->n_batch; i++)
        slg_rt_release(f->rt, &sum[i]);
    slg_free(sum);
    return st;
}

/* --- whole chains --------------------------------------------------------------------------------------------- */

static slg_status submit_model(slg_flight *f, slg_error *err)
{
    slg_status st = SLG_OK;
    for (size_t b = 0; st == SLG_OK && b < f->model.n_block; b++)
        st = submit_descriptors(f, b, err);
    for (size_t b = 0; st == SLG_OK && b < f->model.n_block; b++)
        st = submit_sparse(f, b, err);
    release_descriptors(f);
    return st;
}

static slg_status submit_full(slg_flight *f, slg_error *err)
{
    slg_status st = submit_model(f, err);
    if (st == SLG_OK)
        st = submit_gram(f, &f->p->train, &f->gram, err);
    if (st == SLG_OK)
        st = submit_solve(f, NULL, err);
    slg_rt_release(f->rt, &f->gram);
    return st == SLG_OK ? submit_errors(f, err) : st;
}

static slg_status submit_stat(slg_flight *f, slg_error *err)
{
    slg_status st = SLG_OK;
    for (size_t b = 0; st == SLG_OK && b < f->model.n_block; b++)
        st = submit_descriptors(f, b, err);
    slg_place at = at_stage(f, SLG_STAGE_SCORE, 0);
    if (st == SLG_OK)
        st = slg_submit_statistics(f, &at, err);
    release_descriptors(f);
    return st;
}

slg_status slg_flight_submit(slg_flight *f, slg_outcome *out, slg_error *err)
{
    if (describe(f, out) != SLG_OK)
        return SLG_ERR_HP;
    return f->kind == SLG_FLIGHT_STAT ? submit_stat(f, err) : submit_full(f, err);
}

/* --- stage 2 -------------------------------------------------------------------------------------------------- */

slg_status slg_base_build(slg_flight *base, slg_error *err)
{
    slg_outcome out = {0};
    if (describe(base, &out) != SLG_OK)
        return slg_fail(err, SLG_ERR_HP, "base of stage 2: %s", out.why);
    slg_status st = submit_model(base, err);
    if (st == SLG_OK)
        st = submit_gram(base, &base->p->train, &base->gram, err);
    if (st == SLG_OK)
        st = submit_gram(base, &base->p->validation, &base->metric, err);
    slg_rt_wait(base->rt);
    slg_head head = {0};
    for (int i = 0; st == SLG_OK && i < 2; i++) {
        st = slg_rt_read(base->rt, i ? base->metric : base->gram, &head, NULL, 0, err);
        if (st == SLG_OK && head.status != SLG_OK)
            st = slg_fail(err, (slg_status)head.status,
                          "base of stage 2: %s: %s; raise fit.jitter or narrow "
                          "the ranges of stage 1",
                          head.stage, head.why);
    }
    return st;
}

void slg_flight_on_base(slg_flight *f, const slg_flight *base)
{
    f->kind = SLG_FLIGHT_TAIL;
    f->model = base->model;
    f->model.coef = NULL;
    f->model_borrowed = true;
    f->gram = base->gram;
    memcpy(f->soap, base->soap, sizeof f->soap);
    for (size_t b = 0; b < f->model.n_block; b++)
        f->model.delta[b] = f->hp.v[SLG_HP_DELTA][f->model.central[b]];
}

slg_status slg_flight_submit_on_base(slg_flight *f, const slg_flight *base, bool predict, slg_error *err)
{
    size_t used[SLG_MAX_BLOCKS];
    slg_flight_on_base(f, base);
    for (size_t b = 0; b < f->model.n_block; b++)
        used[b] = (size_t)f->hp.v[SLG_HP_N_SPARSE][f->model.central[b]];
    slg_status st = submit_solve(f, used, err);
    if (st != SLG_OK || predict) {
        f->kind = SLG_FLIGHT_FULL;
        return st == SLG_OK ? submit_errors(f, err) : st;
    }
    st = slg_rt_block(f->rt, sizeof(slg_errors), &f->result, err);
    slg_place at = at_stage(f, SLG_STAGE_SCORE, 0);
    at.done = f->last.done;
    at.done_arg = f->last.done_arg;
    return st == SLG_OK ? slg_submit_residual(f->rt, &at, &f->model, base->metric, f->result, err) : st;
}

void slg_flight_release(slg_flight *f)
{
    release_descriptors(f);
    slg_model *m = &f->model;
    for (size_t b = 0; !f->model_borrowed && b < m->n_block; b++) {
        slg_rt_release(f->rt, &m->plan[b]);
        slg_rt_release(f->rt, &m->sparse[b]);
        slg_rt_release(f->rt, &m->u[b]);
    }
    if (!f->model_borrowed) {
        slg_rt_release(f->rt, &f->gram);
        slg_rt_release(f->rt, &f->metric);
    }
    slg_rt_release(f->rt, &m->coef);
    slg_rt_release(f->rt, &f->result);
}
