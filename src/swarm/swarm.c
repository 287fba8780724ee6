/* Update rules of the swarm: methods 1.2 (eqs. 14-16 of Natarajan & Caro) and 1.3. */
#include "src/swarm/swarm.h"
#include "runtime/base/alloc.h"
#include "runtime/base/rng.h"

#include <math.h>
#include <string.h>

bool slg_swarm_preset(const char *name, slg_swarm_rule *rule)
{
    static const struct {
        const char *name;
        slg_swarm_rule rule;
    } preset[] = {
        {"paper", {SLG_SWARM_PSO, SLG_BOUNDS_REDRAW, SLG_GBEST_HISTORY, 0, 1, 2, 1}},
        {"inertia", {SLG_SWARM_PSO, SLG_BOUNDS_CLAMP, SLG_GBEST_HISTORY, 0.729, 1.494, 1.494, 1}},
        {"random", {SLG_SWARM_RANDOM, SLG_BOUNDS_REDRAW, SLG_GBEST_HISTORY, 0, 0, 0, 1}},
    };
    for (size_t i = 0; i < sizeof preset / sizeof preset[0]; i++)
        if (strcmp(name, preset[i].name) == 0) {
            *rule = preset[i].rule;
            return true;
        }
    return false;
}

static double draw(const slg_swarm *s, slg_stream stream, size_t p, size_t d)
{
    return slg_rng_u01(s->seed, stream, (uint32_t)s->iteration, (uint32_t)p, (uint32_t)d);
}

