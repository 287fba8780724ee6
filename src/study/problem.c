#include "runtime/base/alloc.h"
#include "runtime/base/log.h"
#include "runtime/base/rng.h"
#include "src/study/problem_rows.h"
#include "src/study/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_PAIRS = 12000, CHUNK_ENVS = 512 };

static slg_xyz_keys keys_of(const slg_config *cfg)
{
    return (slg_xyz_keys){cfg->key_energy, cfg->key_force, cfg->key_virial, cfg->key_stress, cfg->key_config_type};
}

static slg_status read_set(const slg_config *cfg, const char *name, slg_dataset **out, slg_error *err)
{
    char path[SLG_PATH];
    slg_xyz_keys keys = keys_of(cfg);
    slg_status st = slg_path_join(path, cfg->folder, name, err);
    return st == SLG_OK ? slg_dataset_read(path, &keys, out, err) : st;
}

static double largest(const slg_hp_spec *s)
{
    double x = s->kind == SLG_HP_FIXED ? s->value : s->hi;
    for (int32_t i = 0; s->kind == SLG_HP_CHOICE && i < s->n_choice; i++)
        x = i == 0 || s->choice[i] > x ? s->choice[i] : x;
    return x;
}

/* e0 of every species, by the configured way. */
static slg_status find_e0(slg_problem *p, const slg_dataset *all, slg_error *err)
{
    const slg_config *cfg = p->cfg;
    if (cfg->e0_mode == SLG_E0_ISOLATED)
        return slg_e0_isolated(all, p->n_species, p->z, p->cutoff, p->e0, err);
    if (cfg->e0_mode == SLG_E0_AVERAGE)
        return slg_e0_average(all, p->n_species, p->e0, err);
    for (int32_t s = 0; s < p->n_species; s++) {
        int32_t i = 0;
        while (i < cfg->n_e0 && slg_element_z(cfg->e0_symbol[i], strlen(cfg->e0_symbol[i])) != p->z[s])
            i++;
        if (i == cfg->n_e0)
            return slg_fail(err, SLG_ERR_CONFIG, "%s: data.e0: expected a value for each species, found none for %s",
                            cfg->file, slg_element_symbol(p->z[s]));
        p->e0[s] = cfg->e0[i];
    }
    return SLG_OK;
}

static slg_status read_data(slg_problem *p, slg_error *err)
{
    const slg_config *cfg = p->cfg;
    slg_dataset *all = NULL;
    slg_xyz_keys keys = keys_of(cfg);
    slg_status st = read_set(cfg, cfg->train, &all, err);
    if (st == SLG_OK)
        st = slg_dataset_require(all, cfg->use_energy, cfg->use_force, cfg->use_virial, &keys, err);
    if (st == SLG_OK)
        st = slg_dataset_species(all, &p->n_species, p->z, err);
    if (st == SLG_OK)
        st = find_e0(p, all, err);
    if (st != SLG_OK || cfg->validation_mode != SLG_VAL_FRACTION) {
        p->train_set = all;
        if (st != SLG_OK)
            return st;
    } else {
        st = slg_dataset_split(all, cfg->validation_fraction, cfg->seed, &p->train_set, &p->validation_set, err);
        slg_dataset_free(&all);
    }
    if (cfg->validation_mode == SLG_VAL_SAME)
        p->validation_set = p->train_set;
    else if (cfg->validation_mode == SLG_VAL_FILE)
        st = read_set(cfg, cfg->validation, &p->validation_set, err);
    return st;
}

