/* Trials on the task engine of this process. */
#include "runtime/base/alloc.h"
#include "runtime/base/clock.h"
#include "src/search/admission.h"
#include "src/search/executor.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

/** A trial in flight or held. It never moves: tasks point into its flight. */
typedef struct ticket {
    struct ticket *next; /* in the list of all, and of free ones */
    struct ticket *next_ended;
    struct local *owner;
    size_t number;
    bool used;
    atomic_size_t left; /* results that are still to come */
    double submitted;
    slg_flight flight;
} ticket;

typedef struct local {
    slg_executor head;
    slg_evaluator *e;
    const slg_phase *phase;
    slg_admission admission;
    slg_flight *base; /* of the phase, NULL = none */
    ticket *tickets;  /* all of them */
    size_t in_flight; /* submitted and not yet taken by `next` */
    size_t n_submitted;
    pthread_mutex_t lock;
    pthread_cond_t some;
    ticket *ended; /* filled by workers, emptied by the main thread */
} local;

/* --- tickets -------------------------------------------------------------------------------------------------- */

static ticket *free_ticket(local *x)
{
    for (ticket *t = x->tickets; t; t = t->next)
        if (!t->used)
            return t;
    ticket *t = slg_calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->owner = x;
    t->next = x->tickets;
    x->tickets = t;
    return t;
}

static ticket *find_ticket(const local *x, size_t number)
{
    ticket *t = x->tickets;
    while (t && !(t->used && t->number == number))
        t = t->next;
    SLG_ASSERT(t);
    return t;
}

static void give_back(ticket *t)
{
    slg_flight_release(&t->flight);
    t->used = false;
}

/* On a worker: one of the results of a trial is there. */
static void on_done(void *arg)
{
    ticket *t = arg;
    local *x = t->owner;
    if (atomic_fetch_sub(&t->left, 1) != 1)
        return;
    pthread_mutex_lock(&x->lock);
    t->next_ended = x->ended;
    x->ended = t;
    pthread_cond_signal(&x->some);
    pthread_mutex_unlock(&x->lock);
}

static ticket *wait_for_one(local *x)
{
    pthread_mutex_lock(&x->lock);
    while (!x->ended)
        pthread_cond_wait(&x->some, &x->lock);
    ticket *t = x->ended;
    x->ended = t->next_ended;
    pthread_mutex_unlock(&x->lock);
    return t;
}

/* --- phases --------------------------------------------------------------------------------------------------- */

static void drop_base(local *x)
{
    if (x->base)
        slg_flight_release(x->base);
    slg_free(x->base);
    x->base = NULL;
}

static slg_status build_base(local *x, const slg_hp_set *hp, slg_error *err)
{
    x->base = slg_calloc(1, sizeof *x->base);
    if (!x->base)
        return slg_fail_nomem(err, "base");
    *x->base = (slg_flight){.e = x->e, .hp = *hp, .at = {-1, -1, -1, 0, NULL, NULL}};
    slg_status st = slg_flight_build_base(x->base, err);
    if (!slg_rt_cancelled(x->e->rt))
        return st;
    slg_error_clear(err);
    return SLG_STOPPED;
}

static slg_status begin(slg_executor *head, const slg_phase *phase, const slg_hp_set *base, slg_error *err)
{
    local *x = (local *)head;
    drop_base(x);
    x->phase = phase;
    slg_status st = slg_admit(x->e->p, phase, x->e->workers, &x->admission, err);
    x->head.predicted_bytes = fmax(x->head.predicted_bytes, x->admission.predicted);
    return st == SLG_OK && phase->on_base ? build_base(x, base, err) : st;
}

static void end(slg_executor *head)
{
    local *x = (local *)head;
    drop_base(x);
    slg_rt_wait(x->e->rt);
}

/* --- trials --------------------------------------------------------------------------------------------------- */

