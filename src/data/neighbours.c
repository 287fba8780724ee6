/*
 * Neighbour lists from cells ("linked cells", e.g. Allen & Tildesley, Computer Simulation of
 * Liquids, section 5.3): atoms are sorted into bins at least as wide as the cutoff, and each atom
 * looks into the bins around it. Where a periodic cell is smaller than the cutoff there is one bin,
 * and the bins around it are its images, as many as the cutoff reaches.
 */
#include "runtime/base/alloc.h"
#include "src/data/dataset.h"
#include "src/data/element.h"
#include "src/data/lattice.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double too_close = 1e-3; /* Angstrom */
static const double most_bins = 1e5;  /* looked into by one atom */
enum { MOST_NEIGHBOURS = 1000000 };

struct pair {
    double r, x, y, z;
    int32_t env, species;
};

struct atom {
    int bin[3];
    double wrap[3]; /* whole cells it lies away from the home cell */
};

/* Bins of one frame. */
struct grid {
    double cell[3][3];
    bool pbc[3];
    int n[3], reach[3]; /* bins; how many bins to look away */
    size_t *first;      /* [n0*n1*n2+1] */
    size_t *order;      /* [n_atom] atoms of the frame, bin by bin */
    struct atom *atom;  /* [n_atom] */
    double *f;          /* [n_atom][3] fractional coordinates */
};

struct work {
    const slg_dataset *d;
    double cutoff;
    const int32_t *channel_of; /* [SLG_MAX_Z+1] */
    struct grid grid;
    struct pair *pair;
    size_t n_pair, room_pair;
};

/* The lists under construction: slg_geom without const. */
struct lists {
    size_t room, n;
    int32_t *env, *species;
    double *x, *y, *z, *r;
};

static size_t flat(const struct grid *g, int a, int b, int c)
{
    return ((size_t)a * (size_t)g->n[1] + (size_t)b) * (size_t)g->n[2] + (size_t)c;
}

/* Coordinates along the lattice vectors, or plain Cartesian ones when nothing is periodic. */
static void fractional(struct grid *g, const slg_frame *f, const double *pos, double low[3], double high[3])
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

/* As many bins as the cutoff allows, but not many more than atoms. False when the reach is absurd.
 */
static bool choose_bins(struct grid *g, double cutoff, size_t n_atom, const double width[3])
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
    return true;
}

static void place_atoms(struct grid *g, size_t n_atom, const double low[3], const double high[3])
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

static size_t bin_of(const struct grid *g, size_t i)
{
    const int *b = g->atom[i].bin;
    return flat(g, b[0], b[1], b[2]);
}

/* Counting sort; stable, so the order within a bin is that of the file. */
static void sort_into_bins(struct grid *g, size_t n_atom)
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

