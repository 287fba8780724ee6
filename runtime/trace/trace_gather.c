/* Gathers the records of iterations and decides when and under which name they are written. */
#include "runtime/trace/tracer.h"

#include "runtime/base/alloc.h"
#include "runtime/base/file.h"
#include "runtime/base/process.h"
#include "runtime/trace/machine.h"
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double unix_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Better now than after the first iteration. */
static slg_status check_folder(const char *folder, slg_error *err)
{
    char inside[SLG_PATH];
    slg_status st = slg_path_join(inside, folder, ".", err);
    if (st == SLG_OK && access(inside, W_OK | X_OK) != 0)
        st = slg_fail(err, SLG_ERR_IO,
                      "%s: expected a writable folder for the trace, found: %s; give another --dir, or "
                      "set trace.keep to none",
                      folder, strerror(errno));
    return st;
}

slg_status slg_tracer_start(slg_rt *rt, const char *dir, slg_keep keep, slg_tracer **out, slg_error *err)
{
    char folder[SLG_PATH];
    *out = NULL;
    if (keep.mode == SLG_KEEP_NONE)
        return SLG_OK;
    slg_tracer *t = slg_calloc(1, sizeof *t);
    if (t)
        t->dir = slg_strndup(dir, strlen(dir));
    slg_status st = t && t->dir ? slg_path_join(folder, dir, "trace", err) : slg_fail_nomem(err, "trace");
    if (st == SLG_OK)
        st = slg_make_folder(folder, err);
    if (st == SLG_OK)
        st = check_folder(folder, err);
    if (st == SLG_OK)
        st = slg_machine_dgemm(rt, &t->dgemm, err);
    slg_trace_record *measured;
    size_t n;
    if (st == SLG_OK)
        st = slg_rt_trace_take(rt, &measured, &n, err); /* the measurement is no work of the run */
    if (st != SLG_OK) {
        slg_tracer_free(&t);
        return st;
    }
    slg_free(measured);
    t->rt = rt;
    t->keep = keep;
    t->origin = unix_now() - 1e-6 * slg_rt_clock(rt);
    *out = t;
    return SLG_OK;
}

/* --- growing columns ------------------------------------------------------------------------------------------ */

static bool grow(void *array, size_t *room, size_t wanted, size_t size)
{
    if (*room >= wanted && *room > 0)
        return true;
    size_t more = 2 * *room > wanted ? 2 * *room : wanted + 16;
    void *old, *p;
    memcpy(&old, array, sizeof old);
    p = slg_realloc(old, more, size);
    if (!p)
        return false;
    memcpy(array, &p, sizeof p);
    *room = more;
    return true;
}

static bool make_room(slg_pending *p, size_t n, size_t n_dep)
{
    size_t before = p->room;
    bool ok = grow(&p->dep, &p->room_dep, p->n_dep + n_dep, sizeof *p->dep) &&
              grow(&p->dep_first, &p->room_first, p->n + n + 1, sizeof *p->dep_first) &&
              grow(&p->span, &p->room_span, p->n_span + 1, N_SPAN * sizeof *p->span) &&
              grow(&p->whole, &p->room, p->n + n, N_INT * sizeof *p->whole);
    size_t room = ok ? p->room : before;
    p->room = before; /* whole and real grow together */
    ok = ok && grow(&p->real, &p->room, p->n + n, N_REAL * sizeof *p->real);
    p->room = ok ? room : before;
    return ok;
}

/* -1 when memory ran out. */
static int64_t kind_index(slg_pending *p, const char *name)
{
    for (size_t k = 0; k < p->n_kind; k++)
        if (p->kind[k] == name || strcmp(p->kind[k], name) == 0)
            return (int64_t)k;
    if (!grow(&p->kind, &p->room_kind, p->n_kind + 1, sizeof *p->kind))
        return -1;
    p->kind[p->n_kind] = name;
    return (int64_t)p->n_kind++;
}

static void put_record(slg_pending *p, const slg_trace_record *r, int64_t kind)
{
    int64_t *w = p->whole + p->n * N_INT;
    double *x = p->real + p->n * N_REAL;
    w[INT_ID] = (int64_t)r->id;
    w[INT_KIND] = kind;
    w[INT_SPAN] = (int64_t)p->n_span;
    w[INT_ITERATION] = r->iteration;
    w[INT_PARTICLE] = r->particle;
    w[INT_CHUNK] = r->chunk;
    w[INT_WORKER] = r->worker;
    w[INT_STATUS] = r->status;
    x[REAL_SUBMITTED] = r->submitted;
    x[REAL_READY] = r->ready;
    x[REAL_START] = r->start;
    x[REAL_END] = r->end;
    x[REAL_DATA_WAIT] = r->data_wait;
    x[REAL_FLOPS] = r->flops;
    x[REAL_BYTES] = r->bytes;
    p->n++;
}

