/**
 * A study's configuration. Its keys come from one list: those of the program (keys.c) and the parameters that terms,
 * the fit, objectives and optimisers contribute. Loader, checks, defaults, docs/CONFIG.md, `starling config --template`
 * and the effective configuration are made from that list.
 */
#ifndef SLG_CONFIG_CONFIG_H
#define SLG_CONFIG_CONFIG_H

#include "runtime/base/error.h"
#include "runtime/base/file.h"
#include "runtime/base/names.h"
#include "runtime/trace/keep.h"
#include "src/config/hp.h"
#include "src/registry.h"
#include <stdint.h>
#include <stdio.h>

enum { SLG_NAME = 64, SLG_MAX_GROUP_SIGMA = 64, SLG_MAX_START = 64, SLG_WORDS = 256 };

typedef enum slg_e0_mode { SLG_E0_ISOLATED, SLG_E0_AVERAGE, SLG_E0_GIVEN } slg_e0_mode;
typedef enum slg_validation_mode { SLG_VAL_SAME, SLG_VAL_FILE, SLG_VAL_FRACTION, SLG_VAL_FOLDS } slg_validation_mode;

/** Expected errors of one config_type; 0 = as the default class. */
typedef struct slg_group_sigma {
    char config_type[SLG_NAME];
    double energy, force, virial;
} slg_group_sigma;

/** Where a value comes from; a later one overrides an earlier one. */
typedef enum slg_origin { SLG_FROM_DEFAULT, SLG_FROM_RECORD, SLG_FROM_USER } slg_origin;

/** A contributed parameter and its value in this study. */
typedef struct slg_slot {
    const slg_param *param;
    slg_hp_entry entry; /* numbers; the words of a SLG_PARAM_WORD are counted from 0 */
    char *file;         /* of a SLG_PARAM_FILE, NULL = none; freed with the configuration */
    slg_origin origin;
    bool option; /* its value is that of an option, which wins over files of hyper-parameters */
} slg_slot;

struct slg_key;

