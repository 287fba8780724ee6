/*
 * Any numbers in a sealed trace file: read or refused; summary and exports can be made of what is read. Bytes: how
 * many records, iterations, dependencies, moments of memory; a byte for each number; the rest is the description.
 */
#include "runtime/base/log.h"
#include "runtime/ckpt/ckpt.h"
#include "runtime/trace/files.h"
#include "runtime/trace/summary.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/scratch.h"

#include <math.h>
#include <string.h>

enum { MOST = 16 };

typedef struct bytes {
    const uint8_t *at, *end;
} bytes;

static void must(bool true_claim)
{
    if (!true_claim)
        abort();
}

static int8_t next(bytes *b)
{
    return b->at < b->end ? (int8_t)*b->at++ : 0;
}

static size_t count(bytes *b)
{
    return (size_t)(uint8_t)next(b) % MOST;
}

/* The ends of a byte's range stand for the ends of what a file can hold. */
static void whole(bytes *b, int64_t *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const int8_t v = next(b);
        x[i] = v == INT8_MAX ? INT64_MAX : v == INT8_MIN ? INT64_MIN : v;
    }
}

static void real(bytes *b, double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const int8_t v = next(b);
        x[i] = v == INT8_MAX ? (double)NAN : v == INT8_MIN ? -1e300 : v == INT8_MAX - 1 ? (double)INFINITY : v;
    }
}

static void put_i64(slg_ckpt *c, const char *name, size_t rows, size_t cols, bytes *b)
{
    static int64_t x[(MOST + 1) * N_INT];
    whole(b, x, rows * cols);
    must(slg_ckpt_put_i64(c, name, rows, cols, x, NULL) == SLG_OK);
}

static void put_f64(slg_ckpt *c, const char *name, size_t rows, size_t cols, bytes *b)
{
    static double x[(MOST + 1) * N_SPAN];
    real(b, x, rows * cols);
    must(slg_ckpt_put_f64(c, name, rows, cols, x, NULL) == SLG_OK);
}

static void write_file(const char *path, bytes *b)
{
    static const char usual[] = "{\"workers\": [{\"name\": \"CPU 0\", \"device\": \"CPU\"}], \"kinds\": [\"plan\", "
                                "\"fit\"], \"stage\": 1, \"origin\": 1e9, \"dgemm\": 1e10}";
    slg_ckpt *c;
    const size_t n = count(b), n_span = count(b), n_dep = count(b), n_memory = count(b);
    must(slg_ckpt_create(path, &c, NULL) == SLG_OK);
    put_i64(c, "/record/int", n, N_INT, b);
    put_f64(c, "/record/real", n, N_REAL, b);
    put_i64(c, "/dep/first", n + 1, 1, b);
    put_i64(c, "/dep/record", n_dep, 1, b);
    put_f64(c, "/iteration", n_span, N_SPAN, b);
    put_f64(c, "/memory", n_memory, 2, b);
    const bool own = b->at < b->end;
    must(slg_ckpt_put_bytes(c, "/about", own ? (const void *)b->at : usual,
                            own ? (size_t)(b->end - b->at) : sizeof usual - 1, NULL) == SLG_OK);
    must(slg_ckpt_commit(&c, NULL) == SLG_OK);
}

static const slg_trace_range all = {0, -1, INT32_MAX};

/* ERR_USAGE: the iterations in the file are not those of its name. */
static void exports(const char *dir)
{
    static slg_status (*const write[])(const char *, slg_trace_range, FILE *,
                                       slg_error *) = {slg_trace_chrome, slg_trace_paje, slg_trace_csv, slg_trace_dot};
    slg_trace_summary s;
    FILE *out = fopen("/dev/null", "w");
    must(out != NULL);
    for (size_t i = 0; i < sizeof write / sizeof *write; i++) {
        const slg_status st = write[i](dir, all, out, NULL);
        must(st == SLG_OK || st == SLG_ERR_USAGE);
    }
    if (slg_trace_summarise(dir, all, &s, NULL) == SLG_OK) {
        json_t *j = slg_trace_summary_json(&s);
        must(j != NULL);
        json_decref(j);
        slg_trace_summary_print(&s, out);
        slg_trace_summary_free(&s);
    }
    fclose(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char path[SLG_PATH], file[SLG_PATH];
    bytes b = {data, data + n};
    slg_trace_file *f = NULL;
    slg_error err;
    slg_error_clear(&err);
    slg_log_level(SLG_ERROR);
    scratch_path("trace", path);
    must(slg_make_folder(path, NULL) == SLG_OK && slg_path_join(file, path, "s1-i000000.h5", NULL) == SLG_OK);
    write_file(file, &b);
    const slg_status st = slg_trace_read(file, &f, &err);
    must(st == SLG_OK ? f && err.n_message == 0 : st == SLG_ERR_DAMAGE && !f && err.n_message == 1);
    *strrchr(path, '/') = '\0';
    exports(path);
    slg_trace_file_free(&f);
    remove(file);
    return 0;
}