static bool add_records(slg_pending *p, const slg_trace_take *take)
{
    const size_t base = p->n;
    if (!make_room(p, take->n, take->dep_first[take->n]))
        return false;
    for (size_t i = 0; i < take->n; i++) {
        int64_t kind = kind_index(p, take->record[i].kind);
        if (kind < 0) {
            p->n = base;
            return false;
        }
        put_record(p, &take->record[i], kind);
    }
    for (size_t i = 0; i < take->n; i++) {
        p->dep_first[base + i] = (int64_t)p->n_dep;
        for (size_t k = take->dep_first[i]; k < take->dep_first[i + 1]; k++)
            p->dep[p->n_dep++] = (int64_t)(base + take->dep[k]);
    }
    p->dep_first[p->n] = (int64_t)p->n_dep;
    return true;
}

/* Forgets the first n iterations. */
static void drop_first(slg_pending *p, size_t n)
{
    const size_t record = (size_t)p->span[N_SPAN * n + SPAN_FIRST], dep = p->n > 0 ? (size_t)p->dep_first[record] : 0;
    p->n -= record;
    p->n_dep -= dep;
    p->n_span -= n;
    memmove(p->whole, p->whole + record * N_INT, p->n * N_INT * sizeof *p->whole);
    memmove(p->real, p->real + record * N_REAL, p->n * N_REAL * sizeof *p->real);
    memmove(p->dep_first, p->dep_first + record, (p->n + 1) * sizeof *p->dep_first);
    memmove(p->dep, p->dep + dep, p->n_dep * sizeof *p->dep);
    memmove(p->span, p->span + N_SPAN * n, p->n_span * N_SPAN * sizeof *p->span);
    for (size_t i = 0; i < p->n; i++)
        p->whole[i * N_INT + INT_SPAN] -= (int64_t)n;
    for (size_t i = 0; i < p->n + 1; i++)
        p->dep_first[i] -= (int64_t)dep;
    for (size_t i = 0; i < p->n_dep; i++)
        p->dep[i] -= (int64_t)record;
    for (size_t i = 0; i < p->n_span; i++) {
        p->span[N_SPAN * i + SPAN_FIRST] -= (double)record;
        p->span[N_SPAN * i + SPAN_LAST] -= (double)record;
    }
}

static void empty(slg_pending *p)
{
    p->n = p->n_span = p->n_dep = p->n_memory = p->n_kind = 0;
}

/* --- iterations ----------------------------------------------------------------------------------------------- */

static slg_status broken(slg_tracer *t, slg_status st)
{
    t->broken = t->broken || st != SLG_OK;
    return st;
}

slg_status slg_tracer_begin(slg_tracer *t, int32_t stage, int32_t iteration, slg_error *err)
{
    if (!t)
        return SLG_OK;
    slg_status st = SLG_OK;
    if (t->p.n_span > 0 && (t->stage != stage || t->iteration < 0)) /* a file holds one stage, its base apart */
        st = slg_tracer_flush(t, err);
    t->stage = stage;
    t->iteration = iteration;
    t->open = true;
    t->part = 0;
    t->begin = slg_rt_clock(t->rt);
    slg_tracer_memory(t);
    return st;
}

void slg_tracer_memory(slg_tracer *t)
{
    if (!t || t->broken || !grow(&t->p.memory, &t->p.room_memory, t->p.n_memory + 1, 2 * sizeof(double)))
        return;
    double *m = t->p.memory + 2 * t->p.n_memory++;
    m[0] = slg_rt_clock(t->rt);
    m[1] = slg_resident_bytes();
}

static bool wanted(const slg_tracer *t)
{
    return t->keep.mode != SLG_KEEP_SAMPLE || t->iteration < 0 || t->iteration % t->keep.n == 0;
}

static void close_span(slg_tracer *t, size_t first, bool complete, double predicted_bytes)
{
    double *s = t->p.span + N_SPAN * t->p.n_span++;
    s[SPAN_ITERATION] = (double)t->iteration;
    s[SPAN_FIRST] = (double)first;
    s[SPAN_LAST] = (double)t->p.n;
    s[SPAN_COMPLETE] = (double)complete;
    s[SPAN_BEGIN] = t->begin;
    s[SPAN_END] = slg_rt_clock(t->rt);
    s[SPAN_PEAK] = slg_peak_bytes();
    s[SPAN_PREDICTED] = predicted_bytes;
}

