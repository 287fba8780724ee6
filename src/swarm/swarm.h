/** Particle swarm on a box of mixed dimensions. Knows numbers only: no atoms, no files, no runtime.
 */
#ifndef SLG_SWARM_SWARM_H
#define SLG_SWARM_SWARM_H

#include "runtime/base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum slg_dim_kind { SLG_DIM_RANGE, SLG_DIM_LOG, SLG_DIM_INT, SLG_DIM_CHOICE } slg_dim_kind;

/** One searched dimension; `hp` and `species` are the owner's tags. */
typedef struct slg_dim {
    char name[48]; /* "atom_sigma_r" or "atom_sigma_r.C" */
    slg_dim_kind kind;
    double lo, hi;
    int32_t n_choice;
    double choice[16];
    int32_t hp, species; /* species -1: tied */
} slg_dim;

enum { SLG_MAX_DIM = 128 };
typedef struct slg_space {
    size_t n_dim;
    slg_dim dim[SLG_MAX_DIM];
} slg_space;

/**
 * Unit coordinate in [0,1] to value and back (arguments outside are clamped). Integers and choices:
 * equal cells, encode gives the centre of the cell; a choice that is not in the list means the
 * nearest one.
 */
double slg_dim_decode(const slg_dim *d, double u);
double slg_dim_encode(const slg_dim *d, double value);
/** The largest value of the dimension. */
double slg_dim_largest(const slg_dim *d);

typedef struct slg_swarm_rule {
    enum { SLG_SWARM_PSO, SLG_SWARM_RANDOM } method;
    enum { SLG_BOUNDS_REDRAW, SLG_BOUNDS_CLAMP, SLG_BOUNDS_REFLECT } bounds;
    enum { SLG_GBEST_HISTORY, SLG_GBEST_ITERATION } gbest;
    double inertia, c1, c2, dt;
} slg_swarm_rule;

/**
 * Presets: "paper" (Natarajan & Caro eqs. 14-16: no inertia, c1 = 1, c2 = 2, dt = 1, redraw at
 * bounds), "inertia" (w = 0.729, c1 = c2 = 1.494, clamp) and "random". False when the name is
 * unknown.
 */
bool slg_swarm_preset(const char *name, slg_swarm_rule *rule);

/** All state of a swarm; the random numbers have none (counter-based on seed, iteration, particle,
 * dimension). */
typedef struct slg_swarm {
    const slg_space *space; /* borrowed */
    slg_swarm_rule rule;
    uint64_t seed;
    size_t n_particle, n_dim;
    int64_t iteration;       /* 0 after create */
    double *x, *v;           /* [n_particle][n_dim] unit coordinates */
    double *best_x, *best_f; /* [n_particle][n_dim], [n_particle]; INFINITY until a particle succeeded */
    double *f;               /* [n_particle] of the current iteration; NAN = failed or not yet told */
    double *global_x;        /* [n_dim] best since the start, also with gbest = iteration */
    double global_f;         /* INFINITY until a particle succeeded */
} slg_swarm;

/**
 * Uniform start positions (eq. 14), v = 0. Free with slg_swarm_free. ERR_CONFIG: no dimension or
 * more than SLG_MAX_DIM, no particle, an impossible range or rule; ERR_NOMEM. A swarm is restarted
 * by creating it with the same arguments and copying iteration, x, v, best_x, best_f, f, global_x
 * and global_f into it.
 */
SLG_CHECKED slg_status slg_swarm_create(const slg_space *space, const slg_swarm_rule *rule, size_t n_particle,
                                        uint64_t seed, slg_swarm **out, slg_error *err);
void slg_swarm_free(slg_swarm **s);
/** Overrides the start of particle p in the dimensions with given[d] (values, clamped to the box).
 */
void slg_swarm_place(slg_swarm *s, size_t p, const double *value, const bool *given);
/** Decoded position of particle p. */
void slg_swarm_values(const slg_swarm *s, size_t p, double *value);
/** Objective of particle p in this iteration (lower is better; not finite = failed). Updates no
 * best yet. */
void slg_swarm_tell(slg_swarm *s, size_t p, double f);
/**
 * Ends the iteration: bests in particle order (ties: the earlier stays), velocities (eq. 15 plus
 * inertia) and positions (eq. 16) of the next one. A particle without own best feels no own pull, a
 * swarm without any best no common one. Bounds: redraw takes a new uniform component (and keeps the
 * old one on an exact hit of a bound: methods 1.3), clamp stops it at the bound, reflect mirrors
 * position and velocity.
 */
void slg_swarm_step(slg_swarm *s);

#endif
