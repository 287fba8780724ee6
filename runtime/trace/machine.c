#include "runtime/trace/machine.h"

#include <cblas.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { SIDE = 256 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* buf[0]: the rate; buf[1]: three matrices. The first product warms up. */
static slg_status dgemm_cpu(const slg_task *t)
{
    double *a = t->buf[1], *b = a + SIDE * SIDE, *c = b + SIDE * SIDE, best = 1e30;
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        a[i] = 1.0 / (double)(i + 1);
        b[i] = a[i];
    }
    for (double begin = now(), t0 = begin; t0 - begin < 0.05;) {
        cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, SIDE, SIDE, SIDE, 1, a, SIDE, b, SIDE, 0, c, SIDE);
        double t1 = now();
        best = t1 - t0 < best ? t1 - t0 : best;
        t0 = t1;
    }
    *(double *)t->buf[0] = 2.0 * SIDE * SIDE * SIDE / best;
    return SLG_OK;
}

static const slg_kind dgemm_kind = {.name = "machine-dgemm", .cpu = dgemm_cpu};

slg_status slg_machine_dgemm(slg_rt *rt, double *rate, slg_error *err)
{
    slg_block *out = NULL, *room = NULL;
    slg_head head = {0};
    *rate = 0;
    slg_status st = slg_rt_block(rt, sizeof *rate, &out, err);
    if (st == SLG_OK)
        st = slg_rt_block(rt, 3 * SIDE * SIDE * sizeof(double), &room, err);
    const slg_use use[] = {{out, SLG_W}, {room, SLG_W}};
    const slg_insertion in = {
        .kind = &dgemm_kind, .use = use, .n_use = 2, .iteration = -1, .particle = -1, .chunk = -1};
    if (st == SLG_OK)
        st = slg_rt_insert(rt, &in, err);
    if (st == SLG_OK)
        st = slg_rt_read(rt, out, &head, rate, sizeof *rate, err);
    if (head.status != SLG_OK)
        *rate = 0;
    slg_rt_wait(rt);
    slg_rt_release(rt, &out);
    slg_rt_release(rt, &room);
    return st;
}

double slg_resident_bytes(void)
{
    long total = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f)
        return 0;
    if (fscanf(f, "%ld %ld", &total, &resident) != 2)
        resident = 0;
    fclose(f);
    return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

double slg_peak_bytes(void)
{
    struct rusage u;
    return getrusage(RUSAGE_SELF, &u) == 0 ? 1024.0 * (double)u.ru_maxrss : 0;
}
