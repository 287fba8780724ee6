/* What the folds of a cross-validation say. */
#include "src/results/results.h"

#include <math.h>

enum { N_FIGURE = 1 + SLG_N_QUANTITY };
static const char *const names[N_FIGURE] = {"objective", "energy_rmse", "force_rmse", "virial_rmse"};

static void figures_of(const slg_problem *p, const slg_errors *errors, double out[N_FIGURE])
{
    const slg_objective *objective = p->cfg->objective;
    double setting[SLG_MAX_HP];
    const slg_evaluation e = {.errors = *errors};
    slg_config_settings(p->cfg, objective->param, objective->n_param, setting);
    out[0] = objective->value(setting, &e);
    for (int q = 0; q < SLG_N_QUANTITY; q++)
        out[1 + q] = slg_rmse(&errors->q[q]);
}

/* Of figure i of n folds. */
static json_t *mean_json(size_t n, const double (*figure)[N_FIGURE], size_t i)
{
    double mean = 0, sq = 0;
    for (size_t k = 0; k < n; k++)
        mean += figure[k][i] / (double)n;
    for (size_t k = 0; k < n; k++)
        sq += (figure[k][i] - mean) * (figure[k][i] - mean);
    json_t *o = json_object();
    json_object_set_new(o, "mean", slg_json_number_or_null(mean));
    json_object_set_new(o, "standard_error", slg_json_number_or_null(sqrt(sq / (double)(n - 1) / (double)n)));
    return o;
}

json_t *slg_folds_json(const slg_problem *p, const slg_folds *folds)
{
    double figure[SLG_MAX_FOLD][N_FIGURE];
    json_t *o = json_object(), *each = json_array();
    json_object_set_new(o, "number", json_integer((json_int_t)folds->n));
    for (size_t k = 0; k < folds->n; k++) {
        json_t *one = json_object();
        figures_of(p, &folds->fold[k].errors, figure[k]);
        for (size_t i = 0; i < N_FIGURE; i++)
            json_object_set_new(one, names[i], slg_json_number_or_null(figure[k][i]));
        json_array_append_new(each, one);
    }
    for (size_t i = 0; i < N_FIGURE; i++)
        json_object_set_new(o, names[i], mean_json(folds->n, (const double(*)[N_FIGURE])figure, i));
    json_object_set_new(o, "each", each);
    return o;
}
