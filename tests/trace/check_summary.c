/* What is made of a trace: critical path, sums, advice, and the four export formats. */
#include "runtime/base/process.h"
#include "tests/trace/graphs.h"

#include <math.h>
#include <sys/wait.h>

/* --- by hand -------------------------------------------------------------------------------------------------- */

/*
 * a(5) -> b(1) -> d(2)    on two workers: longest chain a, c, d = 5 + 4 + 2, though worker 0 alone is busy for 12;
 *   \---> c(4) ---/       e(10) hangs on nothing.
 */
static slg_trace_file *hand_made(void)
{
    static slg_trace_record record[] = {{.kind = "a", .id = 0, .start = 0, .end = 5},
                                        {.kind = "d", .id = 3, .start = 20, .end = 22},
                                        {.kind = "b", .id = 1, .start = 5, .end = 6, .worker = 1},
                                        {.kind = "c", .id = 2, .start = 6, .end = 10, .worker = 1},
                                        {.kind = "e", .id = 4, .start = 11, .end = 21, .worker = 1}};
    static size_t dep_first[] = {0, 0, 2, 3, 4, 4}, dep[] = {2, 3, 0, 0};
    static slg_trace_file f = {.n = 5, .record = record, .dep_first = dep_first, .dep = dep};
    return &f;
}

