/* Predicted work, counted from the loops of this folder; a multiplication and an addition are one each. */
#include "tasks/terms/soap/internal.h"

/* Mean over the channels: a pair's channel is not known in advance. */
static double mean_alpha(const slg_soap_plan *plan)
{
    return (double)plan->n_max / (double)plan->n_species;
}

static double per_pair(const slg_soap_plan *plan, bool derivatives)
{
    double a = mean_alpha(plan), n_l = (double)plan->l_max + 1, n_lm = (double)plan->n_lm;
    double table = 2 * SLG_SOAP_TERMS * (a + n_l) * (derivatives ? 2 : 1);
    return 60 + table + 2 * n_lm + 6 * n_l + 2 * n_lm + 2 * a * n_lm;
}

static double per_environment(const slg_soap_plan *plan)
{
    double n = (double)plan->n_max;
    return n * (n + 1) * (double)plan->n_lm + 3 * (double)plan->length + 2 * (double)plan->n_entry;
}

double slg_soap_flops(const slg_soap_plan *plan, size_t n_pair)
{
    return (double)n_pair * per_pair(plan, false) + per_environment(plan);
}

double slg_soap_flops_reverse(const slg_soap_plan *plan, size_t n_pair)
{
    double n = (double)plan->n_max, n_lm = (double)plan->n_lm;
    double pair = per_pair(plan, true) + 4 * mean_alpha(plan) * n_lm + 12 * n_lm;
    return (double)n_pair * pair + per_environment(plan) + 2 * n * n * n_lm + 5 * (double)plan->length;
}

double slg_soap_flops_gradient(const slg_soap_plan *plan, size_t n_pair)
{
    double n = (double)plan->n_max, n_lm = (double)plan->n_lm, full = (double)plan->n_full;
    double pair = per_pair(plan, true) + 12 * n_lm + 8 * n * n_lm +
                  3 * (7 * full + 2 * (double)plan->n_entry + 5 * (double)plan->length);
    return (double)n_pair * pair + per_environment(plan);
}

/* Design rows of an environment: the gradients, and their products with the sparse points. */
static double rows_flops(const slg_soap_plan *plan, const slg_term_work *w)
{
    double sum = 0, column = 2 * (double)plan->length * (double)w->m;
    for (size_t f = 0; f < w->rows->n_frame; f++) {
        const size_t *first = w->geom->frame_first + w->rows->frame0 + f;
        bool energy = w->rows->energy[f] >= 0, force = w->rows->force[f] >= 0, virial = w->rows->virial[f] >= 0;
        for (size_t e = first[0]; e < first[1] && (energy || force || virial); e++) {
            if (e < w->env0 || e >= w->env1 || w->geom->species[e] != (int32_t)plan->central)
                continue;
            size_t n_pair = w->geom->pair_first[e + 1] - w->geom->pair_first[e], others = first[1] - first[0] - 1;
            size_t n_atom = n_pair < others ? n_pair : others;
            sum += force || virial ? slg_soap_flops_gradient(plan, n_pair) : slg_soap_flops(plan, n_pair);
            sum += column * (1 + (virial ? 6 : 0) + (force ? 3 * (double)n_atom : 0));
        }
    }
    return sum;
}

static double environment_flops(const slg_soap_plan *plan, const slg_term_work *w, size_t n_pair)
{
    double kernel = 2.0 * (double)w->m * (double)plan->length, sum = slg_soap_flops(plan, n_pair);
    if (w->what == SLG_WORK_PREDICT)
        sum += kernel;
    if (w->what == SLG_WORK_PREDICT && w->derivatives)
        sum += slg_soap_flops_reverse(plan, n_pair) + kernel + 12.0 * (double)n_pair;
    return sum;
}

static double environments_flops(const slg_soap_plan *plan, const slg_term_work *w)
{
    double sum = 0;
    for (size_t e = w->env0; e < w->env1; e++)
        if (w->geom->species[e] == (int32_t)plan->central)
            sum += environment_flops(plan, w, w->geom->pair_first[e + 1] - w->geom->pair_first[e]);
    return sum;
}

void slg_soap_cost(const slg_term_def *def, const slg_term_work *w, double *flops, size_t *scratch)
{
    const slg_soap_plan *plan = w->plan ? w->plan : &slg_soap_body_of(def)->head;
    switch (w->what) {
    case SLG_WORK_PLAN: /* not counted: about a millisecond of many short loops */ break;
    case SLG_WORK_DESCRIPTOR:
    case SLG_WORK_GRADIENT: /* the operations of the gradient are not counted: no task computes it */
        *flops = environments_flops(plan, w);
        *scratch = slg_soap_work_bytes(plan, w->geom->max_pair);
        break;
    case SLG_WORK_ROWS:
        *flops = rows_flops(plan, w);
        *scratch = slg_soap_rows_work_bytes(plan, w->geom->max_pair);
        break;
    case SLG_WORK_PREDICT:
        *flops = environments_flops(plan, w);
        *scratch = slg_soap_predict_work_bytes(plan, w->m, w->geom->max_pair);
        break;
    case SLG_WORK_KERNEL: *flops = 2 * (double)plan->length * (double)w->m;
    }
}
