/** Growing a data set frame by frame. */
#ifndef SLG_DATA_BUILD_H
#define SLG_DATA_BUILD_H

#include "src/data/dataset.h"
#include "src/data/token.h"

typedef struct slg_build {
    slg_dataset *d;
    size_t room_frame, room_atom, room_group;
    size_t file0; /* number of the first file of the set that is being copied */
} slg_build;

/** An empty set. On any failure below the caller frees b->d with slg_dataset_free. */
SLG_CHECKED slg_status slg_build_start(slg_build *b, const char *name, slg_error *err);
/** Appends a zeroed frame of n_atom zeroed atoms and a copy of its comment; valid until the next call. */
SLG_CHECKED slg_status slg_build_frame(slg_build *b, size_t n_atom, slg_span comment, slg_frame **f, slg_error *err);
/** Sets f->group from f->config_type, with a new group when it is the first of its kind. */
SLG_CHECKED slg_status slg_build_group(slg_build *b, slg_frame *f, slg_error *err);
/** Notes a key of the file; beyond SLG_MAX_KEY or over-long names are dropped. */
void slg_build_key(slg_build *b, slg_span name, bool column);

#endif
