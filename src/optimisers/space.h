/** The searched dimensions: a box of mixed kinds and its image, the unit cube. Numbers only. */
#ifndef SLG_OPTIMISERS_SPACE_H
#define SLG_OPTIMISERS_SPACE_H

#include "runtime/base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum slg_dim_kind { SLG_DIM_RANGE, SLG_DIM_LOG, SLG_DIM_INT, SLG_DIM_CHOICE } slg_dim_kind;

/** One searched dimension; `hp` and `species` are the owner's tags. */
typedef struct slg_dim {
    char name[48]; /* "delta" or "delta.C" */
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
/** ERR_CONFIG: no dimension or more than SLG_MAX_DIM, or impossible bounds. */
SLG_CHECKED slg_status slg_space_check(const slg_space *space, slg_error *err);

#endif
