#include "src/search/store.h"
#include "runtime/base/alloc.h"
#include "runtime/base/log.h"
#include "src/search/extend.h"

#include <stdio.h>
#include <string.h>

/* --- hyper-parameters ----------------------------------------------------------------------------------------- */

/* One column a hyper-parameter, one row a species channel; what the program did not know then keeps its value. */
static slg_status store_hp(const slg_store *c, const slg_problem *p, slg_hp_set *hp, slg_error *err)
{
    slg_status st = SLG_OK;
    for (size_t i = 0; st == SLG_OK && i < p->cfg->n_hp; i++) {
        const slg_param *param = p->cfg->slot[i].param;
        if ((param->flags & SLG_PARAM_SEARCHABLE) && slg_store_has(c, param->name))
            st = slg_store_f64(c, param->name, (size_t)p->n_species, 1, hp->v[i], err);
    }
    return st;
}

/* --- the best trial ------------------------------------------------------------------------------------------- */

/* Room for a part of the given number, sparse points and length, which are those of its definition. */
static slg_status make_part(const slg_search *s, size_t b, const int64_t size[3], slg_error *err)
{
    slg_pot_part *part = &s->best.pot->part[b];
    char why[SLG_WHY];
    if (size[0] < 0 || size[0] >= s->p->n_part || size[1] < 1 || size[2] < 1)
        return slg_fail(err, SLG_ERR_DAMAGE, "study.h5: /best/part%zu/size has impossible values", b);
    slg_status st = slg_potential_part(s->best.pot, b, (size_t)size[1], (size_t)size[2], err);
    if (st != SLG_OK)
        return st;
    part->number = (int32_t)size[0];
    slg_problem_define(s->p, &s->best.hp, part->number, &part->def);
    if (part->def.term->check(&part->def, why) != SLG_OK || slg_term_length(&part->def) != part->d)
        return slg_fail(err, SLG_ERR_DAMAGE, "study.h5: /best/part%zu is not of the hyper-parameters in /best/hp", b);
    return SLG_OK;
}

static slg_status store_part(slg_ckpt *file, bool loading, const slg_search *s, size_t b, slg_error *err)
{
    slg_store c = {file, loading, ""};
    slg_pot_part *part = &s->best.pot->part[b];
    snprintf(c.group, sizeof c.group, "/best/part%zu", b);
    int64_t size[3] = {part->number, (int64_t)part->m, (int64_t)part->d};
    slg_status st = slg_store_i64(&c, "size", 3, 1, size, err);
    if (st == SLG_OK && loading)
        st = make_part(s, b, size, err);
    if (st == SLG_OK)
        st = slg_store_f64(&c, "delta", 1, 1, &part->delta, err);
    if (st == SLG_OK)
        st = slg_store_f64(&c, "sparse", part->m, part->d, part->q, err);
    return st == SLG_OK ? slg_store_f64(&c, "alpha", part->m, 1, part->alpha, err) : st;
}

static slg_status store_errors(const slg_store *c, slg_best *best, size_t n_group, slg_error *err)
{
    /* rows: config_types; columns: count, sum of absolute values, sum of squares of energy, force, virial */
    return slg_store_f64(c, "errors", n_group, sizeof(slg_errors) / sizeof(double), (double *)(void *)best->by_group,
                         err);
}

/* One row a fold; columns as of the errors of config_types. */
static slg_status store_folds(const slg_store *c, slg_best *best, size_t n_fold, slg_error *err)
{
    enum { COLUMNS = sizeof(slg_errors) / sizeof(double) };
    const size_t n = slg_potential_points(best->pot);
    double errors[SLG_MAX_FOLD * COLUMNS];
    if (c->loading)
        best->folds = slg_calloc(1, sizeof *best->folds);
    if (!best->folds)
        return slg_fail_nomem(err, "folds");
    slg_folds *folds = best->folds;
    for (size_t k = 0; !c->loading && k < n_fold; k++)
        memcpy(errors + k * COLUMNS, &folds->fold[k].errors, sizeof(slg_errors));
    slg_status st = slg_store_f64(c, "fold_errors", n_fold, COLUMNS, errors, err);
    for (size_t k = 0; st == SLG_OK && k < n_fold; k++) {
        slg_fold_result *fold = &folds->fold[k];
        char name[32];
        snprintf(name, sizeof name, "fold%zu_alpha", k);
        if (c->loading) {
            folds->n++;
            memcpy(&fold->errors, errors + k * COLUMNS, sizeof(slg_errors));
            fold->alpha = slg_calloc(n, sizeof *fold->alpha);
        }
        st = fold->alpha ? slg_store_f64(c, name, n, 1, fold->alpha, err) : slg_fail_nomem(err, "folds");
    }
    return st;
}

