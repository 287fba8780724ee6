/*
 * Neighbour lists from cells ("linked cells", e.g. Allen & Tildesley, Computer Simulation of
 * Liquids, section 5.3): atoms are sorted into bins at least as wide as the cutoff, and each atom
 * looks into the bins around it. Where a periodic cell is smaller than the cutoff there is one bin,
 * and the bins around it are its images, as many as the cutoff reaches.
 */
#include "runtime/base/alloc.h"
#include "src/data/dataset.h"
#include "src/data/element.h"
#include "src/data/grid.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double too_close = 1e-3; /* Angstrom */
enum { MOST_NEIGHBOURS = 10000 };     /* diamond has 5900 within 20 Angstrom */

struct pair {
    double r, x, y, z;
    int32_t env, species;
};

struct work {
    const slg_dataset *d;
    size_t frame0, n_frame, origin; /* frames of the list; their first atom is environment 0 */
    double cutoff;
    const int32_t *channel_of; /* [SLG_MAX_Z+1] */
    slg_grid grid;
    struct pair *pair;
    size_t n_pair, room_pair;
};

/* The lists under construction: slg_geom without const. */
struct lists {
    size_t room, n;
    int32_t *env, *species;
    double *x, *y, *z, *r;
};

static slg_status sort_frame(struct work *w, const slg_frame *f, slg_error *err)
{
    if (slg_grid_fill(&w->grid, f, w->d->pos, w->cutoff))
        return SLG_OK;
    return slg_fail(err, SLG_ERR_DATA,
                    "%s:%zu: the cell is too thin, too skew or too full for the cutoff %g Angstrom; check its Lattice",
                    w->d->file.name[f->file], f->line, w->cutoff);
}

static slg_status close_pair(const struct work *w, const slg_frame *f, size_t i, size_t j, double r, slg_error *err)
{
    if (i == j)
        return slg_fail(err, SLG_ERR_DATA, "%s:%zu: atom %zu and its image are %.3g Angstrom apart; check the Lattice",
                        w->d->file.name[f->file], f->line, i + 1, r);
    return slg_fail(err, SLG_ERR_DATA, "%s:%zu: atoms %zu and %zu are %.3g Angstrom apart; check the positions",
                    w->d->file.name[f->file], f->line, (i < j ? i : j) + 1, (i < j ? j : i) + 1, r);
}

static slg_status add_pair(struct work *w, const slg_frame *f, struct pair p, slg_error *err)
{
    if (w->n_pair == MOST_NEIGHBOURS)
        return slg_fail(err, SLG_ERR_DATA,
                        "%s:%zu: an atom has more than %d neighbours within %g Angstrom; check the Lattice and "
                        "its unit, or lower the cutoff",
                        w->d->file.name[f->file], f->line, MOST_NEIGHBOURS, w->cutoff);
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
    const slg_grid *g = &w->grid;
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
        const int32_t channel = w->channel_of[w->d->z[f->first + j]];
        struct pair p = {r, d[0], d[1], d[2], (int32_t)(f->first + j - w->origin), channel};
        slg_status st = add_pair(w, f, p, err);
        if (st != SLG_OK)
            return st;
    }
    return SLG_OK;
}

