/* From the configuration to the box of the search and back to values of HPs. */
#include "src/config/config.h"

#include <math.h>
#include <string.h>

const slg_hp_spec *slg_hp_spec_of(const slg_hp_entry *e, int32_t z)
{
    for (int32_t i = 0; i < e->n_species; i++)
        if (slg_element_z(e->symbol[i], strlen(e->symbol[i])) == z)
            return &e->each[i];
    return e->n_species == 0 ? &e->tied : NULL;
}

static slg_status fail_element(const slg_param *p, int32_t z, slg_error *err)
{
    return slg_fail(err, SLG_ERR_CONFIG, "%s: expected a value for the element %s, which is in the data; add it",
                    p->name, slg_element_symbol(z));
}

static slg_status add_dim(slg_space *space, const slg_param *p, size_t hp, int32_t species, int32_t z,
                          const slg_hp_spec *spec, slg_error *err)
{
    if (!slg_hp_searched(spec))
        return SLG_OK;
    if (space->n_dim == SLG_MAX_DIM)
        return slg_fail(err, SLG_ERR_CONFIG, "the search has more than %d dimensions; fix some hyper-parameters",
                        SLG_MAX_DIM);
    static const slg_dim_kind kinds[] = {[SLG_HP_RANGE] = SLG_DIM_RANGE,
                                         [SLG_HP_LOG] = SLG_DIM_LOG,
                                         [SLG_HP_INT] = SLG_DIM_INT,
                                         [SLG_HP_CHOICE] = SLG_DIM_CHOICE};
    slg_dim *d = &space->dim[space->n_dim++];
    snprintf(d->name, sizeof d->name, species < 0 ? "%s" : "%s.%s", p->name, slg_element_symbol(z));
    d->kind = kinds[spec->kind];
    d->lo = spec->lo;
    d->hi = spec->hi;
    d->n_choice = spec->n_choice;
    memcpy(d->choice, spec->choice, sizeof d->choice);
    d->hp = (int32_t)hp;
    d->species = species;
    return SLG_OK;
}

static slg_status add_hp(const slg_config *cfg, slg_space *space, size_t hp, int32_t n_species, const int32_t *z,
                         slg_error *err)
{
    const slg_param *p = cfg->slot[hp].param;
    const slg_hp_entry *e = &cfg->slot[hp].entry;
    if (e->n_species == 0)
        return add_dim(space, p, hp, -1, 0, &e->tied, err);
    for (int32_t s = 0; s < n_species; s++) {
        const slg_hp_spec *spec = slg_hp_spec_of(e, z[s]);
        slg_status st = spec ? add_dim(space, p, hp, s, z[s], spec, err) : fail_element(p, z[s], err);
        if (st != SLG_OK)
            return st;
    }
    return SLG_OK;
}

slg_status slg_config_space(const slg_config *cfg, int32_t n_species, const int32_t *z, unsigned phases, slg_space *out,
                            slg_error *err)
{
    memset(out, 0, sizeof *out);
    for (size_t hp = 0; hp < cfg->n_hp; hp++) {
        if (!(phases & (1u << cfg->slot[hp].param->phase)))
            continue;
        slg_status st = add_hp(cfg, out, hp, n_species, z, err);
        if (st != SLG_OK)
            return st;
    }
    return SLG_OK;
}

static slg_status value_without_space(const slg_config *cfg, const slg_hp_set *base, size_t hp, int32_t s, int32_t z,
                                      double *v, slg_error *err)
{
    const slg_hp_spec *spec = slg_hp_spec_of(&cfg->slot[hp].entry, z);
    *v = base ? base->v[hp][s] : (double)NAN;
    if (!spec)
        return fail_element(cfg->slot[hp].param, z, err);
    if (spec->kind == SLG_HP_FIXED)
        *v = spec->value;
    else if (spec->kind == SLG_HP_UNSET && !base) /* what has a default is never unset */
        return slg_fail(err, SLG_ERR_CONFIG, "%s: expected a value, found none; add it to the hyper-parameters",
                        cfg->slot[hp].param->name);
    return SLG_OK;
}

slg_status slg_config_values(const slg_config *cfg, const slg_space *space, const double *value, const slg_hp_set *base,
                             int32_t n_species, const int32_t *z, slg_hp_set *out, slg_error *err)
{
    if (n_species < 1 || n_species > SLG_MAX_SPECIES)
        return slg_fail(err, SLG_ERR_CONFIG, "expected 1 to %d elements, found %d", SLG_MAX_SPECIES, n_species);
    slg_hp_set set = {.v = {{0}}};
    for (size_t hp = 0; hp < cfg->n_hp; hp++)
        for (int32_t s = 0; s < n_species; s++) {
            slg_status st = value_without_space(cfg, base, hp, s, z[s], &set.v[hp][s], err);
            if (st != SLG_OK)
                return st;
        }
    for (size_t d = 0; space && value && d < space->n_dim; d++) {
        const slg_dim *dim = &space->dim[d];
        for (int32_t s = 0; s < n_species; s++)
            if (dim->species < 0 || dim->species == s)
                set.v[dim->hp][s] = value[d];
    }
    if (cfg->term->complete)
        cfg->term->complete(n_species, set.v);
    *out = set;
    return SLG_OK;
}

void slg_config_start(const slg_config *cfg, int32_t k, const slg_space *space, const int32_t *z, double *value,
                      bool *given)
{
    for (size_t d = 0; d < space->n_dim; d++) {
        const slg_dim *dim = &space->dim[d];
        given[d] = false;
        value[d] = 0;
        if (k < 0 || k >= cfg->n_start)
            continue;
        const slg_hp_entry *e = &cfg->start[(size_t)k * cfg->n_hp + (size_t)dim->hp];
        const slg_hp_spec *spec = dim->species < 0 ? &e->tied : slg_hp_spec_of(e, z[dim->species]);
        if (spec && spec->kind == SLG_HP_FIXED) {
            given[d] = true;
            value[d] = spec->value;
        }
    }
}
