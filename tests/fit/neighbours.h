/** Neighbourhoods by brute force over images, independent of the program's own neighbour search. */
#ifndef SLG_TESTS_FIT_NEIGHBOURS_H
#define SLG_TESTS_FIT_NEIGHBOURS_H

#include "tasks/common/geom.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TEST_ATOMS = 16, TEST_FRAMES = 4, TEST_PAIRS = 40000 };

typedef struct test_frame {
    size_t n;
    int periodic;
    double cell[3][3], pos[TEST_ATOMS][3];
    int32_t species[TEST_ATOMS];
} test_frame;

typedef struct test_geom {
    size_t frame_first[TEST_FRAMES + 1], pair_first[TEST_FRAMES * TEST_ATOMS + 1];
    size_t near_first[TEST_FRAMES * TEST_ATOMS + 1];
    int32_t species[TEST_FRAMES * TEST_ATOMS], pair_env[TEST_PAIRS], pair_species[TEST_PAIRS];
    int32_t near_env[TEST_PAIRS], pair_near[TEST_PAIRS];
    double x[TEST_PAIRS], y[TEST_PAIRS], z[TEST_PAIRS], r[TEST_PAIRS];
    slg_geom geom;
} test_geom;

typedef struct test_pair {
    int32_t env, species;
    double x, y, z, r;
} test_pair;

static inline int test_pair_order(const void *pa, const void *pb)
{
    const test_pair *a = pa, *b = pb;
    const double da[] = {a->species, a->r, a->env, a->x, a->y, a->z},
                 db[] = {b->species, b->r, b->env, b->x, b->y, b->z};
    for (int i = 0; i < 6; i++)
        if (da[i] != db[i])
            return da[i] < db[i] ? -1 : 1;
    return 0;
}

static inline size_t test_pairs_of(const test_frame *f, size_t i, double cutoff, int32_t env0, test_pair *out)
{
    int reach = f->periodic ? 4 : 0;
    size_t n = 0;
    for (size_t j = 0; j < f->n; j++)
        for (int a = -reach; a <= reach; a++)
            for (int b = -reach; b <= reach; b++)
                for (int c = -reach; c <= reach; c++) {
                    double d[3];
                    for (int k = 0; k < 3; k++)
                        d[k] = f->pos[j][k] - f->pos[i][k] + a * f->cell[0][k] + b * f->cell[1][k] + c * f->cell[2][k];
                    double r = sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
                    if (r > 1e-6 && r < cutoff)
                        out[n++] = (test_pair){env0 + (int32_t)j, f->species[j], d[0], d[1], d[2], r};
                }
    qsort(out, n, sizeof *out, test_pair_order);
    return n;
}

static inline void test_geom_build(test_geom *g, size_t n_frame, const test_frame *frame, double cutoff)
{
    static test_pair pair[TEST_PAIRS];
    size_t n_pair = 0, n_env = 0, most = 0;
    double nearest = HUGE_VAL;
    for (size_t f = 0; f < n_frame; f++) {
        g->frame_first[f] = n_env;
        for (size_t i = 0; i < frame[f].n; i++) {
            size_t n = test_pairs_of(&frame[f], i, cutoff, (int32_t)g->frame_first[f], pair);
            g->species[n_env] = frame[f].species[i];
            g->pair_first[n_env++] = n_pair;
            most = n > most ? n : most;
            for (size_t j = 0; j < n; j++, n_pair++) {
                g->pair_env[n_pair] = pair[j].env;
                g->pair_species[n_pair] = pair[j].species;
                g->x[n_pair] = pair[j].x, g->y[n_pair] = pair[j].y;
                g->z[n_pair] = pair[j].z, g->r[n_pair] = pair[j].r;
                nearest = fmin(nearest, pair[j].r);
            }
        }
    }
    g->frame_first[n_frame] = n_env;
    g->pair_first[n_env] = n_pair;
    g->geom = (slg_geom){.n_frame = n_frame,
                         .n_env = n_env,
                         .n_pair = n_pair,
                         .frame_first = g->frame_first,
                         .pair_first = g->pair_first,
                         .species = g->species,
                         .pair_env = g->pair_env,
                         .pair_species = g->pair_species,
                         .pair_x = g->x,
                         .pair_y = g->y,
                         .pair_z = g->z,
                         .pair_r = g->r,
                         .near_first = g->near_first,
                         .near_env = g->near_env,
                         .pair_near = g->pair_near,
                         .max_pair = most,
                         .min_r = n_pair > 0 ? nearest : 0};
    int32_t mark[TEST_FRAMES * TEST_ATOMS];
    g->geom.n_near = slg_geom_find_near(&g->geom, g->near_first, g->near_env, g->pair_near, mark);
}

#endif
