/* Round trip, previous file, stale temporaries, refusals, full disk, out of memory, the golden file. */
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"
#include "runtime/base/temporary.h"
#include "runtime/base/hash.h"
#include "tests/ckpt/sample.h"
#include "tests/support/support.h"

#include <dirent.h>
#include <hdf5.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[SLG_PATH], path[SLG_PATH + 16], previous[SLG_PATH + 32];

static void setup(void)
{
    snprintf(folder, sizeof folder, "%s", slg_test_folder());
    snprintf(path, sizeof path, "%s/study.h5", folder);
    snprintf(previous, sizeof previous, "%s.prev", path);
}

static void teardown(void)
{
    slg_test_remove(folder);
}

static int n_files(void)
{
    int n = 0;
    DIR *d = opendir(folder);
    for (struct dirent *e = readdir(d); e; e = readdir(d))
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static void write_text(const char *name, const char *text)
{
    FILE *f = fopen(name, "wb");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
}

static void expect_open(slg_status want, const char *word)
{
    slg_ckpt *c = NULL;
    slg_error err;
    bool used = true;
    slg_error_clear(&err);
    ck_assert_int_eq(slg_ckpt_open(path, &c, &used, &err), want);
    ck_assert_ptr_null(c);
    ck_assert(!used);
    ck_assert_msg(strstr(err.text, word) && strstr(err.text, path), "%s", err.text);
}

START_TEST(round_trip)
{
    ck_assert(!slg_ckpt_exists(path));
    sample_must_save(path, 7);
    ck_assert(slg_ckpt_exists(path));
    ck_assert_int_eq(sample_must_load(path, false), 7);
    ck_assert_int_eq(n_files(), 1);
    sample_must_save(path, 8);
    ck_assert_int_eq(sample_must_load(path, false), 8);
    ck_assert_int_eq(n_files(), 2);
    ck_assert_int_eq(sample_must_load(previous, false), 7);
}
END_TEST

/* The stored form of docs/CHECKPOINT.md, looked at with plain HDF5. */
START_TEST(stored_as_documented)
{
    char *bytes = NULL;
    size_t n = 0;
    unsigned flags = 0;
    sample_must_save(path, 7);
    ck_assert(slg_file_read(path, &bytes, &n, NULL) == SLG_OK && n > 520 && bytes[512 + 8] == 3);
    ck_assert_int_eq(strncmp(bytes, "starling-checkpoint\nxxh3-128 ", 29), 0);
    slg_free(bytes);
    hid_t f = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    const char *const sets[] = {"/swarm/position", "/state/stamp", "/text/config", "/trial/none", "/text/none"};
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        hid_t d = H5Dopen2(f, sets[i], H5P_DEFAULT), how = H5Dget_create_plist(d);
        ck_assert(H5Pget_layout(how) == H5D_CHUNKED && H5Pget_nfilters(how) == 1);
        ck_assert(H5Pget_filter_by_id2(how, H5Z_FILTER_FLETCHER32, &flags, NULL, NULL, 0, NULL, NULL) >= 0);
        H5Pclose(how);
        H5Dclose(d);
    }
    const char *const attrs[] = {"format", "format_major", "format_minor", "program_version", "complete"};
    for (size_t i = 0; i < sizeof attrs / sizeof attrs[0]; i++)
        ck_assert(H5Aexists(f, attrs[i]) > 0);
    H5Fclose(f);
}
END_TEST

START_TEST(large_array)
{
    enum { ROWS = 700, COLS = 401 }; /* several chunks, the last ones not full */
    double *x = slg_calloc(ROWS * COLS, sizeof *x), *y = NULL;
    slg_ckpt *c = NULL;
    bool used;
    size_t rows, cols;
    for (int i = 0; i < ROWS * COLS; i++)
        x[i] = i * 0.37;
    ck_assert(slg_ckpt_create(path, &c, NULL) == SLG_OK);
    ck_assert(slg_ckpt_put_f64(c, "/a", ROWS, COLS, x, NULL) == SLG_OK);
    ck_assert(slg_ckpt_put_f64(c, "/b", 1, ROWS * COLS, x, NULL) == SLG_OK);
    ck_assert(slg_ckpt_commit(&c, NULL) == SLG_OK && c == NULL);
    ck_assert(slg_ckpt_open(path, &c, &used, NULL) == SLG_OK);
    ck_assert(slg_ckpt_get_f64(c, "/a", &rows, &cols, &y, NULL) == SLG_OK && rows == ROWS && cols == COLS);
    ck_assert_mem_eq(x, y, ROWS * COLS * sizeof *x);
    slg_free(y);
    ck_assert(slg_ckpt_get_f64(c, "/b", &rows, &cols, &y, NULL) == SLG_OK && rows == 1);
    ck_assert_mem_eq(x, y, ROWS * COLS * sizeof *x);
    slg_ckpt_close(&c);
    slg_free(y);
    slg_free(x);
}
END_TEST

