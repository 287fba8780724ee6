#include "tasks/fit/fit.h"

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
    const slg_fit_block *block;
    size_t ldk;
    double *k;
    size_t n_env, n_row, n_atom;
    slg_stacked *env; /* [STACK_ENVS] */
    size_t *atom;     /* atoms counted in their frame */
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

static size_t padded(size_t bytes)
{
    return (bytes + 63) / 64 * 64;
}

size_t slg_fit_rows_work_bytes(const slg_fit_block *block, size_t max_pair)
{
    size_t rows = row_capacity(max_pair);
    return padded(rows * block->d * sizeof(double)) + padded(rows * PANEL * sizeof(double)) +
           padded(PANEL * sizeof(double)) + padded(STACK_ENVS * sizeof(slg_stacked)) +
           padded(atom_capacity(max_pair) * sizeof(size_t)) + slg_soap_work_bytes(block->plan, max_pair);
}

static void *carve(char **at, size_t bytes)
{
    char *p = *at;
    *at += padded(bytes);
    return p;
}

static void carve_all(slg_stack *s, void *work)
{
    size_t rows = row_capacity(s->geom->max_pair);
    char *at = work;
    s->g = carve(&at, rows * s->block->d * sizeof(double));
    s->p = carve(&at, rows * PANEL * sizeof(double));
    s->dt = carve(&at, PANEL * sizeof(double));
    s->env = carve(&at, STACK_ENVS * sizeof(slg_stacked));
    s->atom = carve(&at, atom_capacity(s->geom->max_pair) * sizeof(size_t));
    s->soap = at;
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

static size_t find_atom(const size_t *atom, size_t n, size_t a)
{
    size_t i = 0;
    while (i < n && atom[i] != a)
        i++;
    return i;
}

/**
 * Sums in place the gradient rows of pairs that are images of one atom. Pairs of the centre itself cancel in forces,
 * pairs beyond the cutoff have zero gradients: both are dropped. `first_atom` numbers atom 0 of the frame.
 */
static size_t merge_images(const slg_geom *geom, size_t env, size_t first_atom, size_t d, double *g, size_t *atom)
{
    size_t n = 0, first = geom->pair_first[env], n_pair = geom->pair_first[env + 1] - first;
    for (size_t j = 0; j < n_pair; j++) {
        size_t neighbour = (size_t)geom->pair_env[first + j];
        const double *from = g + 3 * j * d;
        if (neighbour == env || all_zero(3 * d, from))
            continue;
        size_t slot = find_atom(atom, n, neighbour - first_atom);
        double *to = g + 3 * slot * d;
        if (slot == n) {
            atom[n++] = neighbour - first_atom;
            if (to != from)
                memcpy(to, from, 3 * d * sizeof *to);
        } else {
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
    size_t d = s->block->d, first = geom->pair_first[env], n_pair = geom->pair_first[env + 1] - first;
    size_t first_atom = geom->frame_first[rows->frame0 + frame];
    bool force = rows->force[frame] >= 0, virial = rows->virial[frame] >= 0;
    slg_stacked e = {s->n_row, frame, env - first_atom, 0, s->n_atom, virial};
    double *v = s->g + s->n_row * d, *g = v + d + (virial ? N_VIRIAL * d : 0);
    slg_status st = force || virial ? slg_soap_prepare(s->block->plan, geom, env, v, s->soap)
                                    : slg_soap_descriptor(s->block->plan, geom, env, v, s->soap);
    if (st != SLG_OK)
        return st;
    if (force || virial)
        slg_soap_gradient(s->block->plan, geom, env, v, g, s->soap);
    if (virial)
        sum_virial(geom, first, n_pair, d, g, v + d);
    if (force)
        e.n_atom = merge_images(geom, env, first_atom, d, g, s->atom + s->n_atom);
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
    double *p = s->p + e->row * PANEL, *k = s->k + s->block->col0 + c;
    int64_t energy = rows->energy[e->frame], force = rows->force[e->frame], virial = rows->virial[e->frame];
    slg_kernel_power(n, s->block->zeta, p, s->dt);
    if (energy >= 0)
        for (size_t i = 0; i < n; i++)
            k[(size_t)energy * s->ldk + i] += p[i];
    p += PANEL;
    for (size_t r = 0; e->virial && r < N_VIRIAL; r++, p += PANEL)
        add_scaled(n, s->dt, p, k + ((size_t)virial + r) * s->ldk);
    for (size_t a = 0; a < e->n_atom; a++)
        for (size_t x = 0; x < 3; x++, p += PANEL)
            add_force(n, s->dt, p, k + ((size_t)force + 3 * s->atom[e->atom0 + a] + x) * s->ldk,
                      k + ((size_t)force + 3 * e->centre + x) * s->ldk);
}

static void flush(slg_stack *s)
{
    int d = (int)s->block->d;
    for (size_t c = 0; c < s->block->m && s->n_row > 0; c += PANEL) {
        size_t n = s->block->m - c < PANEL ? s->block->m - c : PANEL;
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)s->n_row, (int)n, d, 1, s->g, d,
                    s->block->q + c * s->block->d, d, 0, s->p, PANEL);
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

slg_status slg_fit_rows(const slg_geom *geom, size_t env0, size_t env1, const slg_rows *rows,
                        const slg_fit_block *block, size_t ldk, double *k, void *work)
{
    slg_stack s = {.geom = geom, .rows = rows, .block = block, .ldk = ldk, .k = k};
    carve_all(&s, work);
    for (size_t f = 0; f < rows->n_frame; f++) {
        const size_t *first = geom->frame_first + rows->frame0 + f;
        for (size_t e = first[0]; e < first[1] && wanted(rows, f); e++) {
            if (e < env0 || e >= env1 || geom->species[e] != block->central)
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

double slg_fit_rows_flops(const slg_geom *geom, size_t env0, size_t env1, const slg_rows *rows,
                          const slg_fit_block *block)
{
    double sum = 0, column = 2 * (double)block->d * (double)block->m;
    for (size_t f = 0; f < rows->n_frame; f++) {
        const size_t *first = geom->frame_first + rows->frame0 + f;
        bool force = rows->force[f] >= 0, virial = rows->virial[f] >= 0;
        for (size_t e = first[0]; e < first[1] && wanted(rows, f); e++) {
            if (e < env0 || e >= env1 || geom->species[e] != block->central)
                continue;
            size_t n_pair = geom->pair_first[e + 1] - geom->pair_first[e], others = first[1] - first[0] - 1;
            size_t n_atom = n_pair < others ? n_pair : others;
            sum += force || virial ? slg_soap_flops_gradient(block->plan, n_pair) : slg_soap_flops(block->plan, n_pair);
            sum += column * (1 + (virial ? 6 : 0) + (force ? 3 * (double)n_atom : 0));
        }
    }
    return sum;
}
