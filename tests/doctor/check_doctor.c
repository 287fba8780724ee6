/* What is wrong with data is seen; what is right is not complained of. */
#include "runtime/base/alloc.h"
#include "src/data/element.h"
#include "src/data/lattice.h"
#include "src/doctor/doctor.h"
#include "tests/data/data_support.h"

#include <stdio.h>

static const double hartree = 27.211386, rydberg = 13.605693, bohr = 0.52917721;

typedef struct example {
    const char *file;
    double e0[3]; /* in order of the elements; of the isolated atoms in the files */
} example;

static const example dimer = {"c2-dimer/C2_dimer.xyz", {-1027.252967865}};
static const example silicon = {"silicon/Si_bulk.xyz", {-102.5607}};
static const example molecules = {"cho-molecules/CHO_molecules.xyz", {0}};

/* --- examining ------------------------------------------------------------------------------------------------ */

static void isolated_energies(const slg_dataset *d, int32_t n_species, const int32_t *z, double *e0)
{
    for (size_t f = 0; f < d->n_frame; f++)
        for (int32_t s = 0; s < n_species; s++)
            if (d->frame[f].n_atom == 1 && d->z[d->frame[f].first] == z[s])
                e0[s] = d->frame[f].energy;
}

/* All findings as lines "code: text". */
static char *examine(const slg_dataset *train, const slg_dataset *other, const double *e0, const slg_xyz_keys *keys,
                     bool use_virial)
{
    slg_error err = {0};
    slg_findings found;
    int32_t n_species, z[SLG_MAX_SPECIES];
    char *text = NULL;
    size_t n = 0;
    ck_assert_int_eq(slg_dataset_species(train, &n_species, z, &err), SLG_OK);
    const slg_patient p = {.set = {train, other, NULL},
                           .examined = {train, other, NULL},
                           .keys = keys,
                           .use_virial = use_virial,
                           .n_species = n_species,
                           .z = z,
                           .e0 = e0};
    ck_assert_msg(slg_doctor(&p, &found, &err) == SLG_OK, "%s", err.text);
    FILE *out = open_memstream(&text, &n);
    for (size_t i = 0; i < found.n; i++)
        fprintf(out, "%s: %s\n", found.item[i].code, found.item[i].text);
    fclose(out);
    slg_findings_free(&found);
    return text;
}

static slg_dataset *open_example(const example *x, double e0[SLG_MAX_SPECIES])
{
    int32_t n_species, z[SLG_MAX_SPECIES];
    slg_error err = {0};
    slg_dataset *d = read_set(slg_test_example(x->file));
    ck_assert_int_eq(slg_dataset_species(d, &n_species, z, &err), SLG_OK);
    memset(e0, 0, SLG_MAX_SPECIES * sizeof *e0);
    memcpy(e0, x->e0, sizeof x->e0);
    isolated_energies(d, n_species, z, e0);
    return d;
}

/* --- what is done to the data --------------------------------------------------------------------------------- */

static void scale_energies(slg_dataset *d, double by)
{
    for (size_t f = 0; f < d->n_frame; f++)
        d->frame[f].energy *= by;
}

static void scale_forces(slg_dataset *d, double by)
{
    for (size_t i = 0; i < 3 * d->n_atom; i++)
        d->force[i] *= by;
}

static void scale_virials(slg_dataset *d, double by)
{
    for (size_t f = 0; f < d->n_frame; f++)
        for (int c = 0; c < 6; c++)
            d->frame[f].virial[c] *= by;
}

static void scale_lengths(slg_dataset *d, double by)
{
    for (size_t i = 0; i < 3 * d->n_atom; i++)
        d->pos[i] *= by;
    for (size_t f = 0; f < d->n_frame; f++)
        for (int c = 0; c < 9; c++)
            d->frame[f].cell[c / 3][c % 3] *= by;
}

static bool single(const slg_dataset *d, size_t f)
{
    return d->frame[f].n_atom == 1;
}

