/* The term as the program sees it: definitions, instances, kernel, rows against predictions, workspaces, its file. */
#include "runtime/base/alloc.h"
#include "tests/fit/guard.h"
#include "tests/fit/neighbours.h"
#include "tests/terms/soap/cases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HP_SETS = 24, FRAMES = 4, M = 131, N_ROW = 136 };

static const slg_term *const term = &slg_term_soap;
static const size_t N_ATOM[FRAMES] = {3, 16, 16, 1};
static const int64_t ENERGY[FRAMES] = {0, 1, 2, 3}, VIRIAL[FRAMES] = {4, 10, 16, 22}, FORCE[FRAMES] = {28, 37, 85, 133};
static const slg_rows ROWS = {.n_frame = FRAMES, .n_row = N_ROW, .energy = ENERGY, .force = FORCE, .virial = VIRIAL};
static const double DELTA = 0.7;

/* A part of a random definition, and structures for it. */
typedef struct setting {
    slg_term_def def;
    slg_part part;
    void *plan;
    double *q, alpha[M];
    test_geom geom;
} setting;
static setting s;

/* A small cell with images of its atoms, two molecules, an atom alone; some pairs lie beyond every cutoff. */
static void make_geometry(uint32_t w, const slg_soap_hp *hp)
{
    static test_frame frame[FRAMES];
    uint32_t k = 2000;
    for (size_t f = 0; f < FRAMES; f++) {
        frame[f] =
            (test_frame){.n = N_ATOM[f], .periodic = f == 0, .cell = {{5.2, 0.3, 0}, {0, 3.4, -0.4}, {0.2, 0, 3.3}}};
        for (size_t i = 0; i < N_ATOM[f]; i++) {
            const size_t at[3] = {i % 3, i / 3 % 3, i / 9};
            frame[f].species[i] = (int32_t)case_random(w, k++, 0, hp->n_species);
            for (size_t c = 0; c < 3; c++)
                frame[f].pos[i][c] = 1.7 * (double)at[c] + case_random(w, k++, -0.25, 0.25);
        }
    }
    test_geom_build(&s.geom, FRAMES, frame, term->cutoff(&s.def) + 0.2);
}

static int32_t species_of_the_fullest(const slg_geom *g)
{
    size_t env = 0;
    while (g->pair_first[env + 1] - g->pair_first[env] < g->max_pair)
        env++;
    return g->species[env];
}

/* The part of the environment with the most pairs, which needs the most memory. */
static void setting_open(uint32_t w, slg_soap_hp *hp)
{
    char why[SLG_WHY];
    size_t where;
    s.def = slg_soap_define(hp);
    make_geometry(w, hp);
    hp->central = species_of_the_fullest(&s.geom.geom);
    s.def = slg_soap_define(hp);
    ck_assert_msg(term->check(&s.def, why) == SLG_OK, "%s", why);
    s.plan = slg_alloc_aligned(term->plan_bytes(&s.def), 1);
    ck_assert_int_eq(term->plan(&s.def, s.plan, &where), SLG_OK);
    const size_t d = slg_term_length(&s.def);
    s.q = slg_calloc(M * d, sizeof *s.q);
    for (uint32_t i = 0; i < M * d; i++)
        s.q[i] = case_random(w, 5000 + i, -0.3, 1) / sqrt((double)d);
    for (uint32_t i = 0; i < M; i++)
        s.alpha[i] = case_random(w, 4000 + i, -1, 1);
    s.part = (slg_part){.term = term, .plan = s.plan, .m = M, .d = d, .q = s.q};
}

static void setting_close(void)
{
    slg_free(s.plan);
    slg_free(s.q);
}

