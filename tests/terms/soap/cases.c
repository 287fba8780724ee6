#include "tests/terms/soap/cases.h"

#include "runtime/base/alloc.h"
#include "runtime/base/rng.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const slg_case *sorting;

static int by_channel_and_r(const void *a, const void *b)
{
    size_t i = *(const size_t *)a, k = *(const size_t *)b;
    if (sorting->pair_species[i] != sorting->pair_species[k])
        return sorting->pair_species[i] < sorting->pair_species[k] ? -1 : 1;
    if (sorting->r[i] < sorting->r[k] || sorting->r[i] > sorting->r[k])
        return sorting->r[i] < sorting->r[k] ? -1 : 1;
    return i < k ? -1 : i > k;
}

void case_place(slg_case *c, size_t n, const double *pos, const int32_t *species)
{
    ck_assert_uint_le(n, CASE_PAIRS);
    for (size_t i = 0; i < n; i++) {
        c->order[i] = i;
        c->pair_species[i] = species[i];
        c->r[i] = sqrt(pos[3 * i] * pos[3 * i] + pos[3 * i + 1] * pos[3 * i + 1] + pos[3 * i + 2] * pos[3 * i + 2]);
    }
    sorting = c;
    qsort(c->order, n, sizeof c->order[0], by_channel_and_r);
    double r[CASE_PAIRS];
    memcpy(r, c->r, sizeof r);
    for (size_t k = 0; k < n; k++) {
        size_t i = c->order[k];
        c->pair_species[k] = species[i];
        c->pair_env[k] = 0;
        c->x[k] = pos[3 * i], c->y[k] = pos[3 * i + 1], c->z[k] = pos[3 * i + 2];
        c->r[k] = r[i];
    }
    c->frame_first[0] = c->pair_first[0] = 0;
    c->frame_first[1] = 1;
    c->pair_first[1] = n;
    c->species[0] = c->hp.central;
    int32_t mark[1];
    c->geom = (slg_geom){.n_frame = 1,
                         .n_env = 1,
                         .n_pair = n,
                         .frame_first = c->frame_first,
                         .pair_first = c->pair_first,
                         .species = c->species,
                         .pair_env = c->pair_env,
                         .pair_species = c->pair_species,
                         .pair_x = c->x,
                         .pair_y = c->y,
                         .pair_z = c->z,
                         .pair_r = c->r,
                         .near_first = c->near_first,
                         .near_env = c->near_env,
                         .pair_near = c->pair_near,
                         .max_pair = n,
                         .min_r = n > 0 ? c->r[0] : 0};
    c->geom.n_near = slg_geom_find_near(&c->geom, c->near_first, c->near_env, c->pair_near, mark);
}

static void numbers(const json_t *hp, const char *key, double out[SLG_MAX_SPECIES])
{
    size_t n;
    double *a = slg_test_numbers(json_object_get(hp, key), &n);
    ck_assert_uint_le(n, SLG_MAX_SPECIES);
    memcpy(out, a, n * sizeof *a);
    free(a);
}

void case_hp(const json_t *j, slg_soap_hp *hp)
{
    double alpha[SLG_MAX_SPECIES];
    memset(hp, 0, sizeof *hp);
    hp->n_species = (int32_t)json_integer_value(json_object_get(j, "n_species"));
    hp->l_max = (int32_t)json_integer_value(json_object_get(j, "l_max"));
    hp->radial_enhancement = (int32_t)json_integer_value(json_object_get(j, "radial_enhancement"));
    numbers(j, "alpha_max", alpha);
    for (int s = 0; s < hp->n_species; s++)
        hp->alpha_max[s] = (int32_t)alpha[s];
    numbers(j, "rcut_hard", hp->rcut_hard);
    numbers(j, "rcut_soft", hp->rcut_soft);
    numbers(j, "nf", hp->nf);
    numbers(j, "global_scaling", hp->global_scaling);
    numbers(j, "atom_sigma_r", hp->atom_sigma_r);
    numbers(j, "atom_sigma_r_scaling", hp->atom_sigma_r_scaling);
    numbers(j, "atom_sigma_t", hp->atom_sigma_t);
    numbers(j, "atom_sigma_t_scaling", hp->atom_sigma_t_scaling);
    numbers(j, "amplitude_scaling", hp->amplitude_scaling);
    numbers(j, "central_weight", hp->central_weight);
    hp->basis = strcmp(json_string_value(json_object_get(j, "basis")), "poly3") == 0 ? SLG_POLY3 : SLG_POLY3GAUSS;
    const char *mode = json_string_value(json_object_get(j, "compress_mode"));
    strncpy(hp->compress_mode, mode ? mode : "None", sizeof hp->compress_mode - 1);
}

