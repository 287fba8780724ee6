/* The engine's running back ends: inline and StarPU. */
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"
#include "tests/engine/engine_list.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

START_TEST(same_bits_everywhere)
{
    double ref[N_VALUE], out[N_VALUE];
    slg_rt *rt = engine(0);
    run_graph(rt, ref);
    slg_rt_stop(&rt);
    rt = engine(_i);
    if (engines[_i].scheduler) {
        ck_assert_str_eq(slg_rt_scheduler(rt), engines[_i].scheduler);
        ck_assert_int_le(slg_rt_workers(rt), engines[_i].workers);
    }
    ck_assert_int_ge(slg_rt_workers(rt), 1);
    ck_assert_int_ge(slg_rt_cores(rt), 1);
    run_graph(rt, out);
    slg_rt_wait(rt);
    ck_assert_int_eq(atomic_load(&ran), 61);
    ck_assert_int_eq(atomic_load(&done_calls), 61);
    slg_rt_stop(&rt);
    ck_assert_ptr_null(rt);
    ck_assert_mem_eq(ref, out, sizeof ref);
}
END_TEST

START_TEST(failures_travel)
{
    slg_rt *rt = engine(_i);
    slg_block *ok = new_block(rt, 80), *bad1 = new_block(rt, 80), *bad2 = new_block(rt, 0), *x = new_block(rt, 80),
              *y = new_block(rt, 80);
    INSERT(rt, &mix, 1, W(ok));
    INSERT(rt, &failing, -1.5, W(bad1), R(ok));
    INSERT(rt, &failing, -2.5, W(bad2));
    INSERT(rt, &mix, 1, R(ok), R(bad2), R(bad1), W(y), W(x)); /* skipped: the first in the order of the uses */
    INSERT(rt, &step, 1, RW(bad1));                           /* skipped */
    outcome h = outcome_of(rt, x);
    ck_assert_int_eq(h.status, SLG_ERR_NOT_SPD);
    ck_assert_str_eq(h.text.why, "pivot 7 is -2.5");
    ck_assert_str_eq(h.text.kind, "a_name_longer_than_");
    h = outcome_of(rt, y);
    ck_assert_str_eq(h.text.why, "pivot 7 is -2.5");
    h = outcome_of(rt, bad1);
    ck_assert_str_eq(h.text.why, "pivot 7 is -1.5");
    h = outcome_of(rt, ok);
    ck_assert_int_eq(h.status, SLG_OK);
    ck_assert_str_eq(h.text.why, "");
    INSERT(rt, &mix, 1, W(x)); /* a pure output starts afresh */
    h = outcome_of(rt, x);
    ck_assert_int_eq(h.status, SLG_OK);
    INSERT(rt, &failing, -4, R(x), RW(y)); /* y holds the older failure */
    h = outcome_of(rt, y);
    ck_assert_str_eq(h.text.why, "pivot 7 is -2.5");
    slg_rt_wait(rt);
    ck_assert_int_eq(atomic_load(&ran), 4);
    ck_assert_int_eq(atomic_load(&done_calls), 7);
    slg_rt_stop(&rt);
}
END_TEST

/* W blocks are allocated by StarPU from memory used before: the status must not be that of an earlier one. */
START_TEST(fresh_blocks_are_clean)
{
    slg_rt *rt = engine(_i);
    for (int i = 0; i < 200; i++) {
        slg_block *b = new_block(rt, 640);
        INSERT(rt, i % 2 ? &mix : &failing, 1, W(b));
        outcome h = outcome_of(rt, b);
        ck_assert_int_eq(h.status, i % 2 ? SLG_OK : SLG_ERR_NOT_SPD);
        slg_rt_release(rt, &b);
    }
    slg_rt_stop(&rt);
}
END_TEST

