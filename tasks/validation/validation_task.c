#include "tasks/validation/validation_task.h"

#include "runtime/base/arena.h"
#include "tasks/fit/fit.h"
#include <math.h>
#include <string.h>

enum { MAX_USE = 2 * SLG_MAX_PARTS + 4 };

size_t slg_prediction_bytes(const slg_geom *geom)
{
    return (7 * geom->n_frame + 3 * geom->n_env) * sizeof(double);
}

static slg_prediction prediction(const slg_geom *geom, double *x)
{
    return (slg_prediction){0, geom->n_frame, x, x + geom->n_frame, x + geom->n_frame + 3 * geom->n_env};
}

/* --- validation ----------------------------------------------------------------------------------------------- */

/* Blocks: prediction, coefficients, neighbourhoods, plans, sparse sets. */
struct validation_args {
    const slg_batch_use *batch;
    const slg_model *model;
    size_t env0, env1;
    bool derivatives, first;
};

static slg_status validation_cpu(const slg_task *t)
{
    const struct validation_args *a = t->arg;
    const slg_model *model = a->model;
    const slg_geom geom = slg_geom_view(t->buf[2]);
    const double *alpha = slg_coef_alpha(model, t->buf[1]), *delta = slg_coef_delta(model, t->buf[1]);
    slg_part part[SLG_MAX_PARTS];
    slg_model_parts(model, t->buf, 3, part);
    if (a->first)
        memset(t->buf[0], 0, slg_prediction_bytes(&geom));
    const slg_prediction p = prediction(&geom, t->buf[0]);
    for (size_t b = 0; b < model->n_part; b++) {
        slg_status st = part[b].term->predict(&part[b], &geom, a->env0, a->env1, delta[b], alpha + model->col0[b],
                                              a->derivatives, &p, t->scratch);
        if (st != SLG_OK)
            return slg_task_fail(
                t, st, 0, (double[SLG_N_WHERE]){(double)(geom.origin + a->env0), (double)(geom.origin + a->env1 - 1)});
    }
    return SLG_OK;
}

static void validation_cost(const void *arg, void *const *buf, slg_cost *out)
{
    const struct validation_args *a = arg;
    slg_part part[SLG_MAX_PARTS];
    slg_model_parts(a->model, buf, 3, part);
    for (size_t b = 0; b < a->model->n_part; b++) {
        const slg_term_work work = {.what = SLG_WORK_PREDICT,
                                    .plan = part[b].plan,
                                    .geom = &a->batch->geom,
                                    .env0 = a->env0,
                                    .env1 = a->env1,
                                    .m = part[b].m,
                                    .derivatives = a->derivatives};
        slg_cost_add(out, a->model->def[b], &work);
    }
}

static const slg_kind validation_kind = {.name = "validation",
                                         .cpu = validation_cpu,
                                         .cost = validation_cost,
                                         .reason =
                                             (const char *const[]){"prediction of environments {0} to {1}: {status}"},
                                         .n_reason = 1};

slg_status slg_submit_validation(slg_rt *rt, const slg_place *at, const slg_batch_use *batch, size_t env0, size_t env1,
                                 const slg_model *model, slg_block *coef, bool derivatives, bool first, slg_block *p,
                                 slg_error *err)
{
    struct validation_args a = {batch, model, env0, env1, derivatives, first};
    slg_use use[MAX_USE] = {{p, first ? SLG_W : SLG_RW}, {coef, SLG_R}, {batch->geom_block, SLG_R}};
    size_t n = slg_use_model(use, 3, model, false);
    slg_insertion in = slg_insertion_at(&validation_kind, at, use, n, &a, sizeof a);
    return slg_rt_insert(rt, &in, err);
}

/* --- errors --------------------------------------------------------------------------------------------------- */

/* Blocks: prediction, neighbourhoods, rows, sums. */
struct errors_args {
    const slg_batch_use *batch;
    size_t n_group;
};

/* Room for the reference values of a batch; its bytes. */
static size_t carve(const slg_geom *g, void *work, slg_reference *ref)
{
    slg_arena a = {.base = work};
    *ref = (slg_reference){.energy = slg_arena_take(&a, g->n_frame, sizeof(double))};
    ref->force = slg_arena_take(&a, 3 * g->n_env, sizeof(double));
    ref->virial = slg_arena_take(&a, 6 * g->n_frame, sizeof(double));
    ref->has_energy = slg_arena_take(&a, g->n_frame, 1);
    ref->has_force = slg_arena_take(&a, g->n_frame, 1);
    ref->has_virial = slg_arena_take(&a, g->n_frame, 1);
    return a.used;
}

/* n reference values from targets, which have their sign. */
static unsigned char copy(const slg_rows *rows, int64_t first, size_t n, double sign, const double *out)
{
    for (size_t i = 0; first >= 0 && i < n; i++)
        ((double *)(uintptr_t)out)[i] = sign * rows->y[(size_t)first + i];
    return first >= 0;
}

static slg_reference reference_of(const slg_geom *g, const slg_rows *rows, void *work)
{
    slg_reference ref;
    carve(g, work, &ref);
    ref.group = rows->group;
    unsigned char *has[] = {(unsigned char *)(uintptr_t)ref.has_energy, (unsigned char *)(uintptr_t)ref.has_force,
                            (unsigned char *)(uintptr_t)ref.has_virial};
    for (size_t f = 0; f < g->n_frame; f++) {
        const size_t a0 = g->frame_first[f], n = g->frame_first[f + 1] - a0;
        has[0][f] = copy(rows, rows->energy[f], 1, 1, ref.energy + f);
        has[1][f] = copy(rows, rows->force[f], 3 * n, -1, ref.force + 3 * a0);
        has[2][f] = copy(rows, rows->virial[f], 6, -1, ref.virial + 6 * f);
    }
    return ref;
}

