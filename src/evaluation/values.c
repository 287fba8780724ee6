/* Values of hyper-parameters for a problem: special points of the search space, definitions, sizes. */
#include "src/evaluation/problem.h"
#include "runtime/base/alloc.h"
#include "runtime/base/rng.h"
#include "tasks/fit/params.h"

static slg_status values_at(const slg_problem *p, bool largest, slg_hp_set *hp, slg_error *err)
{
    slg_space *space = slg_calloc(1, sizeof *space);
    double value[SLG_MAX_DIM];
    slg_status st = space ? slg_config_space(p->cfg, p->n_species, p->z, SLG_ALL_PHASES, space, err)
                          : slg_fail_nomem(err, "search space");
    for (size_t d = 0; st == SLG_OK && d < space->n_dim; d++) {
        const slg_dim *dim = &space->dim[d];
        const bool nested = p->cfg->slot[dim->hp].param->flags & SLG_PARAM_NESTED;
        value[d] = largest || nested ? slg_dim_largest(dim) : slg_dim_decode(dim, 0.5);
    }
    if (st == SLG_OK)
        st = slg_config_values(p->cfg, space, value, NULL, p->n_species, p->z, hp, err);
    slg_free(space);
    return st;
}

slg_status slg_problem_middle(const slg_problem *p, slg_hp_set *hp, slg_error *err)
{
    return values_at(p, false, hp, err);
}

slg_status slg_problem_largest(const slg_problem *p, slg_hp_set *hp, slg_error *err)
{
    return values_at(p, true, hp, err);
}

static bool accepted(const slg_problem *p, const slg_hp_set *hp, slg_term_def *def)
{
    char why[SLG_WHY];
    bool good = true;
    for (int32_t k = 0; good && k < p->n_part; k++) {
        slg_problem_define(p, hp, k, def);
        good = def->term->check(def, why) == SLG_OK;
    }
    return good;
}

/* Point k of a sequence that begins with the middle of the ranges. */
static void point(const slg_problem *p, const slg_space *space, bool heaviest, uint32_t k, double *value)
{
    for (size_t d = 0; d < space->n_dim; d++) {
        const slg_dim *dim = &space->dim[d];
        const double u = k == 0 ? 0.5 : slg_rng_u01(1, SLG_STREAM_TYPICAL, k, (uint32_t)d, 0);
        const bool size = p->cfg->slot[dim->hp].param->kind == SLG_PARAM_INT;
        value[d] = heaviest && size ? slg_dim_largest(dim) : slg_dim_decode(dim, u);
    }
}

slg_status slg_problem_typical(const slg_problem *p, bool heaviest, slg_hp_set *hp, bool *found, slg_error *err)
{
    enum { TRIES = 200 };
    double value[SLG_MAX_DIM];
    slg_space *space = slg_calloc(1, sizeof *space);
    slg_term_def *def = slg_calloc(1, sizeof *def);
    slg_status st = space && def ? slg_config_space(p->cfg, p->n_species, p->z, SLG_ALL_PHASES, space, err)
                                 : slg_fail_nomem(err, "search space");
    *found = false;
    for (uint32_t k = 0; st == SLG_OK && !*found && k < TRIES; k++) {
        point(p, space, heaviest, k, value);
        st = slg_config_values(p->cfg, space, value, NULL, p->n_species, p->z, hp, err);
        *found = st == SLG_OK && accepted(p, hp, def);
    }
    slg_free(space);
    slg_free(def);
    return st;
}

void slg_problem_final(const slg_problem *p, slg_hp_set *hp)
{
    const int32_t n = p->cfg->final_n_sparse;
    for (int32_t s = 0; n > 0 && s < p->n_species; s++)
        hp->v[p->cfg->fit + SLG_FIT_N_SPARSE][s] = n;
}

void slg_problem_define(const slg_problem *p, const slg_hp_set *hp, int32_t part, slg_term_def *out)
{
    slg_config_define(p->cfg, hp, p->n_species, part, p->term_file, out);
}

double slg_problem_fit_value(const slg_problem *p, const slg_hp_set *hp, int param, int32_t channel)
{
    return hp->v[p->cfg->fit + (size_t)param][channel];
}

size_t slg_problem_sparse(const slg_problem *p, const slg_hp_set *hp, int32_t part)
{
    const int32_t channel = p->cfg->term->channel(part, p->n_species);
    const size_t wanted = (size_t)slg_problem_fit_value(p, hp, SLG_FIT_N_SPARSE, channel);
    return wanted < p->instances[part].n ? wanted : p->instances[part].n;
}

double slg_problem_bytes(const slg_problem *p)
{
    const slg_side *side[] = {&p->train, &p->validation, &p->learnt, &p->rest, &p->test};
    double sum = 0;
    for (int i = 0; i < 5; i++)
        for (size_t b = 0; b < side[i]->n_batch; b++) {
            const slg_batch *batch = &side[i]->batch[b];
            sum += (double)slg_rows_block_size(batch->rows_block);
            sum += batch->geom_shared ? 0 : (double)slg_geom_block_size(batch->geom_block);
        }
    const size_t n_atom = p->train_set->n_atom + (p->validation_set != p->train_set ? p->validation_set->n_atom : 0) +
                          (p->test_set ? p->test_set->n_atom : 0);
    return sum + 70.0 * (double)n_atom; /* positions, forces, elements */
}

slg_status slg_problem_parts(slg_problem *p, slg_error *err)
{
    slg_hp_set hp;
    slg_term_def *def = slg_calloc(1, sizeof *def);
    slg_status st = def ? slg_problem_largest(p, &hp, err) : slg_fail_nomem(err, "definition");
    p->n_part = p->cfg->term->n_part(p->n_species);
    SLG_ASSERT(p->n_part <= SLG_MAX_PARTS);
    for (int32_t k = 0; st == SLG_OK && k < p->n_part; k++) {
        slg_problem_define(p, &hp, k, def);
        const double cutoff = p->cfg->term->cutoff(def);
        p->cutoff = cutoff > p->cutoff ? cutoff : p->cutoff;
    }
    slg_free(def);
    return st;
}
