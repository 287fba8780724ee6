/** Tasks of the descriptor: build a plan, compute the descriptors of some environments. */
#ifndef SLG_TASKS_SOAP_SOAP_TASK_H
#define SLG_TASKS_SOAP_SOAP_TASK_H

#include "tasks/common/submit.h"

/** plan (W) <- tables of hp. */
SLG_CHECKED slg_status slg_submit_plan(slg_rt *rt, const slg_place *at, const slg_soap_hp *hp, slg_block *plan,
                                       slg_error *err);

/** v (W) [n_env][d] <- descriptors of the environments env[0..n_env) of geom; both stay constant. */
SLG_CHECKED slg_status slg_submit_descriptor(slg_rt *rt, const slg_place *at, const slg_geom *geom, const size_t *env,
                                             size_t n_env, size_t d, double flops, slg_block *plan, slg_block *v,
                                             slg_error *err);

#endif
