/** Statistics of ranks: how one quantity goes with another, whatever their scales. */
#ifndef SLG_REPORT_RANKS_H
#define SLG_REPORT_RANKS_H

#include <stdbool.h>
#include <stddef.h>

enum { SLG_RANK_GROUPS = 16 };
typedef struct slg_rank_sample {
    double x, y; /* finite */
    size_t group;
    double rank_x, rank_y; /* from 1; equal values share the mean of their ranks */
} slg_rank_sample;

/** Fills in the ranks; the samples are in the order of y afterwards. */
void slg_rank_samples(size_t n, slg_rank_sample *s);
/** Spearman's rank correlation of x and y, -1 to 1. NAN for fewer than 3 samples, or when x or y never varies. */
double slg_rank_correlation(size_t n, const slg_rank_sample *s);
/**
 * Kruskal and Wallis' H, corrected for ties: how far the groups 0 .. SLG_RANK_GROUPS-1 differ in their mean ranks of y.
 * Chance alone gives (groups that have samples) - 1 on average. 0 when y never varies.
 */
double slg_rank_between(size_t n, const slg_rank_sample *s);
/** What chance alone exceeds in one of 20 cases: the 95 % point of chi^2 with groups - 1 degrees; 2 to 16 groups. */
double slg_rank_chance(size_t groups);
/**
 * Do correlation and H (of so many groups that have samples) both stay within what chance gives in 19 of 20 cases? Each
 * misses what the other sees: an optimum inside the range, a weak trend over a few samples. False below 2 groups.
 */
bool slg_rank_flat(size_t n, size_t groups, double correlation, double between);

#endif
