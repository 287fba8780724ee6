/* The graph of one particle: kinds, counts, edges and priorities, as the recorder back end sees them. */
#include "runtime/base/alloc.h"
#include "tests/support/study_support.h"

#include <stdlib.h>
#include <string.h>

static slg_error err;

/* Tasks [begin, end) of a recorded graph that belong to one flight. */
typedef struct section {
    slg_graph g;
    const slg_problem *p;
    size_t begin, end;
} section;

static bool is(const section *s, size_t t, const char *kind)
{
    return strcmp(s->g.task[t].kind, kind) == 0;
}

static size_t count(const section *s, const char *kind)
{
    size_t n = 0;
    for (size_t t = s->begin; t < s->end; t++)
        n += is(s, t, kind);
    return n;
}

static size_t deps_of_kind(const section *s, size_t t, const char *kind)
{
    size_t n = 0;
    for (size_t k = s->g.task[t].dep_first; k < s->g.task[t + 1].dep_first; k++)
        n += is(s, s->g.dep[k], kind);
    return n;
}

static size_t n_deps(const section *s, size_t t)
{
    return s->g.task[t + 1].dep_first - s->g.task[t].dep_first;
}

static bool depends(const section *s, size_t t, size_t on)
{
    for (size_t k = s->g.task[t].dep_first; k < s->g.task[t + 1].dep_first; k++)
        if (s->g.dep[k] == on)
            return true;
    return false;
}

/* The number-th (from 0) task of a kind and chunk (-1: any). */
static size_t find(const section *s, const char *kind, int32_t chunk, size_t number)
{
    for (size_t t = s->begin; t < s->end; t++)
        if (is(s, t, kind) && (chunk < 0 || s->g.task[t].chunk == chunk) && number-- == 0)
            return t;
    ck_abort_msg("no task %s of chunk %d", kind, (int)chunk);
}

static size_t count_chunk(const section *s, const char *kind, int32_t chunk)
{
    size_t n = 0;
    for (size_t t = s->begin; t < s->end; t++)
        n += is(s, t, kind) && s->g.task[t].chunk == chunk;
    return n;
}

static void mark_before(const section *s, size_t t, unsigned char *seen)
{
    if (seen[t])
        return;
    seen[t] = 1;
    for (size_t k = s->g.task[t].dep_first; k < s->g.task[t + 1].dep_first; k++)
        mark_before(s, s->g.dep[k], seen);
}

static size_t n_blocks(const slg_problem *p)
{
    size_t n = 0;
    for (int32_t s = 0; s < p->n_part; s++)
        n += p->instances[s].n > 0;
    return n;
}

static size_t n_chunks(const slg_problem *p)
{
    size_t n = 0;
    for (int32_t s = 0; s < p->n_part; s++)
        n += p->instances[s].n_chunk;
    return n;
}

/* --- what must hold for each kind ------------------------------------------------------------------------------ */

static void check_descriptors(const section *s)
{
    size_t b = 0;
    for (int32_t c = 0; c < s->p->n_part; c++) {
        if (s->p->instances[c].n == 0)
            continue;
        size_t plan = find(s, "plan", (int32_t)b, 0);
        ck_assert_uint_eq(n_deps(s, plan), 0);
        for (size_t i = 0; i < s->p->instances[c].n_chunk; i++) {
            size_t d = plan + 1 + i;
            ck_assert(is(s, d, "descriptor") && n_deps(s, d) == 1 && depends(s, d, plan));
        }
        b++;
    }
    ck_assert_uint_eq(count(s, "plan"), n_blocks(s->p));
    ck_assert_uint_eq(count(s, "descriptor"), n_chunks(s->p));
}

static void check_selection(const section *s)
{
    size_t b = 0;
    for (int32_t c = 0; c < s->p->n_part; c++) {
        if (s->p->instances[c].n == 0)
            continue;
        size_t sel = find(s, "sparse-selection", (int32_t)b, 0), kmm = find(s, "sparse-kernel", (int32_t)b, 0);
        size_t plan = find(s, "plan", (int32_t)b, 0);
        ck_assert_uint_eq(n_deps(s, sel), s->p->instances[c].n_chunk);
        for (size_t i = 0; i < s->p->instances[c].n_chunk; i++)
            ck_assert(depends(s, sel, plan + 1 + i));
        ck_assert(n_deps(s, kmm) == 2 && depends(s, kmm, sel) && depends(s, kmm, plan));
        b++;
    }
    ck_assert_uint_eq(count(s, "sparse-selection"), n_blocks(s->p));
    ck_assert_uint_eq(count(s, "sparse-kernel"), n_blocks(s->p));
}

