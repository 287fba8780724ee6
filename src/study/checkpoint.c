/* The state of a search in its checkpoint. Dataset names are documented in docs/CHECKPOINT.md. */
#include "runtime/base/alloc.h"
#include "runtime/base/log.h"
#include "runtime/ckpt/ckpt.h"
#include "src/study/state.h"

#include <string.h>

static slg_status ckpt_path(const char *dir, char *path, slg_error *err)
{
    return slg_path_join(path, dir, "study.h5", err);
}

/* --- saving --------------------------------------------------------------------------------------------------- */

static slg_status put_swarm(slg_ckpt *c, const slg_swarm *w, slg_error *err)
{
    const struct {
        const char *name;
        size_t rows, cols;
        const double *x;
    } item[] = {{"/swarm/position", w->n_particle, w->n_dim, w->x},
                {"/swarm/velocity", w->n_particle, w->n_dim, w->v},
                {"/swarm/best_position", w->n_particle, w->n_dim, w->best_x},
                {"/swarm/best_objective", w->n_particle, 1, w->best_f},
                {"/swarm/global_position", w->n_dim, 1, w->global_x},
                {"/swarm/global_objective", 1, 1, &w->global_f}};
    slg_status st = slg_ckpt_put_i64(c, "/swarm/iteration", 1, 1, &w->iteration, err);
    for (size_t i = 0; st == SLG_OK && i < sizeof item / sizeof *item; i++)
        st = slg_ckpt_put_f64(c, item[i].name, item[i].rows, item[i].cols, item[i].x, err);
    return st;
}

static slg_status put_block(slg_ckpt *c, size_t b, const slg_pot_block *block, slg_error *err)
{
    char name[64];
    snprintf(name, sizeof name, "/best/block%zu/sparse", b);
    slg_status st = slg_ckpt_put_f64(c, name, block->m, block->d, block->q, err);
    snprintf(name, sizeof name, "/best/block%zu/alpha", b);
    if (st == SLG_OK)
        st = slg_ckpt_put_f64(c, name, block->m, 1, block->alpha, err);
    snprintf(name, sizeof name, "/best/block%zu/central", b);
    int64_t central = block->hp.central;
    return st == SLG_OK ? slg_ckpt_put_i64(c, name, 1, 1, &central, err) : st;
}

static slg_status put_best(slg_ckpt *c, const slg_best *best, size_t n_group, slg_error *err)
{
    slg_status st = slg_ckpt_put_i64(c, "/best/trial", 1, 1, &best->trial, err);
    if (st == SLG_OK)
        st = slg_ckpt_put_f64(c, "/best/objective", 1, 1, &best->objective, err);
    if (st == SLG_OK)
        st = slg_ckpt_put_f64(c, "/best/hp", SLG_N_HP, SLG_MAX_SPECIES, &best->hp.v[0][0], err);
    if (st != SLG_OK || !best->pot)
        return st;
    st = slg_ckpt_put_bytes(c, "/best/errors", best->by_group, n_group * sizeof *best->by_group, err);
    for (size_t b = 0; st == SLG_OK && b < best->pot->n_block; b++)
        st = put_block(c, b, &best->pot->block[b], err);
    return st;
}

