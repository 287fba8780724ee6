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

static bool is_trained(const slg_problem *p, int32_t quantity)
{
    const bool trained[] = {p->cfg->use_energy, p->cfg->use_force, p->cfg->use_virial};
    return trained[quantity];
}

static void add_class(slg_side *side, slg_class cls)
{
    SLG_ASSERT(side->n_class < SLG_MAX_CLASS);
    side->quantity[side->n_class] = cls.judged ? cls.quantity : -1;
    side->cls[side->n_class++] = cls;
}

/* Of a trained quantity: the default class, then one per config_type with an own sigma. */
static void add_fitted(const slg_problem *p, slg_side *side, int32_t q)
{
    const slg_config *cfg = p->cfg;
    const bool judged = side->folded && q == SLG_FORCE;
    add_class(side, (slg_class){.quantity = q, .sigma_group = -1, .fitted = true, .judged = judged});
    for (int32_t g = 0; g < cfg->n_group_sigma; g++) {
        const double own[] = {cfg->group_sigma[g].energy, cfg->group_sigma[g].force, cfg->group_sigma[g].virial};
        if (own[q] > 0)
            add_class(side, (slg_class){.quantity = q, .sigma_group = g, .fitted = true, .judged = judged});
    }
}

static bool in_some(const slg_side *side, int32_t quantity)
{
    bool any = false;
    for (size_t f = 0; f < side->data->n_frame; f++)
        any = any || has(side, f, quantity);
    return any;
}

/* Classes of the fit; of the errors, those whose rows have other weights there or are no part of the fit. */
static void make_classes(const slg_problem *p, slg_side *side, slg_side_use use)
{
    const bool fit = use == SLG_SIDE_FIT;
    side->n_class = 0;
    for (int32_t q = 0; q < SLG_N_QUANTITY; q++) {
        if (fit && is_trained(p, q))
            add_fitted(p, side, q);
        else if (!fit)
            add_class(side, (slg_class){.quantity = q, .sigma_group = -1, .judged = true});
    }
    for (int32_t q = 0; fit && side->folded && q < SLG_N_QUANTITY; q++)
        if (in_some(side, q) && !(q == SLG_FORCE && is_trained(p, q)))
            add_class(side, (slg_class){.quantity = q, .sigma_group = -1, .judged = true, .again = is_trained(p, q)});
}

/* The fold of a structure; p->n_fold: none. */
static size_t fold_of(const slg_problem *p, size_t f)
{
    size_t k = 0;
    while (k < p->n_fold && f >= p->fold_first[k + 1])
        k++;
    return k;
}

/* The class of a quantity of a frame, -1 when its rows are not used. */
static int32_t class_of(const slg_problem *p, const slg_side *side, size_t f, int32_t quantity)
{
    int32_t found = -1;
    const bool judged = !side->folded || fold_of(p, f) < p->n_fold;
    for (size_t c = 0; c < side->n_class; c++) {
        const slg_class *cls = &side->cls[c];
        bool own = cls->sigma_group >= 0 &&
                   strcmp(p->cfg->group_sigma[cls->sigma_group].config_type, side->data->frame[f].config_type) == 0;
        if (cls->quantity == quantity && !cls->again && (cls->fitted || judged) && (cls->sigma_group < 0 || own))
            found = (int32_t)c;
    }
    return has(side, f, quantity) ? found : -1;
}

