/*
 * Kernel statistics of Natarajan & Caro (arXiv:2101.00049, methods 1.4): values with a large spread s and a small
 * skewness g tell environments apart.
 */
#include "src/objectives/objective.h"

#include <math.h>

static double std_skew(const double *setting, const slg_evaluation *e)
{
    (void)setting;
    double g = fabs(slg_moments_skew(&e->kernel));
    return g / (1 + g) - slg_moments_std(&e->kernel) / 0.5;
}

static double std_skew_plain(const double *setting, const slg_evaluation *e)
{
    (void)setting;
    return fabs(slg_moments_skew(&e->kernel)) - slg_moments_std(&e->kernel);
}

static double std(const double *setting, const slg_evaluation *e)
{
    (void)setting;
    return -slg_moments_std(&e->kernel);
}

const slg_objective slg_objective_std_skew = {.name = "std_skew",
                                              .text = "|skew|/(1+|skew|) \xe2\x88\x92 std/0.5 of the kernel (no unit)",
                                              .needs = SLG_NEED_KERNEL,
                                              .value = std_skew};
const slg_objective slg_objective_std_skew_plain = {.name = "std_skew_plain",
                                                    .text = "|skew| \xe2\x88\x92 std of the kernel (no unit)",
                                                    .needs = SLG_NEED_KERNEL,
                                                    .value = std_skew_plain};
const slg_objective slg_objective_std = {
    .name = "std", .text = "\xe2\x88\x92std of the kernel (no unit)", .needs = SLG_NEED_KERNEL, .value = std};
