#include "src/report/ranks.h"
#include "runtime/base/error.h"

#include <math.h>
#include <stdlib.h>

static int by_x(const void *pa, const void *pb)
{
    const slg_rank_sample *a = pa, *b = pb;
    return (a->x > b->x) - (a->x < b->x);
}

static int by_y(const void *pa, const void *pb)
{
    const slg_rank_sample *a = pa, *b = pb;
    return (a->y > b->y) - (a->y < b->y);
}

void slg_rank_samples(size_t n, slg_rank_sample *s)
{
    qsort(s, n, sizeof *s, by_x);
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && by_x(&s[first], &s[end]) == 0;)
            end++;
        for (size_t i = first; i < end; i++)
            s[i].rank_x = 0.5 * (double)(first + 1 + end);
    }
    qsort(s, n, sizeof *s, by_y);
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && by_y(&s[first], &s[end]) == 0;)
            end++;
        for (size_t i = first; i < end; i++)
            s[i].rank_y = 0.5 * (double)(first + 1 + end);
    }
}

double slg_rank_correlation(size_t n, const slg_rank_sample *s)
{
    double mean = 0.5 * (double)(n + 1), xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < n; i++) {
        double x = s[i].rank_x - mean, y = s[i].rank_y - mean;
        xx += x * x;
        yy += y * y;
        xy += x * y;
    }
    return n > 2 && xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : (double)NAN;
}

/* (n - 1) (sum of squares between the groups) / (all of it) is H with its correction for ties. */
double slg_rank_between(size_t n, const slg_rank_sample *s)
{
    double mean = 0.5 * (double)(n + 1), all = 0, between = 0, sum[SLG_RANK_GROUPS] = {0}, count[SLG_RANK_GROUPS] = {0};
    for (size_t i = 0; i < n; i++) {
        double y = s[i].rank_y - mean;
        sum[s[i].group] += y;
        count[s[i].group] += 1;
        all += y * y;
    }
    for (size_t g = 0; g < SLG_RANK_GROUPS; g++)
        between += count[g] > 0 ? sum[g] * sum[g] / count[g] : 0;
    return all > 0 ? (double)(n - 1) * between / all : 0;
}

double slg_rank_chance(size_t groups)
{
    static const double chi2[] = {3.8415,  5.9915,  7.8147,  9.4877,  11.0705, 12.5916, 14.0671, 15.5073,
                                  16.9190, 18.3070, 19.6751, 21.0261, 22.3620, 23.6848, 24.9958};
    SLG_ASSERT(groups >= 2 && groups <= SLG_RANK_GROUPS);
    return chi2[groups - 2];
}

bool slg_rank_flat(size_t n, size_t groups, double correlation, double between)
{
    bool trend = correlation * correlation * (double)(n - 1) > slg_rank_chance(2);
    return groups > 1 && !trend && between <= slg_rank_chance(groups);
}