/* The class that takes the rows of a class once more, in the weights of the errors; -1 = none. */
static int32_t judge_of(const slg_side *side, int32_t cls)
{
    int32_t found = -1;
    for (size_t c = 0; c < side->n_class; c++)
        if (side->cls[c].again && side->cls[c].quantity == side->cls[cls].quantity)
            found = (int32_t)c;
    return found;
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
    double *y, *w, *w_judge;
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

/* Rows of a frame from number `row` on. */
static void fill_frame(const slg_problem *p, const slg_side *side, bool fitted, size_t f, int32_t quantity, size_t row,
                       draft *d)
{
    const slg_frame *frame = &side->data->frame[f];
    const double n = (double)frame->n_atom, judged = quantity == SLG_FORCE ? 1 : n;
    const double *x = quantity == SLG_FORCE ? side->data->force + 3 * frame->first : frame->virial;
    for (size_t i = 0; i < rows_of(side, f, quantity); i++) {
        d->y[row + i] = quantity == SLG_ENERGY ? energy_less_e0(p, side, f) : -x[i];
        d->w[row + i] = fitted ? sqrt(judged) : judged;
        d->w_judge[row + i] = judged;
    }
}

/* Rows of one class, frame after frame; returns the next free row. */
static size_t fill_class(const slg_problem *p, const slg_side *side, const slg_batch *b, int32_t cls, size_t row,
                         draft *d)
{
    const int32_t quantity = side->cls[cls].quantity;
    const size_t begin = row;
    for (size_t i = 0; i < b->n_frame; i++) {
        size_t f = b->frame0 + i;
        if (class_of(p, side, f, quantity) != cls)
            continue;
        d->first[(size_t)quantity * b->n_frame + i] = (int64_t)row;
        fill_frame(p, side, side->cls[cls].fitted, f, quantity, row, d);
        row += rows_of(side, f, quantity);
    }
    if (row > begin)
        d->run[d->n_run++] = (slg_run){cls, begin, row - begin, judge_of(side, cls)};
    return row;
}

static void fill_draft(const slg_problem *p, const slg_side *side, const slg_batch *b, draft *d)
{
    size_t row = 0;
    for (size_t i = 0; i < 3 * b->n_frame; i++)
        d->first[i] = -1;
    for (size_t i = 0; i < b->n_frame; i++)
        d->group[i] = side->data->frame[b->frame0 + i].group;
    for (size_t c = 0; c < side->n_class; c++)
        row = fill_class(p, side, b, (int32_t)c, row, d);
}

static slg_status pack_draft(const draft *d, size_t n_row, bool judged, slg_batch *b, slg_error *err)
{
    const slg_rows rows = {.n_frame = b->n_frame,
                           .n_row = n_row,
                           .energy = d->first,
                           .force = d->first + b->n_frame,
                           .virial = d->first + 2 * b->n_frame,
                           .group = d->group,
                           .y = d->y,
                           .w = d->w,
                           .w_judge = judged ? d->w_judge : NULL,
                           .n_run = d->n_run,
                           .run = d->run};
    b->rows_block = slg_alloc_aligned(slg_rows_block_bytes(b->n_frame, n_row, d->n_run, judged), 1);
    if (!b->rows_block)
        return slg_fail_nomem(err, "observation rows");
    slg_rows_pack(&rows, b->rows_block);
    b->rows = slg_rows_view(b->rows_block);
    for (size_t i = 0; i < b->n_frame; i++)
        b->derivatives = b->derivatives || b->rows.force[i] >= 0 || b->rows.virial[i] >= 0;
    return SLG_OK;
}

static slg_status make_rows(const slg_problem *p, const slg_side *side, size_t n_row, slg_batch *b, slg_error *err)
{
    draft d = {.first = slg_calloc(3 * b->n_frame, sizeof *d.first),
               .group = slg_calloc(b->n_frame, sizeof *d.group),
               .y = slg_calloc(n_row, sizeof *d.y),
               .w = slg_calloc(n_row, sizeof *d.w),
               .w_judge = slg_calloc(n_row, sizeof *d.w_judge),
               .run = slg_calloc(side->n_class, sizeof *d.run)};
    slg_status st = SLG_OK;
    if (!d.first || !d.group || !d.y || !d.w || !d.w_judge || !d.run)
        st = slg_fail_nomem(err, "observation rows");
    if (st == SLG_OK) {
        fill_draft(p, side, b, &d);
        st = pack_draft(&d, n_row, side->cls[0].fitted && side->folded && b->fold < p->n_fold, b, err);
    }
    slg_free(d.first);
    slg_free(d.group);
    slg_free(d.y);
    slg_free(d.w);
    slg_free(d.w_judge);
    slg_free(d.run);
    return st;
}

/* --- batches -------------------------------------------------------------------------------------------------- */

/* All sides of the training structures have the batches of the folds, so that they share neighbourhoods. */
static size_t fold_in(const slg_problem *p, const slg_side *side, size_t f)
{
    return side->data == p->train_set ? fold_of(p, f) : 0;
}

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
        b->fold = fold_in(p, side, f);
        do {
            n_row += frame_rows(p, side, f);
            b->n_frame++;
        } while (++f < n && n_row + frame_rows(p, side, f) <= BATCH_ROWS && fold_in(p, side, f) == b->fold);
        slg_status st = make_geom(p, side, other, b, err);
        if (st == SLG_OK)
            st = make_rows(p, side, n_row, b, err);
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