/* Channels like the first one, all that there can be. */
static void widen(slg_soap_hp *hp)
{
    double *each[] = {hp->rcut_hard,
                      hp->rcut_soft,
                      hp->nf,
                      hp->global_scaling,
                      hp->atom_sigma_r,
                      hp->atom_sigma_r_scaling,
                      hp->atom_sigma_t,
                      hp->atom_sigma_t_scaling,
                      hp->amplitude_scaling,
                      hp->central_weight};
    hp->n_species = SLG_MAX_SPECIES;
    hp->l_max = 0;
    for (size_t c = 0; c < SLG_MAX_SPECIES; c++) {
        hp->alpha_max[c] = SLG_SOAP_ALPHA;
        for (size_t i = 0; i < sizeof each / sizeof *each; i++)
            each[i][c] = each[i][0];
    }
}

/* One of the modes that want the same alpha_max in all channels. */
static void compress(slg_soap_hp *hp, uint32_t w)
{
    static const char *const mode[] = {"1_0", "0_1", "1_1", "2_1", "1_2", "2_2"};
    for (int32_t c = 1; c < hp->n_species; c++)
        hp->alpha_max[c] = hp->alpha_max[0];
    strcpy(hp->compress_mode, mode[w % 6]);
}

/* Set w of the random definitions. Some are compressed, some as large as the domain allows; the last has so many radial
   functions and so few angular ones that the reverse pass needs its whole workspace. */
static slg_soap_hp definition(uint32_t w)
{
    static const double zeta[] = {2, 2.5, 1, 4};
    slg_soap_hp hp;
    case_random_hp(w, &hp);
    hp.zeta = zeta[w / 3 % 4];
    if (w % 4 == 1)
        compress(&hp, w / 4);
    if (w % 4 == 3)
        hp.alpha_max[0] = SLG_SOAP_ALPHA, hp.l_max = SLG_SOAP_L;
    if (w + 1 == HP_SETS)
        widen(&hp);
    return hp;
}

static size_t n_instance(size_t env0, size_t env1)
{
    const slg_soap_hp *hp = slg_soap_hp_of(&s.def);
    size_t n = 0;
    for (size_t env = env0; env < env1; env++)
        n += term->instances(hp->central, hp->n_species, &s.geom.geom, env);
    return n;
}

/* --- workspaces ----------------------------------------------------------------------------------------------- */

static size_t n_output(const slg_term_work *w)
{
    const slg_geom *g = &s.geom.geom;
    switch (w->what) {
    case SLG_WORK_DESCRIPTOR: return n_instance(w->env0, w->env1) * s.part.d;
    case SLG_WORK_GRADIENT: return (1 + 3 * (g->pair_first[w->env1] - g->pair_first[w->env0])) * s.part.d;
    case SLG_WORK_ROWS: return N_ROW * M;
    default: return 7 * FRAMES + 3 * g->n_env;
    }
}

static void perform(const slg_term_work *w, double *out, void *work)
{
    const slg_geom *g = &s.geom.geom;
    const slg_prediction p = {0, FRAMES, out, out + 7 * FRAMES, out + FRAMES};
    slg_status st = SLG_ERR_INTERNAL;
    size_t where;
    if (w->what == SLG_WORK_DESCRIPTOR)
        st = term->descriptor(s.plan, g, w->env0, w->env1, out, &where, work);
    if (w->what == SLG_WORK_GRADIENT)
        st = term->gradient(s.plan, g, w->env0, out, out + s.part.d, work);
    if (w->what == SLG_WORK_ROWS)
        st = term->rows(&s.part, g, w->env0, w->env1, w->rows, M, out, work);
    if (w->what == SLG_WORK_PREDICT)
        st = term->predict(&s.part, g, w->env0, w->env1, DELTA, s.alpha, w->derivatives, &p, work);
    ck_assert_int_eq(st, SLG_OK);
}

