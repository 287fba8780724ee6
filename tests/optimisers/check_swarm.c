/* Dimensions, one hand-computed step, bounds, bests, failures, given positions. */
#include "tests/optimisers/rules.h"

#include "runtime/base/alloc.h"
#include "runtime/base/rng.h"

START_TEST(presets)
{
    rule r = preset("paper");
    ck_assert_str_eq(r.kind->name, "swarm");
    ck_assert(settled(r, "bounds") == SLG_BOUNDS_REDRAW && settled(r, "gbest") == 0);
    ck_assert(settled(r, "inertia") == 0 && settled(r, "c1") == 1 && settled(r, "c2") == 2 && settled(r, "dt") == 1);
    r = preset("inertia");
    ck_assert(settled(r, "bounds") == SLG_BOUNDS_CLAMP && settled(r, "gbest") == 0 && settled(r, "dt") == 1);
    ck_assert(settled(r, "inertia") == 0.729 && settled(r, "c1") == 1.494 && settled(r, "c2") == 1.494);
    ck_assert_str_eq(preset("random").kind->name, "random");
    give(&r, "c1", 0.25); /* what is given stays */
    give_word(&r, "bounds", "reflect");
    ck_assert(settled(r, "c1") == 0.25 && settled(r, "bounds") == SLG_BOUNDS_REFLECT && settled(r, "c2") == 1.494);
}
END_TEST

