/* What is recorded, what is kept, what is read again. */
#include "tests/trace/graphs.h"

#include "runtime/trace/files.h"

#include <dirent.h>
#include <math.h>
#include <sys/stat.h>

/* --- dependencies --------------------------------------------------------------------------------------------- */

typedef struct edges {
    size_t n, from[N_TASK * N_BLOCK], to[N_TASK * N_BLOCK];
} edges;

static void recorded_edges(edges *e)
{
    slg_rt *rt = start_engine(SLG_RT_RECORD, 0, false);
    slg_block *block[N_BLOCK];
    slg_graph g;
    make_blocks(rt, block);
    insert_graph(rt, block, 3, N_TASK, 10, 0);
    ck_assert_int_eq(slg_rt_graph(rt, &g, NULL), SLG_OK);
    e->n = 0;
    for (size_t i = 0; i < g.n_task; i++)
        for (size_t d = g.task[i].dep_first; d < g.task[i + 1].dep_first; d++) {
            e->from[e->n] = g.dep[d];
            e->to[e->n++] = i;
        }
    slg_rt_stop(&rt);
}

static int back_end_of(int i)
{
    static const int back_end[] = {SLG_RT_INLINE, SLG_RT_STARPU};
    return back_end[i];
}

START_TEST(dependencies_are_the_recorders)
{
    static edges want;
    recorded_edges(&want);
    ck_assert_uint_gt(want.n, N_TASK);
    slg_rt *rt = start_engine(back_end_of(_i), 2, true);
    slg_block *block[N_BLOCK];
    slg_trace_take take;
    make_blocks(rt, block);
    for (int round = 0; round < 2; round++) { /* the second take knows nothing of the first */
        insert_graph(rt, block, 3, N_TASK, 10, 0);
        slg_rt_wait(rt);
        ck_assert_int_eq(slg_rt_trace_take_graph(rt, &take, NULL), SLG_OK);
        ck_assert_uint_eq(take.n, N_TASK);
        ck_assert_uint_eq(take.dep_first[N_TASK], want.n);
        for (size_t i = 0; i < take.n; i++) {
            const size_t id = take.record[i].id - (uint64_t)round * N_TASK;
            size_t k = 0;
            while (want.to[k] != id && k < want.n && take.dep_first[i + 1] > take.dep_first[i])
                k++;
            for (size_t d = take.dep_first[i]; d < take.dep_first[i + 1]; d++, k++) {
                ck_assert_uint_eq(want.to[k], id);
                ck_assert_uint_eq(want.from[k] + (uint64_t)round * N_TASK, take.record[take.dep[d]].id);
                ck_assert_double_ge(take.record[i].start, take.record[take.dep[d]].end - 1e-3);
            }
        }
        slg_trace_take_free(&take);
    }
    slg_rt_stop(&rt);
}
END_TEST

START_TEST(work_is_what_the_kind_says)
{
    slg_rt *rt = start_engine(back_end_of(_i), 1, true);
    slg_block *block[N_BLOCK];
    slg_trace_record *r;
    size_t n;
    double us = 1;
    make_blocks(rt, block);
    slg_use use = {block[0], SLG_W};
    slg_insertion in = {.kind = &spin_a, .use = &use, .n_use = 1, .arg = &us, .arg_bytes = sizeof us};
    ck_assert_int_eq(slg_rt_insert(rt, &in, NULL), SLG_OK);
    in.kind = &failing;
    ck_assert_int_eq(slg_rt_insert(rt, &in, NULL), SLG_OK);
    use.mode = SLG_RW; /* skipped: its input failed */
    ck_assert_int_eq(slg_rt_insert(rt, &in, NULL), SLG_OK);
    slg_rt_wait(rt);
    ck_assert_int_eq(slg_rt_trace_take(rt, &r, &n, NULL), SLG_OK);
    ck_assert_uint_eq(n, 3);
    ck_assert_double_eq(r[0].flops, 42);
    ck_assert_double_eq(r[1].flops, 7);
    ck_assert_double_eq(r[2].flops, 0);
    ck_assert_double_eq(r[0].bytes, 64);
    ck_assert_double_eq(r[2].bytes, 5);
    ck_assert_int_eq(r[2].status, SLG_ERR_NOT_SPD);
    slg_free(r);
    slg_rt_stop(&rt);
}
END_TEST

/* --- files ---------------------------------------------------------------------------------------------------- */

typedef struct counted {
    size_t n_span, n_task, n_part;
    int32_t iteration[64];
} counted;

