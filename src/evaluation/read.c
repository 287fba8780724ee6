/* The data of a problem: files, elements, energies of free atoms, training and validation structures. */
#include "runtime/base/alloc.h"
#include "runtime/base/log.h"
#include "src/evaluation/problem.h"

#include <string.h>

slg_xyz_keys slg_problem_keys(const slg_config *cfg)
{
    return (slg_xyz_keys){cfg->key_energy, cfg->key_force, cfg->key_virial, cfg->key_stress, cfg->key_config_type};
}

/* place: the key that names the files. */
static slg_status read_set(const slg_config *cfg, const char *place, const slg_names *list, slg_dataset **out,
                           slg_error *err)
{
    slg_names file = {0};
    slg_xyz_keys keys = slg_problem_keys(cfg);
    slg_status st = SLG_OK;
    for (size_t i = 0; st == SLG_OK && i < list->n; i++)
        st = slg_names_match(&file, place, cfg->folder, list->name[i], err);
    if (st == SLG_OK)
        st = slg_names_distinct(&file, place, err);
    if (st == SLG_OK)
        st = slg_dataset_read_all(&file, &keys, out, err);
    slg_names_free(&file);
    return st;
}

/* --- elements ------------------------------------------------------------------------------------------------- */

/* Marks the elements of the structures that are more than a single free atom. */
static void mark_elements(const slg_dataset *d, bool present[SLG_MAX_Z + 1])
{
    for (size_t f = 0; d && f < d->n_frame; f++)
        if (!slg_frame_free_atom(d, f))
            for (size_t i = 0; i < d->frame[f].n_atom; i++)
                present[d->z[d->frame[f].first + i]] = true;
}

static bool is_left_out(const slg_dataset *d, size_t f, const bool present[SLG_MAX_Z + 1])
{
    return slg_frame_free_atom(d, f) && !present[d->z[d->frame[f].first]];
}

/* One line for each element. */
static void warn_left_out(const slg_dataset *d, const bool present[SLG_MAX_Z + 1])
{
    for (int32_t z = 1; z <= SLG_MAX_Z; z++) {
        size_t n = 0, first = 0;
        for (size_t f = d->n_frame; f-- > 0;)
            if (d->z[d->frame[f].first] == z && is_left_out(d, f, present)) {
                n++;
                first = f;
            }
        if (n > 0)
            slg_log(
                SLG_WARNING,
                "%s:%zu: the free atom of %s%s is left out: no other training or validation structure has that element",
                slg_frame_file(d, first), d->frame[first].line, slg_element_symbol(z), n > 1 ? " (and others)" : "");
    }
}

/*
 * A free atom of an element that nothing else has teaches nothing, but its element would be a channel of every
 * descriptor: it is left out. The test set has no say in it.
 */
static slg_status leave_out(slg_problem *p, slg_dataset **all, slg_error *err)
{
    const slg_dataset *d = *all;
    bool present[SLG_MAX_Z + 1] = {false};
    mark_elements(d, present);
    mark_elements(p->validation_set, present);
    size_t n = 0, *keep = slg_calloc(d->n_frame, sizeof *keep);
    if (!keep)
        return slg_fail_nomem(err, "structures");
    for (size_t f = 0; f < d->n_frame; f++)
        if (!is_left_out(d, f, present))
            keep[n++] = f;
    slg_dataset *rest = NULL;
    p->n_left_out = d->n_frame - n;
    slg_status st = SLG_OK;
    if (n == 0)
        st = slg_fail(err, SLG_ERR_DATA,
                      "%s: expected structures of atoms with neighbours, found free atoms only; add "
                      "some",
                      d->path);
    else if (n < d->n_frame)
        st = slg_dataset_subset(d, keep, n, &rest, err);
    slg_free(keep);
    if (!rest)
        return st;
    warn_left_out(d, present);
    slg_dataset_free(all);
    *all = rest;
    return SLG_OK;
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

/* --- all of it ------------------------------------------------------------------------------------------------ */

static slg_status read_sets(slg_problem *p, slg_dataset **all, slg_error *err)
{
    const slg_config *cfg = p->cfg;
    const slg_xyz_keys keys = slg_problem_keys(cfg);
    slg_status st = read_set(cfg, "data.train", &cfg->train, all, err);
    if (st == SLG_OK)
        st = slg_dataset_require(*all, cfg->use_energy, cfg->use_force, cfg->use_virial, &keys, err);
    if (st == SLG_OK && cfg->validation_mode == SLG_VAL_FILE)
        st = read_set(cfg, "data.validation", &cfg->validation, &p->validation_set, err);
    if (st == SLG_OK && cfg->test.n > 0)
        st = read_set(cfg, "data.test", &cfg->test, &p->test_set, err);
    return st;
}

/* Of the training files: the training set, its folds or, where it is a part of them, the validation set. */
static slg_status divide(slg_problem *p, slg_dataset **all, slg_error *err)
{
    const slg_config *cfg = p->cfg;
    const uint64_t seed = cfg->has_split_seed ? cfg->split_seed : cfg->seed;
    slg_status st = SLG_OK;
    if (cfg->validation_mode == SLG_VAL_FRACTION)
        return slg_dataset_split(*all, cfg->validation_fraction, seed, &p->train_set, &p->validation_set, err);
    if (cfg->validation_mode == SLG_VAL_FOLDS) {
        const slg_fold_plan plan = {(size_t)cfg->n_fold, seed, cfg->key_group[0] ? cfg->key_group : NULL};
        p->n_fold = plan.n_fold;
        st = slg_dataset_folds(*all, &plan, p->fold_first, &p->train_set, err);
    } else {
        p->train_set = *all;
        *all = NULL;
    }
    if (cfg->validation_mode != SLG_VAL_FILE)
        p->validation_set = p->train_set;
    return st;
}

slg_status slg_problem_read(slg_problem *p, slg_error *err)
{
    slg_dataset *all = NULL;
    slg_status st = read_sets(p, &all, err);
    if (st == SLG_OK)
        st = leave_out(p, &all, err);
    if (st == SLG_OK)
        st = slg_dataset_species(all, &p->n_species, p->z, err);
    if (st == SLG_OK)
        st = slg_problem_parts(p, err);
    if (st == SLG_OK)
        st = find_e0(p, all, err);
    if (st == SLG_OK)
        st = divide(p, &all, err);
    slg_dataset_free(&all);
    return st;
}
