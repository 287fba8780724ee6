/* Status table, errors, allocation failure, random numbers, atomic files. */
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"
#include "runtime/base/hash.h"
#include "runtime/base/limits.h"
#include "runtime/base/log.h"
#include "runtime/base/names.h"
#include "runtime/base/number.h"
#include "runtime/base/process.h"
#include "runtime/base/rng.h"
#include "runtime/base/temporary.h"
#include "tests/support/support.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
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

START_TEST(texts_have_no_zero_bytes)
{
    const char *dir = slg_test_folder();
    char path[SLG_PATH], *text;
    size_t n;
    slg_error err;
    slg_error_clear(&err);
    snprintf(path, sizeof path, "%s/a", dir);
    FILE *f = fopen(path, "w");
    ck_assert(f && fputs("one", f) >= 0 && fclose(f) == 0);
    ck_assert_int_eq(slg_text_read(path, &text, &n, NULL), SLG_OK);
    ck_assert_str_eq(text, "one");
    slg_free(text);
    f = fopen(path, "w");
    ck_assert(f && fwrite("on\0e", 1, 4, f) == 4 && fclose(f) == 0);
    ck_assert_int_eq(slg_text_read(path, &text, &n, &err), SLG_ERR_DATA);
    ck_assert_ptr_null(text);
    ck_assert_ptr_nonnull(strstr(err.text, "byte 3: expected text"));
    slg_test_remove(dir);
}
END_TEST

START_TEST(temporaries_of_dead_processes_go)
{
    static const char *const name[] = {"a.starling-12-0123456789abcdef",
                                       "a.starling-b.starling-7-0123456789abcdef",
                                       "a.tmp.12",
                                       "a.starling-1x-0123456789abcdef",
                                       "a.starling-12-0123456789abcde",
                                       "a.starling-12-0123456789abcdef.txt"};
    static const bool stays[] = {false, false, true, true, true, true};
    const char *dir = slg_test_folder();
    char path[SLG_PATH];
    for (int i = 0; i < 6; i++) {
        ck_assert_int_eq(slg_path_join(path, dir, name[i], NULL), SLG_OK);
        FILE *f = fopen(path, "w");
        ck_assert_ptr_nonnull(f);
        fclose(f);
    }
    slg_remove_temporaries(dir, NULL, true);
    for (int i = 0; i < 6; i++) {
        ck_assert_int_eq(slg_path_join(path, dir, name[i], NULL), SLG_OK);
        ck_assert_int_eq(slg_file_exists(path), stays[i]);
    }
    ck_assert_int_eq(slg_make_folder(path, NULL), SLG_ERR_IO); /* a file is in the way */
    slg_remove_temporaries("/no/such/folder", NULL, true);
    slg_test_remove(dir);
}
END_TEST

/* No process has such a number. */
START_TEST(a_new_file_clears_up_behind_dead_writers)
{
    const char *dir = slg_test_folder();
    char path[SLG_PATH], dead[SLG_PATH + 64], other[SLG_PATH + 64], far[SLG_PATH + 64], own[SLG_TEMPORARY];
    slg_new_file f;
    snprintf(path, sizeof path, "%s/a", dir);
    slg_temporary_name(path, own);
    const char *digits = strrchr(own, '-') + 1; /* of this machine */
    snprintf(dead, sizeof dead, "%s.starling-2000000000-%s", path, digits);
    snprintf(other, sizeof other, "%s/b.starling-2000000000-%s", dir, digits);
    snprintf(far, sizeof far, "%s.starling-2000000000-%c%s", path, digits[0] == '0' ? '1' : '0', digits + 1);
    const char *const planted[] = {dead, other, own, far};
    for (int i = 0; i < 4; i++) {
        FILE *out = fopen(planted[i], "w");
        ck_assert(out && fclose(out) == 0);
    }
    ck_assert_int_eq(slg_new_file_open(&f, path, NULL), SLG_OK);
    slg_new_file_abort(&f);
    ck_assert(!slg_file_exists(dead));
    ck_assert(slg_file_exists(other));
    ck_assert(slg_file_exists(own)); /* this process lives */
    ck_assert(slg_file_exists(far)); /* that of another machine perhaps */
    slg_test_remove(dir);
}
END_TEST

static void write_output(const char *path, const char *text)
{
    slg_new_file f;
    slg_error err;
    slg_error_clear(&err);
    ck_assert_msg(slg_output_open(&f, path, &err) == SLG_OK, "%s", err.text);
    fputs(text, f.stream);
    ck_assert_msg(slg_new_file_commit(&f, &err) == SLG_OK, "%s", err.text);
}

