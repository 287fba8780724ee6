/** A data set and descriptor definitions for the commands that look at descriptors alone. */
#include "runtime/base/alloc.h"
#include "src/cli/cli.h"

#include <stdio.h>
#include <string.h>

static slg_status load_values(const cli_args *a, cli_scene *s, slg_error *err)
{
    slg_space *space = slg_calloc(1, sizeof *space);
    if (!space)
        return slg_fail_nomem(err, "search space");
    slg_status st = slg_config_space(s->cfg, s->n_species, s->z, 0, space, err);
    if (st == SLG_OK && space->n_dim > 0)
        st = slg_fail(err, SLG_ERR_CONFIG, "%s: %s: expected one value, found a range", a->hp, space->dim[0].name);
    if (st == SLG_OK)
        st = slg_config_values(s->cfg, space, NULL, NULL, s->n_species, s->z, &s->hp, err);
    slg_free(space);
    return st;
}

static slg_status build_plan(cli_scene *s, int32_t c, size_t *work_bytes, slg_error *err)
{
    slg_soap_hp hp;
    char why[104] = "";
    slg_hp_to_soap(s->cfg, &s->hp, s->n_species, c, &hp);
    slg_status st = slg_soap_check(&hp, why);
    if (st == SLG_OK) {
        s->plan[c] = slg_alloc_aligned(1, slg_soap_plan_bytes(&hp));
        if (!s->plan[c])
            return slg_fail_nomem(err, "descriptor tables");
        st = slg_soap_plan_build(&hp, s->plan[c], why);
    }
    if (st != SLG_OK)
        return slg_fail(err, st, "descriptor of %s: %s", slg_element_symbol(s->z[c]), why);
    size_t bytes = slg_soap_work_bytes(s->plan[c], s->geom->max_pair);
    s->length[c] = slg_soap_plan_length(s->plan[c]);
    *work_bytes = bytes > *work_bytes ? bytes : *work_bytes;
    return SLG_OK;
}

static slg_status build_plans(cli_scene *s, slg_error *err)
{
    size_t bytes = 0;
    for (int32_t c = 0; c < s->n_species; c++) {
        slg_status st = build_plan(s, c, &bytes, err);
        if (st != SLG_OK)
            return st;
    }
    s->work = slg_alloc_aligned(1, bytes);
    return s->work ? SLG_OK : slg_fail_nomem(err, "descriptor workspace");
}

/* HPs without a meaning for the command need not be given. */
static void fill_unused(slg_config *cfg, slg_hp_id id)
{
    slg_hp_entry *e = &cfg->hp[id];
    if (e->tied.kind == SLG_HP_UNSET && e->n_species == 0)
        e->tied = (slg_hp_spec){.kind = SLG_HP_FIXED, .value = 1};
}

slg_status cli_scene_open(const cli_args *a, bool kernel, cli_scene *s, slg_error *err)
{
    const slg_xyz_keys none = {"", "", "", "", ""};
    memset(s, 0, sizeof *s);
    if (!a->hp)
        return slg_fail(err, SLG_ERR_USAGE, "expected --hp FILE with the hyper-parameters, found none");
    slg_status st = slg_config_default(&s->cfg, err);
    if (st == SLG_OK)
        st = slg_config_load_hp(a->hp, s->cfg, err);
    if (st == SLG_OK) {
        fill_unused(s->cfg, SLG_HP_N_SPARSE);
        if (!kernel)
            fill_unused(s->cfg, SLG_HP_ZETA);
    }
    if (st == SLG_OK)
        st = slg_dataset_read(a->arg[0], &none, &s->data, err);
    if (st == SLG_OK)
        st = slg_dataset_species(s->data, &s->n_species, s->z, err);
    if (st == SLG_OK)
        st = load_values(a, s, err);
    if (st == SLG_OK)
        st = slg_geom_build(s->data, s->hp.v[SLG_HP_RCUT_HARD][0], s->n_species, s->z, &s->geom, err);
    return st == SLG_OK ? build_plans(s, err) : st;
}

void cli_scene_free(cli_scene *s)
{
    slg_free(s->work);
    for (int32_t c = 0; c < SLG_MAX_SPECIES; c++)
        slg_free(s->plan[c]);
    slg_geom_free(&s->geom);
    slg_dataset_free(&s->data);
    slg_config_free(&s->cfg);
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
