#include "src/study/state.h"
#include "runtime/base/alloc.h"

#include <math.h>
#include <string.h>

size_t slg_stage_particles(const slg_config *cfg, int32_t stage)
{
    return (size_t)(stage == 2 ? cfg->stage2_particles : cfg->particles);
}

int32_t slg_stage_iterations(const slg_config *cfg, int32_t stage)
{
    return stage == 2 ? cfg->stage2_iterations : cfg->iterations;
}

slg_status slg_state_reserve(slg_state *s, size_t n, slg_error *err)
{
    if (s->n_trial + n <= s->room)
        return SLG_OK;
    size_t room = 2 * s->room + n;
    slg_trial *trial = slg_realloc(s->trial, room, sizeof *trial);
    if (trial)
        s->trial = trial;
    double *value = slg_realloc(s->value, room * (s->all.n_dim ? s->all.n_dim : 1), sizeof *value);
    if (value)
        s->value = value;
    if (!trial || !value)
        return slg_fail_nomem(err, "trial table");
    s->room = room;
    return SLG_OK;
}

/* Values of HPs that no space sets yet: the middle of their range; n_sparse: its largest value (sets are nested). */
static slg_status nominal_values(slg_state *s, const slg_problem *p, slg_error *err)
{
    double value[SLG_MAX_DIM];
    for (size_t d = 0; d < s->all.n_dim; d++)
        value[d] =
            s->all.dim[d].hp == SLG_HP_N_SPARSE ? slg_dim_largest(&s->all.dim[d]) : slg_dim_decode(&s->all.dim[d], 0.5);
    return slg_config_values(p->cfg, &s->all, value, NULL, p->n_species, p->z, &s->base, err);
}

static void place_starts(slg_state *s, const slg_problem *p)
{
    double value[SLG_MAX_DIM];
    bool given[SLG_MAX_DIM];
    for (int32_t k = 0; k < p->cfg->n_start && (size_t)k < s->swarm->n_particle; k++) {
        slg_config_start(p->cfg, k, &s->space, p->z, value, given);
        slg_swarm_place(s->swarm, (size_t)k, value, given);
    }
}

slg_status slg_state_begin_stage(slg_state *s, const slg_problem *p, int32_t stage, slg_error *err)
{
    const slg_config *cfg = p->cfg;
    slg_status st = SLG_OK;
    if (stage == 1) {
        s->best.trial = -1;
        s->best.objective = (double)INFINITY;
        s->base_trial = -1;
        st = slg_config_space(cfg, p->n_species, p->z, 0, &s->all, err);
        if (st == SLG_OK)
            st = nominal_values(s, p, err);
    }
    s->stage = stage;
    if (st == SLG_OK)
        st = slg_config_space(cfg, p->n_species, p->z, cfg->strategy == 1 ? 0 : stage, &s->space, err);
    slg_swarm_free(&s->swarm);
    if (st == SLG_OK)
        st = slg_swarm_create(&s->space, &cfg->rule, slg_stage_particles(cfg, stage),
                              cfg->seed + ((uint64_t)(stage - 1) << 32), &s->swarm, err);
    if (st == SLG_OK)
        place_starts(s, p);
    return st;
}

/* Order of the trials of stage 1: by objective, then by number. */
static bool comes_before(const slg_state *s, int64_t a, int64_t b)
{
    double fa = s->trial[a].out.objective, fb = s->trial[b].out.objective;
    return fa < fb || (fa <= fb && a < b);
}

bool slg_state_next_base(slg_state *s)
{
    int64_t next = -1;
    for (int64_t k = 0; k < (int64_t)s->n_trial; k++) {
        const slg_trial *t = &s->trial[k];
        bool usable = t->stage == 1 && t->out.status == SLG_OK && t->cached_from < 0;
        if (usable && comes_before(s, s->base_trial, k) && (next < 0 || comes_before(s, k, next)))
            next = k;
    }
    if (next < 0)
        return false;
    s->base_trial = next;
    for (size_t d = 0; d < s->all.n_dim; d++) {
        const slg_dim *dim = &s->all.dim[d];
        double value = s->value[(size_t)next * s->all.n_dim + d];
        for (int32_t c = 0; isfinite(value) && c < SLG_MAX_SPECIES; c++)
            if (dim->species < 0 || dim->species == c)
                s->base.v[dim->hp][c] = value;
    }
    return true;
}

void slg_state_fini(slg_state *s)
{
    slg_swarm_free(&s->swarm);
    slg_potential_free(&s->best.pot);
    slg_free(s->best.by_group);
    slg_free(s->trial);
    slg_free(s->value);
    *s = (slg_state){0};
}

/* Row of the table: the dimensions of this stage and, in stage 2, those fixed by stage 1. */
static void fill_values(const slg_state *s, const slg_hp_set *hp, double *row)
{
    for (size_t d = 0; d < s->all.n_dim; d++) {
        const slg_dim *dim = &s->all.dim[d];
        bool set = s->stage == 2;
        for (size_t k = 0; k < s->space.n_dim; k++)
            set = set || (s->space.dim[k].hp == dim->hp && s->space.dim[k].species == dim->species);
        row[d] = set ? hp->v[dim->hp][dim->species < 0 ? 0 : dim->species] : (double)NAN;
    }
}

slg_status slg_state_hp(const slg_state *s, const slg_problem *p, size_t i, slg_hp_set *hp, slg_error *err)
{
    double value[SLG_MAX_DIM];
    slg_swarm_values(s->swarm, i, value);
    return slg_config_values(p->cfg, &s->space, value, &s->base, p->n_species, p->z, hp, err);
}

/* An earlier trial of the same stage at the same place, -1 if there is none. */
static int64_t find_cached(const slg_state *s, size_t row)
{
    size_t bytes = s->all.n_dim * sizeof(double);
    for (size_t k = 0; k < row; k++)
        if (s->trial[k].stage == s->stage && s->trial[k].cached_from < 0 &&
            memcmp(s->value + k * s->all.n_dim, s->value + row * s->all.n_dim, bytes) == 0)
            return (int64_t)k;
    return -1;
}

slg_status slg_state_open_iteration(slg_state *s, const slg_problem *p, slg_error *err)
{
    slg_status st = slg_state_reserve(s, s->swarm->n_particle, err);
    for (size_t i = 0; st == SLG_OK && i < s->swarm->n_particle; i++) {
        slg_hp_set hp;
        size_t row = s->n_trial + i;
        st = slg_state_hp(s, p, i, &hp, err);
        if (st != SLG_OK)
            break;
        memset(&s->trial[row], 0, sizeof s->trial[row]);
        s->trial[row].stage = s->stage;
        s->trial[row].iteration = (int32_t)s->swarm->iteration;
        s->trial[row].particle = (int32_t)i;
        fill_values(s, &hp, s->value + row * s->all.n_dim);
        s->trial[row].cached_from = find_cached(s, row);
    }
    return st;
}

void slg_state_close_iteration(slg_state *s)
{
    for (size_t i = 0; i < s->swarm->n_particle; i++) {
        slg_trial *t = &s->trial[s->n_trial + i];
        if (t->cached_from >= 0)
            t->out = s->trial[t->cached_from].out;
        t->done = 1;
        slg_swarm_tell(s->swarm, i, t->out.status == SLG_OK ? t->out.objective : (double)NAN);
    }
    s->n_trial += s->swarm->n_particle;
    slg_swarm_step(s->swarm);
}

bool slg_best_beaten(const slg_best *best, int64_t n, double f)
{
    return best->trial < 0 || f < best->objective || (f <= best->objective && n < best->trial);
}
