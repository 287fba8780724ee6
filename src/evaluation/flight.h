/**
 * The evaluation of one point: the graph of its descriptor, kernel-stat, sparse-selection, fit and validation tasks
 * over the batches of an evaluator, and what comes back. Everything here only submits; nothing waits but the functions
 * that say so.
 */
#ifndef SLG_EVALUATION_FLIGHT_H
#define SLG_EVALUATION_FLIGHT_H

#include "src/evaluation/evaluator.h"
#include "src/potential/potential.h"
#include "tasks/fit/model.h"
#include "tasks/fit/nested.h"

/** What one evaluation gives. */
typedef struct slg_outcome {
    int32_t status;                                   /* slg_status; failures are results */
    slg_failure failure;                              /* in words */
    double objective;                                 /* NAN when failed */
    double rmse[SLG_N_QUANTITY], mae[SLG_N_QUANTITY]; /* of the validation side; NAN = not available */
    double spread;          /* standard error of the objective over folds, NAN without folds */
    double mean, std, skew; /* of the kernel, NAN = not asked for */
} slg_outcome;

/** An evaluation in flight: its HPs and its blocks of memory. It stays where it is until it is released. */
typedef struct slg_flight {
    slg_evaluator *e;
    unsigned needs;                 /* SLG_NEED_... */
    bool whole;                     /* a fit of all structures, those of the validation too: nothing is judged */
    const slg_objective *objective; /* NULL: no value is wanted */
    slg_hp_set hp;
    slg_place at;         /* iteration, particle, priority of all tasks */
    void (*done)(void *); /* called on a worker for each result: slg_flight_results times */
    void *done_arg;
    /* filled here */
    int32_t part[SLG_MAX_PARTS]; /* number of each part of the model */
    slg_term_def *def;           /* [n_part] */
    slg_model model;
    const struct slg_flight *base; /* whose plans, sparse sets and factors the model borrows */
    slg_block **v[SLG_MAX_PARTS];  /* descriptor chunks of each part */
    size_t n_set;
    slg_block *set[SLG_MAX_FOLD + 1]; /* [n_set] training Gram blocks, of each fold and of what is in none */
    slg_block *gram;                  /* their sum; set[0] where there is only that */
    slg_block *metric;                /* validation Gram blocks, NULL with folds or where predictions judge */
    slg_block *weights;               /* of a nested fit */
    size_t n_fold;
    slg_block *fold_coef[SLG_MAX_FOLD], *fold_errors[SLG_MAX_FOLD]; /* [n_fold] of the fits without it */
    slg_block *kernel;                                              /* slg_moments */
    slg_block *errors; /* slg_errors [n_group], or [1] from Gram blocks alone */
    bool totals_only;  /* the latter */
    /* of a nested fit: settings of the objective; the HP and species of each ratio that is solved */
    double setting[SLG_MAX_HP];
    size_t n_ratio;
    int32_t ratio_hp[SLG_MAX_RATIO], ratio_species[SLG_MAX_RATIO];
} slg_flight;

/**
 * Submits all tasks for f->needs at f->hp. With a base (only the solution is computed anew, on its Gram blocks) the HPs
 * of the descriptor phase are those of the base. ERR_HP (nothing submitted) when the HPs are outside their domain, with
 * the reason in out->failure: a recorded result, not an error of the program.
 */
SLG_CHECKED slg_status slg_flight_submit(slg_flight *f, const slg_flight *base, slg_outcome *out, slg_error *err);

/**
 * A base at f->hp: descriptors, sparse sets and Gram blocks of both sides. Waits until it is there; ERR_* with the
 * numerical reason in err when it failed.
 */
SLG_CHECKED slg_status slg_flight_build_base(slg_flight *f, slg_error *err);

/** What a fold says: its errors, by a fit of the same sparse points without it. */
typedef struct slg_fold_result {
    slg_errors errors; /* abs = NAN */
    double *alpha;     /* coefficients of that fit: those of all parts of the potential, one after another */
} slg_fold_result;
typedef struct slg_folds {
    size_t n;
    slg_fold_result fold[SLG_MAX_FOLD];
} slg_folds;
void slg_folds_free(slg_folds **folds);

/**
 * A fit of all structures at f->hp and its potential. With SLG_NEED_NESTED delta and sigmas are solved first, for the
 * errors of the validation as in a trial; f->hp has them then. Waits; ERR_* with the reason in err, STOPPED when
 * cancelled.
 */
SLG_CHECKED slg_status slg_flight_whole(slg_flight *f, slg_potential **pot, slg_error *err);

