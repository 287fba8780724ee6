/* Predictions: QUIP's numbers, finite differences, invariances, errors. */
#include "tests/potential/pot_cases.h"
#include "runtime/base/alloc.h"
#include "tasks/validation/validation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double number(const json_t *j, const char *name)
{
    const json_t *v = json_object_get(j, name);
    ck_assert_ptr_nonnull(v);
    return json_number_value(json_is_array(v) ? json_array_get(v, 0) : v);
}

static slg_soap_hp golden_hp(const json_t *h)
{
    slg_soap_hp hp = {
        .n_species = 1, .l_max = (int32_t)number(h, "l_max"), .basis = SLG_POLY3, .compress_mode = "None"};
    hp.radial_enhancement = (int32_t)number(h, "radial_enhancement");
    hp.alpha_max[0] = (int32_t)number(h, "alpha_max");
    hp.rcut_hard[0] = number(h, "rcut_hard");
    hp.rcut_soft[0] = number(h, "rcut_soft");
    hp.nf[0] = number(h, "nf");
    hp.global_scaling[0] = number(h, "global_scaling");
    hp.atom_sigma_r[0] = number(h, "atom_sigma_r");
    hp.atom_sigma_t[0] = number(h, "atom_sigma_t");
    hp.atom_sigma_r_scaling[0] = number(h, "atom_sigma_r_scaling");
    hp.atom_sigma_t_scaling[0] = number(h, "atom_sigma_t_scaling");
    hp.amplitude_scaling[0] = number(h, "amplitude_scaling");
    hp.central_weight[0] = number(h, "central_weight");
    return hp;
}

static slg_potential *golden_potential(const json_t *j)
{
    slg_error err = {0};
    slg_potential *p = NULL;
    ck_assert_int_eq(slg_potential_create(1, &p, &err), SLG_OK);
    size_t m, md;
    double *alpha = slg_test_numbers(json_object_get(j, "alpha"), &m);
    double *q = slg_test_numbers(json_object_get(j, "sparse_descriptors"), &md);
    p->n_species = 1;
    p->z[0] = 14;
    p->e0[0] = number(j, "e0");
    slg_soap_hp hp = golden_hp(json_object_get(j, "hyperparameters"));
    hp.zeta = number(j, "zeta");
    p->part[0].def = slg_soap_define(&hp);
    p->part[0].delta = number(j, "delta");
    ck_assert_int_eq(slg_potential_part(p, 0, m, md / m, &err), SLG_OK);
    memcpy(p->part[0].q, q, md * sizeof *q);
    memcpy(p->part[0].alpha, alpha, m * sizeof *alpha);
    free(q);
    free(alpha);
    return p;
}

static double largest(size_t n, const double *a, const json_t *array)
{
    size_t count;
    double *b = slg_test_numbers(array, &count), worst = 0;
    ck_assert_uint_eq(n, count);
    for (size_t i = 0; i < n; i++)
        worst = fmax(worst, fabs(a[i] - b[i]));
    free(b);
    return worst;
}

static void square(const double v[6], double s[9])
{
    const double full[9] = {v[0], v[1], v[2], v[1], v[3], v[4], v[2], v[4], v[5]};
    memcpy(s, full, sizeof full);
}

START_TEST(golden_energy_forces_virial)
{
    json_t *j = slg_test_json(slg_test_golden("soap_turbo/gap_energy_forces_virial.json.gz"));
    slg_potential *p = golden_potential(j);
    size_t n;
    double *pos = slg_test_numbers(json_object_get(j, "positions"), &n);
    double *lattice = slg_test_numbers(json_object_get(j, "lattice_rows"), NULL);
    int32_t z[64];
    for (size_t i = 0; i < n / 3; i++)
        z[i] = 14;
    slg_dataset *d = pot_structure(n / 3, pos, z, lattice);
    double energy = 0, virial[6], full[9], *force = calloc(n, sizeof *force);
    pot_predict(p, d, &energy, force, virial);
    square(virial, full);
    const double de = fabs(energy - number(j, "energy_quip")), dq = fabs(energy - number(j, "energy_formula"));
    const double f = largest(n, force, json_object_get(j, "forces_quip"));
    const double ff = largest(n, force, json_object_get(j, "forces_formula"));
    const double v = largest(9, full, json_object_get(j, "virial_quip"));
    const double vf = largest(9, full, json_object_get(j, "virial_formula"));
    printf("golden: energy %.1e (formula %.1e), forces %.1e (%.1e), virial %.1e (%.1e)\n", de, dq, f, ff, v, vf);
    ck_assert(de < 1e-9 && dq < 1e-9);
    ck_assert(f < 5.5e-9 && ff < 1e-9);
    ck_assert(v < 5.5e-9 && vf < 1e-9);
    free(force);
    free(pos);
    free(lattice);
    slg_dataset_free(&d);
    slg_potential_free(&p);
    json_decref(j);
}
END_TEST