static slg_status sum_cpu(const slg_task *t)
{
    double sum = 0;
    for (size_t i = 1; i < t->n_buf; i++) {
        ck_assert_uint_eq((size_t)t->buf[i] % 64, 0);
        ck_assert_uint_eq(t->bytes[i], 8 * i);
        sum = sum / 3 + *(const double *)t->buf[i];
    }
    *(double *)t->buf[0] = sum;
    return SLG_OK;
}
static const slg_kind sum_kind = {.name = "sum", .cpu = sum_cpu};

START_TEST(many_buffers)
{
    enum { N = 300 };
    slg_rt *rt = engine(_i);
    slg_use use[N];
    double want = 0, got;
    for (size_t i = 0; i < N; i++) {
        use[i] = (slg_use){new_block(rt, i ? 8 * i : 8), i ? SLG_R : SLG_W};
        if (i) {
            INSERT(rt, &mix, (double)i, W(use[i].block));
            want = want / 3 + sin((double)i);
        }
    }
    ck_assert_int_eq(insert_task(rt, &sum_kind, 0, N, use), SLG_OK);
    ck_assert_int_eq(slg_rt_read(rt, use[0].block, NULL, &got, sizeof got, NULL), SLG_OK);
    ck_assert_double_eq_tol(got, want, 1e-12);
    slg_rt_stop(&rt);
}
END_TEST

START_TEST(twenty_thousand_tasks)
{
    slg_rt *rt = engine(_i);
    slg_block *b[50];
    for (int i = 0; i < 50; i++) {
        b[i] = new_block(rt, sizeof(int));
        INSERT(rt, &zero, 0, W(b[i]));
    }
    for (int i = 0; i < 20000; i++)
        INSERT(rt, &increment, 0, RW(b[i % 50]));
    for (int i = 0, n; i < 50; i++) {
        ck_assert_int_eq(slg_rt_read(rt, b[i], NULL, &n, sizeof n, NULL), SLG_OK);
        ck_assert_int_eq(n, 400);
    }
    slg_rt_wait(rt);
    ck_assert_int_eq(atomic_load(&done_calls), 20050);
    slg_rt_stop(&rt);
}
END_TEST

static void nap(long ms)
{
    struct timespec t = {.tv_sec = 0, .tv_nsec = ms * 1000000};
    nanosleep(&t, NULL);
}

static slg_status slow_cpu(const slg_task *t)
{
    (void)t;
    atomic_fetch_add(&ran, 1);
    nap(2);
    return SLG_OK;
}
static const slg_kind slow = {.name = "slow", .cpu = slow_cpu};

static slg_rt *volatile signalled;
static void on_signal(int sig)
{
    (void)sig;
    slg_rt_cancel(signalled);
}

START_TEST(cancelling)
{
    slg_rt *rt = signalled = engine(_i);
    slg_block *b = new_block(rt, 8), *early = new_block(rt, 8);
    INSERT(rt, &zero, 0, W(b));
    INSERT(rt, &zero, 0, W(early));
    ck_assert_int_eq(outcome_of(rt, early).status, SLG_OK);
    for (int i = 0; i < 100; i++) {
        if (i == 50 && engines[_i].backend == SLG_RT_INLINE)
            slg_rt_cancel(rt);
        INSERT(rt, &slow, 0, RW(b));
    }
    signal(SIGUSR1, on_signal);
    raise(SIGUSR1);
    signal(SIGUSR1, SIG_DFL);
    ck_assert(slg_rt_cancelled(rt));
    slg_rt_wait(rt);
    ck_assert_int_lt(atomic_load(&ran), 100);
    ck_assert_int_eq(atomic_load(&done_calls), 102);
    outcome h = outcome_of(rt, b);
    ck_assert_int_eq(h.status, SLG_STOPPED);
    ck_assert_str_eq(h.text.kind, "slow");
    ck_assert_int_eq(outcome_of(rt, early).status, SLG_OK); /* finished before */
    INSERT(rt, &zero, 0, W(early));
    ck_assert_int_eq(outcome_of(rt, early).status, SLG_STOPPED);
    slg_rt_stop(&rt);
    rt = engine(_i);
    ck_assert(!slg_rt_cancelled(rt));
    slg_rt_stop(&rt);
}
END_TEST

