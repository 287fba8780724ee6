/*
 * Particle swarm: methods 1.2 (eqs. 14-16 of Natarajan & Caro, arXiv:2101.00049) and 1.3.
 *
 * Uniform start (eq. 14), v = 0. A generation ends with bests in the order of particles (ties: the earlier stays), then
 * velocities (eq. 15 plus inertia) and positions (eq. 16). A particle without own best feels no own pull, a swarm
 * without any best no common one.
 */
#include "src/optimisers/swarm.h"
#include "runtime/base/alloc.h"
#include "runtime/base/rng.h"

#include <math.h>
#include <string.h>

enum { PRESET, INERTIA, C1, C2, DT, BOUNDS, GBEST, N_PARAM };

static const slg_param param[N_PARAM] = {
    [PRESET] =
        {.name = "swarm",
         .flags = SLG_PARAM_PRESET,
         .kind = SLG_PARAM_WORD,
         .words = "inertia paper",
         .standard = "inertia",
         .text = "Preset of the keys from inertia to gbest below: `inertia`, or `paper` (Natarajan & Caro). `random` "
                 "stands for `optimiser: random`."},
    [INERTIA] = {.name = "inertia", .highest = 10, .standard = "preset", .text = "Share of the velocity that is kept."},
    [C1] = {.name = "c1",
            .highest = 100,
            .standard = "preset",
            .text = "Pull towards the best position of the particle."},
    [C2] = {.name = "c2", .highest = 100, .standard = "preset", .text = "Pull towards the best position of the swarm."},
    [DT] = {.name = "dt", .lowest = 1e-3, .highest = 1000, .standard = "preset", .text = "Time step of the swarm."},
    [BOUNDS] = {.name = "bounds",
                .kind = SLG_PARAM_WORD,
                .words = "redraw clamp reflect",
                .standard = "preset",
                .text =
                    "What happens to a coordinate that leaves its range: a new one is drawn, it stops at the bound, "
                    "or it is mirrored."},
    [GBEST] = {.name = "gbest",
               .kind = SLG_PARAM_WORD,
               .words = "history iteration",
               .standard = "preset",
               .text = "Best position of the swarm: since the start, or of the last iteration."},
};

/* methods 1.2: no inertia, redraw at bounds; or Clerc's constriction as an inertia. */
static void settle(double *setting, const bool *given)
{
    static const double preset[][N_PARAM] = {{0, 0.729, 1.494, 1.494, 1, SLG_BOUNDS_CLAMP, 0},
                                             {1, 0, 1, 2, 1, SLG_BOUNDS_REDRAW, 0}};
    const double *values = preset[(int)setting[PRESET]];
    for (int i = INERTIA; i < N_PARAM; i++)
        if (!given[i])
            setting[i] = values[i];
}

static double draw(const slg_swarm *s, uint32_t stream, size_t p, size_t d)
{
    return slg_rng_u01(s->head.seed, stream, (uint32_t)s->head.generation, (uint32_t)p, (uint32_t)d);
}

static slg_status check_rule(const slg_swarm_rule *r, slg_error *err)
{
    bool ok = isfinite(r->inertia) && r->inertia >= 0 && isfinite(r->c1) && r->c1 >= 0 && isfinite(r->c2) &&
              r->c2 >= 0 && isfinite(r->dt) && r->dt > 0;
    return ok ? SLG_OK
              : slg_fail(err, SLG_ERR_CONFIG,
                         "swarm: expected inertia, c1, c2 >= 0 and dt > 0, found %g, %g, %g, %g; "
                         "correct the rule",
                         r->inertia, r->c1, r->c2, r->dt);
}

static bool allocate(slg_swarm *s)
{
    const size_t n_point = s->head.n_point, n = n_point * s->head.n_dim;
    s->x = slg_calloc(n, sizeof *s->x);
    s->v = slg_calloc(n, sizeof *s->v);
    s->best_x = slg_calloc(n, sizeof *s->best_x);
    s->best_f = slg_calloc(n_point, sizeof *s->best_f);
    s->f = slg_calloc(n_point, sizeof *s->f);
    s->global_x = slg_calloc(s->head.n_dim, sizeof *s->global_x);
    return s->x && s->v && s->best_x && s->best_f && s->f && s->global_x;
}

static void release(slg_optimiser *o)
{
    slg_swarm *s = (slg_swarm *)o;
    slg_free(s->x);
    slg_free(s->v);
    slg_free(s->best_x);
    slg_free(s->best_f);
    slg_free(s->f);
    slg_free(s->global_x);
    slg_free(s);
}

static void start(slg_swarm *s)
{
    s->global_f = (double)INFINITY;
    for (size_t p = 0; p < s->head.n_point; p++) {
        s->best_f[p] = (double)INFINITY;
        s->f[p] = (double)NAN;
        for (size_t d = 0; d < s->head.n_dim; d++)
            s->x[p * s->head.n_dim + d] = draw(s, SLG_STREAM_SEARCH_START, p, d);
    }
}

static slg_status create(const double *setting, const slg_optimiser *head, slg_optimiser **out, slg_error *err)
{
    const slg_swarm_rule rule = {.inertia = setting[INERTIA],
                                 .c1 = setting[C1],
                                 .c2 = setting[C2],
                                 .dt = setting[DT],
                                 .bounds = (slg_swarm_bounds)setting[BOUNDS],
                                 .last_only = setting[GBEST] > 0};
    slg_status st = check_rule(&rule, err);
    if (st != SLG_OK)
        return st;
    slg_swarm *s = slg_calloc(1, sizeof *s);
    if (!s)
        return slg_fail_nomem(err, "swarm");
    s->head = *head;
    s->rule = rule;
    if (!allocate(s)) {
        release(&s->head);
        return slg_fail_nomem(err, "particles of the swarm");
    }
    start(s);
    *out = &s->head;
    return SLG_OK;
}

