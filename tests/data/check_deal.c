/* Folds: every structure in one place, equal shares, groups together. */
#include "data_support.h"

static slg_error err;

enum { MOST = 200 };

/* n frames of two atoms, energy = first, first+1, ..; every `together` of them have the same label `traj`. */
static size_t frames(char *out, size_t room, const char *type, int n, int first, int together)
{
    size_t used = 0;
    for (int i = 0; i < n; i++) {
        char label[32] = "";
        if (together > 0)
            snprintf(label, sizeof label, " traj=%s%d", type, i / together);
        used += (size_t)snprintf(out + used, room - used, "2\nconfig_type=%s energy=%d%s\nH 0 0 %d\nO 0 0 %d\n", type,
                                 first + i, label, first + i, first + i + 1);
    }
    return used;
}

static slg_dataset *folds(const slg_dataset *d, size_t n, uint64_t seed, const char *key, size_t *first)
{
    slg_dataset *out = NULL;
    const slg_fold_plan plan = {n, seed, key};
    ck_assert_msg(slg_dataset_folds(d, &plan, first, &out, &err) == SLG_OK, "%s", err.text);
    return out;
}

static size_t fold_of(const size_t *first, size_t n, size_t f)
{
    size_t k = 0;
    while (k < n && f >= first[k + 1])
        k++;
    return k;
}

START_TEST(each_structure_once_in_equal_shares)
{
    static char text[65536];
    size_t n = frames(text, sizeof text, "a", 23, 0, 0), first[7], count[6][2] = {{0}};
    n += frames(text + n, sizeof text - n, "b", 7, 100, 0);
    frames(text + n, sizeof text - n, "alone", 1, 150, 0);
    strcat(text, "1\nconfig_type=a energy=160\nH 0 0 0\n");
    slg_dataset *d = parse(text), *out = folds(d, 5, (uint64_t)_i, NULL, first);
    bool seen[MOST] = {false};
    ck_assert_uint_eq(out->n_frame, d->n_frame);
    ck_assert(first[0] == 0 && first[6] == 32 && first[5] == 30); /* the only one of a kind and the atom: in none */
    for (size_t f = 0; f < out->n_frame; f++) {
        const size_t e = (size_t)out->frame[f].energy;
        ck_assert(e < MOST && !seen[e]);
        seen[e] = true;
        count[fold_of(first, 5, f)][e >= 100]++;
    }
    for (size_t k = 0; k < 5; k++) {
        ck_assert(count[k][0] == 4 || count[k][0] == 5);
        ck_assert(count[k][1] == 1 || count[k][1] == 2);
        ck_assert_uint_eq(count[k][0] + count[k][1], 6);
    }
    slg_dataset_free(&d);
    slg_dataset_free(&out);
}
END_TEST

START_TEST(drawn_by_the_seed)
{
    static char text[65536];
    size_t first[3][7];
    frames(text, sizeof text, "a", 20, 0, 0);
    slg_dataset *d = parse(text), *a = folds(d, 5, 1, NULL, first[0]), *b = folds(d, 5, 1, NULL, first[1]),
                *c = folds(d, 5, 2, NULL, first[2]);
    int same = 0;
    for (size_t f = 0; f < 20; f++) {
        ck_assert(a->frame[f].energy == b->frame[f].energy);
        same += a->frame[f].energy == c->frame[f].energy;
    }
    ck_assert_int_lt(same, 15);
    slg_dataset_free(&a), slg_dataset_free(&b), slg_dataset_free(&c), slg_dataset_free(&d);
}
END_TEST

START_TEST(groups_stay_together)
{
    static char text[65536];
    size_t n = frames(text, sizeof text, "a", 40, 0, 4), first[6], of[MOST];
    frames(text + n, sizeof text - n, "b", 6, 100, 0); /* without the label */
    slg_dataset *d = parse(text), *out = folds(d, 4, (uint64_t)_i, "traj", first);
    for (size_t f = 0; f < out->n_frame; f++)
        of[(size_t)out->frame[f].energy] = fold_of(first, 4, f);
    for (size_t e = 0; e < 40; e++)
        ck_assert_uint_eq(of[e], of[e - e % 4]);
    for (size_t k = 0; k < 4; k++)
        ck_assert_uint_ge(first[k + 1] - first[k], 8);
    slg_dataset_free(&d);
    slg_dataset_free(&out);
}
END_TEST

START_TEST(what_cannot_be_dealt)
{
    static char text[65536];
    size_t first[SLG_MAX_SPECIES + 22];
    frames(text, sizeof text, "a", 8, 0, 4);
    slg_dataset *d = parse(text), *out = NULL;
    ck_assert_int_eq(slg_dataset_folds(d, &(slg_fold_plan){9, 1, NULL}, first, &out, &err), SLG_ERR_DATA);
    ck_assert_ptr_nonnull(strstr(err.text, "expected structures for 9 folds, found fewer"));
    slg_error_clear(&err);
    ck_assert_int_eq(slg_dataset_folds(d, &(slg_fold_plan){3, 1, "traj"}, first, &out, &err), SLG_ERR_DATA);
    ck_assert_ptr_nonnull(strstr(err.text, "found fewer groups"));
    slg_error_clear(&err);
    ck_assert_int_eq(slg_dataset_folds(d, &(slg_fold_plan){2, 1, "trajectory"}, first, &out, &err), SLG_ERR_DATA);
    ck_assert_ptr_nonnull(strstr(err.text, "found no structure with it"));
    ck_assert_ptr_null(out);
    slg_error_clear(&err);
    slg_dataset_free(&d);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("folds");
    TCase *t = tcase_create("all");
    tcase_add_loop_test(t, each_structure_once_in_equal_shares, 0, 5);
    tcase_add_test(t, drawn_by_the_seed);
    tcase_add_loop_test(t, groups_stay_together, 0, 5);
    tcase_add_test(t, what_cannot_be_dealt);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
