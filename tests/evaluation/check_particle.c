/* One particle from descriptor to errors: published numbers, and the same bits on every engine. */
#include "runtime/base/alloc.h"
#include "src/registry.h"
#include "tasks/fit/params.h"
#include "tasks/sparse/sparse_task.h"
#include "tasks/terms/soap/soap.h"
#include "tests/support/study_support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static slg_error err;

/* --- the same bits on every engine ------------------------------------------------------------------------------ */

static const struct {
    const char *folder, *text;
} example[] = {{"c2-dimer", study_dimer}, {"silicon", study_silicon}, {"cho-molecules", study_molecules}};

static const struct {
    int backend, workers;
    const char *scheduler;
} engine[] = {{SLG_RT_STARPU, 1, "eager"},
              {SLG_RT_STARPU, 2, "eager"},
              {SLG_RT_STARPU, 2, "lws"},
              {SLG_RT_STARPU, 2, "dmdas"},
              {SLG_RT_STARPU, 1, "lws"}};

static void fit(const slg_problem *p, slg_rt *rt, slg_outcome *out, slg_errors *by_group, slg_potential **pot)
{
    slg_hp_set hp = study_values(p);
    ck_ok(slg_fit_once(p, rt, &hp, out, by_group, pot, NULL, &err), &err);
}

static slg_outcome statistics(const slg_problem *p, slg_rt *rt, const slg_hp_set *hp)
{
    slg_evaluator *e = study_evaluator(p, rt);
    slg_outcome out = study_fly(e, SLG_NEED_KERNEL, hp);
    slg_evaluator_free(&e);
    return out;
}

static void same_potential(const slg_potential *a, const slg_potential *b)
{
    ck_assert_uint_eq(a->n_part, b->n_part);
    for (size_t i = 0; i < a->n_part; i++) {
        const slg_pot_part *x = &a->part[i], *y = &b->part[i];
        ck_assert(x->m == y->m && x->d == y->d && x->m > 0);
        ck_assert(memcmp(x->q, y->q, x->m * x->d * sizeof *x->q) == 0);
        ck_assert(memcmp(x->alpha, y->alpha, x->m * sizeof *x->alpha) == 0);
        ck_assert(x->delta == y->delta && slg_soap_hp_of(&x->def)->zeta == slg_soap_hp_of(&y->def)->zeta);
    }
    ck_assert_str_eq(a->command_line, b->command_line);
}

START_TEST(same_bits)
{
    slg_config *cfg = study_parse(example[_i].folder, example[_i].text);
    slg_problem *p = study_problem(cfg);
    size_t bytes = p->validation.data->n_group * sizeof(slg_errors);
    slg_errors *first_e = malloc(bytes), *e = malloc(bytes);
    slg_outcome first, out, stat, again;
    slg_potential *first_pot = NULL, *pot = NULL;
    slg_hp_set hp = study_values(p);
    slg_rt *rt = study_engine(SLG_RT_INLINE, 0, NULL);
    fit(p, rt, &first, first_e, &first_pot);
    stat = statistics(p, rt, &hp);
    slg_rt_stop(&rt);
    ck_assert(isfinite(first.objective) && first.objective > 0 && stat.std > 0);
    unsetenv("STARPU_SCHED");
    for (size_t k = 0; k < sizeof engine / sizeof *engine; k++) {
        rt = study_engine(engine[k].backend, engine[k].workers, engine[k].scheduler);
        fit(p, rt, &out, e, &pot);
        again = statistics(p, rt, &hp);
        ck_assert_str_eq(slg_rt_scheduler(rt), engine[k].scheduler);
        slg_rt_stop(&rt);
        ck_assert_msg(memcmp(&first, &out, sizeof out) == 0, "engine %zu: %.17g, not %.17g", k, out.objective,
                      first.objective);
        ck_assert(memcmp(first_e, e, bytes) == 0 && memcmp(&stat, &again, sizeof stat) == 0);
        same_potential(first_pot, pot);
        slg_potential_free(&pot);
    }
    slg_potential_free(&first_pot);
    free(first_e);
    free(e);
    slg_problem_free(&p);
    slg_config_free(&cfg);
}
END_TEST

/* --- kernel statistics of the dimer ------------------------------------------------------------------------------ */

