/* Stage 2 works on the Gram blocks of a base; its errors must be those of whole fits. */
#include "runtime/base/alloc.h"
#include "tests/support/study_support.h"

#include <math.h>
#include <stdlib.h>

static slg_error err;

static void close_to(const slg_outcome *a, const slg_outcome *b, double tol)
{
    ck_assert_int_eq(a->status, SLG_OK);
    ck_assert_int_eq(b->status, SLG_OK);
    for (int q = 0; q < SLG_N_QUANTITY; q++) {
        ck_assert_int_eq(isnan(a->rmse[q]), isnan(b->rmse[q]));
        ck_assert_msg(isnan(a->rmse[q]) || fabs(a->rmse[q] / b->rmse[q] - 1) < tol,
                      "quantity %d: %.12g on the base, %.12g by a whole fit", q, a->rmse[q], b->rmse[q]);
    }
}

static slg_outcome on_base(const slg_flight *base, const slg_hp_set *hp, unsigned needs, slg_potential **pot)
{
    slg_flight f = study_flight(base->e, needs, hp);
    slg_outcome out = slg_outcome_empty();
    ck_ok(slg_flight_submit(&f, base, &out, &err), &err);
    ck_ok(slg_flight_collect(&f, &out, NULL, &err), &err);
    if (pot)
        ck_ok(slg_flight_potential(&f, pot, &err), &err);
    slg_rt_wait(base->e->rt);
    slg_flight_release(&f);
    return out;
}

static slg_outcome whole(const slg_problem *p, slg_rt *rt, const slg_hp_set *hp, slg_potential **pot)
{
    slg_outcome out;
    slg_hp_set at = *hp;
    ck_ok(slg_fit_once(p, rt, &at, &out, NULL, pot, NULL, &err), &err);
    return out;
}

static void same_model(const slg_problem *p, slg_potential *a, slg_potential *b)
{
    const slg_dataset *d = p->validation.data;
    double *ea = malloc(d->n_frame * sizeof *ea), *eb = malloc(d->n_frame * sizeof *eb);
    slg_geom *geom = NULL;
    ck_ok(slg_geom_build(d, p->cutoff, p->n_species, p->z, &geom, &err), &err);
    ck_assert_uint_eq(a->n_part, b->n_part);
    for (size_t i = 0; i < a->n_part; i++)
        ck_assert_uint_eq(a->part[i].m, b->part[i].m);
    ck_ok(slg_potential_predict(a, d, geom, ea, NULL, NULL, &err), &err);
    ck_ok(slg_potential_predict(b, d, geom, eb, NULL, NULL, &err), &err);
    ck_assert_double_lt(slg_test_deviation(d->n_frame, ea, eb), 1e-9);
    slg_geom_free(&geom);
    free(ea);
    free(eb);
}

/* HPs of the fit, n_sparse as a share of the base's. */
static const struct {
    double delta, energy, force, virial, share;
} variant[] = {
    {2, 0.002, 0.02, 0.05, 1}, {0.3, 0.05, 0.002, 0.5, 1}, {4, 0.0008, 0.1, 0.01, 0.5}, {1, 0.01, 0.01, 0.1, 0.2}};

static slg_hp_set varied(const slg_flight *base, size_t k)
{
    const slg_problem *p = base->e->p;
    slg_hp_set hp = base->hp;
    study_set(p, &hp, "delta", variant[k].delta);
    study_set(p, &hp, "sigma_energy", variant[k].energy);
    study_set(p, &hp, "sigma_force", variant[k].force);
    study_set(p, &hp, "sigma_virial", variant[k].virial);
    for (int s = 0; s < SLG_MAX_SPECIES; s++)
        study_hp(p, &hp, "n_sparse")[s] = floor(study_hp(p, &hp, "n_sparse")[s] * variant[k].share);
    return hp;
}

static void compare_variant(const slg_flight *base, size_t k, double tol)
{
    const slg_problem *p = base->e->p;
    const slg_hp_set hp = varied(base, k);
    slg_potential *a = NULL, *b = NULL;
    slg_outcome fast = on_base(base, &hp, SLG_NEED_ERRORS, NULL), full = whole(p, base->e->rt, &hp, &b);
    close_to(&fast, &full, tol);
    slg_outcome predicted = on_base(base, &hp, SLG_NEED_PREDICTIONS, &a);
    close_to(&predicted, &full, 1e-6);
    for (int q = 0; q < SLG_N_QUANTITY; q++)
        ck_assert(isnan(fast.mae[q]) && isnan(predicted.mae[q]) == isnan(full.mae[q]));
    same_model(p, a, b);
    slg_potential_free(&a);
    slg_potential_free(&b);
}

static void compare(const char *folder, const char *text, double tol)
{
    slg_config *cfg = study_parse(folder, text);
    slg_problem *p = study_problem(cfg);
    slg_rt *rt = study_engine(SLG_RT_STARPU, 2, NULL);
    slg_evaluator *e = study_evaluator(p, rt);
    const slg_hp_set hp = study_values(p);
    slg_flight base = study_flight(e, 0, &hp);
    ck_ok(slg_flight_build_base(&base, &err), &err);
    for (size_t k = 0; k < sizeof variant / sizeof *variant; k++)
        compare_variant(&base, k, tol);
    slg_flight_release(&base);
    slg_evaluator_free(&e);
    slg_rt_stop(&rt);
    slg_problem_free(&p);
    slg_config_free(&cfg);
}

