/** The state of a search: what a checkpoint holds and the tables show. */
#ifndef SLG_STUDY_STATE_H
#define SLG_STUDY_STATE_H

#include "src/study/graph.h"

/** One row of the trial table. Its number is its index: stages, iterations, particles in order. */
typedef struct slg_trial {
    int32_t stage, iteration, particle;
    int32_t done;        /* evaluated; used while its iteration is still open */
    int64_t cached_from; /* trial with the same HPs whose outcome was taken over, -1 = evaluated */
    double seconds;      /* of wall time between submission and result; not part of the result */
    slg_outcome out;
} slg_trial;

typedef struct slg_best {
    int64_t trial; /* -1 = none yet */
    double objective;
    slg_hp_set hp;
    slg_errors *by_group; /* [n_group] of the validation side */
    slg_potential *pot;   /* NULL while only kernel statistics are known (stage 1 of strategy 2) */
} slg_best;

typedef struct slg_state {
    slg_space all;        /* every searched dimension: the columns of the table */
    slg_space space;      /* of the current stage */
    int32_t stage;        /* 1, or 2 in the second stage of strategy 2; 3 = finished */
    slg_swarm *swarm;     /* of the current stage */
    size_t n_trial, room; /* closed iterations only */
    slg_trial *trial;     /* [room], followed by the open iteration's at n_trial.. */
    double *value;        /* [room][all.n_dim], NAN where a stage does not set the dimension */
    slg_hp_set base;      /* HPs outside the current space */
    int64_t base_trial;   /* trial of stage 1 whose HPs the base of stage 2 has, -1 before */
    slg_best best;        /* of the final objective (strategy 2: of stage 1 until stage 2 begins) */
    double elapsed;       /* seconds of all runs so far */
} slg_state;

/** Room for n more trials after n_trial. */
SLG_CHECKED slg_status slg_state_reserve(slg_state *s, size_t n, slg_error *err);
/** Spaces, base values, swarm of a stage with its start positions. */
SLG_CHECKED slg_status slg_state_begin_stage(slg_state *s, const slg_problem *p, int32_t stage, slg_error *err);
/** The base of stage 2 failed: takes the next best trial of stage 1 for it. False when there is none left. */
bool slg_state_next_base(slg_state *s);
void slg_state_fini(slg_state *s);
size_t slg_stage_particles(const slg_config *cfg, int32_t stage);
int32_t slg_stage_iterations(const slg_config *cfg, int32_t stage);

/** Fills the open iteration's rows: values from the swarm's positions, cached outcomes. */
SLG_CHECKED slg_status slg_state_open_iteration(slg_state *s, const slg_problem *p, slg_error *err);
/** All rows of the open iteration are done: cached outcomes filled in, swarm told and stepped, rows closed. */
void slg_state_close_iteration(slg_state *s);
/** HPs of particle i of the open iteration. */
SLG_CHECKED slg_status slg_state_hp(const slg_state *s, const slg_problem *p, size_t i, slg_hp_set *hp, slg_error *err);
/** Is trial number n with objective f better than the best so far? Ties: the lower number. */
bool slg_best_beaten(const slg_best *best, int64_t n, double f);

/** Identity of a study: its effective configuration (without the run section) and digests of its data files. */
SLG_CHECKED slg_status slg_identity(const slg_problem *p, char **config, char **data, slg_error *err);

/** Checkpoint <dir>/study.h5. */
SLG_CHECKED slg_status slg_state_save(const slg_state *s, const slg_problem *p, const char *dir, slg_error *err);
/** ERR_MATCH lists every difference of configuration and data. */
SLG_CHECKED slg_status slg_state_load(slg_state *s, const slg_problem *p, const char *dir, slg_error *err);

/** Tables and status for people, in <dir>. */
SLG_CHECKED slg_status slg_write_trials(const slg_state *s, const char *dir, slg_error *err);
typedef struct slg_progress {
    const char *state; /* running, stopped, finished, failed */
    double elapsed, eta, seconds_per_trial;
    double predicted_bytes;
    int workers;
    const char *scheduler;
    size_t in_flight; /* particles of the open iteration */
} slg_progress;
SLG_CHECKED slg_status slg_write_status(const slg_state *s, const slg_problem *p, const slg_progress *g,
                                        const char *dir, slg_error *err);
/** <dir>/best: potential files and result.json. */
SLG_CHECKED slg_status slg_write_best(const slg_state *s, const slg_problem *p, const char *dir, slg_error *err);
double slg_peak_memory(void);

#endif
