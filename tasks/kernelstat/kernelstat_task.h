/** Tasks of the kernel statistics. */
#ifndef SLG_TASKS_KERNELSTAT_KERNELSTAT_TASK_H
#define SLG_TASKS_KERNELSTAT_KERNELSTAT_TASK_H

#include "tasks/terms/term_task.h"
#include "tasks/kernelstat/kernelstat.h"

/** ref (W) [n_ref][d] <- the rows row[0..n_ref) (ascending, constant) of the chunks (R). */
SLG_CHECKED slg_status slg_submit_reference(slg_rt *rt, const slg_place *at, size_t n_ref, const size_t *row, size_t d,
                                            size_t n_chunk, const size_t *first, slg_block *const *chunk,
                                            slg_block *ref, slg_error *err);

/** out (W) slg_moments of the kernel of a definition (plan R) between v (R) [n][d] and ref (R) [m][d]. */
SLG_CHECKED slg_status slg_submit_kernel_stat(slg_rt *rt, const slg_place *at, const slg_term_def *def, size_t n,
                                              size_t m, slg_block *plan, slg_block *v, slg_block *ref, slg_block *out,
                                              slg_error *err);

/** out (W) <- union of the part (R) [n_part], merged in order. */
SLG_CHECKED slg_status slg_submit_merge_moments(slg_rt *rt, const slg_place *at, size_t n_part, slg_block *const *part,
                                                slg_block *out, slg_error *err);

#endif
