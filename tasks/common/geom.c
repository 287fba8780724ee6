/* Neighbourhoods and rows as blocks of memory without pointers: offsets count from the beginning of the block. */
#include "tasks/common/geom.h"

#include "runtime/base/arena.h"
#include <stdbool.h>
#include <string.h>

struct slg_geom_block {
    size_t bytes, n_frame, n_env, n_pair, n_near, max_pair, origin;
    double min_r;
};

struct slg_rows_block {
    size_t bytes, n_frame, n_row, n_run, judged;
};

size_t slg_geom_find_near(const slg_geom *g, size_t *near_first, int32_t *near_env, int32_t *pair_near, int32_t *mark)
{
    size_t n = 0;
    for (size_t e = 0; e < g->n_env; e++)
        mark[e] = -1;
    for (size_t e = 0; e < g->n_env; e++) {
        near_first[e] = n;
        for (size_t p = g->pair_first[e]; p < g->pair_first[e + 1]; p++) {
            const int32_t other = g->pair_env[p];
            const bool seen = mark[other] >= (int32_t)near_first[e] && near_env[mark[other]] == other;
            if ((size_t)other != e && !seen) {
                mark[other] = (int32_t)n;
                near_env[n++] = other;
            }
            pair_near[p] = (size_t)other == e ? -1 : mark[other] - (int32_t)near_first[e];
        }
    }
    near_first[g->n_env] = n;
    return n;
}

/* --- neighbourhoods ------------------------------------------------------------------------------------------- */

/* Arrays of a view in the order in which they lie behind the head; mem NULL: only counts. */
static size_t lay_geom(const slg_geom_block *head, void *mem, slg_geom *v)
{
    slg_arena a = {.base = mem};
    slg_arena_take(&a, 1, sizeof *head);
    *v = (slg_geom){.n_frame = head->n_frame,
                    .n_env = head->n_env,
                    .n_pair = head->n_pair,
                    .n_near = head->n_near,
                    .max_pair = head->max_pair,
                    .origin = head->origin,
                    .min_r = head->min_r};
    v->frame_first = slg_arena_take(&a, v->n_frame + 1, sizeof *v->frame_first);
    v->pair_first = slg_arena_take(&a, v->n_env + 1, sizeof *v->pair_first);
    v->near_first = slg_arena_take(&a, v->n_env + 1, sizeof *v->near_first);
    v->species = slg_arena_take(&a, v->n_env, sizeof *v->species);
    v->near_env = slg_arena_take(&a, v->n_near, sizeof *v->near_env);
    v->pair_env = slg_arena_take(&a, v->n_pair, sizeof *v->pair_env);
    v->pair_species = slg_arena_take(&a, v->n_pair, sizeof *v->pair_species);
    v->pair_near = slg_arena_take(&a, v->n_pair, sizeof *v->pair_near);
    v->pair_x = slg_arena_take(&a, v->n_pair, sizeof *v->pair_x);
    v->pair_y = slg_arena_take(&a, v->n_pair, sizeof *v->pair_y);
    v->pair_z = slg_arena_take(&a, v->n_pair, sizeof *v->pair_z);
    v->pair_r = slg_arena_take(&a, v->n_pair, sizeof *v->pair_r);
    return a.used;
}

static slg_geom_block head_of(const slg_geom *g, size_t frame0, size_t n_frame)
{
    const size_t env0 = g->frame_first[frame0], env1 = g->frame_first[frame0 + n_frame];
    slg_geom_block h = {.n_frame = n_frame,
                        .n_env = env1 - env0,
                        .n_pair = g->pair_first[env1] - g->pair_first[env0],
                        .n_near = g->near_first[env1] - g->near_first[env0],
                        .origin = g->origin + env0};
    for (size_t e = env0; e < env1; e++) {
        const size_t n = g->pair_first[e + 1] - g->pair_first[e];
        h.max_pair = n > h.max_pair ? n : h.max_pair;
    }
    for (size_t p = g->pair_first[env0]; p < g->pair_first[env1]; p++)
        h.min_r = p == g->pair_first[env0] || g->pair_r[p] < h.min_r ? g->pair_r[p] : h.min_r;
    return h;
}

size_t slg_geom_block_bytes(const slg_geom *g, size_t frame0, size_t n_frame)
{
    slg_geom none;
    slg_geom_block h = head_of(g, frame0, n_frame);
    return lay_geom(&h, NULL, &none);
}

static void copy_first(size_t n, const size_t *from, const size_t *to)
{
    for (size_t i = 0; i <= n; i++)
        ((size_t *)(uintptr_t)to)[i] = from[i] - from[0];
}

static void copy_index(size_t n, const int32_t *from, size_t first, const int32_t *to)
{
    for (size_t i = 0; i < n; i++)
        ((int32_t *)(uintptr_t)to)[i] = from[i] - (int32_t)first;
}

