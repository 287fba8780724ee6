/** Whole fits of gap_fit repeated: same data, same sparse environments, same predictions (spec gap_fit section 15). */
#include "src/data/dataset.h"
#include "tasks/validation/validation.h"

#include "tests/fit/numbers.h"
#include "tests/fit/parts.h"
#include "tests/support/support.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

#define GOLDEN "spec/golden/gap_fit/"
enum { N_CLASS = 3 };
static const double CUTOFF = 5, E0 = -5, SIGMA[N_CLASS] = {0.002, 0.1, 0.05}, JITTER = 1e-8, DELTA = 1;

/** A data set with its neighbourhoods. */
typedef struct set {
    slg_dataset *data;
    slg_geom *geom;
} set;

static set load(const char *name)
{
    const slg_xyz_keys keys = {"energy", "force", "virial", "", "config_type"};
    const int32_t z = 14;
    set s;
    slg_error err;
    slg_error_clear(&err);
    ck_assert_msg(slg_dataset_read(slg_test_reference(name), &keys, &s.data, &err) == SLG_OK, "%s", err.text);
    ck_assert_msg(slg_geom_build(s.data, CUTOFF, 1, &z, &s.geom, &err) == SLG_OK, "%s", err.text);
    return s;
}

static void unload(set *s)
{
    slg_geom_free(&s->geom);
    slg_dataset_free(&s->data);
}

static slg_term_def definition(void)
{
    return slg_soap_define(&(slg_soap_hp){.n_species = 1,
                                          .l_max = 4,
                                          .alpha_max = {4},
                                          .radial_enhancement = 1,
                                          .rcut_hard = {5},
                                          .rcut_soft = {4.5},
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
                                          .compress_mode = "None"});
}

/** Descriptors of the environments in the index file (from 1). */
static double *sparse_points(const char *fit, const slg_term_def *def, const void *plan, const slg_geom *geom,
                             size_t *m)
{
    char name[200];
    snprintf(name, sizeof name, GOLDEN "%s/idx.dat", fit);
    size_t d = slg_term_length(def), where;
    double *index = test_read_numbers(slg_test_reference(name), m), *q = malloc(*m * d * sizeof *q);
    void *work = test_scratch(def, &(slg_term_work){.what = SLG_WORK_DESCRIPTOR, .plan = plan, .geom = geom});
    for (size_t i = 0; i < *m; i++) {
        const size_t env = (size_t)index[i] - 1;
        ck_assert_int_eq(def->term->descriptor(plan, geom, env, env + 1, q + i * d, &where, work), SLG_OK);
    }
    slg_free(work), free(index);
    return q;
}

/** Rows of frame f: its energy, then forces, then virial; y and w have room for them. */
typedef struct frame_rows {
    int64_t energy, force, virial;
    slg_run run[3];
    slg_rows rows;
} frame_rows;

static void lay_out(frame_rows *r, const slg_dataset *data, size_t f, bool force, bool virial, double *y, double *w)
{
    const slg_frame *fr = &data->frame[f];
    size_t n = fr->n_atom, at = 1;
    double root = sqrt((double)n);
    *r = (frame_rows){.energy = 0, .force = -1, .virial = -1, .run = {{0, 0, 1, -1}}};
    r->rows = (slg_rows){.frame0 = f,
                         .n_frame = 1,
                         .n_row = 1,
                         .energy = &r->energy,
                         .force = &r->force,
                         .virial = &r->virial,
                         .y = y,
                         .w = w,
                         .n_run = 1,
                         .run = r->run};
    y[0] = fr->energy - (double)n * E0;
    w[0] = root;
    if (force) {
        r->force = 1;
        for (size_t i = 0; i < 3 * n; i++, at++) {
            y[at] = -data->force[3 * fr->first + i];
            w[at] = 1;
        }
        r->run[r->rows.n_run++] = (slg_run){1, 1, 3 * n, -1};
    }
    if (virial) {
        r->virial = (int64_t)at;
        r->run[r->rows.n_run++] = (slg_run){2, at, 6, -1};
        for (size_t i = 0; i < 6; i++, at++) {
            y[at] = -fr->virial[i];
            w[at] = root;
        }
    }
    r->rows.n_row = at;
}

static void add_rows(const slg_geom *geom, const slg_term_def *def, const slg_part *part, const slg_rows *rows,
                     double *k)
{
    const slg_term_work w = {
        .what = SLG_WORK_ROWS, .plan = part->plan, .geom = geom, .env1 = geom->n_env, .rows = rows, .m = part->m};
    void *work = test_scratch(def, &w);
    ck_assert_int_eq(def->term->rows(part, geom, 0, geom->n_env, rows, part->m, k, work), SLG_OK);
    slg_free(work);
}

