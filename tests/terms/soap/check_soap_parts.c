/* The parts of the descriptor against exact numbers: Bessel functions, basis, radial integrals,
 * tables, compression. */
#include "runtime/base/alloc.h"
#include "tests/terms/soap/cases.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double number(const json_t *a, size_t i)
{
    const json_t *x = json_array_get(a, i);
    return json_is_string(x) ? strtod(json_string_value(x), NULL) : json_number_value(x);
}

START_TEST(bessel_functions_are_exact)
{
    json_t *j = slg_test_json(slg_test_golden("soap_turbo/bessel.json.gz"));
    const json_t *x = json_object_get(j, "x"), *exact = json_object_get(j, "exact");
    double worst = 0;
    for (size_t i = 0; i < json_array_size(x); i++) {
        double iota[SLG_SOAP_L + 1];
        slg_bessel_scaled(SLG_SOAP_L, number(x, i), iota);
        for (size_t l = 0; l <= SLG_SOAP_L; l++) {
            double want = number(json_array_get(exact, i), l);
            worst = fmax(worst, want > 1e-290 ? fabs(iota[l] / want - 1) : fabs(iota[l] - want));
        }
    }
    printf("Bessel functions: worst relative deviation %.1e\n", worst);
    ck_assert_double_le(worst, 1e-13);
    json_decref(j);
}
END_TEST

/* max |a-b| / max |b| of an n x n matrix of texts */
static double matrix_deviation(size_t n, double (*a)[SLG_SOAP_ALPHA], const json_t *b)
{
    double diff = 0, big = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
            double want = number(json_array_get(b, i), k);
            diff = fmax(diff, fabs(a[i][k] - want));
            big = fmax(big, fabs(want));
        }
    return diff / big;
}

START_TEST(poly3_basis_is_exact)
{
    json_t *j = slg_test_json(slg_test_golden("soap_turbo/orthonormalisation_poly3.json.gz"));
    const json_t *data = json_object_get(j, "data");
    double worst[3] = {0};
    ck_assert_uint_eq(json_array_size(data), SLG_SOAP_ALPHA);
    for (size_t i = 0; i < json_array_size(data); i++) {
        const json_t *d = json_array_get(data, i);
        slg_radial_basis b;
        ck_assert_int_eq(slg_radial_basis_make(SLG_POLY3, i + 1, 0.1, &b), SLG_OK);
        worst[0] = fmax(worst[0], matrix_deviation(b.n, b.c, json_object_get(d, "C")));
        worst[1] = fmax(worst[1], matrix_deviation(b.n, b.q, json_object_get(d, "Q")));
        worst[2] = fmax(worst[2], matrix_deviation(b.n, b.w, json_object_get(d, "W_exact")));
    }
    printf("poly3 basis, alpha 1..12: C %.1e, Q %.1e, W %.1e\n", worst[0], worst[1], worst[2]);
    ck_assert_double_le(worst[0], 1e-14);
    ck_assert_double_le(worst[1], 1e-13);
    ck_assert_double_le(worst[2], 5e-13);
    json_decref(j);
}
END_TEST

START_TEST(poly3gauss_basis_is_exact)
{
    json_t *j = slg_test_json(slg_test_golden("soap_turbo/orthonormalisation_poly3gauss.json.gz"));
    const json_t *data = json_object_get(j, "data");
    double worst = 0;
    for (size_t i = 0; i < json_array_size(data); i++) {
        const json_t *d = json_array_get(data, i);
        size_t n = (size_t)json_integer_value(json_object_get(d, "alpha_max"));
        slg_radial_basis b;
        double s0 = json_number_value(json_object_get(d, "sigma_r_over_rcut"));
        ck_assert_int_eq(slg_radial_basis_make(SLG_POLY3GAUSS, n, s0, &b), SLG_OK);
        worst = fmax(worst, matrix_deviation(n, b.w, json_object_get(d, "W_exact")));
    }
    printf("poly3gauss basis, alpha 2..8: W %.1e\n", worst);
    ck_assert_double_le(worst, 1e-10);
    json_decref(j);
}
END_TEST

