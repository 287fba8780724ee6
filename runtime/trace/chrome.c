/* Chrome trace format, "JSON object" form; times in microseconds. Process 1, one thread a worker. */
#include "runtime/trace/clock.h"
#include "runtime/trace/events.h"

#include "runtime/base/alloc.h"
#include <jansson.h>

enum { PID = 1, LANE_ITERATIONS = 0, LANE_WORKER = 1 };

typedef struct chrome {
    FILE *out;
    slg_trace_clock clock;
    bool some;
    size_t n_named; /* lanes named so far */
    unsigned long n_flow;
} chrome;

/* Writes and gives up one event; NULL when it could not be made. */
static slg_status put(chrome *c, json_t *event, slg_error *err)
{
    fputs(c->some ? ",\n" : "", c->out);
    c->some = true;
    int rc = event ? json_dumpf(event, c->out, JSON_COMPACT | JSON_REAL_PRECISION(15)) : -1;
    json_decref(event);
    return rc == 0 || ferror(c->out) ? SLG_OK : slg_fail_nomem(err, "trace");
}

static slg_status name_lane(chrome *c, int tid, const char *name, slg_error *err)
{
    slg_status st = put(c,
                        json_pack("{s:s, s:s, s:i, s:i, s:{s:s}}", "name", "thread_name", "ph", "M", "pid", PID, "tid",
                                  tid, "args", "name", name),
                        err);
    return st != SLG_OK ? st
                        : put(c,
                              json_pack("{s:s, s:s, s:i, s:i, s:{s:i}}", "name", "thread_sort_index", "ph", "M", "pid",
                                        PID, "tid", tid, "args", "sort_index", tid),
                              err);
}

static slg_status name_lanes(chrome *c, const slg_trace_file *f, slg_error *err)
{
    slg_status st = SLG_OK;
    if (!c->some) {
        st = put(c,
                 json_pack("{s:s, s:s, s:i, s:{s:s}}", "name", "process_name", "ph", "M", "pid", PID, "args", "name",
                           "starling"),
                 err);
        if (st == SLG_OK)
            st = name_lane(c, LANE_ITERATIONS, "iterations", err);
    }
    for (; st == SLG_OK && c->n_named < f->n_worker; c->n_named++)
        st = name_lane(c, LANE_WORKER + (int)c->n_named, f->worker[c->n_named].name, err);
    return st;
}

static slg_status put_task(chrome *c, const slg_trace_file *f, size_t i, double shift, slg_error *err)
{
    const slg_trace_record *r = &f->record[i];
    json_t *args = json_pack("{s:i, s:i, s:i, s:I, s:f, s:f, s:f, s:f, s:f, s:s}", "iteration", (int)r->iteration,
                             "particle", (int)r->particle, "chunk", (int)r->chunk, "task", (json_int_t)r->id,
                             "submitted", r->submitted + shift, "ready", r->ready + shift, "data_wait", r->data_wait,
                             "flops", r->flops, "bytes", r->bytes, "status", slg_status_name((slg_status)r->status));
    return put(c,
               json_pack("{s:s, s:s, s:s, s:i, s:i, s:f, s:f, s:o}", "name", r->kind, "cat", "task", "ph", "X", "pid",
                         PID, "tid", LANE_WORKER + (int)r->worker, "ts", r->start + shift, "dur", r->end - r->start,
                         "args", args),
               err);
}

/* An arrow leaves inside the earlier task and arrives at the start of the later one. */
static slg_status put_flows(chrome *c, const slg_trace_file *f, size_t i, double shift, slg_error *err)
{
    slg_status st = SLG_OK;
    const slg_trace_record *to = &f->record[i];
    for (size_t d = f->dep_first[i]; st == SLG_OK && d < f->dep_first[i + 1]; d++) {
        const slg_trace_record *from = &f->record[f->dep[d]];
        json_int_t id = (json_int_t)++c->n_flow;
        st = put(c,
                 json_pack("{s:s, s:s, s:s, s:I, s:i, s:i, s:f}", "name", "dependency", "cat", "dependency", "ph", "s",
                           "id", id, "pid", PID, "tid", LANE_WORKER + (int)from->worker, "ts",
                           0.5 * (from->start + from->end) + shift),
                 err);
        if (st == SLG_OK)
            st = put(c,
                     json_pack("{s:s, s:s, s:s, s:s, s:I, s:i, s:i, s:f}", "name", "dependency", "cat", "dependency",
                               "ph", "f", "bp", "e", "id", id, "pid", PID, "tid", LANE_WORKER + (int)to->worker, "ts",
                               to->start + shift),
                     err);
    }
    return st;
}

static slg_status put_counters(chrome *c, const slg_trace_file *f, const slg_trace_span *s, double shift,
                               slg_error *err)
{
    slg_trace_event *event;
    size_t n;
    int in_flight = 0;
    slg_status st = slg_trace_events(f, s, &event, &n, err);
    for (size_t i = 0; st == SLG_OK && i < n; i++) {
        if (event[i].what != SLG_TASK_SUBMITTED && event[i].what != SLG_TASK_END)
            continue;
        in_flight += event[i].what == SLG_TASK_SUBMITTED ? 1 : -1;
        st = put(c,
                 json_pack("{s:s, s:s, s:i, s:f, s:{s:i}}", "name", "tasks in flight", "ph", "C", "pid", PID, "ts",
                           event[i].time + shift, "args", "tasks", in_flight),
                 err);
    }
    slg_free(event);
    for (size_t i = 0; st == SLG_OK && i < f->n_memory; i++)
        if (f->memory[2 * i] >= s->begin && f->memory[2 * i] <= s->end)
            st = put(c,
                     json_pack("{s:s, s:s, s:i, s:f, s:{s:f}}", "name", "memory", "ph", "C", "pid", PID, "ts",
                               f->memory[2 * i] + shift, "args", "MB", 1e-6 * f->memory[2 * i + 1]),
                     err);
    return st;
}

static slg_status visit(void *arg, const slg_trace_file *f, const slg_trace_span *s, slg_error *err)
{
    chrome *c = arg;
    char title[64];
    double shift = slg_trace_shift(&c->clock, f, s);
    snprintf(title, sizeof title, s->iteration < 0 ? "stage %d base" : "stage %d iteration %d", s->stage, s->iteration);
    slg_status st = name_lanes(c, f, err);
    if (st == SLG_OK)
        st = put(c,
                 json_pack("{s:s, s:s, s:s, s:i, s:i, s:f, s:f}", "name", title, "cat", "iteration", "ph", "X", "pid",
                           PID, "tid", LANE_ITERATIONS, "ts", s->begin + shift, "dur", s->end - s->begin),
                 err);
    for (size_t i = s->first; st == SLG_OK && i < s->last; i++) {
        st = put_task(c, f, i, shift, err);
        if (st == SLG_OK)
            st = put_flows(c, f, i, shift, err);
    }
    return st == SLG_OK ? put_counters(c, f, s, shift, err) : st;
}

slg_status slg_trace_chrome(const char *dir, slg_trace_range range, FILE *out, slg_error *err)
{
    chrome c = {.out = out};
    fputs("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n", out);
    slg_status st = slg_trace_each(dir, range, visit, &c, err);
    fputs("\n]}\n", out);
    return st;
}
