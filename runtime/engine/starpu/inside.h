/** What the files of the StarPU back end share. */
#ifndef SLG_ENGINE_STARPU_INSIDE_H
#define SLG_ENGINE_STARPU_INSIDE_H

#include "runtime/engine/internal.h"
#include <starpu.h>

/** StarPU's description of a task kind; the models must live until StarPU has saved them at its shutdown. */
typedef struct slg_starpu_kind {
    struct slg_starpu_kind *next;
    const slg_kind *kind;
    struct starpu_codelet codelet;
    struct starpu_perfmodel model;
    char symbol[64];
} slg_starpu_kind;

typedef struct slg_starpu {
    slg_starpu_kind *kinds;
    double origin; /* of the trace's clock */
    bool home_set; /* STARPU_HOME was set here */
    int min_priority, max_priority;
} slg_starpu;

/** The description of a kind, made at its first use; NULL when memory ran out. */
slg_starpu_kind *slg_starpu_kind_of(slg_starpu *state, const slg_kind *kind);

/** Registers memory of `bytes` bytes: the caller's (host), or allocated where and when a task writes it (host NULL). */
void slg_starpu_register(starpu_data_handle_t *handle, const void *host, size_t bytes);
/** Address of a block's payload, as a codelet gets its interface. */
void *slg_starpu_payload(void *interface);

#endif