/* HPs of radial.json: scalars, some left out. */
static void radial_hp(const json_t *h, slg_soap_hp *hp)
{
    memset(hp, 0, sizeof *hp);
    hp->n_species = 1;
    hp->alpha_max[0] = (int32_t)json_integer_value(json_object_get(h, "alpha_max"));
    hp->radial_enhancement = (int32_t)json_integer_value(json_object_get(h, "radial_enhancement"));
    hp->rcut_hard[0] = json_number_value(json_object_get(h, "rcut_hard"));
    hp->rcut_soft[0] = json_number_value(json_object_get(h, "rcut_soft"));
    hp->nf[0] = json_number_value(json_object_get(h, "nf"));
    hp->atom_sigma_r[0] = json_number_value(json_object_get(h, "atom_sigma_r"));
    hp->atom_sigma_r_scaling[0] = json_number_value(json_object_get(h, "atom_sigma_r_scaling"));
    hp->atom_sigma_t[0] = 0.5;
    hp->amplitude_scaling[0] = json_number_value(json_object_get(h, "amplitude_scaling"));
    hp->global_scaling[0] = 1;
    hp->basis = strcmp(json_string_value(json_object_get(h, "basis")), "poly3") ? SLG_POLY3GAUSS : SLG_POLY3;
}

START_TEST(radial_coefficients_agree)
{
    json_t *j = slg_test_json(slg_test_golden("soap_turbo/radial.json.gz"));
    const json_t *data = json_object_get(j, "data");
    double worst[2] = {0};
    for (size_t i = 0; i < json_array_size(data); i++) {
        const json_t *rows = json_object_get(json_array_get(data, i), "rows");
        slg_soap_hp hp;
        radial_hp(json_object_get(json_array_get(data, i), "hyperparameters"), &hp);
        slg_ready p = ready_open(&hp, 1);
        const slg_channel *ch = &p.plan->channel[0];
        double big[2] = {0}, diff[2] = {0};
        for (size_t k = 0; k < json_array_size(rows); k++) {
            const json_t *row = json_array_get(rows, k);
            const json_t *c = json_object_get(row, "c_formula"), *dc = json_object_get(row, "dc_dr_formula");
            _Alignas(32) double d[32], dd[32];
            double r = json_number_value(json_object_get(row, "r")), da;
            double a = slg_amplitude(ch, hp.radial_enhancement, r / ch->rcut, &da), root = sqrt(ch->rcut);
            slg_table_read(p.plan, ch, r, d, dd);
            for (size_t n = 0; n < ch->alpha; n++) {
                diff[0] = fmax(diff[0], fabs(root * a * d[n] - number(c, n)));
                diff[1] = fmax(diff[1], fabs((a * dd[n] + da * d[n]) / root - number(dc, n)));
                big[0] = fmax(big[0], fabs(number(c, n)));
                big[1] = fmax(big[1], fabs(number(dc, n)));
            }
        }
        if (getenv("SLG_TEST_VERBOSE"))
            printf("radial set %zu: %.1e %.1e\n", i, diff[0] / big[0], diff[1] / big[1]);
        worst[0] = fmax(worst[0], diff[0] / big[0]);
        worst[1] = fmax(worst[1], diff[1] / big[1]);
        ready_close(&p);
    }
    printf("radial coefficients: value %.1e, derivative %.1e\n", worst[0], worst[1]);
    ck_assert_double_le(worst[0], 1e-12);
    ck_assert_double_le(worst[1], 1e-12);
    json_decref(j);
}
END_TEST

