#include "tasks/terms/term_task.h"

#include "runtime/base/alloc.h"

void slg_cost_add(slg_cost *cost, const slg_term_def *def, const slg_term_work *work)
{
    double flops = 0;
    size_t scratch = 0;
    def->term->cost(def, work, &flops, &scratch);
    cost->flops += flops;
    cost->scratch = scratch > cost->scratch ? scratch : cost->scratch;
}

/* --- plan ----------------------------------------------------------------------------------------------------- */

static slg_status plan_cpu(const slg_task *t)
{
    const slg_term_def *def = *(const slg_term_def *const *)t->arg;
    size_t where = 0;
    slg_status st = def->term->plan(def, t->buf[0], &where);
    return st == SLG_OK ? st : slg_task_fail(t, st, 0, (double[SLG_N_WHERE]){(double)where});
}

static void plan_cost(const void *arg, void *const *buf, slg_cost *out)
{
    const slg_term_def *def = *(const slg_term_def *const *)arg;
    (void)buf;
    def->term->cost(def, &(slg_term_work){.what = SLG_WORK_PLAN}, &out->flops, &out->scratch);
}

static const slg_kind plan_kind = {
    .name = "plan",
    .cpu = plan_cpu,
    .cost = plan_cost,
    .reason = (const char *const[]){"tables of channel {0}: expected finite numbers, found others"},
    .n_reason = 1};

slg_status slg_submit_plan(slg_rt *rt, const slg_place *at, const slg_term_def *def, slg_block *plan, slg_error *err)
{
    slg_use use[] = {{plan, SLG_W}};
    slg_insertion in = slg_insertion_at(&plan_kind, at, use, 1, &def, sizeof def);
    return slg_rt_insert(rt, &in, err);
}

/* --- descriptor ----------------------------------------------------------------------------------------------- */

/* Blocks: plan, v, then the neighbourhoods of each piece. */
struct descriptor_args {
    const slg_term_def *def;
    const slg_piece *piece;
    size_t n_piece, d;
    int32_t part, n_channel;
};

static size_t count_instances(const struct descriptor_args *a, const slg_geom *g, const slg_piece *p)
{
    size_t n = 0;
    for (size_t env = p->env0; env < p->env1; env++)
        n += a->def->term->instances(a->part, a->n_channel, g, env);
    return n;
}

static slg_status descriptor_cpu(const slg_task *t)
{
    const struct descriptor_args *a = t->arg;
    double *v = t->buf[1];
    for (size_t i = 0; i < a->n_piece; i++) {
        const slg_piece *p = &a->piece[i];
        const slg_geom g = slg_geom_view(t->buf[2 + i]);
        size_t where = 0;
        slg_status st = a->def->term->descriptor(t->buf[0], &g, p->env0, p->env1, v, &where, t->scratch);
        if (st != SLG_OK)
            return slg_task_fail(t, st, 0, (double[SLG_N_WHERE]){(double)(g.origin + where)});
        v += a->d * count_instances(a, &g, p);
    }
    return SLG_OK;
}

static void descriptor_cost(const void *arg, void *const *buf, slg_cost *out)
{
    const struct descriptor_args *a = arg;
    for (size_t i = 0; i < a->n_piece; i++) {
        const slg_piece *p = &a->piece[i];
        const slg_term_work work = {.what = SLG_WORK_DESCRIPTOR,
                                    .plan = buf ? buf[0] : NULL,
                                    .geom = &p->batch->geom,
                                    .env0 = p->env0,
                                    .env1 = p->env1};
        slg_cost_add(out, a->def, &work);
    }
}

static const slg_kind descriptor_kind = {.name = "descriptor",
                                         .cpu = descriptor_cpu,
                                         .cost = descriptor_cost,
                                         .reason = (const char *const[]){"descriptor of environment {0} is not finite"},
                                         .n_reason = 1};

slg_status slg_submit_descriptor(slg_rt *rt, const slg_place *at, const slg_term_def *def, int32_t part,
                                 int32_t n_channel, const slg_piece *piece, size_t n_piece, slg_block *plan,
                                 slg_block *v, slg_error *err)
{
    struct descriptor_args a = {def, piece, n_piece, slg_term_length(def), part, n_channel};
    slg_use *use = slg_calloc(n_piece + 2, sizeof *use);
    if (!use)
        return slg_fail_nomem(err, "descriptors");
    use[0] = (slg_use){plan, SLG_R};
    use[1] = (slg_use){v, SLG_W};
    for (size_t i = 0; i < n_piece; i++)
        use[2 + i] = (slg_use){piece[i].batch->geom_block, SLG_R};
    slg_insertion in = slg_insertion_at(&descriptor_kind, at, use, n_piece + 2, &a, sizeof a);
    slg_status st = slg_rt_insert(rt, &in, err);
    slg_free(use);
    return st;
}
