/* Search spaces: dimensions of each phase, values of hyper-parameters, start positions. */
#include "tests/config/texts.h"

#include "runtime/base/alloc.h"
#include "tasks/terms/soap/soap.h"

#include <math.h>

/* The hyper-parameters of one phase. */
enum { DESCRIPTOR = 1 << SLG_PHASE_DESCRIPTOR, TRAINING = SLG_FIT_PHASES };

START_TEST(spaces)
{
    slg_config *c = parse(full);
    slg_space *all = slg_calloc(3, sizeof *all), *one = all + 1, *two = all + 2;
    ck_assert_int_eq(slg_config_space(c, 2, ch, SLG_ALL_PHASES, all, NULL), SLG_OK);
    ck_assert_int_eq(slg_config_space(c, 2, ch, DESCRIPTOR, one, NULL), SLG_OK);
    ck_assert_int_eq(slg_config_space(c, 2, ch, TRAINING, two, NULL), SLG_OK);
    static const char *const names[] = {"l_max", "rcut_soft",  "atom_sigma_r.H", "atom_sigma_t", "radial_enhancement",
                                        "zeta",  "n_sparse.H", "n_sparse.C",     "delta",        "sigma_energy"};
    ck_assert_uint_eq(all->n_dim, 10);
    for (size_t d = 0; d < 10; d++)
        ck_assert_str_eq(all->dim[d].name, names[d]);
    ck_assert_uint_eq(one->n_dim, 6);
    ck_assert_uint_eq(two->n_dim, 4);
    ck_assert_str_eq(two->dim[0].name, "n_sparse.H");
    ck_assert_int_eq(all->dim[2].species, 0);
    ck_assert_int_eq(all->dim[7].species, 1);
    ck_assert_int_eq(all->dim[1].species, -1);
    ck_assert_uint_eq((size_t)all->dim[2].hp, row_of(c, "atom_sigma_r"));
    ck_assert_double_eq(all->dim[2].hi, 0.5);
    ck_assert_int_eq(all->dim[3].kind, SLG_DIM_LOG);
    ck_assert_int_eq(all->dim[6].kind, SLG_DIM_CHOICE);
    ck_assert_int_eq(all->dim[6].n_choice, 3);
    ck_assert_double_eq(all->dim[6].choice[1], 7);
    ck_assert_int_eq(all->dim[7].kind, SLG_DIM_INT);
    const int32_t cho[3] = {1, 6, 8};
    slg_error_clear(&err);
    ck_assert_int_eq(slg_config_space(c, 3, cho, SLG_ALL_PHASES, all, &err), SLG_ERR_CONFIG);
    ck_assert_str_eq(err.text, "alpha_max: expected a value for the element O, which is in the data; add it");
    slg_free(all);
    slg_config_free(&c);
}
END_TEST

/* The definition of the part of carbon. */
static void expect_soap(const slg_config *c, const slg_hp_set *set)
{
    slg_term_def def;
    slg_config_define(c, set, 2, 1, NULL, &def);
    ck_assert_ptr_eq(def.term, &slg_term_soap);
    const slg_soap_hp soap = *slg_soap_hp_of(&def);
    ck_assert_int_eq(soap.n_species, 2);
    ck_assert_int_eq(soap.central, 1);
    ck_assert_int_eq(soap.l_max, 5);
    ck_assert_int_eq(soap.radial_enhancement, 2);
    ck_assert_int_eq(soap.alpha_max[0], 3);
    ck_assert_int_eq(soap.alpha_max[1], 4);
    for (int s = 0; s < 2; s++) {
        ck_assert_double_eq(soap.rcut_hard[s], 5);
        ck_assert_double_eq(soap.rcut_soft[s], 4.25);
        ck_assert_double_eq(soap.nf[s], 3.3333333333333335);
        ck_assert_double_eq(soap.global_scaling[s], 1);
        ck_assert_double_eq(soap.atom_sigma_t[s], 0.35);
        ck_assert_double_eq(soap.atom_sigma_r_scaling[s], 0);
        ck_assert_double_eq(soap.amplitude_scaling[s], 1);
        ck_assert_double_eq(soap.central_weight[s], 1);
    }
    ck_assert_int_eq(soap.basis, SLG_POLY3);
    ck_assert(soap.clean_filter);
    ck_assert_str_eq(soap.compress_mode, "trivial");
    ck_assert_double_eq(soap.zeta, 6);
    ck_assert_ptr_null(soap.compress);
}

START_TEST(values_and_soap)
{
    slg_config *c = parse(full);
    slg_space *one = slg_calloc(2, sizeof *one), *two = one + 1;
    slg_hp_set a, b;
    ck_assert_int_eq(slg_config_space(c, 2, ch, DESCRIPTOR, one, NULL), SLG_OK);
    ck_assert_int_eq(slg_config_space(c, 2, ch, TRAINING, two, NULL), SLG_OK);
    const double v1[6] = {5, 4.25, 0.2, 0.35, 2, 6}, v2[4] = {7, 20, 2.5, 0.01};
    ck_assert_int_eq(slg_config_values(c, one, v1, NULL, 2, ch, &a, NULL), SLG_OK);
    ck_assert(isnan(a.v[row_of(c, "delta")][0])); /* of the other phase */
    ck_assert_int_eq(slg_config_values(c, two, v2, &a, 2, ch, &b, NULL), SLG_OK);
    ck_assert_double_eq(b.v[row_of(c, "atom_sigma_r")][0], 0.2);
    ck_assert_double_eq(b.v[row_of(c, "atom_sigma_r")][1], 0.4);
    ck_assert_double_eq(b.v[row_of(c, "n_sparse")][0], 7);
    ck_assert_double_eq(b.v[row_of(c, "n_sparse")][1], 20);
    ck_assert_double_eq(b.v[row_of(c, "delta")][1], 2.5);
    ck_assert_double_eq(b.v[row_of(c, "sigma_virial")][1], 0.3);
    ck_assert_double_eq(b.v[row_of(c, "zeta")][1], 6);
    expect_soap(c, &b);
    slg_free(one);
    slg_config_free(&c);
}
END_TEST

START_TEST(starts)
{
    slg_config *c = parse(full);
    slg_space *all = slg_calloc(1, sizeof *all);
    double v[SLG_MAX_DIM];
    bool given[SLG_MAX_DIM];
    ck_assert_int_eq(slg_config_space(c, 2, ch, SLG_ALL_PHASES, all, NULL), SLG_OK);
    slg_config_start(c, 0, all, ch, v, given);
    for (size_t d = 0; d < all->n_dim; d++)
        ck_assert_int_eq(given[d], d == 1 || d == 5);
    ck_assert_double_eq(v[1], 4.5);
    slg_config_start(c, 2, all, ch, v, given);
    for (size_t d = 0; d < all->n_dim; d++)
        ck_assert_int_eq(given[d], d == 2 || d == 6 || d == 7);
    ck_assert_double_eq(v[2], 0.2);
    ck_assert_double_eq(v[6], 7);
    ck_assert_double_eq(v[7], 20);
    slg_config_start(c, 3, all, ch, v, given);
    for (size_t d = 0; d < all->n_dim; d++)
        ck_assert(!given[d]);
    slg_free(all);
    slg_config_free(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("space");
    TCase *t = tcase_create("space");
    tcase_add_test(t, spaces);
    tcase_add_test(t, values_and_soap);
    tcase_add_test(t, starts);
    suite_add_tcase(suite, t);
    return slg_test_main(suite);
}
