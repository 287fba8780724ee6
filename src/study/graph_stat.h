/** Kernel statistics of a particle: the part of the graph after its descriptors. */
#ifndef SLG_STUDY_GRAPH_STAT_H
#define SLG_STUDY_GRAPH_STAT_H

#include "src/study/graph.h"

/** f->result (slg_moments) <- kernel values of all blocks between reference and all environments; last task at `at`. */
SLG_CHECKED slg_status slg_submit_statistics(slg_flight *f, const slg_place *at, slg_error *err);

#endif
