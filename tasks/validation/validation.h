/** Errors of predictions. */
#ifndef SLG_TASKS_VALIDATION_VALIDATION_H
#define SLG_TASKS_VALIDATION_VALIDATION_H

#include "runtime/base/error.h"
#include "tasks/terms/term.h"

/**
 * Reference values of frames as absolute arrays over the whole data set; a quantity that is absent has has_*[f] = 0.
 */
typedef struct slg_reference {
    const double *energy;                                     /* [n_frame] with e0 subtracted */
    const double *force;                                      /* [n_env][3] */
    const double *virial;                                     /* [n_frame][6] */
    const unsigned char *has_energy, *has_force, *has_virial; /* [n_frame] */
    const int32_t *group;                                     /* [n_frame] config_type number */
} slg_reference;

/** Sums of one quantity: energies and virials per atom, forces per component (virial: 6 components a frame). */
typedef struct slg_error_sum {
    double n, abs, sq;
} slg_error_sum;
enum { SLG_ENERGY, SLG_FORCE, SLG_VIRIAL, SLG_N_QUANTITY };
typedef struct slg_errors {
    slg_error_sum q[SLG_N_QUANTITY];
} slg_errors;

/** Adds the errors of a prediction to sum[group] (array over all groups). Sums in index order. ERR_NOT_FINITE. */
slg_status slg_errors_add(const slg_geom *geom, const slg_reference *ref, const slg_prediction *p, slg_errors *sum);
void slg_errors_merge(slg_errors *a, const slg_errors *b);
/** sqrt(sq/n), abs/n; NAN when n is 0. */
double slg_rmse(const slg_error_sum *s);
double slg_mae(const slg_error_sum *s);

#endif
