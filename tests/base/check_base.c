/* Status table, errors, allocation failure, random numbers, atomic files. */
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"
#include "runtime/base/hash.h"
#include "runtime/base/rng.h"
#include "tests/support/support.h"

#include <string.h>
#include <unistd.h>

START_TEST(status_table)
{
    ck_assert_str_eq(slg_status_name(SLG_ERR_NOMEM), "ERR_NOMEM");
    ck_assert_int_eq(slg_status_exit(SLG_OK), 0);
    ck_assert_int_eq(slg_status_exit(SLG_ERR_CONFIG), 2);
    ck_assert_int_eq(slg_status_exit(SLG_STOPPED), 75);
    ck_assert_int_eq(slg_status_exit((slg_status)999), 70);
    ck_assert_str_eq(slg_status_name((slg_status)-1), "?");
}
END_TEST

START_TEST(first_error_wins)
{
    slg_error err;
    slg_error_clear(&err);
    ck_assert_int_eq(slg_fail(&err, SLG_ERR_DATA, "a:%d: x", 3), SLG_ERR_DATA);
    ck_assert_int_eq(slg_fail(&err, SLG_ERR_IO, "later"), SLG_ERR_IO);
    ck_assert_str_eq(err.text, "a:3: x");
    ck_assert_int_eq(slg_fail_also(&err, SLG_ERR_IO, "also"), SLG_ERR_IO);
    ck_assert_str_eq(err.text, "a:3: x\nalso");
    ck_assert_int_eq(err.status, SLG_ERR_DATA);
    ck_assert_uint_eq(err.n_message, 2);
    for (int i = 0; i < 5000; i++) /* never overflows */
        (void)slg_fail_also(&err, SLG_ERR_IO, "%d", i);
    ck_assert_uint_lt(strlen(err.text), sizeof err.text);
    ck_assert_int_eq(slg_fail(NULL, SLG_ERR_IO, "no object"), SLG_ERR_IO);
}
END_TEST

START_TEST(allocation)
{
    ck_assert_ptr_null(slg_calloc((size_t)-1, 16));
    slg_alloc_fail_after(1);
    void *p = slg_calloc(1, 1);
    ck_assert_ptr_nonnull(p);
    ck_assert_ptr_null(slg_calloc(1, 1));
    ck_assert_ptr_null(slg_alloc_aligned(1, 1));
    slg_alloc_fail_after(-1);
    slg_free(p);
    p = slg_alloc_aligned(3, 8);
    ck_assert_uint_eq((size_t)p % 64, 0);
    slg_free(p);
}
END_TEST

START_TEST(philox_known_answer)
{
    philox4x32_key_t key = {{0, 0}};
    philox4x32_ctr_t ctr = {{0, 0, 0, 0}};
    philox4x32_ctr_t r = philox4x32(ctr, key);
    ck_assert_uint_eq(r.v[0], 0x6627e8d5);
    ck_assert_uint_eq(r.v[1], 0xe169c58d);
    ck_assert_uint_eq(r.v[2], 0xbc57ac4c);
    ck_assert_uint_eq(r.v[3], 0x9b00dbd8);
}
END_TEST

START_TEST(uniform_draws)
{
    double sum = 0;
    for (uint32_t i = 0; i < 10000; i++) {
        double u = slg_rng_u01(7, SLG_STREAM_TEST, i, 0, 0);
        ck_assert(u > 0 && u < 1);
        sum += u;
    }
    ck_assert_double_eq_tol(sum / 10000, 0.5, 0.01); /* 3.5 standard errors */
    ck_assert(slg_rng_u01(7, SLG_STREAM_TEST, 1, 2, 3) == slg_rng_u01(7, SLG_STREAM_TEST, 1, 2, 3));
    ck_assert(slg_rng_u01(7, SLG_STREAM_TEST, 1, 2, 3) != slg_rng_u01(8, SLG_STREAM_TEST, 1, 2, 3));
}
END_TEST

START_TEST(files_are_replaced_whole)
{
    const char *dir = slg_test_folder();
    char path[SLG_PATH], *text;
    size_t n;
    slg_error err;
    slg_error_clear(&err);
    slg_new_file f;
    ck_assert_int_eq(slg_path_join(path, dir, "sub/a.txt", &err), SLG_OK);
    ck_assert_int_eq(slg_new_file_open(&f, path, &err), SLG_ERR_IO); /* no folder yet */
    char sub[SLG_PATH];
    ck_assert_int_eq(slg_path_join(sub, dir, "sub", NULL), SLG_OK);
    ck_assert_int_eq(slg_make_folder(sub, NULL), SLG_OK);
    ck_assert_int_eq(slg_new_file_open(&f, path, NULL), SLG_OK);
    fputs("one", f.stream);
    ck_assert(!slg_file_exists(path));
    ck_assert_int_eq(slg_new_file_commit(&f, NULL), SLG_OK);
    ck_assert_int_eq(slg_file_read(path, &text, &n, NULL), SLG_OK);
    ck_assert_str_eq(text, "one");
    slg_free(text);
    ck_assert_int_eq(slg_new_file_open(&f, path, NULL), SLG_OK);
    fputs("two", f.stream);
    slg_new_file_abort(&f);
    slg_digest d;
    ck_assert_int_eq(slg_digest_file(path, &d, NULL), SLG_OK);
    ck_assert_str_eq(d.hex, slg_digest_bytes("one", 3).hex);
    slg_test_remove(dir);
}
END_TEST

START_TEST(temporaries_of_dead_processes_go)
{
    static const char *const name[] = {"a.tmp.12", "a.tmp.b.tmp.7", "a.tmp.", "a.tmp.1x", "tmp.3", "b.csv"};
    static const bool stays[] = {false, false, true, true, true, true};
    const char *dir = slg_test_folder();
    char path[SLG_PATH];
    for (int i = 0; i < 6; i++) {
        ck_assert_int_eq(slg_path_join(path, dir, name[i], NULL), SLG_OK);
        FILE *f = fopen(path, "w");
        ck_assert_ptr_nonnull(f);
        fclose(f);
    }
    slg_remove_temporaries(dir);
    for (int i = 0; i < 6; i++) {
        ck_assert_int_eq(slg_path_join(path, dir, name[i], NULL), SLG_OK);
        ck_assert_int_eq(slg_file_exists(path), stays[i]);
    }
    ck_assert_int_eq(slg_make_folder(path, NULL), SLG_ERR_IO); /* a file is in the way */
    slg_remove_temporaries("/no/such/folder");
    slg_test_remove(dir);
}
END_TEST

START_TEST(full_disk_is_an_error)
{
    slg_error err;
    slg_error_clear(&err);
    slg_new_file f;
    ck_assert_int_eq(slg_new_file_open(&f, "/tmp/slg-full", &err), SLG_OK);
    fclose(f.stream);
    unlink(f.tmp);
    f.stream = fopen("/dev/full", "w");
    fputs("x", f.stream);
    ck_assert_int_eq(slg_new_file_commit(&f, &err), SLG_ERR_IO);
    ck_assert_ptr_nonnull(strstr(err.text, "disk full"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("base");
    TCase *t = tcase_create("base");
    tcase_add_test(t, status_table);
    tcase_add_test(t, first_error_wins);
    tcase_add_test(t, allocation);
    tcase_add_test(t, philox_known_answer);
    tcase_add_test(t, uniform_draws);
    tcase_add_test(t, files_are_replaced_whole);
    tcase_add_test(t, temporaries_of_dead_processes_go);
    tcase_add_test(t, full_disk_is_an_error);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
