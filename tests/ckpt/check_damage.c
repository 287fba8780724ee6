/* Damage of every byte, truncation, overwritten blocks, and kill -9 while saving. */
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"
#include "runtime/base/rng.h"
#include "tests/ckpt/sample.h"
#include "tests/support/support.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[SLG_PATH], path[SLG_PATH + 16];
static char *image;
static size_t size;

static void setup(void)
{
    snprintf(folder, sizeof folder, "%s", slg_test_folder());
    snprintf(path, sizeof path, "%s/study.h5", folder);
    sample_must_save(path, 7);
    ck_assert(slg_file_read(path, &image, &size, NULL) == SLG_OK);
}

static void teardown(void)
{
    slg_free(image);
    slg_test_remove(folder);
}

typedef struct tally {
    int harmless, reported, wrong, other;
} tally;

/* Puts n bytes of the (damaged) image on disk, reads them back and counts what happened. */
static void attempt(size_t n, tally *t)
{
    int64_t stamp = -1;
    bool same = false, used = false;
    unlink(path); /* a new file: truncating an old one makes some file systems write at once */
    FILE *f = fopen(path, "wb");
    ck_assert(f && fwrite(image, 1, n, f) == n && fclose(f) == 0);
    slg_status st = sample_load(path, &stamp, &same, &used, NULL);
    t->harmless += st == SLG_OK && same && stamp == 7;
    t->wrong += st == SLG_OK && !(same && stamp == 7);
    t->reported += st == SLG_ERR_DAMAGE;
    t->other += st != SLG_OK && st != SLG_ERR_DAMAGE;
}

static void report(const char *what, const tally *t)
{
    printf("%s (file of %zu bytes): %d harmless, %d reported, %d silently wrong, %d other\n", what, size, t->harmless,
           t->reported, t->wrong, t->other);
    ck_assert_int_eq(t->harmless, 0);
    ck_assert_int_eq(t->wrong, 0);
    ck_assert_int_eq(t->other, 0);
}

START_TEST(every_byte)
{
    tally t = {0, 0, 0, 0};
    for (size_t i = 0; i < size; i++) {
        char was = image[i];
        image[i] = (char)(was ^ (1 << (i * 5 + i / 8) % 8));
        attempt(size, &t);
        image[i] = was;
    }
    report("one bit of every byte", &t);
}
END_TEST

/* fletcher32 alone does not see this: words ffff become 0000. (The first value keeps its sums from being 0.) */
START_TEST(minus_one_lost)
{
    slg_ckpt *c = NULL;
    bool used = false;
    char *bytes = NULL;
    size_t n = 0;
    int64_t k[64];
    memset(k, 0xff, sizeof k);
    k[0] = 5;
    unlink(path);
    ck_assert(slg_ckpt_create(path, &c, NULL) == SLG_OK);
    ck_assert(slg_ckpt_put_i64(c, "/k", 64, 1, k, NULL) == SLG_OK);
    ck_assert(slg_ckpt_commit(&c, NULL) == SLG_OK);
    ck_assert(slg_file_read(path, &bytes, &n, NULL) == SLG_OK);
    char *at = memmem(bytes, n, k, sizeof k);
    ck_assert_ptr_nonnull(at);
    memset(at + sizeof k[0], 0, sizeof k - sizeof k[0]);
    FILE *f = fopen(path, "wb");
    ck_assert(f && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
    slg_error err;
    slg_error_clear(&err);
    ck_assert_int_eq(slg_ckpt_open(path, &c, &used, &err), SLG_ERR_DAMAGE);
    ck_assert_msg(strstr(err.text, "content and digest differ"), "%s", err.text);
    slg_free(bytes);
}
END_TEST

START_TEST(truncated)
{
    tally t = {0, 0, 0, 0};
    for (size_t n = 0; n < size; n += n < 100 || n + 100 > size ? 1 : 41)
        attempt(n, &t);
    report("truncated", &t);
}
END_TEST

/* Blocks of up to 512 bytes lost (zeros) or replaced by noise. */
START_TEST(overwritten)
{
    tally t = {0, 0, 0, 0};
    char *sound = slg_calloc(size, 1);
    memcpy(sound, image, size);
    for (uint32_t i = 0; i < 600; i++) {
        uint64_t w[2];
        slg_rng_bits(3, SLG_STREAM_TEST, i, 0, 0, w);
        size_t at = w[0] % size, n = 1 + (w[1] & 511);
        for (size_t k = 0; k < n && at + k < size; k++)
            image[at + k] = i % 2 ? (char)(slg_rng_u01(i, SLG_STREAM_TEST, 1, (uint32_t)k, 0) * 256 - 128) : 0;
        if (memcmp(image, sound, size) != 0)
            attempt(size, &t);
        memcpy(image, sound, size);
    }
    slg_free(sound);
    report("blocks overwritten", &t);
}
END_TEST

static void save_for_ever(int64_t from)
{
    for (int64_t stamp = from;; stamp++)
        if (sample_save(path, stamp, NULL) != SLG_OK)
            _exit(1);
}

START_TEST(killed_while_saving)
{
    int64_t last = 7;
    int n_progress = 0;
    double longest = 40000; /* microseconds; grows where a save takes longer than that */
    for (uint32_t i = 0; i < 30; i++) {
        pid_t child = fork();
        if (child == 0)
            save_for_ever(last + 1);
        usleep((useconds_t)(2000 + longest * slg_rng_u01(5, SLG_STREAM_TEST, i, 0, 0)));
        int how = 0;
        kill(child, SIGKILL);
        ck_assert_int_eq(waitpid(child, &how, 0), child);
        ck_assert(WIFSIGNALED(how));
        int64_t now = sample_must_load(path, false);
        ck_assert_int_ge(now, last);
        n_progress += now > last;
        longest *= now > last ? 1 : 1.3;
        last = now;
    }
    printf("30 kills, %lld saves, progress after %d\n", (long long)last - 7, n_progress);
    ck_assert_int_gt(n_progress, 0); /* how many depends on the disk */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("damage");
    TCase *t = tcase_create("damage");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, every_byte);
    tcase_add_test(t, minus_one_lost);
    tcase_add_test(t, truncated);
    tcase_add_test(t, overwritten);
    tcase_add_test(t, killed_while_saving);
    suite_add_tcase(suite, t);
    return slg_test_main(suite);
}