/* The workspace that cost() promises: nothing beside it is touched, and what was in it does not matter. */
static void suffices(slg_term_work w)
{
    double flops[2] = {0}, *plain = slg_calloc(n_output(&w), sizeof *plain);
    size_t scratch[2] = {0}, bytes = n_output(&w) * sizeof *plain;
    w.geom = &s.geom.geom;
    term->cost(&s.def, &w, &flops[0], &scratch[0]);
    w.plan = s.plan;
    term->cost(&s.def, &w, &flops[1], &scratch[1]);
    ck_assert(flops[0] >= flops[1] && scratch[0] >= scratch[1]); /* without the plan: an upper bound */
    void *ample = slg_calloc(2 * scratch[1] + 64, 1);
    perform(&w, plain, (char *)ample + (64 - (uintptr_t)ample % 64));
    test_guard out = test_guard_open(bytes), work = test_guard_open(scratch[1]);
    if (w.what == SLG_WORK_ROWS || w.what == SLG_WORK_PREDICT)
        memset(out.at, 0, bytes);
    perform(&w, out.at, work.at);
    ck_assert_int_eq(memcmp(plain, out.at, bytes), 0);
    test_guard_close(&out), test_guard_close(&work);
    slg_free(plain), slg_free(ample);
}

START_TEST(workspaces_suffice)
{
    for (uint32_t w = 0; w < HP_SETS; w++) {
        slg_soap_hp hp = definition(w);
        setting_open(w, &hp);
        const size_t n = s.geom.geom.n_env;
        suffices((slg_term_work){.what = SLG_WORK_DESCRIPTOR, .env1 = n});
        for (size_t env = 0; env < n; env++)
            if (s.geom.species[env] == hp.central)
                suffices((slg_term_work){.what = SLG_WORK_GRADIENT, .env0 = env, .env1 = env + 1});
        suffices((slg_term_work){.what = SLG_WORK_ROWS, .env1 = n, .rows = &ROWS, .m = M});
        suffices((slg_term_work){.what = SLG_WORK_PREDICT, .env1 = n, .m = M});
        suffices((slg_term_work){.what = SLG_WORK_PREDICT, .env1 = n, .m = M, .derivatives = true});
        setting_close();
    }
}
END_TEST

START_TEST(operations_are_counted)
{
    double flops[3] = {0};
    size_t scratch;
    slg_soap_hp hp = definition(1);
    setting_open(1, &hp);
    const slg_geom *g = &s.geom.geom;
    slg_term_work w = {.what = SLG_WORK_DESCRIPTOR, .plan = s.plan, .geom = g, .env1 = g->n_env};
    term->cost(&s.def, &w, &flops[0], &scratch);
    for (size_t env = 0; env < g->n_env; env++)
        if (g->species[env] == hp.central)
            flops[1] += slg_soap_flops(s.plan, g->pair_first[env + 1] - g->pair_first[env]);
    ck_assert_double_eq(flops[0], flops[1]);
    w = (slg_term_work){.what = SLG_WORK_PREDICT, .plan = s.plan, .geom = g, .env1 = g->n_env, .m = M};
    term->cost(&s.def, &w, &flops[1], &scratch);
    w.derivatives = true;
    term->cost(&s.def, &w, &flops[2], &scratch);
    ck_assert(flops[1] > flops[0] && flops[2] > flops[1]);
    w = (slg_term_work){.what = SLG_WORK_KERNEL, .plan = s.plan, .m = 1000};
    term->cost(&s.def, &w, &flops[0], &scratch);
    ck_assert_double_eq(flops[0], 2000 * (double)s.part.d);
    setting_close();
}
END_TEST

/* --- members against the functions behind them ---------------------------------------------------------------- */

