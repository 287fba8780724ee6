/* A registry like src/registry.c with one line more in each list: all that a new term, objective or optimiser takes. */
#include "src/registry.h"

extern const slg_term slg_term_soap, slg_term_toy_pair;
extern const slg_objective slg_objective_rmse, slg_objective_std_skew, slg_objective_toy_goal;
extern const slg_optimiser_kind slg_optimiser_swarm, slg_optimiser_random, slg_optimiser_toy_walk;

const slg_term *const slg_terms[] = {
    &slg_term_soap,
    &slg_term_toy_pair,
    NULL,
};
const slg_objective *const slg_objectives[] = {
    &slg_objective_rmse,
    &slg_objective_std_skew,
    &slg_objective_toy_goal,
    NULL,
};
const slg_optimiser_kind *const slg_optimisers[] = {
    &slg_optimiser_swarm,
    &slg_optimiser_random,
    &slg_optimiser_toy_walk,
    NULL,
};