/* What a user names: links lead to what is replaced, pipes and devices are written and stay what they are. */
START_TEST(outputs_of_all_kinds)
{
    char file[SLG_PATH], link[SLG_PATH], pipe[SLG_PATH], lost[SLG_PATH], text[8] = "";
    const char *dir = slg_test_folder();
    struct stat info;
    slg_new_file f;
    snprintf(file, sizeof file, "%s/file", dir);
    snprintf(link, sizeof link, "%s/link", dir);
    snprintf(pipe, sizeof pipe, "%s/pipe", dir);
    snprintf(lost, sizeof lost, "%s/lost", dir);
    write_output(file, "one");
    ck_assert_int_eq(symlink("file", link), 0);
    write_output(link, "two");
    ck_assert(lstat(link, &info) == 0 && S_ISLNK(info.st_mode));
    FILE *in = fopen(file, "r");
    ck_assert_str_eq(fgets(text, 8, in), "two");
    fclose(in);
    ck_assert_int_eq(mkfifo(pipe, 0666), 0);
    const int end = open(pipe, O_RDONLY | O_NONBLOCK);
    write_output(pipe, "abc");
    ck_assert(lstat(pipe, &info) == 0 && S_ISFIFO(info.st_mode));
    ck_assert_int_eq(read(end, text, 8), 3);
    close(end);
    ck_assert_int_eq(stat("/dev/null", &info), 0);
    write_output("/dev/null", "x");
    ck_assert(stat("/dev/null", &info) == 0 && S_ISCHR(info.st_mode));
    ck_assert_int_eq(symlink("nowhere", lost), 0);
    ck_assert_int_eq(slg_output_open(&f, lost, NULL), SLG_ERR_IO);
    ck_assert_int_eq(slg_output_open(&f, dir, NULL), SLG_ERR_IO);
    slg_test_remove(dir);
}
END_TEST

/* A link that somebody put in the place of a temporary file is never followed, and names cannot be guessed. */
START_TEST(planted_links)
{
    const char *dir = slg_test_folder();
    char path[SLG_PATH], one[SLG_TEMPORARY], two[SLG_TEMPORARY];
    snprintf(path, sizeof path, "%s/f", dir);
    slg_temporary_name(path, one);
    slg_temporary_name(path, two);
    ck_assert_str_ne(one, two);
    ck_assert_int_eq(symlink("/dev/null", one), 0);
    ck_assert_ptr_null(slg_temporary_open(one));
    ck_assert_int_eq(slg_log_file(one), -1);
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

/* --- numbers and limits --------------------------------------------------------------------------------------- */

START_TEST(durations)
{
    static const struct {
        const char *text;
        double seconds; /* -1: no duration */
    } line[] = {{"90", 90},          {"2.5", 2.5},   {"0", 0},         {"90s", 90},       {"30m", 1800},
                {"12h", 43200},      {"2d", 172800}, {"1d6h", 108000}, {"23h30m", 84600}, {"1.5h", 5400},
                {"1d2h3m4s", 93784}, {"", -1},       {"h", -1},        {"-1", -1},        {"1e3", -1},
                {"1m1h", -1},        {"1h1h", -1},   {"1h30", -1},     {"30 m", -1},      {"1w", -1},
                {"nan", -1},         {"inf", -1},    {"0x10", -1},     {" 5", -1}};
    for (size_t i = 0; i < sizeof line / sizeof *line; i++) {
        double x = -1;
        ck_assert_msg(slg_duration_parse(line[i].text, &x) == (line[i].seconds >= 0), "'%s'", line[i].text);
        ck_assert_double_eq(line[i].seconds >= 0 ? x : -1, line[i].seconds);
    }
}
END_TEST

/* Writes <root>/<path> with its folders. */
static void plant(const char *root, const char *path, const char *text)
{
    char file[SLG_PATH], folder[SLG_PATH];
    snprintf(file, sizeof file, "%.2000s/%.2000s", root, path);
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(file, '/') - file), file);
    ck_assert_int_eq(slg_make_folder(folder, NULL), SLG_OK);
    FILE *f = fopen(file, "w");
    fputs(text, f);
    fclose(f);
}

