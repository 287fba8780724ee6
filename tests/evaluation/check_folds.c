/* Cross-validation in one pass: each fold must be judged as by a fit made without it. */
#include "runtime/base/alloc.h"
#include "src/evaluation/flight.h"
#include "tasks/fit/fit.h"
#include "tasks/fit/params.h"
#include "tasks/sparse/sparse_task.h"
#include "tests/support/study_support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static slg_error err;

enum { FOLDS = 4 };

static const struct {
    const char *folder, *text, *from, *to;
} example[] = {{"c2-dimer", study_dimer, "validation: same", "validation: {folds: 4}"},
               {"silicon", study_silicon, "validation: Si_bulk_test.xyz", "validation: {folds: 4}"},
               {"cho-molecules", study_molecules, "validation: CHO_molecules_test.xyz", "validation: {folds: 4}"}};

static slg_problem *folded(int i, slg_config **cfg)
{
    *cfg = study_parse_with(example[i].folder, example[i].text, example[i].from, example[i].to);
    slg_problem *p = study_problem(*cfg);
    ck_assert_uint_eq(p->n_fold, FOLDS);
    return p;
}

static slg_flight fly(slg_evaluator *e, unsigned needs, const slg_hp_set *hp, slg_outcome *out, slg_errors *by_group)
{
    slg_flight f = study_flight(e, needs, hp);
    f.objective = e->p->cfg->objective;
    *out = slg_outcome_empty();
    ck_ok(slg_flight_submit(&f, NULL, out, &err), &err);
    ck_ok(slg_flight_collect(&f, out, by_group, &err), &err);
    ck_assert_msg(out->status == SLG_OK, "%s: %s", out->failure.kind, out->failure.why);
    return f;
}

/* Gram blocks give the errors of predictions; the totals over folds are those of the table; so is the spread. */
START_TEST(blocks_and_predictions_agree)
{
    slg_config *cfg;
    slg_problem *p = folded(_i, &cfg);
    slg_hp_set hp = study_values(p);
    slg_rt *rt = study_engine(SLG_RT_INLINE, 0, NULL);
    slg_evaluator *e = study_evaluator(p, rt);
    slg_outcome a, b;
    slg_flight f = fly(e, SLG_NEED_ERRORS, &hp, &a, NULL);
    ck_assert(slg_flight_partial(&f));
    slg_flight_release(&f);
    f = fly(e, SLG_NEED_PREDICTIONS, &hp, &b, NULL);
    ck_assert(!slg_flight_partial(&f));
    slg_flight_release(&f);
    for (int q = 0; q < SLG_N_QUANTITY; q++) {
        ck_assert_int_eq(isnan(a.rmse[q]), isnan(b.rmse[q]));
        ck_assert_msg(isnan(a.rmse[q]) || fabs(a.rmse[q] / b.rmse[q] - 1) < 1e-6, "quantity %d: %.12g, %.12g", q,
                      a.rmse[q], b.rmse[q]);
    }
    ck_assert(isnan(a.mae[SLG_ENERGY]) && b.mae[SLG_ENERGY] > 0);
    ck_assert(fabs(a.objective / b.objective - 1) < 1e-6);
    ck_assert(a.spread > 0 && a.spread < 5 * a.objective && a.spread == b.spread);
    slg_evaluator_free(&e);
    slg_rt_stop(&rt);
    slg_problem_free(&p);
    slg_config_free(&cfg);
}
END_TEST

/* --- fits of our own -------------------------------------------------------------------------------------------- */

/* The parts of a flight's model with memory of their own. */
typedef struct model {
    slg_part part[SLG_MAX_PARTS];
    double *u[SLG_MAX_PARTS];
    void *plan[SLG_MAX_PARTS], *set[SLG_MAX_PARTS];
    size_t n, m;
} model;

static void *block(slg_rt *rt, slg_block *b, size_t bytes)
{
    void *to = slg_alloc_aligned(bytes, 1);
    ck_ok(slg_rt_read(rt, b, NULL, to, bytes, &err), &err);
    return to;
}

