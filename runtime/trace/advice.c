/* One sentence of advice: the first rule that fits, the largest loss first. */
#include "runtime/trace/summary.h"

#include <math.h>

static double share(const slg_trace_summary *s, double time)
{
    double room = (double)s->n_worker * s->wall;
    return room > 0 ? time / room : 0;
}

static double percent(double x)
{
    return 100 * x;
}

/* A kind with at least a fifth of the time that runs below a fifth of the dgemm rate; NULL when there is none. */
static const slg_kind_figures *slow_kind(const slg_trace_summary *s)
{
    for (size_t k = 0; k < s->n_kind; k++)
        if (s->kind[k].time > 0.2 * s->busy && s->kind[k].flops > 0 && s->dgemm > 0 &&
            1e6 * s->kind[k].flops / s->kind[k].time < 0.2 * s->dgemm)
            return &s->kind[k];
    return NULL;
}

/* Particles at which the tail, whose length does not depend on their number, costs a tenth. */
static int enough_particles(const slg_trace_summary *s)
{
    double each = s->busy / (double)s->n_particle, want = 9 * s->tail / each;
    double workers = (double)s->n_worker;
    double n = workers * ceil(fmax(want, (double)s->n_particle + 1) / workers);
    return (int)fmin(n, 1e6);
}

static void about_busy(slg_trace_summary *s)
{
    const slg_kind_figures *k = slow_kind(s);
    if (k)
        snprintf(s->advice, sizeof s->advice,
                 "the workers are busy %.0f %% of the time; the rest is arithmetic: %s takes %.0f %% of the work at "
                 "%.0f %% of the dgemm rate",
                 percent(s->efficiency), k->name, percent(k->time / s->busy),
                 percent(1e6 * k->flops / k->time / s->dgemm));
    else
        snprintf(s->advice, sizeof s->advice, "the workers are busy %.0f %% of the time: more cores make it faster",
                 percent(s->efficiency));
}

static void about_loss(slg_trace_summary *s)
{
    const char *hang = s->n_kind > 0 ? s->kind[s->slow_kind].name : "nothing";
    if (s->tail > 0.5 * (s->blocked + s->unfed + s->overhead) && s->n_particle > 0)
        snprintf(
            s->advice, sizeof s->advice,
            "workers wait for the last particle of each iteration (%.0f %% of their time): use at least %d particles, "
            "or fewer workers",
            percent(share(s, s->tail)), enough_particles(s));
    else if (s->blocked >= s->overhead && s->blocked >= s->unfed)
        snprintf(
            s->advice, sizeof s->advice,
            "workers wait %.0f %% of their time for tasks that others need first, mostly %s: more particles in flight "
            "(run.memory_gb, search.particles) fill the gaps",
            percent(share(s, s->blocked)), hang);
    else if (s->unfed >= s->overhead)
        snprintf(
            s->advice, sizeof s->advice,
            "workers have no task %.0f %% of the time because the main thread does not submit: use more particles in "
            "an iteration, or fewer workers",
            percent(share(s, s->unfed)));
    else
        snprintf(
            s->advice, sizeof s->advice,
            "ready tasks wait for the engine %.0f %% of the time: other programs use the cores, or checkpoints are "
            "written too often",
            percent(share(s, s->overhead)));
}

void slg_trace_advise(slg_trace_summary *s)
{
    double mean = s->n_task > 0 ? s->busy / (double)s->n_task : 0;
    if (s->n_task == 0)
        snprintf(s->advice, sizeof s->advice, "nothing ran in these iterations: every particle was cached or refused");
    else if (s->predicted_bytes > 0 && s->peak_bytes > 1.2 * s->predicted_bytes)
        snprintf(
            s->advice, sizeof s->advice,
            "the process needs %.1f times the predicted memory: leave that much room in run.memory_gb and in the batch "
            "job",
            s->peak_bytes / s->predicted_bytes);
    else if (s->between > 0.1 * (s->between + s->wall))
        snprintf(
            s->advice, sizeof s->advice,
            "%.0f %% of the time passes between iterations (checkpoints, tables): the disk is slow or the iterations "
            "are short; use more particles",
            percent(s->between / (s->between + s->wall)));
    else if (share(s, s->data_wait) > 0.05)
        snprintf(s->advice, sizeof s->advice, "workers wait %.0f %% of their time for data to reach their device",
                 percent(share(s, s->data_wait)));
    else if (s->efficiency >= 0.9)
        about_busy(s);
    else if (mean < 1000 && s->overhead > 0.5 * (s->overhead + s->blocked + s->unfed))
        snprintf(s->advice, sizeof s->advice,
                 "tasks of %.2f ms on average are too short for the engine: use fewer workers, or fit more data",
                 1e-3 * mean);
    else
        about_loss(s);
}
