/** The particle swarm's inside, for its tests. */
#ifndef SLG_OPTIMISERS_SWARM_H
#define SLG_OPTIMISERS_SWARM_H

#include "src/optimisers/optimiser.h"

enum { SLG_STREAM_SWARM_LOCAL = 2, SLG_STREAM_SWARM_GLOBAL = 3, SLG_STREAM_SWARM_REDRAW = 4 };

typedef enum slg_swarm_bounds { SLG_BOUNDS_REDRAW, SLG_BOUNDS_CLAMP, SLG_BOUNDS_REFLECT } slg_swarm_bounds;

typedef struct slg_swarm_rule {
    double inertia, c1, c2, dt;
    slg_swarm_bounds bounds;
    bool last_only; /* common goal: the best of the last generation instead of the best since the start */
} slg_swarm_rule;

/** The random numbers have no state (counter-based on seed, generation, member, dimension). */
typedef struct slg_swarm {
    slg_optimiser head;
    slg_swarm_rule rule;
    double *x, *v;    /* [n_point][n_dim] unit coordinates */
    double *best_x;   /* [n_point][n_dim] */
    double *best_f;   /* [n_point]; INFINITY until a particle succeeded */
    double *f;        /* [n_point] of the open generation; NAN = failed or not yet told */
    double *global_x; /* [n_dim] best since the start, also with last_only */
    double global_f;  /* INFINITY until a particle succeeded */
} slg_swarm;

extern const slg_optimiser_kind slg_optimiser_swarm;

#endif
