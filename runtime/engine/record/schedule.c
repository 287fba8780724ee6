#include "runtime/engine/schedule.h"

#include "runtime/base/alloc.h"
#include "runtime/base/arena.h"
#include "runtime/base/rng.h"
#include <math.h>
#include <string.h>

static const double flop_rate = 1e9, task_seconds = 2e-5;

/*
 * Tasks take between half and twice as long as their operations say, and which particles overlap depends on that: the
 * worst of a few schedules counts.
 */
enum { ROUNDS = 4, SLG_STREAM_SCHEDULE = 10 };

/** The state of the workers and of everything they work on. */
typedef struct machine {
    const slg_graph *g;
    size_t workers, window;
    size_t *next_first, *next;                /* tasks that wait for a task: [n_task + 1], [n_dep] */
    size_t *waits;                            /* [n_task] tasks that a task still waits for */
    size_t *left;                             /* [n_block] uses that are still to come */
    size_t *owner;                            /* [n_block] particle + 1 of the first use, 0 = none */
    unsigned char *exists;                    /* [n_block] */
    size_t *queue;                            /* [workers] ready tasks of each: the root of a leftist heap, task + 1 */
    size_t *left_of, *right_of, *rank, *turn; /* [n_task] of the heaps; order in which tasks became ready */
    size_t n_ready, next_queue;
    size_t *running;           /* [workers] task + 1, 0 = idle */
    double *end;               /* [workers] */
    size_t *unfinished;        /* [n_particle] tasks */
    size_t n_particle, n_open; /* particles that have begun; those of them that have not ended */
    size_t n_begun;
    uint32_t round;
    double now, bytes, most;
} machine;

/* --- ready tasks: a queue for each worker, as StarPU's scheduler lws has them --------------------------------- */

static bool comes_first(const machine *m, size_t a, size_t b)
{
    const int pa = m->g->task[a].priority, pb = m->g->task[b].priority;
    return pa > pb || (pa == pb && m->turn[a] < m->turn[b]);
}

/* Roots and children are task + 1, 0 = none. */
static size_t merge(machine *m, size_t a, size_t b)
{
    if (!a || !b)
        return a ? a : b;
    if (comes_first(m, b - 1, a - 1)) {
        const size_t t = a;
        a = b;
        b = t;
    }
    size_t *left = &m->left_of[a - 1], *right = &m->right_of[a - 1];
    *right = merge(m, *right, b);
    if (!*left || m->rank[*left - 1] < m->rank[*right - 1]) {
        const size_t t = *left;
        *left = *right;
        *right = t;
    }
    m->rank[a - 1] = *right ? m->rank[*right - 1] + 1 : 0;
    return a;
}

static void push(machine *m, size_t worker, size_t task)
{
    m->turn[task] = m->n_ready++;
    m->queue[worker] = merge(m, m->queue[worker], task + 1);
}

/* Ready tasks that no worker has made so are dealt out in turn. */
static void deal(machine *m, size_t task)
{
    push(m, m->next_queue, task);
    m->next_queue = (m->next_queue + 1) % m->workers;
}

/* The worker's own next task, or that of another; false when there is none. */
static bool pop(machine *m, size_t worker, size_t *task)
{
    for (size_t k = 0; k < m->workers; k++) {
        size_t *root = &m->queue[(worker + k) % m->workers];
        if (!*root)
            continue;
        *task = *root - 1;
        *root = merge(m, m->left_of[*task], m->right_of[*task]);
        return true;
    }
    return false;
}

/* --- blocks --------------------------------------------------------------------------------------------------- */

static void make_blocks(machine *m, size_t t)
{
    const slg_graph_task *task = &m->g->task[t];
    for (size_t u = task->use_first; u < task[1].use_first; u++) {
        const size_t b = m->g->use[u];
        if (m->exists[b])
            continue;
        m->exists[b] = 1;
        m->bytes += (double)m->g->block[b].bytes;
    }
    m->most = fmax(m->most, m->bytes);
}

static void drop_block(machine *m, size_t b)
{
    m->bytes -= m->exists[b] ? (double)m->g->block[b].bytes : 0;
    m->exists[b] = 0;
}

static void leave_blocks(machine *m, size_t t)
{
    const slg_graph_task *task = &m->g->task[t];
    for (size_t u = task->use_first; u < task[1].use_first; u++)
        if (--m->left[m->g->use[u]] == 0 && m->g->block[m->g->use[u]].released)
            drop_block(m, m->g->use[u]);
}

/* --- particles ------------------------------------------------------------------------------------------------ */

static bool may_run(const machine *m, size_t t)
{
    return m->waits[t] == 0 && m->g->task[t].particle < (int32_t)m->n_begun;
}

static void begin_particles(machine *m)
{
    while (m->n_begun < m->n_particle && m->n_open < m->window) {
        const int32_t particle = (int32_t)m->n_begun++;
        m->n_open += m->unfinished[particle] > 0;
        for (size_t t = 0; t < m->g->n_task; t++)
            if (m->g->task[t].particle == particle && m->waits[t] == 0)
                deal(m, t);
    }
}

static void end_particle(machine *m, size_t particle)
{
    for (size_t b = 0; b < m->g->n_block; b++)
        if (m->owner[b] == particle + 1)
            drop_block(m, b);
    m->n_open--;
    begin_particles(m);
}

/* --- running -------------------------------------------------------------------------------------------------- */

static double seconds_of(const machine *m, size_t t)
{
    const double u = slg_rng_u01(1, SLG_STREAM_SCHEDULE, m->round, (uint32_t)t, 0);
    return (task_seconds + m->g->task[t].flops / flop_rate) * exp2(2 * u - 1);
}