static slg_status check_dim(const slg_dim *d, slg_error *err)
{
    const double max_cell = 0x1p31;
    bool ok = false;
    if (d->kind == SLG_DIM_CHOICE)
        ok = d->n_choice >= 1 && (size_t)d->n_choice <= sizeof d->choice / sizeof d->choice[0];
    else
        ok = isfinite(d->lo) && isfinite(d->hi) && d->lo <= d->hi && isfinite(d->hi - d->lo);
    if (d->kind == SLG_DIM_LOG)
        ok = ok && d->lo > 0;
    if (d->kind == SLG_DIM_INT)
        ok = ok && d->lo == floor(d->lo) && d->hi == floor(d->hi) && d->hi - d->lo < max_cell;
    return ok ? SLG_OK
              : slg_fail(err, SLG_ERR_CONFIG,
                         "swarm: dimension %s: expected finite bounds lo <= hi (lo > 0 on a log scale, "
                         "whole numbers for integers, 1-16 choices), found %g to %g; correct its range",
                         d->name, d->lo, d->hi);
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

static slg_status check(const slg_space *space, const slg_swarm_rule *rule, size_t n_particle, slg_error *err)
{
    if (space->n_dim < 1 || space->n_dim > SLG_MAX_DIM)
        return slg_fail(err, SLG_ERR_CONFIG,
                        "swarm: expected 1 to %d searched dimensions, found %zu; free or fix some"
                        " (`starling fit' makes one fit at fixed hyper-parameters)",
                        SLG_MAX_DIM, space->n_dim);
    if (n_particle < 1 || n_particle > INT32_MAX)
        return slg_fail(err, SLG_ERR_CONFIG, "swarm: expected at least one particle, found %zu; correct their number",
                        n_particle);
    for (size_t d = 0; d < space->n_dim; d++)
        if (check_dim(&space->dim[d], err) != SLG_OK)
            return SLG_ERR_CONFIG;
    return check_rule(rule, err);
}

static bool allocate(slg_swarm *s)
{
    size_t n = s->n_particle * s->n_dim;
    s->x = slg_calloc(n, sizeof *s->x);
    s->v = slg_calloc(n, sizeof *s->v);
    s->best_x = slg_calloc(n, sizeof *s->best_x);
    s->best_f = slg_calloc(s->n_particle, sizeof *s->best_f);
    s->f = slg_calloc(s->n_particle, sizeof *s->f);
    s->global_x = slg_calloc(s->n_dim, sizeof *s->global_x);
    return s->x && s->v && s->best_x && s->best_f && s->f && s->global_x;
}

slg_status slg_swarm_create(const slg_space *space, const slg_swarm_rule *rule, size_t n_particle, uint64_t seed,
                            slg_swarm **out, slg_error *err)
{
    *out = NULL;
    slg_status st = check(space, rule, n_particle, err);
    if (st != SLG_OK)
        return st;
    slg_swarm *s = slg_calloc(1, sizeof *s);
    if (!s)
        return slg_fail_nomem(err, "swarm");
    *s = (slg_swarm){.space = space,
                     .rule = *rule,
                     .seed = seed,
                     .n_particle = n_particle,
                     .n_dim = space->n_dim,
                     .global_f = INFINITY};
    if (!allocate(s)) {
        slg_swarm_free(&s);
        return slg_fail_nomem(err, "particles of the swarm");
    }
    for (size_t p = 0; p < n_particle; p++) {
        s->best_f[p] = INFINITY;
        s->f[p] = NAN;
        for (size_t d = 0; d < s->n_dim; d++)
            s->x[p * s->n_dim + d] = draw(s, SLG_STREAM_SWARM_START, p, d);
    }
    *out = s;
    return SLG_OK;
}

void slg_swarm_free(slg_swarm **sp)
{
    slg_swarm *s = *sp;
    *sp = NULL;
    if (!s)
        return;
    slg_free(s->x);
    slg_free(s->v);
    slg_free(s->best_x);
    slg_free(s->best_f);
    slg_free(s->f);
    slg_free(s->global_x);
    slg_free(s);
}

void slg_swarm_place(slg_swarm *s, size_t p, const double *value, const bool *given)
{
    SLG_ASSERT(p < s->n_particle);
    for (size_t d = 0; d < s->n_dim; d++)
        if (given[d])
            s->x[p * s->n_dim + d] = slg_dim_encode(&s->space->dim[d], value[d]);
}

void slg_swarm_values(const slg_swarm *s, size_t p, double *value)
{
    SLG_ASSERT(p < s->n_particle);
    for (size_t d = 0; d < s->n_dim; d++)
        value[d] = slg_dim_decode(&s->space->dim[d], s->x[p * s->n_dim + d]);
}

void slg_swarm_tell(slg_swarm *s, size_t p, double f)
{
    SLG_ASSERT(p < s->n_particle);
    s->f[p] = isfinite(f) ? f : (double)NAN;
}

/* Own and global bests, in particle order. */
static void update_bests(slg_swarm *s)
{
    size_t row = s->n_dim * sizeof *s->x;
    for (size_t p = 0; p < s->n_particle; p++) {
        const double *x = s->x + p * s->n_dim;
        if (s->f[p] < s->best_f[p]) { /* false for NAN */
            s->best_f[p] = s->f[p];
            memcpy(s->best_x + p * s->n_dim, x, row);
        }
        if (s->f[p] < s->global_f) {
            s->global_f = s->f[p];
            memcpy(s->global_x, x, row);
        }
    }
}

/*
 * x_g of eq. 15 into goal; false when nothing has succeeded yet. With gbest = iteration and an
 * iteration in which every particle failed, the best of the history stands in.
 */
static bool find_goal(const slg_swarm *s, double *goal)
{
    const double *from = s->global_x;
    double low = INFINITY;
    for (size_t p = 0; s->rule.gbest == SLG_GBEST_ITERATION && p < s->n_particle; p++)
        if (s->f[p] < low) {
            low = s->f[p];
            from = s->x + p * s->n_dim;
        }
    memcpy(goal, from, s->n_dim * sizeof *goal);
    return isfinite(s->global_f);
}

/* Component d of particle p from x to next = x + v, which may lie outside [0,1]. */
static void move(slg_swarm *s, size_t p, size_t d, double next)
{
    double *x = s->x + p * s->n_dim + d, *v = s->v + p * s->n_dim + d;
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
    } else { /* mirror images of [0,1] with period 2 */
        double m = fmod(fabs(next), 2);
        *x = m > 1 ? 2 - m : m;
        *v = -*v;
    }
}

/* Eqs. 15 and 16 (the position step has no factor dt), with optional inertia. */
static void fly(slg_swarm *s, size_t p, const double *goal)
{
    const slg_swarm_rule *r = &s->rule;
    bool own = isfinite(s->best_f[p]);
    for (size_t d = 0; d < s->n_dim; d++) {
        size_t k = p * s->n_dim + d;
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

void slg_swarm_step(slg_swarm *s)
{
    double goal[SLG_MAX_DIM];
    update_bests(s);
    bool have = find_goal(s, goal);
    for (size_t p = 0; p < s->n_particle; p++) {
        if (s->rule.method == SLG_SWARM_PSO)
            fly(s, p, have ? goal : NULL);
        for (size_t d = 0; s->rule.method == SLG_SWARM_RANDOM && d < s->n_dim; d++)
            s->x[p * s->n_dim + d] = draw(s, SLG_STREAM_RANDOM_SEARCH, p, d);
        s->f[p] = NAN;
    }
    s->iteration++;
}