/*
 * HPs of the published sets: n = l, rcut_soft, sigma_r, sigma_t, their scalings, amplitude scaling, centre,
 * enhancement.
 */
static const struct {
    const char *name;
    double n, x[8];
} published[] = {
    {"set1", 6, {4.21, .69, .74, .88, .69, .64, .53, 0}},     {"set2", 6, {3.40, .13, 1.39, .13, .51, 1.45, 1.26, 2}},
    {"S6-1", 6, {4.60, .38, 1.28, 1.06, .05, 1.41, .81, 1}},  {"S4-1", 4, {4.61, .24, 1.43, .59, 1.20, .98, .92, 1}},
    {"S6-2", 6, {4.49, .23, 1.22, 1.20, .32, 1.52, 1.26, 1}}, {"S4-2", 4, {4.87, .15, 1.08, .56, .18, .34, .73, 2}}};

static slg_hp_set published_values(const slg_problem *p, const char *name, double zeta)
{
    static const char *const id[] = {
        "rcut_soft",         "atom_sigma_r",   "atom_sigma_t",      "atom_sigma_r_scaling", "atom_sigma_t_scaling",
        "amplitude_scaling", "central_weight", "radial_enhancement"};
    slg_hp_set hp = study_values(p);
    size_t k = 0;
    while (k < sizeof published / sizeof *published && strcmp(published[k].name, name) != 0)
        k++;
    ck_assert_msg(k < sizeof published / sizeof *published, "unknown set %s", name);
    *study_hp(p, &hp, "alpha_max") = *study_hp(p, &hp, "l_max") = published[k].n;
    for (size_t i = 0; i < 8; i++)
        *study_hp(p, &hp, id[i]) = published[k].x[i];
    *study_hp(p, &hp, "zeta") = zeta;
    return hp;
}

static slg_moments moments(slg_evaluator *e, const slg_hp_set *hp)
{
    slg_flight f = study_flight(e, SLG_NEED_KERNEL, hp);
    slg_outcome out = slg_outcome_empty();
    slg_moments m = {0};
    ck_ok(slg_flight_submit(&f, NULL, &out, &err), &err);
    ck_ok(slg_flight_moments(&f, &m, &err), &err);
    slg_flight_release(&f);
    return m;
}

/* The dimer study with a basis. */
static slg_config *dimer_config(const char *basis)
{
    char to[32];
    snprintf(to, sizeof to, "basis: %s,", basis);
    return study_parse_with("c2-dimer", study_dimer, "basis: poly3gauss,", to);
}

static void check_statistics(const char *basis, const char *set, double zeta, const double want[4])
{
    slg_config *cfg = dimer_config(basis);
    slg_problem *p = study_problem(cfg);
    slg_rt *rt = study_engine(SLG_RT_INLINE, 0, NULL);
    slg_evaluator *e = study_evaluator(p, rt);
    slg_hp_set hp = published_values(p, set, zeta);
    slg_moments m = moments(e, &hp);
    ck_assert(m.n == 3600); /* 60 x 60: each dimer counts for its two equal environments */
    ck_assert_double_eq_tol(m.mean, want[0], 0.5001e-4);
    ck_assert_double_eq_tol(slg_moments_std(&m), want[1], 0.5001e-4);
    ck_assert_double_eq_tol(slg_moments_skew(&m), want[2], 0.5001e-3);
    ck_assert_double_eq_tol(m.min, want[3], 0.5001e-4);
    slg_outcome out = study_fly(e, SLG_NEED_KERNEL, &hp);
    ck_assert(out.mean == m.mean && out.std == slg_moments_std(&m) && out.skew == slg_moments_skew(&m));
    slg_evaluator_free(&e);
    slg_rt_stop(&rt);
    slg_problem_free(&p);
    slg_config_free(&cfg);
}

START_TEST(kernel_statistics)
{
    char *text = study_slurp(slg_test_golden("study"), "kernel_statistics.txt", NULL), *save = NULL;
    int cases = 0;
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        char set[16], basis[16];
        double zeta, mean, std, std1, g1, big_g1, pearson, min;
        if (sscanf(line,
                   "%15s %15s zeta=%lf n= 900 mean=%lf std(pop)=%lf std(n-1)=%lf g1=%lf G1=%lf pearson2=%lf min=%lf",
                   set, basis, &zeta, &mean, &std, &std1, &g1, &big_g1, &pearson, &min) != 10)
            continue;
        check_statistics(basis, set, zeta, (const double[]){mean, std, g1, min});
        cases++;
    }
    ck_assert_int_eq(cases, 24);
    slg_free(text);
}
END_TEST

