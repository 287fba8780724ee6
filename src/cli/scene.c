/** A data set and descriptor definitions for the commands that look at descriptors alone. */
#include "runtime/base/alloc.h"
#include "src/cli/cli.h"
#include "src/potential/potential.h"

#include <stdio.h>
#include <string.h>

/* HPs without a meaning for the command need not be given. */
static void fill_unused(slg_config *cfg, cli_use use)
{
    for (size_t i = 0; i < cfg->n_hp; i++) {
        slg_hp_entry *e = &cfg->slot[i].entry;
        const bool unused = i >= cfg->fit || (use != CLI_KERNEL && cfg->slot[i].param->flags & SLG_PARAM_KERNEL);
        if (unused && e->tied.kind == SLG_HP_UNSET && e->n_species == 0)
            e->tied = (slg_hp_spec){.kind = SLG_HP_FIXED, .value = 1};
    }
}

static slg_status load_values(const cli_args *a, cli_scene *s, slg_error *err)
{
    slg_space *space = slg_calloc(1, sizeof *space);
    if (!space)
        return slg_fail_nomem(err, "search space");
    slg_status st = slg_config_space(s->cfg, s->n_species, s->z, SLG_ALL_PHASES, space, err);
    if (st == SLG_OK && space->n_dim > 0)
        st = slg_fail(err, SLG_ERR_CONFIG, "%s: %s: expected one value, found a range", a->hp, space->dim[0].name);
    if (st == SLG_OK)
        st = slg_config_values(s->cfg, space, NULL, NULL, s->n_species, s->z, &s->hp, err);
    slg_free(space);
    return st;
}

static slg_status define_parts(cli_scene *s, slg_error *err)
{
    slg_status st = slg_config_term_file(s->cfg, &s->hp, s->n_species, &s->term_file, err);
    if (st != SLG_OK)
        return st;
    s->n_part = s->cfg->term->n_part(s->n_species);
    s->def = slg_calloc((size_t)s->n_part, sizeof *s->def);
    if (!s->def)
        return slg_fail_nomem(err, "definitions");
    for (int32_t k = 0; k < s->n_part; k++)
        slg_config_define(s->cfg, &s->hp, s->n_species, k, s->term_file, &s->def[k]);
    return SLG_OK;
}

static slg_status build_geom(cli_scene *s, slg_error *err)
{
    double cutoff = 0;
    for (int32_t k = 0; k < s->n_part; k++) {
        const double each = s->def[k].term->cutoff(&s->def[k]);
        cutoff = each > cutoff ? each : cutoff;
    }
    return slg_geom_build(s->data, cutoff, s->n_species, s->z, &s->geom, err);
}

static slg_status build_plans(cli_scene *s, cli_use use, slg_error *err)
{
    size_t bytes = 0;
    for (int32_t k = 0; k < s->n_part; k++) {
        char place[64];
        snprintf(place, sizeof place, "descriptor of %s",
                 slg_element_symbol(s->z[s->cfg->term->channel(k, s->n_species)]));
        slg_status st = slg_plan_create(&s->def[k], place, &s->plan[k], err);
        if (st != SLG_OK)
            return st;
        const slg_term_work work = {.what = use == CLI_GRADIENTS_TOO ? SLG_WORK_GRADIENT : SLG_WORK_DESCRIPTOR,
                                    .plan = s->plan[k],
                                    .geom = s->geom,
                                    .env1 = s->geom->n_env};
        double flops;
        size_t each = 0;
        s->def[k].term->cost(&s->def[k], &work, &flops, &each);
        bytes = each > bytes ? each : bytes;
    }
    s->work = slg_alloc_aligned(1, bytes);
    return s->work ? SLG_OK : slg_fail_nomem(err, "descriptor workspace");
}

slg_status cli_scene_open(const cli_args *a, cli_use use, cli_scene *s, slg_error *err)
{
    const slg_xyz_keys none = {"", "", "", "", ""};
    memset(s, 0, sizeof *s);
    if (!a->hp)
        return slg_fail(err, SLG_ERR_USAGE, "expected --hp FILE with the hyper-parameters, found none");
    slg_status st = slg_config_read_hp(a->hp, &s->cfg, err);
    if (st == SLG_OK)
        fill_unused(s->cfg, use);
    if (st == SLG_OK)
        st = slg_dataset_read(a->arg[0], &none, &s->data, err);
    if (st == SLG_OK)
        st = slg_dataset_species(s->data, &s->n_species, s->z, err);
    if (st == SLG_OK)
        st = load_values(a, s, err);
    if (st == SLG_OK)
        st = define_parts(s, err);
    if (st == SLG_OK)
        st = build_geom(s, err);
    return st == SLG_OK ? build_plans(s, use, err) : st;
}

void cli_scene_free(cli_scene *s)
{
    slg_free(s->work);
    for (int32_t k = 0; k < SLG_MAX_PARTS; k++)
        slg_free(s->plan[k]);
    slg_free(s->def);
    if (s->term_file)
        s->cfg->term->free_file(s->term_file);
    slg_geom_free(&s->geom);
    slg_dataset_free(&s->data);
    slg_config_free(&s->cfg);
}

size_t cli_scene_instances(const cli_scene *s, int32_t part, size_t env)
{
    return s->cfg->term->instances(part, s->n_species, s->geom, env);
}

size_t cli_scene_frame(const cli_scene *s, size_t env)
{
    size_t lo = 0, hi = s->geom->n_frame;
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (s->geom->frame_first[mid] <= env)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

slg_status cli_scene_fail(const cli_scene *s, slg_status st, size_t env, slg_error *err)
{
    const size_t frame = cli_scene_frame(s, env);
    return slg_fail(err, st, "%s: the descriptor of frame %zu, atom %zu is not finite", s->data->path, frame,
                    env - s->geom->frame_first[frame]);
}
