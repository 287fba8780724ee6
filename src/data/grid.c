#include "src/data/grid.h"
#include "src/data/lattice.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Bins that one atom looks into; pairs of atoms that a frame looks at, some seconds of work. */
static const double most_bins = 1e5, most_looks = 1e9;

/* Coordinates along the lattice vectors, or plain Cartesian ones when nothing is periodic. */
static void fractional(slg_grid *g, const slg_frame *f, const double *pos, double low[3], double high[3])
{
    double inverse[3][3];
    slg_lattice_inverse((const double *)g->cell, inverse);
    for (size_t i = 0; i < f->n_atom; i++) {
        const double *x = pos + 3 * (f->first + i);
        for (int k = 0; k < 3; k++) {
            double v = x[0] * inverse[0][k] + x[1] * inverse[1][k] + x[2] * inverse[2][k];
            g->f[3 * i + (size_t)k] = v;
            low[k] = v < low[k] ? v : low[k];
            high[k] = v > high[k] ? v : high[k];
        }
    }
}

/* As many bins as the cutoff allows, but not many more than atoms. False when the reach is absurd. */
static bool choose_bins(slg_grid *g, double cutoff, size_t n_atom, const double width[3])
{
    double reach_all = 1, safe = cutoff * (1 + 1e-6) + 1e-9;
    for (int k = 0; k < 3; k++)
        g->n[k] = (int)fmin(fmax(floor(width[k] / safe), 1), 1e6);
    while ((double)g->n[0] * g->n[1] * g->n[2] > 4.0 * (double)n_atom + 64) {
        int *most = &g->n[0];
        for (int k = 1; k < 3; k++)
            most = g->n[k] > *most ? &g->n[k] : most;
        *most = (*most + 1) / 2;
    }
    for (int k = 0; k < 3; k++) {
        double reach = g->pbc[k] ? ceil(safe * g->n[k] / width[k]) : g->n[k] > 1;
        reach_all *= 2 * reach + 1;
        if (!(reach_all <= most_bins))
            return false;
        g->reach[k] = (int)reach;
    }
    const double n = (double)n_atom;
    return n * n / ((double)g->n[0] * g->n[1] * g->n[2]) * reach_all <= most_looks;
}

static void place_atoms(slg_grid *g, size_t n_atom, const double low[3], const double high[3])
{
    for (size_t i = 0; i < n_atom; i++)
        for (int k = 0; k < 3; k++) {
            double v = g->f[3 * i + (size_t)k], range = high[k] - low[k];
            double whole = g->pbc[k] ? floor(v) : 0;
            double part = g->pbc[k] ? v - whole : range > 0 ? (v - low[k]) / range : 0;
            int bin = (int)(part * g->n[k]);
            g->atom[i].wrap[k] = whole;
            g->atom[i].bin[k] = bin < g->n[k] ? bin : g->n[k] - 1;
        }
}

static size_t bin_of(const slg_grid *g, size_t i)
{
    const int *b = g->atom[i].bin;
    return slg_grid_bin(g, b[0], b[1], b[2]);
}

/* Counting sort; stable, so the order within a bin is that of the file. */
static void sort_into_bins(slg_grid *g, size_t n_atom)
{
    size_t n_bin = (size_t)g->n[0] * (size_t)g->n[1] * (size_t)g->n[2];
    memset(g->first, 0, (n_bin + 1) * sizeof *g->first);
    for (size_t i = 0; i < n_atom; i++)
        g->first[bin_of(g, i) + 1]++;
    for (size_t b = 0; b < n_bin; b++)
        g->first[b + 1] += g->first[b];
    for (size_t i = 0; i < n_atom; i++)
        g->order[g->first[bin_of(g, i)]++] = i;
    memmove(g->first + 1, g->first, n_bin * sizeof *g->first);
    g->first[0] = 0;
}

bool slg_grid_fill(slg_grid *g, const slg_frame *f, const double *pos, double cutoff)
{
    static const double unit[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    double low[3] = {DBL_MAX, DBL_MAX, DBL_MAX}, high[3] = {-DBL_MAX, -DBL_MAX, -DBL_MAX}, width[3];
    memcpy(g->pbc, f->pbc, sizeof g->pbc);
    memcpy(g->cell, f->pbc[0] || f->pbc[1] || f->pbc[2] ? f->cell : unit, sizeof g->cell);
    fractional(g, f, pos, low, high);
    slg_lattice_heights((const double *)g->cell, width);
    for (int k = 0; k < 3; k++)
        width[k] *= g->pbc[k] ? 1 : high[k] - low[k];
    if (!choose_bins(g, cutoff, f->n_atom, width))
        return false;
    place_atoms(g, f->n_atom, low, high);
    sort_into_bins(g, f->n_atom);
    return true;
}

bool slg_grid_home(const slg_grid *g, int k, int b, int *home, int *cell)
{
    const int n = g->n[k];
    if (!g->pbc[k] && (b < 0 || b >= n))
        return false;
    *cell = b >= 0 ? b / n : -((n - 1 - b) / n);
    *home = b - *cell * n;
    return true;
}