static size_t peak_kib(void)
{
    FILE *f = fopen("/proc/self/status", "r");
    char line[256];
    size_t kib = 0;
    while (fgets(line, sizeof line, f))
        if (sscanf(line, "VmHWM: %zu", &kib) == 1)
            break;
    fclose(f);
    return kib;
}

/* 200 blocks of 8 MB (and 200 of changing size), each used by three tasks, at most four alive. */
START_TEST(released_blocks_are_freed)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    const int n = 80;
    const size_t limit_kib = 1000000; /* quarantine and shadow memory */
#else
    const int n = 400;
    const size_t limit_kib = 120000;
#endif
    slg_rt *rt = engine(_i);
    size_t before = peak_kib();
    for (int i = 0; i < n; i++) {
        slg_block *b = new_block(rt, (8u << 20) - (i < n / 2 ? 0 : 4096 * (size_t)i));
        INSERT(rt, &zero, 0, W(b));
        INSERT(rt, &increment, 0, RW(b));
        INSERT(rt, &increment, 0, RW(b));
        if (i % 4 == 3)
            slg_rt_wait(rt);
        slg_rt_release(rt, &b);
    }
    slg_rt_stop(&rt);
    ck_assert_uint_lt(peak_kib() - before, limit_kib);
}
END_TEST

static atomic_bool gate;
static slg_status wait_for_gate(const slg_task *t)
{
    (void)t;
    while (!atomic_load(&gate))
        nap(1);
    return SLG_OK;
}
static const slg_kind gated = {.name = "gated", .cpu = wait_for_gate};

START_TEST(reading_during_the_run)
{
    slg_rt *rt = start_engine(SLG_RT_STARPU, 1, _i ? "lws" : "eager", false);
    atomic_store(&gate, false);
    slg_block *a = new_block(rt, 8), *b = new_block(rt, 8);
    double x;
    INSERT(rt, &mix, 2, W(a));
    INSERT(rt, &gated, 0, W(b));
    ck_assert_int_eq(slg_rt_read(rt, a, NULL, &x, sizeof x, NULL), SLG_OK); /* would hang if it waited for b */
    ck_assert_double_eq(x, sin(2));
    atomic_store(&gate, true);
    slg_rt_stop(&rt);
}
END_TEST

static int order[64], n_order;
static slg_status note_cpu(const slg_task *t)
{
    order[n_order++] = (int)*(const double *)t->arg;
    return SLG_OK;
}
static const slg_kind note = {.name = "note", .cpu = note_cpu};

START_TEST(priorities)
{
    static const int priority[] = {5, -3, 40, INT_MAX, 0, INT_MIN, 7};
    enum { N = sizeof priority / sizeof priority[0] };
    slg_rt *rt = start_engine(SLG_RT_STARPU, 1, _i ? "eager" : "prio", false);
    slg_block *b[N], *hold = new_block(rt, 8);
    atomic_store(&gate, false);
    n_order = 0;
    INSERT(rt, &gated, 0, W(hold)); /* keeps the only worker busy until all are queued */
    for (int i = 0; i < N; i++) {
        double arg = priority[i];
        b[i] = new_block(rt, 8);
        slg_insertion in = {.kind = &note,
                            .use = &(slg_use){b[i], SLG_W},
                            .n_use = 1,
                            .arg = &arg,
                            .arg_bytes = sizeof arg,
                            .priority = priority[i]};
        ck_assert_int_eq(slg_rt_insert(rt, &in, NULL), SLG_OK);
    }
    nap(20);
    atomic_store(&gate, true);
    slg_rt_wait(rt);
    ck_assert_int_eq(n_order, N);
    for (int i = 1; i < N && !_i; i++) /* eager knows no priorities: only that extreme ones do no harm */
        ck_assert_int_gt(order[i - 1], order[i]);
    slg_rt_stop(&rt);
}
END_TEST