static void copy_reals(size_t n, const double *from, const double *to)
{
    if (n > 0)
        memcpy((double *)(uintptr_t)to, from, n * sizeof *from);
}

void slg_geom_pack(const slg_geom *g, size_t frame0, size_t n_frame, slg_geom_block *mem)
{
    slg_geom v;
    *mem = head_of(g, frame0, n_frame);
    const slg_geom_block head = *mem;
    mem->bytes = lay_geom(&head, mem, &v);
    const size_t env0 = g->frame_first[frame0], pair0 = g->pair_first[env0], near0 = g->near_first[env0];
    copy_first(v.n_frame, g->frame_first + frame0, v.frame_first);
    copy_first(v.n_env, g->pair_first + env0, v.pair_first);
    copy_first(v.n_env, g->near_first + env0, v.near_first);
    copy_index(v.n_env, g->species + env0, 0, v.species);
    copy_index(v.n_near, g->near_env + near0, env0, v.near_env);
    copy_index(v.n_pair, g->pair_env + pair0, env0, v.pair_env);
    copy_index(v.n_pair, g->pair_species + pair0, 0, v.pair_species);
    copy_index(v.n_pair, g->pair_near + pair0, 0, v.pair_near);
    copy_reals(v.n_pair, g->pair_x + pair0, v.pair_x);
    copy_reals(v.n_pair, g->pair_y + pair0, v.pair_y);
    copy_reals(v.n_pair, g->pair_z + pair0, v.pair_z);
    copy_reals(v.n_pair, g->pair_r + pair0, v.pair_r);
}

slg_geom slg_geom_view(const slg_geom_block *mem)
{
    slg_geom v;
    lay_geom(mem, (void *)(uintptr_t)mem, &v);
    return v;
}

size_t slg_geom_block_size(const slg_geom_block *mem)
{
    return mem->bytes;
}

/* --- rows ----------------------------------------------------------------------------------------------------- */

static size_t lay_rows(const slg_rows_block *head, void *mem, slg_rows *v)
{
    slg_arena a = {.base = mem};
    slg_arena_take(&a, 1, sizeof *head);
    *v = (slg_rows){.n_frame = head->n_frame, .n_row = head->n_row, .n_run = head->n_run};
    v->energy = slg_arena_take(&a, v->n_frame, sizeof *v->energy);
    v->force = slg_arena_take(&a, v->n_frame, sizeof *v->force);
    v->virial = slg_arena_take(&a, v->n_frame, sizeof *v->virial);
    v->group = slg_arena_take(&a, v->n_frame, sizeof *v->group);
    v->y = slg_arena_take(&a, v->n_row, sizeof *v->y);
    v->w = slg_arena_take(&a, v->n_row, sizeof *v->w);
    if (head->judged)
        v->w_judge = slg_arena_take(&a, v->n_row, sizeof *v->w_judge);
    v->run = slg_arena_take(&a, v->n_run, sizeof *v->run);
    return a.used;
}

size_t slg_rows_block_bytes(size_t n_frame, size_t n_row, size_t n_run, bool judged)
{
    slg_rows none;
    slg_rows_block h = {.n_frame = n_frame, .n_row = n_row, .n_run = n_run, .judged = judged};
    return lay_rows(&h, NULL, &none);
}

static void copy(const void *to, const void *from, size_t bytes)
{
    if (bytes > 0)
        memcpy((void *)(uintptr_t)to, from, bytes);
}

void slg_rows_pack(const slg_rows *r, slg_rows_block *mem)
{
    slg_rows v;
    const slg_rows_block head = {
        .n_frame = r->n_frame, .n_row = r->n_row, .n_run = r->n_run, .judged = r->w_judge != NULL};
    *mem = head;
    mem->bytes = lay_rows(&head, mem, &v);
    copy(v.energy, r->energy, v.n_frame * sizeof *v.energy);
    copy(v.force, r->force, v.n_frame * sizeof *v.force);
    copy(v.virial, r->virial, v.n_frame * sizeof *v.virial);
    copy(v.group, r->group, v.n_frame * sizeof *v.group);
    copy(v.y, r->y, v.n_row * sizeof *v.y);
    copy(v.w, r->w, v.n_row * sizeof *v.w);
    if (r->w_judge)
        copy(v.w_judge, r->w_judge, v.n_row * sizeof *v.w_judge);
    copy(v.run, r->run, v.n_run * sizeof *v.run);
}

slg_rows slg_rows_view(const slg_rows_block *mem)
{
    slg_rows v;
    lay_rows(mem, (void *)(uintptr_t)mem, &v);
    return v;
}

size_t slg_rows_block_size(const slg_rows_block *mem)
{
    return mem->bytes;
}
