/* Energies per atom instead of total, in another unit, without the free atoms, shifted, or standing apart. */
#include "runtime/base/alloc.h"
#include "src/data/element.h"
#include "src/doctor/ward.h"

#include <lapacke.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const double hartree = 27.211386, rydberg = 13.605693; /* eV */
/* No solid or molecule binds by more than about 10 eV an atom. eV/atom. */
static const double most_binding = 15, too_far = 20, least_shift = 8, least_outlier = 1;

static bool counts(const slg_ward *w, size_t f)
{
    return w->d->frame[f].has_energy && !w->free_atom[f];
}

/* Mean over the atoms of a structure of a value of their species. */
static double mean_of(const slg_ward *w, size_t f, const double *of_species)
{
    double sum = 0;
    for (int32_t s = 0; s < w->patient->n_species; s++)
        sum += w->share[f][s] * of_species[s];
    return sum;
}

static double per_atom(const slg_ward *w, size_t f)
{
    return w->d->frame[f].energy / (double)w->d->frame[f].n_atom;
}

/*
 * Median over the structures of a config_type (-1: all) of scale E/N - e0, or of scale E - e0 where E would be per
 * atom; e0 is that of the composition, NULL = 0.
 */
static double median_binding(slg_ward *w, int32_t group, double scale, const double *e0, bool is_per_atom)
{
    const size_t begin = group < 0 ? 0 : w->group_first[group];
    const size_t end = group < 0 ? w->d->n_frame : w->group_first[group + 1];
    double *x = slg_ward_numbers(w, end - begin);
    size_t n = 0;
    for (size_t i = begin; x && i < end; i++) {
        const size_t f = w->by_group[i];
        if (counts(w, f))
            x[n++] = scale * (is_per_atom ? w->d->frame[f].energy : per_atom(w, f)) - (e0 ? mean_of(w, f, e0) : 0);
    }
    const double median = x ? slg_median(x, n) : (double)NAN;
    slg_free(x);
    return median;
}

/* --- against the free atoms ----------------------------------------------------------------------------------- */

/* What would bring the energies of a group (-1: of all) near those of the free atoms, a list in words. */
static void explain(slg_ward *w, int32_t g, char *text, size_t size)
{
    const double *e0 = w->patient->e0;
    const struct {
        const char *text;
        double binding;
    } way[] = {
        {"if they were in Hartree", median_binding(w, g, hartree, e0, false)},
        {"if they were in Rydberg", median_binding(w, g, rydberg, e0, false)},
        {"if they were per atom (total energies are expected)", median_binding(w, g, 1, e0, true)},
        {"if they were cohesive energies (then e0 is 0 for each element)", median_binding(w, g, 1, NULL, false)}};
    size_t n = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sizeof way / sizeof way[0]; i++)
        if (fabs(way[i].binding) < most_binding && n < size)
            n += (size_t)snprintf(text + n, size - n, "%s%s", n > 0 ? ", or " : "they would fit ", way[i].text);
    if (n == 0)
        snprintf(text, size, "are they of another method?");
}

static void note_binding(slg_ward *w, int32_t g)
{
    char why[256], type[SLG_CONFIG_TYPE + 32] = "";
    if (g >= 0)
        snprintf(type, sizeof type, "config_type '%s': ", w->d->group[g]);
    explain(w, g, why, sizeof why);
    slg_note(w, "energy-e0", "%senergies lie %.4g eV/atom (median) from those of the free atoms (e0); %s", type,
             median_binding(w, g, 1, w->patient->e0, false), why);
}

/* One finding when most config_types are far away, else one for each. */
static void examine_binding(slg_ward *w)
{
    const double *e0 = w->patient->e0;
    size_t n_far = 0, n = 0;
    for (size_t g = 0; e0 && g < w->d->n_group; g++) {
        const double m = median_binding(w, (int32_t)g, 1, e0, false);
        n += isfinite(m);
        n_far += fabs(m) > too_far;
    }
    if (2 * n_far > n)
        note_binding(w, -1);
    for (size_t g = 0; n_far > 0 && 2 * n_far <= n && g < w->d->n_group; g++)
        if (fabs(median_binding(w, (int32_t)g, 1, e0, false)) > too_far)
            note_binding(w, (int32_t)g);
}

