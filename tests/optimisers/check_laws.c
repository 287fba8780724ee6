/* What every registered optimiser keeps to; tests/house links it with the registry that has one more. */
#include "tests/optimisers/rules.h"

static const slg_optimiser_kind *registered(int i)
{
    return slg_optimisers[i];
}

static slg_optimiser *standard(int i, size_t n, uint64_t seed)
{
    return make(&mixed, standard_rule(registered(i)), n, seed);
}

static void run(slg_optimiser *o, int generations)
{
    for (int g = 0; g < generations; g++)
        finish_generation(o, 0);
}

static void expect_same_points(const slg_optimiser *a, const slg_optimiser *b)
{
    ck_assert_int_eq(a->generation, b->generation);
    for (size_t p = 0; p < a->n_point; p++) {
        double u[5], v[5];
        a->kind->ask(a, p, u);
        b->kind->ask(b, p, v);
        ck_assert_mem_eq(u, v, sizeof u);
    }
}

/* Failures among what is told, the optimum in a corner: every coordinate stays within 0 and 1. */
START_TEST(points_are_in_the_cube)
{
    slg_optimiser *o = standard(_i, 11, 3);
    for (int g = 0; g < 100; g++) {
        ck_assert_int_eq(o->generation, g);
        for (size_t p = 0; p < o->n_point; p++) {
            double u[5];
            o->kind->ask(o, p, u);
            for (size_t d = 0; d < 5; d++)
                ck_assert_msg(u[d] >= 0 && u[d] <= 1, "%s: %g", o->kind->name, u[d]);
        }
        finish_generation(o, 0);
    }
    slg_optimiser_free(&o);
}
END_TEST

START_TEST(all_may_fail)
{
    slg_optimiser *o = standard(_i, 4, 3);
    for (int g = 0; g < 5; g++)
        for (size_t p = 0; p < 4; p++)
            slg_optimiser_tell(o, p, (double)NAN);
    ck_assert_int_eq(o->generation, 5);
    slg_optimiser_free(&o);
}
END_TEST

/* Asking changes nothing, the seed everything. */
START_TEST(a_function_of_seed_and_what_was_told)
{
    slg_optimiser *a = standard(_i, 6, 3), *b = standard(_i, 6, 3), *c = standard(_i, 6, 4);
    double u[5], v[5];
    run(a, 9);
    for (int g = 0; g < 9; g++) {
        for (int k = 0; k < 3; k++)
            b->kind->ask(b, 5, u);
        finish_generation(b, 0);
    }
    run(c, 9);
    expect_same_points(a, b);
    a->kind->ask(a, 0, u);
    c->kind->ask(c, 0, v);
    ck_assert(memcmp(u, v, sizeof u) != 0);
    slg_optimiser_free(&a);
    slg_optimiser_free(&b);
    slg_optimiser_free(&c);
}
END_TEST

/* Stored after any generation and inside one, it goes on as if it had not stopped. */
START_TEST(stored_at_any_moment)
{
    const char *folder = slg_test_folder();
    char path[128];
    snprintf(path, sizeof path, "%s/o.h5", folder);
    for (int g = 0; g < 6; g++) {
        slg_optimiser *a = standard(_i, 5, 8), *b = standard(_i, 5, 8);
        run(a, g);
        for (size_t p = 0; p < 2; p++)
            slg_optimiser_tell(a, p, corner(a, p));
        save(a, path);
        finish_generation(a, 2);
        load_ok(b, path);
        run(b, 1);
        expect_same_points(a, b);
        run(a, 3);
        run(b, 3);
        expect_same_points(a, b);
        slg_optimiser_free(&a);
        slg_optimiser_free(&b);
    }
    slg_test_remove(folder);
}
END_TEST

START_TEST(given_positions_are_taken)
{
    slg_optimiser *o = standard(_i, 3, 1);
    const double want[5] = {0.5, 0.02, 7, 8, 2};
    const bool given[5] = {true, false, true, true, false};
    double before[5], got[5];
    slg_optimiser_values(o, 1, before);
    slg_optimiser_place(o, 1, want, given);
    slg_optimiser_values(o, 1, got);
    for (size_t d = 0; d < 5; d++)
        ck_assert_double_eq_tol(got[d], given[d] ? want[d] : before[d], 1e-14);
    slg_optimiser_free(&o);
}
END_TEST

int main(void)
{
    int n = 0;
    while (slg_optimisers[n])
        n++;
    Suite *s = suite_create("laws of optimisers");
    TCase *t = tcase_create("every registered one");
    tcase_add_loop_test(t, points_are_in_the_cube, 0, n);
    tcase_add_loop_test(t, all_may_fail, 0, n);
    tcase_add_loop_test(t, a_function_of_seed_and_what_was_told, 0, n);
    tcase_add_loop_test(t, stored_at_any_moment, 0, n);
    tcase_add_loop_test(t, given_positions_are_taken, 0, n);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
