/** Builds the batches of one side of a study. */
#ifndef SLG_EVALUATION_ROWS_H
#define SLG_EVALUATION_ROWS_H

#include "src/evaluation/problem.h"

/** What a side's rows are for: the fit (classes by sigma, weights of spec gap_fit 4) or the errors (metric weights). */
typedef enum slg_side_use { SLG_SIDE_FIT, SLG_SIDE_METRIC } slg_side_use;

/**
 * Batches of side->data. Where `other` (or NULL) has a batch over the same structures of the same data, its
 * neighbourhoods are shared; it must live as long.
 */
SLG_CHECKED slg_status slg_side_batches(const slg_problem *p, slg_side *side, slg_side_use use, const slg_side *other,
                                        slg_error *err);
void slg_side_free(slg_side *side);

#endif
