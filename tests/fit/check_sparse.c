#include "tasks/sparse/sparse.h"

#include "tests/fit/guard.h"
#include "tests/fit/random.h"
#include "tests/support/support.h"
#include <lapacke.h>
#include <string.h>

enum { MAX_CHUNK = 16 };

/** x [n][d] seen as chunks of the given size. */
typedef struct view {
    size_t first[MAX_CHUNK + 1];
    const double *chunk[MAX_CHUNK];
    slg_chunked x;
} view;

static void look(view *w, const double *x, size_t n, size_t d, size_t size)
{
    w->x = (slg_chunked){0, d, w->first, w->chunk, true};
    for (size_t at = 0; at < n; at += size) {
        w->first[w->x.n_chunk] = at;
        w->chunk[w->x.n_chunk++] = x + at * d;
        ck_assert_uint_le(w->x.n_chunk, MAX_CHUNK);
    }
    w->first[w->x.n_chunk] = n;
}

static size_t select_rows(slg_sparse_method method, const double *x, size_t n, size_t d, size_t size, size_t m,
                          int64_t *index)
{
    view w;
    size_t chosen;
    look(&w, x, n, d, size);
    test_guard work = test_guard_open(slg_sparse_work_bytes(n, d, m));
    ck_assert_int_eq(slg_sparse_select(method, &w.x, m, 7, index, &chosen, work.at), SLG_OK);
    test_guard_close(&work);
    ck_assert_uint_le(chosen, m);
    for (size_t i = 0; i < chosen; i++) {
        ck_assert_int_ge(index[i], 0);
        ck_assert_int_lt(index[i], (int64_t)n);
        for (size_t j = 0; j < i; j++)
            ck_assert_int_ne(index[i], index[j]);
    }
    return chosen;
}

/** Unit rows spanned by `rank` directions with decaying weights. */
static double *low_rank(uint64_t seed, size_t n, size_t d, size_t rank)
{
    double *a = test_uniforms(seed, n * rank), *b = test_uniforms(seed + 1, rank * d), *x = calloc(n * d, sizeof *x);
    for (size_t i = 0; i < n; i++) {
        double s = 0;
        for (size_t j = 0; j < d; j++) {
            for (size_t k = 0; k < rank; k++)
                x[i * d + j] += a[i * rank + k] * b[k * d + j] / (double)(1 + 3 * k);
            s += x[i * d + j] * x[i * d + j];
        }
        for (size_t j = 0; j < d; j++)
            x[i * d + j] /= sqrt(s);
    }
    free(a), free(b);
    return x;
}

START_TEST(smaller_sets_are_prefixes)
{
    enum { N = 90, D = 13, M = 40 };
    double *x = low_rank(5, N, D, 9);
    memcpy(x + 30 * D, x + 10 * D, 5 * D * sizeof *x);
    int64_t whole[M], part[M];
    size_t most = select_rows((slg_sparse_method)_i, x, N, D, 17, M, whole);
    ck_assert_uint_eq(most, M);
    for (size_t m = 0; m < M; m++) {
        ck_assert_uint_eq(select_rows((slg_sparse_method)_i, x, N, D, 17, m, part), m);
        ck_assert_mem_eq(part, whole, m * sizeof *part);
    }
    free(x);
}
END_TEST

START_TEST(duplicates_are_never_chosen)
{
    enum { N = 60, D = 8, HALF = 30 };
    double *x = test_unit_rows(9, N, D, 0.3);
    for (size_t i = 0; i < HALF; i++) /* rows 30.. repeat rows 0..29 in reverse, some with rounding noise */
        for (size_t j = 0; j < D; j++)
            x[(HALF + i) * D + j] = x[(HALF - 1 - i) * D + j] + (i % 3 == 0 ? 3e-11 * test_uniform(1, i * D + j) : 0);
    int64_t index[N];
    size_t n = select_rows((slg_sparse_method)_i, x, N, D, 7, N, index);
    ck_assert_uint_eq(n, HALF);
    for (size_t i = 0; i < n; i++)
        ck_assert_int_lt(index[i], HALF);
    x[0] += 2e-10; /* no longer a copy, but too near for the kernel distance */
    n = select_rows((slg_sparse_method)_i, x, N, D, 7, N, index);
    ck_assert_uint_eq(n, _i == SLG_SPARSE_FPS ? HALF : HALF + 1);
    free(x);
}
END_TEST

