/** The trial table: one row for each trial, numbered in the order in which the optimiser asked for them. */
#ifndef SLG_SEARCH_TRIALS_H
#define SLG_SEARCH_TRIALS_H

#include "src/evaluation/flight.h"

typedef struct slg_trial {
    int32_t phase, iteration, particle; /* phase: from 0 */
    int32_t done;                       /* evaluated; used while its iteration is still open */
    int64_t cached_from;                /* trial with the same HPs whose outcome was taken over, -1 = evaluated */
    double seconds;                     /* of wall time between submission and result; not part of the result */
    slg_outcome out;
} slg_trial;

typedef struct slg_trials {
    size_t n, room; /* rows of closed iterations; those of the open one follow */
    size_t n_dim;
    bool solved[SLG_MAX_DIM];  /* [n_dim] values that a trial gives, not asks for: they make no two points differ */
    slg_trial *trial;          /* [room] */
    double *value;             /* [room][n_dim] of all searched dimensions, NAN where a phase does not set one */
    size_t *index;             /* [n_index] hash table of the evaluated rows by phase and values: row + 1, 0 = free */
    size_t n_index, n_indexed; /* its places; those in use */
    size_t n_linked;           /* rows 0..n_linked-1 have been linked */
} slg_trials;

/** Room for n more rows after t->n. */
SLG_CHECKED slg_status slg_trials_reserve(slg_trials *t, size_t n, slg_error *err);
/** Values of a row [n_dim]. */
static inline double *slg_trials_values(const slg_trials *t, size_t row)
{
    return t->value + row * t->n_dim;
}
/**
 * Sets cached_from of a row whose phase and values are filled: the evaluated row of the same phase with the same
 * values. Without one the row counts as evaluated from now on.
 */
SLG_CHECKED slg_status slg_trials_link(slg_trials *t, size_t row, slg_error *err);
/** Makes the index for rows 0..n-1, whose cached_from are known. */
SLG_CHECKED slg_status slg_trials_index(slg_trials *t, size_t n, slg_error *err);
void slg_trials_free(slg_trials *t);

#endif
