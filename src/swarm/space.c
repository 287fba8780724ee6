/* Values of the searched dimensions and their unit coordinates. */
#include "src/swarm/swarm.h"

#include <math.h>

static double into(double v, double lo, double hi)
{
    if (!(v > lo)) /* also NAN */
        return lo;
    return v < hi ? v : hi;
}

static double n_cell(const slg_dim *d)
{
    return d->kind == SLG_DIM_INT ? d->hi - d->lo + 1 : (double)d->n_choice;
}

static double cell_of(const slg_dim *d, double u)
{
    double n = n_cell(d);
    return into(floor(into(u, 0, 1) * n), 0, n - 1);
}

double slg_dim_decode(const slg_dim *d, double u)
{
    switch (d->kind) {
    case SLG_DIM_LOG: return into(d->lo * exp(into(u, 0, 1) * (log(d->hi) - log(d->lo))), d->lo, d->hi);
    case SLG_DIM_INT: return d->lo + cell_of(d, u);
    case SLG_DIM_CHOICE: return d->choice[(int)cell_of(d, u)];
    case SLG_DIM_RANGE:
    default: return into(d->lo + into(u, 0, 1) * (d->hi - d->lo), d->lo, d->hi);
    }
}

static double nearest_choice(const slg_dim *d, double value)
{
    int best = 0;
    for (int i = 1; i < d->n_choice; i++)
        if (fabs(d->choice[i] - value) < fabs(d->choice[best] - value))
            best = i;
    return best;
}

double slg_dim_encode(const slg_dim *d, double value)
{
    double v = into(value, d->lo, d->hi);
    switch (d->kind) {
    case SLG_DIM_LOG: return d->hi > d->lo ? into((log(v) - log(d->lo)) / (log(d->hi) - log(d->lo)), 0, 1) : 0.5;
    case SLG_DIM_INT: return (round(v) - d->lo + 0.5) / n_cell(d);
    case SLG_DIM_CHOICE: return (nearest_choice(d, value) + 0.5) / n_cell(d);
    case SLG_DIM_RANGE:
    default: return d->hi > d->lo ? into((v - d->lo) / (d->hi - d->lo), 0, 1) : 0.5;
    }
}

double slg_dim_largest(const slg_dim *d)
{
    double x = d->kind == SLG_DIM_CHOICE ? d->choice[0] : d->hi;
    for (int32_t c = 1; d->kind == SLG_DIM_CHOICE && c < d->n_choice; c++)
        x = d->choice[c] > x ? d->choice[c] : x;
    return x;
}
