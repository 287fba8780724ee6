/**
 * A study's configuration: one table of keys (keys.def) makes the loader, the checks, the defaults, docs/CONFIG.md,
 * `starling config --template` and the effective configuration.
 */
#ifndef SLG_CONFIG_CONFIG_H
#define SLG_CONFIG_CONFIG_H

#include "runtime/base/error.h"
#include "runtime/base/file.h"
#include "runtime/trace/keep.h"
#include "src/config/hp.h"
#include "src/swarm/swarm.h"
#include <stdint.h>
#include <stdio.h>

enum { SLG_NAME = 64, SLG_MAX_GROUP_SIGMA = 64, SLG_MAX_START = 64 };

typedef enum slg_objective {
    SLG_OBJ_RMSE,           /* "rmse": weighted sum of RMSEs */
    SLG_OBJ_MAE,            /* "mae" */
    SLG_OBJ_STD_SKEW,       /* |g|/(1+|g|) - s/0.5 */
    SLG_OBJ_STD_SKEW_PLAIN, /* |g| - s */
    SLG_OBJ_STD             /* -s */
} slg_objective;

typedef enum slg_e0_mode { SLG_E0_ISOLATED, SLG_E0_AVERAGE, SLG_E0_GIVEN } slg_e0_mode;
typedef enum slg_validation_mode { SLG_VAL_SAME, SLG_VAL_FILE, SLG_VAL_FRACTION } slg_validation_mode;

/** Expected errors of one config_type; 0 = as the default class. */
typedef struct slg_group_sigma {
    char config_type[SLG_NAME];
    double energy, force, virial;
} slg_group_sigma;

typedef struct slg_config {
    char file[SLG_PATH], folder[SLG_PATH]; /* of the configuration; relative paths below are relative to folder */

    /* data */
    char train[SLG_PATH];
    slg_validation_mode validation_mode;
    char validation[SLG_PATH];  /* file */
    double validation_fraction; /* of the structures of each config_type */
    char key_energy[SLG_NAME], key_force[SLG_NAME], key_virial[SLG_NAME], key_stress[SLG_NAME];
    char key_config_type[SLG_NAME];         /* key_virial / key_stress "" = not read */
    bool use_energy, use_force, use_virial; /* what the fit is trained on */
    slg_e0_mode e0_mode;
    int32_t n_e0;
    char e0_symbol[SLG_MAX_SPECIES][3];
    double e0[SLG_MAX_SPECIES];

    /* descriptor and fit */
    slg_basis basis;
    char compress_mode[16];
    char compress_file[SLG_PATH];
    bool clean_filter;
    slg_hp_entry hp[SLG_N_HP];
    char sparse_method[16]; /* cur, fps, random */
    double jitter;          /* relative to delta^2 */
    int32_t n_group_sigma;
    slg_group_sigma group_sigma[SLG_MAX_GROUP_SIGMA];

    /* objective and search */
    slg_objective objective; /* rmse or mae: of strategy 1 and of stage 2 */
    double weight_energy, weight_force, weight_virial;
    slg_objective stage1_objective; /* std_skew, std_skew_plain, std */
    int32_t n_reference;            /* reference environments of the kernel statistics */
    int32_t strategy;               /* 1 or 2 */
    int32_t particles, iterations;  /* strategy 1, and stage 1 of strategy 2 */
    int32_t stage2_particles, stage2_iterations;
    slg_swarm_rule rule;
    uint64_t seed;
    int32_t n_start;     /* given start positions: HP name -> value for some HPs */
    slg_hp_entry *start; /* [n_start][SLG_N_HP], UNSET where not given */

    /* run */
    char directory[SLG_PATH];
    int32_t workers;  /* 0 = all */
    double memory_gb; /* 0 = 80 % of the machine */
    double checkpoint_minutes;
    double max_time; /* seconds, 0 = none */

    /* trace */
    slg_keep trace_keep;
    bool trace_fxt;

    char warnings[1024]; /* lines, "" = none; see slg_config_warnings */
} slg_config;

/** Loads and checks a study file; every error in it is reported (err holds all of them). Free with slg_config_free. */
SLG_CHECKED slg_status slg_config_load(const char *path, slg_config **out, slg_error *err);
/** The same from n bytes of text; `name` is for messages, relative paths in it are relative to `folder`. */
SLG_CHECKED slg_status slg_config_parse(const char *name, const char *text, size_t n, const char *folder,
                                        slg_config **out, slg_error *err);
void slg_config_free(slg_config **cfg);
/** What is allowed but should be known, one "file: ..." a line, no trailing newline; "" when there is nothing. */
const char *slg_config_warnings(const slg_config *cfg);

/**
 * An --hp file: a flat map of HP names (scalar, or a map of element symbols), and optionally basis, compress_mode,
 * sparse_method, jitter, clean_filter; or the same below `descriptor:` and `fit:` as in a study file, or below `hp:` as
 * `starling best --json` prints them. Values given there become FIXED in cfg, which stays as it was on failure.
 * JSON is accepted where the name ends in .json.
 */
SLG_CHECKED slg_status slg_config_load_hp(const char *path, slg_config *cfg, slg_error *err);
/** A configuration with all defaults and no data, for commands that need only HPs. */
SLG_CHECKED slg_status slg_config_default(slg_config **out, slg_error *err);

/** Searched dimensions for the given species channels. stage 0: all HPs; 1: descriptor HPs and zeta; 2: the rest. */
SLG_CHECKED slg_status slg_config_space(const slg_config *cfg, int32_t n_species, const int32_t *z, int32_t stage,
                                        slg_space *out, slg_error *err);
/**
 * Values of all HPs: fixed ones from cfg, searched ones from value[space->n_dim] where the space has them, else from
 * `base`; NAN where base is NULL too (an HP of the other stage). ERR_CONFIG when a required HP or the value of an
 * element is missing.
 */
SLG_CHECKED slg_status slg_config_values(const slg_config *cfg, const slg_space *space, const double *value,
                                         const slg_hp_set *base, int32_t n_species, const int32_t *z, slg_hp_set *out,
                                         slg_error *err);
/** Given start position k as values of the space; *given[d] = false where the file leaves it to chance. */
void slg_config_start(const slg_config *cfg, int32_t k, const slg_space *space, const int32_t *z, double *value,
                      bool *given);

/** The effective configuration as YAML: every key, defaults filled in, canonical order. Its text identifies a study. */
SLG_CHECKED slg_status slg_config_write(const slg_config *cfg, FILE *out, slg_error *err);
/**
 * Lines "section/key: was A, is B" in err for each difference of two effective configurations' texts; number of
 * differences. The sections `run` and `trace` are left out: they have no effect on results.
 */
size_t slg_config_differences(const char *was, const char *is, slg_error *err);

/** Generated documents: reference page (Markdown) and commented template (YAML). */
void slg_config_reference(FILE *out);
void slg_config_template(FILE *out);

#endif
