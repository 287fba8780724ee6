/* An optimiser for the tests: steps of a shrinking length from the best point so far. */
#include "runtime/base/alloc.h"
#include "runtime/base/rng.h"
#include "src/optimisers/optimiser.h"

#include <math.h>
#include <string.h>

enum { SLG_STREAM_TOY_WALK = 101 };
enum { FIRST_STEP, SHRINKING, N_PARAM };

typedef struct walk {
    slg_optimiser head;
    double step, shrinking, best_f;
    double *best, *x; /* [n_dim], [n_point][n_dim] */
} walk;

static const slg_param param[N_PARAM] = {
    [FIRST_STEP] =
        {.name = "first_step", .lowest = 0.001, .highest = 1, .standard = "0.3", .text = "Longest first step."},
    [SHRINKING] = {.name = "shrinking", .lowest = 0.1, .highest = 1, .standard = "0.8", .text = "Factor a generation."},
};

static void draw(walk *w)
{
    const slg_optimiser *o = &w->head;
    const double step = w->step * pow(w->shrinking, (double)o->generation);
    for (size_t p = 0; p < o->n_point; p++)
        for (size_t d = 0; d < o->n_dim; d++) {
            const double u =
                slg_rng_u01(o->seed, SLG_STREAM_TOY_WALK, (uint32_t)o->generation, (uint32_t)p, (uint32_t)d);
            const double x = isfinite(w->best_f) ? w->best[d] + step * (2 * u - 1) : u;
            w->x[p * o->n_dim + d] = fmin(fmax(x, 0), 1);
        }
}

static void release(slg_optimiser *o)
{
    slg_free(((walk *)o)->best);
    slg_free(((walk *)o)->x);
    slg_free(o);
}

static slg_status create(const double *setting, const slg_optimiser *head, slg_optimiser **out, slg_error *err)
{
    walk *w = slg_calloc(1, sizeof *w);
    if (!w)
        return slg_fail_nomem(err, "walk");
    *w =
        (walk){.head = *head, .step = setting[FIRST_STEP], .shrinking = setting[SHRINKING], .best_f = (double)INFINITY};
    w->best = slg_calloc(head->n_dim, sizeof *w->best);
    w->x = slg_calloc(head->n_point * head->n_dim, sizeof *w->x);
    if (!w->best || !w->x) {
        release(&w->head);
        return slg_fail_nomem(err, "walk");
    }
    draw(w);
    *out = &w->head;
    return SLG_OK;
}

static void place(slg_optimiser *o, size_t i, const double *u, const bool *given)
{
    for (size_t d = 0; d < o->n_dim; d++)
        if (given[d])
            ((walk *)o)->x[i * o->n_dim + d] = u[d];
}

static void ask(const slg_optimiser *o, size_t i, double *u)
{
    memcpy(u, ((const walk *)o)->x + i * o->n_dim, o->n_dim * sizeof *u);
}

static void tell(slg_optimiser *o, size_t i, double f)
{
    walk *w = (walk *)o;
    if (f < w->best_f) {
        w->best_f = f;
        ask(o, i, w->best);
    }
    if (i + 1 < o->n_point)
        return;
    o->generation++;
    draw(w);
}

static slg_status store(slg_optimiser *o, const slg_store *s, slg_error *err)
{
    walk *w = (walk *)o;
    slg_status st = slg_store_f64(s, "best_f", 1, 1, &w->best_f, err);
    if (st == SLG_OK)
        st = slg_store_f64(s, "best", o->n_dim, 1, w->best, err);
    return st == SLG_OK ? slg_store_f64(s, "x", o->n_point, o->n_dim, w->x, err) : st;
}

extern const slg_optimiser_kind slg_optimiser_toy_walk;
const slg_optimiser_kind slg_optimiser_toy_walk = {.name = "toy_walk",
                                                   .text = "shrinking steps from the best point",
                                                   .param = param,
                                                   .n_param = N_PARAM,
                                                   .create = create,
                                                   .free = release,
                                                   .place = place,
                                                   .ask = ask,
                                                   .tell = tell,
                                                   .store = store};
