#include "src/study/problem_rows.h"
#include "runtime/base/alloc.h"

#include <math.h>
#include <string.h>

/*
 * Smallest unit of work and rows of one batch: fixed numbers, because batches must depend on the data alone. Tasks take
 * as many consecutive slices as make a task of the wanted length.
 */
enum { SLICE_PAIRS = 150, BATCH_ROWS = 320 };

slg_status slg_side_reference(const slg_problem *p, slg_side *side, slg_error *err)
{
    const slg_dataset *d = side->data;
    side->energy = slg_calloc(d->n_frame, sizeof *side->energy);
    side->virial = slg_calloc(d->n_frame, 6 * sizeof *side->virial);
    side->has = slg_calloc(d->n_frame, 3);
    side->group = slg_calloc(d->n_frame, sizeof *side->group);
    if (!side->energy || !side->virial || !side->has || !side->group)
        return slg_fail_nomem(err, "reference values");
    for (size_t f = 0; f < d->n_frame; f++) {
        const slg_frame *frame = &d->frame[f];
        double e0 = 0;
        for (size_t i = frame->first; i < frame->first + frame->n_atom; i++)
            e0 += p->e0[side->geom->species[i]];
        side->energy[f] = frame->energy - e0;
        memcpy(side->virial + 6 * f, frame->virial, sizeof frame->virial);
        side->group[f] = frame->group;
        side->has[f] = frame->has_energy;
        side->has[d->n_frame + f] = frame->has_force;
        side->has[2 * d->n_frame + f] = frame->has_virial;
    }
    side->ref = (slg_reference){
        side->energy, d->force, side->virial, side->has, side->has + d->n_frame, side->has + 2 * d->n_frame,
        side->group};
    return SLG_OK;
}

/* Classes of the fit: for each trained quantity the default one, then one per config_type with an own sigma. */
static void make_classes(const slg_problem *p, slg_side *side, slg_side_use use)
{
    const slg_config *cfg = p->cfg;
    const bool trained[] = {cfg->use_energy, cfg->use_force, cfg->use_virial};
    side->n_class = 0;
    for (int32_t q = 0; q < SLG_N_QUANTITY; q++) {
        if (use == SLG_SIDE_METRIC || trained[q])
            side->cls[side->n_class++] = (slg_class){q, -1};
        for (int32_t g = 0; use == SLG_SIDE_FIT && trained[q] && g < cfg->n_group_sigma; g++) {
            const double own[] = {cfg->group_sigma[g].energy, cfg->group_sigma[g].force, cfg->group_sigma[g].virial};
            if (own[q] > 0)
                side->cls[side->n_class++] = (slg_class){q, g};
        }
    }
}

/* The class of a quantity of a frame, -1 when its rows are not used. */
static int32_t class_of(const slg_problem *p, const slg_side *side, size_t f, int32_t quantity)
{
    int32_t found = -1;
    for (size_t c = 0; c < side->n_class; c++) {
        const slg_class *cls = &side->cls[c];
        bool own = cls->sigma_group >= 0 &&
                   strcmp(p->cfg->group_sigma[cls->sigma_group].config_type, side->data->frame[f].config_type) == 0;
        if (cls->quantity == quantity && (cls->sigma_group < 0 || own))
            found = (int32_t)c;
    }
    return side->has[(size_t)quantity * side->data->n_frame + f] ? found : -1;
}

static size_t rows_of(const slg_side *side, size_t f, int32_t quantity)
{
    const size_t n[] = {1, 3 * side->data->frame[f].n_atom, 6};
    return n[quantity];
}

static size_t frame_rows(const slg_problem *p, const slg_side *side, size_t f)
{
    size_t n = 0;
    for (int32_t q = 0; q < SLG_N_QUANTITY; q++)
        if (class_of(p, side, f, q) >= 0)
            n += rows_of(side, f, q);
    return n;
}

static void fill_frame(const slg_side *side, slg_side_use use, size_t f, int32_t quantity, double *y, double *w)
{
    const slg_frame *frame = &side->data->frame[f];
    double n = (double)frame->n_atom;
    double weight = quantity == SLG_FORCE ? 1 : use == SLG_SIDE_FIT ? sqrt(n) : n;
    size_t count = rows_of(side, f, quantity);
    const double *x = quantity == SLG_ENERGY  ? &side->energy[f]
                      : quantity == SLG_FORCE ? side->data->force + 3 * frame->first
                                              : side->virial + 6 * f;
    for (size_t i = 0; i < count; i++) {
        y[i] = quantity == SLG_ENERGY ? x[i] : -x[i];
        w[i] = weight;
    }
}

