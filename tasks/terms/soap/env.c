/* Neighbours of one environment in structure-of-arrays form, with their radial and angular functions. */
#include "runtime/base/arena.h"
#include "tasks/terms/soap/internal.h"

#include <math.h>
#include <string.h>

static double *take(slg_arena *a, size_t n)
{
    return slg_arena_take(a, n, sizeof(double));
}

size_t slg_soap_layout(const slg_soap_plan *plan, size_t n_pair, void *work)
{
    slg_arena a = {.base = work};
    slg_soap_env *e = slg_arena_take(&a, 1, sizeof *e);
    size_t n = slg_round_up(n_pair, SLG_SOAP_LANES) + SLG_SOAP_LANES * plan->n_species, n_l = plan->l_max + 1, n_c = 0;
    for (size_t s = 0; s < plan->n_species; s++)
        n_c = plan->channel[s].alpha_pad > n_c ? plan->channel[s].alpha_pad : n_c;
    slg_soap_env v = {.n_pair = n_pair, .stride = n};
    v.pair = slg_arena_take(&a, n, sizeof *v.pair);
    v.r = take(&a, n), v.r_inv = take(&a, n);
    v.ux = take(&a, n), v.uy = take(&a, n), v.uz = take(&a, n);
    v.c = take(&a, n_c * n), v.dc = take(&a, n_c * n);
    v.b = take(&a, n_l * n), v.db = take(&a, n_l * n);
    v.cm = take(&a, n_l * n), v.sm = take(&a, n_l * n);
    v.y = take(&a, n_l * (n_l + 1) / 2 * n);
    v.x = take(&a, plan->n_lm * plan->n_pad), v.u = take(&a, plan->n_lm * plan->n_pad);
    v.power = take(&a, plan->n_full), v.power_bar = take(&a, plan->n_full);
    v.scratch = take(&a, slg_soap_scratch(plan));
    if (e)
        *e = v;
    return a.used;
}

size_t slg_soap_work_bytes(const slg_soap_plan *plan, size_t max_pair)
{
    return slg_soap_layout(plan, max_pair, NULL);
}

static void place(const slg_geom *geom, size_t first, size_t pair, size_t col, slg_soap_env *e)
{
    size_t p = first + pair;
    double r = geom->pair_r[p], inv = 1 / r;
    e->pair[col] = pair;
    e->r[col] = r;
    e->r_inv[col] = inv;
    e->ux[col] = geom->pair_x[p] * inv;
    e->uy[col] = geom->pair_y[p] * inv;
    e->uz[col] = geom->pair_z[p] * inv;
}

static void place_padding(size_t col, slg_soap_env *e)
{
    e->pair[col] = SIZE_MAX;
    e->r[col] = e->r_inv[col] = 1;
    e->ux[col] = e->uy[col] = 0;
    e->uz[col] = 1;
}

/* Pairs are sorted by (channel, r): the neighbours of a channel are the head of its run. */
static void place_columns(const slg_soap_plan *plan, const slg_geom *geom, size_t env, slg_soap_env *e)
{
    size_t first = geom->pair_first[env], n = geom->pair_first[env + 1] - first, pair = 0, col = 0;
    for (size_t s = 0; s < plan->n_species; s++) {
        e->first[s] = col;
        while (pair < n && geom->pair_species[first + pair] < (int32_t)s)
            pair++;
        for (; pair < n && geom->pair_species[first + pair] == (int32_t)s; pair++)
            if (geom->pair_r[first + pair] < plan->channel[s].rcut)
                place(geom, first, pair, col++, e);
        while (col % SLG_SOAP_LANES != 0)
            place_padding(col++, e);
    }
    e->first[plan->n_species] = col;
}

static void clear_column(const slg_channel *ch, size_t n_l, size_t col, bool derivatives, slg_soap_env *e)
{
    for (size_t n = 0; n < ch->alpha_pad; n++) {
        e->c[n * e->stride + col] = 0;
        if (derivatives)
            e->dc[n * e->stride + col] = 0;
    }
    for (size_t l = 0; l < n_l; l++) {
        e->b[l * e->stride + col] = 0;
        if (derivatives)
            e->db[l * e->stride + col] = 0;
    }
}

static void fill_column(const slg_soap_plan *plan, const slg_channel *ch, size_t col, bool derivatives, slg_soap_env *e)
{
    _Alignas(32) double val[32], dval[32];
    size_t n_l = plan->l_max + 1, stride = e->stride;
    double slope, q = e->r[col] / ch->rcut;
    double amp = slg_amplitude(ch, plan->enhancement, q, derivatives ? &slope : NULL);
    slg_table_read(plan, ch, e->r[col], val, derivatives ? dval : NULL);
    for (size_t n = 0; n < ch->alpha; n++)
        e->c[n * stride + col] = ch->scale_c * amp * val[n];
    for (size_t l = 0; l < n_l; l++)
        e->b[l * stride + col] = val[ch->alpha + l];
    if (!derivatives)
        return;
    for (size_t n = 0; n < ch->alpha; n++)
        e->dc[n * stride + col] = ch->scale_dc * (amp * dval[n] + slope * val[n]);
    for (size_t l = 0; l < n_l; l++)
        e->db[l * stride + col] = dval[ch->alpha + l];
}

static void clear_rows(const slg_channel *ch, size_t from, size_t to, bool derivatives, slg_soap_env *e)
{
    for (size_t n = ch->alpha; n < ch->alpha_pad; n++)
        for (size_t col = from; col < to; col++) {
            e->c[n * e->stride + col] = 0;
            if (derivatives)
                e->dc[n * e->stride + col] = 0;
        }
}

void slg_soap_gather(const slg_soap_plan *plan, const slg_geom *geom, size_t env, bool derivatives, slg_soap_env *e)
{
    place_columns(plan, geom, env, e);
    for (size_t s = 0; s < plan->n_species; s++) {
        const slg_channel *ch = &plan->channel[s];
        clear_rows(ch, e->first[s], e->first[s + 1], derivatives, e);
        for (size_t col = e->first[s]; col < e->first[s + 1]; col++) {
            if (e->pair[col] == SIZE_MAX)
                clear_column(ch, plan->l_max + 1, col, derivatives, e);
            else
                fill_column(plan, ch, col, derivatives, e);
        }
    }
    slg_ylm_fill(plan, e);
}
