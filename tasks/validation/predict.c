#include "tasks/validation/validation.h"

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

static size_t round64(size_t bytes)
{
    return (bytes + 63) & ~(size_t)63;
}

static size_t carve(const slg_fit_block *block, size_t max_pair, void *work, predict_work *w)
{
    const size_t bytes[] = {PANEL * block->d * sizeof(double), PANEL * block->m * sizeof(double),
                            PANEL * block->m * sizeof(double), PANEL * block->d * sizeof(double),
                            3 * max_pair * sizeof(double),     slg_soap_work_bytes(block->plan, max_pair)};
    size_t at[sizeof bytes / sizeof *bytes], total = 0;
    for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
        at[i] = total;
        total += round64(bytes[i]);
    }
    if (w) {
        char *base = work;
        *w = (predict_work){.v = (double *)(void *)(base + at[0]),
                            .t = (double *)(void *)(base + at[1]),
                            .dt = (double *)(void *)(base + at[2]),
                            .y = (double *)(void *)(base + at[3]),
                            .f = (double *)(void *)(base + at[4]),
                            .soap = base + at[5]};
    }
    return total;
}

size_t slg_predict_work_bytes(const slg_fit_block *block, size_t max_pair)
{
    return carve(block, max_pair, NULL, NULL);
}

/* T = V Q^T and its powers; energies; Y = (delta^2 zeta T^(zeta-1) alpha) Q. */
static void kernel_panel(const slg_fit_block *block, double delta, const double *alpha, size_t n, const predict_work *w,
                         int derivatives, double *e)
{
    const int m = (int)block->m, d = (int)block->d;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)n, m, d, 1, w->v, d, block->q, d, 0, w->t, m);
    slg_kernel_power(n * block->m, block->zeta, w->t, derivatives ? w->dt : NULL);
    for (size_t i = 0; i < n; i++) {
        const double *t = w->t + i * block->m;
        double sum = 0;
        for (size_t s = 0; s < block->m; s++)
            sum += alpha[s] * t[s];
        e[i] = delta * delta * sum;
    }
    if (!derivatives)
        return;
    for (size_t i = 0; i < n; i++) {
        double *dt = w->dt + i * block->m;
        for (size_t s = 0; s < block->m; s++)
            dt[s] *= delta * delta * alpha[s];
    }
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)n, d, m, 1, w->dt, m, block->q, d, 0, w->y, d);
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

typedef struct panel {
    size_t n, env[PANEL], frame[PANEL];
} panel;

static slg_status flush(const slg_geom *geom, const slg_fit_block *block, double delta, const double *alpha,
                        int derivatives, const slg_prediction *p, const predict_work *w, panel *a)
{
    double e[PANEL];
    kernel_panel(block, delta, alpha, a->n, w, derivatives, e);
    for (size_t i = 0; i < a->n; i++) {
        const size_t frame = a->frame[i] - p->frame0;
        double *v = w->v + i * block->d;
        p->energy[frame] += e[i];
        if (!derivatives)
            continue;
        slg_status st = slg_soap_prepare(block->plan, geom, a->env[i], v, w->soap);
        if (st != SLG_OK)
            return st;
        slg_soap_reverse(block->plan, geom, a->env[i], v, w->y + i * block->d, w->f, w->soap);
        scatter(geom, a->env[i], w->f, geom->frame_first[p->frame0], p->force, p->virial + 6 * frame);
    }
    a->n = 0;
    return SLG_OK;
}

slg_status slg_predict(const slg_geom *geom, size_t env0, size_t env1, const slg_fit_block *block, double delta,
                       const double *alpha, int derivatives, const slg_prediction *p, void *work)
{
    predict_work w;
    carve(block, geom->max_pair, work, &w);
    panel a = {.n = 0};
    size_t frame = p->frame0;
    for (size_t env = env0; env < env1; env++) {
        while (env >= geom->frame_first[frame + 1])
            frame++;
        if (geom->species[env] != block->central)
            continue;
        slg_status st = slg_soap_descriptor(block->plan, geom, env, w.v + a.n * block->d, w.soap);
        if (st != SLG_OK)
            return st;
        a.env[a.n] = env;
        a.frame[a.n++] = frame;
        if (a.n == PANEL && (st = flush(geom, block, delta, alpha, derivatives, p, &w, &a)) != SLG_OK)
            return st;
    }
    return a.n ? flush(geom, block, delta, alpha, derivatives, p, &w, &a) : SLG_OK;
}

double slg_predict_flops(const slg_geom *geom, size_t env0, size_t env1, const slg_fit_block *block, int derivatives)
{
    double flops = 0, kernel = 2.0 * (double)block->m * (double)block->d;
    for (size_t env = env0; env < env1; env++) {
        if (geom->species[env] != block->central)
            continue;
        const size_t n_pair = geom->pair_first[env + 1] - geom->pair_first[env];
        flops += slg_soap_flops(block->plan, n_pair) + kernel;
        if (derivatives)
            flops += slg_soap_flops_reverse(block->plan, n_pair) + kernel + 12.0 * (double)n_pair;
    }
    return flops;
}
