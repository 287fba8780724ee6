#include "tasks/fit/fit.h"

#include "tests/fit/guard.h"
#include "tests/fit/numbers.h"
#include "tests/fit/parts.h"
#include "tests/fit/qr.h"
#include "tests/fit/random.h"
#include "tests/support/support.h"
#include <stdio.h>
#include <string.h>

enum { M0 = 40, M1 = 25, M = M0 + M1, D = 12, N = 400, N_CLASS = 3, N_RUN = 4, ZETA = 3 };

static const slg_run RUN[N_RUN] = {{0, 0, 30, -1}, {2, 30, 50, -1}, {1, 80, 300, -1}, {0, 380, 20, -1}};

/** A random problem of two parts: rows are kernel values and directional derivatives, as of energies and forces. */
typedef struct problem {
    slg_part part[2];
    double *q[2], *u[2], *k, *y, *w;
    slg_rows rows;
} problem;

static void fill_row(problem *p, size_t i, int derivative, const double *v, const double *dir)
{
    for (size_t b = 0; b < 2; b++)
        for (size_t j = 0; j < p->part[b].m; j++) {
            double t = 0, s = 0;
            for (size_t l = 0; l < D; l++) {
                t += v[l] * p->q[b][j * D + l];
                s += dir[l] * p->q[b][j * D + l];
            }
            p->k[i * M + p->part[b].col0 + j] = derivative ? ZETA * t * t * s : 20 * t * t * t;
        }
}

/** shift: how alike the environments are, the larger the worse conditioned. */
static void make(problem *p, double shift, double eps)
{
    size_t where;
    *p = (problem){.part = {{.m = M0, .d = D}, {.m = M1, .d = D, .col0 = M0}}};
    for (size_t b = 0; b < 2; b++) {
        size_t m = p->part[b].m;
        p->q[b] = test_unit_rows(b + 1, m, D, shift);
        p->u[b] = malloc(m * m * sizeof(double));
        ck_assert_int_eq(test_factor(m, D, p->q[b], ZETA, eps, p->u[b], &where), SLG_OK);
    }
    double *v = test_unit_rows(5, N, D, shift), *dir = test_uniforms(6, N * D);
    p->k = malloc(N * M * sizeof *p->k);
    p->y = test_uniforms(7, N);
    p->w = test_uniforms(8, N);
    for (size_t i = 0; i < N; i++) {
        fill_row(p, i, i >= 30 && i < 380, v + i * D, dir + i * D);
        p->w[i] = 1.5 + p->w[i];
        p->y[i] = 0.02 * p->y[i] + p->k[i * M + 3] - 0.7 * p->k[i * M + M0 + 2] + 0.3 * p->k[i * M + 17];
    }
    p->rows = (slg_rows){.n_row = N, .y = p->y, .w = p->w, .n_run = N_RUN, .run = RUN};
    free(v), free(dir);
}

static void drop(problem *p)
{
    for (size_t b = 0; b < 2; b++)
        free(p->q[b]), free(p->u[b]);
    free(p->k), free(p->y), free(p->w);
}

/** Folds rows at..at+count-1 into a new gram block set. */
static double *fold_part(const problem *p, size_t at, size_t count)
{
    slg_run run[N_RUN];
    slg_rows rows = {.n_row = count, .y = p->y + at, .w = p->w + at, .run = run};
    for (size_t r = 0; r < N_RUN; r++) {
        size_t lo = RUN[r].first > at ? RUN[r].first : at, hi = RUN[r].first + RUN[r].count;
        hi = hi < at + count ? hi : at + count;
        if (lo < hi)
            run[rows.n_run++] = (slg_run){RUN[r].cls, lo - at, hi - lo, -1};
    }
    double *gram = calloc(slg_gram_length(M, N_CLASS), sizeof *gram), *k = malloc((count * M + 1) * sizeof *k);
    memcpy(k, p->k + at * M, count * M * sizeof *k);
    ck_assert_int_eq(slg_fit_fold(&rows, 2, p->part, (const double *const *)p->u, M, k, gram), SLG_OK);
    free(k);
    return gram;
}

static slg_status solve(const problem *p, const double *gram, const size_t *used, const double *delta,
                        const double *sigma, double *gamma, double *beta)
{
    size_t where;
    test_guard work = test_guard_open(slg_fit_solve_work_bytes(M));
    slg_status st = slg_fit_solve(gram, NULL, M, N_CLASS, 2, p->part, (const double *const *)p->u, used, delta, sigma,
                                  gamma, beta, &where, work.at);
    test_guard_close(&work);
    for (size_t j = 0; j < M; j++)
        beta[j] *= delta[j >= M0] * delta[j >= M0]; /* rows have unit delta */
    return st;
}