START_TEST(instances_are_centres_of_the_species)
{
    for (uint32_t w = 0; w < HP_SETS; w++) {
        slg_soap_hp hp = definition(w);
        setting_open(w, &hp);
        const slg_geom *g = &s.geom.geom;
        const size_t d = s.part.d, from = w % 3, to = g->n_env - w % 2, max = 3 * g->max_pair * d;
        double *v = slg_calloc(g->n_env * d, sizeof *v), *at = v, *one = slg_calloc(d, sizeof *v);
        double *slope = slg_calloc(max, sizeof *v), *want = slg_calloc(max, sizeof *v);
        void *work = slg_alloc_aligned(slg_soap_work_bytes(s.plan, g->max_pair), 1);
        size_t where;
        ck_assert_int_eq(term->descriptor(s.plan, g, from, to, v, &where, work), SLG_OK);
        for (size_t env = from; env < to; env++) {
            if (g->species[env] != hp.central)
                continue;
            const size_t n = 3 * (g->pair_first[env + 1] - g->pair_first[env]) * d;
            ck_assert_int_eq(slg_soap_prepare(s.plan, g, env, one, work), SLG_OK);
            ck_assert_int_eq(memcmp(at, one, d * sizeof *v), 0);
            slg_soap_gradient(s.plan, g, env, one, want, work);
            ck_assert_int_eq(term->gradient(s.plan, g, env, one, slope, work), SLG_OK);
            ck_assert(memcmp(at, one, d * sizeof *v) == 0 && memcmp(slope, want, n * sizeof *v) == 0);
            at += d;
        }
        ck_assert_uint_eq((size_t)(at - v), n_instance(from, to) * d);
        slg_free(v), slg_free(one), slg_free(slope), slg_free(want), slg_free(work);
        setting_close();
    }
}
END_TEST

START_TEST(a_bad_environment_is_named)
{
    slg_soap_hp hp = definition(0);
    hp.n_species = 1, hp.central = 0;
    setting_open(0, &hp);
    const slg_geom *g = &s.geom.geom;
    double *v = slg_calloc(g->n_env * s.part.d, sizeof *v);
    void *work = slg_alloc_aligned(slg_soap_work_bytes(s.plan, g->max_pair), 1);
    size_t where = 0;
    s.geom.x[g->pair_first[5]] = (double)NAN;
    ck_assert_int_eq(term->descriptor(s.plan, g, 0, g->n_env, v, &where, work), SLG_ERR_NOT_FINITE);
    ck_assert_uint_eq(where, 5);
    ck_assert_int_eq(term->descriptor(s.plan, g, 6, g->n_env, v, &where, work), SLG_OK);
    slg_free(v), slg_free(work);
    setting_close();
}
END_TEST

/* (q_i.q_j)^zeta; for a real exponent a negative product counts as 0. */
static double power_of_product(size_t i, size_t j, double zeta)
{
    double t = 0;
    for (size_t l = 0; l < s.part.d; l++)
        t += s.q[i * s.part.d + l] * s.q[j * s.part.d + l];
    return t <= 0 && floor(zeta) < zeta ? 0 : pow(t, zeta);
}

START_TEST(kernels_are_powers_of_dot_products)
{
    static double k[M][M], u[M][M];
    for (uint32_t w = 0; w < HP_SETS; w++) {
        slg_soap_hp hp = definition(w);
        double zeta, worst = 0, negative = 0;
        setting_open(w, &hp);
        ck_assert_str_eq(term->shape(&s.def, &zeta), "zeta");
        ck_assert_double_eq(zeta, hp.zeta);
        for (size_t l = 0; l < s.part.d; l++)
            s.q[l] = -s.q[l];
        term->kernel(s.plan, M, M, s.part.d, s.q, s.q, &k[0][0]);
        term->covariance(s.plan, M, s.part.d, s.q, &u[0][0]);
        for (size_t i = 0; i < M; i++)
            for (size_t j = 0; j < M; j++) {
                const double want = power_of_product(i, j, zeta), scale = fmax(1, fabs(want));
                worst = fmax(worst, fabs(k[i][j] - want) / scale);
                worst = fmax(worst, i > j ? 0 : fabs(u[i][j] - want) / scale);
                negative = fmin(negative, want);
            }
        ck_assert_double_le(worst, 1e-13);
        ck_assert(zeta == 1 ? negative < 0 : negative == 0);
        setting_close();
    }
}
END_TEST

/* What the work `w` over all environments gives. */
static void perform_whole(slg_term_work w, double *out)
{
    double flops;
    size_t bytes;
    w.geom = &s.geom.geom;
    w.env1 = w.geom->n_env;
    term->cost(&s.def, &w, &flops, &bytes);
    void *work = slg_alloc_aligned(bytes, 1);
    perform(&w, out, work);
    slg_free(work);
}

