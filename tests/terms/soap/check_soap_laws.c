/* Laws that hold for every HP set: finite differences, symmetry, relocation of plans; and the edge
 * cases of spec 9. */
#include "runtime/base/alloc.h"
#include "tests/terms/soap/cases.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NEIGHBOURS = 14, HP_SETS = 40 };

static void evaluate(const slg_case *c, slg_ready *b)
{
    ck_assert_int_eq(slg_soap_descriptor(b->plan, &c->geom, 0, b->v, b->work), SLG_OK);
}

/* Descriptor of c's neighbours with coordinate x of pair k moved by `by`. */
static void moved(const slg_case *c, slg_ready *b, size_t k, size_t x, double by, double *v)
{
    static slg_case other;
    double pos[3 * CASE_PAIRS];
    int32_t species[CASE_PAIRS];
    other.hp = c->hp;
    for (size_t i = 0; i < c->geom.n_pair; i++) {
        pos[3 * i] = c->x[i], pos[3 * i + 1] = c->y[i], pos[3 * i + 2] = c->z[i];
        species[i] = c->pair_species[i];
    }
    pos[3 * k + x] += by;
    case_place(&other, c->geom.n_pair, pos, species);
    ck_assert_int_eq(slg_soap_descriptor(b->plan, &other.geom, 0, v, b->work), SLG_OK);
}

START_TEST(gradients_are_derivatives)
{
    static slg_case c;
    const double h = 2e-4;
    double worst = 0;
    for (uint32_t w = 0; w < HP_SETS; w++) {
        case_random_hp(w, &c.hp);
        case_random_neighbours(&c, w, NEIGHBOURS);
        slg_ready b = ready_open(&c.hp, NEIGHBOURS);
        double *g = slg_calloc(3 * NEIGHBOURS * b.d, sizeof *g), *n = slg_calloc(3 * NEIGHBOURS * b.d, sizeof *n);
        double *v = slg_calloc(4 * b.d, sizeof *v);
        ck_assert_int_eq(slg_soap_prepare(b.plan, &c.geom, 0, b.v, b.work), SLG_OK);
        slg_soap_gradient(b.plan, &c.geom, 0, b.v, g, b.work);
        for (size_t k = 0; k < 3 * NEIGHBOURS; k++) {
            for (size_t i = 0; i < 4; i++)
                moved(&c, &b, k / 3, k % 3, h * (i < 2 ? (double)i - 2 : (double)i - 1), v + i * b.d);
            for (size_t i = 0; i < b.d; i++)
                n[k * b.d + i] = (v[i] - 8 * v[b.d + i] + 8 * v[2 * b.d + i] - v[3 * b.d + i]) / (12 * h);
        }
        double dev = 0, big = 1e-3;
        for (size_t i = 0; i < 3 * NEIGHBOURS * b.d; i++) {
            dev = fmax(dev, fabs(g[i] - n[i]));
            big = fmax(big, fabs(n[i]));
        }
        if (getenv("SLG_TEST_VERBOSE"))
            printf("set %u: d %zu deviation %.1e\n", w, b.d, dev / big);
        worst = fmax(worst, dev / big);
        slg_free(g), slg_free(n), slg_free(v);
        ready_close(&b);
    }
    printf("finite differences, %d HP sets: worst %.1e\n", HP_SETS, worst);
    ck_assert_double_le(worst, 5e-9);
}
END_TEST

/* A random rotation from a unit quaternion. */
static void rotation(uint32_t w, double m[3][3])
{
    double q[4], n = 0;
    for (uint32_t i = 0; i < 4; i++) {
        q[i] = case_random(w, 900 + i, -1, 1);
        n += q[i] * q[i];
    }
    for (int i = 0; i < 4; i++)
        q[i] /= sqrt(n);
    double a = q[0], b = q[1], c = q[2], d = q[3];
    double r[3][3] = {{1 - 2 * (c * c + d * d), 2 * (b * c - a * d), 2 * (b * d + a * c)},
                      {2 * (b * c + a * d), 1 - 2 * (b * b + d * d), 2 * (c * d - a * b)},
                      {2 * (b * d - a * c), 2 * (c * d + a * b), 1 - 2 * (b * b + c * c)}};
    memcpy(m, r, sizeof r);
}

