/* Pressure against volume: what is compressed pushes outwards. */
#include "runtime/base/alloc.h"
#include "src/data/lattice.h"
#include "src/doctor/ward.h"

#include <math.h>
#include <stdlib.h>

static const double largest_pressure = 2; /* eV/Angstrom^3, 320 GPa: the median of no usual set */

typedef struct state {
    double volume, pressure; /* Angstrom^3/atom, eV/Angstrom^3 */
} state;

/* The structures of one config_type that have a virial; their number. */
static size_t gather(const slg_ward *w, size_t group, state *out)
{
    size_t n = 0;
    for (size_t i = w->group_first[group]; i < w->group_first[group + 1]; i++) {
        const slg_frame *x = &w->d->frame[w->by_group[i]];
        const double volume = slg_lattice_volume((const double *)x->cell);
        if (x->has_virial && volume > 0)
            out[n++] = (state){volume / (double)x->n_atom, (x->virial[0] + x->virial[3] + x->virial[5]) / (3 * volume)};
    }
    return n;
}

static int by_volume(const void *pa, const void *pb)
{
    const state *a = pa, *b = pb;
    return (a->volume > b->volume) - (a->volume < b->volume);
}

/* Kendall's rank correlation of pressure with volume. */
static double correlation(const state *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            sum += (x[i].volume > x[j].volume) * ((x[i].pressure > x[j].pressure) - (x[i].pressure < x[j].pressure));
    return 2 * sum / ((double)n * (double)(n - 1));
}

static void examine_sign(slg_ward *w, int32_t g, state *x, size_t n)
{
    enum { MOST = 1000, FEW = 10 };
    if (n < FEW)
        return;
    qsort(x, n, sizeof *x, by_volume);
    const bool compressed = x[n - 1].volume > 1.05 * x[0].volume;
    const size_t stride = (n + MOST - 1) / MOST, kept = n / stride; /* all pairs of them are looked at */
    for (size_t i = 0; i < kept; i++)
        x[i] = x[i * stride];
    const double rank = correlation(x, kept);
    if (compressed && rank > 0.5)
        slg_note(
            w, "stress",
            "config_type '%s': the pressure rises with the volume (rank correlation %.2f of %zu structures); has the "
            "stress the other sign (virial = -volume * stress)?",
            w->d->group[g], rank, n);
}

static void examine_zeros(slg_ward *w)
{
    slg_seen zero = {.of = 0};
    for (size_t f = 0; f < w->d->n_frame; f++) {
        const slg_frame *x = &w->d->frame[f];
        double most = 0;
        for (int c = 0; c < 6; c++)
            most = fmax(most, fabs(x->virial[c]));
        zero.of += x->has_virial && !w->free_atom[f];
        if (x->has_virial && !w->free_atom[f] && !(most > 0))
            slg_see(&zero, f);
    }
    if (zero.n > 0)
        slg_note_seen(w, "virial-zero", &zero,
                      "%zu of %zu structures have virials that are exactly zero; were they not "
                      "computed?",
                      zero.n, zero.of);
}

void slg_examine_pressure(slg_ward *w)
{
    const slg_dataset *d = w->d;
    examine_zeros(w);
    state *x = w->st == SLG_OK ? slg_calloc(d->n_frame, sizeof *x) : NULL;
    double *size = slg_ward_numbers(w, d->n_frame);
    size_t n_size = 0;
    if (!x && w->st == SLG_OK)
        w->st = slg_fail_nomem(w->err, "findings about the data");
    for (size_t g = 0; x && size && g < d->n_group; g++) {
        const size_t n = gather(w, g, x);
        for (size_t i = 0; i < n; i++)
            size[n_size++] = fabs(x[i].pressure);
        examine_sign(w, (int32_t)g, x, n);
    }
    const double median = size ? slg_median(size, n_size) : (double)NAN;
    if (median > largest_pressure)
        slg_note(w, "stress",
                 "the pressure is %.3g eV/Angstrom^3 (median); is the stress in GPa or kbar instead of eV/Angstrom^3?",
                 median);
    slg_free(size);
    slg_free(x);
}
