/* Ranks against numbers of scipy 1.17 (stats.spearmanr, kruskal, chi2.ppf), ties included. */
#include "src/report/ranks.h"
#include "tests/support/support.h"

#include <math.h>

/* Ties in x, in y and in both; groups of 3, 4, 3 and 2; the order of the samples is no matter. */
START_TEST(test_ties)
{
    static const slg_rank_sample given[] = {{9, 2.5, 2, 0, 0}, {1, 0.3, 0, 0, 0}, {2, 0.1, 0, 0, 0}, {2, 0.4, 0, 0, 0},
                                            {3, 0.4, 1, 0, 0}, {5, 0.4, 1, 0, 0}, {5, 0.9, 1, 0, 0}, {5, 0.2, 1, 0, 0},
                                            {6, 1.5, 2, 0, 0}, {8, 0.9, 2, 0, 0}, {10, -3, 3, 0, 0}, {12, 7, 3, 0, 0}};
    enum { N = sizeof given / sizeof given[0] };
    slg_rank_sample s[N];
    for (size_t i = 0; i < N; i++)
        s[i] = given[(i * 5 + (size_t)_i) % N];
    slg_rank_samples(N, s);
    ck_assert_double_eq(s[0].y, -3);
    ck_assert_double_eq(s[0].rank_y, 1);
    ck_assert_double_eq(s[0].rank_x, 11);
    ck_assert_double_eq(s[5].rank_y, 6); /* one of three 0.4 at places 5, 6, 7 */
    for (size_t i = 0; i < N; i++)
        ck_assert_double_eq(s[i].rank_x, s[i].x == 2 ? 2.5 : s[i].x == 5 ? 6 : s[i].rank_x);
    ck_assert_double_eq_tol(slg_rank_correlation(N, s), 0.4804270462633452, 1e-14);
    ck_assert_double_eq_tol(slg_rank_between(N, s), 4.200029655990508, 1e-13);
}
END_TEST

/* A valley: no correlation at all, yet more between the groups than chance gives. */
START_TEST(test_valley)
{
    slg_rank_sample s[12];
    for (size_t i = 0; i < 12; i++) {
        double x = 0.25 * (double)(i + 1);
        s[i] = (slg_rank_sample){x, (x - 1.625) * (x - 1.625), i / 3, 0, 0};
    }
    slg_rank_samples(12, s);
    ck_assert_double_eq_tol(slg_rank_correlation(12, s), 0, 1e-15);
    ck_assert_double_eq_tol(slg_rank_between(12, s), 8.485714285714291, 1e-13);
    ck_assert(slg_rank_between(12, s) > slg_rank_chance(4));
}
END_TEST

/* A trend that four groups of three do not show. */
START_TEST(test_flat)
{
    static const double y[] = {4, 1, 7, 2, 8, 3, 10, 6, 5, 12, 9, 11};
    slg_rank_sample s[12];
    for (size_t i = 0; i < 12; i++)
        s[i] = (slg_rank_sample){(double)i, y[i], i / 3, 0, 0};
    slg_rank_samples(12, s);
    double rho = slg_rank_correlation(12, s), h = slg_rank_between(12, s);
    ck_assert_double_eq_tol(rho, 0.6993006993006995, 1e-14);
    ck_assert_double_eq_tol(h, 6.589743589743591, 1e-13);
    ck_assert(h < slg_rank_chance(4) && !slg_rank_flat(12, 4, rho, h));
    ck_assert(slg_rank_flat(12, 4, -0.59, h) && !slg_rank_flat(12, 4, -0.592, h)); /* 0.5910 squared times 11 is 3.84 */
    ck_assert(slg_rank_flat(12, 4, 0, 7.81) && !slg_rank_flat(12, 4, 0, 7.82));
    ck_assert(slg_rank_flat(12, 4, (double)NAN, 0));
    ck_assert(!slg_rank_flat(12, 1, (double)NAN, 0));
}
END_TEST

START_TEST(test_nothing_to_compare)
{
    slg_rank_sample s[3] = {{1, 5, 0, 0, 0}, {2, 5, 1, 0, 0}, {3, 5, 1, 0, 0}};
    slg_rank_samples(3, s);
    ck_assert(isnan(slg_rank_correlation(3, s)));
    ck_assert_double_eq(slg_rank_between(3, s), 0);
    s[0].y = 6;
    slg_rank_samples(3, s);
    ck_assert_double_eq_tol(slg_rank_correlation(3, s), -sqrt(0.75), 1e-15);
    ck_assert(isnan(slg_rank_correlation(2, s)));
    slg_rank_samples(0, s);
    ck_assert(isnan(slg_rank_correlation(0, s)));
    ck_assert_double_eq(slg_rank_between(0, s), 0);
}
END_TEST

START_TEST(test_chance)
{
    ck_assert_double_eq_tol(slg_rank_chance(2), 3.841458820694124, 1e-4);
    ck_assert_double_eq_tol(slg_rank_chance(5), 9.487729036781154, 1e-4);
    ck_assert_double_eq_tol(slg_rank_chance(SLG_RANK_GROUPS), 24.995790139728616, 1e-4);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ranks");
    TCase *t = tcase_create("ranks");
    tcase_add_loop_test(t, test_ties, 0, 12);
    tcase_add_test(t, test_valley);
    tcase_add_test(t, test_flat);
    tcase_add_test(t, test_nothing_to_compare);
    tcase_add_test(t, test_chance);
    suite_add_tcase(suite, t);
    return slg_test_main(suite);
}