START_TEST(pausing)
{
    slg_rt *rt = engine(_i);
    slg_block *b = new_block(rt, 8);
    slg_rt_resume(rt); /* without a pause: nothing */
    slg_rt_pause(rt);
    slg_rt_resume(rt);
    INSERT(rt, &zero, 0, W(b));
    slg_rt_wait(rt);
    slg_rt_pause(rt);
    slg_rt_stop(&rt); /* also while paused */
}
END_TEST

static void scratch_cost(const void *arg, void *const *buf, slg_cost *out)
{
    (void)buf;
    out->scratch = *(const double *)arg > 0 ? 100000 : 100;
}

static slg_status scratch_cpu(const slg_task *t)
{
    static _Thread_local char *mine;
    size_t bytes = *(const double *)t->arg > 0 ? 100000 : 100;
    char *s = t->scratch;
    if (!s || (size_t)s % 64 != 0)
        return SLG_ERR_NOMEM;
    memset(s, 7, bytes);
    if (bytes == 100000) {
        if (mine && s != mine)
            return SLG_ERR_INTERNAL; /* moved */
        mine = s;
    } else if (mine && (s != mine || s[99999] != 7)) {
        return SLG_ERR_INTERNAL; /* not kept */
    }
    return SLG_OK;
}
static const slg_kind scratching = {.name = "scratching", .cpu = scratch_cpu, .cost = scratch_cost};

START_TEST(scratch_is_kept_and_aligned)
{
    slg_rt *rt = engine(_i);
    slg_block *b[40];
    for (int i = 0; i < 40; i++) {
        b[i] = new_block(rt, 8);
        INSERT(rt, &scratching, (double)(i % 2), W(b[i]));
    }
    for (int i = 0; i < 40; i++)
        ck_assert_int_eq(outcome_of(rt, b[i]).status, SLG_OK);
    slg_rt_stop(&rt);
}
END_TEST

/* More than there is where the argument says so. */
static void huge_cost(const void *arg, void *const *buf, slg_cost *out)
{
    (void)buf;
    out->scratch = *(const double *)arg > 0 ? SIZE_MAX / 2 : 1 << 20;
}

static slg_status huge_cpu(const slg_task *t)
{
    return t->scratch ? SLG_OK : SLG_ERR_INTERNAL;
}
static const slg_kind huge = {.name = "huge", .cpu = huge_cpu, .cost = huge_cost};

START_TEST(scratch_can_fail)
{
    slg_rt *rt = engine(_i);
    slg_block *b = new_block(rt, 8);
    INSERT(rt, &huge, 1, W(b));
    outcome h = outcome_of(rt, b);
    ck_assert_int_eq(h.status, SLG_ERR_NOMEM);
    ck_assert_str_eq(h.text.why, "no memory for 9.22337e+18 bytes of workspace");
    INSERT(rt, &huge, 0, W(b));
    ck_assert_int_eq(outcome_of(rt, b).status, SLG_OK);
    slg_rt_stop(&rt);
}
END_TEST

/* y = first byte of the caller's memory, read where the caller put it. */
static slg_status first_cpu(const slg_task *t)
{
    *(double *)t->buf[1] = ((const double *)t->buf[0])[1] + (double)((uintptr_t)t->buf[0] % 64);
    return SLG_OK;
}
static const slg_kind first = {.name = "first", .cpu = first_cpu};

