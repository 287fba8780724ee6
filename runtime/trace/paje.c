/* Paje trace format: http://paje.sourceforge.net/download/publication/lang-paje.pdf. Times in seconds, ascending. */
#include "runtime/trace/clock.h"
#include "runtime/trace/events.h"

#include "runtime/base/alloc.h"
#include <string.h>

/* Numbers of the event definitions in the header. */
enum {
    DEF_CONTAINER,
    DEF_STATE,
    DEF_VARIABLE,
    DEF_LINK,
    DEF_VALUE,
    CREATE,
    DESTROY,
    SET_STATE,
    SET_VARIABLE,
    START_LINK,
    END_LINK
};

static const char header[] =
    "%EventDef PajeDefineContainerType 0\n% Alias string\n% Type string\n% Name string\n%EndEventDef\n"
    "%EventDef PajeDefineStateType 1\n% Alias string\n% Type string\n% Name string\n%EndEventDef\n"
    "%EventDef PajeDefineVariableType 2\n% Alias string\n% Type string\n% Name string\n% Color color\n%EndEventDef\n"
    "%EventDef PajeDefineLinkType 3\n% Alias string\n% Type string\n% StartContainerType string\n"
    "% EndContainerType string\n% Name string\n%EndEventDef\n"
    "%EventDef PajeDefineEntityValue 4\n% Alias string\n% Type string\n% Name string\n% Color color\n%EndEventDef\n"
    "%EventDef PajeCreateContainer 5\n% Time date\n% Alias string\n% Type string\n% Container string\n% Name string\n"
    "%EndEventDef\n"
    "%EventDef PajeDestroyContainer 6\n% Time date\n% Type string\n% Name string\n%EndEventDef\n"
    "%EventDef PajeSetState 7\n% Time date\n% Type string\n% Container string\n% Value string\n%EndEventDef\n"
    "%EventDef PajeSetVariable 8\n% Time date\n% Type string\n% Container string\n% Value double\n%EndEventDef\n"
    "%EventDef PajeStartLink 9\n% Time date\n% Type string\n% Container string\n% Value string\n"
    "% StartContainer string\n% Key string\n%EndEventDef\n"
    "%EventDef PajeEndLink 10\n% Time date\n% Type string\n% Container string\n% Value string\n"
    "% EndContainer string\n% Key string\n%EndEventDef\n";

enum { MAX_KIND = 64 };

typedef struct paje {
    FILE *out;
    slg_trace_clock clock;
    size_t n_worker;
    size_t n_kind;
    char kind[MAX_KIND][SLG_TRACE_NAME];
    double last; /* seconds of the last event */
} paje;

static void put_types(FILE *out)
{
    fprintf(out, "%d R 0 \"Run\"\n", DEF_CONTAINER);
    fprintf(out, "%d W R \"Worker\"\n", DEF_CONTAINER);
    fprintf(out, "%d S W \"Task\"\n", DEF_STATE);
    fprintf(out, "%d F R \"Tasks in flight\" \"0.2 0.4 0.8\"\n", DEF_VARIABLE);
    fprintf(out, "%d M R \"Memory (MB)\" \"0.8 0.4 0.2\"\n", DEF_VARIABLE);
    fprintf(out, "%d L R W W \"Dependency\"\n", DEF_LINK);
    fprintf(out, "%d I S \"idle\" \"0.9 0.9 0.9\"\n", DEF_VALUE);
    fprintf(out, "%d 0.0 run R 0 \"starling\"\n", CREATE);
}

static void put_workers(paje *p, const slg_trace_file *f)
{
    for (; p->n_worker < f->n_worker; p->n_worker++) {
        fprintf(p->out, "%d %.9f w%zu W run \"%s\"\n", CREATE, p->last, p->n_worker, f->worker[p->n_worker].name);
        fprintf(p->out, "%d %.9f S w%zu I\n", SET_STATE, p->last, p->n_worker);
    }
}

/* Number of a kind; new ones are defined. Beyond the table all share the last entry. */
static size_t kind_number(paje *p, const char *name)
{
    size_t k = 0;
    while (k < p->n_kind && strcmp(p->kind[k], name) != 0)
        k++;
    if (k < p->n_kind || k == MAX_KIND)
        return k < p->n_kind ? k : MAX_KIND - 1;
    double hue = 0.618033988749895 * (double)k; /* far apart for neighbours */
    hue -= (double)(long)hue;
    double red = hue < 0.5 ? 1 - 2 * hue : 2 * hue - 1, green = hue < 0.5 ? 2 * hue : 2 - 2 * hue;
    fprintf(p->out, "%d k%zu S \"%s\" \"%.2f %.2f %.2f\"\n", DEF_VALUE, k, name, 0.15 + 0.8 * red, 0.15 + 0.7 * green,
            0.25 + 0.6 * (1 - red));
    snprintf(p->kind[k], sizeof p->kind[k], "%s", name);
    return p->n_kind++;
}

static void define_kinds(paje *p, const slg_trace_file *f, const slg_trace_span *s)
{
    for (size_t i = s->first; i < s->last; i++)
        (void)kind_number(p, f->record[i].kind);
}

