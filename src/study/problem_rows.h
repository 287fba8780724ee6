/** Builds the rows, batches and reference values of one side of a study. */
#ifndef SLG_STUDY_PROBLEM_ROWS_H
#define SLG_STUDY_PROBLEM_ROWS_H

#include "src/study/study.h"

/** What a side's rows are for: the fit (classes by sigma, weights of spec gap_fit 4) or the errors (metric weights). */
typedef enum slg_side_use { SLG_SIDE_FIT, SLG_SIDE_METRIC } slg_side_use;

/** Reference arrays (energies less e0) of side->data. */
SLG_CHECKED slg_status slg_side_reference(const slg_problem *p, slg_side *side, slg_error *err);
/** Classes and batches of side->data over side->geom. */
SLG_CHECKED slg_status slg_side_batches(const slg_problem *p, slg_side *side, slg_side_use use, slg_error *err);
void slg_side_free(slg_side *side);

#endif