START_TEST(memory_of_the_caller)
{
    static _Alignas(64) const double mine[8] = {3, 5};
    slg_rt *rt = engine(_i);
    slg_block *host, *y = new_block(rt, sizeof(double));
    double value = 0;
    ck_assert_int_eq(slg_rt_block_host(rt, mine, sizeof mine, &host, NULL), SLG_OK);
    INSERT(rt, &first, 0, R(host), W(y));
    ck_assert_int_eq(slg_rt_read(rt, y, NULL, &value, sizeof value, NULL), SLG_OK);
    ck_assert_double_eq(value, 5);
    ck_assert_int_eq(slg_rt_read(rt, host, NULL, &value, sizeof value, NULL), SLG_OK);
    ck_assert_double_eq(value, 3);
    ck_assert_int_eq(insert_task(rt, &step, 1, 1, (slg_use[]){RW(host)}), SLG_ERR_INTERNAL); /* it is constant */
    slg_rt_release(rt, &host);
    slg_rt_stop(&rt);
    ck_assert_double_eq(mine[0], 3);
}
END_TEST

/* Every allocation of ours fails once: ERR_NOMEM, nothing leaks (leak sanitizer), the engine goes on. */
START_TEST(allocation_failures)
{
    enum { N = 20 };
    slg_rt *rt = engine(_i);
    slg_block *in[N], *b = NULL;
    slg_use use[N + 1];
    for (int i = 0; i < N; i++) {
        in[i] = new_block(rt, 8);
        INSERT(rt, &mix, 1, W(in[i]));
        use[i] = (slg_use){in[i], SLG_R};
    }
    slg_rt_wait(rt);
    long k = 0;
    for (slg_status st = SLG_ERR_NOMEM; st != SLG_OK; k++) {
        slg_alloc_fail_after(k);
        st = slg_rt_block(rt, 100, &b, NULL);
        use[N] = (slg_use){b, SLG_W};
        if (st == SLG_OK)
            st = insert_task(rt, &scratching, 1, N + 1, use);
        slg_alloc_fail_after(-1);
        ck_assert(st == SLG_OK || st == SLG_ERR_NOMEM);
        if (st == SLG_OK)
            ck_assert_int_eq(slg_rt_read(rt, b, NULL, NULL, 0, NULL), SLG_OK);
        slg_rt_release(rt, &b);
        ck_assert_int_lt(k, 50);
    }
    ck_assert_int_ge(k, 3);
    slg_rt_stop(&rt);
}
END_TEST

START_TEST(start_can_fail)
{
    slg_rt_options opt = {.workers = 1};
    slg_rt *rt = NULL, *second;
    slg_error err;
    slg_error_clear(&err);
    opt.state_dir = "/nonexistent/folder";
    ck_assert_int_eq(slg_rt_start(&opt, &rt, &err), SLG_ERR_IO);
    ck_assert_ptr_nonnull(strstr(err.text, "/nonexistent/folder"));
    ck_assert_ptr_null(rt);
    opt.state_dir = "/dev/null";
    ck_assert_int_eq(slg_rt_start(&opt, &rt, NULL), SLG_ERR_IO);
    opt.state_dir = NULL;
    char *home = getenv("STARPU_HOME") ? strdup(getenv("STARPU_HOME")) : NULL;
    setenv("STARPU_HOME", "/dev/null/home", 1); /* StarPU itself would abort */
    ck_assert_int_eq(slg_rt_start(&opt, &rt, NULL), SLG_ERR_IO);
    if (home)
        setenv("STARPU_HOME", home, 1);
    else
        unsetenv("STARPU_HOME");
    free(home);
    for (long k = 0, st = SLG_ERR_NOMEM; st != SLG_OK; k++) {
        slg_alloc_fail_after(k);
        st = slg_rt_start(&opt, &rt, NULL);
        slg_alloc_fail_after(-1);
        ck_assert(st == SLG_OK || st == SLG_ERR_NOMEM);
        ck_assert_int_lt(k, 20);
    }
    ck_assert_int_eq(slg_rt_start(&opt, &second, NULL), SLG_ERR_INTERNAL); /* StarPU exists once */
    ck_assert_ptr_null(second);
    slg_rt_stop(&rt);
    slg_rt_stop(&rt); /* harmless */
    setenv("STARPU_NCPU", "0", 1);
    opt.workers = 0;
    ck_assert_int_eq(slg_rt_start(&opt, &rt, NULL), SLG_ERR_DEVICE);
}
END_TEST