/* The settings as the swarm understands them. */
START_TEST(settings_of_a_swarm)
{
    rule r = preset("paper");
    give(&r, "inertia", 0.5);
    give(&r, "c1", 0.25);
    give(&r, "c2", 0.75);
    give(&r, "dt", 3);
    give_word(&r, "bounds", "reflect");
    give_word(&r, "gbest", "iteration");
    slg_swarm *s = make_swarm(&mixed, r, 2, 1);
    ck_assert(s->rule.inertia == 0.5 && s->rule.c1 == 0.25 && s->rule.c2 == 0.75 && s->rule.dt == 3);
    ck_assert(s->rule.bounds == SLG_BOUNDS_REFLECT && s->rule.last_only);
    free_swarm(s);
    s = make_swarm(&mixed, preset("paper"), 2, 1);
    ck_assert(s->rule.bounds == SLG_BOUNDS_REDRAW && !s->rule.last_only && s->rule.c2 == 2);
    free_swarm(s);
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

START_TEST(largest_values)
{
    static const double largest[] = {0.7, 0.1, 9, 8, 2};
    for (size_t d = 0; d < mixed.n_dim; d++)
        ck_assert_double_eq(slg_dim_largest(&mixed.dim[d]), largest[d]);
}
END_TEST

/* Every cell of an integer is drawn equally often: 12 cells, 5 standard errors. */
START_TEST(cells_are_equal)
{
    slg_optimiser *o = make(&mixed, preset("random"), 12000, 3);
    int count[12] = {0};
    double v[5];
    for (size_t p = 0; p < o->n_point; p++) {
        slg_optimiser_values(o, p, v);
        count[(int)v[2] + 2]++;
    }
    for (int i = 0; i < 12; i++)
        ck_assert_int_lt(abs(count[i] - 1000), 160);
    slg_optimiser_free(&o);
}
END_TEST

static slg_swarm *second_generation(const slg_space *sp, const double x[4], const double own[4], const double goal[2])
{
    rule r = preset("paper");
    give(&r, "dt", 2);
    slg_swarm *s = make_swarm(sp, r, 2, 42);
    memcpy(s->x, x, 4 * sizeof *x);
    memcpy(s->best_x, own, 4 * sizeof *own);
    memcpy(s->global_x, goal, 2 * sizeof *goal);
    s->best_f[0] = s->global_f = 1;
    s->best_f[1] = 5;
    s->head.generation = 1;
    return s;
}

/* Eqs. 15 and 16 written out for two particles in two dimensions, second generation, dt = 2. */
START_TEST(one_step_by_hand)
{
    const slg_space sp = box(2, 0, 1);
    const double x[4] = {0.2, 0.3, 0.6, 0.8}, own[4] = {0.25, 0.35, 0.6, 0.8}, goal[2] = {0.25, 0.35};
    slg_swarm *s = second_generation(&sp, x, own, goal);
    slg_optimiser_tell(&s->head, 0, 3);
    ck_assert(s->head.generation == 1 && s->f[0] == 3 && isnan(s->f[1]));
    ck_assert_mem_eq(s->x, x, sizeof x); /* nothing moves before the last one is told */
    slg_optimiser_tell(&s->head, 1, 5);
    for (uint32_t p = 0; p < 2; p++)
        for (uint32_t d = 0; d < 2; d++) {
            const size_t k = 2 * p + d;
            double r1 = slg_rng_u01(42, SLG_STREAM_SWARM_LOCAL, 1, p, d);
            double r2 = slg_rng_u01(42, SLG_STREAM_SWARM_GLOBAL, 1, p, d);
            double v = 1 * r1 * (own[k] - x[k]) / 2 + 2 * r2 * (goal[d] - x[k]) / 2;
            ck_assert_double_eq_tol(s->v[k], v, 1e-15);
            ck_assert_double_eq_tol(s->x[k], x[k] + v, 1e-15);
        }
    ck_assert(s->head.generation == 2 && isnan(s->f[0]) && isnan(s->f[1]) && s->global_f == 1);
    free_swarm(s);
}
END_TEST

/* One component placed so that v leaves it alone (no pull) and inertia drives it over or onto a bound. */
static slg_swarm *driven(const char *bounds, double x, double v)
{
    static slg_space sp;
    sp = box(1, 0, 1);
    rule r = preset("paper");
    give(&r, "inertia", 1);
    give_word(&r, "bounds", bounds);
    slg_swarm *s = make_swarm(&sp, r, 1, 5);
    s->x[0] = x;
    s->v[0] = v;
    slg_optimiser_tell(&s->head, 0, (double)NAN); /* failed particle: inertia only */
    return s;
}

static void expect(slg_swarm *s, double x, double v)
{
    ck_assert_double_eq_tol(s->x[0], x, 1e-15);
    ck_assert_double_eq_tol(s->v[0], v, 1e-15);
    free_swarm(s);
}

START_TEST(bound_rules)
{
    double redrawn = slg_rng_u01(5, SLG_STREAM_SWARM_REDRAW, 0, 0, 0);
    expect(driven("redraw", 0.75, 0.5), redrawn, 0.5);
    expect(driven("redraw", 0.75, 0.25), 0.75, 0.25); /* exactly on the bound */
    expect(driven("redraw", 0.25, -0.25), 0.25, -0.25);
    expect(driven("clamp", 0.75, 0.5), 1, 0);
    expect(driven("clamp", 0.75, -1), 0, 0);
    expect(driven("clamp", 0.75, 0.25), 1, 0.25);
    expect(driven("reflect", 0.75, 0.5), 0.75, -0.5);
    expect(driven("reflect", 0.25, -0.5), 0.25, 0.5);
    expect(driven("reflect", 0.5, 2.25), 0.75, 2.25); /* two bounces */
    expect(driven("reflect", 0.5, -2.25), 0.25, -2.25);
    expect(driven("reflect", 0.5, 3.25), 0.25, -3.25); /* three */
    expect(driven("reflect", 0.5, -3.25), 0.75, 3.25);
    expect(driven("redraw", 0.25, 0.5), 0.75, 0.5);
}
END_TEST

static void tell_all(slg_swarm *s, const double *f)
{
    for (size_t p = 0; p < s->head.n_point; p++)
        slg_optimiser_tell(&s->head, p, f[p]);
}

START_TEST(failures_are_no_bests)
{
    const slg_space sp = box(3, 0, 1);
    slg_swarm *s = make_swarm(&sp, preset("paper"), 4, 9);
    const double bad[4] = {(double)NAN, (double)INFINITY, -(double)INFINITY, (double)NAN};
    const double tie[4] = {(double)NAN, (double)NAN, 2.5, 2.5};
    double start[12];
    memcpy(start, s->x, sizeof start);
    tell_all(s, bad); /* nothing succeeded: no pull at all */
    ck_assert(isinf(s->global_f) && isinf(s->best_f[2]));
    ck_assert_mem_eq(start, s->x, sizeof start);
    tell_all(s, tie); /* the earlier particle stays */
    ck_assert(s->global_f == 2.5 && isinf(s->best_f[0]));
    ck_assert_mem_eq(s->global_x, start + 6, 3 * sizeof(double));
    ck_assert_mem_eq(s->x + 6, start + 6, 3 * sizeof(double)); /* the best one freezes (v = 0) */
    for (size_t d = 0; d < 3; d++) {                           /* no own best: only the common pull */
        double r2 = slg_rng_u01(9, SLG_STREAM_SWARM_GLOBAL, 1, 0, (uint32_t)d);
        ck_assert_double_eq_tol(s->v[d], 2 * r2 * (start[6 + d] - start[d]), 1e-15);
    }
    free_swarm(s);
}
END_TEST

START_TEST(goal_of_the_iteration)
{
    const slg_space sp = box(1, 0, 1);
    const double f[2] = {2, 1};
    rule r = preset("paper");
    give_word(&r, "gbest", "iteration");
    slg_swarm *s = make_swarm(&sp, r, 2, 21);
    s->x[0] = s->best_x[0] = 0.4;
    s->x[1] = s->best_x[1] = 0.6;
    s->global_x[0] = 0.1;
    s->global_f = s->best_f[0] = s->best_f[1] = 0;
    tell_all(s, f);
    double r2 = slg_rng_u01(21, SLG_STREAM_SWARM_GLOBAL, 0, 0, 0);
    ck_assert_double_eq_tol(s->v[0], 2 * r2 * 0.2, 1e-15);
    ck_assert(s->v[1] == 0 && s->global_x[0] == 0.1);
    free_swarm(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("swarm");
    TCase *t = tcase_create("swarm");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, presets);
    tcase_add_test(t, settings_of_a_swarm);
    tcase_add_test(t, decode_known_values);
    tcase_add_test(t, encode_inverts_decode);
    tcase_add_test(t, largest_values);
    tcase_add_test(t, cells_are_equal);
    tcase_add_test(t, one_step_by_hand);
    tcase_add_test(t, bound_rules);
    tcase_add_test(t, failures_are_no_bests);
    tcase_add_test(t, goal_of_the_iteration);
    suite_add_tcase(suite, t);
    return slg_test_main(suite);
}
