/** Speed of the fit: design rows, whitening and Gram blocks against the dgemm rate of this machine in the same run. */
#include "runtime/base/alloc.h"
#include "runtime/base/rng.h"
#include "tasks/terms/soap/soap.h"

#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { N_ATOM = 64, N_FRAME = 2, N_ENV = N_ATOM * N_FRAME, N_NEIGHBOUR = 60, M = 500, REPEAT = 7 };
static const double CUTOFF = 5;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); /* a busy machine disturbs it less */
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *memory(size_t n, size_t size)
{
    void *p = slg_alloc_aligned(n, size);
    if (p == NULL) {
        fprintf(stderr, "bench_fit: out of memory\n");
        exit(EXIT_FAILURE);
    }
    memset(p, 0, n * size);
    return p;
}

static double *random_numbers(size_t n, uint64_t seed)
{
    double *x = memory(n, sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = 2 * slg_rng_u01(seed, SLG_STREAM_TEST, (uint32_t)i, 0, 0) - 1;
    return x;
}

/** Best of a few runs, in GFlop/s. */
#define RATE(flops, call)                                                                                              \
    __extension__({                                                                                                    \
        double best_ = HUGE_VAL;                                                                                       \
        for (int repeat_ = 0; repeat_ < REPEAT; repeat_++) {                                                           \
            double start_ = now();                                                                                     \
            call;                                                                                                      \
            best_ = fmin(best_, now() - start_);                                                                       \
        }                                                                                                              \
        (flops) / best_ / 1e9;                                                                                         \
    })

static double dgemm_rate(void)
{
    enum { N = 800 };
    double *a = random_numbers(N * N, 1), *b = random_numbers(N * N, 2), *c = memory(N * N, sizeof *c);
    double rate =
        RATE(2.0 * N * N * N, cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, N, N, N, 1, a, N, b, N, 0, c, N));
    slg_free(a), slg_free(b), slg_free(c);
    return rate;
}

/** The same with the distinct neighbours of each environment. */
static slg_geom with_near(const slg_geom *pairs)
{
    slg_geom g = *pairs;
    size_t *first = memory(g.n_env + 1, sizeof *first);
    int32_t *near = memory(g.n_pair, sizeof *near), *of_pair = memory(g.n_pair, sizeof *of_pair);
    int32_t *mark = memory(g.n_env, sizeof *mark);
    g.n_near = slg_geom_find_near(&g, first, near, of_pair, mark);
    g.near_first = first, g.near_env = near, g.pair_near = of_pair;
    slg_free(mark);
    return g;
}

/** Frames of 64 atoms; every environment sees 60 others once, at random places within the cutoff. */
static slg_geom geometry(void)
{
    size_t n = (size_t)N_ENV * N_NEIGHBOUR;
    size_t *frame = memory(N_FRAME + 1, sizeof *frame), *first = memory(N_ENV + 1, sizeof *first);
    int32_t *species = memory(n, sizeof *species), *atom = memory(n, sizeof *atom);
    double *x = random_numbers(n, 3), *y = random_numbers(n, 4), *z = random_numbers(n, 5), *r = memory(n, sizeof *r);
    for (size_t e = 0; e < N_ENV; e++) {
        first[e + 1] = (e + 1) * N_NEIGHBOUR;
        for (size_t j = 0, p = e * N_NEIGHBOUR; j < N_NEIGHBOUR; j++, p++) {
            atom[p] = (int32_t)(e / N_ATOM * N_ATOM + (e + 1 + j) % N_ATOM);
            double norm = sqrt(x[p] * x[p] + y[p] * y[p] + z[p] * z[p]);
            r[p] = 2 + (CUTOFF - 2.01) * (double)j / N_NEIGHBOUR; /* pairs are sorted by distance */
            x[p] *= r[p] / norm, y[p] *= r[p] / norm, z[p] *= r[p] / norm;
        }
    }
    for (size_t f = 0; f <= N_FRAME; f++)
        frame[f] = f * N_ATOM;
    return with_near(&(slg_geom){.n_frame = N_FRAME,
                                 .n_env = N_ENV,
                                 .n_pair = n,
                                 .frame_first = frame,
                                 .pair_first = first,
                                 .species = species,
                                 .pair_env = atom,
                                 .pair_species = species,
                                 .pair_x = x,
                                 .pair_y = y,
                                 .pair_z = z,
                                 .pair_r = r,
                                 .max_pair = N_NEIGHBOUR,
                                 .min_r = 2});
}

static slg_soap_hp hyper(void)
{
    slg_soap_hp hp = {.n_species = 1,
                      .l_max = 6,
                      .alpha_max = {6},
                      .radial_enhancement = 1,
                      .rcut_hard = {CUTOFF},
                      .rcut_soft = {CUTOFF - 0.5},
                      .nf = {4},
                      .global_scaling = {1},
                      .atom_sigma_r = {0.5},
                      .atom_sigma_r_scaling = {0.1},
                      .atom_sigma_t = {0.5},
                      .atom_sigma_t_scaling = {0.1},
                      .amplitude_scaling = {1},
                      .central_weight = {1},
                      .zeta = 4,
                      .basis = SLG_POLY3GAUSS,
                      .compress_mode = "None"};
    return hp;
}

