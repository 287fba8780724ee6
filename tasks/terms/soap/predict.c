/* Energies, forces and virials of environments. */
#include "runtime/base/arena.h"
#include "tasks/terms/soap/internal.h"

#include <cblas.h>
#include <string.h>

/* Environments whose descriptors share one matrix product. The panel makes dot products a dgemm (Q streams from memory
   once per panel, not once per environment); what it costs is a second soap_turbo pass, because the workspace that the
   reverse pass needs holds one environment only. */
enum { PANEL = 32 };

typedef struct predict_work {
    double *v, *t, *dt, *y, *f; /* [PANEL][d], [PANEL][m], [PANEL][m], [PANEL][d], [3*max_pair] */
    void *soap;
} predict_work;

static size_t carve(const slg_soap_plan *plan, size_t m, size_t max_pair, void *work, predict_work *w)
{
    slg_arena a = {.base = work};
    w->v = slg_arena_take(&a, PANEL * plan->length, sizeof *w->v);
    w->t = slg_arena_take(&a, PANEL * m, sizeof *w->t);
    w->dt = slg_arena_take(&a, PANEL * m, sizeof *w->dt);
    w->y = slg_arena_take(&a, PANEL * plan->length, sizeof *w->y);
    w->f = slg_arena_take(&a, 3 * max_pair, sizeof *w->f);
    w->soap = slg_arena_take(&a, slg_soap_work_bytes(plan, max_pair), 1);
    return a.used;
}

size_t slg_soap_predict_work_bytes(const slg_soap_plan *plan, size_t m, size_t max_pair)
{
    predict_work none;
    return carve(plan, m, max_pair, NULL, &none);
}

/** What stays the same during a call. */
typedef struct predictor {
    const slg_part *part;
    const slg_soap_plan *plan;
    const slg_geom *geom;
    double delta;
    const double *alpha;
    bool derivatives;
    const slg_prediction *p;
    predict_work w;
    size_t n, env[PANEL], frame[PANEL]; /* the open panel */
} predictor;

/* T = V Q^T and its powers; energies; Y = (delta^2 zeta T^(zeta-1) alpha) Q. */
static void kernel_panel(const predictor *a, double *e)
{
    const slg_part *part = a->part;
    const predict_work *w = &a->w;
    const int n = (int)a->n, m = (int)part->m, d = (int)part->d;
    const double delta2 = a->delta * a->delta;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, m, d, 1, w->v, d, part->q, d, 0, w->t, m);
    slg_kernel_power(a->n * part->m, a->plan->zeta, w->t, a->derivatives ? w->dt : NULL);
    for (size_t i = 0; i < a->n; i++) {
        const double *t = w->t + i * part->m;
        double sum = 0;
        for (size_t s = 0; s < part->m; s++)
            sum += a->alpha[s] * t[s];
        e[i] = delta2 * sum;
    }
    if (!a->derivatives)
        return;
    for (size_t i = 0; i < a->n; i++) {
        double *dt = w->dt + i * part->m;
        for (size_t s = 0; s < part->m; s++)
            dt[s] *= delta2 * a->alpha[s];
    }
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, d, m, 1, w->dt, m, part->q, d, 0, w->y, d);
}

/* `base` is the atom that force[0..2] belongs to. Forces fold images on their atom; the centre takes minus the sum of
   its neighbours (spec soap_turbo section 13). */
static void scatter(const slg_geom *geom, size_t env, const double *f, size_t base, double *force, double *virial)
{
    const size_t p0 = geom->pair_first[env], n = geom->pair_first[env + 1] - p0;
    double centre[3] = {0, 0, 0};
    for (size_t j = 0; j < n; j++) {
        const size_t p = p0 + j;
        const double x = geom->pair_x[p], y = geom->pair_y[p], z = geom->pair_z[p];
        const double fx = f[3 * j], fy = f[3 * j + 1], fz = f[3 * j + 2];
        double *at = force + 3 * ((size_t)geom->pair_env[p] - base);
        at[0] -= fx, at[1] -= fy, at[2] -= fz;
        centre[0] += fx, centre[1] += fy, centre[2] += fz;
        virial[0] -= x * fx;
        virial[1] -= 0.5 * (x * fy + y * fx);
        virial[2] -= 0.5 * (x * fz + z * fx);
        virial[3] -= y * fy;
        virial[4] -= 0.5 * (y * fz + z * fy);
        virial[5] -= z * fz;
    }
    for (int c = 0; c < 3; c++)
        force[3 * (env - base) + (size_t)c] += centre[c];
}

static slg_status flush(predictor *a)
{
    double e[PANEL];
    const slg_geom *geom = a->geom;
    kernel_panel(a, e);
    for (size_t i = 0; i < a->n; i++) {
        const size_t env = a->env[i], frame = a->frame[i] - a->p->frame0, d = a->part->d;
        double *v = a->w.v + i * d;
        a->p->energy[frame] += e[i];
        if (!a->derivatives)
            continue;
        slg_status st = slg_soap_prepare(a->plan, geom, env, v, a->w.soap);
        if (st != SLG_OK)
            return st;
        slg_soap_reverse(a->plan, geom, env, v, a->w.y + i * d, a->w.f, a->w.soap);
        scatter(geom, env, a->w.f, geom->frame_first[a->p->frame0], a->p->force, a->p->virial + 6 * frame);
    }
    a->n = 0;
    return SLG_OK;
}

slg_status slg_soap_predict(const slg_part *part, const slg_geom *geom, size_t env0, size_t env1, double delta,
                            const double *alpha, bool derivatives, const slg_prediction *p, void *work)
{
    predictor a = {.part = part,
                   .plan = part->plan,
                   .geom = geom,
                   .delta = delta,
                   .alpha = alpha,
                   .derivatives = derivatives,
                   .p = p};
    carve(a.plan, part->m, geom->max_pair, work, &a.w);
    size_t frame = p->frame0;
    for (size_t env = env0; env < env1; env++) {
        while (env >= geom->frame_first[frame + 1])
            frame++;
        if (geom->species[env] != (int32_t)a.plan->central)
            continue;
        slg_status st = slg_soap_descriptor(a.plan, geom, env, a.w.v + a.n * part->d, a.w.soap);
        if (st != SLG_OK)
            return st;
        a.env[a.n] = env;
        a.frame[a.n++] = frame;
        if (a.n == PANEL && (st = flush(&a)) != SLG_OK)
            return st;
    }
    return a.n ? flush(&a) : SLG_OK;
}
