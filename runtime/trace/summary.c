#include "runtime/trace/summary.h"
#include "runtime/trace/events.h"

#include "runtime/base/alloc.h"
#include <stdlib.h>
#include <string.h>

/* What is carried from iteration to iteration. */
typedef struct summing {
    slg_trace_summary *s;
    double previous_origin, previous_end;
} summing;

/* --- tables --------------------------------------------------------------------------------------------------- */

static slg_kind_figures *kind_entry(slg_trace_summary *s, const char *name)
{
    for (size_t k = 0; k < s->n_kind; k++)
        if (strcmp(s->kind[k].name, name) == 0)
            return &s->kind[k];
    slg_kind_figures *more = slg_realloc(s->kind, s->n_kind + 1, sizeof *more);
    if (!more)
        return NULL;
    s->kind = more;
    slg_kind_figures *k = &more[s->n_kind++];
    *k = (slg_kind_figures){0};
    snprintf(k->name, sizeof k->name, "%s", name);
    return k;
}

static bool have_workers(slg_trace_summary *s, const slg_trace_file *f)
{
    if (s->n_worker >= f->n_worker)
        return true;
    slg_worker_figures *more = slg_realloc(s->worker, f->n_worker, sizeof *more);
    if (!more)
        return false;
    s->worker = more;
    for (; s->n_worker < f->n_worker; s->n_worker++) {
        more[s->n_worker] = (slg_worker_figures){0};
        snprintf(more[s->n_worker].name, sizeof more->name, "%s", f->worker[s->n_worker].name);
    }
    return true;
}

/* --- idle time ------------------------------------------------------------------------------------------------ */

/* Time so far in which an idle worker would have been: in the way of the engine, blocked, without tasks. */
typedef struct idle_clock {
    double overhead, blocked, unfed;
} idle_clock;

typedef struct lane_state {
    idle_clock since; /* when the worker became idle */
    double idle_from;
} lane_state;

static void settle(slg_worker_figures *w, const lane_state *lane, const idle_clock *now, double data_wait)
{
    double overhead = now->overhead - lane->since.overhead;
    double wait = data_wait < overhead ? data_wait : overhead; /* data come after a task was ready */
    w->data_wait += wait > 0 ? wait : 0;
    w->overhead += overhead - (wait > 0 ? wait : 0);
    w->blocked += now->blocked - lane->since.blocked;
    w->unfed += now->unfed - lane->since.unfed;
}

static void sweep(slg_trace_summary *sum, const slg_trace_file *f, const slg_trace_span *s, const slg_trace_event *e,
                  size_t n, lane_state *lane)
{
    idle_clock clock = {0};
    long ready = 0, waiting = 0;
    double at = s->begin;
    for (size_t i = 0; i <= n; i++) {
        double t = i < n ? e[i].time : s->end, dt = t > at ? t - at : 0;
        *(ready > 0 ? &clock.overhead : waiting > 0 ? &clock.blocked : &clock.unfed) += dt;
        at = t > at ? t : at;
        if (i == n)
            break;
        const slg_trace_record *r = &f->record[e[i].record];
        slg_worker_figures *w = &sum->worker[r->worker];
        switch (e[i].what) {
        case SLG_TASK_SUBMITTED:
            waiting++; /* submitted and not ended */
            break;
        case SLG_TASK_READY: ready++; break;
        case SLG_TASK_START:
            ready--;
            settle(w, &lane[r->worker], &clock, r->data_wait);
            break;
        case SLG_TASK_END:
            waiting--;
            w->busy += r->end - r->start;
            w->n++;
            lane[r->worker] = (lane_state){clock, at};
            break;
        }
    }
    for (size_t w = 0; w < f->n_worker; w++) {
        settle(&sum->worker[w], &lane[w], &clock, 0);
        sum->worker[w].tail += s->end > lane[w].idle_from ? s->end - lane[w].idle_from : 0;
    }
}

static slg_status add_workers(slg_trace_summary *sum, const slg_trace_file *f, const slg_trace_span *s, slg_error *err)
{
    slg_trace_event *event = NULL;
    size_t n = 0;
    lane_state *lane = slg_calloc(f->n_worker, sizeof *lane);
    slg_status st =
        lane && have_workers(sum, f) ? slg_trace_events(f, s, &event, &n, err) : slg_fail_nomem(err, "summary");
    if (st == SLG_OK) {
        for (size_t w = 0; w < f->n_worker; w++)
            lane[w].idle_from = s->begin;
        sweep(sum, f, s, event, n, lane);
    }
    slg_free(lane);
    slg_free(event);
    return st;
}

/* --- one iteration -------------------------------------------------------------------------------------------- */

static int ascending(const void *pa, const void *pb)
{
    const int32_t a = *(const int32_t *)pa, b = *(const int32_t *)pb;
    return a < b ? -1 : a > b;
}

