#include "tasks/validation/validation.h"

#include <math.h>

static void add(slg_error_sum *s, double difference)
{
    s->n += 1;
    s->abs += fabs(difference);
    s->sq += difference * difference;
}

static bool finite_sums(const slg_errors *e)
{
    for (int q = 0; q < SLG_N_QUANTITY; q++)
        if (!isfinite(e->q[q].sq))
            return false;
    return true;
}

slg_status slg_errors_add(const slg_geom *geom, const slg_reference *ref, const slg_prediction *p, slg_errors *sum)
{
    const size_t base = geom->frame_first[p->frame0];
    for (size_t i = 0; i < p->n_frame; i++) {
        const size_t f = p->frame0 + i, a0 = geom->frame_first[f], a1 = geom->frame_first[f + 1];
        const double n_atom = (double)(a1 - a0);
        slg_errors *s = sum + ref->group[f];
        if (ref->has_energy[f])
            add(&s->q[SLG_ENERGY], (p->energy[i] - ref->energy[f]) / n_atom);
        if (ref->has_force[f])
            for (size_t k = 3 * a0; k < 3 * a1; k++)
                add(&s->q[SLG_FORCE], p->force[k - 3 * base] - ref->force[k]);
        if (ref->has_virial[f])
            for (size_t k = 0; k < 6; k++)
                add(&s->q[SLG_VIRIAL], (p->virial[6 * i + k] - ref->virial[6 * f + k]) / n_atom);
        if (!finite_sums(s))
            return SLG_ERR_NOT_FINITE;
    }
    return SLG_OK;
}

void slg_errors_merge(slg_errors *a, const slg_errors *b)
{
    for (int q = 0; q < SLG_N_QUANTITY; q++) {
        a->q[q].n += b->q[q].n;
        a->q[q].abs += b->q[q].abs;
        a->q[q].sq += b->q[q].sq;
    }
}

double slg_rmse(const slg_error_sum *s)
{
    return s->n > 0 ? sqrt(s->sq / s->n) : (double)NAN;
}

double slg_mae(const slg_error_sum *s)
{
    return s->n > 0 ? s->abs / s->n : (double)NAN;
}