static void as_it_is(slg_dataset *d)
{
    (void)d;
}
static void no_forces(slg_dataset *d)
{
    scale_forces(d, 0);
}
static void forces_turned(slg_dataset *d)
{
    scale_forces(d, -1);
}
static void forces_in_hartree_bohr(slg_dataset *d)
{
    scale_forces(d, bohr / hartree);
}

static void forces_in_rydberg_bohr(slg_dataset *d)
{
    scale_forces(d, bohr / rydberg);
}
static void forces_in_hartree(slg_dataset *d)
{
    scale_forces(d, 1 / hartree);
}
static void virials_turned(slg_dataset *d)
{
    scale_virials(d, -1);
}
static void stress_in_gpa(slg_dataset *d)
{
    scale_virials(d, 160.21766);
}

static void stress_in_kbar(slg_dataset *d)
{
    scale_virials(d, 1602.1766);
}

static void stress_of_vasp(slg_dataset *d)
{
    scale_virials(d, -1602.1766);
}
static void in_bohr(slg_dataset *d)
{
    scale_lengths(d, 1 / bohr);
}
static void too_short(slg_dataset *d)
{
    scale_lengths(d, 0.4);
}

static void all_in_hartree(slg_dataset *d)
{
    scale_energies(d, 1 / hartree);
}

/* Energies in Hartree, forces in Hartree/Bohr, positions as they were. */
static void atomic_units(slg_dataset *d)
{
    scale_energies(d, 1 / hartree);
    scale_forces(d, bohr / hartree);
}

/* Atoms on the other side of their cells. */
static void across_the_boundary(slg_dataset *d)
{
    for (size_t f = 0; f < d->n_frame; f++)
        for (size_t i = 0; i < d->frame[f].n_atom; i += 3)
            for (size_t c = 0; d->frame[f].pbc[0] && c < 3; c++)
                d->pos[3 * (d->frame[f].first + i) + c] += (f % 2 ? 1 : -2) * d->frame[f].cell[1][c];
}

static void in_hartree(slg_dataset *d)
{
    for (size_t f = 0; f < d->n_frame; f++)
        d->frame[f].energy /= single(d, f) ? 1 : hartree;
}

static void in_rydberg(slg_dataset *d)
{
    for (size_t f = 0; f < d->n_frame; f++)
        d->frame[f].energy /= single(d, f) ? 1 : rydberg;
}

static void as_per_atom(slg_dataset *d)
{
    for (size_t f = 0; f < d->n_frame; f++)
        d->frame[f].energy /= (double)d->frame[f].n_atom;
}

static void cohesive(slg_dataset *d)
{
    for (size_t f = 0; f < d->n_frame; f++)
        d->frame[f].energy -= single(d, f) ? 0 : (double)d->frame[f].n_atom * -102.5607;
}

static void shifted_group(slg_dataset *d)
{
    for (size_t f = 0; f < d->n_frame; f++)
        if (strcmp(d->frame[f].config_type, "vacancy") == 0)
            d->frame[f].energy += 15 * (double)d->frame[f].n_atom;
}

static void one_energy_up(slg_dataset *d)
{
    d->frame[30].energy += 4 * (double)d->frame[30].n_atom;
}

static void one_energy_down(slg_dataset *d)
{
    d->frame[30].energy -= 4 * (double)d->frame[30].n_atom;
}

static void one_force(slg_dataset *d)
{
    for (size_t i = 0; i < d->frame[40].n_atom; i++)
        for (size_t c = 0; c < 3; c++)
            d->force[3 * (d->frame[40].first + i) + c] *= 1000;
}

static void atom_held(slg_dataset *d)
{
    for (size_t f = 30; f < 33; f++)
        for (size_t c = 0; c < 3; c++)
            d->force[3 * d->frame[f].first + c] += 3;
}