/* Rows of batch i: chained on the ring's block, which the fold of batch i - n_ring must have left. */
static void check_rows(const section *s, size_t batch, size_t n_ring)
{
    int32_t c = (int32_t)batch;
    size_t n = count_chunk(s, "design-rows", c), nb = n_blocks(s->p);
    ck_assert_uint_ge(n, 1);
    ck_assert_uint_le(n, s->p->train.batch[batch].n_slice);
    for (size_t i = 0; i < n; i++) {
        size_t t = find(s, "design-rows", c, i);
        ck_assert_uint_eq(deps_of_kind(s, t, "plan"), nb);
        ck_assert_uint_eq(deps_of_kind(s, t, "sparse-selection"), nb);
        bool waits = i == 0 && batch >= n_ring;
        ck_assert_uint_eq(n_deps(s, t), 2 * nb + (i > 0 || waits));
        ck_assert(i == 0 || depends(s, t, find(s, "design-rows", c, i - 1)));
        ck_assert_msg(!waits || depends(s, t, find(s, "fold", (int32_t)(batch - n_ring), 0)),
                      "rows of batch %zu do not wait for the fold of batch %zu", batch, batch - n_ring);
    }
}

static void check_fold(const section *s, size_t batch, size_t n_acc)
{
    int32_t c = (int32_t)batch;
    size_t t = find(s, "fold", c, 0), nb = n_blocks(s->p);
    ck_assert_uint_eq(n_deps(s, t), 3 * nb + 1 + (batch >= n_acc));
    ck_assert_uint_eq(deps_of_kind(s, t, "sparse-kernel"), nb);
    ck_assert(depends(s, t, find(s, "design-rows", c, count_chunk(s, "design-rows", c) - 1)));
    ck_assert_msg(batch < n_acc || depends(s, t, find(s, "fold", (int32_t)(batch - n_acc), 0)),
                  "fold %zu does not follow fold %zu of its accumulator", batch, batch - n_acc);
}

static void check_solution(const section *s, size_t n_acc)
{
    size_t fit = find(s, "fit", -1, 0), nb = n_blocks(s->p);
    ck_assert_uint_eq(count(s, "fit"), 1);
    ck_assert_uint_eq(count(s, "gram-add"), n_acc - 1);
    ck_assert_uint_eq(n_deps(s, fit), 3 * nb + 1);
    unsigned char *seen = calloc(s->end, 1);
    mark_before(s, fit, seen);
    for (size_t t = s->begin; t < fit; t++)
        ck_assert_msg(seen[t], "the fit does not wait for task %zu (%s)", t, s->g.task[t].kind);
    free(seen);
}

static void check_validation(const section *s)
{
    const slg_side *v = &s->p->validation;
    size_t fit = find(s, "fit", -1, 0), merge = find(s, "merge-errors", -1, 0);
    for (size_t i = 0; i < v->n_batch; i++) {
        int32_t c = (int32_t)i;
        size_t n = count_chunk(s, "validation", c), e = find(s, "errors", c, 0);
        for (size_t k = 0; k < n; k++) {
            size_t t = find(s, "validation", c, k);
            ck_assert(depends(s, t, fit));
            ck_assert(k == 0 || depends(s, t, find(s, "validation", c, k - 1)));
        }
        ck_assert(n_deps(s, e) == 1 && depends(s, e, find(s, "validation", c, n - 1)));
        ck_assert(depends(s, merge, e));
    }
    ck_assert_uint_eq(count(s, "errors"), v->n_batch);
    ck_assert_uint_eq(n_deps(s, merge), v->n_batch);
    ck_assert_uint_eq(merge, s->end - 1);
}

static void check_priorities(const section *s, int particle_priority)
{
    static const struct {
        const char *kind;
        slg_rank rank;
    } want[] = {{"plan", SLG_RANK_PLAN},
                {"descriptor", SLG_RANK_DESCRIPTOR},
                {"sparse-selection", SLG_RANK_SELECTION},
                {"sparse-kernel", SLG_RANK_SPARSE_KERNEL},
                {"design-rows", SLG_RANK_ROWS},
                {"fold", SLG_RANK_FOLD},
                {"gram-add", SLG_RANK_FOLD},
                {"fit", SLG_RANK_FIT},
                {"validation", SLG_RANK_VALIDATION},
                {"errors", SLG_RANK_VALIDATION},
                {"merge-errors", SLG_RANK_SCORE},
                {"reference", SLG_RANK_SCORE},
                {"kernel-stat", SLG_RANK_SCORE},
                {"merge-moments", SLG_RANK_SCORE},
                {"residual", SLG_RANK_SCORE}};
    for (size_t t = s->begin; t < s->end; t++) {
        size_t k = 0;
        while (k < sizeof want / sizeof *want && !is(s, t, want[k].kind))
            k++;
        ck_assert_msg(k < sizeof want / sizeof *want, "unknown task kind %s", s->g.task[t].kind);
        ck_assert_int_eq(s->g.task[t].priority, particle_priority * SLG_N_RANK + (int)want[k].rank);
    }
}

