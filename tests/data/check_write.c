/* Written sets read back bit by bit. */
#include "data_support.h"
#include "runtime/base/rng.h"

static char *written(const slg_dataset *d, const slg_columns *c)
{
    char *text = NULL;
    size_t n = 0;
    slg_error err;
    slg_error_clear(&err);
    FILE *out = open_memstream(&text, &n);
    slg_status st = slg_dataset_write(d, c, out, &err);
    fclose(out);
    ck_assert_msg(st == SLG_OK, "%s", err.text);
    return text;
}

static void same_values(const slg_dataset *a, const slg_dataset *b)
{
    ck_assert_uint_eq(a->n_frame, b->n_frame);
    ck_assert_uint_eq(a->n_atom, b->n_atom);
    ck_assert_uint_eq(a->n_group, b->n_group);
    ck_assert_mem_eq(a->z, b->z, a->n_atom * sizeof *a->z);
    ck_assert_mem_eq(a->pos, b->pos, 3 * a->n_atom * sizeof *a->pos);
    ck_assert_mem_eq(a->force, b->force, 3 * a->n_atom * sizeof *a->force);
    for (size_t f = 0; f < a->n_frame; f++) {
        const slg_frame *x = &a->frame[f], *y = &b->frame[f];
        ck_assert(x->has_cell == y->has_cell && x->has_energy == y->has_energy && x->has_force == y->has_force);
        ck_assert(x->has_virial == y->has_virial && x->n_atom == y->n_atom && x->group == y->group);
        ck_assert_mem_eq(x->cell, y->cell, sizeof x->cell);
        ck_assert_mem_eq(x->pbc, y->pbc, sizeof x->pbc);
        ck_assert_mem_eq(&x->energy, &y->energy, sizeof x->energy);
        ck_assert_mem_eq(x->virial, y->virial, sizeof x->virial);
        ck_assert_str_eq(x->config_type, y->config_type);
    }
}

static void round_trip(const slg_dataset *d)
{
    char *text = written(d, NULL);
    slg_dataset *back = parse(text);
    same_values(d, back);
    free(text);
    slg_dataset_free(&back);
}

static const char *const sample = "1\nLattice=\"2 0 0 0 3 0 0 0 4\" energy=1 note=\"two words\" "
                                  "config_type=\"a \\\"b\\\" \\\\\" virial=\"1 2 3 2 4 5 3 5 6\" "
                                  "Properties=species:S:1:pos:R:3:forces:R:3 pbc=\"T F T\"\nSi .1 "
                                  ".2 .3 1 2 3\n1\nfree words\nH 0 0 0\n";

START_TEST(text_of_a_sample)
{
    slg_dataset *d = parse(sample);
    double e[2] = {5, 6}, f[6] = {1, 2, 3, 4, 5, 6}, v[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    char *text = written(d, &(slg_columns){e, f, v});
    ck_assert_str_eq(text, "1\nLattice=\"2 0 0 0 3 0 0 0 4\" "
                           "Properties=species:S:1:pos:R:3:forces:R:3:starling_forces:R:3 energy=1 "
                           "virial=\"1 2 3 2 4 5 3 5 6\" starling_energy=5 starling_virial=\"1 2 3 2 4 5 3 5 6\" "
                           "config_type=\"a \\\"b\\\" \\\\\" note=\"two words\" pbc=\"T F T\"\n"
                           "Si 0.10000000000000001 0.20000000000000001 0.29999999999999999 1 2 3 1 2 3\n"
                           "1\nProperties=species:S:1:pos:R:3:starling_forces:R:3 starling_energy=6 "
                           "starling_virial=\"7 8 9 8 10 11 9 11 12\" config_type=\"default\" pbc=\"F F F\"\nH 0 0 0 "
                           "4 5 6\n");
    round_trip(d);
    slg_xyz_keys ours = {"starling_energy", "starling_forces", "starling_virial", "", "config_type"};
    slg_dataset *back = parse_with(text, &ours);
    ck_assert_double_eq(back->frame[1].energy, 6);
    ck_assert_double_eq(back->force[5], 6);
    ck_assert_double_eq(back->frame[1].virial[5], 12);
    char *again = written(back, NULL); /* the old predictions go, they are not passed on */
    ck_assert_ptr_null(strstr(again, "starling"));
    free(again);
    free(text);
    slg_dataset_free(&back);
    slg_dataset_free(&d);
}
END_TEST

static double any(uint32_t i, uint32_t k)
{
    double u = slg_rng_u01(5, SLG_STREAM_TEST, i, k, 0), s = slg_rng_u01(5, SLG_STREAM_TEST, i, k, 1);
    return (u - 0.5) * pow(10, 10 * s - 5);
}

START_TEST(random_numbers)
{
    slg_dataset *d = parse(sample);
    for (uint32_t i = 0; i < 2000; i++) {
        slg_frame *f = d->frame;
        uint32_t k = 0;
        f->energy = any(i, k++) * 1e6;
        for (int c = 0; c < 6; c++)
            f->virial[c] = any(i, k++);
        for (int c = 0; c < 3; c++) {
            d->pos[c] = any(i, k++);
            d->force[c] = any(i, k++);
            f->cell[c][c] = 1 + fabs(any(i, k++));
        }
        round_trip(d);
    }
    slg_dataset_free(&d);
}
END_TEST

START_TEST(examples)
{
    static const char *const files[] = {"c2-dimer/C2_dimer.xyz", "silicon/Si_bulk.xyz",
                                        "cho-molecules/CHO_molecules.xyz"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        slg_dataset *d = read_set(slg_test_example(files[i]));
        round_trip(d);
        slg_dataset_free(&d);
    }
}
END_TEST

START_TEST(full_disk)
{
    slg_error err;
    slg_error_clear(&err);
    FILE *full = fopen("/dev/full", "w");
    if (!full)
        return;
    setvbuf(full, NULL, _IONBF, 0);
    slg_dataset *d = parse(sample);
    ck_assert_int_eq(slg_dataset_write(d, NULL, full, &err), SLG_ERR_IO);
    ck_assert_str_eq(err.text, "structures of t.xyz cannot be written: No space left on device; is the disk full?");
    slg_dataset_free(&d);
    fclose(full);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("write");
    TCase *t = tcase_create("all");
    tcase_add_test(t, text_of_a_sample);
    tcase_add_test(t, random_numbers);
    tcase_add_test(t, examples);
    tcase_add_test(t, full_disk);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