START_TEST(dimer)
{
    compare("c2-dimer", study_dimer, 1e-6);
}
END_TEST

START_TEST(silicon)
{
    compare("silicon", study_silicon, 1e-6);
}
END_TEST

START_TEST(molecules)
{
    compare("cho-molecules", study_molecules, 1e-6);
}
END_TEST

/* Smaller sparse sets are leading parts of larger ones, whatever the method. */
START_TEST(nested_methods)
{
    static const char *const method[] = {"sparse_method: fps, n_sparse", "sparse_method: random, n_sparse"};
    char *text = study_replace(study_silicon, "n_sparse", method[_i]);
    compare("silicon", text, 1e-6);
    free(text);
}
END_TEST

/* Own sigmas of config_types: classes of their own in the Gram blocks. */
START_TEST(own_sigmas)
{
    slg_config *cfg = study_parse("silicon", study_silicon);
    slg_problem *p = study_problem(cfg);
    char own[256], *text;
    ck_assert_uint_ge(p->train.data->n_group, 2);
    snprintf(own, sizeof own, "fit: {config_type_sigma: {%s: {energy: 0.02, force: 0.3}, %s: {virial: 0.5}}, use",
             p->train.data->group[0], p->train.data->group[1]);
    slg_problem_free(&p);
    slg_config_free(&cfg);
    text = study_replace(study_silicon, "fit: {use", own);
    cfg = study_parse("silicon", text);
    p = study_problem(cfg);
    ck_assert_uint_eq(p->train.n_class, 3 + 3);
    slg_problem_free(&p);
    slg_config_free(&cfg);
    compare("silicon", text, 1e-6);
    free(text);
}
END_TEST

/* Trained on energies alone, forces are predicted and measured all the same. */
START_TEST(energies_only)
{
    char *text = study_replace(study_dimer, "use: [energy, forces]", "use: [energy]");
    slg_config *cfg = study_parse("c2-dimer", text);
    slg_problem *p = study_problem(cfg);
    ck_assert_uint_eq(p->train.n_class, 1);
    ck_assert_uint_eq(p->validation.n_class, 3);
    slg_rt *rt = study_engine(SLG_RT_INLINE, 0, NULL);
    slg_hp_set hp = study_values(p);
    slg_outcome out = whole(p, rt, &hp, NULL);
    ck_assert(out.rmse[SLG_FORCE] > 0 && isnan(out.rmse[SLG_VIRIAL]));
    slg_rt_stop(&rt);
    slg_problem_free(&p);
    slg_config_free(&cfg);
    compare("c2-dimer", text, 1e-6);
    free(text);
}
END_TEST

/* Rows without energies: one periodic atom with a virial beside frames without any reference value. */
START_TEST(virial_of_few)
{
    const char *folder = slg_test_folder();
    static const char train[] = "1\nLattice=\"3 0 0 0 3 0 0 0 3\" Properties=species:S:1:pos:R:3 energy=-5 virial=\"1 "
                                "0 0 0 1 0 0 0 1\"\nSi 0 0 0\n"
                                "1\nLattice=\"3.2 0 0 0 3.2 0 0 0 3.2\" Properties=species:S:1:pos:R:3 energy=-5.2 "
                                "virial=\"2 0 0 0 2 0 0 0 2\"\n"
                                "Si 0 0 0\n";
    char valid[2048];
    size_t n = 0;
    n += (size_t)snprintf(valid, sizeof valid,
                          "1\nLattice=\"3.1 0 0 0 3.1 0 0 0 3.1\" Properties=species:S:1:pos:R:3 "
                          "virial=\"1.5 0 0 0 1.5 0 0 0 1.5\"\nSi 0 0 0\n");
    for (int i = 0; i < 7; i++)
        n += (size_t)snprintf(valid + n, sizeof valid - n,
                              "1\nLattice=\"3 0 0 0 3 0 0 0 3\" Properties=species:S:1:pos:R:3\n"
                              "Si 0 0 0\n");
    study_spill(folder, "train.xyz", train, sizeof train - 1);
    study_spill(folder, "valid.xyz", valid, n);
    compare(
        folder,
        "data: {train: train.xyz, validation: valid.xyz, virial_key: virial, e0: {Si: 0}}\n"
        "descriptor: {alpha_max: 3, l_max: 2, rcut_hard: 5.0, rcut_soft: 4.5, atom_sigma_r: 0.4, atom_sigma_t: 0.6,\n"
        "  zeta: 4}\n"
        "fit: {sigma_energy: 0.001, sigma_virial: 0.05, use: [energy, virial], n_sparse: 2}\n"
        "objective: {energy_weight: 0, force_weight: 0, virial_weight: 1}\n",
        1e-6);
    slg_test_remove(folder);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("stage 2");
    TCase *t = tcase_create("stage 2");
    tcase_set_timeout(t, 200);
    tcase_add_test(t, dimer);
    tcase_add_test(t, silicon);
    tcase_add_test(t, molecules);
    tcase_add_loop_test(t, nested_methods, 0, 2);
    tcase_add_test(t, own_sigmas);
    tcase_add_test(t, energies_only);
    tcase_add_test(t, virial_of_few);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
