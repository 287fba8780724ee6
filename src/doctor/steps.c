/*
 * Energies, forces and virials against each other: between neighbouring structures of a file the energy changes by the
 * work of the forces and of the stress, to second order
 *   E2 - E1 = -(F1 + F2)/2 . (x2 - x1)  +  -(W1 + W2)/2 : strain,   W = virial = -dE/d(strain).
 */
#include "runtime/base/alloc.h"
#include "src/data/lattice.h"
#include "src/doctor/ward.h"

#include <math.h>
#include <string.h>

static const double longest_step = 0.4, largest_strain = 0.1; /* Angstrom */
static const double least_work = 1e-3;                        /* eV */

typedef struct work {
    double forces, stress; /* eV */
} work;

/* --- one step ------------------------------------------------------------------------------------------------- */

/* Strain from the first cell to the second, row vectors: h2 = h1 (1 + strain). False when it is large. */
static bool strain_of(const slg_frame *a, const slg_frame *b, double strain[3][3])
{
    double inverse[3][3]; /* x = h^T f, f_k = sum_c x_c inverse[c][k] */
    memset(strain, 0, 9 * sizeof(double));
    if (!a->has_cell || slg_lattice_is_flat((const double *)a->cell))
        return true;
    slg_lattice_inverse((const double *)a->cell, inverse);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            for (int k = 0; k < 3; k++)
                strain[i][j] += inverse[i][k] * b->cell[k][j];
            strain[i][j] -= i == j;
            if (fabs(strain[i][j]) > largest_strain)
                return false;
        }
    return true;
}

static bool is_strained(double strain[3][3])
{
    double most = 0;
    for (int i = 0; i < 9; i++)
        most = fmax(most, fabs(strain[i / 3][i % 3]));
    return most > 1e-6;
}

/* Displacement of atom i beyond what the strain does, nearest image. */
static void step_of(const slg_dataset *d, const slg_frame *a, const slg_frame *b, size_t i, double strain[3][3],
                    double step[3])
{
    const double *x = d->pos + 3 * (a->first + i), *y = d->pos + 3 * (b->first + i);
    double inverse[3][3];
    for (int c = 0; c < 3; c++) {
        step[c] = y[c] - x[c];
        for (int k = 0; k < 3; k++)
            step[c] -= x[k] * strain[k][c];
    }
    if (!b->has_cell || slg_lattice_is_flat((const double *)b->cell))
        return;
    slg_lattice_inverse((const double *)b->cell, inverse);
    for (int k = 0; k < 3; k++) {
        const double turns =
            b->pbc[k] ? round(step[0] * inverse[0][k] + step[1] * inverse[1][k] + step[2] * inverse[2][k]) : 0;
        for (int c = 0; c < 3; c++)
            step[c] -= turns * b->cell[k][c];
    }
}

/* The same atoms in the same order, not moved or strained by much; then the works. */
static bool step_work(const slg_dataset *d, size_t f, work *out)
{
    const slg_frame *a = &d->frame[f], *b = &d->frame[f + 1];
    double strain[3][3];
    *out = (work){0};
    if (a->n_atom != b->n_atom || a->has_cell != b->has_cell || !a->has_energy || !b->has_energy || !a->has_force ||
        !b->has_force || memcmp(d->z + a->first, d->z + b->first, a->n_atom * sizeof *d->z) != 0 ||
        !strain_of(a, b, strain) || (is_strained(strain) && !(a->has_virial && b->has_virial)))
        return false;
    for (size_t i = 0; i < a->n_atom; i++) {
        double step[3];
        step_of(d, a, b, i, strain, step);
        if (sqrt(step[0] * step[0] + step[1] * step[1] + step[2] * step[2]) > longest_step)
            return false;
        for (int c = 0; c < 3; c++)
            out->forces -=
                0.5 * (d->force[3 * (a->first + i) + (size_t)c] + d->force[3 * (b->first + i) + (size_t)c]) * step[c];
    }
    static const int at[3][3] = {{0, 1, 2}, {1, 3, 4}, {2, 4, 5}};
    for (int i = 0; a->has_virial && b->has_virial && i < 3; i++)
        for (int j = 0; j < 3; j++)
            out->stress -= 0.5 * (a->virial[at[i][j]] + b->virial[at[i][j]]) * strain[i][j];
    return true;
}

