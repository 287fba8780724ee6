/* Forces that are zero, too large, or do not sum to zero; atoms too near to each other. */
#include "runtime/base/alloc.h"
#include "src/data/element.h"
#include "src/doctor/ward.h"

#include <math.h>

/* --- forces --------------------------------------------------------------------------------------------------- */

static const double large_force = 20, net_force = 0.5, held_force = 0.05; /* eV/Angstrom */
static const double net_share = 0.1;                                      /* of the sum of sizes */

typedef struct forces {
    double largest, sizes, net; /* largest size of one, sum of sizes, size of the sum */
    bool held;                  /* some are exactly zero, others not */
} forces;

static forces forces_of(const slg_dataset *d, size_t f)
{
    const slg_frame *x = &d->frame[f];
    double sum[3] = {0};
    forces out = {0};
    for (size_t i = x->first; i < x->first + x->n_atom; i++) {
        const double *v = d->force + 3 * i, size = hypot(hypot(v[0], v[1]), v[2]);
        out.largest = fmax(out.largest, size);
        out.sizes += size;
        out.held = out.held || !(size > 0);
        for (int c = 0; c < 3; c++)
            sum[c] += v[c];
    }
    out.held = out.held && out.largest > 0;
    out.net = sqrt(sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]);
    return out;
}

/* Crystals at rest have no forces, whole config_types of others hardly. */
static void examine_zeros(slg_ward *w)
{
    const slg_dataset *d = w->d;
    for (size_t g = 0; g < d->n_group; g++) {
        slg_seen zero = {.of = 0};
        for (size_t i = w->group_first[g]; i < w->group_first[g + 1]; i++) {
            const size_t f = w->by_group[i];
            if (w->free_atom[f] || w->at_rest[f] || !d->frame[f].has_force)
                continue;
            zero.of++;
            if (!(forces_of(d, f).largest > 0))
                slg_see(&zero, f);
        }
        if (zero.n > 1 && 10 * zero.n > zero.of)
            slg_note_seen(
                w, "forces-zero", &zero,
                "config_type '%s': %zu of %zu structures have forces that are all exactly zero; were they not "
                "computed?",
                d->group[g], zero.n, zero.of);
    }
}

enum { FEWEST = 20 }; /* of a few structures one is easily the largest by far */

/* Sizes differ by factors: a factor of five, and more than that of the middle half, stands apart. */
static void examine_large(slg_ward *w)
{
    const slg_dataset *d = w->d;
    double *x = slg_ward_numbers(w, d->n_frame), low, high = (double)INFINITY;
    size_t n = 0;
    slg_seen apart = {.of = 0};
    for (size_t f = 0; x && f < d->n_frame; f++) {
        const double largest = d->frame[f].has_force ? forces_of(d, f).largest : 0;
        if (largest > 0)
            x[n++] = log(largest);
    }
    if (x && n >= FEWEST)
        slg_apart(x, n, log(5), 1, &low, &high);
    const double largest = n > 0 && x ? exp(x[n - 1]) : 0;
    for (size_t f = 0; x && f < d->n_frame; f++)
        if (d->frame[f].has_force && log(fmax(forces_of(d, f).largest, 1e-300)) >= high)
            slg_see(&apart, f);
    if (apart.n > 0 && largest >= large_force)
        slg_note_seen(w, "force-outlier", &apart,
                      "forces of %.3g eV/Angstrom and more, far from all others (median %.3g)", exp(high),
                      exp(slg_median(x, n)));
    slg_free(x);
}

/* Atoms without any force beside others, and a sum that is not zero, tell of atoms that were held fixed. */
static bool is_unbalanced(const forces *x)
{
    return x->net > (x->held ? held_force : net_force) && x->net > (x->held ? 0.01 : net_share) * x->sizes;
}

static void examine_net(slg_ward *w)
{
    slg_seen net = {.of = 0};
    double worst = 0;
    for (size_t f = 0; f < w->d->n_frame; f++) {
        const forces x = forces_of(w->d, f);
        if (!w->d->frame[f].has_force || w->d->frame[f].n_atom < 2 || !is_unbalanced(&x))
            continue;
        slg_see(&net, f);
        worst = fmax(worst, x.net);
    }
    if (net.n > 0)
        slg_note_seen(
            w, "force-sum", &net,
            "the forces of %zu structure%s do not sum to zero (up to %.3g eV/Angstrom); are atoms held fixed, or "
            "columns mixed up?",
            net.n, net.n > 1 ? "s" : "", worst);
}

void slg_examine_forces(slg_ward *w)
{
    examine_zeros(w);
    examine_large(w);
    examine_net(w);
}