static void row_sigma(const problem *p, const double *sigma, double *out)
{
    for (size_t r = 0; r < N_RUN; r++)
        for (size_t i = RUN[r].first; i < RUN[r].first + RUN[r].count; i++)
            out[i] = p->w[i] * sigma[RUN[r].cls];
}

START_TEST(solution_equals_direct_qr)
{
    const double shift[] = {0, 2, 15}, eps[] = {1e-8, 1e-10, 1e-9};
    problem p;
    make(&p, shift[_i], eps[_i]);
    double *gram = fold_part(&p, 0, N), beta[M], gamma[M], exact[M], s[N], a[N], b[N];
    for (uint64_t trial = 0; trial < 6; trial++) {
        double delta[2], sigma[N_CLASS];
        for (size_t i = 0; i < 2; i++)
            delta[i] = pow(10, test_uniform(50 + trial, i));
        for (size_t i = 0; i < N_CLASS; i++)
            sigma[i] = pow(10, -2 + 1.5 * test_uniform(60 + trial, i));
        ck_assert_int_eq(solve(&p, gram, NULL, delta, sigma, gamma, beta), SLG_OK);
        row_sigma(&p, sigma, s);
        test_qr(N, M, p.k, p.y, s, 2, p.part, p.u, delta, exact);
        test_predict(N, M, p.k, beta, a);
        test_predict(N, M, p.k, exact, b);
        double dev = test_relative_rmse(N, a, b);
        printf("shift %g delta %.3g %.3g: predictions against QR %.1e\n", shift[_i], delta[0], delta[1], dev);
        ck_assert_double_lt(dev, 1e-6);
    }
    free(gram), drop(&p);
}
END_TEST

/* Runs that are judged fill a class of their own as if they had only the weights of errors. */
START_TEST(judged_rows_have_weights_of_their_own)
{
    problem p;
    make(&p, 2, 1e-10);
    slg_run run[N_RUN], other[2];
    memcpy(run, RUN, sizeof run);
    run[0].judge = run[3].judge = N_CLASS;
    double *w_judge = test_uniforms(9, N), *k = malloc(N * M * sizeof *k);
    double *gram = calloc(slg_gram_length(M, N_CLASS + 1), sizeof *gram), *plain = fold_part(&p, 0, N);
    double *judged = calloc(slg_gram_length(M, 1), sizeof *judged);
    for (size_t i = 0; i < N; i++)
        w_judge[i] += 2;
    memcpy(k, p.k, N * M * sizeof *k);
    slg_rows rows = p.rows;
    rows.w_judge = w_judge;
    rows.run = run;
    ck_assert_int_eq(slg_fit_fold(&rows, 2, p.part, (const double *const *)p.u, M, k, gram), SLG_OK);
    ck_assert_mem_eq(gram, plain, slg_gram_length(M, N_CLASS) * sizeof *gram);
    other[0] = (slg_run){0, RUN[0].first, RUN[0].count, -1};
    other[1] = (slg_run){0, RUN[3].first, RUN[3].count, -1};
    memcpy(k, p.k, N * M * sizeof *k);
    rows = (slg_rows){.n_row = N, .y = p.y, .w = w_judge, .n_run = 2, .run = other};
    ck_assert_int_eq(slg_fit_fold(&rows, 2, p.part, (const double *const *)p.u, M, k, judged), SLG_OK);
    for (size_t i = 0; i < slg_gram_length(M, 1); i++)
        ck_assert_double_eq_tol(gram[slg_gram_length(M, N_CLASS) + i], judged[i], 1e-8 * (1 + fabs(judged[i])));
    free(w_judge), free(k), free(gram), free(plain), free(judged), drop(&p);
}
END_TEST

START_TEST(class_without_sigma_is_left_out)
{
    problem p;
    make(&p, 1, 1e-8);
    double delta[] = {1, 2}, sigma[] = {0.01, 0.1, 0}, beta[M], gamma[M], exact[M], s[N], a[N], b[N];
    double *gram = fold_part(&p, 0, N);
    ck_assert_int_eq(solve(&p, gram, NULL, delta, sigma, gamma, beta), SLG_OK);
    row_sigma(&p, (double[]){0.01, 0.1, 1e150}, s);
    test_qr(N, M, p.k, p.y, s, 2, p.part, p.u, delta, exact);
    test_predict(N, M, p.k, beta, a);
    test_predict(N, M, p.k, exact, b);
    ck_assert_double_lt(test_relative_rmse(N, a, b), 1e-6);
    free(gram), drop(&p);
}
END_TEST

