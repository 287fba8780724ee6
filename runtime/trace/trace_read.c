/* Reads trace files; every index in them is checked, for they come from a disk. */
#include "runtime/trace/files.h"

#include "runtime/base/alloc.h"
#include "runtime/base/file.h"
#include "runtime/base/log.h"
#include "runtime/ckpt/ckpt.h"
#include <jansson.h>
#include <math.h>
#include <string.h>

/* The columns as they are in the file. */
typedef struct columns {
    size_t n, n_first, n_dep, n_span, n_memory;
    int64_t *whole, *first, *dep;
    double *real, *span, *memory;
    json_t *about;
    int32_t stage;
} columns;

static slg_status bad(const char *path, const char *what, slg_error *err)
{
    return slg_fail(err, SLG_ERR_DAMAGE, "%s: expected a trace file, found %s; remove it", path, what);
}

static slg_status get_f64(slg_ckpt *c, const char *path, const char *name, size_t want, size_t *n, double **x,
                          slg_error *err)
{
    size_t cols = 0;
    slg_status st = slg_ckpt_get_f64(c, name, n, &cols, x, err);
    return st == SLG_OK && cols != want ? bad(path, "another number of columns", err) : st;
}

static slg_status get_i64(slg_ckpt *c, const char *path, const char *name, size_t want, size_t *n, int64_t **x,
                          slg_error *err)
{
    size_t cols = 0;
    slg_status st = slg_ckpt_get_i64(c, name, n, &cols, x, err);
    return st == SLG_OK && cols != want ? bad(path, "another number of columns", err) : st;
}

static slg_status get_columns(slg_ckpt *c, const char *path, columns *k, slg_error *err)
{
    char *text = NULL;
    size_t n_text, n_real = 0;
    slg_status st = slg_ckpt_get_bytes(c, "/about", &text, &n_text, err);
    if (st == SLG_OK && !(k->about = json_loads(text, 0, NULL)))
        st = bad(path, "a description that is no JSON", err);
    slg_free(text);
    if (st == SLG_OK)
        st = get_i64(c, path, "/record/int", N_INT, &k->n, &k->whole, err);
    if (st == SLG_OK)
        st = get_f64(c, path, "/record/real", N_REAL, &n_real, &k->real, err);
    if (st == SLG_OK)
        st = get_i64(c, path, "/dep/first", 1, &k->n_first, &k->first, err);
    if (st == SLG_OK)
        st = get_i64(c, path, "/dep/record", 1, &k->n_dep, &k->dep, err);
    if (st == SLG_OK)
        st = get_f64(c, path, "/iteration", N_SPAN, &k->n_span, &k->span, err);
    if (st == SLG_OK)
        st = get_f64(c, path, "/memory", 2, &k->n_memory, &k->memory, err);
    if (st == SLG_OK && (n_real != k->n || k->n_first != k->n + 1))
        st = bad(path, "columns of different lengths", err);
    return st;
}

static void free_columns(columns *k)
{
    slg_free(k->whole);
    slg_free(k->first);
    slg_free(k->dep);
    slg_free(k->real);
    slg_free(k->span);
    slg_free(k->memory);
    json_decref(k->about);
}

static void get_text(const json_t *j, const char *key, char *out, size_t size)
{
    const char *s = json_string_value(json_object_get(j, key));
    snprintf(out, size, "%s", s ? s : "unknown");
}

static slg_status read_about(slg_trace_file *f, columns *k, slg_error *err)
{
    const json_t *workers = json_object_get(k->about, "workers"), *kinds = json_object_get(k->about, "kinds");
    f->n_worker = json_array_size(workers);
    f->n_kind = json_array_size(kinds);
    f->origin = json_number_value(json_object_get(k->about, "origin"));
    f->dgemm = json_number_value(json_object_get(k->about, "dgemm"));
    k->stage = (int32_t)json_integer_value(json_object_get(k->about, "stage"));
    get_text(k->about, "version", f->version, sizeof f->version);
    get_text(k->about, "scheduler", f->scheduler, sizeof f->scheduler);
    f->worker = slg_calloc(f->n_worker, sizeof *f->worker);
    f->kind = slg_calloc(f->n_kind, sizeof *f->kind);
    if (!f->worker || !f->kind)
        return slg_fail_nomem(err, "trace");
    for (size_t i = 0; i < f->n_worker; i++) {
        const json_t *w = json_array_get(workers, i);
        get_text(w, "name", f->worker[i].name, sizeof f->worker[i].name);
        get_text(w, "device", f->worker[i].device, sizeof f->worker[i].device);
    }
    for (size_t i = 0; i < f->n_kind; i++) {
        const char *s = json_string_value(json_array_get(kinds, i));
        snprintf(f->kind[i], sizeof f->kind[i], "%s", s ? s : "?");
    }
    return SLG_OK;
}

