#include "tasks/kernelstat/kernelstat.h"

#include <math.h>
#include <string.h>

/* A tile of kernel values is 256 KB, which stays in the second-level cache. */
enum { TILE_ROWS = 64, TILE_COLS = 512 };

void slg_moments_clear(slg_moments *a)
{
    memset(a, 0, sizeof *a);
}

void slg_moments_merge(slg_moments *a, const slg_moments *b)
{
    if (b->n == 0)
        return;
    if (a->n == 0) {
        *a = *b;
        return;
    }
    double n = a->n + b->n, d = b->mean - a->mean, fa = a->n / n, fb = b->n / n;
    a->m3 += b->m3 + d * d * d * a->n * fb * (fa - fb) + 3 * d * (fa * b->m2 - fb * a->m2);
    a->m2 += b->m2 + d * d * a->n * fb;
    a->mean += d * fb;
    a->min = fmin(a->min, b->min);
    a->max = fmax(a->max, b->max);
    a->n = n;
    for (int i = 0; i < SLG_HISTOGRAM_BINS; i++)
        a->bin[i] += b->bin[i];
}

double slg_moments_std(const slg_moments *a)
{
    return a->n > 0 ? sqrt(a->m2 / a->n) : 0;
}

double slg_moments_skew(const slg_moments *a)
{
    double s = slg_moments_std(a);
    return s > 0 ? a->m3 / a->n / (s * s * s) : 0;
}

static void count_bins(size_t n, const double *x, double *bin)
{
    for (size_t i = 0; i < n; i++) {
        double at = x[i] * SLG_HISTOGRAM_BINS;
        int b = at <= 0 ? 0 : at >= SLG_HISTOGRAM_BINS - 1 ? SLG_HISTOGRAM_BINS - 1 : (int)at;
        bin[b] += 1;
    }
}

/** Moments of n > 0 values in two passes. */
static void moments_of(size_t n, const double *x, slg_moments *a)
{
    double sum = 0, m2 = 0, m3 = 0, lo = x[0], hi = x[0];
#pragma omp simd reduction(+ : sum) reduction(min : lo) reduction(max : hi)
    for (size_t i = 0; i < n; i++) {
        sum += x[i];
        lo = x[i] < lo ? x[i] : lo;
        hi = x[i] > hi ? x[i] : hi;
    }
    double mean = sum / (double)n;
#pragma omp simd reduction(+ : m2, m3)
    for (size_t i = 0; i < n; i++) {
        double d = x[i] - mean;
        m2 += d * d;
        m3 += d * d * d;
    }
    slg_moments_clear(a);
    a->n = (double)n;
    a->mean = mean;
    a->m2 = m2;
    a->m3 = m3;
    a->min = lo;
    a->max = hi;
}

size_t slg_kernelstat_work_bytes(size_t n, size_t m)
{
    size_t rows = n < TILE_ROWS ? n : TILE_ROWS, cols = m < TILE_COLS ? m : TILE_COLS;
    return rows * cols * sizeof(double) + 64;
}

slg_status slg_kernelstat_add(const slg_part *part, size_t n, size_t m, const double *v, const double *q,
                              slg_moments *a, void *work)
{
    const size_t d = part->d;
    double *tile = work;
    for (size_t i = 0; i < n; i += TILE_ROWS)
        for (size_t j = 0; j < m; j += TILE_COLS) {
            size_t rows = n - i < TILE_ROWS ? n - i : TILE_ROWS, cols = m - j < TILE_COLS ? m - j : TILE_COLS;
            slg_moments one;
            part->term->kernel(part->plan, rows, cols, d, v + i * d, q + j * d, tile);
            moments_of(rows * cols, tile, &one);
            if (!isfinite(one.mean))
                return SLG_ERR_NOT_FINITE;
            count_bins(rows * cols, tile, one.bin);
            slg_moments_merge(a, &one);
        }
    return SLG_OK;
}