static slg_status put_all(slg_ckpt *c, const slg_state *s, const slg_problem *p, slg_error *err)
{
    int64_t stage = s->stage, n_trial = (int64_t)s->n_trial;
    size_t rows = s->n_trial + (s->stage < 3 ? s->swarm->n_particle : 0);
    slg_status st = slg_ckpt_put_bytes(c, "/study/configuration", p->identity, strlen(p->identity), err);
    if (st == SLG_OK)
        st = slg_ckpt_put_bytes(c, "/study/data", p->digests, strlen(p->digests), err);
    if (st == SLG_OK)
        st = slg_ckpt_put_i64(c, "/study/stage", 1, 1, &stage, err);
    if (st == SLG_OK)
        st = slg_ckpt_put_f64(c, "/study/elapsed", 1, 1, &s->elapsed, err);
    if (st == SLG_OK)
        st = slg_ckpt_put_f64(c, "/study/base", SLG_N_HP, SLG_MAX_SPECIES, &s->base.v[0][0], err);
    if (st == SLG_OK)
        st = slg_ckpt_put_i64(c, "/study/base_trial", 1, 1, &s->base_trial, err);
    if (st == SLG_OK)
        st = slg_ckpt_put_i64(c, "/trials/closed", 1, 1, &n_trial, err);
    if (st == SLG_OK)
        st = slg_ckpt_put_bytes(c, "/trials/table", s->trial, rows * sizeof *s->trial, err);
    if (st == SLG_OK)
        st = slg_ckpt_put_f64(c, "/trials/value", rows, s->all.n_dim, s->value, err);
    if (st == SLG_OK)
        st = put_swarm(c, s->swarm, err);
    return st == SLG_OK ? put_best(c, &s->best, p->validation.data->n_group, err) : st;
}

slg_status slg_state_save(const slg_state *s, const slg_problem *p, const char *dir, slg_error *err)
{
    char path[SLG_PATH];
    slg_ckpt *c = NULL;
    slg_status st = ckpt_path(dir, path, err);
    if (st == SLG_OK)
        st = slg_ckpt_create(path, &c, err);
    if (st == SLG_OK)
        st = put_all(c, s, p, err);
    if (st == SLG_OK)
        st = slg_ckpt_commit(&c, err);
    else
        slg_ckpt_close(&c);
    return st;
}

/* --- loading -------------------------------------------------------------------------------------------------- */

static slg_status wrong_shape(const char *name, slg_error *err)
{
    return slg_fail(err, SLG_ERR_DAMAGE,
                    "study.h5: %s has an unexpected shape; remove the study directory to start anew", name);
}

/* Copies a dataset of exactly rows x cols numbers into x. */
static slg_status get_f64(slg_ckpt *c, const char *name, size_t rows, size_t cols, double *x, slg_error *err)
{
    size_t r, k;
    double *buf = NULL;
    slg_status st = slg_ckpt_get_f64(c, name, &r, &k, &buf, err);
    if (st == SLG_OK && r * k != rows * cols)
        st = wrong_shape(name, err);
    if (st == SLG_OK)
        memcpy(x, buf, rows * cols * sizeof *x);
    slg_free(buf);
    return st;
}

static slg_status get_i64(slg_ckpt *c, const char *name, int64_t *x, slg_error *err)
{
    size_t r, k;
    int64_t *buf = NULL;
    slg_status st = slg_ckpt_get_i64(c, name, &r, &k, &buf, err);
    if (st == SLG_OK && r * k != 1)
        st = wrong_shape(name, err);
    if (st == SLG_OK)
        *x = buf[0];
    slg_free(buf);
    return st;
}

static slg_status get_bytes(slg_ckpt *c, const char *name, void *x, size_t n, slg_error *err)
{
    size_t got;
    char *buf = NULL;
    slg_status st = slg_ckpt_get_bytes(c, name, &buf, &got, err);
    if (st == SLG_OK && got != n)
        st = wrong_shape(name, err);
    if (st == SLG_OK)
        memcpy(x, buf, n);
    slg_free(buf);
    return st;
}

/* Lines "key digest": every key whose digest changed; their number. */
static size_t compare_data(const char *was, const char *is, slg_error *err)
{
    size_t found = 0;
    for (const char *line = is; *line; line = strchr(line, '\n') + 1) {
        size_t n = (size_t)(strchr(line, '\n') - line), key = (size_t)(strchr(line, ' ') - line);
        char whole[256];
        snprintf(whole, sizeof whole, "%.*s", (int)n, line);
        if (strstr(was, whole))
            continue;
        found++;
        (void)slg_fail_also(err, SLG_ERR_MATCH, "%.*s: the file changed since the study began", (int)key, line);
    }
    return found;
}

