/* Subsets, splits, species, energies of isolated atoms. */
#include "data_support.h"

static slg_error err;

/* n frames of `type`, energy = first, first+1, ..; two atoms each. */
static size_t frames(char *out, size_t room, const char *type, int n, int first)
{
    size_t used = 0;
    for (int i = 0; i < n; i++)
        used += (size_t)snprintf(out + used, room - used, "2\nconfig_type=%s energy=%d\nH 0 0 %d\nO 0 0 %d\n", type,
                                 first + i, first + i, first + i + 1);
    return used;
}

START_TEST(subset)
{
    char text[4096];
    size_t n = frames(text, sizeof text, "b", 3, 0);
    frames(text + n, sizeof text - n, "a", 3, 10);
    slg_dataset *d = parse(text), *s = NULL;
    size_t keep[] = {5, 1};
    ck_assert_int_eq(slg_dataset_subset(d, keep, 2, &s, NULL), SLG_OK);
    ck_assert_uint_eq(s->n_frame, 2);
    ck_assert_uint_eq(s->n_atom, 4);
    ck_assert_uint_eq(s->n_group, 2);
    ck_assert_str_eq(s->group[0], "a");
    ck_assert_int_eq(s->frame[1].group, 1);
    ck_assert_double_eq(s->frame[0].energy, 12);
    ck_assert_uint_eq(s->frame[1].first, 2);
    ck_assert_double_eq(s->pos[8], 1);
    ck_assert_int_eq(s->z[3], 8);
    ck_assert_uint_eq(s->frame[0].line, d->frame[5].line);
    ck_assert_ptr_ne(s->frame[0].comment, d->frame[5].comment);
    ck_assert_str_eq(s->frame[0].comment, d->frame[5].comment);
    slg_dataset_free(&d);
    slg_dataset_free(&s);
}
END_TEST

static int in_set(const slg_dataset *d, double energy)
{
    int n = 0;
    for (size_t f = 0; f < d->n_frame; f++)
        n += d->frame[f].energy == energy;
    return n;
}

static size_t of_group(const slg_dataset *d, const char *name)
{
    size_t n = 0;
    for (size_t f = 0; f < d->n_frame; f++)
        n += strcmp(d->frame[f].config_type, name) == 0;
    return n;
}

START_TEST(split)
{
    static char text[65536];
    size_t n = frames(text, sizeof text, "a", 20, 0);
    n += frames(text + n, sizeof text - n, "b", 3, 100);
    n += frames(text + n, sizeof text - n, "c", 1, 200);
    snprintf(text + n, sizeof text - n, "1\nconfig_type=a energy=300\nH 0 0 0\n");
    slg_dataset *d = parse(text), *t = NULL, *v = NULL;
    ck_assert_int_eq(slg_dataset_split(d, 0.14, 7, &t, &v, NULL), SLG_OK);
    ck_assert_uint_eq(of_group(v, "a"), 3); /* round(2.8): the isolated atom does not count */
    ck_assert_uint_eq(of_group(v, "b"), 1); /* round(0.42) = 0, but one at least */
    ck_assert_uint_eq(of_group(v, "c"), 0);
    ck_assert_uint_eq(t->n_frame + v->n_frame, d->n_frame);
    ck_assert_int_eq(in_set(t, 300), 1);
    for (size_t f = 0; f < d->n_frame; f++)
        ck_assert_int_eq(in_set(t, d->frame[f].energy) + in_set(v, d->frame[f].energy), 1);
    slg_dataset_free(&t);
    slg_dataset_free(&v);
    ck_assert_int_eq(slg_dataset_split(d, 0.99, 7, &t, &v, NULL), SLG_OK);
    ck_assert_uint_eq(of_group(t, "b"), 1);
    slg_dataset_free(&t);
    slg_dataset_free(&v);
    slg_dataset_free(&d);
}
END_TEST

/* Frames of group a that go to the second set, as bits. */
static unsigned drawn(const slg_dataset *d, uint64_t seed)
{
    slg_dataset *t = NULL, *v = NULL;
    unsigned bits = 0;
    ck_assert_int_eq(slg_dataset_split(d, 0.3, seed, &t, &v, NULL), SLG_OK);
    for (size_t f = 0; f < v->n_frame; f++)
        bits |= v->frame[f].energy < 20 ? 1u << (int)v->frame[f].energy : 0;
    slg_dataset_free(&t);
    slg_dataset_free(&v);
    return bits;
}

START_TEST(split_depends_on_its_group_only)
{
    static char text[65536];
    size_t n = frames(text, sizeof text, "z", 9, 500);
    n += frames(text + n, sizeof text - n, "a", 20, 0);
    slg_dataset *more = parse(text), *alone;
    frames(text, sizeof text, "a", 20, 0);
    alone = parse(text);
    unsigned all = 0, common = ~0u;
    for (uint64_t seed = 0; seed < 50; seed++) {
        unsigned bits = drawn(alone, seed);
        ck_assert_uint_eq(bits, drawn(more, seed));
        ck_assert_int_eq(__builtin_popcount(bits), 6);
        all |= bits;
        common &= bits;
    }
    ck_assert_uint_eq(all, (1u << 20) - 1);
    ck_assert_uint_eq(common, 0);
    slg_dataset_free(&more);
    slg_dataset_free(&alone);
}
END_TEST

