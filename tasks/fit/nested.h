/**
 * The ratios of delta and the sigmas that make a loss small, solved on Gram blocks: every choice of them is one
 * Cholesky factorisation (docs/THEORY.md section 5), and so is the gradient.
 */
#ifndef SLG_TASKS_FIT_NESTED_H
#define SLG_TASKS_FIT_NESTED_H

#include "tasks/fit/fit.h"

enum {
    SLG_MAX_RATIO = 16,
    SLG_MAX_FOLD = 20,
    SLG_LOSS_QUANTITIES = 3,
    SLG_NESTED_SCREEN = 24,
    SLG_NESTED_DIAGONAL = 8,
    SLG_NESTED_STARTS = 2,
    SLG_NESTED_STEPS = 30
};

/** One number between lo and hi (above 0): the sigma of a class, or the delta of parts. */
typedef struct slg_ratio {
    double lo, hi;
    int32_t cls;    /* -1: delta */
    uint64_t parts; /* bits of the parts */
} slg_ratio;

/** The values of a fit in which the ratios are solved. */
typedef struct slg_weights {
    double delta[SLG_MAX_PARTS], sigma[SLG_MAX_CLASS]; /* of the parts and classes */
    double ratio[SLG_MAX_RATIO];                       /* what was solved */
} slg_weights;

/** A loss of sums of squares sq [SLG_LOSS_QUANTITIES] of n rows each; slope: its derivatives by sq. */
typedef struct slg_loss {
    double (*value)(const void *arg, const double *sq, const double *n, double *slope);
    const void *arg;
} slg_loss;

/**
 * What is solved: one fit on `gram` and its errors on judged[0], or (folds) n_fold fits, each without the rows of
 * judged[f] and judged by them. The loss is of the sums over all judged blocks.
 */
typedef struct slg_nested {
    const double *gram; /* Gram blocks of all training rows, n_class classes */
    size_t n_fold;
    const double *const
        *judged; /* [n_fold] Gram blocks of n_judged classes, in the weights of errors where they count */
    bool folds;  /* judged[f] is a part of gram (n_judged = n_class) */
    size_t n_judged;
    const int32_t *quantity; /* [n_judged] the quantity whose errors a class measures, -1 = none */
    size_t m, n_class, n_part;
    const slg_part *part;
    size_t n_ratio;
    const slg_ratio *ratio;
    slg_loss loss;
} slg_nested;

size_t slg_nested_work_bytes(size_t m);
/**
 * The loss at x [n_ratio] = log of the values; delta [n_part] and sigma [n_class] hold the other values and receive
 * these. slope [n_ratio] = derivatives by x, or NULL; sq, n [SLG_LOSS_QUANTITIES]. ERR_NOT_SPD, ERR_NOT_FINITE.
 */
slg_status slg_nested_loss(const slg_nested *p, const double *x, double *delta, double *sigma, double *loss,
                           double *slope, double *sq, double *n, void *work);
/**
 * The best x: of SLG_NESTED_SCREEN points that cover the box evenly the best SLG_NESTED_STARTS, from each of them
 * SLG_NESTED_STEPS evaluations at most (NLopt, LBFGS within bounds); no times, no random numbers. delta and sigma as
 * above, at the best x. The status of the last failure where no evaluation succeeds.
 */
slg_status slg_nested_solve(const slg_nested *p, double *delta, double *sigma, double *x, double *loss, void *work);

#endif
