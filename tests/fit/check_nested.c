/* Ratios solved on Gram blocks: gradients against differences, the best against a grid, failures. */
#include "tasks/fit/nested.h"

#include "tests/fit/random.h"
#include "tests/support/support.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { M0 = 8, M1 = 5, M = M0 + M1, N_CLASS = 4, N_ROW = 30, FOLDS = 3 };

static const slg_part part[2] = {{.m = M0, .col0 = 0}, {.m = M1, .col0 = M0}};
static const slg_ratio ratio[4] = {{.lo = 0.05, .hi = 20, .cls = -1, .parts = 1},
                                   {.lo = 0.05, .hi = 20, .cls = -1, .parts = 2},
                                   {.lo = 0.01, .hi = 1, .cls = 0},
                                   {.lo = 0.01, .hi = 1, .cls = 2}};

static const int32_t quantities[SLG_LOSS_QUANTITIES] = {0, 1, 2};

/* Gram blocks of rows with random entries whose targets follow a model, with noise. */
static double *gram_of(unsigned seed, size_t n_class)
{
    double *gram = calloc(slg_gram_length(M, n_class), sizeof *gram);
    double *row = test_uniforms(seed, n_class * N_ROW * M), *noise = test_uniforms(seed + 100, n_class * N_ROW);
    for (size_t c = 0; c < n_class; c++) {
        double *h = slg_gram_h(gram, M, c), *g = slg_gram_g(gram, M, c), *t = slg_gram_t(gram, M, c);
        for (size_t r = 0; r < N_ROW; r++) {
            const double *x = row + (c * N_ROW + r) * M;
            const double y =
                0.7 * x[1] - 0.4 * x[9] + 0.3 * x[4] + 0.1 * (noise[c * N_ROW + r] - 0.5) * (double)(c + 1);
            for (size_t i = 0; i < M; i++)
                for (size_t j = i; j < M; j++)
                    h[i * M + j] += x[i] * x[j];
            for (size_t i = 0; i < M; i++)
                g[i] += x[i] * y;
            t[0] += y * y;
            t[1] += 1;
        }
    }
    free(row);
    free(noise);
    return gram;
}

/* Weighted roots of mean squares. */
static double roots(const void *arg, const double *sq, const double *n, double *slope)
{
    const double *weight = arg;
    double sum = 0;
    for (int q = 0; q < SLG_LOSS_QUANTITIES; q++) {
        sum += weight[q] * sqrt(sq[q] / n[q]);
        slope[q] = weight[q] * 0.5 / sqrt(sq[q] * n[q]);
    }
    return sum;
}

static const double weight[SLG_LOSS_QUANTITIES] = {1, 0.3, 0.1};

typedef struct bench {
    slg_nested p;
    double *gram, *metric;
    const double *judged[FOLDS];
    void *work;
    double delta[2], sigma[N_CLASS];
} bench;

static void open_bench(bench *b, unsigned seed)
{
    *b = (bench){.gram = gram_of(seed, N_CLASS),
                 .metric = gram_of(seed + 7, SLG_LOSS_QUANTITIES),
                 .work = aligned_alloc(64, (slg_nested_work_bytes(M) + 63) / 64 * 64),
                 .delta = {1, 1},
                 .sigma = {0.1, 0.2, 0.3, 0.4}};
    b->judged[0] = b->metric;
    b->p = (slg_nested){.gram = b->gram,
                        .n_fold = 1,
                        .judged = b->judged,
                        .n_judged = SLG_LOSS_QUANTITIES,
                        .quantity = quantities,
                        .m = M,
                        .n_class = N_CLASS,
                        .n_part = 2,
                        .part = part,
                        .n_ratio = 4,
                        .ratio = ratio,
                        .loss = {roots, weight}};
}

static void close_bench(bench *b)
{
    free(b->gram);
    free(b->metric);
    free(b->work);
}

static double loss_at(bench *b, const double *x, double *slope)
{
    double loss, sq[SLG_LOSS_QUANTITIES], n[SLG_LOSS_QUANTITIES];
    ck_assert_int_eq(slg_nested_loss(&b->p, x, b->delta, b->sigma, &loss, slope, sq, n, b->work), SLG_OK);
    return loss;
}