static slg_status count(void *arg, const slg_trace_file *f, const slg_trace_span *s, slg_error *err)
{
    (void)err;
    counted *c = arg;
    ck_assert_uint_gt(f->n_worker, 0);
    ck_assert_double_gt(f->dgemm, 1e8);
    c->iteration[c->n_span++] = s->iteration;
    c->n_task += s->last - s->first;
    c->n_part += !s->complete;
    for (size_t i = s->first; i < s->last; i++) {
        const slg_trace_record *r = &f->record[i];
        ck_assert_double_ge(r->submitted, s->begin);
        ck_assert_double_ge(r->ready, r->submitted);
        ck_assert_double_ge(r->start, r->ready);
        ck_assert_double_ge(r->end, r->start);
        ck_assert_double_le(r->end, s->end);
        ck_assert_double_ge(r->data_wait, 0);
        ck_assert_int_eq(r->iteration, s->iteration);
        if (i > s->first && f->record[i - 1].worker == r->worker) /* a worker runs one task at a time */
            ck_assert_double_ge(r->start, f->record[i - 1].end);
    }
    return SLG_OK;
}

static counted count_all(const char *dir)
{
    counted c = {0};
    ck_assert_int_eq(slg_trace_each(dir, everything, count, &c, NULL), SLG_OK);
    return c;
}

START_TEST(every_task_is_in_the_files)
{
    const char *dir = traced_folder(5, 20);
    counted c = count_all(dir);
    ck_assert_uint_eq(c.n_span, 5);
    ck_assert_uint_eq(c.n_task, 5 * N_TASK);
    for (int32_t i = 0; i < 5; i++)
        ck_assert_int_eq(c.iteration[i], i);
    slg_trace_name *list;
    size_t n;
    ck_assert_int_eq(slg_trace_list(dir, &list, &n, NULL), SLG_OK);
    ck_assert_uint_eq(n, 3);
    ck_assert_str_eq(list[0].name, "s1-i000000-000001.h5");
    ck_assert_str_eq(list[2].name, "s1-i000004.h5");
    slg_free(list);
    c = (counted){0};
    ck_assert_int_eq(slg_trace_each(dir, (slg_trace_range){0, 1, 3}, count, &c, NULL), SLG_OK);
    ck_assert_uint_eq(c.n_task, 3 * N_TASK);
    slg_error err;
    slg_error_clear(&err);
    ck_assert_int_eq(slg_trace_each(dir, (slg_trace_range){2, 0, 9}, count, &c, &err), SLG_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(err.text, "iteration 0 to stage 1 iteration 4"));
    slg_test_remove(dir);
}
END_TEST

