/** Parts of the sparse selection; workspaces are carved from the caller's block in select.c. */
#ifndef SLG_TASKS_SPARSE_INTERNAL_H
#define SLG_TASKS_SPARSE_INTERNAL_H

#include "tasks/sparse/sparse.h"
#include <stdbool.h>

/** A row number and what it is sorted by. */
typedef struct slg_sort_item {
    double key;
    int64_t row;
} slg_sort_item;

/** Ascending by (key, row), a total order; `spare` [n]. Stable merge sort. */
void slg_sort_items(size_t n, slg_sort_item *item, slg_sort_item *spare);

/** Row i of x; *chunk is a hint that makes sequential access cheap (start it at 0). */
const double *slg_chunked_row(const slg_chunked *x, size_t i, size_t *chunk);

/** duplicate[i] = 1 when some earlier row equals row i within 1e-10 in every component. item, spare: [n]. */
void slg_mark_duplicates(const slg_chunked *x, unsigned char *duplicate, slg_sort_item *item, slg_sort_item *spare);

/** item[i] = {-leverage of row i, i}. work: slg_cur_work_bytes(d). ERR_INTERNAL: no convergence. */
size_t slg_cur_work_bytes(size_t d);
slg_status slg_cur_leverage(const slg_chunked *x, slg_sort_item *item, void *work);

/** Greedy farthest points among rows that are no duplicates; distance [n] is workspace. */
size_t slg_fps(const slg_chunked *x, size_t m, const unsigned char *duplicate, double *distance, int64_t *index);

#endif