START_TEST(gradients)
{
    bench b;
    open_bench(&b, (unsigned)_i + 1);
    const double h = 1e-5, x0[4] = {log(2), log(0.7), log(0.05), log(0.3)};
    double slope[4];
    loss_at(&b, x0, slope);
    for (int i = 0; i < 4; i++) {
        double x[4];
        memcpy(x, x0, sizeof x);
        x[i] = x0[i] + h;
        const double above = loss_at(&b, x, NULL);
        x[i] = x0[i] - h;
        const double difference = (above - loss_at(&b, x, NULL)) / (2 * h);
        ck_assert_double_eq_tol(slope[i], difference, 1e-7 * fmax(1e-2, fabs(difference)));
    }
    close_bench(&b);
}
END_TEST

/* --- folds ---------------------------------------------------------------------------------------------------- */

/* Classes 0 and 2 are ratios, 1 has a fixed sigma and measures forces, 3 only judges energies. */
static const int32_t of_folds[N_CLASS] = {-1, 1, 2, 0};

/* A bench whose folds are parts of its Gram blocks. */
static void open_folds(bench *b, unsigned seed)
{
    open_bench(b, seed);
    memset(b->gram, 0, slg_gram_length(M, N_CLASS) * sizeof *b->gram);
    for (unsigned f = 0; f < FOLDS; f++) {
        b->judged[f] = gram_of(seed + 1000 * f, N_CLASS);
        slg_gram_add(M, N_CLASS, b->gram, b->judged[f]);
    }
    b->sigma[3] = 0;
    b->p.n_fold = FOLDS;
    b->p.folds = true;
    b->p.n_judged = N_CLASS;
    b->p.quantity = of_folds;
}

static void close_folds(bench *b)
{
    for (int f = 0; f < FOLDS; f++)
        free((double *)(uintptr_t)b->judged[f]);
    close_bench(b);
}

/* Each fold by a fit on the sum of the others. */
START_TEST(folds_are_judged_by_the_others)
{
    bench b;
    open_folds(&b, (unsigned)_i + 40);
    const double x[4] = {log(2), log(0.7), log(0.05), log(0.3)};
    double loss, sq[SLG_LOSS_QUANTITIES], n[SLG_LOSS_QUANTITIES], want[SLG_LOSS_QUANTITIES] = {0};
    ck_assert_int_eq(slg_nested_loss(&b.p, x, b.delta, b.sigma, &loss, NULL, sq, n, b.work), SLG_OK);
    for (int f = 0; f < FOLDS; f++) {
        double gamma[M], alpha[M], *rest = calloc(slg_gram_length(M, N_CLASS), sizeof *rest);
        double *one[2] = {calloc(M0 * M0, sizeof(double)), calloc(M1 * M1, sizeof(double))};
        size_t where;
        for (size_t k = 0; k < 2; k++)
            for (size_t i = 0; i < part[k].m; i++)
                one[k][i * (part[k].m + 1)] = 1;
        for (int other = 0; other < FOLDS; other++)
            if (other != f)
                slg_gram_add(M, N_CLASS, rest, b.judged[other]);
        ck_assert_int_eq(slg_fit_solve(rest, NULL, M, N_CLASS, 2, part, (const double *const *)one, NULL, b.delta,
                                       b.sigma, gamma, alpha, &where, b.work),
                         SLG_OK);
        for (size_t c = 0; c < N_CLASS; c++)
            if (of_folds[c] >= 0)
                want[of_folds[c]] += slg_fit_residual(b.judged[f], M, c, gamma);
        free(rest), free(one[0]), free(one[1]);
    }
    for (int q = 0; q < SLG_LOSS_QUANTITIES; q++) {
        ck_assert_double_eq_tol(sq[q], want[q], 1e-10 * want[q]);
        ck_assert_double_eq(n[q], FOLDS * N_ROW);
    }
    close_folds(&b);
}
END_TEST

