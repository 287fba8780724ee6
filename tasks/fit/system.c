#include "tasks/fit/system.h"

#include "runtime/base/arena.h"
#include <cblas.h>
#include <lapacke.h>
#include <string.h>

size_t slg_system_carve(size_t m, void *work, slg_system *a)
{
    slg_arena room = {.base = work};
    *a = (slg_system){.s = slg_arena_take(&room, m * m, sizeof *a->s)};
    a->rhs = slg_arena_take(&room, m, sizeof *a->rhs);
    a->scale = slg_arena_take(&room, m, sizeof *a->scale);
    a->col = slg_arena_take(&room, m, sizeof *a->col);
    return room.used;
}

size_t slg_system_used(const slg_part *part, const size_t *m_used, size_t b)
{
    return m_used == NULL || m_used[b] > part[b].m ? part[b].m : m_used[b];
}

static void gather(slg_system *a, size_t n_part, const slg_part *part, const size_t *m_used, const double *delta)
{
    a->n = 0;
    for (size_t b = 0; b < n_part; b++)
        for (size_t i = 0; i < slg_system_used(part, m_used, b); i++) {
            a->scale[a->n] = delta[b];
            a->col[a->n++] = part[b].col0 + i;
        }
    memset(a->s, 0, a->n * a->n * sizeof *a->s);
    memset(a->rhs, 0, a->n * sizeof *a->rhs);
}

static void add_class(const slg_system *a, const double *h, const double *g, size_t m, double sigma)
{
    double f = 1 / (sigma * sigma);
    for (size_t i = 0; i < a->n; i++) {
        const double *row = h + a->col[i] * m;
        double *s = a->s + i * a->n;
        for (size_t j = i; j < a->n; j++)
            s[j] += f * row[a->col[j]];
        a->rhs[i] += f * g[a->col[i]];
    }
}

/* The differences before they are scaled: both terms are large where sigma is small. */
static void add_rest(const slg_system *a, const double *h, const double *g, const double *less_h, const double *less_g,
                     size_t m, double sigma)
{
    double f = 1 / (sigma * sigma);
    for (size_t i = 0; i < a->n; i++) {
        const double *row = h + a->col[i] * m, *less = less_h + a->col[i] * m;
        double *s = a->s + i * a->n;
        for (size_t j = i; j < a->n; j++)
            s[j] += f * (row[a->col[j]] - less[a->col[j]]);
        a->rhs[i] += f * (g[a->col[i]] - less_g[a->col[i]]);
    }
}

static void add_classes(const slg_system *a, const double *gram, const double *less, size_t m, size_t n_class,
                        const double *sigma)
{
    double *all = (double *)(uintptr_t)gram,
           *rest = (double *)(uintptr_t)less; /* read only; the accessors serve both */
    for (size_t c = 0; c < n_class; c++) {
        if (sigma[c] > 0 && less)
            add_rest(a, slg_gram_h(all, m, c), slg_gram_g(all, m, c), slg_gram_h(rest, m, c), slg_gram_g(rest, m, c), m,
                     sigma[c]);
        else if (sigma[c] > 0)
            add_class(a, slg_gram_h(all, m, c), slg_gram_g(all, m, c), m, sigma[c]);
    }
}

/** S = I + D s D and D rhs; false when a value is not finite. */
static bool scale(const slg_system *a)
{
    double bad = 0;
    for (size_t i = 0; i < a->n; i++) {
        double *s = a->s + i * a->n, di = a->scale[i];
        for (size_t j = i; j < a->n; j++) {
            s[j] *= di * a->scale[j];
            bad += s[j] - s[j];
        }
        s[i] += 1;
        a->rhs[i] *= di;
        bad += a->rhs[i] - a->rhs[i];
    }
    return bad == 0;
}

slg_status slg_system_factor(slg_system *a, const double *gram, const double *less, size_t m, size_t n_class,
                             size_t n_part, const slg_part *part, const size_t *m_used, const double *delta,
                             const double *sigma, size_t *where)
{
    gather(a, n_part, part, m_used, delta);
    const int n = (int)a->n;
    if (n == 0)
        return SLG_OK;
    add_classes(a, gram, less, m, n_class, sigma);
    if (!scale(a))
        return SLG_ERR_NOT_FINITE;
    const lapack_int info = LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', n, a->s, n); /* rows: S = R^T R, R upper */
    if (info > 0)
        *where = a->col[info - 1];
    return info == 0 ? SLG_OK : info > 0 ? SLG_ERR_NOT_SPD : SLG_ERR_INTERNAL;
}

void slg_system_solve(const slg_system *a, double *x)
{
    const int n = (int)a->n;
    cblas_dtrsv(CblasRowMajor, CblasUpper, CblasTrans, CblasNonUnit, n, a->s, n, x, 1);
    cblas_dtrsv(CblasRowMajor, CblasUpper, CblasNoTrans, CblasNonUnit, n, a->s, n, x, 1);
}