/* A net force above the absolute limit that is small against the forces themselves. */
static void large_forces(slg_dataset *d)
{
    const slg_frame *f = &d->frame[30];
    for (size_t i = 0; i < f->n_atom; i++)
        for (size_t c = 0; c < 3; c++)
            d->force[3 * (f->first + i) + c] = c > 0 ? 0 : (i % 2 ? -8 : 8) * (f->n_atom % 2 && i == 0 ? 0 : 1);
    d->force[3 * (f->first + 1)] += 0.6;
}

static void atoms_close(slg_dataset *d)
{
    const slg_frame *f = &d->frame[35];
    for (size_t c = 0; c < 3; c++)
        d->pos[3 * (f->first + 1) + c] = d->pos[3 * f->first + c] + 0.3;
}

static void some_energies_zero(slg_dataset *d)
{
    for (size_t f = 60; f < 65; f++)
        d->frame[f].energy = 0;
}

static void no_virials(slg_dataset *d)
{
    scale_virials(d, 0);
}

/* One atom of three structures held where it is: its force is left out. */
static void atom_without_force(slg_dataset *d)
{
    for (size_t f = 60; f < 63; f++)
        memset(d->force + 3 * d->frame[f].first, 0, 3 * sizeof *d->force);
}

static void energies_in_kcal(slg_dataset *d)
{
    for (size_t f = 0; f < d->n_frame; f++)
        d->frame[f].energy = -1027.252967865 * 2 + 23.060548 * (d->frame[f].energy + 1027.252967865 * 2);
}

static void some_without_forces(slg_dataset *d)
{
    for (size_t f = 20; f < 29; f++)
        d->frame[f].has_force = false;
}

static void another_element(slg_dataset *d)
{
    d->z[d->frame[50].first] = 32;
}

static const struct {
    const example *data;
    void (*spoil)(slg_dataset *d);
    const char *want; /* a code with parts of its text; "" = nothing is found */
    const char *also; /* codes that follow from it */
} spoilt[] = {
    {&dimer, as_it_is, "", ""},
    {&silicon, as_it_is, "", ""},
    {&molecules, as_it_is, "", ""},
    {&silicon, no_forces, "forces-zero: |'rattle_diamond': 28 of 28", ""},
    {&dimer, no_forces, "forces-zero: |30 of 30", ""},
    {&dimer, forces_turned, "energy-force: |the forces (or the energies) have the wrong sign", ""},
    {&dimer, forces_in_hartree_bohr, "energy-force: |forces in Hartree/Bohr", ""},
    {&dimer, forces_in_rydberg_bohr, "energy-force: |forces in Rydberg/Bohr", ""},
    {&dimer, forces_in_hartree, "energy-force: |forces in Hartree/Angstrom", ""},
    {&dimer, atomic_units, "energy-unit: |all electrons", "energy-force"},
    {&dimer, atomic_units, "energy-force: |forces and energies in Hartree (or Rydberg) and Bohr", "energy-unit"},
    {&silicon, virials_turned, "stress: |the virial has the wrong sign", "stress"},
    {&silicon, virials_turned, "stress: |the pressure rises with the volume", "stress"},
    {&silicon, stress_in_gpa, "stress: |stress in GPa instead", "stress"},
    {&silicon, stress_in_gpa, "stress: |is the stress in GPa or kbar", "stress"},
    {&silicon, stress_in_kbar, "stress: |stress in kbar instead", "stress"},
    {&silicon, stress_of_vasp, "stress: |stress in kbar and of the wrong sign", "stress"},
    {&silicon, in_bohr, "distance-long: |Bohr", "energy-force"},
    {&silicon, in_bohr, "energy-force: |positions in Bohr", "distance-long"},
    {&silicon, too_short, "distance-short: |another unit", "energy-force"},
    {&molecules, all_in_hartree, "energy-unit: |all electrons", "energy-force"},
    {&dimer, all_in_hartree, "energy-unit: |all electrons", "energy-force"},
    {&dimer, all_in_hartree, "energy-force: |energies in Hartree, forces in eV/Angstrom", "energy-unit"},
    {&silicon, in_hartree, "energy-e0: |they would fit if they were in Hartree", "energy-force stress"},
    {&silicon, in_rydberg, "energy-e0: |in Rydberg", "energy-force stress"},
    {&silicon, as_per_atom, "energy-per-atom: |do not grow", "energy-force stress energy-outlier"},
    {&dimer, as_per_atom, "energy-e0: |if they were per atom", "energy-force"},
    {&silicon, cohesive, "energy-e0: |if they were cohesive energies", ""},
    {&silicon, shifted_group, "energy-shift: |'vacancy': energies lie 15", ""},
    {&silicon, one_energy_up, "energy-outlier: |(structure 30 (line ", ""},
    {&silicon, one_energy_down, "energy-outlier: |(structure 30 (line ", ""},
    {&silicon, one_force, "force-outlier: |far from all others|(structure 40 (line ", ""},
    {&silicon, atom_held, "force-sum: |3 structures", ""},
    {&silicon, large_forces, "", ""},
    {&silicon, atoms_close, "distance-short: |in 1 of|(structure 35 (line ", ""},
    {&silicon, some_without_forces, "partial: |9 of 100 structures have no forces", ""},
    {&silicon, another_element, "rare-element: |Ge occurs in one structure", "energy-outlier"},
    {&silicon, across_the_boundary, "", ""},
    {&silicon, some_energies_zero, "energy-zero: |5 of 100 structures", "energy-outlier energy-force stress"},
    {&silicon, no_virials, "virial-zero: |100 of 100", "energy-force"},
    {&silicon, atom_without_force, "force-sum: |3 structures", ""},
    {&dimer, energies_in_kcal, "energy-force: |energies in kcal/mol", "energy-e0"},
};