START_TEST(rotations_and_order_do_not_matter)
{
    static slg_case c, turned;
    double worst = 0;
    for (uint32_t w = 0; w < HP_SETS; w++) {
        double m[3][3], pos[3 * NEIGHBOURS];
        int32_t species[NEIGHBOURS];
        case_random_hp(w, &c.hp);
        case_random_neighbours(&c, w, NEIGHBOURS);
        rotation(w, m);
        for (size_t i = 0; i < NEIGHBOURS; i++) { /* rotated and in reverse order */
            size_t k = NEIGHBOURS - 1 - i;
            for (size_t x = 0; x < 3; x++)
                pos[3 * i + x] = m[x][0] * c.x[k] + m[x][1] * c.y[k] + m[x][2] * c.z[k];
            species[i] = c.pair_species[k];
        }
        turned.hp = c.hp;
        case_place(&turned, NEIGHBOURS, pos, species);
        slg_ready a = ready_open(&c.hp, NEIGHBOURS), b = ready_open(&c.hp, NEIGHBOURS);
        evaluate(&c, &a);
        evaluate(&turned, &b);
        worst = fmax(worst, slg_test_deviation(a.d, b.v, a.v));
        ready_close(&a), ready_close(&b);
    }
    printf("rotations: worst %.1e\n", worst);
    ck_assert_double_le(worst, 1e-12);
}
END_TEST

START_TEST(plans_can_be_moved)
{
    static slg_case c;
    for (uint32_t w = 0; w < 6; w++) {
        case_random_hp(w, &c.hp);
        case_random_neighbours(&c, w, NEIGHBOURS);
        slg_ready a = ready_open(&c.hp, NEIGHBOURS), again = ready_open(&c.hp, NEIGHBOURS);
        size_t bytes = slg_soap_plan_bytes(&c.hp), rows = 3 * NEIGHBOURS;
        ck_assert_int_eq(memcmp(a.plan, again.plan, bytes), 0);
        evaluate(&c, &again);
        slg_soap_plan *copy = slg_alloc_aligned(bytes, 1);
        memcpy(copy, a.plan, bytes);
        memset(a.plan, 0xff, bytes);
        double *v = slg_calloc(a.d, sizeof *v), *f = slg_calloc(2 * rows, sizeof *f);
        ck_assert_int_eq(slg_soap_prepare(copy, &c.geom, 0, v, a.work), SLG_OK);
        slg_soap_reverse(copy, &c.geom, 0, v, v, f, a.work);
        ck_assert_int_eq(memcmp(v, again.v, a.d * sizeof *v), 0);
        ck_assert_int_eq(slg_soap_prepare(again.plan, &c.geom, 0, again.v, again.work), SLG_OK);
        slg_soap_reverse(again.plan, &c.geom, 0, again.v, v, f + rows, again.work);
        ck_assert_int_eq(memcmp(f, f + rows, rows * sizeof *f), 0);
        for (size_t i = 0; i < rows; i++) /* v.v = 1 does not move */
            ck_assert_double_le(fabs(f[i]), 1e-10);
        slg_free(copy), slg_free(v), slg_free(f);
        ready_close(&a), ready_close(&again);
    }
}
END_TEST

static slg_case edge_case(void)
{
    slg_case c;
    memset(&c, 0, sizeof c);
    c.hp = (slg_soap_hp){.n_species = 1,
                         .l_max = 4,
                         .alpha_max = {4},
                         .rcut_hard = {5},
                         .rcut_soft = {4.5},
                         .nf = {4},
                         .global_scaling = {1},
                         .atom_sigma_r = {0.5},
                         .atom_sigma_t = {0.5},
                         .amplitude_scaling = {1},
                         .central_weight = {1},
                         .compress_mode = "None"};
    return c;
}

static double length(const slg_ready *b)
{
    double sum = 0;
    for (size_t i = 0; i < b->d; i++)
        sum += b->v[i] * b->v[i];
    return sqrt(sum);
}

/* Unit length, finite, and finite gradients. */
static void expect_unit(slg_case *c)
{
    static const double pos[] = {1, 0.5, 0.3, -2, 1, 0.1, 0, 0, 4.99, 0, 4.7, 0, 3, -3, 3};
    static const int32_t species[5];
    case_place(c, 5, pos, species);
    slg_ready b = ready_open(&c->hp, 5);
    double *g = slg_calloc(15 * b.d, sizeof *g);
    ck_assert_int_eq(slg_soap_prepare(b.plan, &c->geom, 0, b.v, b.work), SLG_OK);
    ck_assert_double_le(fabs(length(&b) - 1), 1e-14);
    slg_soap_gradient(b.plan, &c->geom, 0, b.v, g, b.work);
    for (size_t i = 0; i < 15 * b.d; i++)
        ck_assert(isfinite(g[i]));
    for (size_t i = 12 * b.d; i < 15 * b.d; i++) /* the last one is beyond the cutoff */
        ck_assert_double_eq(g[i], 0);
    slg_free(g);
    ready_close(&b);
}

