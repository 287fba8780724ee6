/* Time per environment of 60 neighbours, best of several repetitions: one JSON line for each case. */
#define _POSIX_C_SOURCE 200809L
#include "runtime/base/alloc.h"
#include "runtime/base/rng.h"
#include "tasks/terms/soap/internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PAIRS = 60, ENVS = 16, ROUNDS = 15 };

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double uniform(uint32_t a, uint32_t b)
{
    return slg_rng_u01(7, SLG_STREAM_TEST, a, b, 1);
}

typedef struct space {
    size_t first[ENVS + 1], frame[2];
    int32_t species[ENVS], env[ENVS * PAIRS], channel[ENVS * PAIRS];
    double x[ENVS * PAIRS], y[ENVS * PAIRS], z[ENVS * PAIRS], r[ENVS * PAIRS];
    slg_geom geom;
} space;

/* Neighbours uniform in the sphere of the cutoff, ascending in r as a data set stores them. */
static void fill(space *s, int32_t n_species)
{
    for (uint32_t e = 0; e < ENVS; e++) {
        s->first[e] = e * PAIRS;
        for (uint32_t k = 0; k < PAIRS; k++) {
            uint32_t i = e * PAIRS + k, run = PAIRS / (uint32_t)n_species;
            double cos_t = 2 * uniform(i, 1) - 1, phi = 2 * SLG_PI * uniform(i, 2), sin_t = sqrt(1 - cos_t * cos_t);
            s->r[i] = 5 * cbrt(((double)(k % run) + 0.5) / run);
            s->channel[i] = (int32_t)(k / run);
            s->x[i] = s->r[i] * sin_t * cos(phi), s->y[i] = s->r[i] * sin_t * sin(phi), s->z[i] = s->r[i] * cos_t;
        }
    }
    s->first[ENVS] = ENVS * PAIRS;
    s->geom = (slg_geom){.n_frame = 1,
                         .n_env = ENVS,
                         .n_pair = ENVS * PAIRS,
                         .frame_first = s->frame,
                         .pair_first = s->first,
                         .species = s->species,
                         .pair_env = s->env,
                         .pair_species = s->channel,
                         .pair_x = s->x,
                         .pair_y = s->y,
                         .pair_z = s->z,
                         .pair_r = s->r,
                         .max_pair = PAIRS,
                         .min_r = 1};
}

static slg_soap_hp parameters(int32_t n_species, int32_t alpha, int32_t l_max)
{
    slg_soap_hp hp = {.n_species = n_species, .l_max = l_max, .compress_mode = "None"};
    for (int32_t s = 0; s < n_species; s++) {
        hp.alpha_max[s] = alpha;
        hp.rcut_hard[s] = 5, hp.rcut_soft[s] = 4.5, hp.nf[s] = 4, hp.global_scaling[s] = 1;
        hp.atom_sigma_r[s] = hp.atom_sigma_t[s] = 0.5;
        hp.amplitude_scaling[s] = 1.5, hp.central_weight[s] = 1;
    }
    return hp;
}

typedef enum what { DESCRIPTOR, REVERSE, GRADIENT } what;

/* ms per environment, best round */
static double measure(const slg_soap_plan *plan, const space *s, what w, double *v, double *out, void *work)
{
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double from = seconds();
        for (size_t e = 0; e < ENVS; e++) {
            slg_status st = w == DESCRIPTOR ? slg_soap_descriptor(plan, &s->geom, e, v, work)
                                            : slg_soap_prepare(plan, &s->geom, e, v, work);
            if (st != SLG_OK)
                exit(1);
            if (w == REVERSE)
                slg_soap_reverse(plan, &s->geom, e, v, v, out, work);
            if (w == GRADIENT)
                slg_soap_gradient(plan, &s->geom, e, v, out, work);
        }
        best = fmin(best, (seconds() - from) * 1e3 / ENVS);
    }
    return best;
}

static void run(const space *s, int32_t n_species, int32_t alpha, int32_t l_max)
{
    char why[104];
    slg_soap_hp hp = parameters(n_species, alpha, l_max);
    size_t bytes = slg_soap_plan_bytes(&hp);
    slg_soap_plan *plan = slg_alloc_aligned(bytes, 1);
    double from = seconds();
    if (!plan || slg_soap_plan_build(&hp, plan, why) != SLG_OK)
        exit(1);
    double build = 1e3 * (seconds() - from);
    size_t d = slg_soap_plan_length(plan);
    void *work = slg_alloc_aligned(slg_soap_work_bytes(plan, PAIRS), 1);
    double *v = slg_calloc(d, sizeof *v), *out = slg_calloc(3 * PAIRS * d, sizeof *out);
    double t0 = measure(plan, s, DESCRIPTOR, v, out, work), t1 = measure(plan, s, REVERSE, v, out, work);
    double t2 = measure(plan, s, GRADIENT, v, out, work);
    printf("{\"bench\": \"soap\", \"species\": %d, \"alpha_max\": %d, \"l_max\": %d, "
           "\"neighbours\": %d, "
           "\"length\": %zu, \"ms_descriptor\": %.4f, \"ms_with_reverse\": %.4f, "
           "\"ms_with_gradient\": %.4f, "
           "\"gflops_descriptor\": %.2f, \"plan_kB\": %zu, \"ms_plan\": %.2f}\n",
           n_species, alpha, l_max, PAIRS, d, t0, t1, t2, slg_soap_flops(plan, PAIRS) / t0 * 1e-6, bytes / 1000, build);
    slg_free(plan), slg_free(work), slg_free(v), slg_free(out);
}

int main(void)
{
    static space s;
    fill(&s, 1);
    run(&s, 1, 4, 4);
    run(&s, 1, 6, 6);
    run(&s, 1, 8, 8);
    fill(&s, 3);
    run(&s, 3, 8, 8);
    fill(&s, 5);
    run(&s, 5, 4, 4);
    return 0;
}
