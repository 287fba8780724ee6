/**
 * Optimisers propose points of the unit cube and are told what they are worth: generation after generation of n_point
 * members, ask for each member, then tell each member in order. They know numbers only: no atoms, no runtime, no files
 * but the columns of their own state. What they propose is a function of space, settings, seed and what they were told.
 *
 * A new optimiser is a file with one slg_optimiser_kind and a line in src/registry.c.
 */
#ifndef SLG_OPTIMISERS_OPTIMISER_H
#define SLG_OPTIMISERS_OPTIMISER_H

#include "runtime/ckpt/store.h"
#include "src/optimisers/space.h"
#include "tasks/common/param.h"

/** First points, the same for all optimisers with the same seed. */
enum { SLG_STREAM_SEARCH_START = 1 };

typedef struct slg_optimiser_kind slg_optimiser_kind;

/** What every optimiser begins with; kinds append their state. */
typedef struct slg_optimiser {
    const slg_optimiser_kind *kind;
    const slg_space *space; /* borrowed */
    uint64_t seed;
    size_t n_point, n_dim;
    int64_t generation; /* the open one, from 0 */
} slg_optimiser;

struct slg_optimiser_kind {
    const char *name; /* word of search.optimiser */
    const char *text; /* what it does, for the documents */
    const slg_param *param;
    size_t n_param;
    /** Fills settings that were not given where they depend on others (presets). NULL: nothing does. */
    void (*settle)(double *setting, const bool *given);
    /**
     * A new state for generation 0; setting [n_param]. The head is filled by slg_optimiser_create. ERR_CONFIG for
     * settings that cannot be, ERR_NOMEM.
     */
    slg_status (*create)(const double *setting, const slg_optimiser *head, slg_optimiser **out, slg_error *err);
    void (*free)(slg_optimiser *o);
    /** Overrides the point of member i of the open generation in the dimensions with given[d]. */
    void (*place)(slg_optimiser *o, size_t i, const double *u, const bool *given);
    /** u [n_dim] of member i of the open generation. */
    void (*ask)(const slg_optimiser *o, size_t i, double *u);
    /** The worth of member i (lower is better, NAN = failed), in order; the last one opens the next generation. */
    void (*tell)(slg_optimiser *o, size_t i, double f);
    /** The state as columns, saved or loaded, beside the generation. */
    slg_status (*store)(slg_optimiser *o, const slg_store *s, slg_error *err);
};

/** ERR_CONFIG: an impossible space, no point, settings that cannot be; ERR_NOMEM. Freed by slg_optimiser_free. */
SLG_CHECKED slg_status slg_optimiser_create(const slg_optimiser_kind *kind, const double *setting,
                                            const slg_space *space, size_t n_point, uint64_t seed, slg_optimiser **out,
                                            slg_error *err);
void slg_optimiser_free(slg_optimiser **o);
/** Values (clamped to the box) in place of the point of member i, where given[d]. */
void slg_optimiser_place(slg_optimiser *o, size_t i, const double *value, const bool *given);
/** Decoded point of member i. */
void slg_optimiser_values(const slg_optimiser *o, size_t i, double *value);
void slg_optimiser_tell(slg_optimiser *o, size_t i, double f);
/** All of the state, under the store's group. */
SLG_CHECKED slg_status slg_optimiser_store(slg_optimiser *o, const slg_store *s, slg_error *err);

#endif
