/*
 * An iteration interrupted after any number of results and resumed from its checkpoint: nothing of it may change a
 * result.
 */
#include "runtime/base/alloc.h"
#include "src/search/loop.h"
#include "src/search/store.h"
#include "tests/support/study_support.h"

#include <stdio.h>
#include <stdlib.h>

static slg_error err;

static const char *join(const char *folder, const char *name)
{
    static char ring[4][SLG_PATH];
    static int turn;
    char *path = ring[turn = (turn + 1) % 4];
    ck_ok(slg_path_join(path, folder, name, &err), &err);
    return path;
}

/** A search step by step in this process. */
typedef struct stepper {
    slg_search s;
    slg_rt *rt;
    slg_evaluator *e;
    slg_loop loop;
    size_t stop_after; /* results until the engine is cancelled, 0 = never */
} stepper;

static slg_status count_results(void *arg, slg_error *e)
{
    stepper *x = arg;
    (void)e;
    if (x->stop_after > 0 && --x->stop_after == 0)
        x->loop.x->cancel(x->loop.x);
    return SLG_OK;
}

static void close_engine(stepper *x)
{
    if (x->loop.x)
        x->loop.x->free(x->loop.x);
    slg_evaluator_free(&x->e);
    if (x->rt)
        slg_rt_stop(&x->rt);
}

static void new_engine(stepper *x)
{
    close_engine(x);
    x->rt = study_engine(SLG_RT_INLINE, 0, NULL);
    x->e = study_evaluator(x->s.p, x->rt);
    x->loop = (slg_loop){.s = &x->s, .between = count_results, .arg = x};
    ck_ok(slg_executor_local(x->e, &x->loop.x, &err), &err);
    ck_ok(x->loop.x->begin(x->loop.x, slg_search_phase(&x->s), &x->s.base, &err), &err);
    ck_ok(slg_loop_complete_best(&x->loop, &err), &err);
}

/* Saves, loads into a new state, saves that again: the same bytes; goes on with the loaded one. */
static void through_checkpoint(stepper *x, const char *folder)
{
    const char *a = join(folder, "a"), *b = join(folder, "b");
    slg_search loaded;
    ck_ok(slg_make_folder(a, &err), &err);
    ck_ok(slg_make_folder(b, &err), &err);
    ck_ok(slg_search_save(&x->s, a, &err), &err);
    ck_ok(slg_search_start(&loaded, x->s.p, &err), &err);
    ck_ok(slg_search_load(&loaded, a, &err), &err);
    ck_ok(slg_search_save(&loaded, b, &err), &err);
    study_same_file(a, b, "study.h5");
    slg_search_free(&loaded);
    const slg_problem *p = x->s.p;
    slg_search_free(&x->s);
    ck_ok(slg_search_start(&x->s, p, &err), &err);
    ck_ok(slg_search_load(&x->s, a, &err), &err);
}

/* One iteration that is interrupted after each `every` results (0: not at all). */
static void iterate(stepper *x, size_t every, const char *folder)
{
    slg_status st;
    for (x->stop_after = every; (st = slg_loop_evaluate(&x->loop, &err)) == SLG_STOPPED; x->stop_after = every) {
        through_checkpoint(x, folder);
        new_engine(x);
    }
    ck_ok(st, &err);
    x->stop_after = 0;
    ck_ok(slg_loop_complete_best(&x->loop, &err), &err);
    slg_search_close_iteration(&x->s);
    ck_ok(slg_search_open_iteration(&x->s, &err), &err);
    if (every > 0)
        through_checkpoint(x, folder);
}

static void run_phase(stepper *x, size_t every, const char *folder)
{
    new_engine(x);
    for (int64_t i = 0; i < slg_search_phase(&x->s)->iterations; i++)
        iterate(x, every, folder);
    ck_ok(slg_search_end_phase(&x->s, &err), &err);
}

static void search(const slg_problem *p, size_t every, const char *folder, const char *out)
{
    stepper x = {0};
    ck_ok(slg_search_start(&x.s, p, &err), &err);
    ck_ok(slg_search_begin_phase(&x.s, 0, &err), &err);
    ck_ok(slg_search_open_iteration(&x.s, &err), &err);
    while (!slg_search_finished(&x.s))
        run_phase(&x, every, folder);
    if (every > 0)
        through_checkpoint(&x, folder);
    const char *dir = join(folder, out);
    ck_ok(slg_make_folder(dir, &err), &err);
    ck_ok(slg_write_trials(&x.s, dir, &err), &err);
    ck_ok(slg_write_best(&x.s, dir, &err), &err);
    close_engine(&x);
    slg_search_free(&x.s);
}

START_TEST(every_result)
{
    static const char *const name[] = {"trials.csv", "best/potential.xml", "best/result.json"};
    const char *folder = slg_test_folder();
    static const char validation[] = "validation: same", folds[] = "validation: {folds: 3}";
    const char *text = _i & 1 ? study_search2 : study_search1;
    slg_config *cfg = study_parse_with("c2-dimer", text, validation, _i & 2 ? folds : validation);
    slg_problem *p = study_problem(cfg);
    search(p, 0, folder, "whole");
    for (size_t every = 1; every <= 3; every++) {
        search(p, every, folder, "parts");
        for (size_t k = 0; k < sizeof name / sizeof *name; k++)
            study_same_file(join(folder, "whole"), join(folder, "parts"), name[k]);
    }
    slg_problem_free(&p);
    slg_config_free(&cfg);
    slg_test_remove(folder);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("resume");
    TCase *t = tcase_create("resume");
    tcase_set_timeout(t, 200);
    tcase_add_loop_test(t, every_result, 0, 4);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