START_TEST(many_copies_stay_cheap)
{
    enum { N = 200000, D = 4 };
    double *x = malloc(N * D * sizeof *x);
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < D; j++)
            x[i * D + j] = j == i % 2 ? 1 : 0;
    int64_t index[5];
    ck_assert_uint_eq(select_rows((slg_sparse_method)_i, x, N, D, N, 5, index), 2);
    ck_assert_int_eq(index[0] + index[1], 1);
    free(x);
}
END_TEST

START_TEST(fps_equals_naive)
{
    enum { N = 80, D = 10, M = 30 };
    double *x = low_rank(21, N, D, 8);
    int64_t index[M];
    ck_assert_uint_eq(select_rows(SLG_SPARSE_FPS, x, N, D, 9, M, index), M);
    ck_assert_int_eq(index[0], 0);
    for (size_t c = 1; c < M; c++) {
        size_t best = 0;
        double far = -1;
        for (size_t i = 0; i < N; i++) {
            double near = 4;
            for (size_t j = 0; j < c; j++) {
                double dot = 0;
                for (size_t l = 0; l < D; l++)
                    dot += x[i * D + l] * x[(size_t)index[j] * D + l];
                near = fmin(near, 2 - 2 * dot);
            }
            if (near > far) {
                far = near;
                best = i;
            }
        }
        ck_assert_int_eq(index[c], (int64_t)best);
    }
    free(x);
}
END_TEST

/** Leverage from an SVD of the rows themselves, as gap_fit counts its directions. */
static void svd_leverage(const double *x, size_t n, size_t d, double *score)
{
    double *a = malloc(n * d * sizeof *a), *s = malloc(d * sizeof *s), *u = malloc(n * d * sizeof *u);
    double *super = malloc(d * sizeof *super), vt[1];
    memcpy(a, x, n * d * sizeof *a);
    ck_assert_int_eq(
        LAPACKE_dgesvd(LAPACK_ROW_MAJOR, 'S', 'N', (int)n, (int)d, a, (int)d, s, u, (int)d, vt, (int)d, super), 0);
    size_t count = 0;
    while (count < d && s[count] > 1e-13)
        count++;
    size_t k = count / 2 > 0 ? count / 2 : 1;
    for (size_t i = 0; i < n; i++) {
        score[i] = 0;
        for (size_t j = 0; j < k; j++)
            score[i] += u[i * d + j] * u[i * d + j];
    }
    free(a), free(s), free(u), free(super);
}

/** Full rank with singular values over 11 orders, as descriptors have them; a Gram matrix would lose half of them. */
static double *graded(size_t n, size_t d)
{
    double *a = test_uniforms(3, n * d), *b = test_uniforms(4, d * d), *x = calloc(n * d, sizeof *x);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            for (size_t k = 0; k < d; k++)
                x[i * d + j] += a[i * d + k] * pow(10, -11 * (double)k / (double)(d - 1)) * b[k * d + j];
    free(a), free(b);
    return x;
}

START_TEST(cur_equals_svd)
{
    enum { N = 120, D = 20, M = 50 };
    double *x = _i < 5 ? low_rank(31 + (uint64_t)_i, N, D, (size_t)(2 + 3 * _i)) : graded(N, D), score[N];
    int64_t index[M];
    svd_leverage(x, N, D, score);
    size_t n = select_rows(SLG_SPARSE_CUR, x, N, D, 16, M, index);
    ck_assert_uint_eq(n, M);
    for (size_t c = 0; c < n; c++) {
        size_t better = 0;
        for (size_t i = 0; i < N; i++)
            better += score[i] > score[index[c]] * (1 + 1e-9) + 1e-12;
        ck_assert_uint_le(better, c);
        if (c > 0)
            ck_assert_double_le(score[index[c]], score[index[c - 1]] * (1 + 1e-9) + 1e-12);
    }
    free(x);
}
END_TEST