/* Rows of one class, frame after frame; returns the next free row. */
static size_t fill_class(const slg_problem *p, const slg_side *side, slg_side_use use, slg_batch *b, int32_t cls,
                         size_t row)
{
    int32_t quantity = side->cls[cls].quantity;
    size_t begin = row;
    for (size_t i = 0; i < b->rows.n_frame; i++) {
        size_t f = b->rows.frame0 + i;
        if (class_of(p, side, f, quantity) != cls)
            continue;
        b->first[(size_t)quantity * b->rows.n_frame + i] = (int64_t)row;
        fill_frame(side, use, f, quantity, b->y + row, b->w + row);
        row += rows_of(side, f, quantity);
    }
    if (row > begin)
        b->run[b->rows.n_run++] = (slg_run){cls, begin, row - begin};
    return row;
}

static slg_status fill_batch(const slg_problem *p, const slg_side *side, slg_side_use use, slg_batch *b, slg_error *err)
{
    slg_rows *r = &b->rows;
    b->y = slg_calloc(r->n_row, sizeof *b->y);
    b->w = slg_calloc(r->n_row, sizeof *b->w);
    b->first = slg_calloc(3 * r->n_frame, sizeof *b->first);
    b->run = slg_calloc(side->n_class, sizeof *b->run);
    if (!b->y || !b->w || !b->first || !b->run)
        return slg_fail_nomem(err, "observation rows");
    for (size_t i = 0; i < 3 * r->n_frame; i++)
        b->first[i] = -1;
    size_t row = 0;
    for (size_t c = 0; c < side->n_class; c++)
        row = fill_class(p, side, use, b, (int32_t)c, row);
    r->energy = b->first;
    r->force = b->first + r->n_frame;
    r->virial = b->first + 2 * r->n_frame;
    r->y = b->y;
    r->w = b->w;
    r->run = b->run;
    return SLG_OK;
}

static slg_status slice_batch(const slg_geom *geom, slg_batch *b, slg_error *err)
{
    size_t first = geom->frame_first[b->rows.frame0];
    size_t last = geom->frame_first[b->rows.frame0 + b->rows.n_frame];
    b->slice = slg_calloc(last - first + 2, sizeof *b->slice);
    if (!b->slice)
        return slg_fail_nomem(err, "slices");
    b->slice[0] = first;
    for (size_t i = first, begin = first; i < last; i++) {
        size_t pairs = geom->pair_first[i + 1] - geom->pair_first[begin];
        if (pairs < SLICE_PAIRS && i + 1 < last)
            continue;
        b->slice[++b->n_slice] = begin = i + 1;
    }
    return SLG_OK;
}

slg_status slg_side_batches(const slg_problem *p, slg_side *side, slg_side_use use, slg_error *err)
{
    size_t n = side->data->n_frame;
    make_classes(p, side, use);
    side->batch = slg_calloc(n, sizeof *side->batch);
    if (!side->batch)
        return slg_fail_nomem(err, "batches");
    for (size_t f = 0; f < n;) {
        slg_batch *b = &side->batch[side->n_batch++];
        b->rows.frame0 = f;
        do {
            b->rows.n_row += frame_rows(p, side, f);
            b->rows.n_frame++;
        } while (++f < n && b->rows.n_row + frame_rows(p, side, f) <= BATCH_ROWS);
        slg_status st = fill_batch(p, side, use, b, err);
        if (st == SLG_OK)
            st = slice_batch(side->geom, b, err);
        if (st != SLG_OK)
            return st;
        side->max_row = b->rows.n_row > side->max_row ? b->rows.n_row : side->max_row;
    }
    return SLG_OK;
}

void slg_side_free(slg_side *side)
{
    for (size_t i = 0; i < side->n_batch; i++) {
        slg_free(side->batch[i].slice);
        slg_free(side->batch[i].y);
        slg_free(side->batch[i].w);
        slg_free(side->batch[i].first);
        slg_free(side->batch[i].run);
    }
    slg_free(side->batch);
    slg_free(side->energy);
    slg_free(side->virial);
    slg_free(side->has);
    slg_free(side->group);
    if (!side->geom_shared)
        slg_geom_free(&side->geom);
}
