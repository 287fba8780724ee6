#include "tasks/sparse/sparse_internal.h"

#include <math.h>
#include <string.h>

static const double TOLERANCE = 1e-10;

static bool before(const slg_sort_item *a, const slg_sort_item *b)
{
    return a->key < b->key || (a->key == b->key && a->row < b->row);
}

static void merge(size_t n_left, size_t n, const slg_sort_item *from, slg_sort_item *to)
{
    for (size_t i = 0, j = n_left, k = 0; k < n; k++)
        to[k] = j >= n || (i < n_left && !before(&from[j], &from[i])) ? from[i++] : from[j++];
}

void slg_sort_items(size_t n, slg_sort_item *item, slg_sort_item *spare)
{
    slg_sort_item *from = item, *to = spare;
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t at = 0; at < n; at += 2 * width) {
            size_t len = n - at < 2 * width ? n - at : 2 * width;
            merge(len < width ? len : width, len, from + at, to + at);
        }
        slg_sort_item *swap = from;
        from = to;
        to = swap;
    }
    if (from != item)
        memcpy(item, from, n * sizeof *item);
}

const double *slg_chunked_row(const slg_chunked *x, size_t i, size_t *chunk)
{
    size_t lo = 0, hi = x->n_chunk;
    if (i < x->first[*chunk] || i >= x->first[*chunk + 1]) {
        while (hi - lo > 1) { /* first[lo] <= i < first[hi] */
            size_t mid = lo + (hi - lo) / 2;
            if (x->first[mid] <= i)
                lo = mid;
            else
                hi = mid;
        }
        *chunk = lo;
    }
    return x->chunk[*chunk] + (i - x->first[*chunk]) * x->d;
}

static double max_difference(size_t d, const double *a, const double *b)
{
    double diff = 0;
    for (size_t i = 0; i < d && diff < TOLERANCE; i++)
        diff = fmax(diff, fabs(a[i] - b[i]));
    return diff;
}

/** Weights in [1/2, 3/2) without a pattern: different rows rarely share the projection. */
static double weight(size_t i)
{
    return 0.5 + fmod((double)(i + 1) * 0.6180339887498949, 1.0);
}

static double project(const slg_chunked *x, slg_sort_item *item)
{
    double reach = 0;
    for (size_t j = 0; j < x->d; j++)
        reach += weight(j) * TOLERANCE;
    for (size_t c = 0; c < x->n_chunk; c++)
        for (size_t i = x->first[c]; i < x->first[c + 1]; i++) {
            const double *row = x->chunk[c] + (i - x->first[c]) * x->d;
            double h = 0;
            for (size_t j = 0; j < x->d; j++)
                h += weight(j) * row[j];
            item[i] = (slg_sort_item){h, (int64_t)i};
        }
    return reach;
}

void slg_mark_duplicates(const slg_chunked *x, unsigned char *duplicate, slg_sort_item *item, slg_sort_item *spare)
{
    size_t n = x->first[x->n_chunk], ca = 0, cb = 0;
    double reach = project(x, item) * (1 + 1e-9) + 1e-13;
    slg_sort_items(n, item, spare);
    memset(duplicate, 0, n);
    for (size_t p = 0; p < n; p++) {
        const double *a = slg_chunked_row(x, (size_t)item[p].row, &ca);
        for (size_t o = p; o-- > 0 && item[p].key - item[o].key <= reach;) {
            if (max_difference(x->d, a, slg_chunked_row(x, (size_t)item[o].row, &cb)) >= TOLERANCE)
                continue;
            bool later = item[p].row > item[o].row;
            duplicate[later ? item[p].row : item[o].row] = 1;
            if (later) /* exact copies are met at the first step, so long runs of them stay cheap */
                break;
        }
    }
}
