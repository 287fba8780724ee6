/* An objective for the tests: the larger of the relative errors of energies and forces. */
#include "src/objectives/objective.h"

#include <math.h>

static const slg_param param[] = {
    {.name = "energy_goal",
     .lowest = 1e-6,
     .highest = 1e3,
     .standard = "0.01",
     .unit = "eV/atom",
     .text = "Wanted error."},
    {.name = "force_goal",
     .lowest = 1e-6,
     .highest = 1e3,
     .standard = "0.1",
     .unit = "eV/Angstrom",
     .text = "Wanted error."},
};

static double value(const double *setting, const slg_evaluation *e)
{
    return fmax(slg_mae(&e->errors.q[SLG_ENERGY]) / setting[0], slg_mae(&e->errors.q[SLG_FORCE]) / setting[1]);
}

extern const slg_objective slg_objective_toy_goal;
const slg_objective slg_objective_toy_goal = {.name = "toy_goal",
                                              .text = "larger of the MAEs in units of their goals",
                                              .needs = SLG_NEED_PREDICTIONS,
                                              .param = param,
                                              .n_param = 2,
                                              .value = value};