static slg_status check_identity(slg_ckpt *c, const slg_problem *p, const char *dir, slg_error *err)
{
    char *was_config = NULL, *was_data = NULL;
    size_t n;
    slg_status st = slg_ckpt_get_bytes(c, "/study/configuration", &was_config, &n, err);
    if (st == SLG_OK)
        st = slg_ckpt_get_bytes(c, "/study/data", &was_data, &n, err);
    if (st == SLG_OK) {
        size_t found = slg_config_differences(was_config, p->identity, err);
        found += compare_data(was_data, p->digests, err);
        if (found > 0)
            st = slg_fail_also(err, SLG_ERR_MATCH,
                               "%s: holds another study; undo the changes above, or give another --dir", dir);
    }
    slg_free(was_config);
    slg_free(was_data);
    return st;
}

static slg_status get_swarm(slg_ckpt *c, slg_swarm *w, slg_error *err)
{
    slg_status st = get_i64(c, "/swarm/iteration", &w->iteration, err);
    if (st == SLG_OK)
        st = get_f64(c, "/swarm/position", w->n_particle, w->n_dim, w->x, err);
    if (st == SLG_OK)
        st = get_f64(c, "/swarm/velocity", w->n_particle, w->n_dim, w->v, err);
    if (st == SLG_OK)
        st = get_f64(c, "/swarm/best_position", w->n_particle, w->n_dim, w->best_x, err);
    if (st == SLG_OK)
        st = get_f64(c, "/swarm/best_objective", w->n_particle, 1, w->best_f, err);
    if (st == SLG_OK)
        st = get_f64(c, "/swarm/global_position", w->n_dim, 1, w->global_x, err);
    return st == SLG_OK ? get_f64(c, "/swarm/global_objective", 1, 1, &w->global_f, err) : st;
}

static slg_status get_trials(slg_ckpt *c, slg_state *s, slg_error *err)
{
    int64_t closed = 0;
    slg_status st = get_i64(c, "/trials/closed", &closed, err);
    size_t rows = (size_t)closed + (s->stage < 3 ? s->swarm->n_particle : 0);
    if (st == SLG_OK && (closed < 0 || closed > INT32_MAX))
        st = wrong_shape("/trials/closed", err);
    s->n_trial = 0;
    if (st == SLG_OK)
        st = slg_state_reserve(s, rows, err);
    if (st == SLG_OK)
        st = get_bytes(c, "/trials/table", s->trial, rows * sizeof *s->trial, err);
    if (st == SLG_OK)
        st = get_f64(c, "/trials/value", rows, s->all.n_dim, s->value, err);
    s->n_trial = st == SLG_OK ? (size_t)closed : 0;
    return st;
}

static slg_status get_block(slg_ckpt *c, const slg_problem *p, slg_best *best, size_t b, slg_error *err)
{
    char name[64];
    size_t m, d;
    double *q = NULL;
    int64_t central = 0;
    snprintf(name, sizeof name, "/best/block%zu/central", b);
    slg_status st = get_i64(c, name, &central, err);
    if (st == SLG_OK && (central < 0 || central >= p->n_species))
        st = wrong_shape(name, err);
    snprintf(name, sizeof name, "/best/block%zu/sparse", b);
    if (st == SLG_OK)
        st = slg_ckpt_get_f64(c, name, &m, &d, &q, err);
    if (st == SLG_OK)
        st = slg_potential_block(best->pot, b, m, d, err);
    slg_pot_block *block = &best->pot->block[b];
    if (st == SLG_OK) {
        memcpy(block->q, q, m * d * sizeof *q);
        slg_hp_to_soap(p->cfg, &best->hp, p->n_species, (int32_t)central, &block->hp);
        block->hp.compress = p->compress.n_in > 0 ? &p->compress : NULL;
        block->delta = best->hp.v[SLG_HP_DELTA][central];
        block->zeta = best->hp.v[SLG_HP_ZETA][central];
        snprintf(name, sizeof name, "/best/block%zu/alpha", b);
        st = get_f64(c, name, m, 1, block->alpha, err);
    }
    slg_free(q);
    return st;
}

