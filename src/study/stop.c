#include "src/study/stop.h"

#include <math.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/time.h>

static _Atomic(slg_rt *) engine; /* read by the handler on any thread */
static const int caught[] = {SIGTERM, SIGINT, SIGUSR1, SIGALRM};
enum { N_CAUGHT = sizeof caught / sizeof *caught };
static struct sigaction before[N_CAUGHT];

static void on_signal(int number)
{
    (void)number;
    slg_rt *rt = engine;
    if (rt)
        slg_rt_cancel(rt);
}

static void set_timer(double seconds)
{
    struct itimerval t = {{0, 0}, {0, 0}};
    if (seconds > 0) {
        double whole = floor(seconds);
        t.it_value.tv_sec = (time_t)whole;
        t.it_value.tv_usec = (suseconds_t)(1e6 * (seconds - whole)) + 1;
    }
    setitimer(ITIMER_REAL, &t, NULL);
}

void slg_stop_arm(slg_rt *rt, double seconds)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    engine = rt;
    for (int i = 0; i < N_CAUGHT; i++)
        sigaction(caught[i], &action, &before[i]);
    set_timer(seconds);
}

void slg_stop_disarm(void)
{
    set_timer(0);
    for (int i = 0; i < N_CAUGHT; i++)
        sigaction(caught[i], &before[i], NULL);
    engine = NULL;
}