START_TEST(same_content_same_bytes)
{
    char *a = NULL, *b = NULL;
    size_t na, nb;
    sample_must_save(path, 7);
    sleep(1); /* a stored time would show */
    sample_must_save(path, 7);
    ck_assert(slg_file_read(path, &a, &na, NULL) == SLG_OK);
    ck_assert(slg_file_read(previous, &b, &nb, NULL) == SLG_OK);
    ck_assert_uint_eq(na, nb);
    ck_assert_mem_eq(a, b, na);
    slg_free(a);
    slg_free(b);
}
END_TEST

START_TEST(names_and_kinds)
{
    slg_ckpt *c = NULL;
    slg_error err;
    bool used;
    int64_t *k = NULL;
    double *x = NULL;
    char *s = NULL;
    size_t rows, cols;
    sample_must_save(path, 7);
    ck_assert(slg_ckpt_open(path, &c, &used, NULL) == SLG_OK);
    ck_assert(slg_ckpt_has(c, "/swarm/position") && slg_ckpt_has(c, "/trial/none"));
    ck_assert(!slg_ckpt_has(c, "/swarm/velocity") && !slg_ckpt_has(c, "/no/such/thing"));
    slg_error_clear(&err);
    ck_assert(slg_ckpt_get_i64(c, "/swarm/position", &rows, &cols, &k, &err) == SLG_ERR_DAMAGE);
    ck_assert_msg(strstr(err.text, "/swarm/position: expected whole numbers"), "%s", err.text);
    ck_assert(slg_ckpt_get_f64(c, "/swarm/count", &rows, &cols, &x, NULL) == SLG_ERR_DAMAGE);
    ck_assert(slg_ckpt_get_bytes(c, "/swarm/count", &s, &cols, NULL) == SLG_ERR_DAMAGE);
    ck_assert(slg_ckpt_get_f64(c, "/swarm", &rows, &cols, &x, NULL) == SLG_ERR_DAMAGE);
    slg_error_clear(&err);
    ck_assert(slg_ckpt_get_f64(c, "/nothing", &rows, &cols, &x, &err) == SLG_ERR_DAMAGE);
    ck_assert_msg(strstr(err.text, "/nothing: expected a dataset"), "%s", err.text);
    ck_assert(!k && !x && !s);
    slg_ckpt_close(&c);
}
END_TEST

/* A name given twice spoils the file; commit then refuses and the old one stays. */
START_TEST(failed_put)
{
    slg_ckpt *c = NULL;
    double x = 1;
    sample_must_save(path, 7);
    ck_assert(slg_ckpt_create(path, &c, NULL) == SLG_OK);
    ck_assert(slg_ckpt_put_f64(c, "/a", 1, 1, &x, NULL) == SLG_OK);
    ck_assert(slg_ckpt_put_f64(c, "/a", 1, 1, &x, NULL) == SLG_ERR_IO);
    ck_assert(slg_ckpt_commit(&c, NULL) == SLG_ERR_IO && c == NULL);
    ck_assert_int_eq(sample_must_load(path, false), 7);
    ck_assert(slg_ckpt_create(path, &c, NULL) == SLG_OK);
    slg_ckpt_close(&c); /* abandoned */
    ck_assert_int_eq(sample_must_load(path, false), 7);
    ck_assert_int_eq(n_files(), 1);
}
END_TEST

