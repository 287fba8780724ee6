#include "tests/potential/pot_cases.h"
#include "runtime/base/alloc.h"
#include "runtime/base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const int32_t pot_z[3] = {14, 8, 1};
static const char *const pot_symbol[3] = {"Si", "O", "H"};

double pot_random(uint32_t i, double lo, double hi)
{
    return lo + (hi - lo) * slg_rng_u01(7, SLG_STREAM_TEST, i, 0, 0);
}

slg_soap_hp pot_hp(int32_t n, int32_t central, slg_basis basis)
{
    slg_soap_hp hp = {.n_species = n,
                      .central = central,
                      .l_max = 3,
                      .radial_enhancement = 1,
                      .basis = basis,
                      .compress_mode = "None"};
    for (int32_t s = 0; s < n; s++) {
        hp.alpha_max[s] = 4;
        hp.rcut_hard[s] = 3.7;
        hp.rcut_soft[s] = 3.1;
        hp.nf[s] = 4;
        hp.global_scaling[s] = 1;
        hp.atom_sigma_r[s] = 0.42;
        hp.atom_sigma_t[s] = 0.45 + 0.05 * s;
        hp.atom_sigma_r_scaling[s] = 0.05;
        hp.atom_sigma_t_scaling[s] = 0.08;
        hp.amplitude_scaling[s] = 1.0 + 0.25 * s;
        hp.central_weight[s] = n == 1 ? 1.0 : 0.9 + 0.2 * s;
    }
    return hp;
}

static void fill_part(slg_potential *p, size_t b, const slg_geom *g)
{
    slg_pot_part *part = &p->part[b];
    const slg_soap_hp *hp = slg_soap_hp_of(&part->def);
    char why[SLG_WHY];
    slg_soap_plan *plan = slg_alloc_aligned(slg_soap_plan_bytes(hp), 1);
    ck_assert_msg(slg_soap_plan_build(hp, plan, why) == SLG_OK, "%s", why);
    void *work = slg_alloc_aligned(slg_soap_work_bytes(plan, g->max_pair), 1);
    size_t s = 0;
    for (size_t env = 0; env < g->n_env && s < part->m; env++)
        if (g->species[env] == hp->central)
            ck_assert_int_eq(slg_soap_descriptor(plan, g, env, part->q + s++ * part->d, work), SLG_OK);
    ck_assert_uint_eq(s, part->m);
    for (s = 0; s < part->m; s++)
        part->alpha[s] = pot_random((uint32_t)(1000 * b + s), -3, 3);
    slg_free(work);
    slg_free(plan);
}

slg_potential *pot_make_from(const slg_dataset *d, int32_t n_species, const slg_soap_hp *hp, double zeta, size_t m)
{
    slg_error err = {0};
    slg_potential *p = NULL;
    ck_assert_int_eq(slg_potential_create((size_t)n_species, &p, &err), SLG_OK);
    strcpy(p->label, "GAP_test");
    p->n_species = n_species;
    memcpy(p->z, pot_z, (size_t)n_species * sizeof *p->z);
    slg_geom *g = NULL;
    for (size_t b = 0; b < (size_t)n_species; b++) {
        p->e0[b] = -1.5 - (double)b;
        slg_soap_hp with_kernel = hp[b];
        with_kernel.zeta = zeta;
        p->part[b].def = slg_soap_define(&with_kernel);
        p->part[b].number = (int32_t)b;
        p->part[b].delta = 0.7 + 0.1 * (double)b;
        ck_assert_int_eq(slg_potential_part(p, b, m, slg_soap_length(&hp[b]), &err), SLG_OK);
    }
    ck_assert_msg(slg_geom_build(d, slg_potential_cutoff(p), n_species, p->z, &g, &err) == SLG_OK, "%s", err.text);
    for (size_t b = 0; b < (size_t)n_species; b++)
        fill_part(p, b, g);
    slg_geom_free(&g);
    return p;
}

