/* Every file of examples/ and of the reference data, with what is known to be in it. */
#include "data_support.h"

#include <time.h>

static const struct known {
    const char *path;
    size_t n_frame, n_atom, n_energy, n_force, n_virial, n_group, n_species;
    size_t n_pair; /* within 5.4 Angstrom; from the first build of the lists that matched brute
                      force */
} examples[] =
    {
        {"c2-dimer/C2_dimer.xyz", 30, 60, 30, 30, 0, 1, 1, 60},
        {"c2-dimer/C2_isolated_atom.xyz", 1, 1, 1, 1, 0, 1, 1, 0},
        {"cho-molecules/CHO_molecules.xyz", 243, 1363, 243, 243, 0, 13, 3, 7228},
        {"cho-molecules/CHO_molecules_test.xyz", 60, 334, 60, 60, 0, 12, 3, 1746},
        {"silicon/Si_bulk.xyz", 101, 628, 101, 101, 100, 9, 1, 19342},
        {"silicon/Si_bulk_test.xyz", 25, 153, 25, 25, 25, 8, 1, 4678},
},
  reference[] = {
      {"data/Fe_GAP22_DB10_hcp.xyz.gz", 198, 396, 198, 198, 0, 1, 1, 22806},
      {"data/Fe_GAP22_DB11_surf_sep.xyz.gz", 351, 4048, 351, 351, 0, 15, 1, 217882},
      {"data/Fe_GAP22_DB9_prim_bcc.xyz.gz", 1743, 1743, 1743, 1743, 1743, 1, 1, 114818},
      {"data/W_GAP14_sub.xyz.gz", 995, 19015, 995, 995, 216, 7, 1, 891128},
      {"data/mlearn_Ge_test.xyz.gz", 25, 1568, 25, 25, 25, 4, 1, 42850},
      {"data/mlearn_Ge_train.xyz.gz", 228, 14072, 228, 228, 228, 4, 1, 381574},
      {"data/mlearn_Li_test.xyz.gz", 29, 1320, 29, 29, 29, 4, 1, 40838},
      {"data/mlearn_Li_train.xyz.gz", 241, 11576, 241, 241, 241, 4, 1, 360348},
      {"data/mlearn_Si_test.xyz.gz", 25, 1525, 25, 25, 25, 4, 1, 46376},
      {"data/mlearn_Si_train.xyz.gz", 214, 13233, 214, 214, 214, 4, 1, 399410},
      {"data/mol_acac_train_300K.xyz.gz", 503, 7503, 503, 500, 0, 2, 3, 95146},
      {"data/mol_ethanol_train.xyz.gz", 1004, 9004, 1004, 1000, 0, 2, 4, 72000},
      {"data/qm7_devtest2000.xyz.gz", 2000, 30893, 2000, 0, 0, 1, 5, 434466},
      {"data/qm7_train1000.xyz.gz", 1000, 15390, 1000, 0, 0, 1, 5, 215426},
      {"data/qm9_100.xyz.gz", 100, 1777, 100, 0, 0, 1, 5, 28714},
      {"data/snap_NbMoTaW_sub800.xyz.gz", 800, 16262, 800, 800, 800, 18, 4, 644254},
};

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void check(const char *path, const struct known *k)
{
    double start = seconds();
    int32_t n, z[SLG_MAX_SPECIES];
    slg_error err;
    slg_geom *g = NULL;
    slg_dataset *d = read_set(path);
    slg_error_clear(&err);
    ck_assert_int_eq(slg_dataset_species(d, &n, z, &err), SLG_OK);
    ck_assert_msg(slg_geom_build(d, 5.4, n, z, &g, &err) == SLG_OK, "%s", err.text);
    double took = seconds() - start;
    size_t e = 0, f = 0, v = 0;
    for (size_t i = 0; i < d->n_frame; i++) {
        e += d->frame[i].has_energy;
        f += d->frame[i].has_force;
        v += d->frame[i].has_virial;
    }
    struct known got = {k->path, d->n_frame, d->n_atom, e, f, v, d->n_group, (size_t)n, g->n_pair};
    ck_assert_msg(memcmp(&got, k, sizeof got) == 0, "%s: %zu %zu %zu %zu %zu %zu %d %zu", k->path, got.n_frame,
                  got.n_atom, e, f, v, got.n_group, n, got.n_pair);
    ck_assert_msg(took < 10, "%s took %.1f s", k->path, took); /* 0.1 s is usual; far more under a sanitizer */
    slg_geom_free(&g);
    slg_dataset_free(&d);
}

START_TEST(example)
{
    check(slg_test_example(examples[_i].path), &examples[_i]);
}
END_TEST

START_TEST(reference_file)
{
    if (slg_test_have_reference(reference[_i].path))
        check(slg_test_reference(reference[_i].path), &reference[_i]);
}
END_TEST

/* E0 of the methods file, and a number of each kind out of the middle. */
START_TEST(some_numbers)
{
    double e0[3];
    slg_dataset *d = read_set(slg_test_example("cho-molecules/CHO_molecules.xyz"));
    ck_assert_int_eq(slg_e0_isolated(d, 3, (int32_t[]){1, 6, 8}, 6, e0, NULL), SLG_OK);
    ck_assert(e0[0] == -13.5683984981 && e0[1] == -1027.2634743316 && e0[2] == -2038.5320570426);
    slg_dataset_free(&d);
    d = read_set(slg_test_example("silicon/Si_bulk_test.xyz"));
    ck_assert(d->frame[0].virial[0] == 17.18255107 && d->frame[0].energy == -855.3127683305 &&
              d->force[5] == -0.00000862);
    slg_dataset_free(&d);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("files");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, example, 0, sizeof examples / sizeof examples[0]);
    tcase_add_loop_test(t, reference_file, 0, sizeof reference / sizeof reference[0]);
    tcase_add_test(t, some_numbers);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