/* Does the line say all of the parts between bars? */
static bool says(const char *line, const char *want)
{
    char part[128];
    for (bool good = true; good; want += *want == '|') {
        const size_t n = strcspn(want, "|");
        snprintf(part, sizeof part, "%.*s", (int)n, want);
        good = strstr(line, part) != NULL;
        want += n;
        if (!good || *want == '\0')
            return good;
    }
    return false;
}

START_TEST(spoilt_data)
{
    double e0[SLG_MAX_SPECIES];
    slg_dataset *d = open_example(spoilt[_i].data, e0);
    spoilt[_i].spoil(d);
    char *found = examine(d, NULL, e0, &usual_keys, true);
    const char *want = spoilt[_i].want;
    if (want[0] == '\0')
        ck_assert_str_eq(found, "");
    else
        ck_assert_msg(says(found, want), "case %d: expected %s, found\n%s", _i, want, found);
    /* Nothing else is found but what follows from it. */
    char code[32];
    snprintf(code, sizeof code, "%.*s", (int)strcspn(want, ":"), want);
    for (const char *line = found; *line; line = strchr(line, '\n') + 1) {
        char own[32];
        snprintf(own, sizeof own, "%.*s", (int)strcspn(line, ":"), line);
        ck_assert_msg(strcmp(own, code) == 0 || strstr(spoilt[_i].also, own), "case %d: besides %s\n%s", _i, want,
                      found);
    }
    free(found);
    slg_dataset_free(&d);
}
END_TEST

/* One structure says nothing about how often its elements occur. */
START_TEST(a_single_structure)
{
    double e0[SLG_MAX_SPECIES];
    slg_error err = {0};
    slg_dataset *d = open_example(&dimer, e0), *one = NULL;
    ck_assert_int_eq(slg_dataset_subset(d, (size_t[]){7}, 1, &one, &err), SLG_OK);
    char *found = examine(one, NULL, e0, &usual_keys, false);
    ck_assert_str_eq(found, "");
    free(found);
    slg_dataset_free(&one);
    slg_dataset_free(&d);
}
END_TEST

