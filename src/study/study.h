/**
 * A study: the data prepared for fitting, one fit at given hyper-parameters, and the search over them with its
 * checkpoint, trial table and best potential.
 */
#ifndef SLG_STUDY_STUDY_H
#define SLG_STUDY_STUDY_H

#include "runtime/base/error.h"
#include "runtime/engine/rt.h"
#include "src/config/config.h"
#include "src/data/dataset.h"
#include "src/potential/potential.h"
#include "tasks/kernelstat/kernelstat.h"
#include "tasks/validation/validation.h"

#include <jansson.h>

/** A weight class of training rows: one quantity, of one config_type or of all that have no own sigma. */
typedef struct slg_class {
    int32_t quantity;    /* SLG_ENERGY, SLG_FORCE, SLG_VIRIAL */
    int32_t sigma_group; /* index into cfg->group_sigma, -1 = the HP sigma_energy, ... */
} slg_class;

/** Rows of whole frames with the environment ranges that tasks take. */
typedef struct slg_batch {
    slg_rows rows;
    size_t n_slice;
    size_t *slice;  /* [n_slice+1] environment bounds */
    double *y, *w;  /* owners of the arrays in rows */
    int64_t *first; /* [3][n_frame] */
    slg_run *run;
} slg_batch;

/** One side of a study: the training or the validation structures. */
typedef struct slg_side {
    const slg_dataset *data;
    slg_geom *geom;
    bool geom_shared;        /* geom belongs to the other side */
    slg_reference ref;       /* e0 subtracted from energies */
    size_t n_batch, max_row; /* max_row: rows of the largest batch */
    slg_batch *batch;
    size_t n_class;
    slg_class cls[3 * (SLG_MAX_GROUP_SIGMA + 1)];
    double *energy, *virial; /* owners of ref's arrays */
    unsigned char *has;      /* [3][n_frame] */
    int32_t *group;          /* [n_frame] */
} slg_side;

/** Environments of one central species in the training set, in chunks of similar work. */
typedef struct slg_centres {
    size_t n, n_chunk;
    size_t *env;        /* [n] environment indices, ascending */
    size_t *chunk;      /* [n_chunk+1] bounds in env */
    size_t n_reference; /* environments of the kernel statistics' reference set */
    size_t *reference;  /* [n_reference] positions in env, ascending */
} slg_centres;

/** Everything that stays constant during a study. */
typedef struct slg_problem {
    const slg_config *cfg;
    int32_t n_species, z[SLG_MAX_SPECIES];
    double e0[SLG_MAX_SPECIES];
    slg_dataset *train_set, *validation_set; /* the same pointer for validation: same */
    slg_side train, validation;
    slg_centres centres[SLG_MAX_SPECIES];
    double cutoff;            /* largest rcut_hard of the search */
    slg_compress compress;    /* of cfg->compress_file; n_in = 0 without one */
    char *identity, *digests; /* effective configuration and digests of the data files, as they were read */
} slg_problem;

/** Reads the data, prepares everything. Errors of data and configuration. */
SLG_CHECKED slg_status slg_problem_create(const slg_config *cfg, slg_problem **out, slg_error *err);
void slg_problem_free(slg_problem **p);
/** The report of `starling check`: data by config_type, e0, search space, plan and predicted memory. */
SLG_CHECKED slg_status slg_problem_report(const slg_problem *p, FILE *out, slg_error *err);
/** Predicted bytes: constant data; one particle in flight at the largest HPs of the search. */
double slg_problem_bytes(const slg_problem *p);
double slg_particle_bytes(const slg_problem *p, int32_t stage);
/** The base that all particles of stage 2 share. */
double slg_base_bytes(const slg_problem *p);

/** What one evaluation gives. */
typedef struct slg_outcome {
    int32_t status; /* slg_status; failures are results */
    char stage[20], why[104];
    double objective;                                 /* NAN when failed */
    double rmse[SLG_N_QUANTITY], mae[SLG_N_QUANTITY]; /* of the validation side; NAN = not available */
    double mean, std, skew;                           /* of the kernel (stage 1), else NAN */
} slg_outcome;

/** One fit at given HPs: outcome, errors by config_type of the validation side (may be NULL), potential (may be NULL). */
SLG_CHECKED slg_status slg_fit_once(const slg_problem *p, slg_rt *rt, const slg_hp_set *hp, slg_outcome *out,
                                    slg_errors *by_group, slg_potential **pot, slg_error *err);

typedef struct slg_run_options {
    double max_time;      /* seconds from now, 0 = cfg->max_time */
    bool quiet;           /* no progress lines */
    const char *versions; /* of the libraries, "name version" a line, for study.json; may be NULL */
} slg_run_options;
/**
 * Starts or resumes the study in cfg->directory. OK when the search is complete; STOPPED after a signal (SIGTERM,
 * SIGINT, SIGUSR1) or at the time limit, with everything saved; ERR_MATCH when the directory belongs to another study.
 */
SLG_CHECKED slg_status slg_study_run(const slg_config *cfg, const slg_run_options *opt, slg_error *err);

/** {"objective":..,"hp":{..},"errors":{"all":{..},"<config_type>":{..}},"potential":..,"gap_fit":..}; new reference. */
json_t *slg_result_json(const slg_problem *p, const slg_hp_set *hp, double objective, const slg_errors *by_group,
                        const char *potential);
/** The "errors" member alone, for any data set with n_group groups. New reference. */
json_t *slg_errors_json(size_t n_group, const char (*group)[SLG_CONFIG_TYPE], const slg_errors *by_group);
/** The gap_fit command line of these HPs; caller frees with slg_free; NULL when out of memory. */
char *slg_gap_fit_line(const slg_problem *p, const slg_hp_set *hp);

/*
 * Files of a study directory (all replaced atomically, none opened for writing in place):
 *   study.h5 study.h5.prev  checkpoint        trials.csv  one row a trial       times.csv   seconds of each trial
 *   config.yaml             effective configuration      status.json            for `starling status`
 *   best/potential.xml ...  best potential so far        best/result.json       slg_result_json of it + "trial"
 *   study.log               messages with times (appended)
 *   study.json              what was asked, and the machine of the last start
 *   best/parity.csv         validation values and their predictions      best/structures.csv  errors of each structure
 *   best/kernel.json        kernel statistics at the best HPs, curves of dimers (also in stage 1, without a potential)
 * status.json: {"state":"running|stopped|finished|failed","stage":1,"iteration":3,"iterations":30,"particles":16,
 *   "in_flight":4,"evaluated":7,    (particles of the open iteration)
 *   "trials":48,"failed":1,"cached":0,"best":{"trial":17,"objective":0.7,...},"elapsed_s":12.3,"eta_s":100.0,
 *   "seconds_per_trial":0.2,"peak_memory_bytes":123,"predicted_memory_bytes":120,"workers":2,"scheduler":"lws",
 *   "pid":1,"updated":"2026-11-21T10:00:00Z","history":[best objective after each iteration]}
 */

#endif