static void place(slg_optimiser *o, size_t i, const double *u, const bool *given)
{
    slg_swarm *s = (slg_swarm *)o;
    for (size_t d = 0; d < o->n_dim; d++)
        if (given[d])
            s->x[i * o->n_dim + d] = u[d];
}

static void ask(const slg_optimiser *o, size_t i, double *u)
{
    memcpy(u, ((const slg_swarm *)o)->x + i * o->n_dim, o->n_dim * sizeof *u);
}

/* Own and global bests, in particle order. */
static void update_bests(slg_swarm *s)
{
    size_t row = s->head.n_dim * sizeof *s->x;
    for (size_t p = 0; p < s->head.n_point; p++) {
        const double *x = s->x + p * s->head.n_dim;
        if (s->f[p] < s->best_f[p]) { /* false for NAN */
            s->best_f[p] = s->f[p];
            memcpy(s->best_x + p * s->head.n_dim, x, row);
        }
        if (s->f[p] < s->global_f) {
            s->global_f = s->f[p];
            memcpy(s->global_x, x, row);
        }
    }
}

/*
 * x_g of eq. 15 into goal; false when nothing has succeeded yet. With last_only and a
 * generation in which every particle failed, the best of the history stands in.
 */
static bool find_goal(const slg_swarm *s, double *goal)
{
    const double *from = s->global_x;
    double low = INFINITY;
    for (size_t p = 0; s->rule.last_only && p < s->head.n_point; p++)
        if (s->f[p] < low) {
            low = s->f[p];
            from = s->x + p * s->head.n_dim;
        }
    memcpy(goal, from, s->head.n_dim * sizeof *goal);
    return isfinite(s->global_f);
}

/* Component d of particle p from x to next = x + v, which may lie outside [0,1]. */
static void move(slg_swarm *s, size_t p, size_t d, double next)
{
    double *x = s->x + p * s->head.n_dim + d, *v = s->v + p * s->head.n_dim + d;
    bool outside = next < 0 || next > 1;
    if (s->rule.bounds == SLG_BOUNDS_REDRAW) {
        if (outside)
            *x = draw(s, SLG_STREAM_SWARM_REDRAW, p, d);
        else if (next > 0 && next < 1) /* exactly on a bound: the old value stays */
            *x = next;
    } else if (!outside) {
        *x = next;
    } else if (s->rule.bounds == SLG_BOUNDS_CLAMP) {
        *x = next < 0 ? 0 : 1;
        *v = 0;
    } else { /* mirror images of [0,1] with period 2: an odd number of bounces turns the velocity */
        const double m = fmod(fabs(next), 2);
        *x = m > 1 ? 2 - m : m;
        *v = (m > 1) == (next < 0) ? *v : -*v;
    }
}

/* Eqs. 15 and 16 (the position step has no factor dt), with optional inertia. */
static void fly(slg_swarm *s, size_t p, const double *goal)
{
    const slg_swarm_rule *r = &s->rule;
    bool own = isfinite(s->best_f[p]);
    for (size_t d = 0; d < s->head.n_dim; d++) {
        size_t k = p * s->head.n_dim + d;
        double x = s->x[k], pull = 0;
        if (own)
            pull += r->c1 * draw(s, SLG_STREAM_SWARM_LOCAL, p, d) * (s->best_x[k] - x);
        if (goal)
            pull += r->c2 * draw(s, SLG_STREAM_SWARM_GLOBAL, p, d) * (goal[d] - x);
        double v = r->inertia * s->v[k] + pull / r->dt;
        s->v[k] = isfinite(v) ? v : 0; /* overflow with extreme constants only */
        move(s, p, d, x + s->v[k]);
    }
}

/* Ends the generation. */
static void step(slg_swarm *s)
{
    double goal[SLG_MAX_DIM];
    update_bests(s);
    bool have = find_goal(s, goal);
    for (size_t p = 0; p < s->head.n_point; p++) {
        fly(s, p, have ? goal : NULL);
        s->f[p] = (double)NAN;
    }
    s->head.generation++;
}

static void tell(slg_optimiser *o, size_t i, double f)
{
    slg_swarm *s = (slg_swarm *)o;
    s->f[i] = f;
    if (i + 1 == o->n_point)
        step(s);
}

static slg_status store(slg_optimiser *o, const slg_store *c, slg_error *err)
{
    slg_swarm *s = (slg_swarm *)o;
    const size_t n = o->n_point, d = o->n_dim;
    const struct {
        const char *name;
        size_t rows, cols;
        double *x;
    } column[] = {{"position", n, d, s->x},
                  {"velocity", n, d, s->v},
                  {"best_position", n, d, s->best_x},
                  {"best_objective", n, 1, s->best_f},
                  {"global_position", d, 1, s->global_x},
                  {"global_objective", 1, 1, &s->global_f}};
    slg_status st = SLG_OK;
    for (size_t i = 0; st == SLG_OK && i < sizeof column / sizeof *column; i++)
        st = slg_store_f64(c, column[i].name, column[i].rows, column[i].cols, column[i].x, err);
    return st;
}

const slg_optimiser_kind slg_optimiser_swarm = {
    .name = "swarm",
    .text = "particle swarm",
    .param = param,
    .n_param = N_PARAM,
    .settle = settle,
    .create = create,
    .free = release,
    .place = place,
    .ask = ask,
    .tell = tell,
    .store = store,
};