/*
 * A bond that is stretched by 0.01 Angstrom a step against 10 eV/Angstrom, while the cell grows under a tension: the
 * work of one is counted where the other is judged. With `wrong`, forces of the wrong sign.
 */
static char *stretched(bool wrong)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    for (int k = 0; k < 20; k++) {
        const double cell = 6 * pow(1.002, k), pull = wrong ? -10 : 10;
        fprintf(out,
                "2\nLattice=\"%.15g 0 0 0 %.15g 0 0 0 %.15g\" Properties=species:S:1:pos:R:3:forces:R:3 "
                "energy=%.15g virial=\"5 0 0 0 5 0 0 0 5\"\nC 0 0 0 %g 0 0\nC %.15g 0 0 %g 0 0\n",
                cell, cell, cell, -20 + 0.07 * k, pull, 0.3 * cell + 0.01 * k, -pull);
    }
    fclose(out);
    slg_dataset *d = parse(text);
    char *found = examine(d, NULL, (const double[]){-8}, &usual_keys, true);
    slg_dataset_free(&d);
    free(text);
    return found;
}

START_TEST(both_works_are_counted)
{
    char *right = stretched(false), *wrong = stretched(true);
    ck_assert_msg(!strstr(right, "energy-force"), "%s", right);
    ck_assert_msg(strstr(wrong, "energy-force"), "%s", wrong);
    free(right);
    free(wrong);
}
END_TEST

/* --- twins ---------------------------------------------------------------------------------------------------- */

static slg_dataset *twice(const slg_dataset *d, size_t again)
{
    slg_error err = {0};
    slg_dataset *out = NULL;
    size_t *keep = malloc((d->n_frame + 1) * sizeof *keep);
    for (size_t f = 0; f < d->n_frame; f++)
        keep[f] = f;
    keep[d->n_frame] = again;
    ck_assert_int_eq(slg_dataset_subset(d, keep, d->n_frame + 1, &out, &err), SLG_OK);
    free(keep);
    return out;
}

/* Another order of the atoms, another origin, other images. */
static void move_last(slg_dataset *d)
{
    const slg_frame *f = &d->frame[d->n_frame - 1];
    for (size_t i = 0; i < f->n_atom / 2; i++) {
        double *a = d->pos + 3 * (f->first + i), *b = d->pos + 3 * (f->first + f->n_atom - 1 - i), keep[3];
        memcpy(keep, a, sizeof keep);
        memcpy(a, b, sizeof keep);
        memcpy(b, keep, sizeof keep);
    }
    for (size_t i = f->first; i < f->first + f->n_atom; i++)
        for (size_t c = 0; c < 3; c++)
            d->pos[3 * i + c] += 0.37 * (double)(c + 1) - (i % 2 && f->pbc[0] ? f->cell[1][c] : 0);
}

START_TEST(repeated_structures)
{
    double e0[SLG_MAX_SPECIES];
    slg_dataset *d = open_example(_i % 2 ? &silicon : &dimer, e0);
    const size_t which = _i % 2 ? 60 : 7;
    slg_dataset *more = twice(d, which);
    const bool moved = _i / 2 % 2, other_energy = _i / 4;
    char want[128];
    if (moved)
        move_last(more);
    if (other_energy)
        more->frame[d->n_frame].energy += 0.01 * (double)more->frame[d->n_frame].n_atom;
    char *found = examine(more, NULL, e0, &usual_keys, true);
    snprintf(want, sizeof want, "duplicates: |1 training structure occurs twice|.xyz:%zu (structure %zu (line",
             d->frame[which].line, which);
    ck_assert_msg(says(found, want), "%s: %s", want, found);
    ck_assert_int_eq(strstr(found, "contradiction: ") != NULL, other_energy);
    ck_assert_msg(!other_energy || strstr(found, "(up to 0.01 eV/atom)"), "%s", found);
    free(found);
    slg_dataset_free(&more);
    slg_dataset_free(&d);
}
END_TEST

