/* Weighted sums of the errors of a fit on the validation structures (methods 1.4 P2). */
#include "src/objectives/objective.h"

static const slg_param weights[SLG_N_QUANTITY] = {
    [SLG_ENERGY] = {.name = "energy_weight",
                    .flags = SLG_PARAM_WEIGHT << SLG_ENERGY,
                    .highest = 1e9,
                    .standard = "1",
                    .unit = "atom/eV",
                    .text = "Weight of the error of energies per atom."},
    [SLG_FORCE] = {.name = "force_weight",
                   .flags = SLG_PARAM_WEIGHT << SLG_FORCE,
                   .highest = 1e9,
                   .standard = "0.033333333333333333",
                   .unit = "Angstrom/eV",
                   .text = "Weight of the error of force components."},
    [SLG_VIRIAL] = {.name = "virial_weight",
                    .flags = SLG_PARAM_WEIGHT << SLG_VIRIAL,
                    .highest = 1e9,
                    .standard = "0",
                    .unit = "atom/eV",
                    .text = "Weight of the error of virials per atom."},
};

/* A quantity that the data lack counts only with a weight. */
static double weighted(const double *weight, const double *error)
{
    double sum = 0;
    for (int q = 0; q < SLG_N_QUANTITY; q++)
        if (weight[q] > 0)
            sum += weight[q] * error[q];
    return sum;
}

static double rmse(const double *setting, const slg_evaluation *e)
{
    double error[SLG_N_QUANTITY];
    for (int q = 0; q < SLG_N_QUANTITY; q++)
        error[q] = slg_rmse(&e->errors.q[q]);
    return weighted(setting, error);
}

/* d sqrt(sq/n) / d sq = rmse / (2 sq). Absolute errors are no function of Gram blocks: `mae` takes squares as well. */
static double rmse_inner(const double *weight, const slg_evaluation *e, double out[SLG_N_QUANTITY])
{
    for (int q = 0; q < SLG_N_QUANTITY; q++) {
        const slg_error_sum *s = &e->errors.q[q];
        out[q] = weight[q] > 0 && s->n > 0 && s->sq > 0 ? weight[q] * slg_rmse(s) / (2 * s->sq) : 0;
    }
    return rmse(weight, e);
}

static double mae(const double *setting, const slg_evaluation *e)
{
    double error[SLG_N_QUANTITY];
    for (int q = 0; q < SLG_N_QUANTITY; q++)
        error[q] = slg_mae(&e->errors.q[q]);
    return weighted(setting, error);
}

const slg_objective slg_objective_rmse = {.name = "rmse",
                                          .text = "weighted sum of RMSEs (eV/atom, eV/\xc3\x85)",
                                          .needs = SLG_NEED_ERRORS,
                                          .param = weights,
                                          .n_param = SLG_N_QUANTITY,
                                          .value = rmse,
                                          .inner = rmse_inner};
const slg_objective slg_objective_mae = {.name = "mae",
                                         .text = "weighted sum of MAEs (eV/atom, eV/\xc3\x85)",
                                         .needs = SLG_NEED_PREDICTIONS,
                                         .param = weights,
                                         .n_param = SLG_N_QUANTITY,
                                         .value = mae,
                                         .inner = rmse_inner};
