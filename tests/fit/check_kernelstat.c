#include "tasks/kernelstat/kernelstat.h"

#include "tests/fit/guard.h"
#include "tests/fit/parts.h"
#include "tests/fit/random.h"
#include "tests/support/support.h"

typedef struct naive {
    long double mean, m2, m3;
    double min, max, bin[SLG_HISTOGRAM_BINS];
} naive;

static naive naive_moments(size_t n, const double *x)
{
    naive a = {0, 0, 0, x[0], x[0], {0}};
    for (size_t i = 0; i < n; i++) {
        a.mean += x[i];
        a.min = fmin(a.min, x[i]);
        a.max = fmax(a.max, x[i]);
        double b = floor(x[i] * 50);
        a.bin[b < 0 ? 0 : b > 49 ? 49 : (int)b] += 1;
    }
    a.mean /= (long double)n;
    for (size_t i = 0; i < n; i++) {
        long double d = x[i] - a.mean;
        a.m2 += d * d;
        a.m3 += d * d * d;
    }
    return a;
}

static double *naive_kernel(size_t n, size_t m, size_t d, const double *v, const double *q, double zeta)
{
    double *k = malloc(n * m * sizeof *k);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++) {
            double s = 0;
            for (size_t l = 0; l < d; l++)
                s += v[i * d + l] * q[j * d + l];
            k[i * m + j] = pow(s, zeta);
        }
    return k;
}

static slg_status try_add(size_t n, size_t m, size_t d, const double *v, const double *q, double zeta, slg_moments *a)
{
    const slg_part part = {.term = &slg_term_soap, .plan = test_kernel(zeta), .d = d};
    test_guard work = test_guard_open(slg_kernelstat_work_bytes(n, m));
    slg_status st = slg_kernelstat_add(&part, n, m, v, q, a, work.at);
    test_guard_close(&work);
    slg_free((void *)(uintptr_t)part.plan);
    return st;
}

static void add(size_t n, size_t m, size_t d, const double *v, const double *q, double zeta, slg_moments *a)
{
    ck_assert_int_eq(try_add(n, m, d, v, q, zeta, a), SLG_OK);
}

static void same(const slg_moments *a, const naive *b, double n)
{
    ck_assert_double_eq(a->n, n);
    ck_assert_double_eq_tol(a->mean, (double)b->mean, 1e-13);
    ck_assert_double_eq_tol(a->m2, (double)b->m2, 1e-12 * (double)b->m2 + 1e-30);
    ck_assert_double_eq_tol(a->m3, (double)b->m3, 1e-12 * fabs((double)b->m3) + 1e-13 * (double)b->m2 + 1e-30);
    ck_assert_double_eq_tol(a->min, b->min, 1e-14);
    ck_assert_double_eq_tol(a->max, b->max, 1e-14);
    for (int i = 0; i < SLG_HISTOGRAM_BINS; i++)
        ck_assert_double_eq(a->bin[i], b->bin[i]);
}

START_TEST(moments_equal_naive_sums)
{
    const size_t size[][3] = {{1, 1, 3}, {70, 5, 9}, {64, 512, 7}, {131, 700, 12}, {3, 1030, 5}};
    const double zeta = (const double[]){1, 2, 4, 2.5}[_i];
    for (size_t c = 0; c < sizeof size / sizeof size[0]; c++) {
        size_t n = size[c][0], m = size[c][1], d = size[c][2];
        double *v = test_unit_rows(c + 1, n, d, 1.5), *q = test_unit_rows(c + 77, m, d, 1.5);
        double *k = naive_kernel(n, m, d, v, q, zeta);
        naive want = naive_moments(n * m, k);
        slg_moments a;
        slg_moments_clear(&a);
        add(n, m, d, v, q, zeta, &a);
        same(&a, &want, (double)(n * m));
        if (n * m > 1) {
            long double s = sqrtl(want.m2 / (long double)(n * m));
            ck_assert_double_eq_tol(slg_moments_std(&a), (double)s, 1e-12 * (double)s);
            ck_assert_double_eq_tol(slg_moments_skew(&a), (double)(want.m3 / (long double)(n * m) / (s * s * s)),
                                    1e-10);
        }
        free(v), free(q), free(k);
    }
}
END_TEST

