/**
 * Selection of sparse (representative) environments: deterministic and ordered, so that prefixes are the smaller sets.
 */
#ifndef SLG_TASKS_SPARSE_SPARSE_H
#define SLG_TASKS_SPARSE_SPARSE_H

#include "runtime/base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum slg_sparse_method { SLG_SPARSE_CUR, SLG_SPARSE_FPS, SLG_SPARSE_RANDOM } slg_sparse_method;

/** A matrix given in row chunks: chunk c holds rows first[c] .. first[c+1]-1, row-major with d columns. */
typedef struct slg_chunked {
    size_t n_chunk, d;
    const size_t *first;        /* [n_chunk+1] */
    const double *const *chunk; /* [n_chunk] */
    bool unit_norm;             /* all rows have norm 1 */
} slg_chunked;

/**
 * Chooses up to m of the rows of x (descriptors). Exact and near duplicates (max |difference| < 1e-10) of an earlier
 * row are never chosen, so fewer than m may be returned.
 *   cur:    leverage scores from the leading half of the right singular subspace (spec gap_fit section 8), descending
 *   fps:    farthest point in the distance |v - q|^2 (of SOAP: 2 - 2 v.q), starting from row 0 of the data
 *   random: seeded permutation
 * index [m] out, row numbers in order of choice; *n_chosen <= m. ERR_EMPTY without rows, ERR_NOT_FINITE, ERR_NOMEM.
 * `work`: slg_sparse_work_bytes(rows of x, d, m), 64-byte aligned.
 */
size_t slg_sparse_work_bytes(size_t n, size_t d, size_t m);
slg_status slg_sparse_select(slg_sparse_method method, const slg_chunked *x, size_t m, uint64_t seed, int64_t *index,
                             size_t *n_chosen, void *work);

#endif