START_TEST(cgroups)
{
    const char *root = slg_test_folder();
    plant(root, "slurm/job_7/step_0/memory.max", "max\n");
    plant(root, "slurm/job_7/memory.max", "2147483648\n");
    plant(root, "slurm/memory.max", "8589934592\n");
    plant(root, "memory/batch/9/memory.limit_in_bytes", "1073741824\n");
    plant(root, "memory/free/memory.limit_in_bytes", "9223372036854771712\n");
    ck_assert_double_eq(slg_cgroup_limit("0::/slurm/job_7/step_0\n", root), 2147483648.0);
    ck_assert_double_eq(slg_cgroup_limit("0::/slurm\n", root), 8589934592.0);
    ck_assert_double_eq(slg_cgroup_limit("12:cpu,memory:/batch/9\n11:pids:/\n0::/\n", root), 1073741824.0);
    ck_assert_double_eq(slg_cgroup_limit("4:memory:/batch/9\n0::/slurm/job_7\n", root), 1073741824.0);
    ck_assert(isinf(slg_cgroup_limit("5:memory:/free\n", root))); /* what v1 says without a limit */
    ck_assert(isinf(slg_cgroup_limit("3:memory_other:/batch/9\n0::/nowhere\nnonsense\n\n", root)));
    slg_test_remove(root);
}
END_TEST

static slg_memory_limit limit_with(const char *name, const char *value)
{
    setenv(name, value, 1);
    const slg_memory_limit limit = slg_memory_limit_now();
    unsetenv(name);
    return limit;
}

START_TEST(memory_limits)
{
    const slg_memory_limit free = slg_memory_limit_now();
    ck_assert(free.bytes > 0 && free.bytes <= slg_machine_bytes() && free.of[0]);
    slg_memory_limit x = limit_with("SLURM_MEM_PER_NODE", "64");
    ck_assert_double_eq(x.bytes, 64 * 1048576.0);
    ck_assert_str_eq(x.of, "SLURM_MEM_PER_NODE");
    setenv("SLURM_CPUS_ON_NODE", "3", 1);
    x = limit_with("SLURM_MEM_PER_CPU", "20");
    ck_assert_double_eq(x.bytes, 60 * 1048576.0);
    ck_assert_double_eq(limit_with("SLURM_MEM_PER_NODE", "65536K").bytes, 64 * 1048576.0);
    ck_assert_double_eq(limit_with("SLURM_MEM_PER_NODE", "64M").bytes, 64 * 1048576.0);
    ck_assert_double_eq(limit_with("SLURM_MEM_PER_NODE", "0.0625g").bytes, 64 * 1048576.0);
    ck_assert_double_eq(limit_with("SLURM_MEM_PER_NODE", "0").bytes, free.bytes); /* Slurm's word for everything */
    ck_assert_double_eq(limit_with("SLURM_MEM_PER_NODE", "64Mb").bytes, 64 * 1048576.0);
    ck_assert_double_eq(limit_with("SLURM_MEM_PER_NODE", "many").bytes, free.bytes);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* they map more addresses than any limit */
    const struct rlimit few = {1u << 29, RLIM_INFINITY};
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &few), 0);
    x = slg_memory_limit_now();
    ck_assert(x.bytes > 1e8 && x.bytes < 1u << 29 && strstr(x.of, "ulimit -v"));
#endif
}
END_TEST

/* What limits of memory that are no numbers are called; those of every other test are fine. */
START_TEST(ignored_limits)
{
    static const struct {
        const char *name, *value;
        int wrong; /* number of the variable, -1: none */
    } line[] = {
        {"SLURM_MEM_PER_NODE", "many", 0},  {"SLURM_MEM_PER_NODE", "64 apples", 0}, {"SLURM_MEM_PER_NODE", "-64", 0},
        {"SLURM_MEM_PER_NODE", "nan", 0},   {"SLURM_MEM_PER_NODE", "inf", 0},       {"SLURM_MEM_PER_NODE", "64P", 0},
        {"SLURM_MEM_PER_NODE", "1.5G", -1}, {"SLURM_MEM_PER_NODE", "64MB", -1},     {"SLURM_MEM_PER_NODE", "0", -1},
        {"SLURM_MEM_PER_NODE", "", -1},     {"SLURM_MEM_PER_CPU", "2O00", 1},       {"SLURM_CPUS_ON_NODE", "x2", -1}};
    unsetenv("SLURM_CPUS_ON_NODE");
    for (size_t k = 0; k < sizeof line / sizeof *line; k++) {
        char text[320];
        setenv(line[k].name, line[k].value, 1);
        for (int i = 0; slg_memory_ignored(i, text, sizeof text); i++)
            ck_assert_msg((text[0] != '\0') == (i == line[k].wrong), "%s=%s: %s", line[k].name, line[k].value, text);
        unsetenv(line[k].name);
    }
    char text[320];
    setenv("SLURM_MEM_PER_CPU", "2000", 1);
    setenv("SLURM_CPUS_ON_NODE", "x2", 1); /* now it counts */
    ck_assert(slg_memory_ignored(2, text, sizeof text));
    ck_assert_ptr_nonnull(strstr(text, "SLURM_CPUS_ON_NODE: expected a number, found 'x2'"));
    unsetenv("SLURM_MEM_PER_CPU");
    unsetenv("SLURM_CPUS_ON_NODE");
}
END_TEST

