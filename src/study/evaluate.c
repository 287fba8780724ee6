#include "src/study/evaluate.h"
#include "runtime/base/alloc.h"
#include "runtime/base/log.h"

#include <math.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

double slg_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Particles whose last task has ended; filled by workers, emptied by the main thread. */
typedef struct finished {
    pthread_mutex_t lock;
    pthread_cond_t some;
    size_t n, *particle;
} finished;

typedef struct ticket {
    finished *queue;
    size_t particle;
    double submitted;
    slg_flight flight;
} ticket;

static void on_done(void *arg)
{
    ticket *t = arg;
    pthread_mutex_lock(&t->queue->lock);
    t->queue->particle[t->queue->n++] = t->particle;
    pthread_cond_signal(&t->queue->some);
    pthread_mutex_unlock(&t->queue->lock);
}

static size_t wait_for_one(finished *q)
{
    pthread_mutex_lock(&q->lock);
    while (q->n == 0)
        pthread_cond_wait(&q->some, &q->lock);
    size_t particle = q->particle[--q->n];
    pthread_mutex_unlock(&q->lock);
    return particle;
}

static bool needs_predictions(const slg_session *x)
{
    return x->p->cfg->objective == SLG_OBJ_MAE;
}

static slg_trial *row_of(slg_session *x, size_t particle)
{
    return &x->s.trial[x->s.n_trial + particle];
}

/* SLG_ERR_HP: recorded in the row, nothing is in flight. */
static slg_status submit(slg_session *x, ticket *t, slg_error *err)
{
    slg_flight *f = &t->flight;
    slg_trial *row = row_of(x, t->particle);
    *f = (slg_flight){.p = x->p, .rt = x->rt};
    f->kind = x->s.stage == 1 && x->p->cfg->strategy == 2 ? SLG_FLIGHT_STAT : SLG_FLIGHT_FULL;
    /* Older particles first, so that they end and free their memory. */
    f->at = (slg_place){row->iteration, row->particle, -1, (int)(1000000 - t->particle), NULL, NULL};
    f->last = f->at;
    f->last.done = on_done;
    f->last.done_arg = t;
    t->submitted = slg_now();
    slg_status st = slg_state_hp(&x->s, x->p, t->particle, &f->hp, err);
    if (st == SLG_OK)
        st = x->base ? slg_flight_submit_on_base(f, x->base, needs_predictions(x), err)
                     : slg_flight_submit(f, &row->out, err);
    if (st != SLG_ERR_HP)
        return st;
    row->out.status = SLG_ERR_HP;
    row->out.objective = row->out.mean = row->out.std = row->out.skew = (double)NAN;
    for (int q = 0; q < SLG_N_QUANTITY; q++)
        row->out.rmse[q] = row->out.mae[q] = (double)NAN;
    snprintf(row->out.stage, sizeof row->out.stage, "check");
    row->done = 1;
    return st;
}

static slg_status take_best(slg_session *x, ticket *t, const slg_errors *by_group, slg_error *err)
{
    slg_best *best = &x->s.best;
    slg_trial *row = row_of(x, t->particle);
    best->trial = (int64_t)(x->s.n_trial + t->particle);
    best->objective = row->out.objective;
    best->hp = t->flight.hp;
    x->best_changed = x->report_due = true;
    x->best_partial = t->flight.kind == SLG_FLIGHT_TAIL;
    if (t->flight.kind == SLG_FLIGHT_STAT)
        return SLG_OK;
    size_t n = x->p->validation.data->n_group;
    if (!best->by_group)
        best->by_group = slg_calloc(n, sizeof *best->by_group);
    if (!best->by_group)
        return slg_fail_nomem(err, "errors");
    memcpy(best->by_group, by_group, n * sizeof *by_group);
    slg_potential_free(&best->pot);
    return slg_flight_potential(&t->flight, &best->pot, err);
}

