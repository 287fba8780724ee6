/* Design rows of environments, see slg_rows. */
#include "runtime/base/arena.h"
#include "tasks/terms/soap/internal.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

/*
 * Rows of several environments are stacked until one product with the sparse points is worth its packing; columns are
 * taken in panels so that the product is still in the second-level cache when it is scattered (sizes: bench_fit).
 */
enum { STACK_ROWS = 256, STACK_ENVS = 256, PANEL = 128, N_VIRIAL = 6 };

/** One stacked environment: the descriptor, then virial rows, then 3 rows for each of n_atom atoms. */
typedef struct slg_stacked {
    size_t row, frame, centre; /* first row in the stack; frame in the batch; centre atom counted in its frame */
    size_t n_atom, atom0;      /* its atoms are atom[atom0 ..] */
    bool virial;
} slg_stacked;

typedef struct slg_stack {
    const slg_geom *geom;
    const slg_rows *rows;
    const slg_part *part;
    const slg_soap_plan *plan;
    size_t ldk;
    double *k;
    size_t n_env, n_row, n_atom;
    slg_stacked *env; /* [STACK_ENVS] */
    size_t *atom;     /* their environments */
    int32_t *slot;    /* [max_pair] */
    double *g;        /* [row capacity][d] */
    double *p;        /* [row capacity][PANEL] */
    double *dt;       /* [PANEL] */
    void *soap;
} slg_stack;

static size_t row_capacity(size_t max_pair)
{
    return STACK_ROWS + 1 + N_VIRIAL + 3 * max_pair;
}

static size_t atom_capacity(size_t max_pair)
{
    return STACK_ROWS / 3 + max_pair;
}

static size_t carve(const slg_soap_plan *plan, size_t max_pair, void *work, slg_stack *s)
{
    slg_arena a = {.base = work};
    const size_t rows = row_capacity(max_pair);
    s->g = slg_arena_take(&a, rows * plan->length, sizeof *s->g);
    s->p = slg_arena_take(&a, rows * PANEL, sizeof *s->p);
    s->dt = slg_arena_take(&a, PANEL, sizeof *s->dt);
    s->env = slg_arena_take(&a, STACK_ENVS, sizeof *s->env);
    s->atom = slg_arena_take(&a, atom_capacity(max_pair), sizeof *s->atom);
    s->slot = slg_arena_take(&a, max_pair, sizeof *s->slot);
    s->soap = slg_arena_take(&a, slg_soap_work_bytes(plan, max_pair), 1);
    return a.used;
}

size_t slg_soap_rows_work_bytes(const slg_soap_plan *plan, size_t max_pair)
{
    slg_stack none;
    return carve(plan, max_pair, NULL, &none);
}

/* ---- filling the stack ---- */

/** out [6][d] = sum over pairs of the symmetrised r_a dv/dr_b. */
static void sum_virial(const slg_geom *geom, size_t first, size_t n_pair, size_t d, const double *g, double *out)
{
    double *xx = out, *xy = out + d, *xz = out + 2 * d, *yy = out + 3 * d, *yz = out + 4 * d, *zz = out + 5 * d;
    memset(out, 0, N_VIRIAL * d * sizeof *out);
    for (size_t j = 0; j < n_pair; j++) {
        const double *gx = g + 3 * j * d, *gy = gx + d, *gz = gy + d;
        double x = geom->pair_x[first + j], y = geom->pair_y[first + j], z = geom->pair_z[first + j];
#pragma omp simd
        for (size_t i = 0; i < d; i++) {
            xx[i] += x * gx[i];
            xy[i] += 0.5 * (x * gy[i] + y * gx[i]);
            xz[i] += 0.5 * (x * gz[i] + z * gx[i]);
            yy[i] += y * gy[i];
            yz[i] += 0.5 * (y * gz[i] + z * gy[i]);
            zz[i] += z * gz[i];
        }
    }
}

static bool all_zero(size_t n, const double *x)
{
    for (size_t i = 0; i < n; i++)
        if (x[i] != 0)
            return false;
    return true;
}

/**
 * Sums in place the gradient rows of pairs that are images of one atom. Pairs of the centre itself cancel in forces,
 * pairs beyond the cutoff have zero gradients: both are dropped. atom: environments that are left; slot [n_near].
 */
static size_t merge_images(const slg_geom *geom, size_t env, size_t d, double *g, size_t *atom, int32_t *slot)
{
    const size_t first = geom->pair_first[env], near0 = geom->near_first[env];
    size_t n = 0;
    for (size_t i = 0; i < geom->near_first[env + 1] - near0; i++)
        slot[i] = -1;
    for (size_t p = first; p < geom->pair_first[env + 1]; p++) {
        const int32_t near = geom->pair_near[p];
        const double *from = g + 3 * (p - first) * d;
        if (near < 0 || all_zero(3 * d, from))
            continue;
        if (slot[near] < 0) {
            slot[near] = (int32_t)n;
            if (g + 3 * n * d != from)
                memcpy(g + 3 * n * d, from, 3 * d * sizeof *g);
            atom[n++] = (size_t)geom->near_env[near0 + (size_t)near];
        } else {
            double *to = g + 3 * (size_t)slot[near] * d;
            for (size_t i = 0; i < 3 * d; i++)
                to[i] += from[i];
        }
    }
    return n;
}

