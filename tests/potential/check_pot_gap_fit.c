/* Potentials that gap_fit made and quip evaluated, and our own that QUIP evaluated. */
#include "tests/potential/pot_cases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static slg_dataset *read_set(const char *path)
{
    const slg_xyz_keys keys = {"energy", "force", "virial", "", "config_type"};
    slg_error err = {0};
    slg_dataset *d = NULL;
    slg_status st = slg_dataset_read(path, &keys, &d, &err);
    ck_assert_msg(st == SLG_OK, "%s", err.text);
    return d;
}

static slg_potential *read_potential(const char *path)
{
    slg_error err = {0};
    slg_potential *p = NULL;
    slg_status st = slg_potential_read(path, &p, &err);
    ck_assert_msg(st == SLG_OK, "%s", err.text);
    return p;
}

static double difference(size_t n, const double *a, const double *b)
{
    double worst = 0;
    for (size_t i = 0; i < n; i++)
        worst = fmax(worst, fabs(a[i] - b[i]));
    return worst;
}

static const char *const fit_case[] = {"E_idx", "EF_idx", "EFV_idx"};

START_TEST(gap_fit_models)
{
    char name[128];
    snprintf(name, sizeof name, "spec/golden/gap_fit/%s/gp.xml", fit_case[_i]);
    if (!slg_test_have_reference(name))
        return;
    slg_potential *p = read_potential(slg_test_reference(name));
    slg_dataset *d = read_set(slg_test_reference("spec/golden/gap_fit/Si_test25.xyz.gz"));
    snprintf(name, sizeof name, "spec/golden/gap_fit/%s/predictions.xyz.gz", fit_case[_i]);
    slg_dataset *quip = read_set(slg_test_reference(name));
    ck_assert_uint_eq(d->n_frame, quip->n_frame);
    ck_assert_uint_eq(d->n_atom, quip->n_atom);
    double *e = calloc(d->n_frame, sizeof *e), *f = calloc(3 * d->n_atom, sizeof *f);
    double *v = calloc(6 * d->n_frame, sizeof *v), de = 0, dv = 0;
    pot_predict(p, d, e, f, v);
    for (size_t i = 0; i < d->n_frame; i++) {
        const slg_frame *q = &quip->frame[i];
        ck_assert(q->has_energy && q->has_force && q->has_virial);
        de = fmax(de, fabs(e[i] - q->energy) / (double)q->n_atom);
        dv = fmax(dv, difference(6, v + 6 * i, q->virial));
    }
    const double df = difference(3 * d->n_atom, f, quip->force);
    printf("%s: energy %.1e eV/atom, forces %.1e eV/Angstrom, virials %.1e eV\n", fit_case[_i], de, df, dv);
    ck_assert(de < 1e-9); /* 1e-6 meV */
    ck_assert(df < 1e-7);
    ck_assert(dv < 1e-6);
    free(e);
    free(f);
    free(v);
    slg_dataset_free(&d);
    slg_dataset_free(&quip);
    slg_potential_free(&p);
}
END_TEST

START_TEST(gap_fit_with_pairs)
{
    const char *name = "spec/golden/gap_fit/EFV_idx_2b/gp.xml";
    if (!slg_test_have_reference(name))
        return;
    slg_potential *p = NULL;
    slg_error err = {0};
    ck_assert_int_eq(slg_potential_read(slg_test_reference(name), &p, &err), SLG_ERR_DATA);
    ck_assert_ptr_null(p);
    const char *from = strstr(err.text, "gp.xml:");
    ck_assert_str_eq(from ? from : err.text, "gp.xml:125: gpCoordinates GAP_2026_11_21_0_8_19_3_2721: descriptor "
                                             "'distance_2b' is not supported, only soap_turbo is");
}
END_TEST

/* Files written by this program, evaluated by QUIP 0.10.3 through its Python package. */
static const char *const own_case[] = {"one_poly3", "three_gauss", "two_poly3_1_2"};

START_TEST(own_models_in_quip)
{
    char name[128];
    snprintf(name, sizeof name, "potential/%s.xml", own_case[_i]);
    slg_potential *p = read_potential(slg_test_golden(name));
    snprintf(name, sizeof name, "potential/%s.quip.json", own_case[_i]);
    json_t *j = slg_test_json(slg_test_golden(name));
    size_t n;
    double *pos = slg_test_numbers(json_object_get(j, "positions"), &n);
    double *numbers = slg_test_numbers(json_object_get(j, "numbers"), NULL);
    double *lattice = slg_test_numbers(json_object_get(j, "lattice_rows"), NULL);
    double *fq = slg_test_numbers(json_object_get(j, "forces_quip"), NULL);
    double *vq = slg_test_numbers(json_object_get(j, "virial_quip"), NULL);
    int32_t z[64];
    for (size_t i = 0; i < n / 3; i++)
        z[i] = (int32_t)numbers[i];
    slg_dataset *d = pot_structure(n / 3, pos, z, lattice);
    double e = 0, v[6], *f = calloc(n, sizeof *f);
    pot_predict(p, d, &e, f, v);
    const double v6[6] = {vq[0], vq[1], vq[2], vq[4], vq[5], vq[8]};
    const double de = fabs(e - json_number_value(json_object_get(j, "energy_quip")));
    const double df = difference(n, f, fq), dv = difference(6, v, v6);
    printf("%s in QUIP: energy %.1e, forces %.1e, virial %.1e\n", own_case[_i], de, df, dv);
    ck_assert(de < 1e-10 && df < 1e-10 && dv < 1e-9);
    free(pos), free(numbers), free(lattice), free(fq), free(vq), free(f);
    slg_dataset_free(&d);
    slg_potential_free(&p);
    json_decref(j);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("potentials of gap_fit");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, gap_fit_models, 0, 3);
    tcase_add_test(t, gap_fit_with_pairs);
    tcase_add_loop_test(t, own_models_in_quip, 0, 3);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