/* --- all steps ------------------------------------------------------------------------------------------------ */

/* What a ratio of energy to work may mean: the nearest of the usual mistakes. */
static const char *meaning(double ratio, bool forces)
{
    static const struct {
        double ratio;
        const char *text[2]; /* of the stress, of the forces */
    } known[] = {
        {-1,
         {"the virial has the wrong sign (virial = -volume * stress)",
          "the forces (or the energies) have the wrong sign"}},
        {23.060548, {"energies in kcal/mol, virials in eV", "energies in kcal/mol, forces in eV/Angstrom"}},
        {1 / 23.060548, {NULL, "forces in kcal/mol/Angstrom, energies in eV"}},
        {96.485332, {"energies in kJ/mol, virials in eV", "energies in kJ/mol, forces in eV/Angstrom"}},
        {1 / 27.211386, {"energies in Hartree, virials in eV", "energies in Hartree, forces in eV/Angstrom"}},
        {27.211386, {"virials in Hartree, energies in eV", "forces in Hartree/Angstrom, energies in eV"}},
        {1 / 13.605693, {"energies in Rydberg, virials in eV", "energies in Rydberg, forces in eV/Angstrom"}},
        {51.422067, {NULL, "forces in Hartree/Bohr, energies in eV"}},
        {25.711034, {NULL, "forces in Rydberg/Bohr, energies in eV"}},
        {1.8897261, {NULL, "forces and energies in Hartree (or Rydberg) and Bohr"}},
        {0.52917721, {NULL, "positions in Bohr, forces in eV/Angstrom"}},
        {1 / 160.21766, {"stress in GPa instead of eV/Angstrom^3", NULL}},
        {-1 / 160.21766, {"stress in GPa and of the wrong sign", NULL}},
        {1 / 1602.1766, {"stress in kbar instead of eV/Angstrom^3", NULL}},
        {-1 / 1602.1766, {"stress in kbar and of the wrong sign", NULL}},
    };
    const char *nearest = "their units or their order differ";
    double best = 0.15;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const double away = known[i].text[forces] ? fabs(ratio / known[i].ratio - 1) : best;
        nearest = away < best ? known[i].text[forces] : nearest;
        best = fmin(best, away);
    }
    return nearest;
}

static void judge(slg_ward *w, double *ratio, size_t n, bool forces)
{
    enum { FEW = 5 };
    const double middle = n >= FEW ? slg_median(ratio, n) : (double)NAN;
    if (n < FEW || (middle > 0.7 && middle < 1.4))
        return;
    /* The middle half must agree, or it says nothing. */
    if (ratio[n - 1 - n / 4] - ratio[n / 4] > 0.5 * fabs(middle))
        return;
    slg_note(
        w, forces ? "energy-force" : "stress",
        "from one structure to the next the energy changes by %.3g times the work of the %s (median of %zu steps); "
        "perhaps: %s",
        middle, forces ? "forces" : "stress", n, meaning(middle, forces));
}

void slg_examine_steps(slg_ward *w)
{
    const slg_dataset *d = w->d;
    double *by_force = slg_ward_numbers(w, d->n_frame), *by_stress = slg_ward_numbers(w, d->n_frame);
    size_t n_force = 0, n_stress = 0;
    for (size_t f = 0; by_force && by_stress && f + 1 < d->n_frame; f++) {
        work x;
        if (d->frame[f].file != d->frame[f + 1].file || !step_work(d, f, &x))
            continue;
        const double change = d->frame[f + 1].energy - d->frame[f].energy;
        if (fabs(x.stress) > least_work && fabs(x.stress) > 3 * fabs(x.forces))
            by_stress[n_stress++] = (change - x.forces) / x.stress;
        else if (fabs(x.forces) > least_work && fabs(x.forces) > 3 * fabs(x.stress))
            by_force[n_force++] = (change - x.stress) / x.forces;
    }
    if (by_force && by_stress) {
        judge(w, by_force, n_force, true);
        judge(w, by_stress, n_stress, false);
    }
    slg_free(by_force);
    slg_free(by_stress);
}