/** Outcome, and errors by config_type [n_group] where not NULL and known. Waits. */
SLG_CHECKED slg_status slg_flight_collect(slg_flight *f, slg_outcome *out, slg_errors *by_group, slg_error *err);
/** The folds of a successful flight that needed errors, with coefficients for pot; NULL without folds. Waits. */
SLG_CHECKED slg_status slg_flight_folds(slg_flight *f, const slg_potential *pot, slg_folds **out, slg_error *err);
/** The moments of a flight that needed the kernel. Waits. */
SLG_CHECKED slg_status slg_flight_moments(slg_flight *f, slg_moments *out, slg_error *err);
/** The fitted potential of a successful flight that needed errors. Waits. */
SLG_CHECKED slg_status slg_flight_potential(slg_flight *f, slg_potential **pot, slg_error *err);
/**
 * Replaces *by_group (freed with slg_free) by the errors of a potential on a side of the problem, by config_type
 * [n_group]; by NULL for a side without data. By the same tasks as those of a flight: the same bits. Waits; STOPPED
 * when the engine is cancelled; what fails leaves *by_group as it was.
 */
SLG_CHECKED slg_status slg_appraise(const slg_problem *p, slg_rt *rt, const slg_side *side, const slg_potential *pot,
                                    slg_errors **by_group, slg_error *err);
/** Gives all blocks back. */
void slg_flight_release(slg_flight *f);

/** An outcome without values. */
slg_outcome slg_outcome_empty(void);
/** Did the sums of a flight come from Gram blocks alone, so that errors by config_type are not known? */
static inline bool slg_flight_partial(const slg_flight *f)
{
    return f->totals_only;
}

/** Results of a flight with these needs: of the kernel, of the fit. */
static inline int slg_flight_results(unsigned needs)
{
    return !!(needs & SLG_NEED_KERNEL) + !!(needs & ~(unsigned)SLG_NEED_KERNEL);
}
/** Priority of the n-th trial of an iteration: older ones first, so that they end and give their memory back. */
static inline int slg_flight_priority(size_t n)
{
    return 1000000 - (int)n;
}
/** Can a base serve these needs? It knows nothing of kernel values. */
static inline bool slg_base_serves(unsigned needs)
{
    return !(needs & SLG_NEED_KERNEL);
}

/* ---- parts of the graph, private to this folder ---- */

/** Place of a task of the flight. */
slg_place slg_flight_place(const slg_flight *f, slg_rank rank, size_t chunk);
/** The same for the task that makes a result. */
slg_place slg_flight_result_place(const slg_flight *f, slg_rank rank);
/** set [*n_set, at most SLG_MAX_FOLD + 1] <- Gram blocks of a side: of each fold, or one of all. */
SLG_CHECKED slg_status slg_flight_gram(slg_flight *f, const slg_side *side, const slg_batch_use *use, slg_block **set,
                                       size_t *n_set, slg_error *err);
/** f->set, f->gram, and f->metric where Gram blocks judge. */
SLG_CHECKED slg_status slg_flight_blocks(slg_flight *f, bool judged, slg_error *err);
/** Gives them back. */
void slg_flight_release_blocks(slg_flight *f);
/** Coefficients of all fits on the Gram blocks, and the errors of the folds. m_used [n_part] or NULL. */
SLG_CHECKED slg_status slg_flight_solve(slg_flight *f, const size_t *m_used, slg_error *err);
/** f->errors <- totals from Gram blocks. */
SLG_CHECKED slg_status slg_flight_judge(slg_flight *f, slg_error *err);
/** Sigma of each class [n_class], 0 of those that are no part of the fit. */
void slg_flight_sigma(const slg_flight *f, double *sigma);
/** f->kernel <- moments of the kernel values between reference and all instances, of all parts. */
SLG_CHECKED slg_status slg_flight_statistics(slg_flight *f, slg_error *err);
/** f->weights <- the best delta and sigmas; sigma [n_class] of the rest. */
SLG_CHECKED slg_status slg_flight_nested(slg_flight *f, const double *sigma, slg_error *err);
/** What it found becomes f->hp and the delta of the model. Of a result that is there. */
SLG_CHECKED slg_status slg_flight_take_ratios(slg_flight *f, slg_error *err);
/** f->errors <- errors of predictions for a side, by config_type; each fold by its own coefficients. */
SLG_CHECKED slg_status slg_flight_errors(slg_flight *f, const slg_side *side, const slg_batch_use *use, slg_error *err);

#endif
