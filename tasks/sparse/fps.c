#include "tasks/sparse/sparse_internal.h"

#include <cblas.h>
#include <math.h>

static const double CHOSEN = -1, NEAR = 1e-10;
enum { TILE = 256 };

static double square(size_t d, const double *v)
{
    return cblas_ddot((int)d, v, 1, v, 1);
}

/** distance[i] <- min(distance[i], |x_i - q|^2). */
static void approach(const slg_chunked *x, const double *q, double *distance)
{
    double dot[TILE];
    const double norm = x->unit_norm ? 1 : square(x->d, q);
    for (size_t c = 0; c < x->n_chunk; c++)
        for (size_t i = x->first[c]; i < x->first[c + 1]; i += TILE) {
            const size_t len = x->first[c + 1] - i < TILE ? x->first[c + 1] - i : TILE;
            const double *row = x->chunk[c] + (i - x->first[c]) * x->d;
            cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)len, (int)x->d, 1, row, (int)x->d, q, 1, 0, dot, 1);
            for (size_t r = 0; r < len; r++) {
                const double both = norm + (x->unit_norm ? 1 : square(x->d, row + r * x->d));
                distance[i + r] = fmin(distance[i + r], both - 2 * dot[r]);
            }
        }
}

static size_t farthest(size_t n, const double *distance)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (distance[i] > distance[best])
            best = i;
    return best;
}

size_t slg_fps(const slg_chunked *x, size_t m, const unsigned char *duplicate, double *distance, int64_t *index)
{
    size_t n = x->first[x->n_chunk], chosen = 0, hint = 0;
    for (size_t i = 0; i < n; i++)
        distance[i] = duplicate[i] ? CHOSEN : HUGE_VAL;
    while (chosen < m) {
        size_t next = farthest(n, distance); /* all infinite at first: row 0 */
        if (distance[next] < NEAR)
            break;
        index[chosen++] = (int64_t)next;
        approach(x, slg_chunked_row(x, next, &hint), distance);
        distance[next] = CHOSEN;
    }
    return chosen;
}