START_TEST(residual_is_that_of_the_rows)
{
    problem p;
    make(&p, 2, 1e-8);
    double delta[] = {0.5, 2}, sigma[] = {0.01, 0.03, 0.1}, beta[M], gamma[M], a[N], want[N_CLASS] = {0};
    double *gram = fold_part(&p, 0, N);
    ck_assert_int_eq(solve(&p, gram, NULL, delta, sigma, gamma, beta), SLG_OK);
    test_predict(N, M, p.k, beta, a);
    for (size_t r = 0; r < N_RUN; r++)
        for (size_t i = RUN[r].first; i < RUN[r].first + RUN[r].count; i++)
            want[RUN[r].cls] += pow((a[i] - p.y[i]) / p.w[i], 2);
    for (size_t c = 0; c < N_CLASS; c++) {
        double got = slg_fit_residual(gram, M, c, gamma);
        printf("class %zu: residual %.3e, off by %.1e of t\n", c, want[c],
               fabs(got - want[c]) / slg_gram_t(gram, M, c)[0]);
        ck_assert_double_eq_tol(got, want[c], 1e-10 * slg_gram_t(gram, M, c)[0]);
        ck_assert_double_eq_tol(got, want[c], 1e-4 * want[c]);
    }
    ck_assert_double_eq(slg_gram_t(gram, M, 0)[1], 50);
    ck_assert_double_eq(slg_gram_t(gram, M, 1)[1], 300);
    free(gram), drop(&p);
}
END_TEST

/** Only the upper parts count. */
static double gram_deviation(double *a, double *b)
{
    double worst = 0;
    for (size_t c = 0; c < N_CLASS; c++) {
        double *ha = slg_gram_h(a, M, c), *hb = slg_gram_h(b, M, c);
        for (size_t i = 0; i < M; i++)
            worst = fmax(worst, slg_test_deviation(M - i, ha + i * M + i, hb + i * M + i));
        worst = fmax(worst, slg_test_deviation(M, slg_gram_g(a, M, c), slg_gram_g(b, M, c)));
        worst = fmax(worst, slg_test_deviation(2, slg_gram_t(a, M, c), slg_gram_t(b, M, c)));
    }
    return worst;
}

START_TEST(chunks_add_up)
{
    problem p;
    make(&p, 1, 1e-8);
    double *whole = fold_part(&p, 0, N);
    const size_t size[] = {1, 7, 64, 199};
    for (size_t c = 0; c < 4; c++) {
        double *sum = calloc(slg_gram_length(M, N_CLASS), sizeof *sum);
        for (size_t at = 0; at < N; at += size[c]) {
            double *part = fold_part(&p, at, N - at < size[c] ? N - at : size[c]);
            slg_gram_add(M, N_CLASS, sum, part);
            free(part);
        }
        ck_assert_double_lt(gram_deviation(sum, whole), 1e-10);
        free(sum);
    }
    double *again = fold_part(&p, 0, N);
    ck_assert_mem_eq(again, whole, slg_gram_length(M, N_CLASS) * sizeof *whole);
    free(again), free(whole), drop(&p);
}
END_TEST

START_TEST(leading_points_are_the_smaller_model)
{
    const size_t used[] = {15, 9};
    const double delta[] = {1.5, 0.6}, sigma[] = {0.01, 0.05, 0.02};
    problem p;
    make(&p, 1, 1e-8);
    double *gram = fold_part(&p, 0, N), beta[M], gamma[M], exact[24], s[N], a[N], b[N], *k = malloc(N * 24 * sizeof *k);
    ck_assert_int_eq(solve(&p, gram, used, delta, sigma, gamma, beta), SLG_OK);
    slg_part small[2] = {p.part[0], p.part[1]};
    double *u[2];
    for (size_t c = 0, col = 0; c < 2; c++) {
        size_t where;
        small[c].m = used[c];
        small[c].col0 = col;
        u[c] = malloc(used[c] * used[c] * sizeof *u[c]);
        ck_assert_int_eq(test_factor(used[c], D, p.q[c], ZETA, 1e-8, u[c], &where), SLG_OK);
        for (size_t i = 0; i < N; i++)
            memcpy(k + i * 24 + col, p.k + i * M + p.part[c].col0, used[c] * sizeof *k);
        col += used[c];
    }
    row_sigma(&p, sigma, s);
    test_qr(N, 24, k, p.y, s, 2, small, u, delta, exact);
    test_predict(N, M, p.k, beta, a);
    test_predict(N, 24, k, exact, b);
    ck_assert_double_lt(test_relative_rmse(N, a, b), 1e-6);
    for (size_t j = 0; j < M; j++)
        if ((j >= 15 && j < M0) || j >= M0 + 9)
            ck_assert(beta[j] == 0 && gamma[j] == 0);
    free(k), free(u[0]), free(u[1]), free(gram), drop(&p);
}
END_TEST