/* Energy of the structure with atom a moved by h along c, or strained: r -> (1 + eta) r. */
static double moved(const slg_potential *p, const slg_dataset *d, size_t a, size_t c, double h)
{
    double *pos = malloc(3 * d->n_atom * sizeof *pos);
    memcpy(pos, d->pos, 3 * d->n_atom * sizeof *pos);
    pos[3 * a + c] += h;
    const slg_frame *f = &d->frame[0];
    slg_dataset *other = pot_structure(d->n_atom, pos, d->z, f->has_cell ? &f->cell[0][0] : NULL);
    const double e = pot_energy(p, other);
    slg_dataset_free(&other);
    free(pos);
    return e;
}

static double mapped(const slg_potential *p, const slg_dataset *d, double m[3][3])
{
    double *pos = malloc(3 * d->n_atom * sizeof *pos), cell[3][3];
    const slg_frame *f = &d->frame[0];
    for (size_t i = 0; i < d->n_atom + 3; i++) {
        const double *x = i < d->n_atom ? d->pos + 3 * i : f->cell[i - d->n_atom];
        double *y = i < d->n_atom ? pos + 3 * i : cell[i - d->n_atom];
        for (int c = 0; c < 3; c++)
            y[c] = m[c][0] * x[0] + m[c][1] * x[1] + m[c][2] * x[2];
    }
    slg_dataset *other = pot_structure(d->n_atom, pos, d->z, f->has_cell ? &cell[0][0] : NULL);
    const double e = pot_energy(p, other);
    slg_dataset_free(&other);
    free(pos);
    return e;
}

/* Fourth-order central difference. */
static double slope(const double e[4], double h)
{
    return (8 * (e[1] - e[0]) - (e[3] - e[2])) / (12 * h);
}

static double force_error(const slg_potential *p, const slg_dataset *d, const double *force)
{
    const double h = 1e-3;
    double worst = 0;
    for (size_t a = 0; a < d->n_atom; a++)
        for (size_t c = 0; c < 3; c++) {
            const double e[4] = {moved(p, d, a, c, -h), moved(p, d, a, c, h), moved(p, d, a, c, -2 * h),
                                 moved(p, d, a, c, 2 * h)};
            worst = fmax(worst, fabs(force[3 * a + c] + slope(e, h)));
        }
    return worst;
}

