#include "src/optimisers/optimiser.h"

#include <math.h>

slg_status slg_optimiser_create(const slg_optimiser_kind *kind, const double *setting, const slg_space *space,
                                size_t n_point, uint64_t seed, slg_optimiser **out, slg_error *err)
{
    const slg_optimiser head = {.kind = kind, .space = space, .seed = seed, .n_point = n_point, .n_dim = space->n_dim};
    *out = NULL;
    slg_status st = slg_space_check(space, err);
    if (st == SLG_OK && (n_point < 1 || n_point > INT32_MAX))
        st = slg_fail(err, SLG_ERR_CONFIG, "search: expected at least one particle, found %zu; correct their number",
                      n_point);
    return st == SLG_OK ? kind->create(setting, &head, out, err) : st;
}

void slg_optimiser_free(slg_optimiser **o)
{
    if (*o)
        (*o)->kind->free(*o);
    *o = NULL;
}

void slg_optimiser_place(slg_optimiser *o, size_t i, const double *value, const bool *given)
{
    double u[SLG_MAX_DIM] = {0};
    SLG_ASSERT(i < o->n_point);
    for (size_t d = 0; d < o->n_dim; d++)
        if (given[d])
            u[d] = slg_dim_encode(&o->space->dim[d], value[d]);
    o->kind->place(o, i, u, given);
}

void slg_optimiser_values(const slg_optimiser *o, size_t i, double *value)
{
    double u[SLG_MAX_DIM];
    SLG_ASSERT(i < o->n_point);
    o->kind->ask(o, i, u);
    for (size_t d = 0; d < o->n_dim; d++)
        value[d] = slg_dim_decode(&o->space->dim[d], u[d]);
}

void slg_optimiser_tell(slg_optimiser *o, size_t i, double f)
{
    SLG_ASSERT(i < o->n_point);
    o->kind->tell(o, i, isfinite(f) ? f : (double)NAN);
}

slg_status slg_optimiser_store(slg_optimiser *o, const slg_store *s, slg_error *err)
{
    slg_status st = slg_store_i64(s, "generation", 1, 1, &o->generation, err);
    return st == SLG_OK ? o->kind->store(o, s, err) : st;
}
