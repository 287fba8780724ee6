/** The parameters of the fit, beside those of its terms. */
#ifndef SLG_TASKS_FIT_PARAMS_H
#define SLG_TASKS_FIT_PARAMS_H

#include "tasks/common/param.h"

enum {
    SLG_FIT_N_SPARSE,
    SLG_FIT_DELTA,
    SLG_FIT_SIGMA_ENERGY, /* the three sigmas in the order of SLG_ENERGY, SLG_FORCE, SLG_VIRIAL */
    SLG_FIT_SIGMA_FORCE,
    SLG_FIT_SIGMA_VIRIAL,
    SLG_FIT_SPARSE_METHOD, /* a slg_sparse_method */
    SLG_FIT_JITTER,
    SLG_FIT_N_PARAM
};
extern const slg_param slg_fit_param[SLG_FIT_N_PARAM];

#endif
