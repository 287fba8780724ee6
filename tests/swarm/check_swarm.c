/* Dimensions, one hand-computed step, bounds, bests, failures, determinism and restart. */
#include "runtime/base/alloc.h"
#include "runtime/base/rng.h"
#include "src/swarm/swarm.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

static const slg_space mixed = {.n_dim = 5,
                                .dim = {{.name = "range", .kind = SLG_DIM_RANGE, .lo = -3, .hi = 0.7},
                                        {.name = "log", .kind = SLG_DIM_LOG, .lo = 1e-3, .hi = 0.1},
                                        {.name = "int", .kind = SLG_DIM_INT, .lo = -2, .hi = 9},
                                        {.name = "choice", .kind = SLG_DIM_CHOICE, .n_choice = 3, .choice = {4, 1, 8}},
                                        {.name = "point", .kind = SLG_DIM_RANGE, .lo = 2, .hi = 2}}};

static slg_space box(size_t n, double lo, double hi)
{
    slg_space s = {.n_dim = n};
    for (size_t d = 0; d < n; d++)
        s.dim[d] = (slg_dim){.name = "x", .kind = SLG_DIM_RANGE, .lo = lo, .hi = hi};
    return s;
}

static slg_swarm *make(const slg_space *space, const slg_swarm_rule *rule, size_t n, uint64_t seed)
{
    slg_swarm *s = NULL;
    slg_error err;
    slg_error_clear(&err);
    ck_assert_msg(slg_swarm_create(space, rule, n, seed, &s, &err) == SLG_OK, "%s", err.text);
    return s;
}

static slg_swarm_rule preset(const char *name)
{
    slg_swarm_rule r;
    ck_assert(slg_swarm_preset(name, &r));
    return r;
}

START_TEST(presets)
{
    slg_swarm_rule r = preset("paper");
    ck_assert(r.method == SLG_SWARM_PSO && r.bounds == SLG_BOUNDS_REDRAW);
    ck_assert(r.inertia == 0 && r.c1 == 1 && r.c2 == 2 && r.dt == 1);
    r = preset("inertia");
    ck_assert(r.bounds == SLG_BOUNDS_CLAMP && r.inertia == 0.729 && r.c1 == 1.494 && r.c2 == 1.494);
    ck_assert(preset("random").method == SLG_SWARM_RANDOM);
    ck_assert(!slg_swarm_preset("Paper", &r));
}
END_TEST

START_TEST(decode_known_values)
{
    const slg_dim *d = mixed.dim;
    ck_assert(slg_dim_decode(d, 0) == -3 && slg_dim_decode(d, 1) == 0.7);
    ck_assert_double_eq_tol(slg_dim_decode(d, 0.25), -2.075, 1e-15);
    ck_assert(slg_dim_decode(d + 1, 0) == 1e-3 && slg_dim_decode(d + 1, 1) <= 0.1);
    ck_assert_double_eq_tol(slg_dim_decode(d + 1, 1), 0.1, 1e-15);
    ck_assert_double_eq_tol(slg_dim_decode(d + 1, 0.5), 0.01, 1e-16);
    ck_assert(slg_dim_decode(d + 2, 0) == -2 && slg_dim_decode(d + 2, 1) == 9);
    ck_assert(slg_dim_decode(d + 2, 0.0833) == -2 && slg_dim_decode(d + 2, 0.0834) == -1);
    ck_assert(slg_dim_decode(d + 3, 0.33) == 4 && slg_dim_decode(d + 3, 0.34) == 1);
    ck_assert(slg_dim_decode(d + 3, 1) == 8 && slg_dim_decode(d + 4, 0.3) == 2);
    ck_assert(slg_dim_decode(d, -7) == -3 && slg_dim_decode(d, 7) == 0.7);
    ck_assert(slg_dim_decode(d + 3, (double)NAN) == 4);
    ck_assert(slg_dim_encode(d, 99) == 1 && slg_dim_encode(d, -99) == 0);
    ck_assert(slg_dim_encode(d + 1, -1) == 0 && slg_dim_encode(d + 2, 50) == 11.5 / 12);
    ck_assert(slg_dim_encode(d + 3, 7.3) == 2.5 / 3 && slg_dim_encode(d + 4, 2) == 0.5);
}
END_TEST

