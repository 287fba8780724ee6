/** Task of sparse selection. */
#ifndef SLG_TASKS_SPARSE_SPARSE_TASK_H
#define SLG_TASKS_SPARSE_SPARSE_TASK_H

#include "tasks/common/submit.h"
#include "tasks/terms/term.h"
#include "tasks/sparse/sparse.h"

/** A chosen sparse set as it travels in a block: this head, index [m_max], then q [m_max][d]. */
typedef struct slg_sparse_set {
    size_t m_max, m, d; /* room, points really chosen, descriptor length */
    size_t pad[5];      /* the arrays begin at a multiple of 64 bytes */
} slg_sparse_set;

size_t slg_sparse_set_bytes(size_t m_max, size_t d);
/** Row numbers of the chosen points among the descriptors given, in order of choice. */
int64_t *slg_sparse_index(const slg_sparse_set *s);
double *slg_sparse_q(const slg_sparse_set *s);

/**
 * set (W) <- at most m of the descriptors in chunk (R) [n_chunk], whose rows are numbered by first [n_chunk+1]
 * (constant). Chunks have d columns.
 */
SLG_CHECKED slg_status slg_submit_sparse_selection(slg_rt *rt, const slg_place *at, const slg_term *term,
                                                   slg_sparse_method method, uint64_t seed, size_t m, size_t d,
                                                   size_t n_chunk, const size_t *first, slg_block *const *chunk,
                                                   slg_block *set, slg_error *err);

#endif