START_TEST(temporary_folders)
{
    char path[SLG_PATH];
    const char *parent = slg_test_folder();
    setenv("TMPDIR", parent, 1);
    ck_assert_int_eq(slg_temporary_folder(path, NULL), SLG_OK);
    ck_assert_int_eq(strncmp(path, parent, strlen(parent)), 0);
    plant(path, "a/b/c", "x");
    slg_remove_folder(path);
    ck_assert(!slg_file_exists(path));
    setenv("TMPDIR", "/no/such/folder", 1);
    slg_error err;
    slg_error_clear(&err);
    ck_assert_int_eq(slg_temporary_folder(path, &err), SLG_ERR_IO);
    ck_assert_ptr_nonnull(strstr(err.text, "TMPDIR"));
    slg_test_remove(parent);
}
END_TEST

static void touch(const char *folder, const char *name)
{
    char path[SLG_PATH];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    fclose(fopen(path, "w"));
}

/* Patterns stand for files in the order of their bytes, below folders of any name; what is a file stands for itself. */
START_TEST(names_of_files)
{
    slg_error err = {0};
    char folder[SLG_PATH / 2], want[SLG_PATH];
    const char *top = slg_test_folder();
    static const char *const file[] = {"b2.xyz", "a.xyz", "B1.xyz", "b[1].xyz", "c.dat"};
    static const char *const order[] = {"B1.xyz", "a.xyz", "b2.xyz", "b[1].xyz"};
    slg_names list = {0};
    snprintf(folder, sizeof folder, "%s/md[1]*", top);
    ck_assert_int_eq(slg_make_folder(folder, &err), SLG_OK);
    for (int i = 0; i < 5; i++)
        touch(folder, file[i]);
    ck_assert_int_eq(slg_names_match(&list, "train", folder, "*.xyz", &err), SLG_OK);
    ck_assert_uint_eq(list.n, 4);
    for (int i = 0; i < 4; i++) {
        snprintf(want, sizeof want, "%s/%s", folder, order[i]);
        ck_assert_str_eq(list.name[i], want);
    }
    ck_assert_int_eq(slg_names_distinct(&list, "train", &err), SLG_OK);
    ck_assert_int_eq(slg_names_match(&list, "train", folder, "./b2.xyz", &err), SLG_OK);
    ck_assert_int_eq(slg_names_distinct(&list, "train", &err), SLG_ERR_DATA);
    ck_assert_ptr_nonnull(strstr(err.text, "train: expected every file once, found one twice: "));
    slg_names_free(&list);
    ck_assert_int_eq(slg_names_match(&list, "train", folder, "b[1].xyz", &err), SLG_OK);
    ck_assert_uint_eq(list.n, 1);
    ck_assert_ptr_nonnull(strstr(list.name[0], "b[1].xyz"));
    ck_assert_int_eq(slg_names_match(&list, "train", folder, "/none/*.xyz", &err), SLG_ERR_DATA);
    ck_assert_int_eq(slg_names_match(&list, "train", folder, "absent.xyz", &err), SLG_OK); /* said when it is opened */
    slg_names_free(&list);
    slg_test_remove(top);
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
    tcase_add_test(t, names_of_files);
    tcase_add_test(t, texts_have_no_zero_bytes);
    tcase_add_test(t, temporaries_of_dead_processes_go);
    tcase_add_test(t, a_new_file_clears_up_behind_dead_writers);
    tcase_add_test(t, outputs_of_all_kinds);
    tcase_add_test(t, planted_links);
    tcase_add_test(t, full_disk_is_an_error);
    tcase_add_test(t, durations);
    tcase_add_test(t, cgroups);
    tcase_add_test(t, memory_limits);
    tcase_add_test(t, ignored_limits);
    tcase_add_test(t, temporary_folders);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