START_TEST(encode_inverts_decode)
{
    for (size_t k = 0; k + 1 < mixed.n_dim; k++) {
        const slg_dim *d = &mixed.dim[k];
        for (uint32_t i = 0; i < 2000; i++) {
            double u = slg_rng_u01(11, SLG_STREAM_TEST, i, (uint32_t)k, 0);
            double value = slg_dim_decode(d, u), back = slg_dim_encode(d, value);
            ck_assert(slg_dim_decode(d, back) == value || k < 2);
            double n = k == 2 ? 12 : 3, want = k < 2 ? u : (floor(u * n) + 0.5) / n;
            ck_assert_double_eq_tol(back, want, 1e-14);
        }
    }
}
END_TEST

/* Every cell of an integer is drawn equally often: 12 cells, 5 standard errors. */
START_TEST(cells_are_equal)
{
    slg_swarm_rule r = preset("random");
    slg_swarm *s = make(&mixed, &r, 12000, 3);
    int count[12] = {0};
    double v[5];
    for (size_t p = 0; p < s->n_particle; p++) {
        slg_swarm_values(s, p, v);
        count[(int)v[2] + 2]++;
    }
    for (int i = 0; i < 12; i++)
        ck_assert_int_lt(abs(count[i] - 1000), 160);
    slg_swarm_free(&s);
}
END_TEST

/* Eqs. 15 and 16 written out for two particles in two dimensions, second iteration, dt = 2. */
START_TEST(one_step_by_hand)
{
    slg_space sp = box(2, 0, 1);
    slg_swarm_rule r = preset("paper");
    r.dt = 2;
    slg_swarm *s = make(&sp, &r, 2, 42);
    double x[2][2] = {{0.2, 0.3}, {0.6, 0.8}}, own[2][2] = {{0.25, 0.35}, {0.6, 0.8}}, goal[2] = {0.25, 0.35};
    memcpy(s->x, x, sizeof x);
    memcpy(s->best_x, own, sizeof own);
    memcpy(s->global_x, goal, sizeof goal);
    s->best_f[0] = s->global_f = 1;
    s->best_f[1] = 5;
    s->iteration = 1;
    slg_swarm_tell(s, 0, 3);
    slg_swarm_tell(s, 1, 5);
    slg_swarm_step(s);
    for (uint32_t p = 0; p < 2; p++)
        for (uint32_t d = 0; d < 2; d++) {
            double r1 = slg_rng_u01(42, SLG_STREAM_SWARM_LOCAL, 1, p, d);
            double r2 = slg_rng_u01(42, SLG_STREAM_SWARM_GLOBAL, 1, p, d);
            double v = 1 * r1 * (own[p][d] - x[p][d]) / 2 + 2 * r2 * (goal[d] - x[p][d]) / 2;
            ck_assert_double_eq_tol(s->v[2 * p + d], v, 1e-15);
            ck_assert_double_eq_tol(s->x[2 * p + d], x[p][d] + v, 1e-15);
        }
    ck_assert(s->iteration == 2 && isnan(s->f[0]) && s->global_f == 1);
    slg_swarm_free(&s);
}
END_TEST

/* One component placed so that v leaves it alone (no pull) and inertia drives it over or onto a
 * bound. */
static slg_swarm *driven(int bounds, double x, double v)
{
    static slg_space sp;
    sp = box(1, 0, 1);
    slg_swarm_rule r = preset("paper");
    r.inertia = 1;
    memcpy(&r.bounds, &bounds, sizeof r.bounds);
    slg_swarm *s = make(&sp, &r, 1, 5);
    s->x[0] = x;
    s->v[0] = v;
    slg_swarm_step(s); /* failed particle: inertia only */
    return s;
}