static void fit(const set *train, const slg_term_def *def, const slg_part *part, bool force, bool virial, double *alpha)
{
    size_t m = part->m, n = 3 * train->geom->n_env + 7, where;
    double *u = malloc(m * m * sizeof *u), *k = malloc(n * m * sizeof *k), *y = malloc(n * sizeof *y);
    double *w = malloc(n * sizeof *w), *gram = calloc(slg_gram_length(m, N_CLASS), sizeof *gram);
    double *gamma = malloc(m * sizeof *gamma);
    void *solve_work = slg_alloc_aligned(slg_fit_solve_work_bytes(m), 1);
    ck_assert_int_eq(slg_sparse_kernel(part, JITTER, u, &where), SLG_OK);
    for (size_t f = 0; f < train->data->n_frame; f++) {
        frame_rows r;
        lay_out(&r, train->data, f, force, virial, y, w);
        memset(k, 0, r.rows.n_row * m * sizeof *k);
        add_rows(train->geom, def, part, &r.rows, k);
        ck_assert_int_eq(slg_fit_fold(&r.rows, 1, part, (const double *const *)&u, m, k, gram), SLG_OK);
    }
    ck_assert_int_eq(slg_fit_solve(gram, NULL, m, N_CLASS, 1, part, (const double *const *)&u, NULL, &DELTA, SIGMA,
                                   gamma, alpha, &where, solve_work),
                     SLG_OK);
    free(u), free(k), free(y), free(w), free(gram), free(gamma);
    slg_free(solve_work);
}

/** Predictions in the form of a data set: energies with e0. */
static slg_prediction predict(const set *test, const slg_term_def *def, const slg_part *part, const double *alpha)
{
    const slg_geom *geom = test->geom;
    slg_prediction p = {0, geom->n_frame, calloc(geom->n_frame, sizeof(double)),
                        calloc(3 * geom->n_env, sizeof(double)), calloc(6 * geom->n_frame, sizeof(double))};
    const slg_term_work w = {.what = SLG_WORK_PREDICT, .plan = part->plan, .geom = geom, .m = part->m};
    void *work = test_scratch(def, &w);
    ck_assert_int_eq(def->term->predict(part, geom, 0, geom->n_env, DELTA, alpha, true, &p, work), SLG_OK);
    slg_free(work);
    for (size_t f = 0; f < geom->n_frame; f++)
        p.energy[f] += E0 * (double)test->data->frame[f].n_atom;
    return p;
}

/** Root mean squares of energy per atom, force component and virial component, of predictions minus reference. */
typedef struct rmse {
    double q[3];
} rmse;

static rmse rmse_of(const slg_dataset *ref, const double *energy, const double *force, const double *virial)
{
    rmse s = {{0}};
    for (size_t f = 0; f < ref->n_frame; f++) {
        s.q[0] += pow((energy[f] - ref->frame[f].energy) / (double)ref->frame[f].n_atom, 2);
        for (size_t c = 0; c < 6; c++)
            s.q[2] += pow(virial[6 * f + c] - ref->frame[f].virial[c], 2);
    }
    for (size_t i = 0; i < 3 * ref->n_atom; i++)
        s.q[1] += pow(force[i] - ref->force[i], 2);
    const double n[] = {(double)ref->n_frame, 3 * (double)ref->n_atom, 6 * (double)ref->n_frame};
    for (int c = 0; c < 3; c++)
        s.q[c] = sqrt(s.q[c] / n[c]);
    return s;
}

static rmse rmse_of_set(const slg_dataset *ref, const slg_dataset *p)
{
    double *energy = malloc(p->n_frame * sizeof *energy), *virial = malloc(6 * p->n_frame * sizeof *virial);
    for (size_t f = 0; f < p->n_frame; f++) {
        energy[f] = p->frame[f].energy;
        memcpy(virial + 6 * f, p->frame[f].virial, sizeof p->frame[f].virial);
    }
    rmse s = rmse_of(ref, energy, p->force, virial);
    free(energy), free(virial);
    return s;
}

START_TEST(predictions_equal_those_of_gap_fit)
{
    const char *fits[] = {"E_idx", "EF_idx", "EFV_idx"};
    char name[200];
    set train = load(GOLDEN "Si_train24.xyz.gz"), test = load(GOLDEN "Si_test25.xyz.gz");
    snprintf(name, sizeof name, GOLDEN "%s/predictions.xyz.gz", fits[_i]);
    set golden = load(name);
    ck_assert_uint_eq(golden.data->n_atom, test.data->n_atom);

    const slg_term_def def = definition();
    void *plan = test_plan(&def);
    size_t m;
    double *q = sparse_points(fits[_i], &def, plan, train.geom, &m), *alpha = malloc(m * sizeof *alpha);
    const slg_part part = {&slg_term_soap, plan, m, slg_term_length(&def), 0, q};
    fit(&train, &def, &part, _i > 0, _i > 1, alpha);
    slg_prediction p = predict(&test, &def, &part, alpha);

    rmse got = rmse_of(test.data, p.energy, p.force, p.virial), want = rmse_of_set(test.data, golden.data);
    rmse apart = rmse_of(golden.data, p.energy, p.force, p.virial);
    const char *unit[] = {"eV/atom", "eV/A", "eV"};
    for (int c = 0; c < 3; c++) {
        printf("%s: RMSE %.8g (gap_fit %.8g) %s, apart %.1e\n", fits[_i], got.q[c], want.q[c], unit[c], apart.q[c]);
        ck_assert_double_eq_tol(got.q[c], want.q[c], 1e-5 * want.q[c]);
        ck_assert_double_le(apart.q[c], 1e-5 * want.q[c]);
    }
    free(q), free(alpha), free(p.energy), free(p.force), free(p.virial);
    slg_free(plan);
    unload(&train), unload(&test), unload(&golden);
}
END_TEST

int main(void)
{
    if (!slg_test_have_reference(GOLDEN "README.md"))
        return 77;
    Suite *s = suite_create("golden_fit");
    TCase *t = tcase_create("golden_fit");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, predictions_equal_those_of_gap_fit, 0, 3);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
