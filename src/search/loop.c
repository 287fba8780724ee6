#include "src/search/loop.h"
#include "runtime/base/alloc.h"

/* --- the best trial ------------------------------------------------------------------------------------------- */

/* What fails here leaves the best so far as it was. */
static slg_status take_model(slg_loop *l, size_t ticket, slg_error *err)
{
    slg_best *best = &l->s->best;
    slg_potential *pot = NULL;
    slg_folds *folds = NULL;
    slg_errors *by_group = slg_calloc(l->s->p->validation.data->n_group, sizeof *by_group);
    slg_status st = by_group ? l->x->take(l->x, ticket, by_group, &pot, &folds, err)
                             : slg_fail_nomem(err, "errors of the best trial");
    if (st != SLG_OK) {
        slg_free(by_group);
        slg_potential_free(&pot);
        slg_folds_free(&folds);
        return st;
    }
    slg_free(best->by_group);
    slg_free(best->training);
    slg_free(best->test);
    slg_potential_free(&best->pot);
    slg_folds_free(&best->folds);
    best->folds = folds;
    best->training = best->test = NULL;
    best->by_group = by_group;
    best->pot = pot;
    return SLG_OK;
}

static slg_status take_best(slg_loop *l, const slg_finished *f, slg_error *err)
{
    slg_best *best = &l->s->best;
    slg_status st = f->fitted ? take_model(l, f->ticket, err) : SLG_OK;
    if (st != SLG_OK)
        return st;
    best->hp = f->hp;
    best->trial = (int64_t)(l->s->trials.n + f->ticket);
    best->objective = f->out.objective;
    best->partial = f->partial;
    best->version++;
    return SLG_OK;
}

/* --- trials --------------------------------------------------------------------------------------------------- */

static slg_status submit(slg_loop *l, size_t i, slg_error *err)
{
    slg_trial *row = slg_search_row(l->s, i);
    slg_work work = {.ticket = i, .iteration = row->iteration, .particle = row->particle};
    slg_outcome refused;
    slg_status st = slg_search_hp(l->s, i, &work.hp, err);
    if (st != SLG_OK)
        return st;
    st = l->x->submit(l->x, &work, &refused, err);
    l->in_flight += st == SLG_OK;
    if (st != SLG_ERR_HP)
        return st;
    row->out = refused; /* a recorded result */
    row->done = 1;
    return SLG_OK;
}

/* Want of memory or of a device is no property of a trial: the row stays open, a resume evaluates it. */
static slg_status fail_trial(int64_t number, const slg_outcome *out, slg_error *err)
{
    return slg_fail(err, (slg_status)out->status, "trial %lld: %s: %s", (long long)number,
                    out->failure.kind[0] ? out->failure.kind : "evaluation",
                    out->failure.why[0] ? out->failure.why : slg_status_text((slg_status)out->status));
}

static slg_status record(slg_loop *l, const slg_finished *f, slg_error *err)
{
    const int64_t number = (int64_t)(l->s->trials.n + f->ticket);
    slg_trial *row = slg_search_row(l->s, f->ticket);
    slg_status st = SLG_OK;
    if (f->out.status != SLG_OK && !slg_is_numerical((slg_status)f->out.status))
        return fail_trial(number, &f->out, err);
    if (f->out.status == SLG_OK && slg_best_beaten(&l->s->best, number, f->out.objective))
        st = take_best(l, f, err);
    if (st != SLG_OK)
        return st;
    slg_search_note_solved(l->s, f->ticket, f->out.status == SLG_OK ? &f->hp : NULL);
    row->out = f->out;
    row->done = 1;
    row->seconds = f->seconds;
    l->evaluated++;
    return SLG_OK;
}

static slg_status collect(slg_loop *l, slg_error *err)
{
    slg_finished f;
    slg_status st = l->x->next(l->x, &f, err);
    l->in_flight--;
    if (st != SLG_OK)
        return st;
    if (f.out.status != SLG_STOPPED)
        st = record(l, &f, err);
    l->x->drop(l->x, f.ticket);
    return st;
}

static slg_status pump(slg_loop *l, slg_error *err)
{
    const size_t n = l->s->optimiser->n_point;
    size_t next = 0;
    slg_status st = SLG_OK;
    while (st == SLG_OK && (next < n || l->in_flight > 0)) {
        if (l->x->cancelled(l->x))
            next = n;
        if (next < n && l->x->room(l->x) > 0) {
            const slg_trial *row = slg_search_row(l->s, next);
            if (!row->done && row->cached_from < 0)
                st = submit(l, next, err);
            next++;
            continue;
        }
        if (l->in_flight == 0)
            continue;
        st = collect(l, err);
        if (st == SLG_OK && l->between && !l->x->cancelled(l->x))
            st = l->between(l->arg, err);
    }
    return st;
}

slg_status slg_loop_evaluate(slg_loop *l, slg_error *err)
{
    slg_status st = pump(l, err);
    if (st != SLG_OK)
        l->x->cancel(l->x);
    l->x->settle(l->x);
    l->in_flight = 0;
    return st == SLG_OK && l->x->cancelled(l->x) ? SLG_STOPPED : st;
}

slg_status slg_loop_complete_best(slg_loop *l, slg_error *err)
{
    slg_best *best = &l->s->best;
    if (!best->partial || best->trial < 0)
        return SLG_OK;
    const slg_work work = {.hp = best->hp, .needs = SLG_NEED_PREDICTIONS, .iteration = -1, .particle = -1};
    slg_finished f;
    slg_status st = l->x->submit(l->x, &work, &f.out, err);
    if (st == SLG_OK)
        st = l->x->next(l->x, &f, err);
    if (st == SLG_OK && f.out.status == SLG_OK)
        st = take_model(l, f.ticket, err);
    else if (st == SLG_ERR_HP || (st == SLG_OK && f.out.status != SLG_STOPPED))
        st = fail_trial(best->trial, &f.out, err);
    else if (st == SLG_OK)
        st = SLG_STOPPED;
    best->partial = st != SLG_OK;
    l->x->settle(l->x);
    return st;
}