START_TEST(failures_are_told)
{
    const double q[] = {1, 0, 1, 0}, bad[] = {1, 0, NAN, 0};
    double u[4], delta[] = {1, 1}, sigma[] = {1, 1, 1}, beta[M], gamma[M];
    size_t where = 9;
    ck_assert_int_eq(test_factor(2, 2, q, 4, 0, u, &where), SLG_ERR_NOT_SPD);
    ck_assert_uint_eq(where, 1);
    ck_assert_int_eq(test_factor(2, 2, bad, 4, 0, u, &where), SLG_ERR_NOT_FINITE);
    ck_assert_int_eq(test_factor(2, 2, q, 2, 3, u, &where), SLG_OK);
    ck_assert_double_eq_tol(u[0] * u[1], 1, 1e-15);
    ck_assert_double_eq_tol(u[1] * u[1] + u[3] * u[3], 4, 1e-15);
    ck_assert_double_eq(u[2], 0);
    problem p;
    make(&p, 1, 1e-8);
    double *gram = fold_part(&p, 0, N);
    delta[1] = 0;
    ck_assert_int_eq(solve(&p, gram, NULL, delta, sigma, gamma, beta), SLG_ERR_NOT_FINITE);
    delta[1] = 1;
    slg_gram_h(gram, M, 1)[3 * M + 3] = -1e9;
    ck_assert_int_eq(solve(&p, gram, NULL, delta, sigma, gamma, beta), SLG_ERR_NOT_SPD);
    p.k[N * M - 1] = INFINITY;
    ck_assert_int_eq(slg_fit_fold(&p.rows, 2, p.part, (const double *const *)p.u, M, p.k, gram), SLG_ERR_NOT_FINITE);
    free(gram), drop(&p);
}
END_TEST

#define GOLDEN "spec/golden/gap_fit/"

/** Rows of the dump: all energies, then per frame its forces and 6 virials; lambda of an energy is 0.002^2 N. */
static size_t golden_runs(size_t n_frame, const double *lambda, slg_run *run)
{
    size_t at = n_frame, n = 0;
    run[n++] = (slg_run){0, 0, n_frame, -1};
    for (size_t f = 0; f < n_frame; f++) {
        size_t atoms = (size_t)(lambda[f] / 4e-6 + 0.5);
        run[n++] = (slg_run){1, at, 3 * atoms, -1};
        run[n++] = (slg_run){2, at + 3 * atoms, 6, -1};
        at += 3 * atoms + 6;
    }
    return at;
}

/* Largest element of |u^T u - k|. */
static double factor_deviation(size_t m, const double *u, const double *k)
{
    double worst = 0;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) {
            double sum = 0;
            for (size_t l = 0; l < m; l++)
                sum += u[l * m + i] * u[l * m + j];
            worst = fmax(worst, fabs(sum - k[i * m + j]));
        }
    return worst;
}