static model take_model(const slg_problem *p, slg_rt *rt, const slg_model *m)
{
    model out = {.n = m->n_part, .m = m->m_total};
    for (size_t b = 0; b < m->n_part; b++) {
        out.plan[b] = block(rt, m->plan[b], m->def[b]->term->plan_bytes(m->def[b]));
        out.set[b] = block(rt, m->sparse[b], slg_sparse_set_bytes(m->m[b], m->d[b]));
        out.u[b] = block(rt, m->u[b], m->m[b] * m->m[b] * sizeof(double));
        const slg_sparse_set *set = out.set[b];
        out.part[b] = (slg_part){.term = p->cfg->term,
                                 .plan = out.plan[b],
                                 .m = set->m,
                                 .d = m->d[b],
                                 .col0 = m->col0[b],
                                 .q = slg_sparse_q(set)};
    }
    return out;
}

static void drop_model(model *m)
{
    for (size_t b = 0; b < m->n; b++) {
        slg_free(m->plan[b]);
        slg_free(m->set[b]);
        slg_free(m->u[b]);
    }
}

/* Adds the rows of a batch, once, in the weights of the fit. */
static void add_batch(const model *m, const slg_batch *b, double *gram)
{
    slg_rows rows = b->rows;
    double *k = calloc(rows.n_row * m->m + 1, sizeof *k);
    rows.w_judge = NULL;
    for (size_t i = 0; i < m->n; i++) {
        const slg_part *part = &m->part[i];
        const slg_term_work work = {.what = SLG_WORK_ROWS,
                                    .plan = part->plan,
                                    .geom = &b->geom,
                                    .env1 = b->geom.n_env,
                                    .rows = &rows,
                                    .m = part->m};
        double flops;
        size_t bytes = 0;
        slg_term_def unused = {.term = part->term};
        part->term->cost(&unused, &work, &flops, &bytes);
        void *scratch = slg_alloc_aligned(bytes + 64, 1);
        ck_assert_int_eq(part->term->rows(part, &b->geom, 0, b->geom.n_env, &rows, m->m, k, scratch), SLG_OK);
        slg_free(scratch);
    }
    ck_assert_int_eq(slg_fit_fold(&rows, m->n, m->part, (const double *const *)m->u, m->m, k, gram), SLG_OK);
    free(k);
}

/* A fit on the batches that are not in a fold, and on those of `more`, from rows of its own; its coefficients. */
static void refit(const slg_flight *f, const model *m, size_t fold, const slg_side *more, double *alpha)
{
    const slg_side *side = &f->e->p->train;
    double sigma[SLG_MAX_CLASS], *gamma = calloc(m->m, sizeof *gamma);
    double *gram = calloc(slg_gram_length(m->m, side->n_class), sizeof *gram);
    void *work = slg_alloc_aligned(slg_fit_solve_work_bytes(m->m), 1);
    size_t where;
    slg_flight_sigma(f, sigma);
    for (size_t i = 0; i < side->n_batch; i++)
        if (side->batch[i].fold != fold)
            add_batch(m, &side->batch[i], gram);
    for (size_t i = 0; more && i < more->n_batch; i++)
        add_batch(m, &more->batch[i], gram);
    ck_assert_int_eq(slg_fit_solve(gram, NULL, m->m, side->n_class, m->n, m->part, (const double *const *)m->u, NULL,
                                   f->model.delta, sigma, gamma, alpha, &where, work),
                     SLG_OK);
    slg_free(work);
    free(gamma);
    free(gram);
}

/* Sums of squared errors of a potential on the structures of a fold. */
static void judge(const slg_problem *p, const slg_potential *pot, size_t fold, double sq[SLG_N_QUANTITY])
{
    const slg_dataset *d = p->train_set;
    slg_geom *geom = NULL;
    ck_ok(slg_geom_build(d, p->cutoff, p->n_species, p->z, &geom, &err), &err);
    double *e = malloc(d->n_frame * sizeof *e), *force = malloc(3 * d->n_atom * sizeof *force),
           *virial = malloc(6 * d->n_frame * sizeof *virial);
    ck_ok(slg_potential_predict(pot, d, geom, e, force, virial, &err), &err);
    memset(sq, 0, SLG_N_QUANTITY * sizeof *sq);
    for (size_t i = p->fold_first[fold]; i < p->fold_first[fold + 1]; i++) {
        const slg_frame *frame = &d->frame[i];
        const double n = (double)frame->n_atom;
        if (frame->has_energy)
            sq[SLG_ENERGY] += pow((e[i] - frame->energy) / n, 2);
        for (size_t k = 3 * frame->first; frame->has_force && k < 3 * (frame->first + frame->n_atom); k++)
            sq[SLG_FORCE] += pow(force[k] - d->force[k], 2);
        for (size_t k = 0; frame->has_virial && k < 6; k++)
            sq[SLG_VIRIAL] += pow((virial[6 * i + k] - frame->virial[k]) / n, 2);
    }
    free(e), free(force), free(virial);
    slg_geom_free(&geom);
}