START_TEST(predictions_are_rows_times_coefficients)
{
    for (uint32_t w = 0; w < HP_SETS; w++) {
        double *k = slg_calloc(N_ROW * M, sizeof *k), got[N_ROW] = {0}, want[N_ROW] = {0};
        slg_soap_hp hp = definition(w);
        setting_open(w, &hp);
        perform_whole((slg_term_work){.what = SLG_WORK_ROWS, .rows = &ROWS, .m = M}, k);
        perform_whole((slg_term_work){.what = SLG_WORK_PREDICT, .m = M, .derivatives = true}, got);
        for (size_t r = 0; r < N_ROW; r++) { /* of the energy itself, or minus its derivatives */
            const double sign = r < FRAMES ? 1 : -1;
            for (size_t j = 0; j < M; j++)
                want[r] += sign * DELTA * DELTA * k[r * M + j] * s.alpha[j];
        }
        const size_t first[] = {0, FRAMES, 7 * FRAMES, N_ROW};
        for (size_t q = 0; q < 3; q++)
            ck_assert_double_le(slg_test_deviation(first[q + 1] - first[q], got + first[q], want + first[q]), 1e-11);
        slg_free(k);
        setting_close();
    }
}
END_TEST

/* --- definitions ---------------------------------------------------------------------------------------------- */

/* Parameters that an element may have on its own differ between the channels. */
static slg_term_def from_values(int32_t n_channel, int32_t part, const void *file)
{
    static const double base[SLG_SOAP_N_PARAM] = {[SLG_SOAP_BASIS] = 1,
                                                  [SLG_SOAP_CLEAN_FILTER] = 1,
                                                  [SLG_SOAP_ALPHA_MAX] = 3,
                                                  [SLG_SOAP_L_MAX] = 2,
                                                  [SLG_SOAP_RCUT_HARD] = 5,
                                                  [SLG_SOAP_RCUT_SOFT] = 4.5,
                                                  [SLG_SOAP_NF] = 6,
                                                  [SLG_SOAP_ATOM_SIGMA_R] = 0.3,
                                                  [SLG_SOAP_ATOM_SIGMA_R_SCALING] = 0.4,
                                                  [SLG_SOAP_ATOM_SIGMA_T] = 0.7,
                                                  [SLG_SOAP_ATOM_SIGMA_T_SCALING] = 0.8,
                                                  [SLG_SOAP_AMPLITUDE_SCALING] = 1.5,
                                                  [SLG_SOAP_CENTRAL_WEIGHT] = 2,
                                                  [SLG_SOAP_RADIAL_ENHANCEMENT] = 1,
                                                  [SLG_SOAP_ZETA] = 9};
    double value[SLG_SOAP_N_PARAM][SLG_MAX_SPECIES] = {{0}};
    for (size_t p = 0; p < term->n_param; p++)
        for (int32_t c = 0; c < n_channel; c++)
            value[p][c] = base[p] + (term->param[p].flags & SLG_PARAM_PER_ELEMENT ? c : 0);
    slg_term_def def;
    term->define(&(slg_term_input){n_channel, part, (const double(*)[SLG_MAX_SPECIES])value, file}, &def);
    return def;
}