static void check_stays_inside(const section *s)
{
    for (size_t k = s->g.task[s->begin].dep_first; k < s->g.task[s->end].dep_first; k++)
        ck_assert_msg(s->g.dep[k] >= s->begin && s->g.dep[k] < s->end, "an edge between two particles");
}

static void check_full(const section *s, size_t n_ring)
{
    size_t n_batch = s->p->train.n_batch, n_acc = n_batch < 4 ? n_batch : 4;
    check_stays_inside(s);
    check_descriptors(s);
    check_selection(s);
    for (size_t i = 0; i < n_batch; i++) {
        check_rows(s, i, n_ring < n_batch ? n_ring : n_batch);
        check_fold(s, i, n_acc);
    }
    check_solution(s, n_acc);
    check_validation(s);
    size_t known = 3 * n_blocks(s->p) + n_chunks(s->p) + count(s, "design-rows") + n_batch + n_acc - 1 + 1 +
                   count(s, "validation") + s->p->validation.n_batch + 1;
    ck_assert_uint_eq(s->end - s->begin, known);
}

static section submit(slg_flight *f, int priority, int32_t particle)
{
    section s = {.p = f->e->p};
    slg_outcome out = slg_outcome_empty();
    ck_ok(slg_rt_graph(f->e->rt, &s.g, &err), &err);
    s.begin = s.g.n_task;
    f->at = (slg_place){2, particle, -1, priority, NULL, NULL};
    ck_ok(slg_flight_submit(f, NULL, &out, &err), &err);
    ck_ok(slg_rt_graph(f->e->rt, &s.g, &err), &err);
    s.end = s.g.n_task;
    for (size_t t = s.begin; t < s.end; t++)
        ck_assert(s.g.task[t].particle == particle && s.g.task[t].iteration == 2);
    return s;
}

/** A study in the recorder. */
typedef struct scene {
    slg_config *cfg;
    slg_problem *p;
    slg_rt *rt;
    slg_evaluator *e;
} scene;

static scene open_scene(const char *folder, const char *text)
{
    scene x = {.cfg = study_parse(folder, text)};
    x.p = study_problem(x.cfg);
    x.rt = study_engine(SLG_RT_RECORD, 0, NULL);
    x.e = study_evaluator(x.p, x.rt);
    return x;
}

static void close_scene(scene *x)
{
    slg_evaluator_free(&x->e);
    slg_rt_stop(&x->rt);
    slg_problem_free(&x->p);
    slg_config_free(&x->cfg);
}

static slg_flight flight(const scene *x, unsigned needs)
{
    const slg_hp_set hp = study_values(x->p);
    return study_flight(x->e, needs, &hp);
}

/* --- tests ----------------------------------------------------------------------------------------------------- */

static const struct {
    const char *folder, *text;
    size_t batches, rows, validations; /* training batches; tasks: known numbers of these data */
} example[] = {{"c2-dimer", study_dimer, 1, 1, 1},
               {"silicon", study_silicon, 9, 9, 2},
               {"cho-molecules", study_molecules, 14, 14, 4},
               {"silicon", study_silicon, 9, 25, 2}}; /* a larger basis: several tasks a batch */

START_TEST(full_flights)
{
    scene x = open_scene(example[_i].folder, example[_i].text);
    slg_flight f = flight(&x, SLG_NEED_PREDICTIONS);
    if (_i == 3) {
        *study_hp(x.p, &f.hp, "alpha_max") = *study_hp(x.p, &f.hp, "l_max") = 8;
        *study_hp(x.p, &f.hp, "n_sparse") = 120;
    }
    section s = submit(&f, 0, 0);
    check_full(&s, 4); /* the recorder has one worker: 2 + 2 row blocks */
    check_priorities(&s, 0);
    ck_assert_uint_eq(x.p->train.n_batch, example[_i].batches);
    ck_assert_uint_eq(count(&s, "design-rows"), example[_i].rows);
    ck_assert_uint_eq(count(&s, "validation"), example[_i].validations);
    slg_flight_release(&f);
    close_scene(&x);
}
END_TEST