START_TEST(previous_steps_in)
{
    sample_must_save(path, 7);
    sample_must_save(path, 8);
    ck_assert_int_eq(truncate(path, 1000), 0);
    ck_assert_int_eq(sample_must_load(path, true), 7);
    sample_must_save(path, 9); /* the damaged file must not displace the sound previous one */
    ck_assert_int_eq(sample_must_load(previous, false), 7);
    ck_assert_int_eq(sample_must_load(path, false), 9);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(sample_must_load(path, true), 7); /* killed between two renames */
    ck_assert(slg_ckpt_exists(path));
    sample_must_save(path, 10);
    ck_assert_int_eq(sample_must_load(path, false), 10);
}
END_TEST

START_TEST(both_damaged)
{
    sample_must_save(path, 7);
    sample_must_save(path, 8);
    ck_assert_int_eq(truncate(path, 1000), 0);
    ck_assert_int_eq(truncate(previous, 1000), 0);
    expect_open(SLG_ERR_DAMAGE, ".prev: seal: content and digest differ");
    expect_open(SLG_ERR_DAMAGE, "restore a copy");
}
END_TEST

START_TEST(previous_is_the_same_file)
{
    sample_must_save(path, 7);
    ck_assert_int_eq(link(path, previous), 0); /* killed after the second name, before the new file */
    sample_must_save(path, 8);
    ck_assert_int_eq(sample_must_load(path, false), 8);
    ck_assert_int_eq(sample_must_load(previous, false), 7);
    ck_assert_int_eq(n_files(), 2);
}
END_TEST

START_TEST(stale_temporaries)
{
    pid_t dead = fork();
    if (dead == 0)
        _exit(0);
    waitpid(dead, NULL, 0);
    const struct {
        const char *of;
        long pid;
        bool stays;
    } f[] = {{"", dead, false}, {".prev", dead, false}, {"", getppid(), true}, {"x", dead, true}};
    char name[4][SLG_PATH + 64], other[SLG_PATH + 64], own[SLG_TEMPORARY];
    slg_temporary_name("x", own);
    const char *digits = strrchr(own, '-') + 1; /* of this machine */
    for (int i = 0; i < 4; i++) {
        snprintf(name[i], sizeof name[i], "%s%s.starling-%ld-%s", path, f[i].of, f[i].pid, digits);
        write_text(name[i], "x");
    }
    snprintf(other, sizeof other, "%s/other.h5.starling-%ld-%s", folder, (long)dead, digits);
    write_text(other, "x");
    sample_must_save(path, 7);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(slg_file_exists(name[i]), f[i].stays);
    ck_assert(slg_file_exists(other));
}
END_TEST

/* Puts a matching digest on a file that was changed on purpose. */
static void seal_again(void)
{
    char *bytes = NULL, seal[512] = "";
    size_t n = 0;
    ck_assert(slg_file_read(path, &bytes, &n, NULL) == SLG_OK);
    snprintf(seal, sizeof seal, "starling-checkpoint\nxxh3-128 %s\n", slg_digest_bytes(bytes + 512, n - 512).hex);
    memcpy(bytes, seal, sizeof seal);
    FILE *f = fopen(path, "wb");
    ck_assert(f && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
    slg_free(bytes);
}

START_TEST(foreign_files)
{
    expect_open(SLG_ERR_IO, "expected a checkpoint, found none");
    write_text(path, "");
    expect_open(SLG_ERR_DAMAGE, "first line: expected \"starling-checkpoint\"");
    write_text(path, "atoms 12\nnothing to do with HDF5 at all, but long enough\n");
    expect_open(SLG_ERR_DAMAGE, "first line");
    hid_t foreign = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(foreign);
    expect_open(SLG_ERR_DAMAGE, "first line");
    hid_t how = H5Pcreate(H5P_FILE_CREATE); /* sealed, but by somebody else */
    H5Pset_userblock(how, 512);
    foreign = H5Fcreate(path, H5F_ACC_TRUNC, how, H5P_DEFAULT);
    H5Fclose(foreign);
    H5Pclose(how);
    seal_again();
    expect_open(SLG_ERR_DAMAGE, "attribute format");
    char nonsense[600];
    memset(nonsense, 'x', sizeof nonsense);
    nonsense[599] = '\0';
    write_text(path, nonsense);
    seal_again();
    expect_open(SLG_ERR_DAMAGE, "HDF5 file: cannot be opened");
    unlink(path);
    mkdir(path, 0777);
    expect_open(SLG_ERR_IO, "cannot be");
    rmdir(path);
}
END_TEST

static void set_attribute(const char *name, int value)
{
    hid_t f = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), a = H5Aopen(f, name, H5P_DEFAULT);
    ck_assert(H5Awrite(a, H5T_NATIVE_INT, &value) >= 0);
    H5Aclose(a);
    ck_assert(H5Fclose(f) >= 0);
    seal_again();
}

