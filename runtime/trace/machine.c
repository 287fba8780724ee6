#include "runtime/trace/machine.h"

#include "runtime/base/clock.h"

#include <cblas.h>

enum { SIDE = 256 };

/* buf[0]: the rate; buf[1]: three matrices. The first product warms up. */
static slg_status dgemm_cpu(const slg_task *t)
{
    double *a = t->buf[1], *b = a + SIDE * SIDE, *c = b + SIDE * SIDE, best = 1e30;
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        a[i] = 1.0 / (double)(i + 1);
        b[i] = a[i];
    }
    for (double begin = slg_now(), t0 = begin; t0 - begin < 0.05;) {
        cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, SIDE, SIDE, SIDE, 1, a, SIDE, b, SIDE, 0, c, SIDE);
        double t1 = slg_now();
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
    slg_block_status status = {0};
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
        st = slg_rt_read(rt, out, &status, rate, sizeof *rate, err);
    if (status.status != SLG_OK)
        *rate = 0;
    slg_rt_wait(rt);
    slg_rt_release(rt, &out);
    slg_rt_release(rt, &room);
    return st;
}