/** Descriptors and gradients alone, as the design rows call them. */
static void gradients(const slg_soap_plan *plan, const slg_geom *geom, double *v, double *g, void *work)
{
    for (size_t e = 0; e < N_ENV; e++) {
        if (slg_soap_prepare(plan, geom, e, v, work) != SLG_OK)
            exit(EXIT_FAILURE);
        slg_soap_gradient(plan, geom, e, v, g, work);
    }
}

static void rows(const slg_geom *geom, const slg_rows *r, const slg_part *part, double *k, void *work)
{
    if (part->term->rows(part, geom, 0, N_ENV, r, M, k, work) != SLG_OK)
        exit(EXIT_FAILURE);
}

static void *scratch(const slg_term_def *def, const slg_part *part, const slg_geom *geom, const slg_rows *r)
{
    double flops = 0;
    size_t bytes = 0;
    def->term->cost(
        def,
        &(slg_term_work){.what = SLG_WORK_ROWS, .plan = part->plan, .geom = geom, .env1 = N_ENV, .rows = r, .m = M},
        &flops, &bytes);
    return memory(bytes, 1);
}

static void bench_rows(double peak, const slg_term_def *def, const slg_part *part, const slg_geom *geom,
                       const slg_rows *r, double *k)
{
    double flops = 2.0 * (double)part->d * M * N_ENV * (1 + 3 * N_NEIGHBOUR + (r->virial[0] >= 0 ? 6 : 0));
    void *work = scratch(def, part, geom, r);
    double *v = memory(part->d, sizeof *v), *g = memory(3 * N_NEIGHBOUR * part->d, sizeof *g);
    double soap = 1 / (1e9 * RATE(1.0, gradients(part->plan, geom, v, g, work)));
    double all = 1 / (1e9 * RATE(1.0, rows(geom, r, part, k, work)));
    double rate = flops / (all - soap) / 1e9;
    printf("rows %s   %7.1f us an environment (descriptor and gradient %.1f us); kernel part %.2f GFlop/s = %.0f %% of "
           "dgemm\n",
           r->virial[0] >= 0 ? "E+F+V" : "E+F  ", 1e6 * all / N_ENV, 1e6 * soap / N_ENV, rate, 100 * rate / peak);
    slg_free(work), slg_free(v), slg_free(g);
}

static void bench_fold(double peak)
{
    enum { N = 1500 };
    double *k = random_numbers((size_t)N * M, 6);
    double *u = memory((size_t)M * M, sizeof *u), *h = memory((size_t)M * M, sizeof *h);
    for (size_t i = 0; i < M; i++)
        u[i * M + i] = 1;
    double trsm = RATE(1.0 * N * M * M, cblas_dtrsm(CblasRowMajor, CblasRight, CblasUpper, CblasNoTrans, CblasNonUnit,
                                                    N, M, 1, u, M, k, M));
    double syrk = RATE(1.0 * N * M * M, cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, M, N, 1, k, M, 1, h, M));
    printf("trsm         %.2f GFlop/s = %.0f %% of dgemm\nsyrk         %.2f GFlop/s = %.0f %% of dgemm\n", trsm,
           100 * trsm / peak, syrk, 100 * syrk / peak);
    slg_free(k), slg_free(u), slg_free(h);
}

int main(void)
{
    openblas_set_num_threads(1);
    double peak = dgemm_rate();
    slg_geom geom = geometry();
    slg_soap_hp hp = hyper();
    const slg_term_def def = slg_soap_define(&hp);
    void *plan = memory(def.term->plan_bytes(&def), 1);
    size_t where;
    if (def.term->plan(&def, plan, &where) != SLG_OK) {
        fprintf(stderr, "bench_fit: the plan cannot be made\n");
        return EXIT_FAILURE;
    }
    size_t d = slg_term_length(&def), n_row = N_FRAME * (7 + 3 * N_ATOM);
    double *q = random_numbers(M * d, 7), *k = memory(n_row * M, sizeof *k);
    for (size_t i = 0; i < M * d; i++)
        q[i] = fabs(q[i]) / sqrt((double)d);
    const slg_part part = {def.term, plan, M, d, 0, q};
    int64_t energy[] = {0, 1}, none[] = {-1, -1}, virial[] = {2, 8}, force[] = {14, 14 + 3 * N_ATOM};
    slg_rows r = {.n_frame = N_FRAME, .n_row = n_row, .energy = energy, .force = force, .virial = none};
    printf("dgemm        %.2f GFlop/s on one thread; d = %zu, M = %d, %d neighbours\n", peak, d, M, N_NEIGHBOUR);
    bench_rows(peak, &def, &part, &geom, &r, k);
    r.virial = virial;
    bench_rows(peak, &def, &part, &geom, &r, k);
    bench_fold(peak);
    return EXIT_SUCCESS;
}