static slg_status errors_cpu(const slg_task *t)
{
    const struct errors_args *a = t->arg;
    const slg_geom geom = slg_geom_view(t->buf[1]);
    const slg_rows rows = slg_rows_view(t->buf[2]);
    const slg_reference ref = reference_of(&geom, &rows, t->scratch);
    const slg_prediction p = prediction(&geom, t->buf[0]);
    memset(t->buf[3], 0, a->n_group * sizeof(slg_errors));
    if (slg_errors_add(&geom, &ref, &p, t->buf[3]) != SLG_OK)
        return slg_task_fail(t, SLG_ERR_NOT_FINITE, 0, NULL);
    return SLG_OK;
}

static void errors_cost(const void *arg, void *const *buf, slg_cost *out)
{
    const struct errors_args *a = arg;
    slg_reference none;
    (void)buf;
    out->flops = 6 * (double)a->batch->geom.n_env;
    out->scratch = carve(&a->batch->geom, NULL, &none);
}

static const slg_kind errors_kind = {.name = "errors",
                                     .cpu = errors_cpu,
                                     .cost = errors_cost,
                                     .reason = (const char *const[]){"a prediction is not finite"},
                                     .n_reason = 1};

slg_status slg_submit_errors(slg_rt *rt, const slg_place *at, const slg_batch_use *batch, size_t n_group, slg_block *p,
                             slg_block *sum, slg_error *err)
{
    struct errors_args a = {batch, n_group};
    slg_use use[] = {{p, SLG_R}, {batch->geom_block, SLG_R}, {batch->rows_block, SLG_R}, {sum, SLG_W}};
    slg_insertion in = slg_insertion_at(&errors_kind, at, use, 4, &a, sizeof a);
    return slg_rt_insert(rt, &in, err);
}

/* --- merge-errors --------------------------------------------------------------------------------------------- */

static slg_status merge_cpu(const slg_task *t)
{
    const size_t *n_group = t->arg;
    slg_errors *out = t->buf[t->n_buf - 1];
    memset(out, 0, *n_group * sizeof *out);
    for (size_t i = 0; i + 1 < t->n_buf; i++)
        for (size_t g = 0; g < *n_group; g++)
            slg_errors_merge(&out[g], (const slg_errors *)t->buf[i] + g);
    return SLG_OK;
}

static const slg_kind merge_kind = {.name = "merge-errors", .cpu = merge_cpu};

slg_status slg_submit_merge_errors(slg_rt *rt, const slg_place *at, size_t n_group, size_t n_part,
                                   slg_block *const *part, slg_block *out, slg_error *err)
{
    return slg_submit_gather(rt, at, &merge_kind, &n_group, sizeof n_group, n_part, part, out, err);
}

/* --- residual ------------------------------------------------------------------------------------------------- */

/* Blocks: gram, coefficients, errors. */
struct residual_args {
    size_t m, n_class;
    int32_t quantity[]; /* [n_class] */
};

static slg_status residual_cpu(const slg_task *t)
{
    const struct residual_args *a = t->arg;
    double *gram = t->buf[0];
    slg_errors *out = t->buf[2];
    memset(out, 0, sizeof *out);
    for (int q = 0; q < SLG_N_QUANTITY; q++)
        out->q[q].abs = (double)NAN;
    for (size_t c = 0; c < a->n_class; c++) {
        const double sq = a->quantity[c] < 0 ? 0 : slg_fit_residual(gram, a->m, c, t->buf[1]);
        if (!isfinite(sq))
            return slg_task_fail(t, SLG_ERR_NOT_FINITE, 0, NULL);
        if (a->quantity[c] >= 0) {
            out->q[a->quantity[c]].n += slg_gram_t(gram, a->m, c)[1];
            out->q[a->quantity[c]].sq += sq;
        }
    }
    return SLG_OK;
}

static void residual_cost(const void *arg, void *const *buf, slg_cost *out)
{
    const struct residual_args *a = arg;
    (void)buf;
    for (size_t c = 0; c < a->n_class; c++)
        out->flops += a->quantity[c] < 0 ? 0 : 2 * (double)a->m * (double)a->m;
}

static const slg_kind residual_kind = {.name = "residual",
                                       .cpu = residual_cpu,
                                       .cost = residual_cost,
                                       .reason = (const char *const[]){"a validation error is not finite"},
                                       .n_reason = 1};

slg_status slg_submit_residual(slg_rt *rt, const slg_place *at, const slg_model *model, size_t n_class,
                               const int32_t *quantity, slg_block *coef, slg_block *gram, slg_block *out,
                               slg_error *err)
{
    union {
        struct residual_args a;
        char room[sizeof(struct residual_args) + SLG_MAX_CLASS * sizeof(int32_t)];
    } arg;
    SLG_ASSERT(n_class <= SLG_MAX_CLASS);
    arg.a = (struct residual_args){model->m_total, n_class};
    memcpy(arg.a.quantity, quantity, n_class * sizeof *quantity);
    slg_use use[] = {{gram, SLG_R}, {coef, SLG_R}, {out, SLG_W}};
    slg_insertion in = slg_insertion_at(&residual_kind, at, use, 3, &arg.a, sizeof arg.a + n_class * sizeof *quantity);
    return slg_rt_insert(rt, &in, err);
}
