/* Predicted work, counted from the loops of this folder; a multiplication and an addition are one
 * each. */
#include "tasks/soap/internal.h"

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