static slg_status add_tasks(slg_trace_summary *sum, const slg_trace_file *f, const slg_trace_span *s, slg_error *err)
{
    size_t n = 0, distinct = 0;
    int32_t *particle = slg_calloc(s->last - s->first, sizeof *particle);
    if (!particle)
        return slg_fail_nomem(err, "summary");
    for (size_t i = s->first; i < s->last; i++) {
        const slg_trace_record *r = &f->record[i];
        slg_kind_figures *k = kind_entry(sum, r->kind);
        if (!k) {
            slg_free(particle);
            return slg_fail_nomem(err, "summary");
        }
        k->n++;
        k->time += r->end - r->start;
        k->longest = r->end - r->start > k->longest ? r->end - r->start : k->longest;
        k->flops += r->flops;
        k->failed += r->status != SLG_OK;
        if (r->particle >= 0)
            particle[n++] = r->particle;
    }
    if (n > 0)
        qsort(particle, n, sizeof *particle, ascending);
    for (size_t i = 0; i < n; i++)
        distinct += i == 0 || particle[i] != particle[i - 1];
    sum->n_particle = distinct > sum->n_particle ? distinct : sum->n_particle;
    sum->n_task += s->last - s->first;
    slg_free(particle);
    return SLG_OK;
}

static slg_status take_slowest(slg_trace_summary *sum, const slg_trace_file *f, const slg_trace_span *s, slg_error *err)
{
    size_t *path;
    slg_status st = slg_trace_critical_path(f, s, &path, &sum->slow_path_tasks, &sum->slow_path, err);
    if (st != SLG_OK)
        return st;
    sum->slow_stage = s->stage;
    sum->slow_iteration = s->iteration;
    sum->slow_wall = s->end - s->begin;
    for (size_t k = 0; k < sum->n_kind; k++)
        sum->kind[k].critical = 0;
    for (size_t i = 0; i < sum->slow_path_tasks; i++) {
        const slg_trace_record *r = &f->record[path[i]];
        slg_kind_figures *k = kind_entry(sum, r->kind); /* there already */
        if (k)
            k->critical += r->end - r->start;
    }
    slg_free(path);
    return SLG_OK;
}

static void add_span(summing *a, const slg_trace_file *f, const slg_trace_span *s)
{
    slg_trace_summary *sum = a->s;
    if (sum->stage[0] == 0) {
        sum->stage[0] = s->stage;
        sum->iteration[0] = s->iteration;
    } else if (f->origin == a->previous_origin && s->begin > a->previous_end) {
        sum->between += s->begin - a->previous_end;
    }
    sum->stage[1] = s->stage;
    sum->iteration[1] = s->iteration;
    a->previous_origin = f->origin;
    a->previous_end = s->end;
    sum->n_iteration += s->complete && s->iteration >= 0;
    sum->n_part += !s->complete;
    sum->wall += s->end - s->begin;
    sum->peak_bytes = s->peak_bytes > sum->peak_bytes ? s->peak_bytes : sum->peak_bytes;
    sum->predicted_bytes = s->predicted_bytes > sum->predicted_bytes ? s->predicted_bytes : sum->predicted_bytes;
    sum->dgemm = f->dgemm > sum->dgemm ? f->dgemm : sum->dgemm;
    snprintf(sum->version, sizeof sum->version, "%s", f->version);
    snprintf(sum->scheduler, sizeof sum->scheduler, "%s", f->scheduler);
}

/* What precedes a stage's iterations counts only where there is nothing else. */
static bool slower(const slg_trace_summary *sum, const slg_trace_span *s)
{
    if ((s->iteration < 0) != (sum->slow_iteration < 0) && sum->slow_wall > 0)
        return s->iteration >= 0;
    return s->end - s->begin > sum->slow_wall;
}

static slg_status visit(void *arg, const slg_trace_file *f, const slg_trace_span *s, slg_error *err)
{
    summing *a = arg;
    add_span(a, f, s);
    slg_status st = add_tasks(a->s, f, s, err);
    if (st == SLG_OK)
        st = add_workers(a->s, f, s, err);
    if (st == SLG_OK && slower(a->s, s))
        st = take_slowest(a->s, f, s, err);
    return st;
}

static int most_time_first(const void *pa, const void *pb)
{
    const slg_kind_figures *a = pa, *b = pb;
    if (a->time != b->time)
        return a->time > b->time ? -1 : 1;
    return strcmp(a->name, b->name);
}

static void conclude(slg_trace_summary *s)
{
    if (s->n_kind > 0)
        qsort(s->kind, s->n_kind, sizeof *s->kind, most_time_first);
    for (size_t w = 0; w < s->n_worker; w++) {
        const slg_worker_figures *x = &s->worker[w];
        s->busy += x->busy;
        s->data_wait += x->data_wait;
        s->overhead += x->overhead;
        s->blocked += x->blocked;
        s->unfed += x->unfed;
        s->tail += x->tail;
    }
    double room = (double)s->n_worker * s->wall;
    s->efficiency = room > 0 ? s->busy / room : 0;
    for (size_t k = 0; k < s->n_kind; k++)
        if (s->kind[k].critical > s->kind[s->slow_kind].critical)
            s->slow_kind = k;
    slg_trace_advise(s);
}

slg_status slg_trace_summarise(const char *dir, slg_trace_range range, slg_trace_summary *out, slg_error *err)
{
    *out = (slg_trace_summary){0};
    summing a = {.s = out};
    slg_status st = slg_trace_each(dir, range, visit, &a, err);
    if (st == SLG_OK)
        conclude(out);
    else
        slg_trace_summary_free(out);
    return st;
}

void slg_trace_summary_free(slg_trace_summary *s)
{
    slg_free(s->kind);
    slg_free(s->worker);
    s->kind = NULL;
    s->worker = NULL;
    s->n_kind = s->n_worker = 0;
}
