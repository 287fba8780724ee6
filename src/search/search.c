#include "src/search/search.h"
#include "runtime/base/alloc.h"

#include <math.h>
#include <string.h>

slg_status slg_search_start(slg_search *s, const slg_problem *p, slg_error *err)
{
    *s = (slg_search){.p = p, .base_trial = -1, .best = {.trial = -1, .objective = (double)INFINITY}};
    slg_phases_make(p->cfg, &s->phases);
    slg_status st = slg_config_space(p->cfg, p->n_species, p->z, SLG_ALL_PHASES, &s->all, err);
    s->trials.n_dim = s->all.n_dim;
    for (size_t d = 0; d < s->all.n_dim; d++)
        s->trials.solved[d] =
            s->p->cfg->strategy == 3 && s->p->cfg->slot[s->all.dim[d].hp].param->phase == SLG_PHASE_RATIOS;
    if (st == SLG_OK) /* nested sets: the largest n_sparse serves all of a later phase */
        st = slg_problem_middle(p, &s->base, err);
    return st;
}

void slg_search_free(slg_search *s)
{
    slg_optimiser_free(&s->optimiser);
    slg_potential_free(&s->best.pot);
    slg_folds_free(&s->best.folds);
    slg_free(s->best.by_group);
    slg_free(s->best.training);
    slg_free(s->best.test);
    slg_trials_free(&s->trials);
    *s = (slg_search){0};
}

const slg_phase *slg_search_phase(const slg_search *s)
{
    return &s->phases.phase[s->phase < s->phases.n ? s->phase : s->phases.n - 1];
}

bool slg_search_finished(const slg_search *s)
{
    return s->phase >= s->phases.n;
}

bool slg_search_whole(const slg_search *s)
{
    return s->opened || slg_search_finished(s);
}

/* --- phases --------------------------------------------------------------------------------------------------- */

/* Given start positions that are still to come replace the first members of the open generation. */
static void place_starts(slg_search *s)
{
    double value[SLG_MAX_DIM];
    bool given[SLG_MAX_DIM];
    for (size_t i = 0; s->n_placed < s->p->cfg->n_start && i < s->optimiser->n_point; i++, s->n_placed++) {
        slg_config_start(s->p->cfg, (int32_t)s->n_placed, &s->space, s->p->z, value, given);
        slg_optimiser_place(s->optimiser, i, value, given);
    }
}

slg_status slg_search_begin_phase(slg_search *s, size_t number, slg_error *err)
{
    const slg_config *cfg = s->p->cfg;
    double setting[SLG_MAX_HP];
    s->phase = number;
    s->opened = false;
    s->n_placed = 0;
    const slg_phase *phase = slg_search_phase(s);
    slg_status st = slg_config_space(cfg, s->p->n_species, s->p->z, phase->hps, &s->space, err);
    slg_optimiser_free(&s->optimiser);
    slg_config_settings(cfg, cfg->optimiser->param, cfg->optimiser->n_param, setting);
    if (st == SLG_OK)
        st = slg_optimiser_create(cfg->optimiser, setting, &s->space, phase->particles,
                                  cfg->seed + ((uint64_t)number << 32), &s->optimiser, err);
    if (st == SLG_OK)
        place_starts(s);
    return st;
}

slg_status slg_search_end_phase(slg_search *s, slg_error *err)
{
    if (s->phase + 1 == s->phases.n) {
        s->phase++;
        return SLG_OK;
    }
    s->base = s->best.hp;
    s->base_trial = s->best.trial;
    s->best.trial = -1;
    s->best.objective = (double)INFINITY;
    slg_status st = slg_search_begin_phase(s, s->phase + 1, err);
    return st == SLG_OK ? slg_search_open_iteration(s, err) : st;
}

slg_status slg_search_reopen(slg_search *s, slg_error *err)
{
    s->phase = s->phases.n - 1;
    place_starts(s); /* those added since: no trial of the generation has run */
    return slg_search_open_iteration(s, err);
}

/* Order of the trials of a phase: by objective, then by number. */
static bool comes_before(const slg_search *s, int64_t a, int64_t b)
{
    double fa = s->trials.trial[a].out.objective, fb = s->trials.trial[b].out.objective;
    return fa < fb || (fa <= fb && a < b);
}

static void take_base(slg_search *s, int64_t trial)
{
    const double *row = slg_trials_values(&s->trials, (size_t)trial);
    s->base_trial = trial;
    for (size_t d = 0; d < s->all.n_dim; d++) {
        const slg_dim *dim = &s->all.dim[d];
        for (int32_t c = 0; isfinite(row[d]) && c < SLG_MAX_SPECIES; c++)
            if (dim->species < 0 || dim->species == c)
                s->base.v[dim->hp][c] = row[d];
    }
}