/* Each structure counts against all earlier ones, however often it occurs. */
START_TEST(leak_of_training_structures)
{
    double e0[SLG_MAX_SPECIES];
    slg_error err = {0};
    const size_t keep[] = {61, 62, 63, 61, 61, 61};
    slg_dataset *d = open_example(&silicon, e0), *some = NULL;
    ck_assert_int_eq(slg_dataset_subset(d, keep, 6, &some, &err), SLG_OK);
    some->pos[3 * some->frame[1].first] += 0.05; /* no longer the same */
    char *found = examine(d, some, e0, &usual_keys, true);
    ck_assert_msg(says(found, "leak: |5 validation structures are in an earlier set"), "%s", found);
    ck_assert_msg(says(found, "duplicates: |3 validation structures occur twice"), "%s", found);
    free(found);
    slg_dataset_free(&some);
    slg_dataset_free(&d);
}
END_TEST

/* Two chains of atoms that all structure factors agree about (homometric sets modulo 8), on one lattice. */
START_TEST(alloys_are_no_twins)
{
    static const char *const order[] = {"AABAABBB", "AAABBABB"};
    char text[4096];
    size_t n = 0;
    for (int k = 0; k < 2; k++) {
        n += (size_t)snprintf(text + n, sizeof text - n,
                              "8\nLattice=\"24 0 0 0 6 0 0 0 6\" Properties=species:S:1:pos:R:3 energy=%d\n", -40 - k);
        for (int i = 0; i < 8; i++)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s %d 0 0\n", order[k][i] == 'A' ? "Mo" : "W", 3 * i);
    }
    slg_dataset *d = parse(text);
    char *found = examine(d, NULL, NULL, &usual_keys, false);
    ck_assert_ptr_null(strstr(found, "duplicates"));
    free(found);
    slg_dataset_free(&d);
}
END_TEST

/* Structures that have nothing to do with each other: only the relation of pressure and volume is left. */
START_TEST(pressure_without_steps)
{
    char text[16384];
    size_t n = 0;
    for (int k = 0; k < 12; k++) {
        const double a = 3 + 0.05 * ((k * 5) % 12), p = (_i ? 1 : -1) * (a - 3.3) * a * a * a * 0.1;
        n += (size_t)snprintf(text + n, sizeof text - n,
                              "%d\nLattice=\"%g 0 0 0 %g 0 0 0 %g\" Properties=species:S:1:pos:R:3 energy=%g "
                              "virial=\"%g 0 0 0 %g 0 0 0 %g\"\n%s 0 0 0\n%s",
                              1 + k % 2, a * (1 + k % 2), a, a, -4.0 * (1 + k % 2), (1 + k % 2) * p, (1 + k % 2) * p,
                              (1 + k % 2) * p, "Na", "");
        if (k % 2)
            n += (size_t)snprintf(text + n, sizeof text - n, "Na %g 0 0\n", a);
    }
    slg_dataset *d = parse(text);
    char *found = examine(d, NULL, NULL, &usual_keys, true);
    ck_assert_int_eq(says(found, "stress: |the pressure rises with the volume"), _i);
    free(found);
    slg_dataset_free(&d);
}
END_TEST

/* --- keys ----------------------------------------------------------------------------------------------------- */

static const struct {
    const char *comment, *want;
} keys[] = {
    {"energy=-1 REF_energy=-2", "energies are read from 'energy', the file also has 'REF_energy'"},
    {"energy=-1 dft_energy=-2", "'dft_energy'"},
    {"energy=-1 energy_dft=-2", "'energy_dft'"},
    {"energy=-1 virials=\"1 0 0 0 1 0 0 0 1\"", "no virials are read, but the file has 'virials'; to read it: "
                                                "data.virial_key: virials"},
    {"energy=-1 stress=\"1 0 0 0 1 0 0 0 1\"", "data.stress_key: stress"},
};