typedef struct slg_config {
    char file[SLG_PATH], folder[SLG_PATH]; /* of the configuration; relative paths below are relative to folder */

    /* data */
    slg_names train; /* files, or patterns of their names */
    slg_validation_mode validation_mode;
    slg_names validation;       /* files */
    double validation_fraction; /* of the structures of each config_type */
    int32_t n_fold;
    bool has_split_seed; /* of a fraction or folds; without one they take that of the search */
    uint64_t split_seed;
    slg_names test; /* files; none: there is no test set */
    char key_energy[SLG_NAME], key_force[SLG_NAME], key_virial[SLG_NAME], key_stress[SLG_NAME];
    char key_config_type[SLG_NAME];
    char key_group[SLG_NAME]; /* what folds keep together, "" = nothing; key_virial / key_stress "" = not read */
    bool use_energy, use_force, use_virial; /* what the fit is trained on */
    slg_e0_mode e0_mode;
    int32_t n_e0;
    char e0_symbol[SLG_MAX_SPECIES][3];
    double e0[SLG_MAX_SPECIES];

    /* what contributes parameters, and these: the term's, the fit's, those of objectives and optimisers */
    const slg_term *term;
    const slg_objective *objective;       /* of fits */
    const slg_objective *first_objective; /* of descriptors, in the first phase of strategy 2 */
    const slg_optimiser_kind *optimiser;
    slg_slot *slot; /* [n_slot] */
    size_t n_slot;
    size_t n_hp;         /* slots 0..n_hp-1 are those of the model: the rows of a slg_hp_set */
    size_t fit;          /* first slot of the fit (SLG_FIT_...) */
    struct slg_key *key; /* [n_key] all keys, in order of sections */
    size_t n_key;
    char words[4][SLG_WORDS]; /* names of the registered terms, objectives of both sorts, optimisers */

    int32_t final_n_sparse; /* sparse points of the final fit, 0 = as in the search */
    int32_t n_group_sigma;
    slg_group_sigma group_sigma[SLG_MAX_GROUP_SIGMA];

    /* search */
    int32_t n_reference;           /* reference instances of the kernel statistics */
    int32_t strategy;              /* 1 to 3 */
    int32_t particles, iterations; /* strategies 1 and 3, and the first phase of strategy 2 */
    int32_t stage2_particles, stage2_iterations;
    uint64_t seed;
    int32_t n_start;     /* given start positions: HP -> value for some HPs */
    slg_hp_entry *start; /* [n_start][n_hp], UNSET where not given */

    /* run */
    char directory[SLG_PATH];
    int32_t workers;  /* 0 = all */
    double memory_gb; /* 0 = what the machine, its limits and the batch system leave */
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
/** A text that a configuration is made of; later ones override earlier ones, keys that none gives have defaults. */
typedef struct slg_config_source {
    const char *name; /* for messages */
    const char *text; /* YAML, n bytes */
    size_t n;
    slg_origin origin;
    bool option; /* of the command line: messages name no line */
} slg_config_source;
enum { SLG_MAX_SOURCE = 64, SLG_MAX_ITERATIONS = 1000000 };
SLG_CHECKED slg_status slg_config_assemble(const slg_config_source *source, size_t n, const char *folder,
                                           slg_config **out, slg_error *err);
void slg_config_free(slg_config **cfg);
/** What is allowed but should be known, one "file: ..." a line, no trailing newline; "" when there is nothing. */
const char *slg_config_warnings(const slg_config *cfg);
/** What the term remarks about the study's values for data with n_species (0: whatever the data); their number. */
size_t slg_config_remarks(const slg_config *c, int32_t n_species, slg_remark out[SLG_MAX_REMARK]);

/**
 * An --hp file: a flat map of HP names (scalar, or a map of element symbols) and other parameters of the model; or the
 * same below `descriptor:` and `fit:` as in a study file, or below `hp:` as `starling best --json` prints them. Values
 * given there become FIXED in cfg, which stays as it was on failure. JSON is accepted where the name ends in .json.
 */
SLG_CHECKED slg_status slg_config_load_hp(const char *path, slg_config *cfg, slg_error *err);
/** The same into a new configuration without data, where what is not given has its default. */
SLG_CHECKED slg_status slg_config_read_hp(const char *path, slg_config **out, slg_error *err);
/** A configuration with all defaults and no data. */
SLG_CHECKED slg_status slg_config_default(slg_config **out, slg_error *err);

/** Number of the HP (row of a slg_hp_set) with this name or alias; n_hp when unknown. */
size_t slg_hp_find(const slg_config *cfg, const char *name);
/** Unit of a parameter of any term or of the fit, "" for none. */
const char *slg_param_unit(const char *name);
/** Values of an owner's table (one of those that contributed) [n], words counted from 0. */
void slg_config_settings(const slg_config *cfg, const slg_param *table, size_t n, double *out);

/** The weight that the objective of fits gives to a quantity (SLG_ENERGY, ...), NULL where it has none. */
slg_slot *slg_config_weight(const slg_config *cfg, int quantity);

/** Phases whose HPs a space has: bits 1 << SLG_PHASE_... */
enum {
    SLG_FIT_PHASES = 1 << SLG_PHASE_TRAINING | 1 << SLG_PHASE_RATIOS,
    SLG_ALL_PHASES = 1 << SLG_PHASE_DESCRIPTOR | SLG_FIT_PHASES
};
/** Searched dimensions for the given species channels. */
SLG_CHECKED slg_status slg_config_space(const slg_config *cfg, int32_t n_species, const int32_t *z, unsigned phases,
                                        slg_space *out, slg_error *err);
/**
 * Values of all HPs: fixed ones from cfg, searched ones from value[space->n_dim] where the space has them, else from
 * `base`; NAN where base is NULL too (an HP of another phase). ERR_CONFIG when a required HP or the value of an
 * element is missing.
 */
SLG_CHECKED slg_status slg_config_values(const slg_config *cfg, const slg_space *space, const double *value,
                                         const slg_hp_set *base, int32_t n_species, const int32_t *z, slg_hp_set *out,
                                         slg_error *err);
/** Reads the file that a parameter of the term refers to; *file stays NULL without one. Freed with term->free_file. */
SLG_CHECKED slg_status slg_config_term_file(const slg_config *cfg, const slg_hp_set *hp, int32_t n_species, void **file,
                                            slg_error *err);
/** The definition of a part of the term; file: what the term made of its attached file, or NULL. */
void slg_config_define(const slg_config *cfg, const slg_hp_set *hp, int32_t n_species, int32_t part, const void *file,
                       slg_term_def *out);
/** Given start position k as values of the space; *given[d] = false where the file leaves it to chance. */
void slg_config_start(const slg_config *cfg, int32_t k, const slg_space *space, const int32_t *z, double *value,
                      bool *given);

/** The effective configuration as YAML: every key, defaults filled in, canonical order. Its text identifies a study. */
SLG_CHECKED slg_status slg_config_write(const slg_config *cfg, FILE *out, slg_error *err);
/** The same into a new text (caller frees with slg_free). */
SLG_CHECKED slg_status slg_config_text(const slg_config *cfg, char **out, slg_error *err);

/** A key whose value differs between two effective configurations; the values' texts are not terminated. */
typedef struct slg_difference {
    char section[32], key[64];
    const char *was, *is; /* n_... = 0: not given */
    size_t n_was, n_is;
} slg_difference;
/** NULL: the difference is fine; else what is wrong with it, to be added to its line ("" = nothing to add). */
typedef const char *slg_judge(void *arg, const slg_difference *d);
/**
 * Lines "section/key: was A, is B" in err for each difference of two effective configurations' texts that is not fine
 * (judged_by NULL: none is); their number. The sections `run` and `trace` are left out: they have no effect on results.
 */
size_t slg_config_compare(const char *was, const char *is, slg_judge *judged_by, void *arg, slg_error *err);

/** Generated documents: reference page (Markdown) and commented template (YAML). */
void slg_config_reference(FILE *out);
void slg_config_template(FILE *out);

#endif