/* Deviation of the tables of channel s from the functions themselves; out[0..3]: d, dd, B, dB. */
static void table_deviation(const slg_soap_hp *hp, size_t s, const slg_soap_plan *plan, double out[4])
{
    enum { POINTS = 400 };
    const slg_channel *ch = &plan->channel[s];
    slg_radial ra;
    double diff[4][16] = {{0}}, big[4][16] = {{0}}, r_max = 0;
    ck_assert_int_eq(slg_radial_init(hp, s, &ra), SLG_OK);
    for (size_t k = 0; k < plan->n_species; k++)
        r_max = fmax(r_max, hp->rcut_hard[k]);
    for (int i = 0; i < POINTS; i++) {
        double r = ch->rcut * (i + 0.37) / POINTS, f[4][16];
        _Alignas(32) double v[32], dv[32];
        slg_table_read(plan, ch, r, v, dv);
        slg_radial_eval(&ra, r / ch->rcut, f[0], f[1]);
        slg_angular_width(plan->l_max, r, r_max, hp->atom_sigma_t[s], hp->atom_sigma_t_scaling[s], f[2], f[3]);
        for (size_t k = 0; k < 4; k++)
            for (size_t n = 0; n < (k < 2 ? ch->alpha : plan->l_max + 1); n++) {
                double got = (k % 2 ? dv : v)[(k < 2 ? 0 : ch->alpha) + n];
                diff[k][n] = fmax(diff[k][n], fabs(got - f[k][n]));
                big[k][n] = fmax(big[k][n], fabs(f[k][n]));
            }
    }
    for (size_t k = 0; k < 4; k++)
        for (size_t n = 0; n < 16; n++)
            out[k] = fmax(out[k], big[k][n] > 0 ? diff[k][n] / big[k][n] : 0);
}

START_TEST(tables_reproduce_their_functions)
{
    double worst[4] = {0}, rounding = 0; /* wide Gaussians of poly3gauss: noise of the function itself (spec 3.3) */
    for (uint32_t w = 0; w < 60; w++) {
        slg_soap_hp hp;
        case_random_hp(w, &hp);
        hp.clean_filter = w % 4 == 0;
        slg_ready p = ready_open(&hp, 1);
        for (size_t s = 0; s < p.plan->n_species; s++) {
            double dev[4] = {0};
            table_deviation(&hp, s, p.plan, dev);
            if (getenv("SLG_TEST_VERBOSE"))
                printf("%u %zu: alpha %zu sr %.3f+%.2f st %.3f+%.2f basis %d: n %zu  %.1e %.1e "
                       "%.1e %.1e\n",
                       w, s, p.plan->channel[s].alpha, hp.atom_sigma_r[s], hp.atom_sigma_r_scaling[s],
                       hp.atom_sigma_t[s], hp.atom_sigma_t_scaling[s], hp.basis, p.plan->channel[s].n_interval, dev[0],
                       dev[1], dev[2], dev[3]);
            if (hp.basis == SLG_POLY3GAUSS)
                rounding = fmax(rounding, fmax(dev[0], dev[1]));
            for (int k = hp.basis == SLG_POLY3GAUSS ? 2 : 0; k < 4; k++)
                worst[k] = fmax(worst[k], dev[k]);
        }
        ready_close(&p);
    }
    printf("tables: poly3 d %.1e, d' %.1e; poly3gauss %.1e; B %.1e, B' %.1e\n", worst[0], worst[1], rounding, worst[2],
           worst[3]);
    for (int k = 0; k < 4; k++)
        ck_assert_double_le(worst[k], 1e-12);
    ck_assert_double_le(rounding, 2e-11);
}
END_TEST

static slg_soap_hp two_species(void)
{
    slg_soap_hp hp = {.n_species = 2,
                      .l_max = 2,
                      .alpha_max = {3, 3},
                      .rcut_hard = {5, 5},
                      .rcut_soft = {4.5, 4.5},
                      .nf = {4, 4},
                      .global_scaling = {1, 1},
                      .atom_sigma_r = {0.5, 0.4},
                      .atom_sigma_t = {0.4, 0.5},
                      .amplitude_scaling = {1, 1},
                      .central_weight = {1, 1}};
    strcpy(hp.compress_mode, "None");
    return hp;
}