/* A weighted quantity that no validation structure has would make every trial fail. */
static slg_status check_weights(const slg_problem *p, slg_error *err)
{
    const slg_config *cfg = p->cfg;
    const slg_dataset *d = p->validation_set;
    bool has[SLG_N_QUANTITY] = {false};
    for (size_t f = 0; f < d->n_frame; f++) {
        has[SLG_ENERGY] = has[SLG_ENERGY] || d->frame[f].has_energy;
        has[SLG_FORCE] = has[SLG_FORCE] || d->frame[f].has_force;
        has[SLG_VIRIAL] = has[SLG_VIRIAL] || d->frame[f].has_virial;
    }
    const double weight[] = {cfg->weight_energy, cfg->weight_force, cfg->weight_virial};
    static const char *const name[] = {"energy", "force", "virial"};
    for (int q = 0; q < SLG_N_QUANTITY; q++)
        if (weight[q] > 0 && !has[q])
            return slg_fail(
                err, SLG_ERR_DATA,
                "%s: expected validation structures with a value for objective.%s_weight %g, found none; name "
                "its key in the section data, or set that weight to 0",
                d->path, name[q], weight[q]);
    return SLG_OK;
}

/* Often a misspelt name, whose structures would be fitted with the common sigmas. */
static void warn_unused_sigmas(const slg_problem *p)
{
    for (int32_t g = 0; g < p->cfg->n_group_sigma; g++) {
        const char *name = p->cfg->group_sigma[g].config_type;
        bool found = false;
        for (size_t k = 0; k < p->train_set->n_group; k++)
            found = found || strcmp(name, p->train_set->group[k]) == 0;
        if (!found)
            slg_log(SLG_WARNING, "%s: no training structure has the config_type '%s' of fit.config_type_sigma",
                    p->train_set->path, name);
    }
}

static slg_status build_sides(slg_problem *p, slg_error *err)
{
    slg_side *t = &p->train, *v = &p->validation;
    t->data = p->train_set;
    v->data = p->validation_set;
    slg_status st = slg_geom_build(t->data, p->cutoff, p->n_species, p->z, &t->geom, err);
    v->geom_shared = v->data == t->data;
    if (v->geom_shared)
        v->geom = t->geom;
    else if (st == SLG_OK)
        st = slg_geom_build(v->data, p->cutoff, p->n_species, p->z, &v->geom, err);
    if (st == SLG_OK)
        st = slg_side_reference(p, t, err);
    if (st == SLG_OK)
        st = slg_side_reference(p, v, err);
    if (st == SLG_OK)
        st = slg_side_batches(p, t, SLG_SIDE_FIT, err);
    return st == SLG_OK ? slg_side_batches(p, v, SLG_SIDE_METRIC, err) : st;
}

