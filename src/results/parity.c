/* best/parity.csv, best/structures.csv: the best potential on the validation structures. */
#include "runtime/base/csv.h"
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"
#include "src/results/results.h"

#include <math.h>
#include <string.h>

enum { MOST_FORCES = 20000 };

typedef struct prediction {
    double *energy, *force, *virial; /* energy without e0 */
} prediction;

/* Structures that are judged: with folds, those in none stand at the end. */
static size_t n_judged(const slg_problem *p)
{
    return p->n_fold > 0 ? p->fold_first[p->n_fold] : p->validation.data->n_frame;
}

/* The batches of a fold, as the neighbourhoods are kept. */
static slg_status predict_fold(const slg_problem *p, const slg_potential *pot, size_t fold, prediction *x,
                               slg_error *err)
{
    const slg_side *side = &p->validation;
    const slg_dataset *d = side->data;
    size_t n = 0;
    const slg_geom **geom = slg_calloc(side->n_batch, sizeof *geom);
    slg_prediction *out = slg_calloc(side->n_batch, sizeof *out);
    slg_status st = geom && out ? SLG_OK : slg_fail_nomem(err, "predictions of the report");
    for (size_t i = 0; st == SLG_OK && i < side->n_batch; i++) {
        const slg_batch *b = &side->batch[i];
        if (p->n_fold > 0 && b->fold != fold)
            continue;
        geom[n] = &b->geom;
        out[n++] = (slg_prediction){0, b->n_frame, x->energy + b->frame0, x->force + 3 * d->frame[b->frame0].first,
                                    x->virial + 6 * b->frame0};
    }
    if (st == SLG_OK)
        st = slg_potential_add(pot, n, geom, true, out, err);
    slg_free(geom);
    slg_free(out);
    return st;
}

/* Each fold by the coefficients of the fit without it. */
static slg_status predict_folds(const slg_problem *p, const slg_best *best, prediction *x, slg_error *err)
{
    slg_potential pot = *best->pot;
    slg_status st = SLG_OK;
    pot.part = slg_calloc(pot.n_part, sizeof *pot.part);
    if (!pot.part)
        return slg_fail_nomem(err, "predictions of the report");
    memcpy(pot.part, best->pot->part, pot.n_part * sizeof *pot.part);
    for (size_t k = 0; st == SLG_OK && k < best->folds->n; k++) {
        double *alpha = best->folds->fold[k].alpha;
        for (size_t b = 0; b < pot.n_part; alpha += pot.part[b++].m)
            pot.part[b].alpha = alpha;
        st = predict_fold(p, &pot, k, x, err);
    }
    slg_free(pot.part);
    return st;
}

static slg_status predict(const slg_problem *p, const slg_best *best, prediction *x, slg_error *err)
{
    const slg_dataset *d = p->validation.data;
    x->energy = slg_calloc(d->n_frame, sizeof(double));
    x->force = slg_calloc(d->n_atom, 3 * sizeof(double));
    x->virial = slg_calloc(d->n_frame, 6 * sizeof(double));
    if (!x->energy || !x->force || !x->virial)
        return slg_fail_nomem(err, "predictions of the report");
    return best->folds ? predict_folds(p, best, x, err) : predict_fold(p, best->pot, 0, x, err);
}

static double reference_energy(const slg_problem *p, size_t f)
{
    const slg_dataset *d = p->validation.data;
    const slg_frame *frame = &d->frame[f];
    double e0 = 0;
    for (size_t a = frame->first; a < frame->first + frame->n_atom; a++)
        for (int32_t s = 0; s < p->n_species; s++)
            if (p->z[s] == d->z[a])
                e0 += p->e0[s];
    return frame->energy - e0;
}

static void put_row(FILE *out, const char *quantity, const slg_dataset *d, size_t f, double ref, double pred)
{
    fputs(quantity, out);
    fputc(',', out);
    slg_csv_put(out, d->frame[f].config_type, true);
    fprintf(out, ",%zu,%zu,%.10g,%.10g\n", f, d->frame[f].line, ref, pred);
}

/* The stride shares no factor with 3, so that x, y and z all appear. */
static size_t force_stride(const slg_dataset *d, size_t n, size_t *total)
{
    *total = 0;
    for (size_t f = 0; f < n; f++)
        *total += d->frame[f].has_force ? 3 * d->frame[f].n_atom : 0;
    size_t stride = (*total + MOST_FORCES - 1) / MOST_FORCES;
    stride = stride < 1 ? 1 : stride;
    return stride > 1 && stride % 3 == 0 ? stride + 1 : stride;
}