START_TEST(edge_cases_are_finite)
{
    slg_case c = edge_case();
    c.hp.rcut_soft[0] = 5; /* no filter */
    expect_unit(&c);
    c = edge_case();
    c.hp.rcut_soft[0] = 5;
    c.hp.basis = SLG_POLY3GAUSS;
    expect_unit(&c);
    c = edge_case();
    c.hp.amplitude_scaling[0] = 0;
    c.hp.central_weight[0] = 0;
    expect_unit(&c);
    c = edge_case();
    c.hp.alpha_max[0] = SLG_SOAP_ALPHA;
    c.hp.l_max = SLG_SOAP_L;
    expect_unit(&c);
    c = edge_case();
    c.hp.basis = SLG_POLY3GAUSS;
    c.hp.alpha_max[0] = 1;
    c.hp.l_max = 0;
    expect_unit(&c);
    c = edge_case();
    c.hp.atom_sigma_r[0] = c.hp.atom_sigma_t[0] = 0.01;
    expect_unit(&c);
}
END_TEST

START_TEST(one_component_is_constant)
{
    slg_case c = edge_case();
    static const double pos[] = {1, 0.5, 0.3, -2, 1, 0.1};
    static const int32_t species[2];
    c.hp.alpha_max[0] = 1;
    c.hp.l_max = 0;
    case_place(&c, 2, pos, species);
    slg_ready b = ready_open(&c.hp, 2);
    double g[6];
    ck_assert_uint_eq(b.d, 1);
    ck_assert_int_eq(slg_soap_prepare(b.plan, &c.geom, 0, b.v, b.work), SLG_OK);
    slg_soap_gradient(b.plan, &c.geom, 0, b.v, g, b.work);
    ck_assert_double_eq_tol(b.v[0], 1, 1e-15);
    for (int i = 0; i < 6; i++)
        ck_assert_double_le(fabs(g[i]), 1e-14);
    ready_close(&b);
}
END_TEST

START_TEST(empty_spheres)
{
    slg_case c = edge_case();
    case_place(&c, 0, NULL, NULL);
    slg_ready b = ready_open(&c.hp, 0);
    evaluate(&c, &b);
    ck_assert_double_le(fabs(length(&b) - 1), 1e-14);
    ready_close(&b);
    c.hp.central_weight[0] = 0;
    b = ready_open(&c.hp, 0);
    evaluate(&c, &b);
    ck_assert_double_eq(length(&b), 0);
    ready_close(&b);
}
END_TEST

START_TEST(tiny_vectors_are_left_unnormalised)
{
    slg_case c = edge_case();
    static const int32_t species[1];
    c.hp.central_weight[0] = 0;
    /* one atom at 0.90 r_h: unit length; at 0.99 r_h: length 1.4e-7 (spec 7.4) */
    for (int i = 0; i < 2; i++) {
        double pos[3] = {0, 0, i == 0 ? 4.5 : 4.95};
        case_place(&c, 1, pos, species);
        slg_ready b = ready_open(&c.hp, 1);
        evaluate(&c, &b);
        if (i == 0)
            ck_assert_double_eq_tol(length(&b), 1, 1e-14);
        else
            ck_assert(length(&b) > 1e-9 && length(&b) < 1e-5);
        ready_close(&b);
    }
}
END_TEST

START_TEST(invisible_species_and_bad_numbers)
{
    slg_case c = edge_case(), d;
    static const double pos[] = {1, 0.5, 0.3, -2, 1, 0.1, 1, 1, 1};
    static const int32_t species[] = {0, 0, 1};
    case_place(&c, 3, pos, species);
    d = edge_case();
    case_place(&d, 2, pos, species);
    slg_ready a = ready_open(&c.hp, 3), b = ready_open(&d.hp, 3);
    evaluate(&c, &a);
    evaluate(&d, &b);
    ck_assert_int_eq(memcmp(a.v, b.v, a.d * sizeof(double)), 0);
    d.x[1] = NAN;
    ck_assert_int_eq(slg_soap_descriptor(b.plan, &d.geom, 0, b.v, b.work), SLG_ERR_NOT_FINITE);
    ready_close(&a), ready_close(&b);
}
END_TEST

START_TEST(work_is_counted)
{
    slg_case c = edge_case();
    slg_ready b = ready_open(&c.hp, 0);
    double f0 = slg_soap_flops(b.plan, 60), f1 = slg_soap_flops_reverse(b.plan, 60);
    ck_assert(f0 > 0 && f1 > f0 && slg_soap_flops_gradient(b.plan, 60) > f1);
    ck_assert(slg_soap_flops(b.plan, 120) < 2 * f0 && slg_soap_flops(b.plan, 120) > 1.8 * f0);
    ready_close(&b);
}
END_TEST

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* lines survive a failed test's end */
    Suite *s = suite_create("soap laws");
    TCase *t = tcase_create("laws");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, gradients_are_derivatives);
    tcase_add_test(t, rotations_and_order_do_not_matter);
    tcase_add_test(t, plans_can_be_moved);
    tcase_add_test(t, edge_cases_are_finite);
    tcase_add_test(t, one_component_is_constant);
    tcase_add_test(t, empty_spheres);
    tcase_add_test(t, tiny_vectors_are_left_unnormalised);
    tcase_add_test(t, invisible_species_and_bad_numbers);
    tcase_add_test(t, work_is_counted);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