/* --- distances ------------------------------------------------------------------------------------------------ */

static const double near = 0.5, far = 1.5; /* of the sum of covalent radii */

/* Of atom i: its smallest distance over the sum of the radii; the directions to its neighbours, added up. */
static double look_around(const slg_patient *p, const slg_geom *g, size_t i, double *ratio)
{
    double sum[3] = {0};
    for (size_t k = g->pair_first[i]; k < g->pair_first[i + 1]; k++) {
        const double r = g->pair_r[k],
                     bond = slg_element_radius(p->z[g->species[i]]) + slg_element_radius(p->z[g->pair_species[k]]);
        *ratio = bond > 0 ? fmin(*ratio, r / bond) : *ratio;
        sum[0] += g->pair_x[k] / (r * r);
        sum[1] += g->pair_y[k] / (r * r);
        sum[2] += g->pair_z[k] / (r * r);
    }
    return fabs(sum[0]) + fabs(sum[1]) + fabs(sum[2]);
}

/* Smallest ratio in each structure, infinity without neighbours; is it at rest? */
static void nearest(const slg_patient *p, const slg_geom *g, double *ratio, bool *at_rest)
{
    for (size_t f = 0; f < g->n_frame; f++) {
        double most = 0;
        ratio[f] = (double)INFINITY;
        for (size_t i = g->frame_first[f]; i < g->frame_first[f + 1]; i++)
            most = fmax(most, look_around(p, g, i, &ratio[f]));
        at_rest[f] = most < 1e-3; /* 1/Angstrom */
    }
}

static double reach(const slg_patient *p)
{
    double largest = 0;
    for (int32_t s = 0; s < p->n_species; s++)
        largest = fmax(largest, slg_element_radius(p->z[s]));
    return far * 2 * largest;
}

static bool is_noble(const slg_patient *p)
{
    bool all = true;
    for (int32_t s = 0; s < p->n_species; s++)
        all = all && (p->z[s] == 2 || p->z[s] == 10 || p->z[s] == 18 || p->z[s] == 36 || p->z[s] == 54);
    return all;
}

static void note_distances(slg_ward *w, double *ratio)
{
    const slg_dataset *d = w->d;
    slg_seen close = {.of = 0}, apart = {.of = 0};
    size_t n = 0;
    bool more_than_pairs = false; /* pairs of atoms may well be drawn apart */
    for (size_t f = 0; f < d->n_frame; f++) {
        n += d->frame[f].n_atom > 1;
        more_than_pairs = more_than_pairs || d->frame[f].n_atom > 2 || d->frame[f].pbc[0];
        if (ratio[f] < near)
            slg_see(&close, f);
        if (d->frame[f].n_atom > 1 && ratio[f] > far)
            slg_see(&apart, f);
    }
    if (close.n > 0)
        slg_note_seen(w, "distance-short", &close,
                      "atoms nearer than half a bond (sum of covalent radii) in %zu of %zu structures%s", close.n, n,
                      2 * close.n > n ? "; are positions in another unit than Angstrom?" : "");
    if (2 * apart.n > n && more_than_pairs && !is_noble(w->patient))
        slg_note_seen(w, "distance-long", &apart,
                      "no two atoms are as near as 1.5 bonds (sum of covalent radii) in %zu of %zu structures; are "
                      "positions in Bohr instead of Angstrom?",
                      apart.n, n);
}

void slg_examine_distances(slg_ward *w)
{
    enum { AT_ONCE = 64 };
    const slg_patient *p = w->patient;
    const double cutoff = reach(p);
    double *ratio = cutoff > 0 ? slg_ward_numbers(w, w->d->n_frame) : NULL;
    for (size_t f = 0; ratio && w->st == SLG_OK && f < w->d->n_frame; f += AT_ONCE) {
        const size_t left = w->d->n_frame - f, n = left < AT_ONCE ? left : AT_ONCE;
        slg_geom *g = NULL;
        w->st = slg_geom_build_frames(w->d, f, n, cutoff, p->n_species, p->z, &g, w->err);
        if (w->st == SLG_OK)
            nearest(p, g, ratio + f, w->at_rest + f);
        slg_geom_free(&g);
        for (size_t i = f; i < f + n; i++) /* without neighbours: only a crystal may be at rest */
            w->at_rest[i] = w->at_rest[i] && (isfinite(ratio[i]) || w->d->frame[i].pbc[0]);
    }
    if (ratio && w->st == SLG_OK)
        note_distances(w, ratio);
    slg_free(ratio);
}