static void put_forces(FILE *out, const slg_dataset *d, size_t n, const prediction *x, size_t stride)
{
    size_t k = 0;
    for (size_t f = 0; f < n; f++) {
        const slg_frame *frame = &d->frame[f];
        for (size_t i = 3 * frame->first; frame->has_force && i < 3 * (frame->first + frame->n_atom); i++)
            if (k++ % stride == 0)
                put_row(out, "force", d, f, d->force[i], x->force[i]);
    }
}

static void put_parity(FILE *out, const slg_problem *p, const prediction *x, int64_t trial)
{
    const slg_dataset *d = p->validation.data;
    const size_t n = n_judged(p);
    size_t total, stride = force_stride(d, n, &total);
    fprintf(out,
            "# trial %lld; energy and virial in eV/atom (free atoms subtracted), force in "
            "eV/Angstrom; %s %zu of %zu force "
            "components\n",
            (long long)trial, stride > 1 ? "every" : "all", stride > 1 ? stride : total, total);
    fputs("quantity,config_type,structure,line,reference,predicted\n", out);
    for (size_t f = 0; f < n; f++)
        if (d->frame[f].has_energy)
            put_row(out, "energy", d, f, reference_energy(p, f) / (double)d->frame[f].n_atom,
                    x->energy[f] / (double)d->frame[f].n_atom);
    put_forces(out, d, n, x, stride);
    for (size_t f = 0; f < n; f++)
        for (size_t c = 0; d->frame[f].has_virial && c < 6; c++)
            put_row(out, "virial", d, f, d->frame[f].virial[c] / (double)d->frame[f].n_atom,
                    x->virial[6 * f + c] / (double)d->frame[f].n_atom);
}

static double rms(size_t n, const double *a, const double *b, double scale)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return n > 0 ? scale * sqrt(sum / (double)n) : 0;
}

static void put_optional(FILE *out, bool has, double x)
{
    if (has)
        fprintf(out, ",%.10g", x);
    else
        fputc(',', out);
}

static void put_structures(FILE *out, const slg_problem *p, const prediction *x)
{
    const slg_dataset *d = p->validation.data;
    fputs("structure,line,config_type,atoms,energy_error,force_rmse,virial_rmse,file\n", out);
    for (size_t f = 0; f < n_judged(p); f++) {
        const slg_frame *frame = &d->frame[f];
        size_t first = 3 * frame->first;
        double n = (double)frame->n_atom;
        fprintf(out, "%zu,%zu,", f, frame->line);
        slg_csv_put(out, frame->config_type, true);
        fprintf(out, ",%zu", frame->n_atom);
        put_optional(out, frame->has_energy, (x->energy[f] - reference_energy(p, f)) / n);
        put_optional(out, frame->has_force, rms(3 * frame->n_atom, x->force + first, d->force + first, 1));
        put_optional(out, frame->has_virial, rms(6, x->virial + 6 * f, frame->virial, 1 / n));
        fputc(',', out);
        slg_csv_put(out, slg_frame_file(d, f), true);
        fputc('\n', out);
    }
}

static slg_status write_parity(const slg_problem *p, const prediction *x, int64_t trial, const char *folder,
                               slg_error *err)
{
    char path[SLG_PATH];
    slg_new_file f;
    slg_status st = slg_path_join(path, folder, "parity.csv", err);
    if (st == SLG_OK)
        st = slg_new_file_open(&f, path, err);
    if (st != SLG_OK)
        return st;
    put_parity(f.stream, p, x, trial);
    st = slg_new_file_commit(&f, err);
    if (st == SLG_OK)
        st = slg_path_join(path, folder, "structures.csv", err);
    if (st == SLG_OK)
        st = slg_new_file_open(&f, path, err);
    if (st != SLG_OK)
        return st;
    put_structures(f.stream, p, x);
    return slg_new_file_commit(&f, err);
}

slg_status slg_write_parity(const slg_problem *p, const slg_best *best, const char *folder, slg_error *err)
{
    prediction x = {0};
    slg_status st = predict(p, best, &x, err);
    if (st == SLG_OK)
        st = write_parity(p, &x, best->trial, folder, err);
    slg_free(x.energy);
    slg_free(x.force);
    slg_free(x.virial);
    return st;
}