static void expect(slg_swarm *s, double x, double v)
{
    ck_assert_double_eq_tol(s->x[0], x, 1e-15);
    ck_assert_double_eq_tol(s->v[0], v, 1e-15);
    slg_swarm_free(&s);
}

START_TEST(bound_rules)
{
    double redrawn = slg_rng_u01(5, SLG_STREAM_SWARM_REDRAW, 0, 0, 0);
    expect(driven(SLG_BOUNDS_REDRAW, 0.75, 0.5), redrawn, 0.5);
    expect(driven(SLG_BOUNDS_REDRAW, 0.75, 0.25), 0.75, 0.25); /* exactly on the bound */
    expect(driven(SLG_BOUNDS_REDRAW, 0.25, -0.25), 0.25, -0.25);
    expect(driven(SLG_BOUNDS_CLAMP, 0.75, 0.5), 1, 0);
    expect(driven(SLG_BOUNDS_CLAMP, 0.75, -1), 0, 0);
    expect(driven(SLG_BOUNDS_CLAMP, 0.75, 0.25), 1, 0.25);
    expect(driven(SLG_BOUNDS_REFLECT, 0.75, 0.5), 0.75, -0.5);
    expect(driven(SLG_BOUNDS_REFLECT, 0.25, -0.5), 0.25, 0.5);
    expect(driven(SLG_BOUNDS_REFLECT, 0.5, 2.25), 0.75, -2.25);
    expect(driven(SLG_BOUNDS_REDRAW, 0.25, 0.5), 0.75, 0.5);
}
END_TEST

START_TEST(failures_are_no_bests)
{
    slg_space sp = box(3, 0, 1);
    slg_swarm_rule r = preset("paper");
    slg_swarm *s = make(&sp, &r, 4, 9);
    double start[12];
    memcpy(start, s->x, sizeof start);
    double bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    for (size_t p = 0; p < 3; p++)
        slg_swarm_tell(s, p, bad[p]);
    slg_swarm_step(s); /* nothing succeeded: no pull at all */
    ck_assert(isinf(s->global_f) && isinf(s->best_f[2]));
    ck_assert_mem_eq(start, s->x, sizeof start);
    slg_swarm_tell(s, 3, 2.5);
    slg_swarm_tell(s, 2, 2.5); /* tie: the earlier particle stays */
    slg_swarm_step(s);
    ck_assert(s->global_f == 2.5 && isinf(s->best_f[0]));
    ck_assert_mem_eq(s->global_x, start + 6, 3 * sizeof(double));
    ck_assert_mem_eq(s->x + 6, start + 6, 3 * sizeof(double)); /* the best one freezes (v = 0) */
    for (size_t d = 0; d < 3; d++) {                           /* no own best: only the common pull */
        double r2 = slg_rng_u01(9, SLG_STREAM_SWARM_GLOBAL, 1, 0, (uint32_t)d);
        ck_assert_double_eq_tol(s->v[d], 2 * r2 * (start[6 + d] - start[d]), 1e-15);
    }
    slg_swarm_free(&s);
}
END_TEST

START_TEST(goal_of_the_iteration)
{
    slg_space sp = box(1, 0, 1);
    slg_swarm_rule r = preset("paper");
    r.gbest = SLG_GBEST_ITERATION;
    slg_swarm *s = make(&sp, &r, 2, 21);
    s->x[0] = s->best_x[0] = 0.4;
    s->x[1] = s->best_x[1] = 0.6;
    s->global_x[0] = 0.1;
    s->global_f = s->best_f[0] = s->best_f[1] = 0;
    slg_swarm_tell(s, 0, 2);
    slg_swarm_tell(s, 1, 1);
    slg_swarm_step(s);
    double r2 = slg_rng_u01(21, SLG_STREAM_SWARM_GLOBAL, 0, 0, 0);
    ck_assert_double_eq_tol(s->v[0], 2 * r2 * 0.2, 1e-15);
    ck_assert(s->v[1] == 0 && s->global_x[0] == 0.1);
    slg_swarm_free(&s);
}
END_TEST