static size_t n_entries(const char *dir)
{
    char path[SLG_PATH];
    size_t n = 0;
    ck_assert_int_eq(slg_path_join(path, dir, "trace", NULL), SLG_OK);
    DIR *d = opendir(path);
    ck_assert_ptr_nonnull(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

START_TEST(policies_keep_what_they_say)
{
    static const struct {
        slg_keep keep;
        size_t n;
        int32_t first, step;
    } cases[] = {{{SLG_KEEP_ALL, 1}, 12, 0, 1},
                 {{SLG_KEEP_LAST, 3}, 3, 9, 1},
                 {{SLG_KEEP_SAMPLE, 4}, 3, 0, 4},
                 {{SLG_KEEP_LAST, 100}, 12, 0, 1}};
    slg_rt *rt = start_engine(SLG_RT_INLINE, 1, true);
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        const char *dir = slg_test_folder();
        slg_tracer *t = start_tracer(rt, dir, cases[k].keep);
        run_iterations(rt, t, 1, 0, 12, 1, N_BLOCK, 1);
        slg_tracer_free(&t);
        counted c = count_all(dir);
        ck_assert_uint_eq(c.n_span, cases[k].n);
        ck_assert_uint_eq(n_entries(dir), cases[k].n);
        for (size_t i = 0; i < c.n_span; i++)
            ck_assert_int_eq(c.iteration[i], cases[k].first + (int32_t)i * cases[k].step);
        slg_test_remove(dir);
    }
    const char *dir = slg_test_folder(); /* more iterations than wanted between two checkpoints */
    slg_tracer *t = start_tracer(rt, dir, (slg_keep){SLG_KEEP_LAST, 3});
    run_iterations(rt, t, 1, 0, 8, 8, 40, 1);
    slg_tracer_free(&t);
    counted c = count_all(dir);
    ck_assert_uint_eq(c.n_span, 3);
    ck_assert_uint_eq(c.n_task, 120);
    ck_assert_int_eq(c.iteration[0], 5);
    slg_test_remove(dir);
    slg_rt_stop(&rt);
    dir = slg_test_folder();
    rt = start_engine(SLG_RT_INLINE, 1, false);
    t = start_tracer(rt, dir, (slg_keep){SLG_KEEP_NONE, 1});
    ck_assert_ptr_null(t);
    run_iterations(rt, t, 1, 0, 2, 1, N_BLOCK, 1);
    slg_rt_stop(&rt);
    slg_error err;
    slg_error_clear(&err);
    c = (counted){0};
    ck_assert_int_eq(slg_trace_each(dir, everything, count, &c, &err), SLG_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(err.text, "no trace"));
    slg_test_remove(dir);
}
END_TEST

/* A run that was killed after iteration 7 resumes from a checkpoint at iteration 4, in groups of another size. */
START_TEST(iterations_done_again_replace_their_files)
{
    const char *dir = slg_test_folder();
    slg_rt *rt = start_engine(SLG_RT_INLINE, 1, true);
    slg_tracer *t = start_tracer(rt, dir, (slg_keep){SLG_KEEP_ALL, 1});
    run_iterations(rt, t, 1, 0, 8, 4, N_BLOCK, 1);
    slg_tracer_free(&t);
    t = start_tracer(rt, dir, (slg_keep){SLG_KEEP_ALL, 1});
    run_iterations(rt, t, 1, 4, 7, 1, N_BLOCK, 1);
    counted c = count_all(dir);
    ck_assert_uint_eq(c.n_span, 7);
    for (int32_t i = 0; i < 7; i++)
        ck_assert_int_eq(c.iteration[i], i);
    ck_assert_int_eq(slg_tracer_begin(t, 2, -1, NULL), SLG_OK); /* another stage: base, then iterations from 0 */
    ck_assert_int_eq(slg_tracer_end(t, true, 0, NULL), SLG_OK);
    run_iterations(rt, t, 2, 0, 2, 5, N_BLOCK, 1);
    c = count_all(dir);
    ck_assert_uint_eq(c.n_span, 10);
    ck_assert_int_eq(c.iteration[7], -1);
    ck_assert_int_eq(c.iteration[8], 0);
    run_iterations(rt, t, 1, 6, 8, 5, N_BLOCK, 1); /* back before it: what followed is void */
    c = count_all(dir);
    ck_assert_uint_eq(c.n_span, 8);
    slg_tracer_free(&t);
    slg_rt_stop(&rt);
    slg_test_remove(dir);
}
END_TEST

START_TEST(stopped_iterations_are_parts)
{
    const char *dir = slg_test_folder();
    slg_rt *rt = start_engine(SLG_RT_INLINE, 1, true);
    slg_block *block[N_BLOCK];
    make_blocks(rt, block);
    for (int run = 0; run < 3; run++) {
        slg_tracer *t = start_tracer(rt, dir, (slg_keep){SLG_KEEP_LAST, 5});
        if (run == 0)
            run_iterations(rt, t, 1, 0, 3, 10, N_BLOCK, 1);
        ck_assert_int_eq(slg_tracer_begin(t, 1, 3, NULL), SLG_OK);
        insert_graph(rt, block, 1, N_BLOCK + (size_t)run, 1, 3);
        ck_assert_int_eq(slg_tracer_end(t, run == 2, 0, NULL), SLG_OK);
        if (run == 2)
            ck_assert_int_eq(slg_tracer_flush(t, NULL), SLG_OK);
        slg_tracer_free(&t);
    }
    counted c = count_all(dir);
    ck_assert_uint_eq(c.n_span, 6);
    ck_assert_uint_eq(c.n_part, 2);
    ck_assert_uint_eq(c.n_task, 6 * N_BLOCK + 3);
    slg_rt_stop(&rt);
    slg_test_remove(dir);
}
END_TEST

/* A checkpoint in the middle of an iteration; the end of the iteration replaces what it wrote. */
START_TEST(saving_in_an_iteration)
{
    const char *dir = slg_test_folder();
    slg_rt *rt = start_engine(SLG_RT_STARPU, 2, true);
    slg_block *block[N_BLOCK];
    make_blocks(rt, block);
    slg_tracer *t = start_tracer(rt, dir, (slg_keep){SLG_KEEP_ALL, 1});
    run_iterations(rt, t, 1, 0, 3, 10, N_BLOCK, 1);
    for (int run = 0; run < 2; run++) {
        ck_assert_int_eq(slg_tracer_begin(t, 1, 3, NULL), SLG_OK);
        insert_graph(rt, block, 1, N_TASK, 30, 3);
        for (int k = 0; k < 3; k++) /* while tasks run */
            ck_assert_int_eq(slg_tracer_save(t, NULL), SLG_OK);
        slg_rt_wait(rt);
        ck_assert_int_eq(slg_tracer_save(t, NULL), SLG_OK);
        counted c = count_all(dir);
        ck_assert_uint_eq(c.n_span, (size_t)(4 + run));
        ck_assert_uint_eq(c.n_part, (size_t)(1 + run));
        ck_assert_uint_eq(c.n_task, 3 * N_BLOCK + (size_t)(1 + run) * N_TASK);
        if (run == 0) { /* killed here, and begun again */
            slg_tracer_free(&t);
            slg_trace_record *r;
            size_t n;
            ck_assert_int_eq(slg_rt_trace_take(rt, &r, &n, NULL), SLG_OK);
            slg_free(r);
            t = start_tracer(rt, dir, (slg_keep){SLG_KEEP_ALL, 1});
        }
    }
    ck_assert_int_eq(slg_tracer_end(t, true, 0, NULL), SLG_OK);
    ck_assert_int_eq(slg_tracer_save(t, NULL), SLG_OK);
    ck_assert_uint_eq(n_entries(dir), 4); /* killed here, the next run replaces the whole and needs the part */
    ck_assert_int_eq(slg_tracer_saved(t, NULL), SLG_OK);
    counted c = count_all(dir);
    ck_assert_uint_eq(c.n_span, 5);
    ck_assert_uint_eq(c.n_part, 1);
    ck_assert_uint_eq(n_entries(dir), 3);
    slg_tracer_free(&t);
    slg_rt_stop(&rt);
    slg_test_remove(dir);
}
END_TEST

START_TEST(damaged_files_are_left_out)
{
    const char *dir = traced_folder(4, 1);
    char path[SLG_PATH];
    ck_assert_int_eq(slg_trace_path(path, dir, "s1-i000000-000001.h5", NULL), SLG_OK);
    FILE *f = fopen(path, "r+");
    ck_assert_ptr_nonnull(f);
    fseek(f, 3000, SEEK_SET);
    fputs("damage", f);
    fclose(f);
    counted c = count_all(dir);
    ck_assert_uint_eq(c.n_span, 2);
    ck_assert_int_eq(c.iteration[0], 2);
    slg_test_remove(dir);
}
END_TEST

START_TEST(a_tracer_fails_once)
{
    char path[SLG_PATH];
    const char *dir = slg_test_folder();
    slg_rt *rt = start_engine(SLG_RT_INLINE, 1, true);
    slg_tracer *t = start_tracer(rt, dir, (slg_keep){SLG_KEEP_ALL, 1});
    slg_block *block[N_BLOCK];
    make_blocks(rt, block);
    ck_assert_int_eq(slg_path_join(path, dir, "trace", NULL), SLG_OK);
    ck_assert_int_eq(rmdir(path), 0);
    for (int i = 0; i < 3; i++) {
        slg_error err;
        slg_error_clear(&err);
        ck_assert_int_eq(slg_tracer_begin(t, 1, i, &err), SLG_OK);
        insert_graph(rt, block, 1, N_BLOCK, 1, i);
        ck_assert_int_eq(slg_tracer_end(t, true, 0, &err), SLG_OK);
        ck_assert_int_eq(slg_tracer_flush(t, &err), i == 0 ? SLG_ERR_IO : SLG_OK);
        ck_assert_uint_eq(err.n_message, i == 0);
    }
    slg_trace_record *r;
    size_t n;
    ck_assert_int_eq(slg_rt_trace_take(rt, &r, &n, NULL), SLG_OK);
    ck_assert_uint_eq(n, 0); /* the records did not pile up */
    slg_free(r);
    slg_tracer_free(&t);
    FILE *f = fopen(path, "w"); /* a file where the folder should be */
    ck_assert_ptr_nonnull(f);
    fclose(f);
    ck_assert_int_eq(slg_tracer_start(rt, dir, (slg_keep){SLG_KEEP_ALL, 1}, &t, NULL), SLG_ERR_IO);
    ck_assert_ptr_null(t);
    slg_rt_stop(&rt);
    slg_test_remove(dir);
}
END_TEST

/* --- allocation ----------------------------------------------------------------------------------------------- */

static slg_status write_once(slg_rt *rt, slg_block **block, const char *dir)
{
    slg_tracer *t = NULL;
    slg_status st = slg_tracer_start(rt, dir, (slg_keep){SLG_KEEP_LAST, 1}, &t, NULL);
    for (int i = 0; st == SLG_OK && i < 2; i++) {
        st = slg_tracer_begin(t, 1, i, NULL);
        slg_alloc_fail_after(-1);
        insert_graph(rt, block, 1, 30, 1, i);
        if (st == SLG_OK)
            st = slg_tracer_end(t, true, 0, NULL);
    }
    if (st == SLG_OK)
        st = slg_tracer_flush(t, NULL);
    slg_tracer_free(&t);
    return st;
}

static slg_status gather_late(slg_rt *rt, slg_block **block, const char *dir, long k)
{
    slg_tracer *t = start_tracer(rt, dir, (slg_keep){SLG_KEEP_LAST, 1});
    ck_assert_int_eq(slg_tracer_begin(t, 1, 0, NULL), SLG_OK);
    insert_graph(rt, block, 1, 30, 1, 0);
    slg_alloc_fail_after(k);
    slg_status st = slg_tracer_end(t, true, 0, NULL);
    if (st == SLG_OK)
        st = slg_tracer_flush(t, NULL);
    slg_alloc_fail_after(-1);
    slg_tracer_free(&t);
    return st;
}

static slg_status read_back(const char *dir, long k)
{
    slg_trace_summary s;
    slg_alloc_fail_after(k);
    slg_status st = slg_trace_summarise(dir, everything, &s, NULL);
    slg_alloc_fail_after(-1);
    if (st == SLG_OK)
        slg_trace_summary_free(&s);
    return st;
}

static slg_status export_back(const char *dir, long k, bool paje)
{
    FILE *out = fopen("/dev/null", "w");
    ck_assert_ptr_nonnull(out);
    slg_alloc_fail_after(k);
    slg_status st = paje ? slg_trace_paje(dir, everything, out, NULL) : slg_trace_dot(dir, everything, out, NULL);
    slg_alloc_fail_after(-1);
    fclose(out);
    return st;
}

START_TEST(every_allocation_may_fail)
{
    const char *dir = slg_test_folder();
    slg_rt *rt = start_engine(SLG_RT_INLINE, 1, true);
    slg_block *block[N_BLOCK];
    long k = 0, n[4];
    make_blocks(rt, block);
    for (slg_status st = SLG_ERR_NOMEM; st != SLG_OK; k++) {
        slg_alloc_fail_after(k);
        slg_tracer *t = NULL;
        st = slg_tracer_start(rt, dir, (slg_keep){SLG_KEEP_LAST, 1}, &t, NULL);
        slg_alloc_fail_after(-1);
        ck_assert(st == SLG_OK || st == SLG_ERR_NOMEM);
        slg_tracer_free(&t);
    }
    ck_assert_int_eq(write_once(rt, block, dir), SLG_OK);
    for (k = 0; gather_late(rt, block, dir, k) != SLG_OK; k++)
        ck_assert_int_lt(k, 1000);
    n[0] = k;
    for (k = 0; read_back(dir, k) != SLG_OK; k++)
        ck_assert_int_lt(k, 1000);
    n[1] = k;
    for (int paje = 0; paje < 2; paje++) {
        for (k = 0; export_back(dir, k, paje) != SLG_OK; k++)
            ck_assert_int_lt(k, 1000);
        n[2 + paje] = k;
    }
    for (int i = 0; i < 4; i++)
        ck_assert_int_gt(n[i], 5);
    slg_rt_stop(&rt);
    slg_test_remove(dir);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("trace");
    TCase *t = tcase_create("records");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, dependencies_are_the_recorders, 0, 2);
    tcase_add_loop_test(t, work_is_what_the_kind_says, 0, 2);
    suite_add_tcase(s, t);
    t = tcase_create("files");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, every_task_is_in_the_files);
    tcase_add_test(t, policies_keep_what_they_say);
    tcase_add_test(t, iterations_done_again_replace_their_files);
    tcase_add_test(t, stopped_iterations_are_parts);
    tcase_add_test(t, saving_in_an_iteration);
    tcase_add_test(t, damaged_files_are_left_out);
    tcase_add_test(t, a_tracer_fails_once);
    tcase_add_test(t, every_allocation_may_fail);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