static void start_tasks(machine *m)
{
    for (size_t w = 0; w < m->workers; w++) {
        size_t t;
        if (m->running[w] || !pop(m, w, &t))
            continue;
        make_blocks(m, t);
        m->running[w] = t + 1;
        m->end[w] = m->now + seconds_of(m, t);
    }
}

static void end_task(machine *m, size_t worker, size_t t)
{
    const int32_t particle = m->g->task[t].particle;
    leave_blocks(m, t);
    for (size_t k = m->next_first[t]; k < m->next_first[t + 1]; k++) {
        m->waits[m->next[k]]--;
        if (may_run(m, m->next[k]))
            push(m, worker, m->next[k]);
    }
    if (particle >= 0 && --m->unfinished[particle] == 0)
        end_particle(m, (size_t)particle);
}

/* Ends the task that ends first; false when nothing runs. */
static bool advance(machine *m)
{
    size_t first = m->workers;
    for (size_t w = 0; w < m->workers; w++)
        if (m->running[w] && (first == m->workers || m->end[w] < m->end[first]))
            first = w;
    if (first == m->workers)
        return false;
    const size_t t = m->running[first] - 1;
    m->now = m->end[first];
    m->running[first] = 0;
    end_task(m, first, t);
    return true;
}

/* --- preparation ---------------------------------------------------------------------------------------------- */

static size_t count_particles(const slg_graph *g)
{
    int32_t last = -1;
    for (size_t t = 0; t < g->n_task; t++)
        last = g->task[t].particle > last ? g->task[t].particle : last;
    return (size_t)(last + 1);
}

static size_t lay_out(machine *m, void *memory)
{
    const slg_graph *g = m->g;
    const size_t n_dep = g->task[g->n_task].dep_first;
    slg_arena a = {.base = memory};
    m->next_first = slg_arena_take(&a, g->n_task + 2, sizeof *m->next_first);
    m->next = slg_arena_take(&a, n_dep, sizeof *m->next);
    m->waits = slg_arena_take(&a, g->n_task, sizeof *m->waits);
    m->left = slg_arena_take(&a, g->n_block, sizeof *m->left);
    m->owner = slg_arena_take(&a, g->n_block, sizeof *m->owner);
    m->exists = slg_arena_take(&a, g->n_block, 1);
    m->queue = slg_arena_take(&a, m->workers, sizeof *m->queue);
    m->left_of = slg_arena_take(&a, g->n_task, sizeof *m->left_of);
    m->right_of = slg_arena_take(&a, g->n_task, sizeof *m->right_of);
    m->rank = slg_arena_take(&a, g->n_task, sizeof *m->rank);
    m->turn = slg_arena_take(&a, g->n_task, sizeof *m->turn);
    m->running = slg_arena_take(&a, m->workers, sizeof *m->running);
    m->end = slg_arena_take(&a, m->workers, sizeof *m->end);
    m->unfinished = slg_arena_take(&a, m->n_particle, sizeof *m->unfinished);
    return a.used;
}

/* The tasks that wait for a task, by counting sort of the dependencies. */
static void find_next(machine *m)
{
    const slg_graph *g = m->g;
    const size_t n_dep = g->task[g->n_task].dep_first;
    for (size_t k = 0; k < n_dep; k++)
        m->next_first[g->dep[k] + 2]++;
    for (size_t t = 0; t < g->n_task; t++)
        m->next_first[t + 1] += m->next_first[t];
    for (size_t t = 0; t < g->n_task; t++)
        for (size_t k = g->task[t].dep_first; k < g->task[t + 1].dep_first; k++)
            m->next[m->next_first[g->dep[k] + 1]++] = t;
}

static void count_uses(machine *m)
{
    const slg_graph *g = m->g;
    for (size_t t = 0; t < g->n_task; t++) {
        const int32_t particle = g->task[t].particle;
        m->waits[t] = g->task[t + 1].dep_first - g->task[t].dep_first;
        if (particle >= 0)
            m->unfinished[particle]++;
        for (size_t u = g->task[t].use_first; u < g->task[t + 1].use_first; u++)
            if (m->left[g->use[u]]++ == 0)
                m->owner[g->use[u]] = (size_t)(particle + 1);
    }
}

static void run(machine *m)
{
    find_next(m);
    count_uses(m);
    for (size_t t = 0; t < m->g->n_task; t++)
        if (m->g->task[t].particle < 0 && m->waits[t] == 0)
            deal(m, t);
    begin_particles(m);
    do
        start_tasks(m);
    while (advance(m));
}

slg_status slg_schedule_graph(const slg_graph *g, size_t workers, size_t window, slg_schedule *out, slg_error *err)
{
    machine m = {.g = g, .workers = workers, .window = window, .n_particle = count_particles(g)};
    const size_t bytes = lay_out(&m, NULL);
    void *memory = slg_alloc_aligned(bytes, 1);
    *out = (slg_schedule){0};
    if (!memory)
        return slg_fail_nomem(err, "schedule");
    for (uint32_t round = 0; round < ROUNDS; round++) {
        memset(memory, 0, bytes);
        m = (machine){.g = g, .workers = workers, .window = window, .n_particle = m.n_particle, .round = round};
        lay_out(&m, memory);
        run(&m);
        out->bytes = fmax(out->bytes, m.most);
        out->seconds = fmax(out->seconds, m.now);
    }
    slg_free(memory);
    return SLG_OK;
}