static slg_status make_model(slg_search *s, size_t n_part, slg_error *err)
{
    slg_best *best = &s->best;
    best->by_group = slg_calloc(s->p->validation.data->n_group, sizeof *best->by_group);
    slg_status st = best->by_group ? slg_potential_create(n_part, &best->pot, err) : slg_fail_nomem(err, "errors");
    if (st != SLG_OK)
        return st;
    best->pot->n_species = s->p->n_species;
    memcpy(best->pot->z, s->p->z, sizeof s->p->z);
    memcpy(best->pot->e0, s->p->e0, sizeof s->p->e0);
    return SLG_OK;
}

static slg_status store_best(slg_ckpt *file, bool loading, slg_search *s, slg_error *err)
{
    const slg_store c = {file, loading, "/best"}, hp = {file, loading, "/best/hp"};
    slg_best *best = &s->best;
    int64_t n_part = best->pot ? (int64_t)best->pot->n_part : 0, partial = best->partial;
    if (loading) /* what is no hyper-parameter is not stored: it is the same for all trials */
        best->hp = s->base;
    slg_status st = slg_store_i64(&c, "trial", 1, 1, &best->trial, err);
    if (st == SLG_OK)
        st = slg_store_f64(&c, "objective", 1, 1, &best->objective, err);
    if (st == SLG_OK)
        st = store_hp(&hp, s->p, &best->hp, err);
    if (st == SLG_OK)
        st = slg_store_i64(&c, "partial", 1, 1, &partial, err);
    best->partial = partial != 0;
    if (st == SLG_OK)
        st = slg_store_i64(&c, "parts", 1, 1, &n_part, err);
    if (st == SLG_OK && loading && n_part > 0)
        st = n_part <= SLG_MAX_PARTS ? make_model(s, (size_t)n_part, err)
                                     : slg_fail(err, SLG_ERR_DAMAGE, "study.h5: /best/parts is too large");
    if (st == SLG_OK && n_part > 0)
        st = store_errors(&c, best, s->p->validation.data->n_group, err);
    for (size_t b = 0; st == SLG_OK && b < (size_t)n_part; b++)
        st = store_part(file, loading, s, b, err);
    if (st == SLG_OK && n_part > 0 && s->p->n_fold > 0)
        st = store_folds(&c, best, s->p->n_fold, err);
    return st;
}

/* --- all of it ------------------------------------------------------------------------------------------------ */

static const char finished[] = "finished";

static slg_status phase_by_name(slg_search *s, const char *name, slg_error *err)
{
    size_t i = 0;
    while (i < s->phases.n && strcmp(s->phases.phase[i].name, name) != 0)
        i++;
    if (i == s->phases.n && strcmp(name, finished) != 0)
        return slg_fail(err, SLG_ERR_DAMAGE, "study.h5: unknown phase '%.40s'; it was written by a newer version",
                        name);
    const size_t last = i < s->phases.n ? i : i - 1;
    slg_status st = slg_search_begin_phase(s, last, err);
    s->phase = i;
    return st;
}

static slg_status store_budgets(slg_ckpt *file, bool loading, slg_search *s, slg_error *err)
{
    const slg_store c = {file, loading, "/study/budget"};
    slg_status st = SLG_OK;
    for (size_t i = 0; st == SLG_OK && i < s->phases.n; i++)
        st = slg_store_i64(&c, s->phases.phase[i].name, 1, 1, &s->phases.phase[i].iterations, err);
    return st;
}

/* Their names, a line each: /trials/phase counts in this list. */
static slg_status store_phases(const slg_store *c, const slg_search *s, slg_error *err)
{
    char names[SLG_MAX_PHASE * 40] = "", *text = names;
    for (size_t i = 0, n = 0; i < s->phases.n; i++)
        n += (size_t)snprintf(names + n, sizeof names - n, "%.38s\n", s->phases.phase[i].name);
    slg_status st = slg_store_text(c, "phases", &text, err);
    if (st != SLG_OK || !c->loading)
        return st;
    if (strcmp(text, names) != 0)
        st = slg_fail(err, SLG_ERR_DAMAGE, "study.h5: /study/phases: expected those of this version and strategy");
    slg_free(text);
    return st;
}

