/* Definitions as words: pairs of keys and values, QUIP's descriptors, what other programs can evaluate. */
#include "tests/potential/pot_cases.h"
#include "src/potential/quip.h"

#include <stdlib.h>
#include <string.h>

static char *printed(const slg_pairs *pairs, bool wide)
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    slg_pairs_print(pairs, wide, out);
    fclose(out);
    return text;
}

START_TEST(pairs_are_printed)
{
    const double x[3] = {0.1, 2, -1e-300};
    const int32_t k[3] = {7, -8, 1000000}, z[2] = {14, 8};
    slg_pairs *p = calloc(1, sizeof *p);
    slg_pairs_reals(p, "one", 1, x);
    slg_pairs_reals(p, "some", 3, x);
    slg_pairs_ints(p, "n", 1, k);
    slg_pairs_ints(p, "ns", 3, k);
    slg_pairs_elements(p, "z", 2, z);
    slg_pairs_text(p, "basis", "poly3");
    ck_assert_uint_eq(p->n, 6);
    char *narrow = printed(p, false), *wide = printed(p, true);
    ck_assert_str_eq(narrow, " one=0.10000000000000001 some={0.10000000000000001 2.0 -1e-300} n=7 "
                             "ns={7 -8 1000000} z={Si O} basis=poly3");
    ck_assert_str_eq(wide, " one=0.10000000000000001 some={{0.10000000000000001 2 -1e-300}} n=7 "
                           "ns={{7 -8 1000000}} z={{Si O}} basis=poly3");
    free(narrow);
    free(wide);
    free(p);
}
END_TEST

START_TEST(pairs_are_read)
{
    const char *s = "  a=1 \n b={1.5, 2D1\t3} c={{x y}} d= e={}";
    static const char *const want[][2] = {{"a", "1"}, {"b", "1.5, 2D1\t3"}, {"c", "x y"}, {"d", ""}, {"e", ""}};
    slg_text_pair p;
    double x[3];
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(slg_text_pair_next(&s, &p), 1);
        ck_assert_str_eq(p.name, want[i][0]);
        ck_assert_str_eq(p.value, want[i][1]);
        ck_assert_int_eq(slg_text_pair_reals(&p, x, 3), i == 0 ? 1 : i == 1 ? 3 : i == 2 ? -1 : 0);
        ck_assert_int_eq(slg_text_pair_reals(&p, x, 2), i == 0 ? 1 : i < 3 ? -1 : 0);
        ck_assert(i != 0 || x[0] == 1);
    }
    ck_assert_int_eq(slg_text_pair_next(&s, &p), 0);
    static const char *const bad[] = {"a", "a b=1", "=1", "a={1", "a={{1}", "a={1}}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        s = bad[i];
        ck_assert_msg(slg_text_pair_next(&s, &p) == -1, "%s", bad[i]);
    }
}
END_TEST

/* Names and values that have no room are refused, never cut. */
START_TEST(long_pairs)
{
    char text[2000];
    slg_text_pair p;
    for (size_t n = 60; n < 70; n++) {
        memset(text, 'n', n);
        strcpy(text + n, "=1");
        const char *s = text;
        ck_assert_int_eq(slg_text_pair_next(&s, &p), n < sizeof p.name ? 1 : -1);
    }
    for (size_t n = 1020; n < 1030; n++) {
        strcpy(text, "v=");
        memset(text + 2, '1', n);
        text[n + 2] = '\0';
        const char *s = text;
        ck_assert_int_eq(slg_text_pair_next(&s, &p), n < sizeof p.value ? 1 : -1);
    }
}
END_TEST

static slg_status describe_attributes(const slg_potential *p, char **text)
{
    slg_pairs *pairs = calloc(1, sizeof *pairs);
    const slg_term_def *def = &p->part[0].def;
    slg_status st = def->term->describe(def, SLG_DIALECT_ATTRIBUTES, p->z, "", pairs, NULL);
    *text = printed(pairs, false);
    free(pairs);
    return st;
}

/* What is printed for QUIP is read again: all numbers with their bits. */
START_TEST(descriptors_of_quip)
{
    slg_dataset *d = pot_frame(20, 7, _i + 1, 8);
    slg_potential *p = pot_make(d, _i + 1, _i % 2 ? SLG_POLY3GAUSS : SLG_POLY3, 2.0 / 3, 2);
    char text[SLG_DESCRIPTOR_TEXT], again[SLG_DESCRIPTOR_TEXT], *attributes;
    slg_parsed_term parsed;
    slg_error err = {0};
    ck_assert_int_eq(slg_descriptor_print(p, 0, "", text, &err), SLG_OK);
    ck_assert_int_eq(describe_attributes(p, &attributes), SLG_OK);
    ck_assert_str_eq(attributes, " covariance_type=2 zeta=0.66666666666666663");
    ck_assert_msg(slg_descriptor_parse(text, attributes, "here", &parsed, &err) == SLG_OK, "%s", err.text);
    ck_assert_int_eq(parsed.n_channel, _i + 1);
    ck_assert_mem_eq(parsed.z, p->z, sizeof p->z);
    ck_assert_double_eq(slg_soap_hp_of(&parsed.def)->zeta, 2.0 / 3);
    p->part[0].def = parsed.def;
    ck_assert_int_eq(slg_descriptor_print(p, 0, "", again, &err), SLG_OK);
    ck_assert_str_eq(text, again);
    ck_assert_int_eq(slg_descriptor_print(p, 0, "map.txt", again, &err), SLG_OK);
    ck_assert_int_eq(slg_descriptor_parse(again, attributes, "here", &parsed, &err), SLG_OK);
    ck_assert_str_eq(parsed.file, "map.txt");
    free(attributes);
    slg_potential_free(&p);
    slg_dataset_free(&d);
}
END_TEST

START_TEST(other_programs)
{
    slg_dataset *d = pot_frame(20, 7, 2, 8);
    slg_potential *p = pot_make(d, 2, SLG_POLY3, 3, 2);
    slg_remark remark[SLG_MAX_REMARK];
    size_t n = 9;
    ck_assert(slg_potential_transferable(p));
    slg_soap_hp hp = *slg_soap_hp_of(&p->part[1].def);
    hp.clean_filter = true; /* one such part is enough */
    p->part[1].def = slg_soap_define(&hp);
    ck_assert(!slg_potential_transferable(p));
    slg_potential_free(&p);
    slg_dataset_free(&d);
    d = pot_frame(20, 7, 1, 8);
    p = pot_make(d, 1, SLG_POLY3, 3, 2);
    ck_assert(p->part[0].def.term->transferable(&p->part[0].def, remark, SLG_MAX_REMARK, &n) && n == 0);
    hp = *slg_soap_hp_of(&p->part[0].def);
    hp.central_weight[0] = 0.5;
    p->part[0].def = slg_soap_define(&hp);
    ck_assert(p->part[0].def.term->transferable(&p->part[0].def, remark, SLG_MAX_REMARK, &n) && n == 1);
    ck_assert(remark[0].warning && strstr(remark[0].text, "central_weight=0.5 with a single species") != NULL);
    ck_assert(slg_potential_transferable(p));
    slg_potential_free(&p);
    slg_dataset_free(&d);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("potential words");
    TCase *t = tcase_create("all");
    tcase_add_test(t, pairs_are_printed);
    tcase_add_test(t, pairs_are_read);
    tcase_add_test(t, long_pairs);
    tcase_add_loop_test(t, descriptors_of_quip, 0, 3);
    tcase_add_test(t, other_programs);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