START_TEST(merge_in_any_grouping)
{
    enum { N = 37, M = 11, D = 6 };
    double *v = test_unit_rows(3, N, D, 1), *q = test_unit_rows(4, M, D, 1);
    slg_moments whole, cut, tail, empty;
    slg_moments_clear(&whole);
    slg_moments_clear(&empty);
    add(N, M, D, v, q, 3, &whole);
    for (size_t at = 0; at <= N; at++) {
        slg_moments_clear(&cut);
        slg_moments_clear(&tail);
        add(at, M, D, v, q, 3, &cut);
        add(N - at, M, D, v + at * D, q, 3, &tail);
        slg_moments_merge(&tail, &cut);
        slg_moments_merge(&tail, &empty);
        ck_assert_double_eq(tail.n, whole.n);
        ck_assert_double_eq_tol(tail.mean, whole.mean, 1e-12 * whole.mean);
        ck_assert_double_eq_tol(tail.m2, whole.m2, 1e-12 * whole.m2);
        ck_assert_double_eq_tol(tail.m3, whole.m3, 1e-12 * fabs(whole.m3) + 1e-12 * whole.m2);
        ck_assert_double_eq(tail.min, whole.min);
        ck_assert_double_eq(tail.max, whole.max);
        ck_assert_mem_eq(tail.bin, whole.bin, sizeof whole.bin);
    }
    free(v), free(q);
}
END_TEST

START_TEST(degenerate_and_bad_values)
{
    double v[] = {1, 0, 1, 0}, q[] = {1, 0, 0, 1};
    slg_moments a;
    slg_moments_clear(&a);
    ck_assert_double_eq(slg_moments_std(&a), 0);
    ck_assert_double_eq(slg_moments_skew(&a), 0);
    add(2, 1, 2, v, q, 4, &a);
    ck_assert_double_eq(slg_moments_skew(&a), 0); /* no spread */
    ck_assert_double_eq(a.bin[SLG_HISTOGRAM_BINS - 1], 2);
    v[0] = NAN;
    ck_assert_int_eq(try_add(2, 2, 2, v, q, 2, &a), SLG_ERR_NOT_FINITE);
}
END_TEST

START_TEST(powers_and_derivatives)
{
    enum { N = 300 };
    const double zeta[] = {1, 2, 3, 4, 7, 16, 1.5, 2.25, 0.7};
    for (size_t c = 0; c < sizeof zeta / sizeof zeta[0]; c++) {
        double t[N], dt[N], again[N];
        for (size_t i = 0; i < N; i++)
            again[i] = t[i] = -1 + 2.0 * (double)i / (N - 1);
        slg_kernel_power(N, zeta[c], t, dt);
        slg_kernel_power(N, zeta[c], again, NULL);
        for (size_t i = 0; i < N; i++) {
            double x = -1 + 2.0 * (double)i / (N - 1), z = zeta[c];
            bool clamped = x <= 0 && floor(z) < z;
            ck_assert_double_eq(t[i], again[i]);
            ck_assert_double_eq_tol(t[i], clamped ? 0 : pow(x, z), 1e-14);
            ck_assert_double_eq_tol(dt[i], clamped ? 0 : z * pow(x, z - 1), 3e-13);
        }
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("kernelstat");
    TCase *t = tcase_create("kernelstat");
    tcase_add_loop_test(t, moments_equal_naive_sums, 0, 4);
    tcase_add_test(t, merge_in_any_grouping);
    tcase_add_test(t, degenerate_and_bad_values);
    tcase_add_test(t, powers_and_derivatives);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