static slg_status store_study(slg_ckpt *file, bool loading, slg_search *s, slg_error *err)
{
    const slg_store c = {file, loading, "/study"}, base = {file, loading, "/study/base"};
    const char *present = slg_search_finished(s) ? finished : slg_search_phase(s)->name;
    char *phase = loading ? NULL : (char *)(uintptr_t)present;
    slg_status st = store_phases(&c, s, err);
    if (st == SLG_OK)
        st = slg_store_text(&c, "phase", &phase, err);
    if (st == SLG_OK && loading)
        st = phase_by_name(s, phase, err);
    if (loading)
        slg_free(phase);
    if (st == SLG_OK)
        st = slg_store_f64(&c, "elapsed", 1, 1, &s->elapsed, err);
    if (st == SLG_OK)
        st = slg_store_i64(&c, "base_trial", 1, 1, &s->base_trial, err);
    if (st == SLG_OK)
        st = slg_store_i64(&c, "starts_placed", 1, 1, &s->n_placed, err);
    if (st == SLG_OK)
        st = slg_store_i64(&c, "more", 1, 1, &s->more, err);
    if (st == SLG_OK)
        st = store_budgets(file, loading, s, err);
    return st == SLG_OK ? store_hp(&base, s->p, &s->base, err) : st;
}

static slg_status store_all(slg_ckpt *file, bool loading, slg_search *s, slg_error *err)
{
    const slg_store optimiser = {file, loading, "/optimiser"};
    slg_status st = store_study(file, loading, s, err);
    if (st == SLG_OK)
        st = slg_optimiser_store(s->optimiser, &optimiser, err);
    if (st == SLG_OK)
        st = slg_search_store_trials(file, loading, s, err);
    if (st == SLG_OK && (s->base_trial < -1 || s->base_trial >= (int64_t)s->trials.n))
        st = slg_fail(err, SLG_ERR_DAMAGE, "study.h5: /study/base_trial is no trial");
    return st == SLG_OK ? store_best(file, loading, s, err) : st;
}

slg_status slg_search_save(const slg_search *s, const char *dir, slg_error *err)
{
    char path[SLG_PATH];
    slg_ckpt *file = NULL;
    char *identity = s->p->identity, *digests = s->p->digests;
    slg_status st = slg_path_join(path, dir, "study.h5", err);
    if (st == SLG_OK)
        st = slg_ckpt_create(path, &file, err);
    const slg_store c = {file, false, "/study"};
    if (st == SLG_OK)
        st = slg_store_text(&c, "configuration", &identity, err);
    if (st == SLG_OK)
        st = slg_store_text(&c, "data", &digests, err);
    if (st == SLG_OK) /* the search is only read: nothing is loaded */
        st = store_all(file, false, (slg_search *)(uintptr_t)s, err);
    if (st == SLG_OK)
        return slg_ckpt_commit(&file, err);
    slg_ckpt_close(&file);
    return st;
}

/* --- loading -------------------------------------------------------------------------------------------------- */

static slg_status open_file(const char *dir, bool tell, slg_ckpt **file, slg_error *err)
{
    char path[SLG_PATH];
    bool previous = false;
    slg_status st = slg_path_join(path, dir, "study.h5", err);
    if (st == SLG_OK)
        st = slg_ckpt_open(path, file, &previous, err);
    if (st == SLG_OK && slg_ckpt_has(*file, "/study/stage")) /* the columns of 0.1 */
        return slg_fail(
            err, SLG_ERR_MATCH,
            "%s: was written by Starling 0.1, whose searches this version does not continue: finish it with "
            "0.1, or give another --dir and its best hyper-parameters (best/result.json) as search.start",
            path);
    if (st == SLG_OK && previous && tell)
        slg_log(SLG_WARNING, "%s: missing or damaged, going on from the checkpoint before it (%s.prev)", path, path);
    return st;
}

slg_status slg_search_record(const char *dir, char **config, slg_error *err)
{
    char path[SLG_PATH];
    slg_ckpt *file = NULL;
    *config = NULL;
    slg_status st = slg_path_join(path, dir, "study.h5", err);
    if (st != SLG_OK || !slg_ckpt_exists(path))
        return st;
    st = open_file(dir, false, &file, err);
    const slg_store c = {file, true, "/study"};
    if (st == SLG_OK)
        st = slg_store_text(&c, "configuration", config, err);
    slg_ckpt_close(&file);
    return st;
}

slg_status slg_search_load(slg_search *s, const char *dir, slg_error *err)
{
    slg_ckpt *file = NULL;
    char *config = NULL, *data = NULL;
    slg_config *was = NULL;
    slg_status st = open_file(dir, true, &file, err);
    const slg_store c = {file, true, "/study"};
    if (st == SLG_OK)
        st = slg_store_text(&c, "configuration", &config, err);
    if (st == SLG_OK)
        st = slg_store_text(&c, "data", &data, err);
    if (st == SLG_OK)
        st = slg_search_same(s->p, config, data, dir, &was, err);
    if (st == SLG_OK)
        st = store_all(file, true, s, err);
    if (st == SLG_OK)
        st = slg_search_follow(s, was, err);
    slg_config_free(&was);
    slg_free(config);
    slg_free(data);
    slg_ckpt_close(&file);
    return st;
}
