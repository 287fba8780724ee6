/** Predictions of a sparse GAP and their errors. */
#ifndef SLG_TASKS_VALIDATION_VALIDATION_H
#define SLG_TASKS_VALIDATION_VALIDATION_H

#include "runtime/base/error.h"
#include "tasks/common/geom.h"
#include "tasks/fit/fit.h"

/** Predictions of frames frame0..frame0+n_frame-1: borrowed arrays, zeroed by the caller before the first call. */
typedef struct slg_prediction {
    size_t frame0, n_frame;
    double *energy; /* [n_frame] without e0, eV */
    double *force;  /* [n_env of these frames][3], eV/Angstrom */
    double *virial; /* [n_frame][6] xx xy xz yy yz zz, eV, = -dE/d(strain) */
} slg_prediction;

/**
 * Adds the contributions of environments env0..env1-1 of the block's central species: kernel row, energy and, when
 * `derivatives`, forces and virial by one reverse pass per environment. alpha [block->m], delta of the block.
 */
size_t slg_predict_work_bytes(const slg_fit_block *block, size_t max_pair);
slg_status slg_predict(const slg_geom *geom, size_t env0, size_t env1, const slg_fit_block *block, double delta,
                       const double *alpha, int derivatives, const slg_prediction *p, void *work);
double slg_predict_flops(const slg_geom *geom, size_t env0, size_t env1, const slg_fit_block *block, int derivatives);

/** Reference values of frames as absolute arrays over the whole data set; a quantity that is absent has has_*[f] = 0. */
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
