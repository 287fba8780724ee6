/* Independent uniform draws: what every other optimiser has to beat. */
#include "runtime/base/alloc.h"
#include "runtime/base/rng.h"
#include "src/optimisers/optimiser.h"

#include <string.h>

enum { SLG_STREAM_RANDOM_SEARCH = 5 };

typedef struct random_search {
    slg_optimiser head;
    double *x; /* [n_point][n_dim] the open generation */
} random_search;

/* The first generation is that of a swarm with the same seed. */
static void draw(random_search *r)
{
    const slg_optimiser *o = &r->head;
    const bool first = o->generation == 0;
    const uint32_t number = first ? 0 : (uint32_t)(o->generation - 1);
    for (size_t p = 0; p < o->n_point; p++)
        for (size_t d = 0; d < o->n_dim; d++)
            r->x[p * o->n_dim + d] = slg_rng_u01(o->seed, first ? SLG_STREAM_SEARCH_START : SLG_STREAM_RANDOM_SEARCH,
                                                 number, (uint32_t)p, (uint32_t)d);
}

static void release(slg_optimiser *o)
{
    slg_free(((random_search *)o)->x);
    slg_free(o);
}

static slg_status create(const double *setting, const slg_optimiser *head, slg_optimiser **out, slg_error *err)
{
    (void)setting;
    random_search *r = slg_calloc(1, sizeof *r);
    double *x = r ? slg_calloc(head->n_point * head->n_dim, sizeof *x) : NULL;
    if (!x) {
        slg_free(r);
        return slg_fail_nomem(err, "random search");
    }
    *r = (random_search){*head, x};
    draw(r);
    *out = &r->head;
    return SLG_OK;
}

static void place(slg_optimiser *o, size_t i, const double *u, const bool *given)
{
    for (size_t d = 0; d < o->n_dim; d++)
        if (given[d])
            ((random_search *)o)->x[i * o->n_dim + d] = u[d];
}

static void ask(const slg_optimiser *o, size_t i, double *u)
{
    memcpy(u, ((const random_search *)o)->x + i * o->n_dim, o->n_dim * sizeof *u);
}

static void tell(slg_optimiser *o, size_t i, double f)
{
    (void)f;
    if (i + 1 < o->n_point)
        return;
    o->generation++;
    draw((random_search *)o);
}

static slg_status store(slg_optimiser *o, const slg_store *s, slg_error *err)
{
    return slg_store_f64(s, "position", o->n_point, o->n_dim, ((random_search *)o)->x, err);
}

const slg_optimiser_kind slg_optimiser_random = {
    .name = "random",
    .text = "independent draws",
    .create = create,
    .free = release,
    .place = place,
    .ask = ask,
    .tell = tell,
    .store = store,
};
