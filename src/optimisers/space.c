/* Values of the searched dimensions and their unit coordinates. */
#include "src/optimisers/space.h"

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

static slg_status check_dim(const slg_dim *d, slg_error *err)
{
    const double max_cell = 0x1p31;
    bool ok = false;
    if (d->kind == SLG_DIM_CHOICE)
        ok = d->n_choice >= 1 && (size_t)d->n_choice <= sizeof d->choice / sizeof d->choice[0];
    else
        ok = isfinite(d->lo) && isfinite(d->hi) && d->lo <= d->hi && isfinite(d->hi - d->lo);
    if (d->kind == SLG_DIM_LOG)
        ok = ok && d->lo > 0;
    if (d->kind == SLG_DIM_INT)
        ok = ok && d->lo == floor(d->lo) && d->hi == floor(d->hi) && d->hi - d->lo < max_cell;
    return ok ? SLG_OK
              : slg_fail(err, SLG_ERR_CONFIG,
                         "search: dimension %s: expected finite bounds lo <= hi (lo > 0 on a log scale, "
                         "whole numbers for integers, 1-16 choices), found %g to %g; correct its range",
                         d->name, d->lo, d->hi);
}

slg_status slg_space_check(const slg_space *space, slg_error *err)
{
    if (space->n_dim < 1 || space->n_dim > SLG_MAX_DIM)
        return slg_fail(err, SLG_ERR_CONFIG,
                        "search: expected 1 to %d searched dimensions, found %zu; free or fix some"
                        " (`starling fit' makes one fit at fixed hyper-parameters)",
                        SLG_MAX_DIM, space->n_dim);
    for (size_t d = 0; d < space->n_dim; d++)
        if (check_dim(&space->dim[d], err) != SLG_OK)
            return SLG_ERR_CONFIG;
    return SLG_OK;
}