START_TEST(each_fold_equals_a_refit)
{
    slg_config *cfg;
    slg_problem *p = folded(_i, &cfg);
    slg_hp_set hp = study_values(p);
    slg_rt *rt = study_engine(SLG_RT_INLINE, 0, NULL);
    slg_evaluator *e = study_evaluator(p, rt);
    slg_outcome out;
    slg_potential *pot = NULL;
    slg_folds *folds = NULL;
    slg_flight f = fly(e, SLG_NEED_ERRORS, &hp, &out, NULL);
    ck_ok(slg_flight_potential(&f, &pot, &err), &err);
    ck_ok(slg_flight_folds(&f, pot, &folds, &err), &err);
    model m = take_model(p, rt, &f.model);
    double *alpha = calloc(m.m, sizeof *alpha);
    for (size_t k = 0; k < FOLDS; k++) {
        double sq[SLG_N_QUANTITY];
        refit(&f, &m, k, NULL, alpha);
        for (size_t b = 0; b < pot->n_part; b++)
            memcpy(pot->part[b].alpha, alpha + f.model.col0[b], pot->part[b].m * sizeof *alpha);
        judge(p, pot, k, sq);
        for (int q = 0; q < SLG_N_QUANTITY; q++)
            ck_assert_msg(fabs(folds->fold[k].errors.q[q].sq - sq[q]) <= 1e-6 * sq[q],
                          "fold %zu quantity %d: %.12g, %.12g", k, q, folds->fold[k].errors.q[q].sq, sq[q]);
    }
    free(alpha);
    drop_model(&m);
    slg_folds_free(&folds);
    slg_potential_free(&pot);
    slg_flight_release(&f);
    slg_evaluator_free(&e);
    slg_rt_stop(&rt);
    slg_problem_free(&p);
    slg_config_free(&cfg);
}
END_TEST

/* The final fit has the rows of both sets, on the sparse points of the training set. */
START_TEST(a_whole_fit_equals_a_refit)
{
    slg_config *cfg = study_parse(example[_i].folder, example[_i].text);
    slg_problem *p = study_problem(cfg);
    slg_hp_set hp = study_values(p);
    slg_rt *rt = study_engine(SLG_RT_INLINE, 0, NULL);
    slg_evaluator *e = study_evaluator(p, rt);
    slg_potential *pot = NULL;
    slg_flight f = study_flight(e, SLG_NEED_ERRORS, &hp);
    ck_ok(slg_flight_whole(&f, &pot, &err), &err);
    model m = take_model(p, rt, &f.model);
    double *alpha = calloc(m.m, sizeof *alpha), *got = malloc(p->train_set->n_frame * sizeof *got),
           *want = malloc(p->train_set->n_frame * sizeof *want);
    slg_geom *geom = NULL;
    ck_ok(slg_geom_build(p->train_set, p->cutoff, p->n_species, p->z, &geom, &err), &err);
    ck_ok(slg_potential_predict(pot, p->train_set, geom, got, NULL, NULL, &err), &err);
    refit(&f, &m, SIZE_MAX, p->rest.data ? &p->rest : NULL, alpha);
    ck_assert((p->rest.data != NULL) == (_i > 0)); /* the dimer's validation structures are those of the training */
    for (size_t b = 0; b < pot->n_part; b++)
        memcpy(pot->part[b].alpha, alpha + f.model.col0[b], pot->part[b].m * sizeof *alpha);
    ck_ok(slg_potential_predict(pot, p->train_set, geom, want, NULL, NULL, &err), &err);
    ck_assert_double_lt(slg_test_deviation(p->train_set->n_frame, got, want), 1e-8);
    free(alpha), free(got), free(want);
    slg_geom_free(&geom);
    drop_model(&m);
    slg_potential_free(&pot);
    slg_flight_release(&f);
    slg_evaluator_free(&e);
    slg_rt_stop(&rt);
    slg_problem_free(&p);
    slg_config_free(&cfg);
}
END_TEST

