#include "src/evaluation/evaluator.h"
#include "runtime/base/alloc.h"

slg_status slg_side_register(slg_rt *rt, const slg_side *side, slg_batch_use **out, slg_error *err)
{
    slg_status st = SLG_OK;
    slg_batch_use *use = *out = slg_calloc(side->n_batch, sizeof *use);
    if (!use)
        return slg_fail_nomem(err, "batches");
    for (size_t i = 0; st == SLG_OK && i < side->n_batch; i++) {
        const slg_batch *b = &side->batch[i];
        use[i].geom = b->geom;
        use[i].rows = b->rows;
        st = slg_rt_block_host(rt, b->geom_block, slg_geom_block_size(b->geom_block), &use[i].geom_block, err);
        if (st == SLG_OK)
            st = slg_rt_block_host(rt, b->rows_block, slg_rows_block_size(b->rows_block), &use[i].rows_block, err);
    }
    return st;
}

void slg_side_unregister(slg_rt *rt, const slg_side *side, slg_batch_use *use)
{
    for (size_t i = 0; use && i < side->n_batch; i++) {
        slg_rt_release(rt, &use[i].geom_block);
        slg_rt_release(rt, &use[i].rows_block);
    }
    slg_free(use);
}

static slg_status make_pieces(slg_evaluator *e, int32_t part, slg_error *err)
{
    const slg_instances *c = &e->p->instances[part];
    const size_t n = c->first[c->n_chunk];
    slg_piece *piece = e->piece[part] = slg_calloc(n, sizeof *piece);
    if (!piece)
        return slg_fail_nomem(err, "environments");
    for (size_t i = 0; i < n; i++)
        piece[i] = (slg_piece){&e->train[c->stretch[i].batch], c->stretch[i].env0, c->stretch[i].env1};
    return SLG_OK;
}

slg_status slg_evaluator_create(const slg_problem *p, slg_rt *rt, size_t workers, slg_evaluator **out, slg_error *err)
{
    slg_evaluator *e = *out = slg_calloc(1, sizeof *e);
    if (!e)
        return slg_fail_nomem(err, "evaluator");
    *e = (slg_evaluator){.p = p, .rt = rt, .workers = workers > 0 ? workers : (size_t)slg_rt_workers(rt)};
    slg_status st = slg_side_register(rt, &p->train, &e->train, err);
    if (st == SLG_OK)
        st = slg_side_register(rt, &p->validation, &e->validation, err);
    if (st == SLG_OK && p->rest.data)
        st = slg_side_register(rt, &p->rest, &e->rest, err);
    for (int32_t k = 0; st == SLG_OK && k < p->n_part; k++)
        st = make_pieces(e, k, err);
    if (st != SLG_OK)
        slg_evaluator_free(out);
    return st;
}

void slg_evaluator_free(slg_evaluator **pe)
{
    slg_evaluator *e = *pe;
    *pe = NULL;
    if (!e)
        return;
    slg_rt_wait(e->rt); /* tasks may still read the batches */
    slg_side_unregister(e->rt, &e->p->train, e->train);
    slg_side_unregister(e->rt, &e->p->validation, e->validation);
    slg_side_unregister(e->rt, &e->p->rest, e->rest);
    slg_rt_wait(e->rt);
    for (int32_t k = 0; k < SLG_MAX_PARTS; k++)
        slg_free(e->piece[k]);
    slg_free(e);
}
