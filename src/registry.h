/** What a study can be made of. The only place that names terms, objectives and optimisers: a new one is one line. */
#ifndef SLG_REGISTRY_H
#define SLG_REGISTRY_H

#include "src/objectives/objective.h"
#include "src/optimisers/optimiser.h"
#include "tasks/terms/term.h"

/** Lists that end with NULL; the first entry is the default. */
extern const slg_term *const slg_terms[];
extern const slg_objective *const slg_objectives[];
extern const slg_optimiser_kind *const slg_optimisers[];

#endif
