#include "src/search/trials.h"
#include "runtime/base/alloc.h"
#include "runtime/base/hash.h"

#include <string.h>

slg_status slg_trials_reserve(slg_trials *t, size_t n, slg_error *err)
{
    if (t->n + n <= t->room)
        return SLG_OK;
    const size_t room = 2 * t->room + n;
    slg_trial *trial = slg_realloc(t->trial, room, sizeof *trial);
    if (trial)
        t->trial = trial;
    double *value = slg_realloc(t->value, room * (t->n_dim ? t->n_dim : 1), sizeof *value);
    if (value)
        t->value = value;
    if (!trial || !value)
        return slg_fail_nomem(err, "trial table");
    t->room = room;
    return SLG_OK;
}

/* What makes two points the same. */
static void key_of(const slg_trials *t, size_t row, double *key)
{
    memcpy(key, slg_trials_values(t, row), t->n_dim * sizeof *key);
    for (size_t d = 0; d < t->n_dim; d++)
        if (t->solved[d])
            key[d] = 0;
}

static bool same_point(const slg_trials *t, size_t row, int32_t phase, const double *key)
{
    double own[SLG_MAX_DIM];
    key_of(t, row, own);
    return t->trial[row].phase == phase && memcmp(own, key, t->n_dim * sizeof *key) == 0;
}

/* Place of a row in the index: of its like, or the free one where it would stand. */
static size_t *find_place(const slg_trials *t, size_t row)
{
    double key[SLG_MAX_DIM];
    const int32_t phase = t->trial[row].phase;
    key_of(t, row, key);
    size_t i = slg_hash_bytes(key, t->n_dim * sizeof *key, (uint64_t)phase) & (t->n_index - 1);
    while (t->index[i] != 0 && !same_point(t, t->index[i] - 1, phase, key))
        i = (i + 1) & (t->n_index - 1);
    return &t->index[i];
}

/* At most half full. */
static slg_status grow_index(slg_trials *t, slg_error *err)
{
    if (t->n_index > 0 && 2 * (t->n_indexed + 1) <= t->n_index)
        return SLG_OK;
    const size_t n_old = t->n_index, n = n_old ? 2 * n_old : 256;
    size_t *old = t->index, *index = slg_calloc(n, sizeof *index);
    if (!index)
        return slg_fail_nomem(err, "index of trials");
    t->index = index;
    t->n_index = n;
    for (size_t i = 0; i < n_old; i++)
        if (old[i] != 0)
            *find_place(t, old[i] - 1) = old[i];
    slg_free(old);
    return SLG_OK;
}

slg_status slg_trials_link(slg_trials *t, size_t row, slg_error *err)
{
    slg_status st = grow_index(t, err);
    if (st != SLG_OK)
        return st;
    size_t *place = find_place(t, row);
    t->n_linked = row + 1;
    t->trial[row].cached_from = *place ? (int64_t)*place - 1 : -1;
    if (*place == 0) {
        *place = row + 1;
        t->n_indexed++;
    }
    return SLG_OK;
}

slg_status slg_trials_index(slg_trials *t, size_t n, slg_error *err)
{
    slg_status st = SLG_OK;
    slg_free(t->index);
    t->index = NULL;
    t->n_index = t->n_indexed = 0;
    for (size_t row = 0; st == SLG_OK && row < n; row++) {
        const int64_t from = t->trial[row].cached_from;
        if (from < 0)
            st = slg_trials_link(t, row, err);
        t->trial[row].cached_from = from;
    }
    t->n_linked = n;
    return st;
}

void slg_trials_free(slg_trials *t)
{
    slg_free(t->trial);
    slg_free(t->value);
    slg_free(t->index);
    *t = (slg_trials){0};
}
