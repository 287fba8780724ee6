/**
 * Objectives: what a search makes small, as functions of an evaluation. An evaluation turns a point into descriptors,
 * fits and predictions once; how much of that is done follows from what the objective needs.
 *
 * A new objective is a file with one slg_objective and a line in src/registry.c.
 */
#ifndef SLG_OBJECTIVES_OBJECTIVE_H
#define SLG_OBJECTIVES_OBJECTIVE_H

#include "tasks/common/param.h"
#include "tasks/kernelstat/kernelstat.h"
#include "tasks/validation/validation.h"

/** Parts of an evaluation. */
enum {
    SLG_NEED_KERNEL = 1,      /* kernel values between the training instances: of the descriptor alone, without a fit */
    SLG_NEED_ERRORS = 2,      /* sums of squared errors of the validation side */
    SLG_NEED_PREDICTIONS = 4, /* sums of absolute errors too, errors by config_type */
    SLG_NEED_NESTED = 8       /* of a fit, where the errors are smallest over delta and the sigmas */
};

/** What an evaluation gives; what was not needed is empty (n = 0). */
typedef struct slg_evaluation {
    slg_moments kernel;
    slg_errors errors; /* all config_types; abs = NAN where only squares are known */
} slg_evaluation;

typedef struct slg_objective {
    const char *name; /* word of objective.kind, or of objective.stage1 when it needs no fit */
    const char *text; /* what the number is, for axes and tables */
    unsigned needs;
    const slg_param *param; /* settings, of the section `objective` */
    size_t n_param;
    /** Lower is better; NAN when it is not defined. setting [n_param]. */
    double (*value)(const double *setting, const slg_evaluation *e);
    /**
     * What delta and the sigmas make small where they are solved inside a trial: a function of the sums of squares
     * alone, the value itself or what is nearest to it, with its derivatives by these sums. NULL: there is none.
     */
    double (*inner)(const double *setting, const slg_evaluation *e, double slope[SLG_N_QUANTITY]);
} slg_objective;

/** Does it judge descriptors, so that it can come before any fit? */
static inline int slg_objective_of_descriptor(const slg_objective *o)
{
    return o->needs == SLG_NEED_KERNEL;
}

#endif
