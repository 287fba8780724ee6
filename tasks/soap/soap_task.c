#include "tasks/soap/soap_task.h"

static slg_status plan_cpu(const slg_task *t)
{
    slg_task_work(t, 0); /* not counted */
    return slg_soap_plan_build(t->arg, t->buf[0], t->why);
}

static const slg_kind plan_kind = {.name = "plan", .cpu = plan_cpu};

slg_status slg_submit_plan(slg_rt *rt, const slg_place *at, const slg_soap_hp *hp, slg_block *plan, slg_error *err)
{
    slg_use use[] = {{plan, SLG_W}};
    slg_insertion in = slg_insertion_at(&plan_kind, at, use, 1, hp, sizeof *hp, 1e7);
    return slg_rt_insert(rt, &in, err);
}

struct descriptor_args {
    const slg_geom *geom;
    const size_t *env;
    size_t n_env, d;
};

static slg_status descriptor_cpu(const slg_task *t)
{
    const struct descriptor_args *a = t->arg;
    const slg_soap_plan *plan = t->buf[0];
    double *v = t->buf[1];
    void *work = slg_task_scratch(t, slg_soap_work_bytes(plan, a->geom->max_pair));
    if (!work)
        return slg_task_fail(t, SLG_ERR_NOMEM, "no memory for the descriptor's workspace");
    double flops = 0;
    for (size_t i = 0; i < a->n_env; i++) {
        flops += slg_soap_flops(plan, a->geom->pair_first[a->env[i] + 1] - a->geom->pair_first[a->env[i]]);
        if (slg_soap_descriptor(plan, a->geom, a->env[i], v + i * a->d, work) != SLG_OK)
            return slg_task_fail(t, SLG_ERR_NOT_FINITE, "descriptor of environment %zu is not finite", a->env[i]);
    }
    slg_task_work(t, flops);
    return SLG_OK;
}

static const slg_kind descriptor_kind = {.name = "descriptor", .cpu = descriptor_cpu};

slg_status slg_submit_descriptor(slg_rt *rt, const slg_place *at, const slg_geom *geom, const size_t *env, size_t n_env,
                                 size_t d, double flops, slg_block *plan, slg_block *v, slg_error *err)
{
    struct descriptor_args a = {geom, env, n_env, d};
    slg_use use[] = {{plan, SLG_R}, {v, SLG_W}};
    slg_insertion in = slg_insertion_at(&descriptor_kind, at, use, 2, &a, sizeof a, flops);
    return slg_rt_insert(rt, &in, err);
}