void case_read(const json_t *json, slg_case *c)
{
    size_t n, n_species;
    memset(c, 0, sizeof *c);
    case_hp(json_object_get(json, "hyperparameters"), &c->hp);
    c->hp.central = (int32_t)json_integer_value(json_object_get(json, "central_species"));
    double *pos = slg_test_numbers(json_object_get(json, "neighbour_positions_relative_to_centre"), &n);
    double *sp = slg_test_numbers(json_object_get(json, "neighbour_species"), &n_species);
    int32_t species[CASE_PAIRS];
    ck_assert_uint_eq(n, 3 * n_species);
    for (size_t i = 0; i < n_species; i++)
        species[i] = (int32_t)sp[i];
    case_place(c, n_species, pos, species);
    free(pos);
    free(sp);
}

double case_random(uint32_t which, uint32_t k, double lo, double hi)
{
    return lo + (hi - lo) * slg_rng_u01(20260801, SLG_STREAM_TEST, which, k, 0);
}

void case_random_hp(uint32_t w, slg_soap_hp *hp)
{
    memset(hp, 0, sizeof *hp);
    uint32_t k = 0;
    hp->n_species = 1 + (int32_t)case_random(w, k++, 0, 3);
    hp->central = (int32_t)case_random(w, k++, 0, hp->n_species);
    hp->l_max = (int32_t)case_random(w, k++, 0, 9);
    hp->radial_enhancement = (int32_t)case_random(w, k++, 0, 3);
    hp->basis = w % 2 ? SLG_POLY3GAUSS : SLG_POLY3;
    hp->clean_filter = true;
    strcpy(hp->compress_mode, w % 3 ? "None" : "trivial");
    for (int s = 0; s < hp->n_species; s++) {
        hp->alpha_max[s] = 1 + (int32_t)case_random(w, k++, 0, 8);
        hp->rcut_hard[s] = case_random(w, k++, 3.5, 6);
        hp->rcut_soft[s] = hp->rcut_hard[s] - case_random(w, k++, 0.01, 1);
        hp->nf[s] = case_random(w, k++, 2, 6);
        hp->global_scaling[s] = case_random(w, k++, 0.5, 2);
        hp->atom_sigma_r[s] = exp(case_random(w, k++, log(0.1), log(2)));
        hp->atom_sigma_t[s] = exp(case_random(w, k++, log(0.1), log(2)));
        hp->atom_sigma_r_scaling[s] = fmax(0, case_random(w, k++, -1, 2));
        hp->atom_sigma_t_scaling[s] = fmax(0, case_random(w, k++, -1, 2));
        hp->amplitude_scaling[s] = case_random(w, k++, 0.6, 2);
        hp->central_weight[s] = fmax(0, case_random(w, k++, -0.5, 2));
    }
}

void case_random_neighbours(slg_case *c, uint32_t w, size_t n)
{
    double pos[3 * CASE_PAIRS], big = 0;
    int32_t species[CASE_PAIRS];
    for (int s = 0; s < c->hp.n_species; s++)
        big = fmax(big, c->hp.rcut_hard[s]);
    for (uint32_t i = 0, k = 1000; i < n;) {
        double p[3], r2 = 0;
        for (int x = 0; x < 3; x++) {
            p[x] = case_random(w, k++, -big, big);
            r2 += p[x] * p[x];
        }
        if (r2 < 0.64 || r2 > 1.1 * big * big)
            continue;
        species[i] = (int32_t)case_random(w, k++, 0, c->hp.n_species);
        memcpy(pos + 3 * i++, p, sizeof p);
    }
    case_place(c, n, pos, species);
}

slg_ready ready_open(const slg_soap_hp *hp, size_t max_pair)
{
    char why[104];
    slg_ready b = {.plan = slg_alloc_aligned(slg_soap_plan_bytes(hp), 1)};
    slg_status st = slg_soap_plan_build(hp, b.plan, why);
    ck_assert_msg(st == SLG_OK, "%s", why);
    b.d = slg_soap_plan_length(b.plan);
    b.work = slg_alloc_aligned(slg_soap_work_bytes(b.plan, max_pair), 1);
    b.v = slg_calloc(b.d, sizeof(double));
    return b;
}

void ready_close(slg_ready *b)
{
    slg_free(b->plan);
    slg_free(b->work);
    slg_free(b->v);
}