START_TEST(compress_modes_have_their_lengths)
{
    const char *mode[] = {"None", "trivial", "0_0", "0_1", "0_2", "1_0", "1_1", "1_2", "2_0", "2_1", "2_2"};
    for (size_t i = 0; i < sizeof mode / sizeof *mode; i++) {
        slg_soap_hp hp = two_species();
        strcpy(hp.compress_mode, mode[i]);
        size_t room = slg_compress_entries(&hp);
        int32_t *in = slg_calloc(room, sizeof *in), *out = slg_calloc(room, sizeof *out);
        double *w = slg_calloc(room, sizeof *w);
        slg_compress c;
        char why[104];
        ck_assert_int_eq(slg_compress_mode(&hp, in, out, w, &c, why), SLG_OK);
        ck_assert_uint_le(c.n_entry, room);
        ck_assert_uint_eq(c.n_out, slg_soap_length(&hp));
        ck_assert_uint_eq(c.n_in, 63);
        slg_ready p = ready_open(&hp, 1); /* the same map given explicitly makes the same plan */
        slg_soap_hp given = hp;
        given.compress = &c;
        slg_ready q = ready_open(&given, 1);
        ck_assert_uint_eq(q.d, p.d);
        ck_assert_uint_eq(slg_soap_length(&given), p.d);
        ready_close(&p), ready_close(&q);
        slg_free(in), slg_free(out), slg_free(w);
    }
}
END_TEST

START_TEST(compress_files_are_read)
{
    slg_soap_hp hp = two_species();
    slg_compress c;
    slg_error err;
    slg_error_clear(&err);
    ck_assert_int_eq(slg_compress_parse("3 3 2 3\n5\n1\n63\n", "a", &hp, &c, &err), SLG_OK);
    ck_assert(c.n_in == 63 && c.n_out == 3 && c.n_entry == 3 && c.in[0] == 4 && c.in[2] == 62 && c.out[2] == 2);
    ck_assert_double_eq(c.weight[1], 1);
    slg_compress_free(&c);
    const char *matrix = "3 3 2 2\nP_transformation\n1 5 0.5\n2 7 -1e0\n1 6 2\nend_transformation\n";
    ck_assert_int_eq(slg_compress_parse(matrix, "b", &hp, &c, &err), SLG_OK);
    ck_assert(c.n_out == 2 && c.n_entry == 3 && c.in[1] == 6 && c.out[1] == 1 && c.in[2] == 5 && c.out[2] == 0);
    ck_assert_double_eq(c.weight[1], -1);
    hp.compress = &c;
    slg_ready p = ready_open(&hp, 1);
    ck_assert_uint_eq(p.d, 2);
    ready_close(&p);
    slg_compress_free(&c);
}
END_TEST

START_TEST(bad_compress_files_are_refused)
{
    const char *bad[] = {"",
                         "3 3",
                         "3 4 2 3\n1\n",
                         "3 3 1 3\n1\n",
                         "3 3 2 x\n",
                         "3 3 2 3\n",
                         "3 3 2 3\n0\n",
                         "3 3 2 3\n64\n",
                         "3 3 2 1\n1\n2\n",
                         "3 3 2 3\n1\n2\n",
                         "3 3 2 2\n1\n-\n2\n",
                         "3 3 2 3\nP_transformation\n1 1\n",
                         "3 3 2 3\nP_transformation\n1 1 nan\nend_transformation",
                         "3 3 2 3\n1 nonsense",
                         "3 3 2 3\nP_transformation\n4 1 1\nend_transformation",
                         "3 3 2 3\nP_transformation\n1 1 1\n",
                         "99999999999999999999 3 2 3\n1\n"};
    slg_soap_hp hp = two_species();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        slg_compress c;
        slg_error err;
        slg_error_clear(&err);
        ck_assert_msg(slg_compress_parse(bad[i], "file", &hp, &c, &err) == SLG_ERR_CONFIG, "accepted: %s", bad[i]);
        ck_assert_msg(strncmp(err.text, "file:", 5) == 0, "%s", err.text);
        ck_assert_msg(!strchr(err.text, '\n'), "not one line: %s", err.text);
        ck_assert_ptr_null(c.in);
    }
    for (long k = 0; k < 3; k++) {
        slg_compress c;
        slg_error err;
        slg_error_clear(&err);
        slg_alloc_fail_after(k);
        slg_status st = slg_compress_parse("3 3 2 3\n1\n", "file", &hp, &c, &err);
        slg_alloc_fail_after(-1);
        ck_assert_int_eq(st, SLG_ERR_NOMEM);
    }
}
END_TEST