START_TEST(critical_path_of_a_small_graph)
{
    const slg_trace_span all = {.first = 0, .last = 5}, none = {.first = 0, .last = 0};
    static const size_t want[] = {0, 3, 1};
    size_t *path, n;
    double length;
    ck_assert_int_eq(slg_trace_critical_path(hand_made(), &all, &path, &n, &length, NULL), SLG_OK);
    ck_assert_double_eq(length, 11);
    ck_assert_uint_eq(n, 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_uint_eq(path[i], want[i]);
    slg_free(path);
    ck_assert_int_eq(slg_trace_critical_path(hand_made(), &none, &path, &n, &length, NULL), SLG_OK);
    ck_assert_uint_eq(n, 0);
    slg_free(path);
}
END_TEST

/* 4 workers x 10 s; times in seconds. */
typedef struct advised {
    double busy, overhead, blocked, unfed, tail, data_wait, between, gflop, peak_gb;
    size_t n_task;
    const char *want;
} advised;

START_TEST(advice_names_the_largest_loss)
{
    static const advised cases[] = {
        {.busy = 38, .n_task = 4000, .gflop = 60, .want = "at 6 % of the dgemm"},
        {.busy = 38, .n_task = 4000, .gflop = 600, .want = "more cores"},
        {.busy = 20, .n_task = 400, .blocked = 20, .tail = 19, .want = "use at least 72 particles"},
        {.busy = 20, .n_task = 400, .blocked = 20, .want = "mostly fold"},
        {.busy = 20, .n_task = 400, .unfed = 20, .want = "does not submit"},
        {.busy = 20, .n_task = 400000, .overhead = 20, .want = "too short"},
        {.busy = 20, .n_task = 400, .overhead = 20, .want = "other programs"},
        {.busy = 30, .n_task = 400, .data_wait = 5, .want = "data to reach"},
        {.busy = 30, .n_task = 400, .between = 5, .want = "between iterations"},
        {.busy = 30, .n_task = 400, .peak_gb = 3, .want = "1.5 times"},
        {.want = "nothing ran"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const advised *c = &cases[i];
        slg_kind_figures kind = {.name = "fold", .n = c->n_task, .time = 1e6 * c->busy, .flops = 1e9 * c->gflop};
        slg_trace_summary s = {.wall = 10e6,
                               .busy = 1e6 * c->busy,
                               .overhead = 1e6 * c->overhead,
                               .blocked = 1e6 * c->blocked,
                               .unfed = 1e6 * c->unfed,
                               .tail = 1e6 * c->tail,
                               .data_wait = 1e6 * c->data_wait,
                               .between = 1e6 * c->between,
                               .peak_bytes = 1e9 * c->peak_gb,
                               .predicted_bytes = 2e9,
                               .dgemm = 25e9,
                               .n_task = c->n_task,
                               .n_worker = 4,
                               .n_particle = 8,
                               .n_kind = 1,
                               .kind = &kind,
                               .efficiency = c->busy / 40};
        slg_trace_advise(&s);
        ck_assert_msg(strstr(s.advice, c->want) != NULL, "%zu: %s", i, s.advice);
    }
}
END_TEST

/* --- sums ----------------------------------------------------------------------------------------------------- */

START_TEST(times_sum_up)
{
    const char *dir = traced_folder(4, 300);
    slg_trace_summary s;
    ck_assert_int_eq(slg_trace_summarise(dir, everything, &s, NULL), SLG_OK);
    ck_assert_uint_eq(s.n_iteration, 4);
    ck_assert_uint_eq(s.n_task, 4 * N_TASK);
    ck_assert_uint_eq(s.n_particle, 5);
    ck_assert_uint_eq(s.n_worker, 2);
    double busy = 0, by_kind = 0;
    for (size_t w = 0; w < s.n_worker; w++) {
        const slg_worker_figures *x = &s.worker[w];
        ck_assert_double_eq_tol(x->busy + x->data_wait + x->overhead + x->blocked + x->unfed, s.wall, 0.01 * s.wall);
        ck_assert_double_le(x->tail, x->data_wait + x->overhead + x->blocked + x->unfed + 0.01 * s.wall);
        busy += x->busy;
    }
    ck_assert_uint_eq(s.n_kind, 2);
    for (size_t k = 0; k < s.n_kind; k++) {
        by_kind += s.kind[k].time;
        ck_assert_double_eq_tol(s.kind[k].flops, 42 * (double)s.kind[k].n, 1e-9);
    }
    ck_assert_uint_eq(s.kind[0].n + s.kind[1].n, 4 * N_TASK);
    ck_assert_double_eq_tol(busy, by_kind, 0.01 * busy);
    ck_assert_double_eq_tol(s.efficiency, busy / (2 * s.wall), 1e-12);
    ck_assert_double_ge(busy, 300 * 4 * N_TASK);
    ck_assert_double_le(s.slow_path, s.slow_wall);
    ck_assert_double_ge(s.kind[0].longest, 300);
    ck_assert_double_le(s.kind[0].longest, s.slow_wall);
    ck_assert_double_eq_tol(s.kind[0].critical + s.kind[1].critical, s.slow_path, 1e-6 * s.slow_path);
    ck_assert_double_gt(s.peak_bytes, 1e6);
    ck_assert_double_eq(s.predicted_bytes, 1e9);
    ck_assert_str_ne(s.advice, "");
    json_t *j = slg_trace_summary_json(&s);
    ck_assert_int_eq(json_integer_value(json_object_get(j, "tasks")), 4 * N_TASK);
    ck_assert_uint_eq(json_array_size(json_object_get(j, "workers")), 2);
    json_decref(j);
    slg_trace_summary_free(&s);
    slg_test_remove(dir);
}
END_TEST

/* In a chain one of two workers is always blocked: a task that waits for another is not ready. */
START_TEST(a_chain_blocks)
{
    enum { N = 40 };
    const char *dir = slg_test_folder();
    slg_rt *rt = start_engine(SLG_RT_STARPU, 2, true);
    slg_tracer *t = start_tracer(rt, dir, (slg_keep){SLG_KEEP_ALL, 1});
    slg_block *block;
    double us = 3000;
    ck_assert_int_eq(slg_rt_block(rt, 64, &block, NULL), SLG_OK);
    ck_assert_int_eq(slg_tracer_begin(t, 1, 0, NULL), SLG_OK);
    for (int i = 0; i < N; i++) {
        const slg_use use = {block, i ? SLG_RW : SLG_W};
        const slg_insertion in = {.kind = &spin_a, .use = &use, .n_use = 1, .arg = &us, .arg_bytes = sizeof us};
        ck_assert_int_eq(slg_rt_insert(rt, &in, NULL), SLG_OK);
    }
    slg_rt_wait(rt);
    ck_assert_int_eq(slg_tracer_end(t, true, 1e9, NULL), SLG_OK);
    ck_assert_int_eq(slg_tracer_flush(t, NULL), SLG_OK);
    slg_rt_release(rt, &block);
    slg_tracer_free(&t);
    slg_rt_stop(&rt);
    slg_trace_summary s;
    ck_assert_int_eq(slg_trace_summarise(dir, everything, &s, NULL), SLG_OK);
    const double blocked = s.worker[0].blocked + s.worker[1].blocked;
    const double overhead = s.worker[0].overhead + s.worker[1].overhead;
    ck_assert_double_gt(blocked, 0.8 * s.worker[0].busy + 0.8 * s.worker[1].busy);
    ck_assert_double_gt(blocked, overhead);
    slg_trace_summary_free(&s);
    slg_test_remove(dir);
}
END_TEST

/* --- formats -------------------------------------------------------------------------------------------------- */

typedef slg_status (*exporter)(const char *dir, slg_trace_range range, FILE *out, slg_error *err);

static void export(exporter write, const char *dir, slg_trace_range range, char *path, const char *name)
{
    ck_assert_int_eq(slg_path_join(path, dir, name, NULL), SLG_OK);
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    ck_assert_int_eq(write(dir, range, out, NULL), SLG_OK);
    fclose(out);
}

static double number(const json_t *j, const char *key)
{
    const json_t *v = json_object_get(j, key);
    ck_assert_msg(json_is_number(v), "%s is no number", key);
    return json_number_value(v);
}

/* Is there a task on lane tid around time ts? `begin`: exactly at its start. */
static bool inside_task(const json_t *events, double tid, double ts, bool begin)
{
    size_t i;
    json_t *e;
    json_array_foreach(events, i, e)
    {
        const char *cat = json_string_value(json_object_get(e, "cat"));
        if (!cat || strcmp(cat, "task") != 0 || fabs(number(e, "tid") - tid) > 0.1)
            continue;
        double start = number(e, "ts"), end = start + number(e, "dur");
        if (begin ? fabs(ts - start) < 1e-6 : ts >= start && ts <= end)
            return true;
    }
    return false;
}

START_TEST(chrome_follows_its_schema)
{
    const char *dir = traced_folder(2, 20);
    char path[SLG_PATH];
    export(slg_trace_chrome, dir, everything, path, "chrome.json");
    json_t *j = slg_test_json(path);
    const json_t *events = json_object_get(j, "traceEvents");
    size_t n_task = 0, n_open = 0, n_close = 0, n_counter = 0, n_memory = 0, i;
    bool named[8] = {false};
    double in_flight = 0;
    json_t *e;
    json_array_foreach(events, i, e)
    {
        const char *ph = json_string_value(json_object_get(e, "ph")),
                   *name = json_string_value(json_object_get(e, "name"));
        ck_assert_ptr_nonnull(ph);
        ck_assert_ptr_nonnull(name);
        ck_assert_double_eq(number(e, "pid"), 1);
        if (*ph == 'M') {
            if (strcmp(name, "thread_name") == 0)
                named[(int)number(e, "tid")] = true;
            continue;
        }
        ck_assert_double_ge(number(e, "ts"), 0);
        if (*ph == 'X') {
            ck_assert(named[(int)number(e, "tid")]);
            ck_assert_double_ge(number(e, "dur"), 0);
            n_task += strcmp(json_string_value(json_object_get(e, "cat")), "task") == 0;
        } else if (*ph == 's') {
            ck_assert_double_eq(number(e, "id"), (double)++n_open);
            ck_assert(inside_task(events, number(e, "tid"), number(e, "ts"), false));
        } else if (*ph == 'f') {
            ck_assert_double_eq(number(e, "id"), (double)++n_close);
            ck_assert(inside_task(events, number(e, "tid"), number(e, "ts"), true));
        } else {
            ck_assert_str_eq(ph, "C");
            bool memory = strcmp(name, "memory") == 0;
            n_memory += memory;
            n_counter += !memory;
            in_flight = memory ? in_flight : number(json_object_get(e, "args"), "tasks");
            const double mb = memory ? number(json_object_get(e, "args"), "MB") : 10;
            ck_assert_msg(mb > 1 && mb < slg_peak_bytes() / 1e6 + 10, "%g MB", mb);
            ck_assert_double_ge(in_flight, 0);
        }
    }
    ck_assert_uint_eq(n_task, 2 * N_TASK);
    ck_assert_uint_gt(n_open, 2 * N_TASK);
    ck_assert_uint_eq(n_open, n_close);
    ck_assert_uint_eq(n_counter, 4 * N_TASK);
    ck_assert_uint_eq(n_memory, 6);
    ck_assert_double_eq(in_flight, 0);
    json_decref(j);
    slg_test_remove(dir);
}
END_TEST

static size_t count_lines(const char *path)
{
    char *text;
    size_t n, lines = 0;
    ck_assert_int_eq(slg_file_read(path, &text, &n, NULL), SLG_OK);
    for (size_t i = 0; i < n; i++)
        lines += text[i] == '\n';
    slg_free(text);
    return lines;
}

START_TEST(csv_has_a_line_a_task)
{
    const char *dir = traced_folder(3, 1);
    char path[SLG_PATH], line[4096];
    export(slg_trace_csv, dir, (slg_trace_range){1, 1, 2}, path, "tasks.csv");
    ck_assert_uint_eq(count_lines(path), 2 * N_TASK + 1);
    FILE *f = fopen(path, "r");
    ck_assert_ptr_nonnull(f);
    while (fgets(line, sizeof line, f)) {
        int commas = 0;
        for (const char *c = line; *c; c++)
            commas += *c == ',';
        ck_assert_int_eq(commas, 16);
    }
    fclose(f);
    slg_test_remove(dir);
}
END_TEST

/* Events 5 to 10 carry times, which must not go back; every name used was defined; links are opened, then closed. */
START_TEST(paje_is_in_order)
{
    const char *dir = traced_folder(3, 20);
    char path[SLG_PATH], line[512], a[64], b[64], c[64], key[64];
    export(slg_trace_paje, dir, everything, path, "tasks.trace");
    FILE *f = fopen(path, "r");
    ck_assert_ptr_nonnull(f);
    double last = 0, t;
    int event;
    size_t n_state = 0, n_idle = 0, n_start = 0, n_end = 0, n_kind = 0, n_worker = 0;
    while (fgets(line, sizeof line, f)) {
        if (line[0] == '%')
            continue;
        ck_assert_int_eq(sscanf(line, "%d", &event), 1);
        ck_assert_int_le(event, 10);
        n_kind += event == 4 && sscanf(line, "4 k%63s", a) == 1;
        if (event < 5)
            continue;
        ck_assert_int_eq(sscanf(line, "%*d %lf", &t), 1);
        ck_assert_double_ge(t, last);
        last = t;
        n_worker += event == 5 && sscanf(line, "5 %*f w%63s", a) == 1;
        if (event == 7) {
            ck_assert_int_eq(sscanf(line, "7 %*f %63s %63s %63s", a, b, c), 3);
            n_idle += strcmp(c, "I") == 0;
            n_state += c[0] == 'k';
            ck_assert(c[0] != 'k' || (size_t)atoi(c + 1) < n_kind);
            ck_assert_uint_lt((size_t)atoi(b + 1), n_worker);
        }
        n_start += event == 9 && sscanf(line, "9 %*f L run needs %63s %63s", a, key) == 2;
        n_end += event == 10 && sscanf(line, "10 %*f L run needs %63s %63s", a, key) == 2;
        ck_assert_uint_ge(n_start, n_end);
    }
    fclose(f);
    ck_assert_uint_eq(n_state, 3 * N_TASK);
    ck_assert_uint_eq(n_idle, 3 * N_TASK + 2);
    ck_assert_uint_eq(n_start, n_end);
    ck_assert_uint_eq(n_kind, 2);
    slg_test_remove(dir);
}
END_TEST

static bool have_program(const char *name)
{
    char command[64];
    snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", name);
    if (system(command) == 0)
        return true;
    fprintf(stderr, "SKIPPED: %s is not installed, its reading of our files is not tested\n", name);
    return false;
}

static void run_program(const char *command)
{
    int rc = system(command);
    ck_assert_msg(rc != -1 && WIFEXITED(rc) && WEXITSTATUS(rc) == 0, "%s", command);
}

START_TEST(vite_opens_paje)
{
    if (!have_program("vite"))
        return;
    const char *dir = traced_folder(2, 20);
    char path[SLG_PATH], command[4 * SLG_PATH], *text;
    size_t n;
    export(slg_trace_paje, dir, everything, path, "tasks.trace");
    snprintf(command, sizeof command, "QT_QPA_PLATFORM=offscreen timeout 60 vite -e %s/out.svg %s >%s/log 2>&1", dir,
             path, dir);
    run_program(command);
    ck_assert_int_eq(slg_path_join(path, dir, "log", NULL), SLG_OK);
    ck_assert_int_eq(slg_file_read(path, &text, &n, NULL), SLG_OK);
    ck_assert_msg(strstr(text, "0 errors and 0 warnings") != NULL && !strstr(text, "EntityType"), "%s", text);
    slg_free(text);
    ck_assert_int_eq(slg_path_join(path, dir, "out.svg", NULL), SLG_OK);
    ck_assert_uint_gt(count_lines(path), 2 * N_TASK);
    slg_test_remove(dir);
}
END_TEST

START_TEST(dot_draws_the_last_iteration)
{
    const char *dir = traced_folder(2, 20);
    char path[SLG_PATH], command[3 * SLG_PATH], *text;
    size_t n, nodes = 0, edges = 0, red = 0;
    export(slg_trace_dot, dir, everything, path, "graph.dot");
    ck_assert_int_eq(slg_file_read(path, &text, &n, NULL), SLG_OK);
    for (const char *at = text; (at = strstr(at, "\n  t")) != NULL; at++) {
        const char *end = strchr(at + 1, '\n');
        bool edge = memmem(at, (size_t)(end - at), " -> ", 4) != NULL;
        nodes += !edge;
        edges += edge;
        red += !edge && memmem(at, (size_t)(end - at), "color=red", 9) != NULL;
    }
    ck_assert_ptr_nonnull(strstr(text, "iteration 1"));
    slg_free(text);
    ck_assert_uint_eq(nodes, N_TASK);
    ck_assert_uint_gt(edges, N_TASK);
    ck_assert_uint_gt(red, 3);
    ck_assert_uint_lt(red, N_TASK / 2);
    if (have_program("dot")) {
        snprintf(command, sizeof command, "timeout 60 dot -Tsvg %s -o %s/graph.svg", path, dir);
        run_program(command);
    }
    slg_test_remove(dir);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("summary");
    TCase *t = tcase_create("figures");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, critical_path_of_a_small_graph);
    tcase_add_test(t, advice_names_the_largest_loss);
    tcase_add_test(t, times_sum_up);
    tcase_add_test(t, a_chain_blocks);
    suite_add_tcase(s, t);
    t = tcase_create("formats");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, chrome_follows_its_schema);
    tcase_add_test(t, csv_has_a_line_a_task);
    tcase_add_test(t, paje_is_in_order);
    tcase_add_test(t, vite_opens_paje);
    tcase_add_test(t, dot_draws_the_last_iteration);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