static double strained(const slg_potential *p, const slg_dataset *d, int a, int b, double h)
{
    double m[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    m[a][b] += h / 2;
    m[b][a] += h / 2;
    return mapped(p, d, m);
}

static double virial_error(const slg_potential *p, const slg_dataset *d, const double virial[6])
{
    static const int ab[6][2] = {{0, 0}, {0, 1}, {0, 2}, {1, 1}, {1, 2}, {2, 2}};
    const double h = 5e-4;
    double worst = 0;
    for (int k = 0; k < 6; k++) {
        const int a = ab[k][0], b = ab[k][1];
        const double e[4] = {strained(p, d, a, b, -h), strained(p, d, a, b, h), strained(p, d, a, b, -2 * h),
                             strained(p, d, a, b, 2 * h)};
        worst = fmax(worst, fabs(virial[k] + slope(e, h)));
    }
    return worst;
}

/* A molecule; a periodic cell far smaller than the cutoff, where atoms are neighbours of their own images. */
static const struct {
    size_t n;
    double a;
    slg_basis basis;
    double zeta;
} fd_case[] = {{6, 0, SLG_POLY3, 4}, {3, 3.1, SLG_POLY3GAUSS, 2.5}, {4, 4.3, SLG_POLY3, 1}};

START_TEST(finite_differences)
{
    slg_soap_hp hp[2] = {pot_hp(2, 0, fd_case[_i].basis), pot_hp(2, 1, fd_case[_i].basis)};
    hp[0].clean_filter = hp[1].clean_filter =
        true; /* QUIP's filter is not the gradient of its energy to this accuracy */
    slg_dataset *source = pot_frame(10, 6.0, 2, 3), *d = pot_frame(fd_case[_i].n, fd_case[_i].a, 2, 4);
    slg_potential *p = pot_make_from(source, 2, hp, fd_case[_i].zeta, 5);
    double energy, virial[6], *force = calloc(3 * d->n_atom, sizeof *force);
    pot_predict(p, d, &energy, force, virial);
    double scale = 0;
    for (size_t i = 0; i < 3 * d->n_atom; i++)
        scale = fmax(scale, fabs(force[i]));
    const double df = force_error(p, d, force), dv = virial_error(p, d, virial);
    printf("finite differences %d: forces %.1e of %.2g, virial %.1e of %.2g\n", _i, df, scale, dv, virial[0]);
    ck_assert(scale > 1e-2);
    ck_assert(df < 2e-8 && dv < 1e-7);
    free(force);
    slg_dataset_free(&source);
    slg_dataset_free(&d);
    slg_potential_free(&p);
}
END_TEST

static void rotation(double m[3][3], double a, double b)
{
    const double ca = cos(a), sa = sin(a), cb = cos(b), sb = sin(b);
    const double r[3][3] = {{ca, -sa, 0}, {sa * cb, ca * cb, -sb}, {sa * sb, ca * sb, cb}};
    memcpy(m, r, sizeof r);
}

START_TEST(invariances)
{
    slg_dataset *d = pot_frame(8, 4.6, 2, 5);
    slg_potential *p = pot_make(d, 2, SLG_POLY3GAUSS, 3, 4);
    double m[3][3], energy, virial[6], *force = calloc(24, sizeof *force), total[3] = {0, 0, 0};
    pot_predict(p, d, &energy, force, virial);
    rotation(m, 0.7, -1.1);
    ck_assert_double_eq_tol(mapped(p, d, m), energy, 1e-10);
    double pos[24];
    int32_t z[8];
    for (size_t i = 0; i < 8; i++) { /* translated, wrapped by lattice vectors, in reverse order */
        const size_t k = 7 - i;
        z[i] = d->z[k];
        for (size_t c = 0; c < 3; c++)
            pos[3 * i + c] = d->pos[3 * k + c] + 1.2345 + 4.6 * (double)(i % 3);
    }
    slg_dataset *other = pot_structure(8, pos, z, &d->frame[0].cell[0][0]);
    double e2, v2[6], *f2 = calloc(24, sizeof *f2);
    pot_predict(p, other, &e2, f2, v2);
    ck_assert_double_eq_tol(e2, energy, 1e-10);
    ck_assert(slg_test_deviation(6, v2, virial) < 1e-10);
    for (size_t i = 0; i < 8; i++)
        for (size_t c = 0; c < 3; c++) {
            ck_assert_double_eq_tol(f2[3 * i + c], force[3 * (7 - i) + c], 1e-10);
            total[c] += force[3 * i + c];
        }
    for (int c = 0; c < 3; c++)
        ck_assert_double_eq_tol(total[c], 0, 1e-11);
    free(force);
    free(f2);
    slg_dataset_free(&other);
    slg_dataset_free(&d);
    slg_potential_free(&p);
}
END_TEST

/* Workspace of a prediction of all environments with 9 sparse points, and its operations. */
static size_t cost_of(const slg_term_def *def, const void *plan, const slg_geom *g, bool derivatives, double *flops)
{
    const slg_term_work work = {
        .what = SLG_WORK_PREDICT, .plan = plan, .geom = g, .env1 = g->n_env, .m = 9, .derivatives = derivatives};
    double operations;
    size_t bytes;
    def->term->cost(def, &work, flops ? flops : &operations, &bytes);
    return bytes;
}

/* 70 environments: more than two panels; slices, and a prediction that starts at a later frame, give the same. */
START_TEST(slices)
{
    slg_dataset *d = pot_frame(70, 9.5, 1, 6);
    slg_potential *p = pot_make(d, 1, SLG_POLY3, 2, 9);
    slg_error err = {0};
    slg_geom *g = NULL;
    ck_assert_int_eq(slg_geom_build(d, 3.7, 1, p->z, &g, &err), SLG_OK);
    const slg_term_def *def = &p->part[0].def;
    void *plan = NULL;
    ck_assert_int_eq(slg_plan_create(def, "here", &plan, &err), SLG_OK);
    const slg_part part = {.term = def->term, .plan = plan, .m = 9, .d = p->part[0].d, .q = p->part[0].q};
    void *work = slg_alloc_aligned(cost_of(def, plan, g, true, NULL), 1);
    double e[2] = {0, 0}, *force = calloc(2 * 210, sizeof *force), virial[12] = {0};
    const slg_prediction all = {0, 1, e, force, virial}, parts = {0, 1, e + 1, force + 210, virial + 6};
    const double *alpha = p->part[0].alpha;
    ck_assert_int_eq(def->term->predict(&part, g, 0, 70, 0.7, alpha, true, &all, work), SLG_OK);
    ck_assert_int_eq(def->term->predict(&part, g, 0, 33, 0.7, alpha, true, &parts, work), SLG_OK);
    ck_assert_int_eq(def->term->predict(&part, g, 33, 70, 0.7, alpha, true, &parts, work), SLG_OK);
    ck_assert_double_eq_tol(e[0], e[1], 1e-11);
    ck_assert(slg_test_deviation(210, force + 210, force) < 1e-12);
    ck_assert(slg_test_deviation(6, virial + 6, virial) < 1e-12);
    double only = 0, with = 0, without = 0;
    const slg_prediction energies = {0, 1, &only, NULL, NULL};
    ck_assert_int_eq(def->term->predict(&part, g, 0, 70, 0.7, alpha, false, &energies, work), SLG_OK);
    ck_assert_double_eq_tol(only, e[0], 1e-11);
    (void)cost_of(def, plan, g, true, &with);
    (void)cost_of(def, plan, g, false, &without);
    ck_assert(with > without && without > 0);
    slg_free(work);
    slg_free(plan);
    free(force);
    slg_geom_free(&g);
    slg_dataset_free(&d);
    slg_potential_free(&p);
}
END_TEST

/* Neighbourhoods in pieces, each with its own predictions; isolated atoms are no part of them. */
START_TEST(pieces)
{
    slg_dataset *d = pot_frame(12, 6, 2, 8);
    slg_potential *p = pot_make(d, 2, SLG_POLY3, 3, 4);
    slg_error err = {0};
    slg_geom *g = NULL;
    double energy, force[36], virial[6], e[2] = {0, 0}, f[2][36] = {{0}}, v[2][6] = {{0}};
    pot_predict(p, d, &energy, force, virial);
    ck_assert_int_eq(slg_geom_build_frames(d, 0, 1, slg_potential_cutoff(p), 2, p->z, &g, &err), SLG_OK);
    const slg_geom *const both[2] = {g, g};
    const slg_prediction out[2] = {{0, 1, &e[0], f[0], v[0]}, {0, 1, &e[1], f[1], v[1]}};
    ck_assert_msg(slg_potential_add(p, 2, both, true, out, &err) == SLG_OK, "%s", err.text);
    for (int k = 0; k < 2; k++) {
        ck_assert_double_eq_tol(e[k] + 6 * (p->e0[0] + p->e0[1]), energy, 1e-11);
        ck_assert_mem_eq(f[k], force, sizeof force);
        ck_assert_mem_eq(v[k], virial, sizeof virial);
    }
    double only[2] = {1, 2}; /* what is there is added to */
    const slg_prediction again[2] = {{0, 1, &only[0], NULL, NULL}, {0, 1, &only[1], NULL, NULL}};
    ck_assert_int_eq(slg_potential_add(p, 2, both, false, again, &err), SLG_OK);
    ck_assert_double_eq_tol(only[0] - 1, e[0], 1e-11);
    ck_assert_double_eq_tol(only[1] - 2, e[0], 1e-11);
    slg_geom_free(&g);
    slg_dataset_free(&d);
    slg_potential_free(&p);
}
END_TEST

START_TEST(impossible_definitions)
{
    slg_dataset *d = pot_frame(8, 6, 1, 8);
    slg_potential *p = pot_make(d, 1, SLG_POLY3, 3, 4);
    slg_soap_hp hp = *slg_soap_hp_of(&p->part[0].def);
    slg_error err = {0};
    void *plan = d;
    double energy;
    slg_geom *g = NULL;
    hp.atom_sigma_r[0] = -1;
    p->part[0].def = slg_soap_define(&hp);
    ck_assert_int_eq(slg_plan_create(&p->part[0].def, "here", &plan, &err), SLG_ERR_HP);
    ck_assert_ptr_null(plan);
    ck_assert_str_eq(err.text, "here: atom_sigma_r[0]: expected 0.0002 to 1000 times rcut_hard, found -1");
    slg_error_clear(&err);
    ck_assert_int_eq(slg_geom_build(d, 3.7, 1, p->z, &g, &err), SLG_OK);
    ck_assert_int_eq(slg_potential_predict(p, d, g, &energy, NULL, NULL, &err), SLG_ERR_HP);
    ck_assert_str_eq(err.text, "potential: atom_sigma_r[0]: expected 0.0002 to 1000 times rcut_hard, found -1");
    slg_geom_free(&g);
    slg_dataset_free(&d);
    slg_potential_free(&p);
}
END_TEST

START_TEST(error_sums)
{
    const size_t first[4] = {0, 2, 3, 5};
    const slg_geom g = {.n_frame = 3, .n_env = 5, .frame_first = first};
    const double e[3] = {1, 2, 3}, v[18] = {0}, f[15] = {0};
    const unsigned char yes[3] = {1, 1, 1}, some[3] = {1, 0, 0};
    const int32_t group[3] = {0, 1, 1};
    const slg_reference ref = {e, f, v, yes, yes, some, group};
    double pe[2] = {2.5, 7}, pf[9] = {0}, pv[12] = {0}; /* frames 1 and 2 */
    pf[4] = -2;
    pf[0] = 1;
    const slg_prediction p = {1, 2, pe, pf, pv};
    slg_errors sum[2] = {{{{0, 0, 0}}}};
    ck_assert_int_eq(slg_errors_add(&g, &ref, &p, sum), SLG_OK);
    ck_assert_double_eq(sum[1].q[SLG_ENERGY].n, 2);
    ck_assert_double_eq(sum[1].q[SLG_ENERGY].abs, 0.5 + 2); /* per atom: 0.5/1 and 4/2 */
    ck_assert_double_eq(slg_rmse(&sum[1].q[SLG_FORCE]), sqrt(5.0 / 9));
    ck_assert_double_eq(slg_mae(&sum[1].q[SLG_FORCE]), 3.0 / 9);
    ck_assert(isnan(slg_rmse(&sum[1].q[SLG_VIRIAL])) && isnan(slg_mae(&sum[0].q[SLG_ENERGY])));
    const slg_prediction p0 = {0, 1, pe, pf, (double[6]){2, 0, 0, 0, 0, -4}};
    ck_assert_int_eq(slg_errors_add(&g, &ref, &p0, sum), SLG_OK);
    ck_assert_double_eq(sum[0].q[SLG_VIRIAL].n, 6);
    ck_assert_double_eq(sum[0].q[SLG_VIRIAL].sq, 1 + 4);
    slg_errors_merge(&sum[0], &sum[1]);
    ck_assert_double_eq(sum[0].q[SLG_ENERGY].n, 3);
    pe[1] = (double)NAN;
    ck_assert_int_eq(slg_errors_add(&g, &ref, &p, sum), SLG_ERR_NOT_FINITE);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("predict");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, golden_energy_forces_virial);
    tcase_add_loop_test(t, finite_differences, 0, (int)(sizeof fd_case / sizeof *fd_case));
    tcase_add_test(t, invariances);
    tcase_add_test(t, slices);
    tcase_add_test(t, pieces);
    tcase_add_test(t, impossible_definitions);
    tcase_add_test(t, error_sums);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