/* --- by themselves -------------------------------------------------------------------------------------------- */

/* Total energy of a neutral atom in Hartree, by the statistical model with its corrections (Englert, 1988). */
static double all_electron(int32_t z)
{
    const double x = z;
    return -0.768745 * pow(x, 7.0 / 3) + 0.5 * x * x - 0.269900 * pow(x, 5.0 / 3);
}

/* How far energies are from such totals, relative to these; all structures together. */
static void examine_unit(slg_ward *w)
{
    const slg_patient *p = w->patient;
    double atom[SLG_MAX_SPECIES] = {0}, *x = slg_ward_numbers(w, w->d->n_frame);
    size_t n = 0;
    for (int32_t s = 0; s < p->n_species; s++)
        atom[s] = all_electron(p->z[s]);
    for (size_t f = 0; x && f < w->d->n_frame; f++)
        if (counts(w, f))
            x[n++] = fabs(per_atom(w, f) / mean_of(w, f, atom) - 1);
    const double away = x ? slg_median(x, n) : 1;
    if (away < 0.05)
        slg_note(w, "energy-unit",
                 "energies are those of all electrons in Hartree (within %.2g %%, median, by the statistical model of "
                 "atoms); eV are expected",
                 fmax(100 * away, 0.1));
    slg_free(x);
}

static bool same_composition(const slg_dataset *d, size_t f, size_t g)
{
    size_t count[2][SLG_MAX_Z + 1] = {{0}};
    const size_t which[2] = {f, g};
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < d->frame[which[k]].n_atom; i++)
            count[k][d->z[d->frame[which[k]].first + i]]++;
    for (int z = 1; z <= SLG_MAX_Z; z++)
        if (count[0][z] * d->frame[g].n_atom != count[1][z] * d->frame[f].n_atom)
            return false;
    return true;
}

/* Slopes of log |E| against log N between structures of one composition; the first pairs of growing strides. */
static void examine_size(slg_ward *w)
{
    enum { PAIRS = 2000 };
    const slg_dataset *d = w->d;
    double *slope = slg_ward_numbers(w, PAIRS);
    size_t n = 0;
    for (size_t step = 1; slope && step < d->n_frame && n < PAIRS; step = 2 * step + 1)
        for (size_t f = step; f < d->n_frame && n < PAIRS; f++) {
            const slg_frame *a = &d->frame[f - step], *b = &d->frame[f];
            const double ratio = (double)b->n_atom / (double)a->n_atom;
            if (!counts(w, f) || !counts(w, f - step) || (ratio < 1.5 && ratio > 1 / 1.5) ||
                !(a->energy * b->energy > 0) || !same_composition(d, f - step, f))
                continue;
            slope[n++] = log(b->energy / a->energy) / log(ratio);
        }
    const double median = slope ? slg_median(slope, n) : (double)NAN;
    if (n >= 3 && fabs(median) < 0.3)
        slg_note(
            w, "energy-per-atom",
            "energies do not grow with the number of atoms (as its power %.2f, median of %zu pairs of structures of "
            "one composition); are they per atom? total energies are expected",
            median, n);
    slg_free(slope);
}

/* --- against composition -------------------------------------------------------------------------------------- */

/* One weighted least-squares step: c [n_species] from the shares of species and energies per atom. */
static bool solve(const slg_ward *w, const double *weight, double *c)
{
    enum { M = SLG_MAX_SPECIES };
    const int32_t n = w->patient->n_species;
    double a[M * M] = {0}, b[M] = {0}, s[M];
    lapack_int rank;
    for (size_t f = 0; f < w->d->n_frame; f++)
        for (int32_t i = 0; weight[f] > 0 && i < n; i++) {
            b[i] += weight[f] * w->share[f][i] * per_atom(w, f);
            for (int32_t j = 0; j < n; j++)
                a[i * n + j] += weight[f] * w->share[f][i] * w->share[f][j];
        }
    memcpy(c, b, sizeof b);
    return LAPACKE_dgelsd(LAPACK_ROW_MAJOR, n, n, 1, a, n, c, 1, s, 1e-8, &rank) == 0;
}

