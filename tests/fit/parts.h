/** Plans of soap_turbo, and a bare kernel, for the tests of the fit. */
#ifndef SLG_TESTS_FIT_PARTS_H
#define SLG_TESTS_FIT_PARTS_H

#include "runtime/base/alloc.h"
#include "tasks/fit/fit.h"
#include "tasks/terms/soap/soap.h"
#include <check.h>

/** The plan of a definition; freed with slg_free. */
static inline void *test_plan(const slg_term_def *def)
{
    char why[SLG_WHY] = "";
    size_t where;
    ck_assert_msg(def->term->check(def, why) == SLG_OK, "%s", why);
    void *plan = slg_alloc_aligned(def->term->plan_bytes(def), 1);
    ck_assert_int_eq(def->term->plan(def, plan, &where), SLG_OK);
    return plan;
}

/** A plan for its kernel (v.q)^zeta alone, which takes descriptors of any length. */
static inline void *test_kernel(double zeta)
{
    const slg_term_def def = slg_soap_define(&(slg_soap_hp){.n_species = 1,
                                                            .alpha_max = {1},
                                                            .rcut_hard = {5},
                                                            .rcut_soft = {4.5},
                                                            .nf = {4},
                                                            .atom_sigma_r = {0.5},
                                                            .atom_sigma_t = {0.5},
                                                            .zeta = zeta});
    return test_plan(&def);
}

/** A workspace as large as cost() asks for; freed with slg_free. */
static inline void *test_scratch(const slg_term_def *def, const slg_term_work *w)
{
    double flops = 0;
    size_t bytes = 0;
    def->term->cost(def, w, &flops, &bytes);
    return slg_alloc_aligned(bytes, 1);
}

/** The factor of the covariances of q [m][d] under the kernel (v.q)^zeta. */
static inline slg_status test_factor(size_t m, size_t d, const double *q, double zeta, double eps, double *u,
                                     size_t *where)
{
    const slg_part part = {.term = &slg_term_soap, .plan = test_kernel(zeta), .m = m, .d = d, .q = q};
    slg_status st = slg_sparse_kernel(&part, eps, u, where);
    slg_free((void *)(uintptr_t)part.plan);
    return st;
}

#endif
