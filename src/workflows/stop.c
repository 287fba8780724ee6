#include "src/workflows/stop.h"
#include "runtime/base/log.h"

#include <math.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>
#include <sys/time.h>

static _Atomic(slg_rt *) engine; /* read by the handler on any thread */
static atomic_bool requested;
static const int caught[] = {SIGTERM, SIGINT, SIGUSR1, SIGALRM};
enum { N_CAUGHT = sizeof caught / sizeof *caught };
static struct sigaction before[N_CAUGHT];

static void on_signal(int number)
{
    (void)number;
    requested = true;
    slg_rt *rt = engine;
    if (rt)
        slg_rt_cancel(rt);
}

static void set_timer(double seconds)
{
    const double us = fmax(ceil(1e6 * seconds), 0), whole = floor(us / 1e6);
    const struct itimerval t = {.it_value = {(time_t)whole, (suseconds_t)(us - 1e6 * whole)}};
    setitimer(ITIMER_REAL, &t, NULL);
}

void slg_stop_arm(double seconds)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    requested = false;
    for (int i = 0; i < N_CAUGHT; i++)
        sigaction(caught[i], &action, &before[i]);
    set_timer(seconds);
}

/* *at: seconds since 1970. False where the variable is absent or is no such time. */
static bool job_end(const char *text, double *at)
{
    char *end = NULL;
    *at = text ? strtod(text, &end) : 0;
    return text && end != text && *end == '\0' && *at > 1e9 && *at < 1e11;
}

double slg_stop_limit(double asked, bool *job)
{
    static const double margin = 60; /* for the tasks in flight and the last save */
    double at;
    *job = job_end(getenv("SLURM_JOB_END_TIME"), &at);
    if (!*job)
        return asked;
    const double left = fmax(at - (double)time(NULL) - margin, 1);
    *job = !(asked > 0) || left < asked;
    return *job ? left : asked;
}

void slg_stop_warn(void)
{
    double at;
    const char *text = getenv("SLURM_JOB_END_TIME");
    if (text && *text && !job_end(text, &at))
        slg_log(
            SLG_WARNING,
            "SLURM_JOB_END_TIME: expected seconds since 1970, found '%.40s'; it is ignored, the search does not stop "
            "before the job ends: correct it, or give --max-time",
            text);
}

void slg_stop_attach(slg_rt *rt)
{
    engine = rt;
    if (rt && requested)
        slg_rt_cancel(rt);
}

void slg_stop_disarm(void)
{
    set_timer(0);
    for (int i = 0; i < N_CAUGHT; i++)
        sigaction(caught[i], &before[i], NULL);
    engine = NULL;
}
