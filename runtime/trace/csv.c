#include "runtime/trace/clock.h"

typedef struct csv {
    FILE *out;
    slg_trace_clock clock;
} csv;

static void put_record(FILE *out, const slg_trace_file *f, const slg_trace_span *s, size_t i, double shift)
{
    const slg_trace_record *r = &f->record[i];
    fprintf(out, "%d,%d,%d,%d,%llu,%s,%s,%s,%.7f,%.7f,%.7f,%.7f,%.7f,%.0f,%.0f,%s,", s->stage, s->iteration,
            r->particle, r->chunk, (unsigned long long)r->id, r->kind, f->worker[r->worker].name,
            f->worker[r->worker].device, 1e-6 * (r->submitted + shift), 1e-6 * (r->ready + shift),
            1e-6 * (r->start + shift), 1e-6 * (r->end + shift), 1e-6 * r->data_wait, r->flops, r->bytes,
            slg_status_name((slg_status)r->status));
    for (size_t d = f->dep_first[i]; d < f->dep_first[i + 1]; d++)
        fprintf(out, "%s%llu", d > f->dep_first[i] ? " " : "", (unsigned long long)f->record[f->dep[d]].id);
    fputc('\n', out);
}

static slg_status visit(void *arg, const slg_trace_file *f, const slg_trace_span *s, slg_error *err)
{
    (void)err;
    csv *c = arg;
    double shift = slg_trace_shift(&c->clock, f, s);
    for (size_t i = s->first; i < s->last; i++)
        put_record(c->out, f, s, i, shift);
    return SLG_OK;
}

slg_status slg_trace_csv(const char *dir, slg_trace_range range, FILE *out, slg_error *err)
{
    csv c = {.out = out};
    fputs("stage,iteration,particle,chunk,task,kind,worker,device,submitted_s,ready_s,start_s,end_s,data_wait_s,flops,"
          "bytes,status,waits_for\n",
          out);
    return slg_trace_each(dir, range, visit, &c, err);
}
