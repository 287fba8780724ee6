#include "src/evaluation/problem.h"
#include "runtime/base/alloc.h"
#include "runtime/base/log.h"
#include "src/evaluation/rows.h"

#include <math.h>
#include <string.h>

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
    for (int q = 0; q < SLG_N_QUANTITY; q++) {
        const slg_slot *weight = slg_config_weight(cfg, q);
        if (weight && weight->entry.tied.value > 0 && !has[q])
            return slg_fail(err, SLG_ERR_DATA,
                            "%s: expected validation structures with a value for objective.%s %g, found none; name "
                            "its key in the section data, or set that weight to 0",
                            d->path, weight->param->name, weight->entry.tied.value);
    }
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

static bool has_element(const slg_problem *p, const char *symbol)
{
    bool found = false;
    for (int32_t s = 0; s < p->n_species; s++)
        found = found || p->z[s] == slg_element_z(symbol, strlen(symbol));
    return found;
}

/* A slip of the pen, or the file of another system. */
static void warn_absent_elements(const slg_problem *p)
{
    const slg_config *cfg = p->cfg;
    for (size_t i = 0; i < cfg->n_hp; i++)
        for (int32_t k = 0; k < cfg->slot[i].entry.n_species; k++)
            if (!has_element(p, cfg->slot[i].entry.symbol[k]))
                slg_log(SLG_WARNING,
                        "%s: %s: %s: expected values for elements of %s, found one for %s; it has no effect, remove it "
                        "or correct the element",
                        cfg->file, i < cfg->fit ? "descriptor" : "fit", cfg->slot[i].param->name, p->train_set->path,
                        cfg->slot[i].entry.symbol[k]);
}

static void warn_transfer(const slg_problem *p)
{
    slg_remark remark[SLG_MAX_REMARK];
    const size_t n = slg_config_remarks(p->cfg, p->n_species, remark);
    for (size_t i = 0; i < n; i++)
        slg_log(SLG_WARNING, "%s: descriptor: %s %s", p->cfg->file, p->cfg->term->param[remark[i].param].name,
                remark[i].text);
}

static slg_status build_sides(slg_problem *p, slg_error *err)
{
    p->train.data = p->train_set;
    p->validation.data = p->validation_set;
    p->test.data = p->test_set;
    p->learnt.data = p->cfg->validation_mode != SLG_VAL_SAME ? p->train_set : NULL;
    p->train.folded = p->validation.folded = p->n_fold > 0;
    slg_status st = slg_side_batches(p, &p->train, SLG_SIDE_FIT, NULL, err);
    if (st == SLG_OK)
        st = slg_side_batches(p, &p->validation, SLG_SIDE_METRIC, &p->train, err);
    p->rest.data = p->validation_set != p->train_set ? p->validation_set : NULL;
    if (st == SLG_OK && p->rest.data)
        st = slg_side_batches(p, &p->rest, SLG_SIDE_FIT, &p->validation, err);
    if (st == SLG_OK && p->learnt.data)
        st = slg_side_batches(p, &p->learnt, SLG_SIDE_METRIC, &p->train, err);
    if (st == SLG_OK && p->test.data)
        st = slg_side_batches(p, &p->test, SLG_SIDE_METRIC, NULL, err);
    return st;
}

/* --- all of it ------------------------------------------------------------------------------------------------ */

slg_status slg_problem_create(const slg_config *cfg, slg_problem **out, slg_error *err)
{
    slg_hp_set hp;
    slg_problem *p = slg_calloc(1, sizeof *p);
    if (!p)
        return slg_fail_nomem(err, "problem");
    p->cfg = cfg;
    slg_status st = slg_problem_read(p, err);
    if (st == SLG_OK)
        st = check_weights(p, err);
    if (st == SLG_OK)
        warn_unused_sigmas(p);
    if (st == SLG_OK)
        warn_absent_elements(p);
    if (st == SLG_OK)
        warn_transfer(p);
    if (st == SLG_OK)
        st = build_sides(p, err);
    if (st == SLG_OK)
        st = slg_problem_instances(p, err);
    if (st == SLG_OK)
        st = slg_problem_middle(p, &hp, err);
    if (st == SLG_OK)
        st = slg_config_term_file(cfg, &hp, p->n_species, &p->term_file, err);
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
    slg_side_free(&p->test);
    slg_side_free(&p->rest);
    slg_side_free(&p->learnt);
    slg_side_free(&p->validation);
    slg_side_free(&p->train);
    for (int32_t k = 0; k < SLG_MAX_PARTS; k++) {
        slg_free(p->instances[k].chunk);
        slg_free(p->instances[k].first);
        slg_free(p->instances[k].stretch);
        slg_free(p->instances[k].reference);
    }
    if (p->term_file)
        p->cfg->term->free_file(p->term_file);
    slg_free(p->identity);
    slg_free(p->digests);
    if (p->validation_set != p->train_set)
        slg_dataset_free(&p->validation_set);
    slg_dataset_free(&p->train_set);
    slg_dataset_free(&p->test_set);
    slg_free(p);
    *pp = NULL;
}