static slg_status push(slg_stack *s, size_t env, size_t frame)
{
    const slg_geom *geom = s->geom;
    const slg_rows *rows = s->rows;
    size_t d = s->part->d, first = geom->pair_first[env], n_pair = geom->pair_first[env + 1] - first;
    size_t first_atom = geom->frame_first[rows->frame0 + frame];
    bool force = rows->force[frame] >= 0, virial = rows->virial[frame] >= 0;
    slg_stacked e = {s->n_row, frame, env - first_atom, 0, s->n_atom, virial};
    double *v = s->g + s->n_row * d, *g = v + d + (virial ? N_VIRIAL * d : 0);
    slg_status st = force || virial ? slg_soap_prepare(s->plan, geom, env, v, s->soap)
                                    : slg_soap_descriptor(s->plan, geom, env, v, s->soap);
    if (st != SLG_OK)
        return st;
    if (force || virial)
        slg_soap_gradient(s->plan, geom, env, v, g, s->soap);
    if (virial)
        sum_virial(geom, first, n_pair, d, g, v + d);
    if (force)
        e.n_atom = merge_images(geom, env, d, g, s->atom + s->n_atom, s->slot);
    s->env[s->n_env++] = e;
    s->n_atom += e.n_atom;
    s->n_row += 1 + 3 * e.n_atom + (virial ? (size_t)N_VIRIAL : 0);
    return SLG_OK;
}

/* ---- emptying the stack ---- */

static void add_scaled(size_t n, const double *dt, const double *p, double *k)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        k[i] += dt[i] * p[i];
}

/** Three rows: the atom's get the derivative, the centre's lose it. */
static void add_force(size_t n, const double *dt, const double *p, double *atom, double *centre)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        double f = dt[i] * p[i];
        atom[i] += f;
        centre[i] -= f;
    }
}

/** Columns c .. c+n-1 of one environment's contributions, from its rows of the product. */
static void scatter(slg_stack *s, const slg_stacked *e, size_t c, size_t n)
{
    const slg_rows *rows = s->rows;
    double *p = s->p + e->row * PANEL, *k = s->k + s->part->col0 + c;
    int64_t energy = rows->energy[e->frame], force = rows->force[e->frame], virial = rows->virial[e->frame];
    const size_t first_atom = s->geom->frame_first[rows->frame0 + e->frame];
    slg_kernel_power(n, s->plan->zeta, p, s->dt);
    if (energy >= 0)
        for (size_t i = 0; i < n; i++)
            k[(size_t)energy * s->ldk + i] += p[i];
    p += PANEL;
    for (size_t r = 0; e->virial && r < N_VIRIAL; r++, p += PANEL)
        add_scaled(n, s->dt, p, k + ((size_t)virial + r) * s->ldk);
    for (size_t a = 0; a < e->n_atom; a++)
        for (size_t x = 0; x < 3; x++, p += PANEL)
            add_force(n, s->dt, p, k + ((size_t)force + 3 * (s->atom[e->atom0 + a] - first_atom) + x) * s->ldk,
                      k + ((size_t)force + 3 * e->centre + x) * s->ldk);
}

static void flush(slg_stack *s)
{
    int d = (int)s->part->d;
    for (size_t c = 0; c < s->part->m && s->n_row > 0; c += PANEL) {
        size_t n = s->part->m - c < PANEL ? s->part->m - c : PANEL;
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)s->n_row, (int)n, d, 1, s->g, d,
                    s->part->q + c * s->part->d, d, 0, s->p, PANEL);
        for (size_t e = 0; e < s->n_env; e++)
            scatter(s, &s->env[e], c, n);
    }
    s->n_env = s->n_row = s->n_atom = 0;
}

/* ---- the environments of a batch ---- */

static bool wanted(const slg_rows *rows, size_t frame)
{
    return rows->energy[frame] >= 0 || rows->force[frame] >= 0 || rows->virial[frame] >= 0;
}

slg_status slg_soap_rows(const slg_part *part, const slg_geom *geom, size_t env0, size_t env1, const slg_rows *rows,
                         size_t ldk, double *k, void *work)
{
    slg_stack s = {.geom = geom, .rows = rows, .part = part, .plan = part->plan, .ldk = ldk, .k = k};
    carve(s.plan, geom->max_pair, work, &s);
    for (size_t f = 0; f < rows->n_frame; f++) {
        const size_t *first = geom->frame_first + rows->frame0 + f;
        for (size_t e = first[0]; e < first[1] && wanted(rows, f); e++) {
            if (e < env0 || e >= env1 || geom->species[e] != (int32_t)s.plan->central)
                continue;
            slg_status st = push(&s, e, f);
            if (st != SLG_OK)
                return st;
            if (s.n_row >= STACK_ROWS || s.n_env == STACK_ENVS)
                flush(&s);
        }
    }
    flush(&s);
    return SLG_OK;
}
