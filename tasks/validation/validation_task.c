#include "tasks/validation/validation_task.h"
#include "runtime/base/alloc.h"

#include <math.h>
#include <string.h>

enum { MAX_USE = 2 * SLG_MAX_BLOCKS + 4 };

static size_t env_count(const slg_geom *geom, slg_frames f)
{
    return geom->frame_first[f.frame0 + f.n_frame] - geom->frame_first[f.frame0];
}

size_t slg_prediction_bytes(const slg_geom *geom, slg_frames f)
{
    return (7 * f.n_frame + 3 * env_count(geom, f)) * sizeof(double);
}

static slg_prediction prediction(const slg_geom *geom, slg_frames f, double *x)
{
    return (slg_prediction){f.frame0, f.n_frame, x, x + f.n_frame, x + f.n_frame + 3 * env_count(geom, f)};
}

struct predict_args {
    const slg_geom *geom;
    slg_frames f;
    size_t env0, env1;
    bool derivatives, first;
    slg_model model;
};

static slg_status predict_cpu(const slg_task *t)
{
    const struct predict_args *a = t->arg;
    const slg_model *model = &a->model;
    slg_fit_block block[SLG_MAX_BLOCKS];
    slg_model_blocks(model, t->buf, 2, block);
    const double *alpha = (const double *)t->buf[1] + model->m_total;
    if (a->first)
        memset(t->buf[0], 0, slg_prediction_bytes(a->geom, a->f));
    slg_prediction p = prediction(a->geom, a->f, t->buf[0]);
    double flops = 0;
    for (size_t b = 0; b < model->n_block; b++) {
        void *work = slg_task_scratch(t, slg_predict_work_bytes(&block[b], a->geom->max_pair));
        if (!work)
            return slg_task_fail(t, SLG_ERR_NOMEM, "no memory for predictions");
        slg_status st = slg_predict(a->geom, a->env0, a->env1, &block[b], model->delta[b], alpha + model->col0[b],
                                    a->derivatives, &p, work);
        if (st != SLG_OK)
            return slg_task_fail(t, st, "prediction of environments %zu to %zu: %s", a->env0, a->env1 - 1,
                                 slg_status_text(st));
        flops += slg_predict_flops(a->geom, a->env0, a->env1, &block[b], a->derivatives);
    }
    slg_task_work(t, flops);
    return SLG_OK;
}

static const slg_kind predict_kind = {.name = "validation", .cpu = predict_cpu};

slg_status slg_submit_predict(slg_rt *rt, const slg_place *at, const slg_geom *geom, slg_frames f, size_t env0,
                              size_t env1, const slg_model *model, bool derivatives, bool first, double flops,
                              slg_block *p, slg_error *err)
{
    struct predict_args a = {geom, f, env0, env1, derivatives, first, *model};
    slg_use use[MAX_USE] = {{p, first ? SLG_W : SLG_RW}, {model->coef, SLG_R}};
    size_t n = slg_use_model(use, 2, model, false);
    slg_insertion in = slg_insertion_at(&predict_kind, at, use, n, &a, sizeof a, flops);
    return slg_rt_insert(rt, &in, err);
}

struct errors_args {
    const slg_geom *geom;
    const slg_reference *ref;
    slg_frames f;
    size_t n_group;
};

static slg_status errors_cpu(const slg_task *t)
{
    const struct errors_args *a = t->arg;
    memset(t->buf[1], 0, a->n_group * sizeof(slg_errors));
    slg_prediction p = prediction(a->geom, a->f, t->buf[0]);
    if (slg_errors_add(a->geom, a->ref, &p, t->buf[1]) != SLG_OK)
        return slg_task_fail(t, SLG_ERR_NOT_FINITE, "a prediction is not finite");
    return SLG_OK;
}

static const slg_kind errors_kind = {.name = "errors", .cpu = errors_cpu};

slg_status slg_submit_errors(slg_rt *rt, const slg_place *at, const slg_geom *geom, const slg_reference *ref,
                             slg_frames f, size_t n_group, slg_block *p, slg_block *sum, slg_error *err)
{
    struct errors_args a = {geom, ref, f, n_group};
    slg_use use[] = {{p, SLG_R}, {sum, SLG_W}};
    slg_insertion in = slg_insertion_at(&errors_kind, at, use, 2, &a, sizeof a, 6 * (double)env_count(geom, f));
    return slg_rt_insert(rt, &in, err);
}

static slg_status merge_cpu(const slg_task *t)
{
    const size_t *n_group = t->arg;
    slg_task_work(t, 0); /* sums of a few numbers */
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
    slg_use *use = slg_calloc(n_part + 1, sizeof *use);
    if (!use)
        return slg_fail_nomem(err, "errors");
    for (size_t i = 0; i < n_part; i++)
        use[i] = (slg_use){part[i], SLG_R};
    use[n_part] = (slg_use){out, SLG_W};
    slg_insertion in =
        slg_insertion_at(&merge_kind, at, use, n_part + 1, &n_group, sizeof n_group, (double)(n_part * n_group));
    slg_status st = slg_rt_insert(rt, &in, err);
    slg_free(use);
    return st;
}

static slg_status residual_cpu(const slg_task *t)
{
    const size_t *m = t->arg;
    double *gram = t->buf[0];
    slg_errors *out = t->buf[2];
    for (size_t c = 0; c < SLG_N_QUANTITY; c++) {
        double sq = slg_fit_residual(gram, *m, c, t->buf[1]);
        if (!isfinite(sq))
            return slg_task_fail(t, SLG_ERR_NOT_FINITE, "a validation error is not finite");
        out->q[c] = (slg_error_sum){.n = slg_gram_t(gram, *m, c)[1], .abs = (double)NAN, .sq = sq};
    }
    return SLG_OK;
}

static const slg_kind residual_kind = {.name = "residual", .cpu = residual_cpu};

slg_status slg_submit_residual(slg_rt *rt, const slg_place *at, const slg_model *model, slg_block *gram, slg_block *out,
                               slg_error *err)
{
    slg_use use[] = {{gram, SLG_R}, {model->coef, SLG_R}, {out, SLG_W}};
    double m = (double)model->m_total;
    slg_insertion in = slg_insertion_at(&residual_kind, at, use, 3, &model->m_total, sizeof model->m_total, 6 * m * m);
    return slg_rt_insert(rt, &in, err);
}
