/**
 * The graph of one particle: descriptor, kernel-stat, sparse-selection, fit and validation tasks over the constant
 * data of a problem. Everything here only submits; nothing waits but the functions that say so.
 */
#ifndef SLG_STUDY_GRAPH_H
#define SLG_STUDY_GRAPH_H

#include "src/study/study.h"
#include "tasks/common/submit.h"

/** What a particle is evaluated for. */
typedef enum slg_flight_kind {
    SLG_FLIGHT_FULL, /* descriptor to validation */
    SLG_FLIGHT_STAT, /* descriptors and kernel statistics only (stage 1) */
    SLG_FLIGHT_TAIL  /* solution and errors on the Gram blocks of a shared base (stage 2) */
} slg_flight_kind;

/** A particle in flight: its HPs and its blocks of memory. Zero-initialise. */
typedef struct slg_flight {
    slg_flight_kind kind;
    const slg_problem *p;
    slg_rt *rt;
    slg_hp_set hp;
    slg_soap_hp soap[SLG_MAX_BLOCKS];
    slg_model model;
    bool model_borrowed;           /* plan, sparse, u belong to the base */
    slg_block **v[SLG_MAX_BLOCKS]; /* descriptor chunks of each block */
    slg_block *gram;               /* training Gram blocks */
    slg_block *metric;             /* validation Gram blocks (base of stage 2) */
    slg_block *result;             /* slg_errors [n_group] | slg_errors [1] | slg_moments */
    slg_place at;
    slg_place last; /* place of the final task, with its callback */
} slg_flight;

/**
 * Submits all tasks of a particle. `done` runs on a worker when the last task has ended. ERR_HP (nothing submitted) when
 * the HPs are outside their domain, with the reason in out->why: a recorded result, not an error of the program.
 */
SLG_CHECKED slg_status slg_flight_submit(slg_flight *f, slg_outcome *out, slg_error *err);

/**
 * Base of stage 2: descriptor, sparse set (at the largest n_sparse) and Gram blocks of training and validation for the
 * HPs base->hp. Waits until it is there; ERR_* with the numerical reason in err when it failed.
 */
SLG_CHECKED slg_status slg_base_build(slg_flight *base, slg_error *err);
/** Makes f a SLG_FLIGHT_TAIL or (mae objectives, final errors) a prediction over the base. */
void slg_flight_on_base(slg_flight *f, const slg_flight *base);
SLG_CHECKED slg_status slg_flight_submit_on_base(slg_flight *f, const slg_flight *base, bool predict, slg_error *err);

/** After the last task: outcome, and (predicting flights) errors by group [n_group] where not NULL. Waits. */
SLG_CHECKED slg_status slg_flight_collect(slg_flight *f, slg_outcome *out, slg_errors *by_group, slg_error *err);
/** The fitted potential of a successful full or tail flight. Waits. */
SLG_CHECKED slg_status slg_flight_potential(slg_flight *f, slg_potential **pot, slg_error *err);
/** Gives all blocks back. */
void slg_flight_release(slg_flight *f);

/** Objective from the errors' totals or from kernel statistics. */
double slg_objective_of(const slg_config *cfg, const slg_outcome *out, int32_t stage);

#endif