START_TEST(chunking_changes_little_and_seed_matters)
{
    enum { N = 64, D = 9, M = 20 };
    double *x = low_rank(77, N, D, 7);
    int64_t a[M], b[M];
    select_rows((slg_sparse_method)_i, x, N, D, N, M, a);
    select_rows((slg_sparse_method)_i, x, N, D, 5, M, b);
    ck_assert_mem_eq(a, b, sizeof a);
    view w;
    size_t n;
    look(&w, x, N, D, N);
    test_guard work = test_guard_open(slg_sparse_work_bytes(N, D, M));
    ck_assert_int_eq(slg_sparse_select((slg_sparse_method)_i, &w.x, M, 8, b, &n, work.at), SLG_OK);
    ck_assert_int_eq(memcmp(a, b, sizeof a) != 0, _i == SLG_SPARSE_RANDOM);
    test_guard_close(&work), free(x);
}
END_TEST

START_TEST(random_is_uniform)
{
    enum { N = 10, D = 3, TRIES = 4000 };
    double *x = test_unit_rows(1, N, D, 0), count[N] = {0};
    view w;
    look(&w, x, N, D, N);
    test_guard work = test_guard_open(slg_sparse_work_bytes(N, D, 1));
    for (uint64_t seed = 0; seed < TRIES; seed++) {
        int64_t i;
        size_t n;
        ck_assert_int_eq(slg_sparse_select(SLG_SPARSE_RANDOM, &w.x, 1, seed, &i, &n, work.at), SLG_OK);
        count[i] += 1;
    }
    for (size_t i = 0; i < N; i++) /* five standard deviations */
        ck_assert_double_eq_tol(count[i], TRIES / (double)N, 95);
    test_guard_close(&work), free(x);
}
END_TEST

START_TEST(bad_input)
{
    _Alignas(64) double work[2000];
    double x[] = {1, 0, 0, INFINITY, 0, 0};
    view w;
    size_t n;
    int64_t index[2];
    look(&w, x, 2, 3, 2);
    ck_assert_uint_le(slg_sparse_work_bytes(2, 3, 2), sizeof work);
    ck_assert_int_eq(slg_sparse_select((slg_sparse_method)_i, &w.x, 2, 0, index, &n, work), SLG_ERR_NOT_FINITE);
    look(&w, x, 0, 3, 2);
    ck_assert_int_eq(slg_sparse_select((slg_sparse_method)_i, &w.x, 2, 0, index, &n, work), SLG_ERR_EMPTY);
    memset(x, 0, sizeof x); /* rows of zeros are copies of the first */
    look(&w, x, 2, 3, 2);
    ck_assert_int_eq(slg_sparse_select((slg_sparse_method)_i, &w.x, 2, 0, index, &n, work), SLG_OK);
    ck_assert_uint_eq(n, 1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("sparse");
    TCase *t = tcase_create("sparse");
    tcase_add_loop_test(t, smaller_sets_are_prefixes, 0, 3);
    tcase_add_loop_test(t, duplicates_are_never_chosen, 0, 3);
    tcase_add_loop_test(t, many_copies_stay_cheap, 0, 3);
    tcase_add_test(t, fps_equals_naive);
    tcase_add_loop_test(t, cur_equals_svd, 0, 6);
    tcase_add_loop_test(t, chunking_changes_little_and_seed_matters, 0, 3);
    tcase_add_test(t, random_is_uniform);
    tcase_add_loop_test(t, bad_input, 0, 3);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