START_TEST(split_refuses)
{
    slg_dataset *d = parse("1\n\nH 0 0 0\n1\n\nO 0 0 0\n"), *t = NULL, *v = NULL;
    slg_error_clear(&err);
    ck_assert_int_eq(slg_dataset_split(d, 1.0, 1, &t, &v, &err), SLG_ERR_CONFIG);
    ck_assert_str_eq(err.text, "t.xyz: the validation fraction should lie between 0 and 1, found 1; correct it");
    slg_error_clear(&err);
    ck_assert_int_eq(slg_dataset_split(d, 0.5, 1, &t, &v, &err), SLG_ERR_DATA);
    ck_assert_str_eq(err.text, "t.xyz: no structure can go to the validation set (each config_type "
                               "has one structure or isolated "
                               "atoms only); give a validation file");
    ck_assert(!t && !v);
    slg_dataset_free(&d);
}
END_TEST

START_TEST(species)
{
    int32_t n = 0, z[SLG_MAX_SPECIES];
    slg_dataset *d = parse("3\n\nO 0 0 0\nH 1 0 0\nO 2 0 0\n");
    ck_assert_int_eq(slg_dataset_species(d, &n, z, NULL), SLG_OK);
    ck_assert(n == 2 && z[0] == 1 && z[1] == 8);
    slg_dataset_free(&d);
    d = parse("9\n\nH 0 0 0\nHe 0 0 0\nLi 0 0 0\nBe 0 0 0\nB 0 0 0\nC 0 0 0\nN 0 0 0\nO 0 0 0\nF 0 "
              "0 0\n");
    slg_error_clear(&err);
    ck_assert_int_eq(slg_dataset_species(d, &n, z, &err), SLG_ERR_DATA);
    ck_assert_str_eq(err.text, "t.xyz: at most 8 elements are possible, found one more (F); use a part of the set");
    slg_dataset_free(&d);
}
END_TEST

START_TEST(isolated)
{
    /* no cell; pair; cubic 5; skew cell whose shortest vector b-a has length 1; periodic along the long side only */
    slg_dataset *d = parse("1\n\nH 0 0 0\n2\n\nH 0 0 0\nH 9 9 9\n1\nLattice=\"5 0 0 0 5 0 0 0 5\"\nH 0 0 0\n"
                           "1\nLattice=\"9 0 0 9 1 0 0 0 9\"\nH 0 0 0\n1\nLattice=\"1 0 0 0 1 0 0 0 9\" pbc=\"F "
                           "F T\"\nH 0 0 0\n");
    ck_assert(slg_frame_isolated(d, 0, 100));
    ck_assert(!slg_frame_isolated(d, 1, 1));
    ck_assert(slg_frame_isolated(d, 2, 5.0)); /* strict: an image at the cutoff does not count */
    ck_assert(!slg_frame_isolated(d, 2, 5.0000001));
    ck_assert(!slg_frame_isolated(d, 3, 1.1));
    ck_assert(slg_frame_isolated(d, 3, 1.0));
    ck_assert(slg_frame_isolated(d, 4, 8.9));
    ck_assert(!slg_frame_isolated(d, 4, 9.1));
    slg_dataset_free(&d);
}
END_TEST

START_TEST(e0)
{
    double e[2] = {0, 0};
    int32_t z[2] = {1, 8};
    slg_dataset *d = parse("1\n\nH 0 0 0\n1\nenergy=-2\nO 0 0 0\n1\nenergy=-1\nH 0 0 "
                           "0\n2\nenergy=-10\nH 0 0 0\nO 0 0 1\n");
    ck_assert_int_eq(slg_e0_isolated(d, 2, z, 6, e, NULL), SLG_OK);
    ck_assert(e[0] == -1 && e[1] == -2);
    ck_assert_int_eq(slg_e0_average(d, 2, e, NULL), SLG_OK);
    ck_assert_double_eq_tol(e[0], -8.0 / 3, 1e-15);
    ck_assert_double_eq(e[0], e[1]);
    z[1] = 6;
    slg_error_clear(&err);
    ck_assert_int_eq(slg_e0_isolated(d, 2, z, 6, e, &err), SLG_ERR_DATA);
    ck_assert_str_eq(err.text, "t.xyz: no isolated atom of C with an energy (one atom, no image "
                               "within 6 Angstrom); add one, or give "
                               "e0 or take the average");
    slg_dataset_free(&d);
    d = parse("1\nenergy=-2\nO 0 0 0\n1\nenergy=-2\nO 0 0 0\n");
    slg_error_clear(&err);
    ck_assert_int_eq(slg_e0_isolated(d, 1, &(int32_t){8}, 6, e, &err), SLG_ERR_DATA);
    ck_assert_str_eq(err.text, "t.xyz:4: a second isolated atom of O with an energy, the first is t.xyz:1; remove one");
    slg_dataset_free(&d);
    d = parse("1\n\nO 0 0 0\n");
    slg_error_clear(&err);
    ck_assert_int_eq(slg_e0_average(d, 1, e, &err), SLG_ERR_DATA);
    ck_assert_str_eq(err.text, "t.xyz: no structure has an energy to average; give e0");
    slg_dataset_free(&d);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("sets");
    TCase *t = tcase_create("all");
    tcase_add_test(t, subset);
    tcase_add_test(t, split);
    tcase_add_test(t, split_depends_on_its_group_only);
    tcase_add_test(t, split_refuses);
    tcase_add_test(t, species);
    tcase_add_test(t, isolated);
    tcase_add_test(t, e0);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