START_TEST(versions)
{
    sample_must_save(path, 7);
    sample_must_save(path, 8);
    set_attribute("format_major", 3); /* no way back to the previous one: that would lose work */
    expect_open(SLG_ERR_DAMAGE, "checkpoint of format 3, this program reads up to format 2");
    set_attribute("format_major", 1);
    set_attribute("format_minor", 9);
    ck_assert_int_eq(sample_must_load(path, false), 8);
    set_attribute("complete", 0);
    ck_assert_int_eq(sample_must_load(path, true), 7);
    unlink(previous);
    expect_open(SLG_ERR_DAMAGE, "attribute complete");
    set_attribute("complete", 1);
    set_attribute("format_major", 0);
    expect_open(SLG_ERR_DAMAGE, "format_major");
}
END_TEST

static void add_foreign_dataset(int rank, hid_t type, hsize_t n)
{
    sample_must_save(path, 7);
    hsize_t dims[3] = {n, 2, 2}, chunk[3] = {1, 1, 1};
    hid_t f = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), s = H5Screate_simple(rank, dims, NULL);
    hid_t how = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(how, rank, chunk);
    hid_t d = H5Dcreate2(f, "/odd", type, s, H5P_DEFAULT, how, H5P_DEFAULT);
    ck_assert(d >= 0);
    H5Dclose(d);
    H5Pclose(how);
    H5Sclose(s);
    ck_assert(H5Fclose(f) >= 0);
    seal_again();
}

static void expect_odd(const char *word)
{
    slg_ckpt *c = NULL;
    slg_error err;
    bool used = false;
    double *x = NULL;
    size_t rows, cols;
    slg_error_clear(&err);
    ck_assert(slg_ckpt_open(path, &c, &used, NULL) == SLG_OK && !used);
    ck_assert(slg_ckpt_get_f64(c, "/odd", &rows, &cols, &x, &err) == SLG_ERR_DAMAGE && !x);
    ck_assert_msg(strstr(err.text, word) != NULL, "%s", err.text);
    slg_ckpt_close(&c);
}

START_TEST(impossible_datasets)
{
    add_foreign_dataset(1, H5T_IEEE_F64LE, 4);
    expect_odd("/odd: expected rows and columns");
    add_foreign_dataset(3, H5T_STD_I64LE, 4);
    expect_odd("/odd: expected rows and columns");
    add_foreign_dataset(2, H5T_IEEE_F32LE, 4);
    expect_odd("/odd: expected real numbers");
    add_foreign_dataset(2, H5T_C_S1, 4);
    expect_odd("/odd: expected real numbers");
    add_foreign_dataset(2, H5T_IEEE_F64LE, (hsize_t)1 << 60);
    expect_odd("/odd: is larger than the file");
    add_foreign_dataset(2, H5T_IEEE_F64LE, 4); /* never written: HDF5 would read zeros */
    expect_odd("/odd: a part is missing");
}
END_TEST

START_TEST(disk_full)
{
    struct rlimit old, small;
    slg_error err;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    sample_must_save(path, 7);
    sample_must_save(path, 8);
    for (rlim_t size = 0; size < 2000; size += 500) {
        small = (struct rlimit){size, old.rlim_max};
        setrlimit(RLIMIT_FSIZE, &small);
        slg_error_clear(&err);
        slg_status st = sample_save(path, 9, &err);
        setrlimit(RLIMIT_FSIZE, &old);
        ck_assert_int_eq(st, SLG_ERR_IO);
        ck_assert_msg(strstr(err.text, "make room on the disk"), "%s", err.text);
        ck_assert_int_eq(sample_must_load(path, false), 8);
        ck_assert_int_eq(sample_must_load(previous, false), 7);
        ck_assert_int_eq(n_files(), 2);
    }
    sample_must_save(path, 9);
    ck_assert_int_eq(sample_must_load(path, false), 9);
}
END_TEST

