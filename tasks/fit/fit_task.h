/** Tasks of the fit: kernel of the sparse points, design rows, whitening and Gram blocks, solution. */
#ifndef SLG_TASKS_FIT_FIT_TASK_H
#define SLG_TASKS_FIT_FIT_TASK_H

#include "tasks/fit/model.h"

/** u (W) of part b <- Cholesky factor of its sparse kernel with relative jitter eps. */
SLG_CHECKED slg_status slg_submit_sparse_kernel(slg_rt *rt, const slg_place *at, const slg_model *model, size_t b,
                                                double eps, slg_error *err);

/**
 * k (W if first, else RW) [rows][m_total] += design rows of environments env0..env1-1 of the batch. Slices of one batch
 * are submitted in order, so the sums have a fixed order.
 */
SLG_CHECKED slg_status slg_submit_design_rows(slg_rt *rt, const slg_place *at, const slg_batch_use *batch, size_t env0,
                                              size_t env1, const slg_model *model, bool first, slg_block *k,
                                              slg_error *err);

/** gram (W if first, else RW) += Gram blocks of the whitened rows k (RW). */
SLG_CHECKED slg_status slg_submit_fold(slg_rt *rt, const slg_place *at, const slg_batch_use *batch,
                                       const slg_model *model, size_t n_class, bool first, slg_block *k,
                                       slg_block *gram, slg_error *err);

/** a (RW) += b (R). */
SLG_CHECKED slg_status slg_submit_gram_add(slg_rt *rt, const slg_place *at, size_t m, size_t n_class, slg_block *a,
                                           slg_block *b, slg_error *err);

/** sum (W) <- part (R) [n_part], in order. */
SLG_CHECKED slg_status slg_submit_gram_sum(slg_rt *rt, const slg_place *at, size_t m, size_t n_class, size_t n_part,
                                           slg_block *const *part, slg_block *sum, slg_error *err);

/** A fit on Gram blocks: what differs between fits of one model. */
typedef struct slg_fit_request {
    slg_block *gram;      /* R */
    slg_block *less;      /* R; rows of gram that are left out, NULL = none */
    slg_block *weights;   /* R, a slg_weights; NULL: model->delta and sigma */
    const double *sigma;  /* [n_class], 0 = the class is no part of the fit */
    const size_t *m_used; /* [n_part] leading sparse points, NULL = all */
} slg_fit_request;
/** coef (W, slg_coef_bytes) <- gamma, alpha and delta. */
SLG_CHECKED slg_status slg_submit_fit(slg_rt *rt, const slg_place *at, const slg_model *model,
                                      const slg_fit_request *request, slg_block *coef, slg_error *err);

#endif