static slg_status make_grid(struct work *w, const slg_frame *f, slg_error *err)
{
    struct grid *g = &w->grid;
    static const double unit[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    double low[3] = {DBL_MAX, DBL_MAX, DBL_MAX}, high[3] = {-DBL_MAX, -DBL_MAX, -DBL_MAX}, width[3];
    memcpy(g->pbc, f->pbc, sizeof g->pbc);
    memcpy(g->cell, f->pbc[0] || f->pbc[1] || f->pbc[2] ? f->cell : unit, sizeof g->cell);
    fractional(g, f, w->d->pos, low, high);
    slg_lattice_heights((const double *)g->cell, width);
    for (int k = 0; k < 3; k++)
        width[k] *= g->pbc[k] ? 1 : high[k] - low[k];
    if (!choose_bins(g, w->cutoff, f->n_atom, width))
        return slg_fail(err, SLG_ERR_DATA,
                        "%s:%zu: the cell is too thin or too skew for the cutoff %g Angstrom; "
                        "check its Lattice",
                        w->d->path, f->line, w->cutoff);
    place_atoms(g, f->n_atom, low, high);
    sort_into_bins(g, f->n_atom);
    return SLG_OK;
}

static slg_status close_pair(const struct work *w, const slg_frame *f, size_t i, size_t j, double r, slg_error *err)
{
    if (i == j)
        return slg_fail(err, SLG_ERR_DATA, "%s:%zu: atom %zu and its image are %.3g Angstrom apart; check the Lattice",
                        w->d->path, f->line, i + 1, r);
    return slg_fail(err, SLG_ERR_DATA, "%s:%zu: atoms %zu and %zu are %.3g Angstrom apart; check the positions",
                    w->d->path, f->line, (i < j ? i : j) + 1, (i < j ? j : i) + 1, r);
}

static slg_status add_pair(struct work *w, const slg_frame *f, struct pair p, slg_error *err)
{
    if (w->n_pair == MOST_NEIGHBOURS)
        return slg_fail(err, SLG_ERR_DATA,
                        "%s:%zu: an atom has more than %d neighbours within %g Angstrom; check the Lattice or "
                        "lower the cutoff",
                        w->d->path, f->line, MOST_NEIGHBOURS, w->cutoff);
    if (w->n_pair == w->room_pair) {
        struct pair *more = slg_realloc(w->pair, 2 * w->room_pair + 64, sizeof *more);
        if (!more)
            return slg_fail_nomem(err, "the neighbours of an atom");
        w->pair = more;
        w->room_pair = 2 * w->room_pair + 64;
    }
    w->pair[w->n_pair++] = p;
    return SLG_OK;
}

/* Neighbours of atom i in one bin, seen `cells` cells away from the home cell. */
static slg_status look_into(struct work *w, const slg_frame *f, size_t i, size_t bin, const int cells[3],
                            slg_error *err)
{
    const struct grid *g = &w->grid;
    const double *pos = w->d->pos + 3 * f->first, cutoff = w->cutoff;
    for (size_t k = g->first[bin]; k < g->first[bin + 1]; k++) {
        size_t j = g->order[k];
        double s[3], d[3];
        for (int c = 0; c < 3; c++)
            s[c] = cells[c] - g->atom[j].wrap[c] + g->atom[i].wrap[c];
        if (i == j && s[0] == 0 && s[1] == 0 && s[2] == 0)
            continue;
        for (int c = 0; c < 3; c++)
            d[c] = (pos[3 * j + (size_t)c] - pos[3 * i + (size_t)c]) +
                   (s[0] * g->cell[0][c] + s[1] * g->cell[1][c] + s[2] * g->cell[2][c]);
        double r = sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
        if (r >= cutoff)
            continue;
        if (!(r >= too_close))
            return close_pair(w, f, i, j, r, err);
        size_t env = f->first + j;
        struct pair p = {r, d[0], d[1], d[2], (int32_t)env, w->channel_of[w->d->z[env]]};
        slg_status st = add_pair(w, f, p, err);
        if (st != SLG_OK)
            return st;
    }
    return SLG_OK;
}

/* Bin `b` of direction k brought home; *cell = how many cells away it was. False: there is none. */
static bool bring_home(const struct grid *g, int k, int b, int *home, int *cell)
{
    int n = g->n[k];
    if (!g->pbc[k] && (b < 0 || b >= n))
        return false;
    *cell = b >= 0 ? b / n : -((n - 1 - b) / n);
    *home = b - *cell * n;
    return true;
}

static slg_status look_around(struct work *w, const slg_frame *f, size_t i, slg_error *err)
{
    const struct grid *g = &w->grid;
    const int *bin = g->atom[i].bin, *reach = g->reach;
    int home[3], cells[3];
    slg_status st = SLG_OK;
    w->n_pair = 0;
    for (int a = bin[0] - reach[0]; a <= bin[0] + reach[0]; a++) {
        if (!bring_home(g, 0, a, &home[0], &cells[0]))
            continue;
        for (int b = bin[1] - reach[1]; b <= bin[1] + reach[1]; b++) {
            if (!bring_home(g, 1, b, &home[1], &cells[1]))
                continue;
            for (int c = bin[2] - reach[2]; st == SLG_OK && c <= bin[2] + reach[2]; c++)
                if (bring_home(g, 2, c, &home[2], &cells[2]))
                    st = look_into(w, f, i, flat(g, home[0], home[1], home[2]), cells, err);
        }
    }
    return st;
}

static int order(double a, double b)
{
    return a < b ? -1 : a > b;
}

static int by_channel_and_distance(const void *va, const void *vb)
{
    const struct pair *a = va, *b = vb;
    if (a->species != b->species)
        return a->species < b->species ? -1 : 1;
    int c = order(a->r, b->r);
    if (c == 0 && a->env != b->env)
        c = a->env < b->env ? -1 : 1;
    if (c == 0)
        c = order(a->x, b->x);
    if (c == 0)
        c = order(a->y, b->y);
    return c ? c : order(a->z, b->z);
}

static bool grow(void *array, size_t n, size_t size)
{
    void *old, *more;
    memcpy(&old, array, sizeof old);
    more = slg_realloc(old, n, size);
    if (more)
        memcpy(array, &more, sizeof more);
    return more != NULL;
}

static bool resize(struct lists *l, size_t n)
{
    l->room = n;
    return grow(&l->env, n, sizeof *l->env) && grow(&l->species, n, sizeof *l->species) &&
           grow(&l->x, n, sizeof *l->x) && grow(&l->y, n, sizeof *l->y) && grow(&l->z, n, sizeof *l->z) &&
           grow(&l->r, n, sizeof *l->r);
}

static slg_status append(struct lists *l, const struct work *w, slg_error *err)
{
    if (l->n + w->n_pair > l->room && !resize(l, l->n + w->n_pair + l->room / 2))
        return slg_fail_nomem(err, "neighbour lists");
    for (size_t k = 0; k < w->n_pair; k++, l->n++) {
        const struct pair *p = &w->pair[k];
        l->env[l->n] = p->env;
        l->species[l->n] = p->species;
        l->x[l->n] = p->x;
        l->y[l->n] = p->y;
        l->z[l->n] = p->z;
        l->r[l->n] = p->r;
    }
    return SLG_OK;
}

static slg_status list_frame(struct work *w, const slg_frame *f, struct lists *l, size_t *pair_first, slg_error *err)
{
    slg_status st = make_grid(w, f, err);
    for (size_t i = 0; st == SLG_OK && i < f->n_atom; i++) {
        st = look_around(w, f, i, err);
        if (st != SLG_OK)
            return st;
        if (w->n_pair > 1)
            qsort(w->pair, w->n_pair, sizeof *w->pair, by_channel_and_distance);
        st = append(l, w, err);
        pair_first[f->first + i + 1] = l->n;
    }
    return st;
}

static slg_status make_room(struct work *w, slg_error *err)
{
    struct grid *g = &w->grid;
    size_t most = 1;
    for (size_t f = 0; f < w->d->n_frame; f++)
        most = w->d->frame[f].n_atom > most ? w->d->frame[f].n_atom : most;
    g->first = slg_calloc(4 * most + 66, sizeof *g->first);
    g->order = slg_calloc(most, sizeof *g->order);
    g->atom = slg_calloc(most, sizeof *g->atom);
    g->f = slg_calloc(3 * most, sizeof *g->f);
    return g->first && g->order && g->atom && g->f ? SLG_OK : slg_fail_nomem(err, "the neighbour search");
}

static void free_work(struct work *w)
{
    slg_free(w->grid.first);
    slg_free(w->grid.order);
    slg_free(w->grid.atom);
    slg_free(w->grid.f);
    slg_free(w->pair);
}

static slg_status fill_channels(const slg_dataset *d, int32_t n_species, const int32_t *z, int32_t *channel_of,
                                int32_t *species, slg_error *err)
{
    for (int32_t k = 0; k <= SLG_MAX_Z; k++)
        channel_of[k] = -1;
    for (int32_t s = 0; s < n_species; s++)
        channel_of[z[s]] = s;
    for (size_t f = 0; f < d->n_frame; f++)
        for (size_t i = d->frame[f].first; i < d->frame[f].first + d->frame[f].n_atom; i++) {
            species[i] = channel_of[d->z[i]];
            if (species[i] < 0)
                return slg_fail(err, SLG_ERR_DATA,
                                "%s:%zu: atom %zu is %s, which is not among the elements of the potential; "
                                "remove the structure or add the element",
                                d->path, d->frame[f].line, i - d->frame[f].first + 1, slg_element_symbol(d->z[i]));
        }
    return SLG_OK;
}

static void finish(slg_geom *g, const struct lists *l)
{
    g->n_pair = l->n;
    for (size_t i = 0; i < g->n_env; i++) {
        size_t n = g->pair_first[i + 1] - g->pair_first[i];
        g->max_pair = n > g->max_pair ? n : g->max_pair;
    }
    for (size_t k = 0; k < l->n; k++)
        g->min_r = k == 0 || l->r[k] < g->min_r ? l->r[k] : g->min_r;
}

static slg_status build(const slg_dataset *d, double cutoff, int32_t n_species, const int32_t *z, slg_geom *g,
                        slg_error *err)
{
    int32_t channel_of[SLG_MAX_Z + 1];
    struct lists l = {0};
    struct work w = {.d = d, .cutoff = cutoff, .channel_of = channel_of};
    size_t *frame_first = slg_calloc(d->n_frame + 1, sizeof *frame_first);
    size_t *pair_first = slg_calloc(d->n_atom + 1, sizeof *pair_first);
    int32_t *species = slg_calloc(d->n_atom, sizeof *species);
    slg_status st = frame_first && pair_first && species ? make_room(&w, err) : slg_fail_nomem(err, "neighbour lists");
    if (st == SLG_OK)
        st = fill_channels(d, n_species, z, channel_of, species, err);
    for (size_t f = 0; st == SLG_OK && f < d->n_frame; f++) {
        frame_first[f + 1] = d->frame[f].first + d->frame[f].n_atom;
        st = list_frame(&w, &d->frame[f], &l, pair_first, err);
    }
    if (st == SLG_OK && !resize(&l, l.n))
        st = slg_fail_nomem(err, "neighbour lists");
    *g = (slg_geom){.n_frame = d->n_frame,
                    .n_env = d->n_atom,
                    .frame_first = frame_first,
                    .pair_first = pair_first,
                    .species = species,
                    .pair_env = l.env,
                    .pair_species = l.species,
                    .pair_x = l.x,
                    .pair_y = l.y,
                    .pair_z = l.z,
                    .pair_r = l.r};
    if (st == SLG_OK)
        finish(g, &l);
    free_work(&w);
    return st;
}

slg_status slg_geom_build(const slg_dataset *d, double cutoff, int32_t n_species, const int32_t *z, slg_geom **out,
                          slg_error *err)
{
    *out = NULL;
    if (!(cutoff > 0 && cutoff <= 1000))
        return slg_fail(err, SLG_ERR_HP, "the cutoff should lie between 0 and 1000 Angstrom, found %g; correct it",
                        cutoff);
    slg_geom *g = slg_calloc(1, sizeof *g);
    if (!g)
        return slg_fail_nomem(err, "neighbour lists");
    slg_status st = build(d, cutoff, n_species, z, g, err);
    if (st == SLG_OK)
        *out = g;
    else
        slg_geom_free(&g);
    return st;
}

void slg_geom_free(slg_geom **geom)
{
    slg_geom *g = *geom;
    if (!g)
        return;
    const void *const array[] = {g->frame_first, g->pair_first, g->species, g->pair_env, g->pair_species,
                                 g->pair_x,      g->pair_y,     g->pair_z,  g->pair_r};
    for (size_t i = 0; i < sizeof array / sizeof array[0]; i++)
        slg_free((void *)array[i]);
    slg_free(g);
    *geom = NULL;
}