START_TEST(hyper_parameters_outside_their_domain_are_refused)
{
    char why[104];
#define REFUSED(text, change)                                                                                          \
    do {                                                                                                               \
        slg_soap_hp hp = two_species();                                                                                \
        change;                                                                                                        \
        ck_assert_int_eq(slg_soap_check(&hp, why), SLG_ERR_HP);                                                        \
        ck_assert_msg(strstr(why, text) != NULL, "%s", why);                                                           \
        ck_assert_uint_eq(slg_soap_length(&hp), 0);                                                                    \
        ck_assert_uint_eq(slg_soap_plan_bytes(&hp), 0);                                                                \
        ck_assert_int_eq(slg_soap_plan_build(&hp, NULL, why), SLG_ERR_HP);                                             \
    } while (0)
    REFUSED("n_species", hp.n_species = 0);
    REFUSED("n_species", hp.n_species = SLG_MAX_SPECIES + 1);
    REFUSED("central", hp.central = 2);
    REFUSED("l_max", hp.l_max = -1);
    REFUSED("l_max", hp.l_max = SLG_SOAP_L + 1);
    REFUSED("alpha_max[1]", hp.alpha_max[1] = 0);
    REFUSED("alpha_max", hp.alpha_max[0] = SLG_SOAP_ALPHA + 1);
    REFUSED("rcut_soft[0]", hp.rcut_soft[0] = 5.1);
    REFUSED("rcut_soft", hp.rcut_soft[0] = -1);
    REFUSED("rcut_hard", hp.rcut_hard[0] = 0);
    REFUSED("rcut_hard", hp.rcut_hard[0] = NAN);
    REFUSED("nf", hp.nf[1] = 0);
    REFUSED("atom_sigma_r[0]", hp.atom_sigma_r[0] = 0);
    REFUSED("atom_sigma_r", hp.atom_sigma_r[0] = -0.5);
    REFUSED("atom_sigma_t", hp.atom_sigma_t[0] = 0);
    REFUSED("atom_sigma_t", hp.atom_sigma_t[0] = INFINITY);
    REFUSED("atom_sigma_r_scaling", hp.atom_sigma_r_scaling[0] = -0.1);
    REFUSED("atom_sigma_t_scaling", hp.atom_sigma_t_scaling[0] = NAN);
    REFUSED("amplitude_scaling", hp.amplitude_scaling[0] = -1);
    REFUSED("central_weight", hp.central_weight[0] = NAN);
    REFUSED("global_scaling", hp.global_scaling[0] = INFINITY);
    REFUSED("radial_enhancement", hp.radial_enhancement = 3);
    REFUSED("compress_mode", strcpy(hp.compress_mode, "3_0"));
    REFUSED("compress_mode", strcpy(hp.compress_mode, "tri"));
    REFUSED("compress_mode", memset(hp.compress_mode, 'x', sizeof hp.compress_mode));
    REFUSED("same in all channels", (strcpy(hp.compress_mode, "1_1"), hp.alpha_max[1] = 4));
    slg_soap_hp fine = two_species();
    ck_assert_int_eq(slg_soap_check(&fine, why), SLG_OK);
}
END_TEST

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* lines survive a failed test's end */
    Suite *s = suite_create("soap parts");
    TCase *t = tcase_create("parts");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, bessel_functions_are_exact);
    tcase_add_test(t, poly3_basis_is_exact);
    tcase_add_test(t, poly3gauss_basis_is_exact);
    tcase_add_test(t, radial_coefficients_agree);
    tcase_add_test(t, tables_reproduce_their_functions);
    tcase_add_test(t, compress_modes_have_their_lengths);
    tcase_add_test(t, compress_files_are_read);
    tcase_add_test(t, bad_compress_files_are_refused);
    tcase_add_test(t, hyper_parameters_outside_their_domain_are_refused);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