START_TEST(gradients_over_folds)
{
    bench b;
    open_folds(&b, (unsigned)_i + 60);
    const double h = 1e-5, x0[4] = {log(2), log(0.7), log(0.05), log(0.3)};
    double slope[4];
    loss_at(&b, x0, slope);
    for (int i = 0; i < 4; i++) {
        double x[4];
        memcpy(x, x0, sizeof x);
        x[i] = x0[i] + h;
        const double above = loss_at(&b, x, NULL);
        x[i] = x0[i] - h;
        const double difference = (above - loss_at(&b, x, NULL)) / (2 * h);
        ck_assert_double_eq_tol(slope[i], difference, 1e-7 * fmax(1e-2, fabs(difference)));
    }
    close_folds(&b);
}
END_TEST

/* No point of a grid over the box is better by more than a per mille; the coefficients there are those of the fit. */
START_TEST(the_best_of_a_grid)
{
    enum { GRID = 9 };
    bench b;
    open_bench(&b, (unsigned)_i + 20);
    double x[4], loss, lowest = DBL_MAX;
    ck_assert_int_eq(slg_nested_solve(&b.p, b.delta, b.sigma, x, &loss, b.work), SLG_OK);
    for (int i = 0; i < 4; i++)
        ck_assert(x[i] >= log(ratio[i].lo) - 1e-12 && x[i] <= log(ratio[i].hi) + 1e-12);
    ck_assert_double_eq_tol(b.delta[0], exp(x[0]), 1e-9 * b.delta[0]);
    ck_assert_double_eq_tol(b.sigma[2], exp(x[3]), 1e-9 * b.sigma[2]);
    ck_assert(b.sigma[1] == 0.2 && b.sigma[3] == 0.4); /* no ratios */
    for (int k = 0; k < GRID * GRID * GRID * GRID; k++) {
        double at[4];
        for (int i = 0, rest = k; i < 4; i++, rest /= GRID)
            at[i] = log(ratio[i].lo) + (rest % GRID) / (GRID - 1.0) * log(ratio[i].hi / ratio[i].lo);
        lowest = fmin(lowest, loss_at(&b, at, NULL));
    }
    ck_assert_msg(loss < 1.001 * lowest, "%g, %g on the grid", loss, lowest);
    close_bench(&b);
}
END_TEST

/* The same bits at every call. */
START_TEST(repeatable)
{
    bench b;
    open_bench(&b, 3);
    double x[2][4], loss[2];
    for (int k = 0; k < 2; k++)
        ck_assert_int_eq(slg_nested_solve(&b.p, b.delta, b.sigma, x[k], &loss[k], b.work), SLG_OK);
    ck_assert_mem_eq(x[0], x[1], sizeof x[0]);
    ck_assert(loss[0] == loss[1]);
    close_bench(&b);
}
END_TEST

START_TEST(without_a_solution)
{
    bench b;
    open_bench(&b, 4);
    double x[4], loss;
    slg_gram_h(b.gram, M, 0)[3] = (double)NAN;
    ck_assert_int_eq(slg_nested_solve(&b.p, b.delta, b.sigma, x, &loss, b.work), SLG_ERR_NOT_FINITE);
    slg_gram_h(b.gram, M, 0)[3] = 0;
    for (size_t i = 0; i < M; i++)
        slg_gram_h(b.gram, M, 1)[i * M + i] = -1e6;
    ck_assert_int_eq(slg_nested_solve(&b.p, b.delta, b.sigma, x, &loss, b.work), SLG_ERR_NOT_SPD);
    close_bench(&b);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("nested fit");
    TCase *t = tcase_create("all");
    tcase_add_loop_test(t, gradients, 0, 5);
    tcase_add_loop_test(t, folds_are_judged_by_the_others, 0, 3);
    tcase_add_loop_test(t, gradients_over_folds, 0, 5);
    tcase_add_loop_test(t, the_best_of_a_grid, 0, 5);
    tcase_add_test(t, repeatable);
    tcase_add_test(t, without_a_solution);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