/* --- fits of the dimer -------------------------------------------------------------------------------------------- */

/* Published objective (energy in meV/atom + force in meV/A / 30) and our RMSEs in meV/atom and meV/A. */
static const struct {
    const char *file;
    double objective, energy, force;
} dimer_fit[] = {{"c2-dimer/s4-1.yaml", 1.16, 0.8853, 8.2098},
                 {"c2-dimer/s4-2.yaml", 0.75, 0.4542, 8.9277},
                 {"c2-dimer/s6-1.yaml", 1.21, 0.9527, 7.8393},
                 {"c2-dimer/s6-2.yaml", 0.83, 0.5147, 9.6048}};

START_TEST(dimer_fits)
{
    slg_config *cfg = study_parse("c2-dimer", study_dimer);
    ck_ok(slg_config_load_hp(slg_test_example(dimer_fit[_i].file), cfg, &err), &err);
    slg_problem *p = study_problem(cfg);
    slg_hp_set hp = study_values(p);
    const double delta = *study_hp(p, &hp, "delta");
    hp.v[cfg->fit + SLG_FIT_JITTER][0] = 1e-10 / (delta * delta);
    slg_rt *rt = study_engine(SLG_RT_INLINE, 0, NULL);
    slg_outcome out;
    fit(p, rt, &out, NULL, NULL);
    double e = 1e3 * out.rmse[SLG_ENERGY], f = 1e3 * out.rmse[SLG_FORCE];
    ck_assert_double_eq_tol(e + f / 30, dimer_fit[_i].objective, 0.005);
    ck_assert_double_eq_tol(e, dimer_fit[_i].energy, 1e-3 * dimer_fit[_i].energy);
    ck_assert_double_eq_tol(f, dimer_fit[_i].force, 1e-3 * dimer_fit[_i].force);
    ck_assert_double_eq_tol(1e3 * out.objective, e + 0.03333 * f, 1e-9);
    slg_rt_stop(&rt);
    slg_problem_free(&p);
    slg_config_free(&cfg);
}
END_TEST

/* A finished potential has the errors of its trial, bit by bit, also on a copy of the set. */
START_TEST(errors_of_a_potential)
{
    char *text = study_replace(example[_i].text, "{train: ", "{test: reference.xyz, train: ");
    slg_config *cfg = study_parse(example[_i].folder, text);
    slg_names_free(&cfg->test);
    ck_ok(slg_names_add(&cfg->test, cfg->train.name[0], &err), &err);
    slg_problem *p = study_problem(cfg);
    const size_t bytes = p->validation.data->n_group * sizeof(slg_errors);
    slg_errors *trial = malloc(bytes), *same = NULL, *test = NULL, *none = trial;
    slg_outcome out;
    slg_potential *pot = NULL;
    slg_rt *rt = study_engine(SLG_RT_STARPU, 2, NULL);
    fit(p, rt, &out, trial, &pot);
    ck_ok(slg_appraise(p, rt, &p->validation, pot, &same, &err), &err);
    ck_assert_mem_eq(same, trial, bytes);
    ck_assert_ptr_nonnull(p->test.data);
    ck_ok(slg_appraise(p, rt, &p->test, pot, &test, &err), &err);
    ck_assert_uint_eq(p->test.data->n_group, p->train.data->n_group);
    for (int q = 0; p->validation_set == p->train_set && q < SLG_N_QUANTITY; q++)
        ck_assert(test->q[q].sq == same->q[q].sq && test->q[q].n == same->q[q].n);
    none = NULL;
    slg_side empty = {.data = NULL};
    ck_ok(slg_appraise(p, rt, &empty, pot, &none, &err), &err);
    ck_assert_ptr_null(none);
    slg_potential_free(&pot);
    slg_rt_stop(&rt);
    free(trial);
    slg_free(same);
    slg_free(test);
    slg_problem_free(&p);
    slg_config_free(&cfg);
    free(text);
}
END_TEST