/* Energies per atom less those of the composition, by least absolute deviations; false without a solution. */
static bool less_composition(const slg_ward *w, double *weight, double *x)
{
    double c[SLG_MAX_SPECIES] = {0};
    bool good = true;
    for (size_t f = 0; f < w->d->n_frame; f++)
        weight[f] = counts(w, f);
    for (int round = 0; good && round < 20; round++) {
        good = solve(w, weight, c);
        for (size_t f = 0; f < w->d->n_frame; f++) {
            x[f] = counts(w, f) ? per_atom(w, f) - mean_of(w, f, c) : 0;
            weight[f] = counts(w, f) ? 1 / fmax(fabs(x[f]), 1e-3) : 0;
        }
    }
    return good;
}

/* The values of a config_type's structures; their number. */
static size_t gather(const slg_ward *w, const double *x, int32_t group, double *out)
{
    size_t n = 0;
    for (size_t i = w->group_first[group]; i < w->group_first[group + 1]; i++)
        if (counts(w, w->by_group[i]))
            out[n++] = x[w->by_group[i]];
    return n;
}

static void examine_outliers(slg_ward *w, const double *x, int32_t g, double *work)
{
    double low, high, median;
    slg_seen apart = {.of = 0};
    const size_t n = gather(w, x, g, work);
    median = slg_median(work, n);
    slg_apart(work, n, least_outlier, 5, &low, &high);
    for (size_t i = w->group_first[g]; i < w->group_first[g + 1]; i++) {
        const size_t f = w->by_group[i];
        if (counts(w, f) && (x[f] <= low || x[f] >= high))
            slg_see(&apart, f);
    }
    if (apart.n > 0)
        slg_note_seen(w, "energy-outlier", &apart,
                      "config_type '%s': energies that stand apart from the others by %.3g eV/atom and more (median)",
                      w->d->group[g], fmin(fabs(low - median), fabs(high - median)));
}

/* all: the median of all n_all structures; that of the others, unless the config_type has most of them. */
static void examine_shift(slg_ward *w, const double *x, int32_t g, double all, size_t n_all, double *work)
{
    const size_t n = gather(w, x, g, work);
    if (n < 3 || 2 * n >= n_all)
        return;
    const double own = slg_median(work, n);
    for (size_t i = 0; i < n; i++)
        work[i] = fabs(work[i] - own);
    if (fabs(own - all) > fmax(least_shift, 10 * slg_median(work, n)))
        slg_note(w, "energy-shift",
                 "config_type '%s': energies lie %.4g eV/atom (median) from those of all structures, composition "
                 "considered; are they of another method?",
                 w->d->group[g], own - all);
}

static void examine_residuals(slg_ward *w, const double *x, bool plain, double *work)
{
    size_t n_all = 0;
    for (size_t f = 0; f < w->d->n_frame; f++)
        if (counts(w, f))
            work[n_all++] = x[f];
    const double all = slg_median(work, n_all);
    for (size_t g = 0; g < w->d->n_group; g++) {
        examine_outliers(w, x, (int32_t)g, work);
        if (plain)
            examine_shift(w, x, (int32_t)g, all, n_all, work);
    }
}

static void examine_zeros(slg_ward *w)
{
    slg_seen zero = {.of = 0};
    size_t n = 0;
    for (size_t f = 0; f < w->d->n_frame; f++) {
        n += counts(w, f);
        if (counts(w, f) && !(fabs(w->d->frame[f].energy) > 0))
            slg_see(&zero, f);
    }
    if (zero.n > 0)
        slg_note_seen(w, "energy-zero", &zero,
                      "%zu of %zu structures have an energy of exactly zero; was it not computed?", zero.n, n);
}

void slg_examine_energies(slg_ward *w)
{
    const size_t n = w->d->n_frame, before = w->out->n;
    examine_zeros(w);
    examine_unit(w);
    examine_size(w);
    if (w->out->n == before)
        examine_binding(w);
    const bool plain = w->out->n == before;
    double *weight = slg_ward_numbers(w, n), *x = slg_ward_numbers(w, n), *work = slg_ward_numbers(w, n);
    if (weight && x && work && less_composition(w, weight, x))
        examine_residuals(w, x, plain, work);
    slg_free(weight);
    slg_free(x);
    slg_free(work);
}