slg_potential *pot_make(const slg_dataset *d, int32_t n_species, slg_basis basis, double zeta, size_t m)
{
    slg_soap_hp hp[SLG_MAX_SPECIES];
    for (int32_t s = 0; s < n_species; s++)
        hp[s] = pot_hp(n_species, s, basis);
    return pot_make_from(d, n_species, hp, zeta, m);
}

static const char *symbol(int32_t z)
{
    for (int i = 0; i < 3; i++)
        if (pot_z[i] == z)
            return pot_symbol[i];
    return "?";
}

slg_dataset *pot_structure(size_t n, const double *pos, const int32_t *z, const double *lattice)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fprintf(out, "%zu\n", n);
    if (lattice) {
        fprintf(out, "Lattice=\"");
        for (int i = 0; i < 9; i++)
            fprintf(out, i == 0 ? "%.17g" : " %.17g", lattice[i]);
        fprintf(out, "\" pbc=\"T T T\" ");
    } else {
        fprintf(out, "pbc=\"F F F\" ");
    }
    fprintf(out, "Properties=species:S:1:pos:R:3\n");
    for (size_t i = 0; i < n; i++)
        fprintf(out, "%s %.17g %.17g %.17g\n", symbol(z[i]), pos[3 * i], pos[3 * i + 1], pos[3 * i + 2]);
    fclose(out);
    const slg_xyz_keys keys = {"energy", "forces", "virial", "", "config_type"};
    slg_error err = {0};
    slg_dataset *d = NULL;
    slg_status st = slg_dataset_parse("test", text, size, &keys, &d, &err);
    ck_assert_msg(st == SLG_OK, "%s", err.text);
    free(text);
    return d;
}

static double nearest(size_t n, const double *pos, const double *x, double a)
{
    double best = 1e9;
    for (size_t i = 0; i < n; i++) {
        double r2 = 0;
        for (int c = 0; c < 3; c++) {
            double dx = fabs(pos[3 * i + (size_t)c] - x[c]);
            if (a > 0)
                dx = fmin(dx, a - dx);
            r2 += dx * dx;
        }
        best = fmin(best, sqrt(r2));
    }
    return best;
}

slg_dataset *pot_frame(size_t n, double a, int32_t n_species, uint32_t seed)
{
    double *pos = calloc(3 * n, sizeof *pos);
    int32_t *z = calloc(n, sizeof *z);
    const double box = a > 0 ? a : 1.7 * cbrt((double)n) + 1;
    uint32_t draw = seed * 100000;
    for (size_t i = 0; i < n; i++) {
        double x[3];
        do {
            for (int c = 0; c < 3; c++)
                x[c] = pot_random(draw++, 0, box);
        } while (nearest(i, pos, x, a) < 1.25);
        memcpy(pos + 3 * i, x, sizeof x);
        z[i] = pot_z[i % (size_t)n_species];
    }
    const double lattice[9] = {a, 0, 0, 0, a, 0, 0, 0, a};
    slg_dataset *d = pot_structure(n, pos, z, a > 0 ? lattice : NULL);
    free(pos);
    free(z);
    return d;
}

void pot_predict(const slg_potential *p, const slg_dataset *d, double *energy, double *force, double *virial)
{
    slg_error err = {0};
    slg_geom *g = NULL;
    slg_status st = slg_geom_build(d, slg_potential_cutoff(p), p->n_species, p->z, &g, &err);
    ck_assert_msg(st == SLG_OK, "%s", err.text);
    st = slg_potential_predict(p, d, g, energy, force, virial, &err);
    ck_assert_msg(st == SLG_OK, "%s", err.text);
    slg_geom_free(&g);
}

double pot_energy(const slg_potential *p, const slg_dataset *d)
{
    double energy = 0;
    ck_assert_uint_eq(d->n_frame, 1);
    pot_predict(p, d, &energy, NULL, NULL);
    return energy;
}