static size_t room(const slg_executor *head)
{
    const local *x = (const local *)head;
    return x->in_flight < x->admission.window ? x->admission.window - x->in_flight : 0;
}

static slg_status submit(slg_executor *head, const slg_work *work, slg_outcome *refused, slg_error *err)
{
    local *x = (local *)head;
    ticket *t = free_ticket(x);
    if (!t)
        return slg_fail_nomem(err, "trial");
    const unsigned needs = work->needs ? work->needs : slg_phase_needs(x->phase);
    t->number = work->ticket;
    t->used = true;
    t->submitted = slg_now();
    t->flight = (slg_flight){.e = x->e,
                             .needs = needs,
                             .objective = x->phase->objective,
                             .hp = work->hp,
                             .at = {work->iteration, work->particle, -1, slg_flight_priority(work->ticket), NULL, NULL},
                             .done = on_done,
                             .done_arg = t};
    atomic_store(&t->left, (size_t)slg_flight_results(needs));
    *refused = slg_outcome_empty();
    slg_status st = slg_flight_submit(&t->flight, slg_base_serves(needs) ? x->base : NULL, refused, err);
    x->in_flight += st == SLG_OK;
    if (st == SLG_ERR_HP)
        give_back(t);
    return st;
}

static slg_status next(slg_executor *head, slg_finished *out, slg_error *err)
{
    local *x = (local *)head;
    ticket *t = wait_for_one(x);
    x->in_flight--;
    *out = (slg_finished){
        .ticket = t->number, .fitted = t->flight.errors != NULL, .partial = slg_flight_partial(&t->flight)};
    slg_status st = slg_flight_collect(&t->flight, &out->out, NULL, err);
    out->hp = t->flight.hp;
    out->seconds = slg_now() - t->submitted;
    return st;
}

static slg_status take(slg_executor *head, size_t number, slg_errors *by_group, slg_potential **pot, slg_folds **folds,
                       slg_error *err)
{
    ticket *t = find_ticket((const local *)head, number);
    slg_outcome out;
    slg_status st = slg_flight_collect(&t->flight, &out, by_group, err);
    if (st == SLG_OK)
        st = slg_flight_potential(&t->flight, pot, err);
    return st == SLG_OK ? slg_flight_folds(&t->flight, *pot, folds, err) : st;
}

static void drop(slg_executor *head, size_t number)
{
    give_back(find_ticket((const local *)head, number));
}

/* --- ends ----------------------------------------------------------------------------------------------------- */

static void cancel(slg_executor *head)
{
    slg_rt_cancel(((local *)head)->e->rt);
}

static bool cancelled(const slg_executor *head)
{
    return slg_rt_cancelled(((const local *)head)->e->rt);
}

static void settle(slg_executor *head)
{
    local *x = (local *)head;
    slg_rt_wait(x->e->rt); /* callbacks point into the tickets */
    for (ticket *t = x->tickets; t; t = t->next)
        if (t->used)
            give_back(t);
    x->ended = NULL;
    x->in_flight = 0;
}

static void release(slg_executor *head)
{
    local *x = (local *)head;
    settle(head);
    drop_base(x);
    while (x->tickets) {
        ticket *t = x->tickets;
        x->tickets = t->next;
        slg_free(t);
    }
    pthread_mutex_destroy(&x->lock);
    pthread_cond_destroy(&x->some);
    slg_free(x);
}

slg_status slg_executor_local(slg_evaluator *e, slg_executor **out, slg_error *err)
{
    local *x = slg_calloc(1, sizeof *x);
    *out = NULL;
    if (!x)
        return slg_fail_nomem(err, "executor");
    *x = (local){.head = {0, begin, end, room, submit, next, take, drop, cancel, cancelled, settle, release}, .e = e};
    pthread_mutex_init(&x->lock, NULL);
    pthread_cond_init(&x->some, NULL);
    *out = &x->head;
    return SLG_OK;
}
