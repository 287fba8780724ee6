#include "tests/ckpt/sample.h"
#include "runtime/base/alloc.h"
#include "runtime/base/rng.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 8, COLS = 5, N_SMALL = 9 };
static const char text[] = "swarm: {particles: 16}\n# \xc3\xa5ngstr\xc3\xb6m\n";

/* Special values first, among them NANs with payload and sign, which must survive bit by bit. */
static void fill(double *x, int64_t *k, int64_t stamp)
{
    static const uint64_t special[] = {0x7ff8dead0000beef, 0xfff0000000000001, 0x8000000000000000, 1,
                                       0x7ff0000000000000, 0xffffffffffffffff, 0x7fefffffffffffff};
    for (uint32_t i = 0; i < ROWS * COLS; i++)
        x[i] = slg_rng_u01((uint64_t)stamp, SLG_STREAM_TEST, i, 0, 0);
    memcpy(x, special, sizeof special);
    for (int i = 0; i < ROWS; i++)
        k[i] = i == 0 ? INT64_MIN : i == 1 ? INT64_MAX : stamp + i;
}

static slg_status put_all(slg_ckpt *c, int64_t stamp, slg_error *err)
{
    double x[ROWS * COLS];
    int64_t k[ROWS];
    char name[32];
    fill(x, k, stamp);
    slg_status st = slg_ckpt_put_i64(c, "/state/stamp", 1, 1, &stamp, err);
    if (st == SLG_OK)
        st = slg_ckpt_put_f64(c, "/swarm/position", ROWS, COLS, x, err);
    if (st == SLG_OK)
        st = slg_ckpt_put_i64(c, "/swarm/count", ROWS, 1, k, err);
    if (st == SLG_OK)
        st = slg_ckpt_put_f64(c, "/trial/none", 0, 3, x, err);
    if (st == SLG_OK)
        st = slg_ckpt_put_i64(c, "/trial/none_i", 0, 1, NULL, err);
    if (st == SLG_OK)
        st = slg_ckpt_put_bytes(c, "/text/none", NULL, 0, err);
    if (st == SLG_OK)
        st = slg_ckpt_put_bytes(c, "/text/config", text, sizeof text, err);
    for (int i = 0; i < N_SMALL && st == SLG_OK; i++) { /* more than 8 links: another kind of group */
        snprintf(name, sizeof name, "/many/of/them/n%d", i);
        st = slg_ckpt_put_f64(c, name, 1, 1, x + 20 + i, err);
    }
    return st;
}

slg_status sample_save(const char *path, int64_t stamp, slg_error *err)
{
    slg_ckpt *c = NULL;
    slg_status st = slg_ckpt_create(path, &c, err);
    if (st == SLG_OK)
        st = put_all(c, stamp, err);
    if (st == SLG_OK)
        return slg_ckpt_commit(&c, err);
    slg_ckpt_close(&c);
    return st;
}

static slg_status same_f64(slg_ckpt *c, const char *name, size_t rows, size_t cols, const double *want, bool *same,
                           slg_error *err)
{
    double *x = NULL;
    size_t r = 0, n = 0;
    slg_status st = slg_ckpt_get_f64(c, name, &r, &n, &x, err);
    if (st == SLG_OK)
        *same = *same && r == rows && n == cols && memcmp(x, want, r * n * sizeof *x) == 0;
    slg_free(x);
    return st;
}

static slg_status same_i64(slg_ckpt *c, const char *name, size_t rows, const int64_t *want, bool *same, slg_error *err)
{
    int64_t *x = NULL;
    size_t r = 0, n = 0;
    slg_status st = slg_ckpt_get_i64(c, name, &r, &n, &x, err);
    if (st == SLG_OK)
        *same = *same && r == rows && n == 1 && memcmp(x, want, r * sizeof *x) == 0;
    slg_free(x);
    return st;
}

static slg_status same_text(slg_ckpt *c, const char *name, const char *want, size_t size, bool *same, slg_error *err)
{
    char *x = NULL;
    size_t n = 0;
    slg_status st = slg_ckpt_get_bytes(c, name, &x, &n, err);
    if (st == SLG_OK)
        *same = *same && n == size && memcmp(x, want, n) == 0 && x[n] == '\0';
    slg_free(x);
    return st;
}

static slg_status compare_all(slg_ckpt *c, int64_t stamp, bool *same, slg_error *err)
{
    double x[ROWS * COLS];
    int64_t k[ROWS];
    char name[32];
    fill(x, k, stamp);
    slg_status st = same_f64(c, "/swarm/position", ROWS, COLS, x, same, err);
    if (st == SLG_OK)
        st = same_i64(c, "/swarm/count", ROWS, k, same, err);
    if (st == SLG_OK)
        st = same_f64(c, "/trial/none", 0, 3, x, same, err);
    if (st == SLG_OK)
        st = same_i64(c, "/trial/none_i", 0, k, same, err);
    if (st == SLG_OK)
        st = same_text(c, "/text/none", "", 0, same, err);
    if (st == SLG_OK)
        st = same_text(c, "/text/config", text, sizeof text, same, err);
    for (int i = 0; i < N_SMALL && st == SLG_OK; i++) {
        snprintf(name, sizeof name, "/many/of/them/n%d", i);
        st = same_f64(c, name, 1, 1, x + 20 + i, same, err);
    }
    return st;
}

slg_status sample_load(const char *path, int64_t *stamp, bool *same, bool *used_previous, slg_error *err)
{
    slg_ckpt *c = NULL;
    int64_t *s = NULL;
    size_t rows = 0, cols = 0;
    *same = true;
    slg_status st = slg_ckpt_open(path, &c, used_previous, err);
    if (st == SLG_OK)
        st = slg_ckpt_get_i64(c, "/state/stamp", &rows, &cols, &s, err);
    if (st == SLG_OK) {
        *stamp = rows * cols == 1 ? *s : -1;
        st = compare_all(c, *stamp, same, err);
    }
    slg_free(s);
    slg_ckpt_close(&c);
    return st;
}

void sample_must_save(const char *path, int64_t stamp)
{
    slg_error err;
    slg_error_clear(&err);
    ck_assert_msg(sample_save(path, stamp, &err) == SLG_OK, "%s", err.text);
}

int64_t sample_must_load(const char *path, bool want_previous)
{
    slg_error err;
    bool same = false, previous = false;
    int64_t stamp = -1;
    slg_error_clear(&err);
    ck_assert_msg(sample_load(path, &stamp, &same, &previous, &err) == SLG_OK, "%s", err.text);
    ck_assert(same);
    ck_assert_int_eq(previous, want_previous);
    return stamp;
}