START_TEST(golden_linear_system)
{
    enum { MG = 80, FRAMES = 24 };
    const double sigma[] = {0.002, 0.1, 0.05}, delta = 1;
    size_t n_q, n_k, n, n_lambda, n_kmm, where;
    slg_run run[1 + 2 * FRAMES];
    if (!slg_test_have_reference(GOLDEN "README.md"))
        return;
    const char *points = GOLDEN "EFV_idx/gp.xml.sparseX.GAP_2026_11_21_0_8_18_52_1621";
    double *q = test_read_numbers(slg_test_reference(points), &n_q);
    double *kmm = test_read_numbers(slg_test_reference(GOLDEN "linear_system_EFV_idx/lsd_Kmm.gz"), &n_kmm);
    double *k = test_read_numbers(slg_test_reference(GOLDEN "linear_system_EFV_idx/lsd_Kmn.0.gz"), &n_k);
    double *y = test_read_numbers(slg_test_reference(GOLDEN "linear_system_EFV_idx/lsd_globalY.0.gz"), &n);
    double *lambda = test_read_numbers(slg_test_reference(GOLDEN "linear_system_EFV_idx/lsd_lambda.0.gz"), &n_lambda);
    ck_assert(n_k == n * MG && n_lambda == n && n_kmm == MG * MG);
    ck_assert_uint_eq(golden_runs(FRAMES, lambda, run), n);

    const slg_part part = {.m = MG, .d = n_q / MG};
    double *u = malloc(MG * MG * sizeof *u), *w = malloc(n * sizeof *w), *s = malloc(n * sizeof *s);
    ck_assert_int_eq(test_factor(MG, n_q / MG, q, 4, 1e-8, u, &where), SLG_OK);
    double worst = factor_deviation(MG, u, kmm);
    ck_assert_double_lt(worst, 1e-13);
    for (size_t r = 0; r < 1 + 2 * FRAMES; r++)
        for (size_t i = run[r].first; i < run[r].first + run[r].count; i++) {
            s[i] = sqrt(lambda[i]);
            w[i] = s[i] / sigma[run[r].cls];
        }
    slg_rows rows = {.n_row = n, .y = y, .w = w, .n_run = 1 + 2 * FRAMES, .run = run};
    double *gram = calloc(slg_gram_length(MG, 3), sizeof *gram), *b = malloc(n_k * sizeof *b);
    memcpy(b, k, n_k * sizeof *b);
    ck_assert_int_eq(slg_fit_fold(&rows, 1, &part, (const double *const *)&u, MG, b, gram), SLG_OK);
    double gamma[MG], alpha[MG], exact[MG], *p0 = malloc(n * sizeof *p0), *p1 = malloc(n * sizeof *p1);
    test_guard work = test_guard_open(slg_fit_solve_work_bytes(MG));
    ck_assert_int_eq(slg_fit_solve(gram, NULL, MG, 3, 1, &part, (const double *const *)&u, NULL, &delta, sigma, gamma,
                                   alpha, &where, work.at),
                     SLG_OK);
    test_qr(n, MG, k, y, s, 1, &part, &u, &delta, exact);
    test_predict(n, MG, k, alpha, p0);
    test_predict(n, MG, k, exact, p1);
    printf("golden system: K_mm %.1e, predictions E %.1e, F and V %.1e, alpha %.1e\n", worst,
           test_relative_rmse(FRAMES, p0, p1), test_relative_rmse(n - FRAMES, p0 + FRAMES, p1 + FRAMES),
           test_relative_rmse(MG, alpha, exact));
    ck_assert_double_lt(test_relative_rmse(FRAMES, p0, p1), 1e-6);
    ck_assert_double_lt(test_relative_rmse(n - FRAMES, p0 + FRAMES, p1 + FRAMES), 1e-6);
    double want[3] = {0};
    for (size_t r = 0; r < 1 + 2 * FRAMES; r++)
        for (size_t i = run[r].first; i < run[r].first + run[r].count; i++)
            want[run[r].cls] += pow((p1[i] - y[i]) / w[i], 2);
    for (size_t c = 0; c < 3; c++) {
        double got = slg_fit_residual(gram, MG, c, gamma);
        printf("golden system: training residual of class %zu %.6e, relative deviation %.1e\n", c, want[c],
               fabs(got / want[c] - 1));
        ck_assert_double_eq_tol(got, want[c], 1e-6 * want[c]);
    }
    free(q), free(kmm), free(k), free(y), free(lambda), free(u), free(w), free(s), free(gram), free(b);
    free(p0), free(p1), test_guard_close(&work);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("solver");
    TCase *t = tcase_create("solver");
    tcase_add_loop_test(t, solution_equals_direct_qr, 0, 3);
    tcase_add_test(t, judged_rows_have_weights_of_their_own);
    tcase_add_test(t, class_without_sigma_is_left_out);
    tcase_add_test(t, residual_is_that_of_the_rows);
    tcase_add_test(t, chunks_add_up);
    tcase_add_test(t, leading_points_are_the_smaller_model);
    tcase_add_test(t, failures_are_told);
    tcase_add_test(t, golden_linear_system);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