static slg_status look_around(struct work *w, const slg_frame *f, size_t i, slg_error *err)
{
    const slg_grid *g = &w->grid;
    const int *bin = g->atom[i].bin, *reach = g->reach;
    int home[3], cells[3];
    slg_status st = SLG_OK;
    w->n_pair = 0;
    for (int a = bin[0] - reach[0]; a <= bin[0] + reach[0]; a++) {
        if (!slg_grid_home(g, 0, a, &home[0], &cells[0]))
            continue;
        for (int b = bin[1] - reach[1]; b <= bin[1] + reach[1]; b++) {
            if (!slg_grid_home(g, 1, b, &home[1], &cells[1]))
                continue;
            for (int c = bin[2] - reach[2]; st == SLG_OK && c <= bin[2] + reach[2]; c++)
                if (slg_grid_home(g, 2, c, &home[2], &cells[2]))
                    st = look_into(w, f, i, slg_grid_bin(g, home[0], home[1], home[2]), cells, err);
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
    slg_status st = sort_frame(w, f, err);
    for (size_t i = 0; st == SLG_OK && i < f->n_atom; i++) {
        st = look_around(w, f, i, err);
        if (st != SLG_OK)
            return st;
        if (w->n_pair > 1)
            qsort(w->pair, w->n_pair, sizeof *w->pair, by_channel_and_distance);
        st = append(l, w, err);
        pair_first[f->first + i + 1 - w->origin] = l->n;
    }
    return st;
}

static slg_status make_room(struct work *w, slg_error *err)
{
    slg_grid *g = &w->grid;
    size_t most = 1;
    for (size_t f = w->frame0; f < w->frame0 + w->n_frame; f++)
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

static slg_status fill_channels(const struct work *w, int32_t *species, slg_error *err)
{
    const slg_dataset *d = w->d;
    for (size_t f = w->frame0; f < w->frame0 + w->n_frame; f++)
        for (size_t i = d->frame[f].first; i < d->frame[f].first + d->frame[f].n_atom; i++) {
            species[i - w->origin] = w->channel_of[d->z[i]];
            if (species[i - w->origin] < 0)
                return slg_fail(err, SLG_ERR_DATA,
                                "%s:%zu: atom %zu is %s, which is not among the elements of the potential; "
                                "remove the structure or add the element",
                                slg_frame_file(d, f), d->frame[f].line, i - d->frame[f].first + 1,
                                slg_element_symbol(d->z[i]));
        }
    return SLG_OK;
}

/* The neighbours that an environment contributes to, once the pairs are known. */
static slg_status find_near(slg_geom *g, slg_error *err)
{
    size_t *first = slg_calloc(g->n_env + 1, sizeof *first);
    int32_t *near = slg_calloc(g->n_pair, sizeof *near), *of_pair = slg_calloc(g->n_pair, sizeof *of_pair);
    int32_t *mark = slg_calloc(g->n_env, sizeof *mark);
    g->near_first = first;
    g->near_env = near;
    g->pair_near = of_pair;
    slg_status st = first && near && of_pair && mark ? SLG_OK : slg_fail_nomem(err, "neighbour lists");
    if (st == SLG_OK)
        g->n_near = slg_geom_find_near(g, first, near, of_pair, mark);
    slg_free(mark);
    return st;
}

static slg_status finish(slg_geom *g, const struct lists *l, slg_error *err)
{
    g->n_pair = l->n;
    for (size_t i = 0; i < g->n_env; i++) {
        size_t n = g->pair_first[i + 1] - g->pair_first[i];
        g->max_pair = n > g->max_pair ? n : g->max_pair;
    }
    for (size_t k = 0; k < l->n; k++)
        g->min_r = k == 0 || l->r[k] < g->min_r ? l->r[k] : g->min_r;
    return find_near(g, err);
}

static slg_status build(struct work *w, slg_geom *g, slg_error *err)
{
    const slg_frame *frame = w->d->frame + w->frame0, *last = frame + w->n_frame - 1;
    const size_t n_env = last->first + last->n_atom - frame->first;
    struct lists l = {0};
    w->origin = frame->first;
    size_t *frame_first = slg_calloc(w->n_frame + 1, sizeof *frame_first);
    size_t *pair_first = slg_calloc(n_env + 1, sizeof *pair_first);
    int32_t *species = slg_calloc(n_env, sizeof *species);
    slg_status st = frame_first && pair_first && species ? make_room(w, err) : slg_fail_nomem(err, "neighbour lists");
    if (st == SLG_OK)
        st = fill_channels(w, species, err);
    for (size_t f = 0; st == SLG_OK && f < w->n_frame; f++) {
        frame_first[f + 1] = frame[f].first + frame[f].n_atom - w->origin;
        st = list_frame(w, &frame[f], &l, pair_first, err);
    }
    if (st == SLG_OK && !resize(&l, l.n))
        st = slg_fail_nomem(err, "neighbour lists");
    *g = (slg_geom){.n_frame = w->n_frame,
                    .n_env = n_env,
                    .origin = w->origin,
                    .frame_first = frame_first,
                    .pair_first = pair_first,
                    .species = species,
                    .pair_env = l.env,
                    .pair_species = l.species,
                    .pair_x = l.x,
                    .pair_y = l.y,
                    .pair_z = l.z,
                    .pair_r = l.r};
    return st == SLG_OK ? finish(g, &l, err) : st;
}

slg_status slg_geom_build_frames(const slg_dataset *d, size_t frame0, size_t n_frame, double cutoff, int32_t n_species,
                                 const int32_t *z, slg_geom **out, slg_error *err)
{
    *out = NULL;
    SLG_ASSERT(n_frame > 0 && frame0 + n_frame <= d->n_frame);
    if (!(cutoff > 0 && cutoff <= 1000))
        return slg_fail(err, SLG_ERR_HP, "the cutoff should lie between 0 and 1000 Angstrom, found %g; correct it",
                        cutoff);
    int32_t channel_of[SLG_MAX_Z + 1];
    for (int32_t k = 0; k <= SLG_MAX_Z; k++)
        channel_of[k] = -1;
    for (int32_t s = 0; s < n_species; s++)
        channel_of[z[s]] = s;
    struct work w = {.d = d, .frame0 = frame0, .n_frame = n_frame, .cutoff = cutoff, .channel_of = channel_of};
    slg_geom *g = slg_calloc(1, sizeof *g);
    if (!g)
        return slg_fail_nomem(err, "neighbour lists");
    slg_status st = build(&w, g, err);
    free_work(&w);
    if (st == SLG_OK)
        *out = g;
    else
        slg_geom_free(&g);
    return st;
}

slg_status slg_geom_build(const slg_dataset *d, double cutoff, int32_t n_species, const int32_t *z, slg_geom **out,
                          slg_error *err)
{
    return slg_geom_build_frames(d, 0, d->n_frame, cutoff, n_species, z, out, err);
}

void slg_geom_free(slg_geom **geom)
{
    slg_geom *g = *geom;
    if (!g)
        return;
    const void *const array[] = {g->frame_first,  g->pair_first, g->species,  g->pair_env,
                                 g->pair_species, g->pair_x,     g->pair_y,   g->pair_z,
                                 g->pair_r,       g->near_first, g->near_env, g->pair_near};
    for (size_t i = 0; i < sizeof array / sizeof array[0]; i++)
        slg_free((void *)(uintptr_t)array[i]);
    slg_free(g);
    *geom = NULL;
}