START_TEST(placed_particles)
{
    slg_swarm_rule r = preset("inertia");
    slg_swarm *s = make(&mixed, &r, 2, 1);
    double want[5] = {0.5, 0.02, 7, 8, 2}, got[5], old = s->x[5 + 1];
    bool given[5] = {true, false, true, true, true};
    slg_swarm_place(s, 1, want, given);
    slg_swarm_values(s, 1, got);
    ck_assert_double_eq_tol(got[0], 0.5, 1e-15);
    ck_assert(got[2] == 7 && got[3] == 8 && s->x[5 + 1] == old);
    slg_swarm_free(&s);
}
END_TEST

/* Objective with a failure here and there and the optimum in a corner, so that the bounds work
 * hard. */
static double corner(const slg_swarm *s, size_t p)
{
    double sum = 0;
    for (size_t d = 0; d < s->n_dim; d++)
        sum += fabs(s->x[p * s->n_dim + d] - (double)(d % 2));
    return fmod(sum * 1e3, 7) < 0.5 ? (double)NAN : sum;
}

static void iterate(slg_swarm *s, int n)
{
    for (int i = 0; i < n; i++) {
        double before = s->global_f;
        for (size_t p = s->n_particle; p-- > 0;) /* order of telling does not matter */
            slg_swarm_tell(s, p, corner(s, p));
        slg_swarm_step(s);
        ck_assert(s->global_f <= before);
        for (size_t k = 0; k < s->n_particle * s->n_dim; k++)
            ck_assert(s->x[k] >= 0 && s->x[k] <= 1);
    }
}

/* Loop index: method, bounds and gbest in mixed radix, over two seeds. */
static slg_swarm_rule rule_of(int i)
{
    slg_swarm_rule r = preset(i % 3 == 0 ? "paper" : i % 3 == 1 ? "inertia" : "random");
    int b = i / 3 % 3;
    r.bounds = b == 0 ? SLG_BOUNDS_REDRAW : b == 1 ? SLG_BOUNDS_CLAMP : SLG_BOUNDS_REFLECT;
    r.gbest = i / 9 % 2 ? SLG_GBEST_ITERATION : SLG_GBEST_HISTORY;
    return r;
}

START_TEST(stays_inside_and_never_worsens)
{
    slg_swarm_rule r = rule_of(_i);
    slg_swarm *s = make(&mixed, &r, 13, (uint64_t)_i);
    iterate(s, 200);
    double v[5];
    for (size_t p = 0; p < s->n_particle; p++) {
        slg_swarm_values(s, p, v);
        ck_assert(v[0] >= -3 && v[0] <= 0.7 && v[1] >= 1e-3 && v[1] <= 0.1 && v[4] == 2);
        ck_assert(s->best_f[p] >= s->global_f);
    }
    slg_swarm_free(&s);
}
END_TEST

static void copy_state(slg_swarm *to, const slg_swarm *from)
{
    size_t np = from->n_particle, n = np * from->n_dim;
    to->iteration = from->iteration;
    to->global_f = from->global_f;
    memcpy(to->x, from->x, n * sizeof(double));
    memcpy(to->v, from->v, n * sizeof(double));
    memcpy(to->best_x, from->best_x, n * sizeof(double));
    memcpy(to->best_f, from->best_f, np * sizeof(double));
    memcpy(to->f, from->f, np * sizeof(double));
    memcpy(to->global_x, from->global_x, from->n_dim * sizeof(double));
}

static void expect_equal(const slg_swarm *a, const slg_swarm *b)
{
    size_t n = a->n_particle * a->n_dim;
    ck_assert_mem_eq(a->x, b->x, n * sizeof(double));
    ck_assert_mem_eq(a->v, b->v, n * sizeof(double));
    ck_assert_mem_eq(a->best_f, b->best_f, a->n_particle * sizeof(double));
    ck_assert_mem_eq(a->global_x, b->global_x, a->n_dim * sizeof(double));
}