/* --- delta and sigmas solved ------------------------------------------------------------------------------------ */

/* What is solved is what the potential is made with, for each element; a fit with these values is the same. */
START_TEST(solved_ratios_are_used)
{
    static const char given[] = "delta: 2, sigma_energy: 0.002, sigma_force: 0.05",
                      solved[] = "delta: {H: {log: [0.05, 20]}, C: {log: [0.05, 20]}, O: {log: [0.05, 20]}},\n"
                                 "  sigma_energy: {log: [0.00001, 1]}, sigma_force: {log: [0.0001, 1]}";
    char *text = study_replace(study_molecules, given, solved);
    slg_config *cfg = study_parse_with(example[2].folder, text, example[2].from, _i ? example[2].to : example[2].from);
    slg_problem *p = study_problem(cfg);
    slg_hp_set hp;
    slg_outcome out, again, other;
    slg_potential *pot = NULL;
    ck_ok(slg_problem_middle(p, &hp, &err), &err);
    slg_hp_set middle = hp;
    slg_rt *rt = study_engine(SLG_RT_INLINE, 0, NULL);
    ck_ok(slg_fit_once(p, rt, &hp, &out, NULL, &pot, NULL, &err), &err);
    const double *delta = study_hp(p, &hp, "delta"), *sigma = study_hp(p, &hp, "sigma_force");
    ck_assert(delta[0] != delta[1] && delta[1] != delta[2]);
    ck_assert(sigma[0] > 0.0001 && sigma[0] < 1 && sigma[0] == sigma[1] && sigma[0] == sigma[2]);
    ck_assert(*study_hp(p, &hp, "sigma_energy") < 1);
    for (size_t b = 0; b < pot->n_part; b++)
        ck_assert_double_eq(pot->part[b].delta, delta[p->cfg->term->channel(pot->part[b].number, p->n_species)]);
    slg_evaluator *e = study_evaluator(p, rt);
    slg_flight f = fly(e, SLG_NEED_PREDICTIONS, &hp, &again, NULL);
    slg_flight_release(&f);
    f = fly(e, SLG_NEED_PREDICTIONS, &middle, &other, NULL);
    slg_flight_release(&f);
    ck_assert(fabs(again.objective / out.objective - 1) < 1e-9);
    ck_assert(out.objective < 0.9 * other.objective);
    slg_potential_free(&pot);
    slg_evaluator_free(&e);
    slg_rt_stop(&rt);
    slg_problem_free(&p);
    slg_config_free(&cfg);
    free(text);
}
END_TEST

/* The same bits whatever the engine. */
START_TEST(same_bits)
{
    static const struct {
        int backend, workers;
        const char *scheduler;
    } engine[] = {{SLG_RT_INLINE, 0, NULL}, {SLG_RT_STARPU, 1, "eager"}, {SLG_RT_STARPU, 2, "lws"}};
    slg_config *cfg;
    slg_problem *p = folded(_i, &cfg);
    slg_hp_set hp = study_values(p);
    slg_outcome first, out;
    unsetenv("STARPU_SCHED");
    for (size_t k = 0; k < sizeof engine / sizeof *engine; k++) {
        slg_rt *rt = study_engine(engine[k].backend, engine[k].workers, engine[k].scheduler);
        slg_evaluator *e = study_evaluator(p, rt);
        slg_flight f = fly(e, SLG_NEED_PREDICTIONS, &hp, &out, NULL);
        slg_flight_release(&f);
        slg_evaluator_free(&e);
        slg_rt_stop(&rt);
        if (k == 0)
            first = out;
        ck_assert(memcmp(first.rmse, out.rmse, sizeof out.rmse) == 0 && first.objective == out.objective &&
                  first.spread == out.spread);
    }
    slg_problem_free(&p);
    slg_config_free(&cfg);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("folds");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, blocks_and_predictions_agree, 0, 3);
    tcase_add_loop_test(t, each_fold_equals_a_refit, 0, 3);
    tcase_add_loop_test(t, a_whole_fit_equals_a_refit, 0, 3);
    tcase_add_loop_test(t, solved_ratios_are_used, 0, 2);
    tcase_add_loop_test(t, same_bits, 0, 3);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