START_TEST(values_become_definitions)
{
    const slg_term_def def = from_values(3, 2, NULL);
    const slg_soap_hp *hp = slg_soap_hp_of(&def);
    char why[SLG_WHY];
    ck_assert_int_eq(term->check(&def, why), SLG_OK);
    ck_assert(def.term == term && hp->n_species == 3 && hp->central == 2 && hp->l_max == 2 && hp->clean_filter);
    ck_assert(hp->radial_enhancement == 1 && hp->basis == SLG_POLY3GAUSS && strcmp(hp->compress_mode, "None") == 0);
    ck_assert_double_eq(hp->zeta, 11); /* that of the part's own element */
    for (int32_t c = 0; c < 3; c++) {
        ck_assert(hp->alpha_max[c] == 3 + c && hp->rcut_hard[c] == 5 && hp->rcut_soft[c] == 4.5 && hp->nf[c] == 6);
        ck_assert(hp->atom_sigma_r[c] == 0.3 + c && hp->atom_sigma_r_scaling[c] == 0.4 + c);
        ck_assert(hp->atom_sigma_t[c] == 0.7 + c && hp->atom_sigma_t_scaling[c] == 0.8 + c);
        ck_assert(hp->amplitude_scaling[c] == 1.5 + c && hp->central_weight[c] == 2 + c);
        ck_assert(hp->global_scaling[c] == 1 && term->channel(c, 3) == c);
    }
    ck_assert(term->n_part(3) == 3 && term->n_part(SLG_MAX_SPECIES) <= SLG_MAX_PARTS);
    ck_assert_double_eq(term->cutoff(&def), 5);
    ck_assert_uint_eq(term->length(&def), 12 * 13 / 2 * 3);
    ck_assert_uint_eq(term->plan_bytes(&def), slg_soap_plan_bytes(hp));
}
END_TEST

START_TEST(files_travel_as_text)
{
    const char *text = "3 4 2 2\nP_transformation\n1 5 0.1\n2 7 -1e-3\n1 6 2\nend_transformation\n";
    slg_term_def def = from_values(2, 0, NULL), again = def;
    char digest[2][16], *copy[2];
    void *file[2];
    slg_error err;
    slg_error_clear(&err);
    ck_assert_ptr_null(term->file_text(&def, digest[0]));
    ck_assert_int_eq(term->read_file(text, "a", &def, &file[0], &err), SLG_OK);
    term->attach(&def, file[0]);
    ck_assert_uint_eq(term->length(&def), 2);
    copy[0] = term->file_text(&def, digest[0]);
    ck_assert_int_eq(term->read_file(copy[0], "b", &again, &file[1], &err), SLG_OK);
    term->attach(&again, file[1]);
    copy[1] = term->file_text(&again, digest[1]);
    ck_assert_str_eq(copy[0], copy[1]);
    ck_assert_str_eq(digest[0], digest[1]);
    const slg_compress *a = file[0], *b = file[1];
    ck_assert(a->n_entry == 3 && b->n_entry == 3 && b->n_in == a->n_in && b->n_out == 2);
    for (size_t i = 0; i < 3; i++)
        ck_assert(a->in[i] == b->in[i] && a->out[i] == b->out[i] && a->weight[i] == b->weight[i]);
    slg_free(copy[0]), slg_free(copy[1]);
    term->free_file(file[0]), term->free_file(file[1]), term->free_file(NULL);
}
END_TEST

START_TEST(bad_files_leave_nothing_behind)
{
    const slg_term_def def = from_values(2, 0, NULL);
    void *file = &file;
    slg_error err;
    slg_error_clear(&err);
    ck_assert_int_eq(term->read_file("3 4 2 2\n", "name", &def, &file, &err), SLG_ERR_CONFIG);
    ck_assert_ptr_null(file);
    ck_assert_int_eq(strncmp(err.text, "name:", 5), 0);
    for (long k = 0; k < 4; k++) {
        slg_error_clear(&err);
        slg_alloc_fail_after(k);
        slg_status st = term->read_file("3 4 2 2\n1\n", "name", &def, &file, &err);
        slg_alloc_fail_after(-1);
        ck_assert_int_eq(st, SLG_ERR_NOMEM);
        ck_assert_ptr_null(file);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("soap term");
    TCase *t = tcase_create("term");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, workspaces_suffice);
    tcase_add_test(t, operations_are_counted);
    tcase_add_test(t, instances_are_centres_of_the_species);
    tcase_add_test(t, a_bad_environment_is_named);
    tcase_add_test(t, kernels_are_powers_of_dot_products);
    tcase_add_test(t, predictions_are_rows_times_coefficients);
    tcase_add_test(t, values_become_definitions);
    tcase_add_test(t, files_travel_as_text);
    tcase_add_test(t, bad_files_leave_nothing_behind);
    suite_add_tcase(suite, t);
    return slg_test_main(suite);
}