START_TEST(deterministic_and_restartable)
{
    slg_swarm_rule r = rule_of(_i);
    slg_swarm *a = make(&mixed, &r, 7, 77), *b = make(&mixed, &r, 7, 77), *c = make(&mixed, &r, 7, 77);
    slg_swarm *other = make(&mixed, &r, 7, 78);
    ck_assert(memcmp(a->x, other->x, 35 * sizeof(double)) != 0);
    iterate(a, 40);
    iterate(b, 17);
    copy_state(c, b);
    iterate(c, 23);
    iterate(b, 23);
    expect_equal(a, b);
    expect_equal(a, c);
    slg_swarm_free(&a);
    slg_swarm_free(&b);
    slg_swarm_free(&c);
    slg_swarm_free(&other);
}
END_TEST

static void expect_refused(const slg_space *sp, slg_swarm_rule r, size_t n, const char *word)
{
    slg_swarm *s = NULL;
    slg_error err;
    slg_error_clear(&err);
    ck_assert_int_eq(slg_swarm_create(sp, &r, n, 1, &s, &err), SLG_ERR_CONFIG);
    ck_assert_ptr_null(s);
    ck_assert_msg(strstr(err.text, word) != NULL, "%s", err.text);
}

START_TEST(impossible_input)
{
    slg_swarm_rule r = preset("paper");
    slg_space sp = box(0, 0, 1);
    expect_refused(&sp, r, 4, "found 0");
    sp = box(2, 0, 1);
    expect_refused(&sp, r, 0, "particle");
    sp.dim[1] = (slg_dim){.name = "sigma", .kind = SLG_DIM_LOG, .lo = 0, .hi = 1};
    expect_refused(&sp, r, 4, "dimension sigma");
    sp.dim[1] = (slg_dim){.name = "n", .kind = SLG_DIM_INT, .lo = 0.5, .hi = 2};
    expect_refused(&sp, r, 4, "dimension n:");
    sp.dim[1] = (slg_dim){.name = "c", .kind = SLG_DIM_CHOICE, .n_choice = 17};
    expect_refused(&sp, r, 4, "dimension c:");
    sp = box(2, 1, 0);
    expect_refused(&sp, r, 4, "1 to 0");
    sp = box(2, 0, 1);
    r.dt = 0;
    expect_refused(&sp, r, 4, "dt > 0");
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    slg_swarm_rule r = preset("paper");
    slg_swarm *s = NULL;
    long k = 0;
    for (;; k++) {
        slg_error err;
        slg_error_clear(&err);
        slg_alloc_fail_after(k);
        slg_status st = slg_swarm_create(&mixed, &r, 3, 1, &s, &err);
        slg_alloc_fail_after(-1);
        if (st == SLG_OK)
            break;
        ck_assert_int_eq(st, SLG_ERR_NOMEM);
        ck_assert_ptr_null(s);
    }
    ck_assert_int_eq(k, 7);
    slg_swarm_free(&s);
    slg_swarm_free(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("swarm");
    TCase *t = tcase_create("swarm");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, presets);
    tcase_add_test(t, decode_known_values);
    tcase_add_test(t, encode_inverts_decode);
    tcase_add_test(t, cells_are_equal);
    tcase_add_test(t, one_step_by_hand);
    tcase_add_test(t, bound_rules);
    tcase_add_test(t, failures_are_no_bests);
    tcase_add_test(t, goal_of_the_iteration);
    tcase_add_test(t, placed_particles);
    tcase_add_loop_test(t, stays_inside_and_never_worsens, 0, 36);
    tcase_add_loop_test(t, deterministic_and_restartable, 0, 18);
    tcase_add_test(t, impossible_input);
    tcase_add_test(t, every_allocation_may_fail);
    suite_add_tcase(suite, t);
    return slg_test_main(suite);
}