START_TEST(folder_is_missing)
{
    slg_ckpt *c = NULL;
    slg_error err;
    char lost[SLG_PATH + 32];
    slg_error_clear(&err);
    snprintf(lost, sizeof lost, "%s/no/such/x.h5", folder);
    ck_assert_int_eq(slg_ckpt_create(lost, &c, &err), SLG_ERR_IO);
    ck_assert_msg(strstr(err.text, "create it") && !c, "%s", err.text);
    memset(lost, 'x', sizeof lost - 1);
    lost[sizeof lost - 1] = '\0';
    ck_assert_int_eq(slg_ckpt_create(lost, &c, NULL), SLG_ERR_IO);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    slg_status st = SLG_ERR_NOMEM;
    long k = 0;
    sample_must_save(path, 7);
    sample_must_save(path, 8);
    for (; st != SLG_OK; k++) {
        slg_error err;
        slg_error_clear(&err);
        slg_alloc_fail_after(k);
        st = sample_save(path, 8, &err);
        slg_alloc_fail_after(-1);
        ck_assert_msg(st == SLG_OK || st == SLG_ERR_NOMEM, "%s", err.text);
        ck_assert_int_eq(sample_must_load(path, false), 8);
    }
    ck_assert_int_gt(k, 5);
    st = SLG_ERR_NOMEM;
    for (k = 0; st != SLG_OK; k++) {
        bool same, used = false;
        int64_t stamp;
        slg_alloc_fail_after(k);
        st = sample_load(path, &stamp, &same, &used, NULL);
        slg_alloc_fail_after(-1);
        ck_assert(st == SLG_OK || st == SLG_ERR_NOMEM);
        ck_assert(!used); /* no memory is no reason to take an older file */
    }
    ck_assert_int_gt(k, 5);
}
END_TEST

static herr_t count_error(hid_t stack, void *data)
{
    (void)stack;
    ++*(int *)data;
    return 0;
}

START_TEST(error_printing_is_restored)
{
    int n = 0;
    H5E_auto2_t now = NULL;
    void *data = NULL;
    H5Eset_auto2(H5E_DEFAULT, count_error, &n);
    write_text(path, "x");
    expect_open(SLG_ERR_DAMAGE, "first line");
    sample_must_save(path, 7);
    ck_assert_int_eq(sample_must_load(path, false), 7);
    ck_assert_int_eq(n, 0);
    H5Eget_auto2(H5E_DEFAULT, &now, &data);
    ck_assert(now == count_error && data == &n);
}
END_TEST

/* Files of every released format must load for ever. */
START_TEST(golden_1_0)
{
    snprintf(path, sizeof path, "%s", slg_test_golden("ckpt/v1.0.h5"));
    ck_assert_int_eq(sample_must_load(path, false), 20260101);
}
END_TEST

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--write") == 0) /* how the golden file was made */
        return sample_save(argv[2], 20260101, NULL) != SLG_OK;
    Suite *suite = suite_create("checkpoint");
    TCase *t = tcase_create("checkpoint");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, round_trip);
    tcase_add_test(t, stored_as_documented);
    tcase_add_test(t, large_array);
    tcase_add_test(t, same_content_same_bytes);
    tcase_add_test(t, names_and_kinds);
    tcase_add_test(t, failed_put);
    tcase_add_test(t, previous_steps_in);
    tcase_add_test(t, both_damaged);
    tcase_add_test(t, previous_is_the_same_file);
    tcase_add_test(t, stale_temporaries);
    tcase_add_test(t, foreign_files);
    tcase_add_test(t, versions);
    tcase_add_test(t, impossible_datasets);
    tcase_add_test(t, disk_full);
    tcase_add_test(t, folder_is_missing);
    tcase_add_test(t, every_allocation_may_fail);
    tcase_add_test(t, error_printing_is_restored);
    tcase_add_test(t, golden_1_0);
    suite_add_tcase(suite, t);
    return slg_test_main(suite);
}