static bool index_below(double x, size_t n)
{
    return x >= 0 && x <= (double)n;
}

static bool read_spans(slg_trace_file *f, const columns *k)
{
    size_t at = 0;
    for (size_t i = 0; i < k->n_span; i++) {
        const double *s = k->span + N_SPAN * i;
        if (!index_below(s[SPAN_FIRST], k->n) || !index_below(s[SPAN_LAST], k->n) || !(fabs(s[SPAN_ITERATION]) < 1e9))
            return false;
        f->span[i] = (slg_trace_span){.stage = k->stage,
                                      .iteration = (int32_t)s[SPAN_ITERATION],
                                      .complete = s[SPAN_COMPLETE] > 0,
                                      .first = (size_t)s[SPAN_FIRST],
                                      .last = (size_t)s[SPAN_LAST],
                                      .begin = s[SPAN_BEGIN],
                                      .end = s[SPAN_END],
                                      .peak_bytes = s[SPAN_PEAK],
                                      .predicted_bytes = s[SPAN_PREDICTED]};
        if (f->span[i].first != at || f->span[i].last < at)
            return false;
        at = f->span[i].last;
    }
    return at == k->n;
}

static bool read_record(slg_trace_file *f, const columns *k, size_t i)
{
    const int64_t *w = k->whole + i * N_INT;
    const double *x = k->real + i * N_REAL;
    if (w[INT_KIND] < 0 || (size_t)w[INT_KIND] >= f->n_kind || w[INT_WORKER] < 0 ||
        (size_t)w[INT_WORKER] >= f->n_worker || w[INT_SPAN] < 0 || (size_t)w[INT_SPAN] >= k->n_span)
        return false;
    const slg_trace_span *s = &f->span[w[INT_SPAN]];
    f->kind_of[i] = (int32_t)w[INT_KIND];
    f->record[i] = (slg_trace_record){.kind = f->kind[w[INT_KIND]],
                                      .iteration = (int32_t)w[INT_ITERATION],
                                      .particle = (int32_t)w[INT_PARTICLE],
                                      .chunk = (int32_t)w[INT_CHUNK],
                                      .worker = (int32_t)w[INT_WORKER],
                                      .status = (int32_t)w[INT_STATUS],
                                      .submitted = x[REAL_SUBMITTED],
                                      .ready = x[REAL_READY],
                                      .start = x[REAL_START],
                                      .end = x[REAL_END],
                                      .data_wait = x[REAL_DATA_WAIT],
                                      .flops = x[REAL_FLOPS],
                                      .bytes = x[REAL_BYTES],
                                      .id = (uint64_t)w[INT_ID]};
    f->dep_first[i] = (size_t)k->first[i];
    bool ok = i >= s->first && i < s->last && k->first[i] >= 0 && k->first[i + 1] >= k->first[i] &&
              (size_t)k->first[i + 1] <= k->n_dep && x[REAL_END] >= x[REAL_START];
    for (int64_t d = k->first[i]; ok && d < k->first[i + 1]; d++)
        ok = k->dep[d] >= (int64_t)s->first && k->dep[d] < (int64_t)s->last &&
             k->whole[k->dep[d] * N_INT + INT_ID] < w[INT_ID]; /* no cycles */
    return ok;
}

static slg_status translate(slg_trace_file *f, columns *k, const char *path, slg_error *err)
{
    slg_status st = read_about(f, k, err);
    f->n = k->n;
    f->n_span = k->n_span;
    f->n_memory = k->n_memory;
    f->span = slg_calloc(k->n_span, sizeof *f->span);
    f->record = slg_calloc(k->n, sizeof *f->record);
    f->kind_of = slg_calloc(k->n, sizeof *f->kind_of);
    f->dep_first = slg_calloc(k->n + 1, sizeof *f->dep_first);
    f->dep = slg_calloc(k->n_dep, sizeof *f->dep);
    if (st == SLG_OK && (!f->span || !f->record || !f->kind_of || !f->dep_first || !f->dep))
        st = slg_fail_nomem(err, "trace");
    bool ok = st != SLG_OK || read_spans(f, k);
    for (size_t i = 0; ok && st == SLG_OK && i < k->n; i++)
        ok = read_record(f, k, i);
    if (st != SLG_OK || !ok)
        return st != SLG_OK ? st : bad(path, "records that contradict each other", err);
    f->dep_first[k->n] = (size_t)k->first[k->n];
    for (size_t d = 0; d < k->n_dep; d++)
        f->dep[d] = (size_t)k->dep[d];
    f->memory = k->memory;
    k->memory = NULL;
    return SLG_OK;
}

