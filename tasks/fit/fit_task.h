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

/** model->coef (W) <- gamma, alpha for model->delta and sigma [n_class]; m_used [n_part] or NULL. */
SLG_CHECKED slg_status slg_submit_fit(slg_rt *rt, const slg_place *at, const slg_model *model, const double *sigma,
                                      const size_t *m_used, slg_block *gram, slg_error *err);

#endif