START_TEST(keys_that_are_not_read)
{
    char text[1024];
    snprintf(text, sizeof text,
             "2\nLattice=\"9 0 0 0 9 0 0 0 9\" Properties=species:S:1:pos:R:3:REF_forces:R:3 %s\n"
             "Si 0 0 0 0 0 1\nSi 0 0 2.4 0 0 -1\n",
             keys[_i].comment);
    slg_dataset *d = parse(text);
    char *found = examine(d, NULL, NULL, &usual_keys, false);
    ck_assert_msg(says(found, "unread: ") && strstr(found, keys[_i].want), "%s", found);
    ck_assert_msg(says(found, "no forces are read, but the file has 'REF_forces'"), "%s", found);
    free(found);
    slg_dataset_free(&d);
}
END_TEST

START_TEST(virials_without_use)
{
    double e0[SLG_MAX_SPECIES];
    slg_dataset *d = open_example(&silicon, e0);
    char *found = examine(d, NULL, e0, &usual_keys, false);
    ck_assert_msg(says(found, "unread: |100 structures have virials, which the fit does not use"), "%s", found);
    free(found);
    slg_dataset_free(&d);
}
END_TEST

START_TEST(energies_of_absent_elements)
{
    slg_error err = {0};
    slg_findings found;
    slg_dataset *d = read_set(slg_test_example(dimer.file));
    const int32_t z = 6;
    const slg_patient p = {.set = {d},
                           .examined = {d},
                           .keys = &usual_keys,
                           .n_species = 1,
                           .z = &z,
                           .n_given = 2,
                           .given = (const char[][3]){"C", "Si"}};
    ck_assert_int_eq(slg_doctor(&p, &found, &err), SLG_OK);
    ck_assert_uint_eq(found.n, 1);
    ck_assert_str_eq(found.item[0].code, "e0-absent");
    ck_assert_ptr_nonnull(strstr(found.item[0].text, "energy of Si"));
    slg_findings_free(&found);
    slg_dataset_free(&d);
}
END_TEST

/* Any allocation may fail: an error, and nothing is lost. */
START_TEST(without_memory)
{
    double e0[SLG_MAX_SPECIES];
    slg_error err = {0};
    slg_findings found;
    const int32_t z = 14;
    slg_dataset *d = open_example(&silicon, e0);
    const slg_patient p = {.set = {d}, .examined = {d}, .keys = &usual_keys, .n_species = 1, .z = &z, .e0 = e0};
    slg_status st = SLG_ERR_NOMEM;
    for (long k = 0; st != SLG_OK; k++) {
        slg_alloc_fail_after(k);
        st = slg_doctor(&p, &found, &err);
        slg_alloc_fail_after(-1);
        ck_assert(st == SLG_OK || st == SLG_ERR_NOMEM);
        if (st != SLG_OK)
            ck_assert_uint_eq(found.n, 0);
        slg_error_clear(&err);
    }
    slg_findings_free(&found);
    slg_dataset_free(&d);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("doctor");
    TCase *t = tcase_create("doctor");
    tcase_add_test(t, a_single_structure);
    tcase_add_test(t, both_works_are_counted);
    tcase_add_loop_test(t, spoilt_data, 0, sizeof spoilt / sizeof *spoilt);
    tcase_add_loop_test(t, repeated_structures, 0, 8);
    tcase_add_test(t, leak_of_training_structures);
    tcase_add_test(t, alloys_are_no_twins);
    tcase_add_loop_test(t, pressure_without_steps, 0, 2);
    tcase_add_loop_test(t, keys_that_are_not_read, 0, sizeof keys / sizeof *keys);
    tcase_add_test(t, virials_without_use);
    tcase_add_test(t, energies_of_absent_elements);
    tcase_add_test(t, without_memory);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
