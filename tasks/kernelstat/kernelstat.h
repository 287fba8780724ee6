/** Statistics of the values of a term's kernel between reference instances and all instances. */
#ifndef SLG_TASKS_KERNELSTAT_KERNELSTAT_H
#define SLG_TASKS_KERNELSTAT_KERNELSTAT_H

#include "tasks/terms/term.h"

enum { SLG_HISTOGRAM_BINS = 50 };

/** Population moments of a set of values in mergeable form, and a histogram over [0,1]. */
typedef struct slg_moments {
    double n, mean, m2, m3, min, max; /* m2, m3: sums of powers of deviations from the mean */
    double bin[SLG_HISTOGRAM_BINS];   /* counts; values outside [0,1] fall into the end bins */
} slg_moments;

void slg_moments_clear(slg_moments *a);
/** a <- a united with b (Pebay 2008; exact up to rounding, order fixed by the caller). */
void slg_moments_merge(slg_moments *a, const slg_moments *b);
/** Population standard deviation and skewness m3/s^3 (0 when the spread is 0). */
double slg_moments_std(const slg_moments *a);
double slg_moments_skew(const slg_moments *a);

/**
 * Adds the n x m values of the part's kernel between rows of v [n][d] and reference rows q [m][d] to *a; of the part
 * its term, plan and d are used. work: slg_kernelstat_work_bytes(n, m). ERR_NOT_FINITE when a value is not finite.
 */
size_t slg_kernelstat_work_bytes(size_t n, size_t m);
slg_status slg_kernelstat_add(const slg_part *part, size_t n, size_t m, const double *v, const double *q,
                              slg_moments *a, void *work);

#endif
