/* Every allocation may fail; what was there before is freed (leaks show under the address sanitizer). */
#include "data_support.h"
#include "runtime/base/alloc.h"

#include <malloc.h>

static const char *const text = "2\nLattice=\"3 0 0 0 3 0 0 0 3\" energy=1 config_type=a "
                                "Properties=species:S:1:pos:R:3:forces:R:3\n"
                                "H 0 0 0 1 2 3\nO 1 1 1 1 2 3\n2\nconfig_type=a\nH 0 0 0\nO 1 1 "
                                "1\n2\nconfig_type=b\nH 0 0 0\nO 0 0 1\n";
static char path[128];

static slg_status parse_once(slg_error *err)
{
    slg_dataset *d = NULL;
    slg_status st = slg_dataset_parse("t.xyz", text, strlen(text), &usual_keys, &d, err);
    ck_assert((d != NULL) == (st == SLG_OK));
    slg_dataset_free(&d);
    return st;
}

static slg_status read_once(slg_error *err)
{
    slg_dataset *d = NULL;
    slg_status st = slg_dataset_read(path, &usual_keys, &d, err);
    ck_assert((d != NULL) == (st == SLG_OK));
    slg_dataset_free(&d);
    return st;
}

static slg_dataset *set;

static slg_status split_once(slg_error *err)
{
    slg_dataset *t = NULL, *v = NULL;
    slg_status st = slg_dataset_split(set, 0.5, 1, &t, &v, err);
    ck_assert((t != NULL) == (st == SLG_OK) && (v != NULL) == (st == SLG_OK));
    slg_dataset_free(&t);
    slg_dataset_free(&v);
    return st;
}

static slg_status lists_once(slg_error *err)
{
    slg_geom *g = NULL;
    slg_status st = slg_geom_build(set, 6, 2, (int32_t[]){1, 8}, &g, err);
    ck_assert((g != NULL) == (st == SLG_OK));
    slg_geom_free(&g);
    return st;
}

static void fail_everywhere(slg_status (*once)(slg_error *), int at_least)
{
    slg_error err;
    slg_status st = SLG_ERR_NOMEM;
    long k = 0;
    for (; st != SLG_OK; k++) {
        slg_error_clear(&err);
        slg_alloc_fail_after(k);
        st = once(&err);
        slg_alloc_fail_after(-1);
        ck_assert(st == SLG_OK || st == SLG_ERR_NOMEM);
        ck_assert(st == SLG_OK || strncmp(err.text, "out of memory: ", 15) == 0);
    }
    ck_assert_int_gt(k, at_least);
}

/* The allocator keeps some freed pieces, but not more with each round. */
static void check_leaks(slg_status (*once)(slg_error *), int at_least)
{
    for (int i = 0; i < 20; i++)
        fail_everywhere(once, at_least);
    size_t before = mallinfo2().uordblks;
    for (int i = 0; i < 50; i++)
        fail_everywhere(once, at_least);
    ck_assert_uint_lt(mallinfo2().uordblks, before + 50 * 16);
}

START_TEST(everywhere)
{
    const char *folder = slg_test_folder();
    snprintf(path, sizeof path, "%s/a.xyz", folder);
    FILE *out = fopen(path, "w");
    fputs(text, out);
    fclose(out);
    set = parse(text);
    check_leaks(parse_once, 9);
    check_leaks(read_once, 10);
    check_leaks(split_once, 15);
    check_leaks(lists_once, 15);
    slg_dataset_free(&set);
    slg_test_remove(folder);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("memory");
    TCase *t = tcase_create("all");
    tcase_add_test(t, everywhere);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
