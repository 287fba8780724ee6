/** A model in flight, as the tasks of the fit and of predictions see it. */
#ifndef SLG_TASKS_FIT_MODEL_H
#define SLG_TASKS_FIT_MODEL_H

#include "tasks/terms/term_task.h"

/**
 * A model in flight, described by its parts. The blocks of memory belong to the engine; `m` is the largest number of
 * sparse points, the number really chosen travels in the sparse set. Tasks keep a pointer to the model: it stays where
 * it is, and constant but for its blocks, until they have ended.
 */
typedef struct slg_model {
    size_t n_part, m_total, n_class;
    const slg_term_def *def[SLG_MAX_PARTS];
    size_t m[SLG_MAX_PARTS], d[SLG_MAX_PARTS], col0[SLG_MAX_PARTS];
    double delta[SLG_MAX_PARTS];
    slg_block *plan[SLG_MAX_PARTS], *sparse[SLG_MAX_PARTS], *u[SLG_MAX_PARTS];
    slg_block *coef; /* slg_coef_bytes */
} slg_model;

/** Coefficients: gamma [m_total], alpha [m_total], and the delta [n_part] that they belong to. */
static inline size_t slg_coef_bytes(const slg_model *m)
{
    return (2 * m->m_total + m->n_part) * sizeof(double);
}
static inline double *slg_coef_alpha(const slg_model *m, void *coef)
{
    return (double *)coef + m->m_total;
}
static inline double *slg_coef_delta(const slg_model *m, void *coef)
{
    return (double *)coef + 2 * m->m_total;
}

/** Appends the plans and sparse sets (and factors) of a model as read uses; returns the new number of uses. */
size_t slg_use_model(slg_use *use, size_t n, const slg_model *model, bool with_factors);
/**
 * The parts of a model inside a task, where plans stand at buf[at] and sparse sets follow; buf NULL (a cost is asked
 * for): without memory, with the largest number of sparse points.
 */
void slg_model_parts(const slg_model *model, void *const *buf, size_t at, slg_part *out);
/** The factors behind them. */
const double *const *slg_model_factors(const slg_model *model, void *const *buf, size_t at);

#endif