bool slg_search_next_base(slg_search *s)
{
    int64_t next = -1;
    for (int64_t k = 0; k < (int64_t)s->trials.n; k++) {
        const slg_trial *t = &s->trials.trial[k];
        bool usable = (size_t)t->phase + 1 == s->phase && t->out.status == SLG_OK && t->cached_from < 0;
        if (usable && comes_before(s, s->base_trial, k) && (next < 0 || comes_before(s, k, next)))
            next = k;
    }
    if (next >= 0)
        take_base(s, next);
    return next >= 0;
}

/* --- iterations ----------------------------------------------------------------------------------------------- */

slg_trial *slg_search_row(const slg_search *s, size_t i)
{
    return &s->trials.trial[s->trials.n + i];
}

static bool in_space(const slg_space *space, const slg_dim *dim)
{
    for (size_t k = 0; k < space->n_dim; k++)
        if (space->dim[k].hp == dim->hp && space->dim[k].species == dim->species)
            return true;
    return false;
}

/* The dimensions of this phase and, on a base, those fixed by the phase before. */
static void fill_values(const slg_search *s, const slg_hp_set *hp, double *row)
{
    for (size_t d = 0; d < s->all.n_dim; d++) {
        const slg_dim *dim = &s->all.dim[d];
        const bool set = slg_search_phase(s)->on_base || in_space(&s->space, dim);
        row[d] = set ? hp->v[dim->hp][dim->species < 0 ? 0 : dim->species] : (double)NAN;
    }
}

void slg_search_note_solved(slg_search *s, size_t i, const slg_hp_set *hp)
{
    double *row = slg_trials_values(&s->trials, s->trials.n + i);
    for (size_t d = 0; d < s->all.n_dim; d++) {
        const slg_dim *dim = &s->all.dim[d];
        if (s->trials.solved[d])
            row[d] = hp ? hp->v[dim->hp][dim->species < 0 ? 0 : dim->species] : (double)NAN;
    }
}

slg_status slg_search_hp(const slg_search *s, size_t i, slg_hp_set *hp, slg_error *err)
{
    double value[SLG_MAX_DIM];
    slg_optimiser_values(s->optimiser, i, value);
    return slg_config_values(s->p->cfg, &s->space, value, &s->base, s->p->n_species, s->p->z, hp, err);
}

slg_status slg_search_open_iteration(slg_search *s, slg_error *err)
{
    slg_trials *t = &s->trials;
    s->opened = false;
    slg_status st = slg_trials_reserve(t, s->optimiser->n_point, err);
    if (st == SLG_OK && t->n_linked != t->n) /* after a load, or the iteration is opened anew */
        st = slg_trials_index(t, t->n, err);
    for (size_t i = 0; st == SLG_OK && i < s->optimiser->n_point; i++) {
        slg_hp_set hp;
        st = slg_search_hp(s, i, &hp, err);
        if (st != SLG_OK)
            break;
        *slg_search_row(s, i) = (slg_trial){
            .phase = (int32_t)s->phase, .iteration = (int32_t)s->optimiser->generation, .particle = (int32_t)i};
        fill_values(s, &hp, slg_trials_values(t, t->n + i));
        st = slg_trials_link(t, t->n + i, err);
    }
    s->opened = st == SLG_OK;
    return st;
}

/* The outcome of the same point, with what it solved. */
static void take_over(slg_search *s, size_t i)
{
    slg_trial *t = slg_search_row(s, i);
    t->out = s->trials.trial[t->cached_from].out;
    memcpy(slg_trials_values(&s->trials, s->trials.n + i), slg_trials_values(&s->trials, (size_t)t->cached_from),
           s->all.n_dim * sizeof(double));
}

void slg_search_close_iteration(slg_search *s)
{
    const size_t n = s->optimiser->n_point;
    for (size_t i = 0; i < n; i++) {
        slg_trial *t = slg_search_row(s, i);
        if (t->cached_from >= 0)
            take_over(s, i);
        t->done = 1;
        slg_optimiser_tell(s->optimiser, i, t->out.status == SLG_OK ? t->out.objective : (double)NAN);
    }
    s->trials.n += n;
    s->opened = false;
    place_starts(s);
}

size_t slg_search_evaluated(const slg_search *s)
{
    size_t n = s->trials.n;
    for (size_t i = 0; s->opened && i < s->optimiser->n_point; i++)
        n += slg_search_row(s, i)->done != 0;
    return n;
}

bool slg_best_beaten(const slg_best *best, int64_t n, double f)
{
    return best->trial < 0 || f < best->objective || (f <= best->objective && n < best->trial);
}
