#include "src/evaluation/memory.h"
#include "runtime/base/alloc.h"
#include "runtime/engine/schedule.h"

/* What StarPU and the engine keep for a task and for a block (measured: StarPU 1.3.10 with a trace). */
static const double task_bytes = 2e3, block_bytes = 4.2e3;

/* --- the graph of a crowd ------------------------------------------------------------------------------------- */

static slg_status submit_particle(slg_flight *f, const slg_flight *base, int32_t particle, slg_error *err)
{
    slg_outcome out = slg_outcome_empty();
    f->at = (slg_place){0, particle, -1, slg_flight_priority((size_t)particle), NULL, NULL};
    return slg_flight_submit(f, base, &out, err);
}

static slg_status submit_base(slg_flight *base, slg_error *err)
{
    base->at = (slg_place){-1, -1, -1, 0, NULL, NULL};
    slg_status st = slg_flight_build_base(base, err);
    if (st != SLG_STOPPED) /* what the recorder says of every result */
        return st;
    slg_error_clear(err);
    return SLG_OK;
}

/* What the recorder says of every result is no failure. */
static slg_status submit_whole(slg_flight *f, slg_error *err)
{
    slg_potential *none = NULL;
    if (f->e->p->cfg->strategy == 3)
        f->needs |= SLG_NEED_NESTED;
    f->at = (slg_place){-1, -1, -1, 0, NULL, NULL};
    slg_status st = slg_flight_whole(f, &none, err);
    if (st != SLG_STOPPED)
        return st;
    slg_error_clear(err);
    return SLG_OK;
}

static slg_status submit_crowd(slg_evaluator *e, const slg_hp_set *hp, const slg_crowd *crowd, size_t n,
                               slg_flight *flight, slg_footprint *out, slg_error *err)
{
    slg_flight *base = &flight[n];
    slg_status st = SLG_OK;
    *base = (slg_flight){.e = e, .hp = *hp};
    if (crowd->on_base)
        st = submit_base(base, err);
    const slg_rt_account before = slg_rt_account_of(e->rt);
    for (size_t i = 0; st == SLG_OK && i < n; i++) {
        flight[i] = (slg_flight){.e = e, .needs = crowd->needs, .objective = e->p->cfg->objective, .hp = *hp};
        const slg_flight *on = crowd->on_base && slg_base_serves(crowd->needs) ? base : NULL;
        st = crowd->whole ? submit_whole(&flight[i], err) : submit_particle(&flight[i], on, (int32_t)i, err);
    }
    const slg_rt_account after = slg_rt_account_of(e->rt);
    const double together = (double)(n < crowd->window ? n : crowd->window) / (double)n;
    out->flops = (after.flops - before.flops) / (double)n;
    out->scratch = (double)after.scratch;
    out->overhead = (double)before.n_task * task_bytes + (double)before.n_block * block_bytes +
                    together * ((double)(after.n_task - before.n_task) * task_bytes +
                                (double)(after.n_block - before.n_block) * block_bytes);
    return st;
}

static slg_status record(slg_evaluator *e, const slg_hp_set *hp, const slg_crowd *crowd, slg_footprint *out,
                         slg_error *err)
{
    /* As many again as are in flight at once show what happens when the first ones end. */
    const size_t n = crowd->particles < 2 * crowd->window ? crowd->particles : 2 * crowd->window;
    slg_graph g;
    slg_schedule s;
    slg_flight *flight = slg_calloc(n + 1, sizeof *flight);
    if (!flight)
        return slg_fail_nomem(err, "prediction of memory");
    slg_status st = submit_crowd(e, hp, crowd, n, flight, out, err);
    if (st == SLG_OK)
        st = slg_rt_graph(e->rt, &g, err);
    if (st == SLG_OK)
        st = slg_schedule_graph(&g, crowd->workers, crowd->window, &s, err);
    if (st == SLG_OK)
        out->blocks = s.bytes;
    for (size_t i = 0; i <= n; i++)
        if (flight[i].e)
            slg_flight_release(&flight[i]);
    slg_free(flight);
    return st;
}

slg_status slg_footprint_at(const slg_problem *p, const slg_hp_set *hp, const slg_crowd *crowd, slg_footprint *out,
                            slg_error *err)
{
    const slg_rt_options opt = {.backend = SLG_RT_RECORD};
    slg_rt *rt = NULL;
    slg_evaluator *e = NULL;
    *out = (slg_footprint){0};
    slg_status st = slg_rt_start(&opt, &rt, err);
    if (st == SLG_OK)
        st = slg_evaluator_create(p, rt, crowd->workers, &e, err);
    if (st == SLG_OK)
        st = record(e, hp, crowd, out, err);
    slg_evaluator_free(&e);
    slg_rt_stop(&rt);
    return st;
}