/* Each part has its share of the reference instances, rounded up: without repetition, none is left out. */
START_TEST(reference_instances)
{
    char *text = study_replace(study_molecules, "objective: {", "objective: {n_reference: 100, ");
    slg_config *cfg = study_parse("cho-molecules", text);
    slg_problem *p = study_problem(cfg);
    size_t all = 0;
    for (int32_t k = 0; k < p->n_part; k++)
        all += p->instances[k].n;
    ck_assert_uint_eq(all, p->train_set->n_atom);
    for (int32_t k = 0; k < p->n_part; k++) {
        const slg_instances *c = &p->instances[k];
        ck_assert_uint_eq(c->n_reference, (100 * c->n + all - 1) / all);
        for (size_t i = 0; i < c->n_reference; i++)
            ck_assert(c->reference[i] < c->n && (i == 0 || c->reference[i] > c->reference[i - 1]));
    }
    slg_problem_free(&p);
    slg_config_free(&cfg);
    free(text);
}
END_TEST

/* Chosen points are the descriptors with their numbers, also the first and the last of a chunk. */
START_TEST(points_of_several_chunks)
{
    enum { N = 7, D = 3, CHUNKS = 3 };
    const size_t first[CHUNKS + 1] = {0, 2, 3, N};
    double x[N][D];
    slg_block *chunk[CHUNKS] = {NULL}, *block = NULL;
    slg_rt *rt = study_engine(SLG_RT_INLINE, 0, NULL);
    const slg_place at = {-1, -1, -1, 0, NULL, NULL};
    slg_sparse_set *set = slg_alloc_aligned(slg_sparse_set_bytes(N, D), 1);
    double *memory[CHUNKS];
    for (size_t i = 0; i < N; i++)
        for (size_t c = 0; c < D; c++)
            x[i][c] = sin((double)(3 * i + c + 1)) / (double)(c + 1);
    for (size_t c = 0; c < CHUNKS; c++) {
        const size_t bytes = (first[c + 1] - first[c]) * sizeof x[0];
        memory[c] = slg_alloc_aligned(bytes, 1);
        memcpy(memory[c], x[first[c]], bytes);
        ck_ok(slg_rt_block_host(rt, memory[c], bytes, &chunk[c], &err), &err);
    }
    ck_ok(slg_rt_block(rt, slg_sparse_set_bytes(N, D), &block, &err), &err);
    ck_ok(slg_submit_sparse_selection(rt, &at, slg_terms[0], SLG_SPARSE_RANDOM, 3, N, D, CHUNKS, first, chunk, block,
                                      &err),
          &err);
    ck_ok(slg_rt_read(rt, block, NULL, set, slg_sparse_set_bytes(N, D), &err), &err);
    ck_assert_uint_eq(set->m, N);
    for (size_t k = 0; k < N; k++)
        ck_assert_mem_eq(slg_sparse_q(set) + k * D, x[slg_sparse_index(set)[k]], sizeof x[0]);
    slg_rt_stop(&rt);
    for (size_t c = 0; c < CHUNKS; c++)
        slg_free(memory[c]);
    slg_free(set);
}
END_TEST

/* Memory is predicted at the middle of the ranges where that is inside the term's domain. */
START_TEST(a_typical_point_is_the_middle)
{
    slg_config *cfg = study_parse("c2-dimer", study_search1);
    slg_problem *p = study_problem(cfg);
    slg_hp_set middle, typical;
    bool found;
    ck_ok(slg_problem_middle(p, &middle, &err), &err);
    ck_ok(slg_problem_typical(p, false, &typical, &found, &err), &err);
    ck_assert(found);
    for (size_t i = 0; i < cfg->n_hp; i++)
        if (!(cfg->slot[i].param->flags & SLG_PARAM_NESTED))
            ck_assert_double_eq(typical.v[i][0], middle.v[i][0]);
    slg_problem_free(&p);
    slg_config_free(&cfg);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("particle");
    TCase *t = tcase_create("particle");
    tcase_set_timeout(t, 200);
    tcase_add_loop_test(t, same_bits, 0, 3);
    tcase_add_loop_test(t, errors_of_a_potential, 0, 3);
    tcase_add_test(t, kernel_statistics);
    tcase_add_test(t, reference_instances);
    tcase_add_loop_test(t, dimer_fits, 0, 4);
    tcase_add_test(t, points_of_several_chunks);
    tcase_add_test(t, a_typical_point_is_the_middle);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