static slg_status collect(slg_session *x, ticket *t, slg_error *err)
{
    slg_trial *row = row_of(x, t->particle);
    slg_errors *by_group = slg_calloc(x->p->validation.data->n_group, sizeof *by_group);
    slg_outcome out;
    if (!by_group)
        return slg_fail_nomem(err, "errors");
    slg_status st = slg_flight_collect(&t->flight, &out, by_group, err);
    if (st == SLG_OK && out.status != SLG_STOPPED) {
        row->out = out;
        row->done = 1;
        row->seconds = slg_now() - t->submitted;
        x->evaluated++;
        x->evaluated_seconds += row->seconds;
        if (out.status == SLG_OK && slg_best_beaten(&x->s.best, (int64_t)(x->s.n_trial + t->particle), out.objective))
            st = take_best(x, t, by_group, err);
    }
    slg_flight_release(&t->flight);
    slg_free(by_group);
    return st;
}

static slg_status pump(slg_session *x, ticket *ticket_of, finished *queue, slg_error *err)
{
    size_t n = x->s.swarm->n_particle, next = 0, in_flight = 0;
    slg_status st = SLG_OK;
    while (st == SLG_OK && (next < n || in_flight > 0)) {
        if (next < n && slg_rt_cancelled(x->rt))
            next = n;
        if (next < n && in_flight < x->window) {
            size_t i = next++;
            slg_trial *row = row_of(x, i);
            if (row->done || row->cached_from >= 0)
                continue;
            st = submit(x, &ticket_of[i], err);
            in_flight += st == SLG_OK;
            x->in_flight = in_flight;
            st = st == SLG_ERR_HP ? SLG_OK : st;
            continue;
        }
        if (in_flight == 0)
            continue;
        st = collect(x, &ticket_of[wait_for_one(queue)], err);
        x->in_flight = --in_flight;
        if (st == SLG_OK && x->between && !slg_rt_cancelled(x->rt))
            st = x->between(x, err);
    }
    if (st != SLG_OK)
        slg_rt_cancel(x->rt);
    slg_rt_wait(x->rt); /* callbacks still point into the tickets */
    return st == SLG_OK && slg_rt_cancelled(x->rt) ? SLG_STOPPED : st;
}

slg_status slg_evaluate(slg_session *x, slg_error *err)
{
    size_t n = x->s.swarm->n_particle;
    finished queue = {.lock = PTHREAD_MUTEX_INITIALIZER, .some = PTHREAD_COND_INITIALIZER};
    ticket *tickets = slg_calloc(n, sizeof *tickets);
    queue.particle = slg_calloc(n, sizeof *queue.particle);
    slg_status st = tickets && queue.particle ? SLG_OK : slg_fail_nomem(err, "iteration");
    for (size_t i = 0; st == SLG_OK && i < n; i++) {
        tickets[i].queue = &queue;
        tickets[i].particle = i;
    }
    if (st == SLG_OK)
        st = pump(x, tickets, &queue, err);
    for (size_t i = 0; tickets && i < n; i++)
        if (tickets[i].flight.rt)
            slg_flight_release(&tickets[i].flight);
    slg_free(tickets);
    slg_free(queue.particle);
    pthread_mutex_destroy(&queue.lock);
    pthread_cond_destroy(&queue.some);
    return st;
}

slg_status slg_complete_best(slg_session *x, slg_error *err)
{
    slg_best *best = &x->s.best;
    if (!x->base || !x->best_partial || best->trial < 0)
        return SLG_OK;
    slg_flight f = {.p = x->p, .rt = x->rt, .hp = best->hp};
    f.at = f.last = (slg_place){-1, -1, -1, 0, NULL, NULL};
    slg_outcome out = {0};
    slg_status st = slg_flight_submit_on_base(&f, x->base, true, err);
    if (st == SLG_OK)
        st = slg_flight_collect(&f, &out, best->by_group, err);
    slg_flight_release(&f);
    x->best_partial = st != SLG_OK || out.status != SLG_OK;
    return st == SLG_OK && out.status != SLG_OK ? (slg_status)out.status : st;
}