static slg_status get_best(slg_ckpt *c, const slg_problem *p, slg_best *best, slg_error *err)
{
    size_t n_group = p->validation.data->n_group, n_block = 0;
    char name[64];
    slg_status st = get_i64(c, "/best/trial", &best->trial, err);
    if (st == SLG_OK)
        st = get_f64(c, "/best/objective", 1, 1, &best->objective, err);
    if (st == SLG_OK)
        st = get_f64(c, "/best/hp", SLG_N_HP, SLG_MAX_SPECIES, &best->hp.v[0][0], err);
    if (st != SLG_OK || !slg_ckpt_has(c, "/best/errors"))
        return st;
    best->by_group = slg_calloc(n_group, sizeof *best->by_group);
    if (!best->by_group)
        return slg_fail_nomem(err, "errors");
    st = get_bytes(c, "/best/errors", best->by_group, n_group * sizeof *best->by_group, err);
    do
        snprintf(name, sizeof name, "/best/block%zu/sparse", n_block);
    while (slg_ckpt_has(c, name) && ++n_block <= SLG_MAX_SPECIES);
    if (st == SLG_OK)
        st = slg_potential_create(n_block, &best->pot, err);
    if (st != SLG_OK)
        return st;
    best->pot->n_species = p->n_species;
    memcpy(best->pot->z, p->z, sizeof p->z);
    memcpy(best->pot->e0, p->e0, sizeof p->e0);
    for (size_t b = 0; st == SLG_OK && b < n_block; b++)
        st = get_block(c, p, best, b, err);
    return st;
}

static slg_status get_all(slg_ckpt *c, slg_state *s, const slg_problem *p, slg_error *err)
{
    int64_t stage = 0;
    slg_status st = get_i64(c, "/study/stage", &stage, err);
    if (st == SLG_OK && (stage < 1 || stage > 3))
        st = wrong_shape("/study/stage", err);
    if (st == SLG_OK)
        st = slg_state_begin_stage(s, p, 1, err);
    if (st == SLG_OK && stage > 1 && p->cfg->strategy == 2)
        st = slg_state_begin_stage(s, p, 2, err);
    s->stage = (int32_t)stage;
    if (st == SLG_OK)
        st = get_f64(c, "/study/elapsed", 1, 1, &s->elapsed, err);
    if (st == SLG_OK)
        st = get_f64(c, "/study/base", SLG_N_HP, SLG_MAX_SPECIES, &s->base.v[0][0], err);
    if (st == SLG_OK)
        st = get_i64(c, "/study/base_trial", &s->base_trial, err);
    if (st == SLG_OK)
        st = get_swarm(c, s->swarm, err);
    if (st == SLG_OK)
        st = get_trials(c, s, err);
    if (st == SLG_OK && (s->base_trial < -1 || s->base_trial >= (int64_t)s->n_trial))
        st = wrong_shape("/study/base_trial", err);
    return st == SLG_OK ? get_best(c, p, &s->best, err) : st;
}

slg_status slg_state_load(slg_state *s, const slg_problem *p, const char *dir, slg_error *err)
{
    char path[SLG_PATH];
    slg_ckpt *c = NULL;
    bool previous = false;
    slg_status st = ckpt_path(dir, path, err);
    if (st == SLG_OK)
        st = slg_ckpt_open(path, &c, &previous, err);
    if (st == SLG_OK && previous)
        slg_log(SLG_WARNING, "%s: missing or damaged, going on from the checkpoint before it (%s.prev)", path, path);
    if (st == SLG_OK)
        st = check_identity(c, p, dir, err);
    if (st == SLG_OK)
        st = get_all(c, s, p, err);
    slg_ckpt_close(&c);
    return st;
}