/* A number that no earlier run used. */
static slg_status choose_part(slg_tracer *t, slg_trace_name *name, slg_error *err)
{
    char path[SLG_PATH];
    slg_status st = SLG_OK;
    for (int32_t part = t->part > 0 ? t->part : 1; st == SLG_OK; part++) {
        slg_trace_name_make(name, t->stage, t->iteration, t->iteration, part);
        st = slg_trace_path(path, t->dir, name->name, err);
        if (st != SLG_OK || t->part == part || !slg_file_exists(path))
            break;
    }
    t->part = name->part;
    return st;
}

/* All that is known of the open iteration, alone in a file, which later calls replace. */
static slg_status write_part(slg_tracer *t, const slg_trace_take *take, double predicted_bytes, slg_error *err)
{
    slg_trace_name name;
    slg_status st = slg_tracer_flush(t, err);
    if (st == SLG_OK && !add_records(&t->p, take))
        st = slg_fail_nomem(err, "trace");
    if (st == SLG_OK) {
        close_span(t, 0, false, predicted_bytes);
        st = choose_part(t, &name, err);
    }
    if (st == SLG_OK)
        st = slg_trace_write(t, &name, err);
    size_t n_memory = t->p.n_memory; /* the whole iteration's file shall have them too */
    empty(&t->p);
    t->p.n_memory = n_memory;
    return st;
}

static slg_status end(slg_tracer *t, const slg_trace_take *take, bool complete, double predicted_bytes, slg_error *err)
{
    const size_t first = t->p.n;
    if (!wanted(t) || (take->n == 0 && !complete))
        return SLG_OK;
    if (!complete && t->iteration >= 0)
        return write_part(t, take, predicted_bytes, err);
    if (!add_records(&t->p, take))
        return slg_fail_nomem(err, "trace");
    close_span(t, first, complete, predicted_bytes);
    if (t->part > 0) /* an earlier save wrote it in part */
        slg_trace_name_make(&t->replaced, t->stage, t->iteration, t->iteration, t->part);
    return SLG_OK;
}

slg_status slg_tracer_end(slg_tracer *t, bool complete, double predicted_bytes, slg_error *err)
{
    if (!t)
        return SLG_OK;
    slg_trace_take take;
    slg_tracer_memory(t);
    t->open = false;
    slg_status st = slg_rt_trace_take_graph(t->rt, &take, t->broken ? NULL : err);
    if (st == SLG_OK && !t->broken)
        st = end(t, &take, complete, predicted_bytes, err);
    if (t->p.n_span == 0)
        t->p.n_memory = 0; /* nothing it could go with */
    slg_trace_take_free(&take);
    return t->broken ? SLG_OK : broken(t, st);
}

slg_status slg_tracer_flush(slg_tracer *t, slg_error *err)
{
    if (!t || t->broken || t->p.n_span == 0)
        return SLG_OK;
    slg_trace_name name;
    if (t->keep.mode == SLG_KEEP_LAST && t->p.n_span > (size_t)t->keep.n)
        drop_first(&t->p, t->p.n_span - (size_t)t->keep.n);
    const double *last = t->p.span + N_SPAN * (t->p.n_span - 1);
    slg_trace_name_make(&name, t->stage, (int32_t)t->p.span[SPAN_ITERATION], (int32_t)last[SPAN_ITERATION], 0);
    slg_status st = slg_trace_write(t, &name, err);
    if (st == SLG_OK)
        st = slg_trace_remove_replaced(t->dir, &name, err);
    if (st == SLG_OK && t->keep.mode == SLG_KEEP_LAST)
        st = slg_trace_keep_last(t->dir, t->keep.n, err);
    empty(&t->p);
    return broken(t, st);
}

slg_status slg_tracer_save(slg_tracer *t, slg_error *err)
{
    if (!t || t->broken || !t->open || t->iteration < 0 || !wanted(t))
        return slg_tracer_flush(t, err);
    slg_trace_take take;
    slg_status st = slg_rt_trace_peek_graph(t->rt, &take, err);
    if (st == SLG_OK)
        st = write_part(t, &take, 0, err);
    slg_trace_take_free(&take);
    return broken(t, st);
}

slg_status slg_tracer_saved(slg_tracer *t, slg_error *err)
{
    if (!t || t->broken || t->replaced.part == 0)
        return SLG_OK;
    slg_status st = slg_trace_remove(t->dir, t->replaced.name, err);
    t->replaced.part = 0;
    return broken(t, st);
}

void slg_tracer_free(slg_tracer **t_)
{
    slg_tracer *t = *t_;
    *t_ = NULL;
    if (!t)
        return;
    slg_free(t->p.whole);
    slg_free(t->p.real);
    slg_free(t->p.span);
    slg_free(t->p.dep);
    slg_free(t->p.dep_first);
    slg_free(t->p.memory);
    slg_free(t->p.kind);
    slg_free(t->dir);
    slg_free(t);
}