slg_status slg_trace_read(const char *path, slg_trace_file **out, slg_error *err)
{
    slg_ckpt *c = NULL;
    columns k = {0};
    bool previous = false;
    *out = NULL;
    slg_trace_file *f = slg_calloc(1, sizeof *f);
    slg_status st = f ? slg_ckpt_open(path, &c, &previous, err) : slg_fail_nomem(err, "trace");
    if (st == SLG_OK)
        st = get_columns(c, path, &k, err);
    slg_ckpt_close(&c);
    if (st == SLG_OK)
        st = translate(f, &k, path, err);
    free_columns(&k);
    if (st == SLG_OK)
        *out = f;
    else
        slg_trace_file_free(&f);
    return st;
}

void slg_trace_file_free(slg_trace_file **f_)
{
    slg_trace_file *f = *f_;
    *f_ = NULL;
    if (!f)
        return;
    slg_free(f->worker);
    slg_free(f->kind);
    slg_free(f->span);
    slg_free(f->record);
    slg_free(f->kind_of);
    slg_free(f->dep_first);
    slg_free(f->dep);
    slg_free(f->memory);
    slg_free(f);
}

static bool inside(slg_trace_range r, int32_t stage, int32_t first, int32_t last)
{
    return (r.stage == 0 || r.stage == stage) && last >= r.first && first <= r.last;
}

static slg_status visit_file(const char *path, slg_trace_range r, slg_trace_visitor visit, void *arg, size_t *n,
                             slg_error *err)
{
    slg_trace_file *f;
    slg_error why;
    slg_error_clear(&why);
    slg_status st = slg_trace_read(path, &f, &why);
    if (st == SLG_ERR_NOMEM)
        return slg_fail_nomem(err, "trace");
    if (st != SLG_OK) {
        slg_log(SLG_WARNING, "%s", why.text);
        return SLG_OK;
    }
    for (size_t i = 0; st == SLG_OK && i < f->n_span; i++)
        if (inside(r, f->span[i].stage, f->span[i].iteration, f->span[i].iteration)) {
            st = visit(arg, f, &f->span[i], err);
            ++*n;
        }
    slg_trace_file_free(&f);
    return st;
}

static slg_status nothing_inside(const char *dir, slg_trace_range r, const slg_trace_name *first,
                                 const slg_trace_name *last, slg_error *err)
{
    char stage[32] = "", iterations[64] = "";
    if (r.stage > 0)
        snprintf(stage, sizeof stage, " of stage %d", r.stage);
    if (r.last < INT32_MAX)
        snprintf(iterations, sizeof iterations, " %d to %d", r.first, r.last);
    else if (r.first > 0)
        snprintf(iterations, sizeof iterations, " from %d on", r.first);
    return slg_fail(err, SLG_ERR_USAGE,
                    "%s: expected iterations%s%s, found a trace from stage %d iteration %d to stage %d iteration %d; "
                    "give another range",
                    dir, iterations, stage, first->stage, first->first, last->stage, last->last);
}

slg_status slg_trace_each(const char *dir, slg_trace_range range, slg_trace_visitor visit, void *arg, slg_error *err)
{
    slg_trace_name *list;
    size_t n, visited = 0;
    char path[SLG_PATH];
    slg_status st = slg_trace_list(dir, &list, &n, err);
    for (size_t i = 0; st == SLG_OK && i < n; i++)
        if (inside(range, list[i].stage, list[i].first, list[i].last)) {
            st = slg_trace_path(path, dir, list[i].name, err);
            if (st == SLG_OK)
                st = visit_file(path, range, visit, arg, &visited, err);
        }
    if (st == SLG_OK && n == 0)
        st = slg_fail(err, SLG_ERR_USAGE,
                      "%s: expected the directory of a study with a trace, found no trace in it; "
                      "run the study with `trace: {keep: all}`",
                      dir);
    if (st == SLG_OK && visited == 0)
        st = nothing_inside(dir, range, &list[0], &list[n - 1], err);
    slg_free(list);
    return st;
}
