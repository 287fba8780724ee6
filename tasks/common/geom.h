/**
 * Constant inputs of the kernels: the neighbourhoods of all atoms, and the observation rows of a batch. Kernels get
 * them as views (pointers into arrays); they are kept, and travel to tasks, as blocks of memory without pointers.
 */
#ifndef SLG_TASKS_COMMON_GEOM_H
#define SLG_TASKS_COMMON_GEOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SLG_MAX_SPECIES = 8 };

/**
 * Neighbourhoods of some structures: one environment per atom, in file order, so an environment's index is its atom's.
 * Pairs of an environment are sorted by (channel, r), ties by (atom, x, y, z); each periodic image is a pair of its
 * own. Displacements are r_neighbour - r_centre [Angstrom]. All arrays are constant after construction.
 */
typedef struct slg_geom {
    size_t n_frame, n_env, n_pair, n_near;
    const size_t *frame_first;   /* [n_frame+1] first environment of each frame */
    const size_t *pair_first;    /* [n_env+1] first pair of each environment */
    const int32_t *species;      /* [n_env] species channel of the centre, 0..n_species-1 */
    const int32_t *pair_env;     /* [n_pair] environment (= atom) index of the neighbour's stored atom */
    const int32_t *pair_species; /* [n_pair] species channel of the neighbour */
    const double *pair_x, *pair_y, *pair_z, *pair_r; /* [n_pair] */
    /* What an environment contributes to: its distinct neighbours, the centre itself left out, in order of pairs. */
    const size_t *near_first; /* [n_env+1] first neighbour of each environment */
    const int32_t *near_env;  /* [n_near] environment index of the neighbour */
    const int32_t *pair_near; /* [n_pair] position in the list of its environment; -1: an image of the centre */
    size_t max_pair;          /* largest number of pairs of one environment */
    size_t origin;            /* number of the first environment in the data set, for messages */
    double min_r;             /* smallest pair distance (0 when there are no pairs) */
} slg_geom;

/** Rows first..first+count-1 of a batch belong to weight class `cls`. */
typedef struct slg_run {
    int32_t cls;
    size_t first, count;
    int32_t judge; /* the class that takes them once more, by w_judge; -1, or without w_judge: none */
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
    const int32_t *group;                   /* [n_frame] number of the config_type */
    const double *y, *w;                    /* [n_row] target, and w with sigma_row = w * s_class */
    const double *w_judge;                  /* [n_row] weights of errors, NULL = the rows are not judged */
    size_t n_run;
    const slg_run *run; /* [n_run] a partition of 0..n_row-1 */
} slg_rows;

/**
 * Fills near_first [n_env+1], near_env and pair_near (room for n_pair each) from the pairs of g; returns n_near. mark
 * [n_env] is workspace.
 */
size_t slg_geom_find_near(const slg_geom *g, size_t *near_first, int32_t *near_env, int32_t *pair_near, int32_t *mark);

/** Neighbourhoods as one relocatable block: this head, then the arrays. */
typedef struct slg_geom_block slg_geom_block;
/** Rows as one relocatable block. */
typedef struct slg_rows_block slg_rows_block;

/** Bytes of a block for frames frame0 .. frame0+n_frame-1 of g. */
size_t slg_geom_block_bytes(const slg_geom *g, size_t frame0, size_t n_frame);
/** Copies those frames into mem (64-byte aligned); environments and atoms are then counted from the first frame's. */
void slg_geom_pack(const slg_geom *g, size_t frame0, size_t n_frame, slg_geom_block *mem);
slg_geom slg_geom_view(const slg_geom_block *mem);
size_t slg_geom_block_size(const slg_geom_block *mem);

/** The same for rows of n_frame frames, counted from the first of them. */
size_t slg_rows_block_bytes(size_t n_frame, size_t n_row, size_t n_run, bool judged);
/** Copies r, with all of its arrays, into mem; its frames become 0 .. n_frame-1. */
void slg_rows_pack(const slg_rows *r, slg_rows_block *mem);
slg_rows slg_rows_view(const slg_rows_block *mem);
size_t slg_rows_block_size(const slg_rows_block *mem);

#endif
