/** Constant inputs shared by the kernels: the neighbourhoods of all atoms, and the observation rows of a batch. */
#ifndef SLG_TASKS_COMMON_GEOM_H
#define SLG_TASKS_COMMON_GEOM_H

#include <stddef.h>
#include <stdint.h>

enum { SLG_MAX_SPECIES = 8 };

/**
 * Neighbourhoods of a data set: one environment per atom, in file order, so an environment's index is its atom's.
 * Pairs of an environment are sorted by (channel, r), ties by (atom, x, y, z); each periodic image is a pair of its own.
 * Displacements are r_neighbour - r_centre [Angstrom]. All arrays are constant after construction.
 */
typedef struct slg_geom {
    size_t n_frame, n_env, n_pair;
    const size_t *frame_first;   /* [n_frame+1] first environment of each frame */
    const size_t *pair_first;    /* [n_env+1] first pair of each environment */
    const int32_t *species;      /* [n_env] species channel of the centre, 0..n_species-1 */
    const int32_t *pair_env;     /* [n_pair] environment (= atom) index of the neighbour's stored atom */
    const int32_t *pair_species; /* [n_pair] species channel of the neighbour */
    const double *pair_x, *pair_y, *pair_z, *pair_r; /* [n_pair] */
    size_t max_pair;                                 /* largest number of pairs of one environment */
    double min_r;                                    /* smallest pair distance (0 when there are no pairs) */
} slg_geom;

/** Rows first..first+count-1 of a batch belong to weight class `cls`. */
typedef struct slg_run {
    int32_t cls;
    size_t first, count;
} slg_run;

/**
 * The observation rows of one batch: frames frame0 .. frame0+n_frame-1 of a slg_geom. Rows are grouped by class.
 * Row contents (spec: gap_fit section 1), all for unit delta before weighting:
 *   energy: sum_i k(v_i,q);      target y = E - sum e0
 *   force (atom a, component c): dE/dr_ac;   target y = -F_ac;   3 rows an atom, xyz fastest
 *   virial: dE/d(strain); 6 rows xx xy xz yy yz zz;  target y = -virial
 */
typedef struct slg_rows {
    size_t frame0, n_frame, n_row;
    const int64_t *energy, *force, *virial; /* [n_frame] first row of that observable in the batch, -1 = none */
    const double *y, *w;                    /* [n_row] target, and w with sigma_row = w * s_class */
    size_t n_run;
    const slg_run *run; /* [n_run] a partition of 0..n_row-1 */
} slg_rows;

#endif
