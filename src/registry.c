#include "src/registry.h"

extern const slg_term slg_term_soap;
extern const slg_objective slg_objective_rmse, slg_objective_mae, slg_objective_std_skew, slg_objective_std_skew_plain,
    slg_objective_std;
extern const slg_optimiser_kind slg_optimiser_swarm, slg_optimiser_random;

const slg_term *const slg_terms[] = {&slg_term_soap, NULL};
const slg_objective *const slg_objectives[] = {&slg_objective_rmse,     &slg_objective_mae,
                                               &slg_objective_std_skew, &slg_objective_std_skew_plain,
                                               &slg_objective_std,      NULL};
const slg_optimiser_kind *const slg_optimisers[] = {&slg_optimiser_swarm, &slg_optimiser_random, NULL};
