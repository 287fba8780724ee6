/** The atoms of a frame sorted into bins ("linked cells"). Private to the neighbour lists. */
#ifndef SLG_DATA_GRID_H
#define SLG_DATA_GRID_H

#include "src/data/dataset.h"

typedef struct slg_grid_atom {
    int bin[3];
    double wrap[3]; /* whole cells it lies away from the home cell */
} slg_grid_atom;

typedef struct slg_grid {
    double cell[3][3];
    bool pbc[3];
    int n[3], reach[3];  /* bins; how many bins to look away */
    size_t *first;       /* [n0*n1*n2+1] */
    size_t *order;       /* [n_atom] atoms of the frame, bin by bin */
    slg_grid_atom *atom; /* [n_atom] */
    double *f;           /* [n_atom][3] fractional coordinates */
} slg_grid;

/**
 * Sorts the atoms of a frame into arrays of the caller (first: 4 n_atom + 66). False: the cutoff reaches absurdly far.
 */
bool slg_grid_fill(slg_grid *g, const slg_frame *f, const double *pos, double cutoff);
/** Bin b of direction k brought home; *cell = how many cells away it was. False: there is none. */
bool slg_grid_home(const slg_grid *g, int k, int b, int *home, int *cell);
/** Number of a bin. */
static inline size_t slg_grid_bin(const slg_grid *g, int a, int b, int c)
{
    return ((size_t)a * (size_t)g->n[1] + (size_t)b) * (size_t)g->n[2] + (size_t)c;
}

#endif