START_TEST(calibration_goes_to_the_state_folder)
{
    const char *dir = slg_test_folder();
    char path[SLG_PATH];
    ck_assert_int_eq(slg_path_join(path, dir, ".starpu/sampling/codelets", NULL), SLG_OK);
    unsetenv("STARPU_HOME");
    slg_rt_options opt = {.workers = 2, .scheduler = "dmdas", .state_dir = dir};
    double out[N_VALUE];
    slg_rt *rt;
    ck_assert_int_eq(slg_rt_start(&opt, &rt, NULL), SLG_OK);
    run_graph(rt, out);
    slg_rt_stop(&rt);
    ck_assert(slg_file_exists(path));
    ck_assert_ptr_null(getenv("STARPU_HOME"));
    slg_test_remove(dir);
}
END_TEST

START_TEST(program_errors_are_reported)
{
    slg_rt *rt = engine(_i);
    slg_block *a = new_block(rt, 8), *never = new_block(rt, 8), *none = NULL;
    const slg_kind empty = {.name = "empty"};
    double x[2];
    INSERT(rt, &mix, 1, W(a));
    ck_assert_int_eq(insert_task(rt, &mix, 1, 1, &(slg_use)R(never)), SLG_ERR_INTERNAL);
    ck_assert_int_eq(insert_task(rt, &mix, 1, 2, (slg_use[]){R(a), W(a)}), SLG_ERR_INTERNAL);
    ck_assert_int_eq(insert_task(rt, &mix, 1, 1, &(slg_use)W(none)), SLG_ERR_INTERNAL);
    ck_assert_int_eq(insert_task(rt, &empty, 1, 1, &(slg_use)W(a)), SLG_ERR_INTERNAL);
    ck_assert_int_eq(slg_rt_read(rt, never, NULL, NULL, 0, NULL), SLG_ERR_INTERNAL);
    ck_assert_int_eq(slg_rt_read(rt, a, NULL, x, 9, NULL), SLG_ERR_INTERNAL);
    ck_assert_int_eq(slg_rt_read(rt, a, NULL, x, 8, NULL), SLG_OK);
    slg_graph g;
    ck_assert_int_eq(slg_rt_graph(rt, &g, NULL), SLG_ERR_INTERNAL);
    slg_rt_release(rt, &never);
    slg_rt_release(rt, &none);
    slg_rt_stop(&rt);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("engine");
    TCase *t = tcase_create("engine");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, same_bits_everywhere, 0, N_ENGINE);
    tcase_add_loop_test(t, failures_travel, 0, N_ENGINE);
    tcase_add_loop_test(t, fresh_blocks_are_clean, 0, 5);
    tcase_add_loop_test(t, many_buffers, 0, N_ENGINE);
    tcase_add_loop_test(t, twenty_thousand_tasks, 0, 5);
    tcase_add_loop_test(t, cancelling, 0, 5);
    tcase_add_loop_test(t, released_blocks_are_freed, 0, 5);
    tcase_add_loop_test(t, reading_during_the_run, 0, 2);
    tcase_add_loop_test(t, priorities, 0, 2);
    tcase_add_loop_test(t, pausing, 0, 5);
    tcase_add_loop_test(t, scratch_is_kept_and_aligned, 0, 5);
    tcase_add_loop_test(t, scratch_can_fail, 0, 5);
    tcase_add_loop_test(t, memory_of_the_caller, 0, 5);
    tcase_add_loop_test(t, allocation_failures, 0, 5);
    tcase_add_loop_test(t, program_errors_are_reported, 0, 5);
    tcase_add_test(t, start_can_fail);
    tcase_add_test(t, calibration_goes_to_the_state_folder);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