/* Links are keyed by the two tasks; they leave at the end of the earlier task. */
static void put_links(paje *p, const slg_trace_file *f, const slg_trace_span *s, const size_t *reader_first,
                      const size_t *reader, const slg_trace_event *e, double at)
{
    const size_t i = e->record;
    const slg_trace_record *r = &f->record[i];
    if (e->what == SLG_TASK_END)
        for (size_t d = reader_first[i - s->first]; d < reader_first[i - s->first + 1]; d++)
            fprintf(p->out, "%d %.9f L run needs w%d %llu-%llu\n", START_LINK, at, r->worker, (unsigned long long)r->id,
                    (unsigned long long)f->record[reader[d]].id);
    if (e->what == SLG_TASK_START)
        for (size_t d = f->dep_first[i]; d < f->dep_first[i + 1]; d++)
            fprintf(p->out, "%d %.9f L run needs w%d %llu-%llu\n", END_LINK, at, r->worker,
                    (unsigned long long)f->record[f->dep[d]].id, (unsigned long long)r->id);
}

/* The dependencies of a span seen from the earlier task. */
static slg_status turn_round(const slg_trace_file *f, const slg_trace_span *s, size_t **first, size_t **reader,
                             slg_error *err)
{
    const size_t n = s->last - s->first, n_dep = f->dep_first[s->last] - f->dep_first[s->first];
    *first = slg_calloc(n + 2, sizeof **first);
    *reader = slg_calloc(n_dep, sizeof **reader);
    if (!*first || !*reader)
        return slg_fail_nomem(err, "trace");
    for (size_t d = f->dep_first[s->first]; d < f->dep_first[s->last]; d++)
        (*first)[f->dep[d] - s->first + 2]++;
    for (size_t i = 2; i < n + 2; i++)
        (*first)[i] += (*first)[i - 1];
    for (size_t i = s->first; i < s->last; i++)
        for (size_t d = f->dep_first[i]; d < f->dep_first[i + 1]; d++)
            (*reader)[(*first)[f->dep[d] - s->first + 1]++] = i;
    return SLG_OK;
}

static void put_memory(paje *p, const slg_trace_file *f, size_t *next, double until, double shift)
{
    for (; *next < f->n_memory && f->memory[2 * *next] <= until; ++*next)
        if (1e-6 * (f->memory[2 * *next] + shift) >= p->last) {
            p->last = 1e-6 * (f->memory[2 * *next] + shift);
            fprintf(p->out, "%d %.9f M run %.3f\n", SET_VARIABLE, p->last, 1e-6 * f->memory[2 * *next + 1]);
        }
}

static slg_status visit(void *arg, const slg_trace_file *f, const slg_trace_span *s, slg_error *err)
{
    paje *p = arg;
    double shift = slg_trace_shift(&p->clock, f, s);
    slg_trace_event *event = NULL;
    size_t n = 0, memory = 0, *first = NULL, *reader = NULL;
    int in_flight = 0;
    put_workers(p, f);
    define_kinds(p, f, s);
    slg_status st = slg_trace_events(f, s, &event, &n, err);
    if (st == SLG_OK)
        st = turn_round(f, s, &first, &reader, err);
    for (size_t i = 0; st == SLG_OK && i < n; i++) {
        const slg_trace_event *e = &event[i];
        const slg_trace_record *r = &f->record[e->record];
        put_memory(p, f, &memory, e->time, shift);
        double at = 1e-6 * (e->time + shift);
        p->last = at > p->last ? at : p->last;
        if (e->what == SLG_TASK_START)
            fprintf(p->out, "%d %.9f S w%d k%zu\n", SET_STATE, p->last, r->worker, kind_number(p, r->kind));
        if (e->what == SLG_TASK_END)
            fprintf(p->out, "%d %.9f S w%d I\n", SET_STATE, p->last, r->worker);
        put_links(p, f, s, first, reader, e, p->last);
        if (e->what == SLG_TASK_SUBMITTED || e->what == SLG_TASK_END) {
            in_flight += e->what == SLG_TASK_SUBMITTED ? 1 : -1;
            fprintf(p->out, "%d %.9f F run %d\n", SET_VARIABLE, p->last, in_flight);
        }
    }
    if (st == SLG_OK)
        put_memory(p, f, &memory, s->end, shift);
    slg_free(event);
    slg_free(first);
    slg_free(reader);
    return st;
}

slg_status slg_trace_paje(const char *dir, slg_trace_range range, FILE *out, slg_error *err)
{
    paje *p = slg_calloc(1, sizeof *p);
    if (!p)
        return slg_fail_nomem(err, "trace");
    p->out = out;
    fputs(header, out);
    put_types(out);
    slg_status st = slg_trace_each(dir, range, visit, p, err);
    for (size_t i = 0; i < p->n_worker; i++)
        fprintf(out, "%d %.9f W w%zu\n", DESTROY, p->last, i);
    fprintf(out, "%d %.9f R run\n", DESTROY, p->last);
    slg_free(p);
    return st;
}
