#include "runtime/trace/trace.h"

#include "runtime/base/alloc.h"

typedef struct drawing {
    FILE *out;
    int32_t stage, iteration; /* the last one */
    size_t n, seen;           /* its pieces: stopped parts and the rest; the last one is drawn */
} drawing;

static slg_status find_last(void *arg, const slg_trace_file *f, const slg_trace_span *s, slg_error *err)
{
    (void)f, (void)err;
    drawing *d = arg;
    bool same = d->stage == s->stage && d->iteration == s->iteration;
    d->n = same ? d->n + 1 : 1;
    d->stage = s->stage;
    d->iteration = s->iteration;
    return SLG_OK;
}

static void put_node(FILE *out, const slg_trace_file *f, size_t i, bool critical)
{
    const slg_trace_record *r = &f->record[i];
    double hue = 0.618033988749895 * (double)f->kind_of[i];
    fprintf(out, "  t%llu [label=\"%s", (unsigned long long)r->id, r->kind);
    if (r->particle >= 0)
        fprintf(out, "\\np%d", r->particle);
    if (r->chunk >= 0)
        fprintf(out, " c%d", r->chunk);
    fprintf(out, "\\n%.3f ms\", fillcolor=\"%.3f 0.35 0.95\"%s];\n", 1e-3 * (r->end - r->start),
            hue - (double)(long)hue, critical ? ", color=red, penwidth=3" : "");
}

static void put_edges(FILE *out, const slg_trace_file *f, size_t i, const bool *critical, size_t first)
{
    for (size_t d = f->dep_first[i]; d < f->dep_first[i + 1]; d++)
        fprintf(out, "  t%llu -> t%llu%s;\n", (unsigned long long)f->record[f->dep[d]].id,
                (unsigned long long)f->record[i].id,
                critical[i - first] && critical[f->dep[d] - first] ? " [color=red, penwidth=3]" : "");
}

static slg_status visit(void *arg, const slg_trace_file *f, const slg_trace_span *s, slg_error *err)
{
    drawing *pic = arg;
    FILE *out = pic->out;
    if (++pic->seen < pic->n)
        return SLG_OK;
    size_t *path, n;
    double length;
    slg_status st = slg_trace_critical_path(f, s, &path, &n, &length, err);
    bool *critical = slg_calloc(s->last - s->first, sizeof *critical);
    if (st == SLG_OK && !critical)
        st = slg_fail_nomem(err, "trace");
    if (st == SLG_OK) {
        for (size_t k = 0; k < n; k++)
            critical[path[k] - s->first] = true;
        fprintf(out, "  label=\"stage %d, iteration %d: %zu tasks, %.1f ms, critical path %.1f ms (red)\";\n", s->stage,
                s->iteration, s->last - s->first, 1e-3 * (s->end - s->begin), 1e-3 * length);
        for (size_t i = s->first; i < s->last; i++)
            put_node(out, f, i, critical[i - s->first]);
        for (size_t i = s->first; i < s->last; i++)
            put_edges(out, f, i, critical, s->first);
    }
    slg_free(path);
    slg_free(critical);
    return st;
}

slg_status slg_trace_dot(const char *dir, slg_trace_range range, FILE *out, slg_error *err)
{
    drawing pic = {.out = out};
    slg_status st = slg_trace_each(dir, range, find_last, &pic, err);
    if (st != SLG_OK)
        return st;
    fputs("digraph iteration {\n  node [shape=box, style=filled, fontname=\"sans-serif\"];\n", out);
    st = slg_trace_each(dir, (slg_trace_range){pic.stage, pic.iteration, pic.iteration}, visit, &pic, err);
    fputs("}\n", out);
    return st;
}