START_TEST(several_particles)
{
    scene x = open_scene("cho-molecules", study_molecules);
    slg_flight f[3];
    section s[3];
    for (int i = 0; i < 3; i++) {
        f[i] = flight(&x, i == 1 ? SLG_NEED_KERNEL : SLG_NEED_PREDICTIONS);
        s[i] = submit(&f[i], 10 - i, i);
    }
    ck_ok(slg_rt_graph(x.rt, &s[0].g, &err), &err);
    for (int i = 0; i < 3; i++) {
        s[i].g = s[0].g;
        check_stays_inside(&s[i]);
        check_priorities(&s[i], 10 - i);
    }
    ck_assert_uint_eq(s[2].end - s[2].begin, s[0].end - s[0].begin);
    for (size_t a = s[0].begin; a < s[0].end; a++) /* every task of an older particle before all of a younger one */
        for (size_t b = s[1].begin; b < s[2].end; b++)
            ck_assert_int_gt(s[0].g.task[a].priority, s[0].g.task[b].priority);
    for (int i = 0; i < 3; i++)
        slg_flight_release(&f[i]);
    close_scene(&x);
}
END_TEST

START_TEST(statistics_flights)
{
    scene x = open_scene(example[_i].folder, example[_i].text);
    slg_flight f = flight(&x, SLG_NEED_KERNEL);
    section s = submit(&f, 7, 0);
    check_stays_inside(&s);
    check_descriptors(&s);
    check_priorities(&s, 7);
    size_t nb = n_blocks(x.p), nc = n_chunks(x.p), merge = s.end - 1;
    ck_assert_uint_eq(count(&s, "reference"), nb);
    ck_assert_uint_eq(count(&s, "kernel-stat"), nc);
    ck_assert_uint_eq(s.end - s.begin, 2 * nb + 2 * nc + 1);
    ck_assert(is(&s, merge, "merge-moments"));
    ck_assert_uint_eq(deps_of_kind(&s, merge, "kernel-stat"), nc);
    size_t gathered = 0;
    for (size_t t = s.begin; t < s.end; t++) {
        if (is(&s, t, "kernel-stat"))
            ck_assert(deps_of_kind(&s, t, "descriptor") == 1 && deps_of_kind(&s, t, "reference") == 1);
        if (is(&s, t, "reference"))
            gathered += deps_of_kind(&s, t, "descriptor");
    }
    ck_assert_uint_eq(gathered, nc);
    slg_flight_release(&f);
    close_scene(&x);
}
END_TEST

/* Stage 2: a base once, then two tasks a particle (fit, residual), or a fit with predictions. */
START_TEST(flights_on_a_base)
{
    scene x = open_scene("silicon", study_silicon);
    slg_flight base = flight(&x, 0);
    slg_error ignored = {0};
    ck_assert_int_eq(slg_flight_build_base(&base, &ignored), SLG_STOPPED); /* nothing runs here */
    section s = {.p = x.p};
    ck_ok(slg_rt_graph(x.rt, &s.g, &err), &err);
    s.end = s.g.n_task;
    size_t n_batch = x.p->train.n_batch + x.p->validation.n_batch, known[2];
    ck_assert_uint_eq(count(&s, "fold"), n_batch);
    ck_assert_uint_eq(count(&s, "gram-add"), 3 + x.p->validation.n_batch - 1);
    ck_assert_uint_eq(count(&s, "fit") + count(&s, "validation"), 0);
    for (int predict = 0; predict < 2; predict++) {
        slg_flight f = flight(&x, predict ? SLG_NEED_PREDICTIONS : SLG_NEED_ERRORS);
        slg_outcome out = slg_outcome_empty();
        f.at = (slg_place){0, 1, -1, 5, NULL, NULL};
        ck_ok(slg_flight_submit(&f, &base, &out, &err), &err);
        s.begin = s.end;
        ck_ok(slg_rt_graph(x.rt, &s.g, &err), &err);
        s.end = s.g.n_task;
        known[predict] = s.end - s.begin;
        check_priorities(&s, 5);
        ck_assert(is(&s, s.begin, "fit") && n_deps(&s, s.begin) == 3 + 1);
        ck_assert(predict || (is(&s, s.begin + 1, "residual") && depends(&s, s.begin + 1, s.begin)));
        slg_flight_release(&f);
    }
    ck_assert_uint_eq(known[0], 2);
    ck_assert_uint_eq(known[1], 1 + count(&s, "validation") + x.p->validation.n_batch + 1);
    slg_flight_release(&base);
    close_scene(&x);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("graph of a particle");
    TCase *t = tcase_create("graph");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, full_flights, 0, 4);
    tcase_add_test(t, several_particles);
    tcase_add_loop_test(t, statistics_flights, 0, 3);
    tcase_add_test(t, flights_on_a_base);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
