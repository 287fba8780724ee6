#include "runtime/base/alloc.h"
#include "src/doctor/ward.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- findings ------------------------------------------------------------------------------------------------- */

void slg_findings_free(slg_findings *list)
{
    for (size_t i = 0; i < list->n; i++)
        slg_free(list->item[i].text);
    slg_free(list->item);
    *list = (slg_findings){0};
}

static void add(slg_ward *w, const char *code, const char *text)
{
    char *copy = slg_strndup(text, strlen(text));
    slg_finding *more = copy ? slg_realloc(w->out->item, w->out->n + 1, sizeof *more) : NULL;
    if (!more) {
        slg_free(copy);
        w->st = slg_fail_nomem(w->err, "findings about the data");
        return;
    }
    w->out->item = more;
    more[w->out->n++] = (slg_finding){code, copy};
}

void slg_note(slg_ward *w, const char *code, const char *fmt, ...)
{
    char text[2560];
    int n = w->st == SLG_OK ? snprintf(text, sizeof text, "%.300s: ", w->d->path) : 0;
    va_list ap;
    va_start(ap, fmt);
    if (w->st == SLG_OK)
        vsnprintf(text + n, sizeof text - (size_t)n, fmt, ap);
    va_end(ap);
    if (w->st == SLG_OK)
        add(w, code, text);
}

void slg_see(slg_seen *s, size_t f)
{
    if (s->n < sizeof s->first / sizeof s->first[0])
        s->first[s->n] = f;
    s->n++;
}

static void list_seen(const slg_dataset *d, const slg_seen *s, char *text, size_t size)
{
    const size_t shown = s->n < 3 ? s->n : 3;
    size_t n = (size_t)snprintf(text, size, " (structure%s", s->n == 1 ? "" : "s");
    for (size_t i = 0; i < shown && n < size; i++) {
        const size_t f = s->first[i];
        n += (size_t)snprintf(text + n, size - n, "%s %zu (", i ? "," : "", d->frame[f].number);
        if (n < size && d->file.n > 1)
            n += (size_t)snprintf(text + n, size - n, "%.200s, ", slg_frame_file(d, f));
        if (n < size)
            n += (size_t)snprintf(text + n, size - n, "line %zu)", d->frame[f].line);
    }
    if (n < size && s->n > shown)
        snprintf(text + n, size - n, " and %zu more)", s->n - shown);
    else if (n < size)
        snprintf(text + n, size - n, ")");
}

void slg_note_seen(slg_ward *w, const char *code, const slg_seen *s, const char *fmt, ...)
{
    char text[1024], where[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    list_seen(w->d, s, where, sizeof where);
    slg_note(w, code, "%s%s", text, where);
}

/* --- numbers -------------------------------------------------------------------------------------------------- */

double *slg_ward_numbers(slg_ward *w, size_t n)
{
    double *x = w->st == SLG_OK ? slg_calloc(n, sizeof *x) : NULL;
    if (!x && w->st == SLG_OK)
        w->st = slg_fail_nomem(w->err, "findings about the data");
    return x;
}

static int by_size(const void *pa, const void *pb)
{
    const double a = *(const double *)pa, b = *(const double *)pb;
    return (a > b) - (a < b);
}

void slg_sort(double *x, size_t n)
{
    qsort(x, n, sizeof *x, by_size);
}

double slg_median(double *x, size_t n)
{
    if (n == 0)
        return (double)NAN;
    slg_sort(x, n);
    return 0.5 * (x[(n - 1) / 2] + x[n / 2]);
}

enum { FEWEST = 8 }; /* quarters of fewer values say little */

void slg_apart(double *x, size_t n, double least, double times, double *low, double *high)
{
    *low = -(double)INFINITY;
    *high = (double)INFINITY;
    if (n < FEWEST)
        return;
    slg_sort(x, n);
    const double gap = fmax(least, times * (x[n - 1 - n / 4] - x[n / 4]));
    const size_t most = n / 20 > 1 ? n / 20 : 1;
    for (size_t k = most; k > 0; k--) {
        if (x[k] - x[k - 1] > gap)
            *low = fmax(*low, x[k - 1]);
        if (x[n - k] - x[n - k - 1] > gap)
            *high = fmin(*high, x[n - k]);
    }
}

/* --- the examination ------------------------------------------------------------------------------------------ */

/* Frames sorted by config_type, in order within each: those of type g are by_group[group_first[g] ...]. */
static void sort_by_group(slg_ward *w)
{
    const slg_dataset *d = w->d;
    for (size_t f = 0; f < d->n_frame; f++)
        w->group_first[d->frame[f].group + 1]++;
    for (size_t g = 0; g < d->n_group; g++)
        w->group_first[g + 1] += w->group_first[g];
    for (size_t f = 0; f < d->n_frame; f++) /* the beginnings move on ... */
        w->by_group[w->group_first[d->frame[f].group]++] = f;
    for (size_t g = d->n_group; g > 0; g--) /* ... and back */
        w->group_first[g] = w->group_first[g - 1];
    w->group_first[0] = 0;
}

static void count_species(slg_ward *w)
{
    const slg_patient *p = w->patient;
    for (size_t f = 0; f < w->d->n_frame; f++)
        for (size_t i = 0; i < w->d->frame[f].n_atom; i++)
            for (int32_t s = 0; s < p->n_species; s++)
                if (w->d->z[w->d->frame[f].first + i] == p->z[s])
                    w->share[f][s] += 1 / (double)w->d->frame[f].n_atom;
}

static slg_status prepare(slg_ward *w)
{
    const size_t n = w->d->n_frame;
    w->free_atom = slg_calloc(n, sizeof *w->free_atom);
    w->at_rest = slg_calloc(n, sizeof *w->at_rest);
    w->by_group = slg_calloc(n, sizeof *w->by_group);
    w->group_first = slg_calloc(w->d->n_group + 1, sizeof *w->group_first);
    w->share = slg_calloc(n, sizeof *w->share);
    if (!w->free_atom || !w->at_rest || !w->by_group || !w->group_first || !w->share)
        return slg_fail_nomem(w->err, "findings about the data");
    for (size_t f = 0; f < n; f++)
        w->free_atom[f] = slg_frame_free_atom(w->d, f);
    sort_by_group(w);
    count_species(w);
    return SLG_OK;
}

static slg_status examine(const slg_patient *p, const slg_dataset *d, slg_findings *out, slg_error *err)
{
    slg_ward w = {.patient = p, .d = d, .out = out, .err = err};
    w.st = prepare(&w);
    void (*const examination[])(slg_ward *) = {slg_examine_keys,      slg_examine_elements, slg_examine_energies,
                                               slg_examine_distances, slg_examine_forces,   slg_examine_steps,
                                               slg_examine_pressure};
    for (size_t i = 0; w.st == SLG_OK && i < sizeof examination / sizeof examination[0]; i++)
        examination[i](&w);
    void *const memory[] = {w.free_atom, w.at_rest, w.by_group, w.group_first, w.share};
    for (size_t i = 0; i < sizeof memory / sizeof memory[0]; i++)
        slg_free(memory[i]);
    return w.st;
}

slg_status slg_doctor(const slg_patient *p, slg_findings *out, slg_error *err)
{
    slg_status st = SLG_OK;
    *out = (slg_findings){0};
    for (int i = 0; st == SLG_OK && i < SLG_DOCTOR_SETS; i++)
        if (p->examined[i])
            st = examine(p, p->examined[i], out, err);
    if (st == SLG_OK)
        st = slg_examine_twins(p, out, err);
    if (st != SLG_OK)
        slg_findings_free(out);
    return st;
}
