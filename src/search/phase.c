#include "src/search/phase.h"

#include <string.h>

static const char first_budget[] = "iterations", second_budget[] = "stage2_iterations";

bool slg_phase_is_budget(const char *key)
{
    return strcmp(key, first_budget) == 0 || strcmp(key, second_budget) == 0;
}

void slg_phases_make(const slg_config *cfg, slg_phases *out)
{
    const slg_phase search = {.name = "search",
                              .hps = SLG_ALL_PHASES,
                              .objective = cfg->objective,
                              .particles = (size_t)cfg->particles,
                              .iterations = cfg->iterations,
                              .budget = first_budget};
    const slg_phase descriptor = {.name = "kernel statistics",
                                  .hps = 1 << SLG_PHASE_DESCRIPTOR,
                                  .objective = cfg->first_objective,
                                  .particles = (size_t)cfg->particles,
                                  .iterations = cfg->iterations,
                                  .budget = first_budget};
    const slg_phase training = {.name = "training",
                                .hps = SLG_FIT_PHASES,
                                .objective = cfg->objective,
                                .on_base = true,
                                .particles = (size_t)cfg->stage2_particles,
                                .iterations = cfg->stage2_iterations,
                                .budget = second_budget};
    slg_phase nested = search;
    nested.name = "nested search";
    nested.hps &= ~(1u << SLG_PHASE_RATIOS);
    nested.nested = true;
    *out = (slg_phases){0};
    if (cfg->strategy != 2) {
        out->phase[out->n++] = cfg->strategy == 3 ? nested : search;
    } else {
        out->phase[out->n++] = descriptor;
        out->phase[out->n++] = training;
    }
}
