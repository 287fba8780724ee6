#include "src/evaluation/rows.h"
#include "runtime/base/alloc.h"

#include <math.h>
#include <string.h>

/*
 * Smallest unit of work and rows of one batch: fixed numbers, because batches must depend on the data alone. Tasks take
 * as many consecutive slices as make a task of the wanted length.
 */
enum { SLICE_PAIRS = 150, BATCH_ROWS = 320 };

/* --- which rows ----------------------------------------------------------------------------------------------- */

static bool has(const slg_side *side, size_t f, int32_t quantity)
{
    const slg_frame *frame = &side->data->frame[f];
    const bool there[] = {frame->has_energy, frame->has_force, frame->has_virial};
    return there[quantity];
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
    return has(side, f, quantity) ? found : -1;
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

/* --- filling them --------------------------------------------------------------------------------------------- */

/* Rows under construction: slg_rows without const. */
typedef struct draft {
    int64_t *first; /* [3][n_frame] */
    int32_t *group;
    double *y, *w;
    slg_run *run;
    size_t n_run;
} draft;

static double energy_less_e0(const slg_problem *p, const slg_side *side, size_t f)
{
    const slg_frame *frame = &side->data->frame[f];
    double e0 = 0;
    for (size_t i = frame->first; i < frame->first + frame->n_atom; i++)
        for (int32_t s = 0; s < p->n_species; s++)
            if (p->z[s] == side->data->z[i])
                e0 += p->e0[s];
    return frame->energy - e0;
}

static void fill_frame(const slg_problem *p, const slg_side *side, slg_side_use use, size_t f, int32_t quantity,
                       double *y, double *w)
{
    const slg_frame *frame = &side->data->frame[f];
    const double n = (double)frame->n_atom;
    const double weight = quantity == SLG_FORCE ? 1 : use == SLG_SIDE_FIT ? sqrt(n) : n;
    const double *x = quantity == SLG_FORCE ? side->data->force + 3 * frame->first : frame->virial;
    for (size_t i = 0; i < rows_of(side, f, quantity); i++) {
        y[i] = quantity == SLG_ENERGY ? energy_less_e0(p, side, f) : -x[i];
        w[i] = weight;
    }
}

/* Rows of one class, frame after frame; returns the next free row. */
static size_t fill_class(const slg_problem *p, const slg_side *side, slg_side_use use, const slg_batch *b, int32_t cls,
                         size_t row, draft *d)
{
    const int32_t quantity = side->cls[cls].quantity;
    const size_t begin = row;
    for (size_t i = 0; i < b->n_frame; i++) {
        size_t f = b->frame0 + i;
        if (class_of(p, side, f, quantity) != cls)
            continue;
        d->first[(size_t)quantity * b->n_frame + i] = (int64_t)row;
        fill_frame(p, side, use, f, quantity, d->y + row, d->w + row);
        row += rows_of(side, f, quantity);
    }
    if (row > begin)
        d->run[d->n_run++] = (slg_run){cls, begin, row - begin};
    return row;
}

static void fill_draft(const slg_problem *p, const slg_side *side, slg_side_use use, const slg_batch *b, draft *d)
{
    size_t row = 0;
    for (size_t i = 0; i < 3 * b->n_frame; i++)
        d->first[i] = -1;
    for (size_t i = 0; i < b->n_frame; i++)
        d->group[i] = side->data->frame[b->frame0 + i].group;
    for (size_t c = 0; c < side->n_class; c++)
        row = fill_class(p, side, use, b, (int32_t)c, row, d);
}

static slg_status pack_draft(const draft *d, size_t n_row, slg_batch *b, slg_error *err)
{
    const slg_rows rows = {.n_frame = b->n_frame,
                           .n_row = n_row,
                           .energy = d->first,
                           .force = d->first + b->n_frame,
                           .virial = d->first + 2 * b->n_frame,
                           .group = d->group,
                           .y = d->y,
                           .w = d->w,
                           .n_run = d->n_run,
                           .run = d->run};
    b->rows_block = slg_alloc_aligned(slg_rows_block_bytes(b->n_frame, n_row, d->n_run), 1);
    if (!b->rows_block)
        return slg_fail_nomem(err, "observation rows");
    slg_rows_pack(&rows, b->rows_block);
    b->rows = slg_rows_view(b->rows_block);
    for (size_t i = 0; i < b->n_frame; i++)
        b->derivatives = b->derivatives || b->rows.force[i] >= 0 || b->rows.virial[i] >= 0;
    return SLG_OK;
}

static slg_status make_rows(const slg_problem *p, const slg_side *side, slg_side_use use, size_t n_row, slg_batch *b,
                            slg_error *err)
{
    draft d = {.first = slg_calloc(3 * b->n_frame, sizeof *d.first),
               .group = slg_calloc(b->n_frame, sizeof *d.group),
               .y = slg_calloc(n_row, sizeof *d.y),
               .w = slg_calloc(n_row, sizeof *d.w),
               .run = slg_calloc(side->n_class, sizeof *d.run)};
    slg_status st = SLG_OK;
    if (!d.first || !d.group || !d.y || !d.w || !d.run)
        st = slg_fail_nomem(err, "observation rows");
    if (st == SLG_OK) {
        fill_draft(p, side, use, b, &d);
        st = pack_draft(&d, n_row, b, err);
    }
    slg_free(d.first);
    slg_free(d.group);
    slg_free(d.y);
    slg_free(d.w);
    slg_free(d.run);
    return st;
}

/* --- batches -------------------------------------------------------------------------------------------------- */

static const slg_batch *find_same(const slg_side *side, const slg_side *other, const slg_batch *b)
{
    for (size_t i = 0; other && other->data == side->data && i < other->n_batch; i++)
        if (other->batch[i].frame0 == b->frame0 && other->batch[i].n_frame == b->n_frame)
            return &other->batch[i];
    return NULL;
}

static slg_status make_geom(const slg_problem *p, const slg_side *side, const slg_side *other, slg_batch *b,
                            slg_error *err)
{
    const slg_batch *same = find_same(side, other, b);
    if (same) {
        b->geom_shared = true;
        b->geom_block = same->geom_block;
        b->geom = same->geom;
        return SLG_OK;
    }
    slg_geom *g = NULL;
    slg_status st = slg_geom_build_frames(side->data, b->frame0, b->n_frame, p->cutoff, p->n_species, p->z, &g, err);
    if (st == SLG_OK)
        b->geom_block = slg_alloc_aligned(slg_geom_block_bytes(g, 0, g->n_frame), 1);
    if (st == SLG_OK && !b->geom_block)
        st = slg_fail_nomem(err, "neighbour lists");
    if (st == SLG_OK) {
        slg_geom_pack(g, 0, g->n_frame, b->geom_block);
        b->geom = slg_geom_view(b->geom_block);
    }
    slg_geom_free(&g);
    return st;
}

static slg_status slice_batch(slg_batch *b, slg_error *err)
{
    const slg_geom *g = &b->geom;
    b->slice = slg_calloc(g->n_env + 2, sizeof *b->slice);
    if (!b->slice)
        return slg_fail_nomem(err, "slices");
    for (size_t i = 0, begin = 0; i < g->n_env; i++) {
        size_t pairs = g->pair_first[i + 1] - g->pair_first[begin];
        if (pairs < SLICE_PAIRS && i + 1 < g->n_env)
            continue;
        b->slice[++b->n_slice] = begin = i + 1;
    }
    return SLG_OK;
}

static void add_figures(slg_side *side, const slg_batch *b)
{
    const slg_geom *g = &b->geom;
    side->max_row = b->rows.n_row > side->max_row ? b->rows.n_row : side->max_row;
    side->max_pair = g->max_pair > side->max_pair ? g->max_pair : side->max_pair;
    if (g->n_pair > 0 && (side->n_pair == 0 || g->min_r < side->min_r))
        side->min_r = g->min_r;
    side->n_pair += g->n_pair;
}

slg_status slg_side_batches(const slg_problem *p, slg_side *side, slg_side_use use, const slg_side *other,
                            slg_error *err)
{
    const size_t n = side->data->n_frame;
    make_classes(p, side, use);
    side->batch = slg_calloc(n, sizeof *side->batch);
    if (!side->batch)
        return slg_fail_nomem(err, "batches");
    for (size_t f = 0; f < n;) {
        slg_batch *b = &side->batch[side->n_batch++];
        size_t n_row = 0;
        b->frame0 = f;
        do {
            n_row += frame_rows(p, side, f);
            b->n_frame++;
        } while (++f < n && n_row + frame_rows(p, side, f) <= BATCH_ROWS);
        slg_status st = make_geom(p, side, other, b, err);
        if (st == SLG_OK)
            st = make_rows(p, side, use, n_row, b, err);
        if (st == SLG_OK)
            st = slice_batch(b, err);
        if (st != SLG_OK)
            return st;
        add_figures(side, b);
    }
    return SLG_OK;
}

void slg_side_free(slg_side *side)
{
    for (size_t i = 0; i < side->n_batch; i++) {
        slg_free(side->batch[i].slice);
        slg_free(side->batch[i].rows_block);
        if (!side->batch[i].geom_shared)
            slg_free(side->batch[i].geom_block);
    }
    slg_free(side->batch);
}
