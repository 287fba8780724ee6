/* Cross-validation: every structure that is judged lies in one fold. */
#include "runtime/base/alloc.h"
#include "runtime/base/hash.h"
#include "runtime/base/rng.h"
#include "src/data/comment.h"
#include "src/data/dataset.h"

#include <stdlib.h>
#include <string.h>

enum { SLG_STREAM_FOLD = 11, SLG_STREAM_FOLD_GROUP = 12 };

/* Structures with the same draw stay together. */
struct ticket {
    uint64_t draw;
    size_t frame;
};

static int by_draw(const void *a, const void *b)
{
    const struct ticket *x = a, *y = b;
    if (x->draw != y->draw)
        return x->draw < y->draw ? -1 : 1;
    return x->frame < y->frame ? -1 : x->frame > y->frame;
}

/* The value of a key in a frame's comment. */
static bool find_value(const slg_frame *frame, const char *key, slg_span *out)
{
    slg_span rest = {frame->comment, strlen(frame->comment)};
    slg_pair pair;
    slg_lexed what;
    while ((what = slg_comment_next(&rest, &pair)) == SLG_LEX_PAIR || what == SLG_LEX_WORD)
        if (what == SLG_LEX_PAIR && slg_span_equals(pair.key, key)) {
            *out = pair.value;
            return true;
        }
    return false;
}

static uint64_t draw(uint64_t seed, uint32_t stream, const char *text, size_t n, size_t rank)
{
    char digits[17] = "";
    uint64_t bits[2];
    memcpy(digits, slg_digest_bytes(text, n).hex, 16);
    const uint64_t hash = strtoull(digits, NULL, 16);
    slg_rng_bits(seed, stream, (uint32_t)hash, (uint32_t)(hash >> 32), (uint32_t)rank, bits);
    return bits[0];
}

/* Structures of the config_type of frame f before it, and in all. */
static void rank_of(const slg_dataset *d, size_t f, const size_t *of_group, size_t *seen, size_t *rank, size_t *all)
{
    const size_t g = (size_t)d->frame[f].group;
    *rank = seen[g]++;
    *all = of_group[g];
}

/* What is judged, each structure with its draw; their number. Free atoms and the only structure of a kind are not. */
static size_t draw_all(const slg_dataset *d, const slg_fold_plan *plan, size_t *count, struct ticket *ticket,
                       size_t *n_grouped)
{
    size_t n = 0, rank, all, *of_group = count, *seen = count + d->n_group;
    for (size_t f = 0; f < d->n_frame; f++)
        of_group[d->frame[f].group] += !slg_frame_isolated(d, f, SLG_SPLIT_ISOLATION);
    for (size_t f = 0; f < d->n_frame; f++) {
        const slg_frame *frame = &d->frame[f];
        slg_span value;
        if (slg_frame_isolated(d, f, SLG_SPLIT_ISOLATION))
            continue;
        rank_of(d, f, of_group, seen, &rank, &all);
        const bool grouped = plan->group_key && find_value(frame, plan->group_key, &value);
        *n_grouped += grouped;
        if (all < 2 && !grouped)
            continue;
        ticket[n++] = (struct ticket){
            grouped ? draw(plan->seed, SLG_STREAM_FOLD_GROUP, value.p, value.n, 0)
                    : draw(plan->seed, SLG_STREAM_FOLD, frame->config_type, strlen(frame->config_type), rank),
            f};
    }
    qsort(ticket, n, sizeof *ticket, by_draw);
    return n;
}

/* The fold with the fewest structures of this config_type, then with the fewest of all, then the first. */
static size_t emptiest(const size_t *of_type, const size_t *total, size_t n_fold, size_t n_group, size_t group)
{
    size_t best = 0;
    for (size_t k = 1; k < n_fold; k++) {
        const size_t a = of_type[k * n_group + group], b = of_type[best * n_group + group];
        if (a < b || (a == b && total[k] < total[best]))
            best = k;
    }
    return best;
}

/* fold [n_frame] <- of each ticket's frame. */
static void deal(const slg_dataset *d, const struct ticket *ticket, size_t n, size_t n_fold, size_t *of_type,
                 size_t *total, size_t *fold)
{
    for (size_t i = 0; i < n;) {
        const uint64_t together = ticket[i].draw;
        const size_t k = emptiest(of_type, total, n_fold, d->n_group, (size_t)d->frame[ticket[i].frame].group);
        for (; i < n && ticket[i].draw == together; i++) {
            fold[ticket[i].frame] = k;
            of_type[k * d->n_group + (size_t)d->frame[ticket[i].frame].group]++;
            total[k]++;
        }
    }
}

static slg_status check_dealt(const slg_dataset *d, const slg_fold_plan *plan, const size_t *total, size_t n_grouped,
                              slg_error *err)
{
    if (plan->group_key && n_grouped == 0)
        return slg_fail(err, SLG_ERR_DATA, "%s: expected the key '%s' of data.group_key, found no structure with it",
                        d->path, plan->group_key);
    for (size_t k = 0; k < plan->n_fold; k++)
        if (total[k] == 0)
            return slg_fail(err, SLG_ERR_DATA,
                            "%s: expected structures for %zu folds, found fewer%s (the only one of a config_type and "
                            "free atoms are always trained on); set data.validation to fewer folds, or to `same`",
                            d->path, plan->n_fold, plan->group_key ? " groups" : "");
    return SLG_OK;
}

/* Frames in the order of their folds; first [n_fold + 2]. */
static slg_status reorder(const slg_dataset *d, size_t n_fold, const size_t *fold, size_t *keep, size_t *first,
                          slg_dataset **out, slg_error *err)
{
    size_t n = 0;
    for (size_t k = 0; k <= n_fold; k++) {
        first[k] = n;
        for (size_t f = 0; f < d->n_frame; f++)
            if (fold[f] == k)
                keep[n++] = f;
    }
    first[n_fold + 1] = n;
    return slg_dataset_subset(d, keep, n, out, err);
}

slg_status slg_dataset_folds(const slg_dataset *d, const slg_fold_plan *plan, size_t *first, slg_dataset **out,
                             slg_error *err)
{
    const size_t n_fold = plan->n_fold;
    size_t n_grouped = 0;
    *out = NULL;
    struct ticket *ticket = slg_calloc(d->n_frame, sizeof *ticket);
    size_t *fold = slg_calloc(2 * d->n_frame, sizeof *fold);
    size_t *count = slg_calloc((n_fold + 2) * d->n_group + n_fold, sizeof *count);
    slg_status st = ticket && fold && count ? SLG_OK : slg_fail_nomem(err, "the folds of a data set");
    if (st == SLG_OK) {
        size_t *of_type = count + 2 * d->n_group, *total = of_type + n_fold * d->n_group;
        for (size_t f = 0; f < d->n_frame; f++)
            fold[f] = n_fold;
        deal(d, ticket, draw_all(d, plan, count, ticket, &n_grouped), n_fold, of_type, total, fold);
        st = check_dealt(d, plan, total, n_grouped, err);
    }
    if (st == SLG_OK)
        st = reorder(d, n_fold, fold, fold + d->n_frame, first, out, err);
    slg_free(count);
    slg_free(fold);
    slg_free(ticket);
    return st;
}
