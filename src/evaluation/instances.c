/* Instances of the term's parts in the training set, in chunks; reference instances. */
#include "src/evaluation/problem.h"
#include "runtime/base/alloc.h"
#include "runtime/base/rng.h"

#include <math.h>
#include <stdlib.h>

enum { CHUNK_PAIRS = 12000, CHUNK_INSTANCES = 512 };

static int by_size(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* n_reference of the instances without replacement, in proportion to the part's share of all instances. */
static slg_status choose_reference(const slg_problem *p, int32_t part, size_t n_all, slg_instances *c, slg_error *err)
{
    double share = (double)p->cfg->n_reference * (double)c->n / (double)n_all;
    size_t n = share >= (double)c->n ? c->n : (size_t)ceil(share);
    size_t *order = slg_calloc(c->n, sizeof *order);
    if (!order)
        return slg_fail_nomem(err, "reference environments");
    for (size_t i = 0; i < c->n; i++)
        order[i] = i;
    for (size_t i = 0; n < c->n && i < n; i++) {
        double u = slg_rng_u01(p->cfg->seed, SLG_STREAM_REFERENCE, (uint32_t)part, (uint32_t)i, 0);
        size_t j = i + (size_t)(u * (double)(c->n - i)), swap = order[i];
        order[i] = order[j];
        order[j] = swap;
    }
    qsort(order, n, sizeof *order, by_size);
    c->n_reference = n;
    c->reference = order;
    return SLG_OK;
}

/* Room for the worst case: every instance a chunk of its own. */
static slg_status make_room(slg_instances *c, size_t n_env, size_t n_batch, slg_error *err)
{
    c->chunk = slg_calloc(n_env + 1, sizeof *c->chunk);
    c->first = slg_calloc(n_env + 1, sizeof *c->first);
    c->stretch = slg_calloc(n_env + n_batch, sizeof *c->stretch);
    return c->chunk && c->first && c->stretch ? SLG_OK : slg_fail_nomem(err, "environments");
}

static void give_back(void **array, size_t n, size_t size)
{
    void *less = slg_realloc(*array, n > 0 ? n : 1, size);
    if (less)
        *array = less;
}

/* The environment joins the open chunk: its last stretch, or a new one. */
static void add_environment(slg_instances *c, size_t *n_stretch, size_t batch, size_t env)
{
    slg_stretch *last = *n_stretch > c->first[c->n_chunk] ? &c->stretch[*n_stretch - 1] : NULL;
    if (!last || last->batch != batch)
        c->stretch[(*n_stretch)++] = (slg_stretch){batch, env, env + 1};
    else
        last->env1 = env + 1;
}

static void close_chunk(slg_instances *c, size_t n_stretch)
{
    c->chunk[++c->n_chunk] = c->n;
    c->first[c->n_chunk] = n_stretch;
}

/* Chunks of about equal numbers of pairs, at most CHUNK_INSTANCES long. */
static size_t cut_chunks(const slg_problem *p, int32_t part, slg_instances *c)
{
    size_t pairs = 0, n_stretch = 0;
    for (size_t b = 0; b < p->train.n_batch; b++) {
        const slg_geom *g = &p->train.batch[b].geom;
        for (size_t env = 0; env < g->n_env; env++) {
            const size_t n = p->cfg->term->instances(part, p->n_species, g, env);
            if (n == 0)
                continue;
            add_environment(c, &n_stretch, b, env);
            c->n += n;
            pairs += g->pair_first[env + 1] - g->pair_first[env];
            if (pairs < CHUNK_PAIRS && c->n - c->chunk[c->n_chunk] < CHUNK_INSTANCES)
                continue;
            close_chunk(c, n_stretch);
            pairs = 0;
        }
    }
    if (c->n > c->chunk[c->n_chunk])
        close_chunk(c, n_stretch);
    return n_stretch;
}

static slg_status build_instances(slg_problem *p, int32_t part, slg_error *err)
{
    slg_instances *c = &p->instances[part];
    slg_status st = make_room(c, p->train_set->n_atom, p->train.n_batch, err);
    if (st != SLG_OK)
        return st;
    const size_t n_stretch = cut_chunks(p, part, c);
    give_back((void **)&c->chunk, c->n_chunk + 1, sizeof *c->chunk);
    give_back((void **)&c->first, c->n_chunk + 1, sizeof *c->first);
    give_back((void **)&c->stretch, n_stretch, sizeof *c->stretch);
    return SLG_OK;
}

slg_status slg_problem_instances(slg_problem *p, slg_error *err)
{
    size_t n_all = 0;
    slg_status st = SLG_OK;
    for (int32_t k = 0; st == SLG_OK && k < p->n_part; k++) {
        st = build_instances(p, k, err);
        n_all += p->instances[k].n;
    }
    for (int32_t k = 0; st == SLG_OK && k < p->n_part; k++)
        if (p->instances[k].n > 0)
            st = choose_reference(p, k, n_all, &p->instances[k], err);
    return st;
}