static int by_size(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* n_reference of the centres without replacement, in proportion to the species' share of all environments. */
static slg_status choose_reference(const slg_problem *p, int32_t species, slg_centres *c, slg_error *err)
{
    double share = (double)p->cfg->n_reference * (double)c->n / (double)p->train.geom->n_env;
    size_t n = share >= (double)c->n ? c->n : (size_t)ceil(share);
    size_t *order = slg_calloc(c->n, sizeof *order);
    if (!order)
        return slg_fail_nomem(err, "reference environments");
    for (size_t i = 0; i < c->n; i++)
        order[i] = i;
    for (size_t i = 0; n < c->n && i < n; i++) {
        double u = slg_rng_u01(p->cfg->seed, SLG_STREAM_REFERENCE, (uint32_t)species, (uint32_t)i, 0);
        size_t j = i + (size_t)(u * (double)(c->n - i)), swap = order[i];
        order[i] = order[j];
        order[j] = swap;
    }
    qsort(order, n, sizeof *order, by_size);
    c->n_reference = n;
    c->reference = order;
    return SLG_OK;
}

static slg_status build_centres(slg_problem *p, int32_t species, slg_error *err)
{
    const slg_geom *g = p->train.geom;
    slg_centres *c = &p->centres[species];
    c->env = slg_calloc(g->n_env, sizeof *c->env);
    c->chunk = slg_calloc(g->n_env + 1, sizeof *c->chunk);
    if (!c->env || !c->chunk)
        return slg_fail_nomem(err, "environments");
    size_t pairs = 0;
    for (size_t i = 0; i < g->n_env; i++) {
        if (g->species[i] != species)
            continue;
        c->env[c->n++] = i;
        pairs += g->pair_first[i + 1] - g->pair_first[i];
        if (pairs < CHUNK_PAIRS && c->n - c->chunk[c->n_chunk] < CHUNK_ENVS)
            continue;
        c->chunk[++c->n_chunk] = c->n;
        pairs = 0;
    }
    if (c->n > c->chunk[c->n_chunk])
        c->chunk[++c->n_chunk] = c->n;
    return c->n > 0 ? choose_reference(p, species, c, err) : SLG_OK;
}

/* compress_file needs one fixed basis: its first line is checked against it. */
static slg_status read_compression(slg_problem *p, slg_error *err)
{
    const slg_config *cfg = p->cfg;
    if (cfg->compress_file[0] == '\0')
        return SLG_OK;
    slg_space space;
    slg_hp_set hp;
    slg_soap_hp soap;
    char path[SLG_PATH], *text = NULL;
    size_t n;
    slg_status st = slg_config_space(cfg, p->n_species, p->z, 0, &space, err);
    for (size_t d = 0; st == SLG_OK && d < space.n_dim; d++)
        if (space.dim[d].hp == SLG_HP_ALPHA_MAX || space.dim[d].hp == SLG_HP_L_MAX)
            st = slg_fail(err, SLG_ERR_CONFIG,
                          "%s: descriptor.compress_file: expected fixed alpha_max and l_max, "
                          "found %s searched; fix it or use compress_mode",
                          cfg->file, space.dim[d].name);
    double value[SLG_MAX_DIM];
    for (size_t d = 0; st == SLG_OK && d < space.n_dim; d++)
        value[d] = slg_dim_decode(&space.dim[d], 0.5);
    if (st == SLG_OK)
        st = slg_config_values(cfg, &space, value, NULL, p->n_species, p->z, &hp, err);
    if (st == SLG_OK)
        st = slg_path_join(path, cfg->folder, cfg->compress_file, err);
    if (st == SLG_OK)
        st = slg_file_read(path, &text, &n, err);
    if (st == SLG_OK) {
        slg_hp_to_soap(cfg, &hp, p->n_species, 0, &soap);
        st = slg_compress_parse(text, path, &soap, &p->compress, err);
    }
    slg_free(text);
    return st;
}

slg_status slg_problem_create(const slg_config *cfg, slg_problem **out, slg_error *err)
{
    slg_problem *p = slg_calloc(1, sizeof *p);
    if (!p)
        return slg_fail_nomem(err, "problem");
    p->cfg = cfg;
    p->cutoff = largest(&cfg->hp[SLG_HP_RCUT_HARD].tied);
    slg_status st = read_data(p, err);
    if (st == SLG_OK)
        st = check_weights(p, err);
    if (st == SLG_OK)
        warn_unused_sigmas(p);
    if (st == SLG_OK)
        st = build_sides(p, err);
    for (int32_t s = 0; st == SLG_OK && s < p->n_species; s++)
        st = build_centres(p, s, err);
    if (st == SLG_OK)
        st = read_compression(p, err);
    if (st == SLG_OK)
        st = slg_identity(p, &p->identity, &p->digests, err);
    if (st != SLG_OK)
        slg_problem_free(&p);
    *out = p;
    return st;
}

void slg_problem_free(slg_problem **pp)
{
    slg_problem *p = *pp;
    if (!p)
        return;
    slg_side_free(&p->validation);
    slg_side_free(&p->train);
    for (int32_t s = 0; s < SLG_MAX_SPECIES; s++) {
        slg_free(p->centres[s].env);
        slg_free(p->centres[s].chunk);
        slg_free(p->centres[s].reference);
    }
    slg_compress_free(&p->compress);
    slg_free(p->identity);
    slg_free(p->digests);
    if (p->validation_set != p->train_set)
        slg_dataset_free(&p->validation_set);
    slg_dataset_free(&p->train_set);
    slg_free(p);
    *pp = NULL;
}
