/* What is asked of a configuration. */
#include "tasks/fit/params.h"
#include "tests/config/texts.h"

START_TEST(settings)
{
    slg_config *c = parse(STUDY "search: {swarm: paper, dt: 0.25}\nobjective: {force_weight: 3}\n");
    const slg_optimiser_kind *o = c->optimiser;
    const slg_param foreign[2] = {{.name = "dt"}, {.name = "c1"}};
    double x[16], untouched[2] = {-7, -8};
    slg_config_settings(c, o->param, o->n_param, x);
    for (size_t i = 0; i < o->n_param; i++) {
        ck_assert_double_eq(x[i], value_of(c, o->param[i].name));
        ck_assert(strcmp(o->param[i].name, "dt") != 0 || x[i] == 0.25);
        ck_assert(strcmp(o->param[i].name, "c2") != 0 || x[i] == 2);
    }
    slg_config_settings(c, c->objective->param, c->objective->n_param, x);
    ck_assert(x[SLG_ENERGY] == 1 && x[SLG_FORCE] == 3 && x[SLG_VIRIAL] == 0);
    slg_config_settings(c, foreign, 2, untouched); /* no table of this configuration */
    slg_config_settings(c, NULL, 0, untouched);    /* an owner without settings */
    slg_config_settings(c, c->first_objective->param, c->first_objective->n_param, untouched);
    ck_assert(untouched[0] == -7 && untouched[1] == -8);
    slg_config_settings(c, slg_fit_param, SLG_FIT_N_PARAM, x);
    ck_assert(x[SLG_FIT_N_SPARSE] == 60 && x[SLG_FIT_JITTER] == 1e-9);
    slg_config_free(&c);
}
END_TEST

START_TEST(weights)
{
    slg_config *c = parse(STUDY "objective: {kind: mae, energy_weight: 2, force_weight: 3, virial_weight: 0}\n");
    static const char *const name[] = {
        [SLG_ENERGY] = "energy_weight", [SLG_FORCE] = "force_weight", [SLG_VIRIAL] = "virial_weight"};
    for (int q = 0; q < SLG_N_QUANTITY; q++)
        ck_assert_ptr_eq(slg_config_weight(c, q), slot_of(c, name[q]));
    ck_assert(weight_of(c, SLG_ENERGY) == 2 && weight_of(c, SLG_FORCE) == 3 && weight_of(c, SLG_VIRIAL) == 0);
    slg_config_weight(c, SLG_VIRIAL)->entry.tied.value = 5; /* it is the slot itself */
    ck_assert_double_eq(value_of(c, "virial_weight"), 5);
    c->objective = c->first_objective; /* one without weights */
    for (int q = 0; q < SLG_N_QUANTITY; q++)
        ck_assert_ptr_null(slg_config_weight(c, q));
    slg_config_free(&c);
}
END_TEST

START_TEST(units)
{
    ck_assert_str_eq(slg_param_unit("rcut_hard"), "Angstrom");
    ck_assert_str_eq(slg_param_unit("atom_sigma_r"), "Angstrom");
    ck_assert_str_eq(slg_param_unit("delta"), "eV");
    ck_assert_str_eq(slg_param_unit("sigma_force"), "eV/Angstrom");
    ck_assert_str_eq(slg_param_unit("zeta"), "");
    ck_assert_str_eq(slg_param_unit("basis"), "");
    ck_assert_str_eq(slg_param_unit("sparse_method"), "");
    ck_assert_str_eq(slg_param_unit("n_sparse"), "");
    ck_assert_str_eq(slg_param_unit("no_such"), "");
    ck_assert_str_eq(slg_param_unit(""), "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("asked");
    TCase *t = tcase_create("all");
    tcase_add_test(t, settings);
    tcase_add_test(t, weights);
    tcase_add_test(t, units);
    suite_add_tcase(suite, t);
    return slg_test_main(suite);
}
