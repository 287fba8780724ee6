/**
 * Everything that stays constant during a study: structures, neighbourhoods, observation rows, instances of the term.
 */
#ifndef SLG_EVALUATION_PROBLEM_H
#define SLG_EVALUATION_PROBLEM_H

#include "src/config/config.h"
#include "src/data/dataset.h"
#include "tasks/fit/nested.h"
#include "tasks/validation/validation.h"

/** Streams: reference instances of kernel statistics; typical points. */
enum { SLG_STREAM_REFERENCE = 8, SLG_STREAM_TYPICAL = 9 };

/** A weight class of rows: one quantity, of one config_type or of all that have no own sigma. */
typedef struct slg_class {
    int32_t quantity;    /* SLG_ENERGY, SLG_FORCE, SLG_VIRIAL */
    int32_t sigma_group; /* index into cfg->group_sigma, -1 = the HP sigma_energy, ... */
    bool fitted;         /* in the weights of the fit, and part of it */
    bool judged;         /* in the weights of the errors (forces: both are the same) */
    bool again;          /* of rows that another class has in the weights of the fit */
} slg_class;

/** Consecutive structures as two relocatable blocks, with the environment ranges that tasks take. */
typedef struct slg_batch {
    size_t frame0, n_frame; /* of the data set */
    size_t fold;            /* of the training structures: which all of them are in; problem.n_fold: in none */
    slg_geom_block *geom_block;
    bool geom_shared; /* it belongs to the batch of the other side over the same structures */
    slg_rows_block *rows_block;
    slg_geom geom; /* views of the blocks */
    slg_rows rows;
    size_t n_slice;
    size_t *slice;    /* [n_slice+1] environment bounds */
    bool derivatives; /* it has rows other than energies */
} slg_batch;

/** One side of a study: the training or the validation structures. */
typedef struct slg_side {
    const slg_dataset *data;
    bool folded;             /* structures in no fold are not judged */
    size_t n_batch, max_row; /* max_row: rows of the largest batch */
    slg_batch *batch;
    size_t n_class;
    slg_class cls[SLG_MAX_CLASS];
    int32_t quantity[SLG_MAX_CLASS]; /* [n_class] of the judged ones, -1 of the others */
    size_t n_pair, max_pair;         /* max_pair: of one environment */
    double min_r;                    /* smallest distance of two atoms, 0 without pairs */
} slg_side;

/** Environments env0..env1-1 of a batch of the training side. */
typedef struct slg_stretch {
    size_t batch, env0, env1;
} slg_stretch;

/** Instances of one part of the term in the training set, in chunks of similar work. */
typedef struct slg_instances {
    size_t n, n_chunk;
    size_t *chunk;        /* [n_chunk+1] bounds of their numbers */
    size_t *first;        /* [n_chunk+1] bounds in stretch */
    slg_stretch *stretch; /* where the chunks' instances are */
    size_t n_reference;   /* reference instances of the kernel statistics */
    size_t *reference;    /* [n_reference] their numbers, ascending */
} slg_instances;

typedef struct slg_problem {
    const slg_config *cfg;
    int32_t n_species, z[SLG_MAX_SPECIES];
    double e0[SLG_MAX_SPECIES];
    slg_dataset *train_set, *validation_set; /* the same pointer for validation: same, and for folds */
    size_t n_fold;                           /* of cross-validation, 0 = none */
    size_t fold_first[SLG_MAX_FOLD + 2];     /* [n_fold + 2] first structure of each, then of those in none, the end */
    slg_dataset *test_set;                   /* NULL = none */
    size_t n_left_out;                       /* free atoms of the training files that are not in the training set */
    slg_side train, validation;
    slg_side learnt; /* training structures with the rows of errors; none (data NULL) for validation: same */
    slg_side rest;   /* validation structures with the rows of the fit; none where the training set has them all */
    slg_side test;   /* data NULL = none */
    int32_t n_part;
    slg_instances instances[SLG_MAX_PARTS];
    double cutoff;            /* largest of the search */
    void *term_file;          /* what the term made of its attached file, NULL without one */
    char *identity, *digests; /* effective configuration and digests of the data files, as they were read */
} slg_problem;

/** Reads the data, prepares everything. Errors of data and configuration. */
SLG_CHECKED slg_status slg_problem_create(const slg_config *cfg, slg_problem **out, slg_error *err);
void slg_problem_free(slg_problem **p);

/** Values of all HPs where each searched one is its middle (unit 0.5), the nested ones (n_sparse) the largest. */
SLG_CHECKED slg_status slg_problem_middle(const slg_problem *p, slg_hp_set *hp, slg_error *err);
/** The largest value of each. */
SLG_CHECKED slg_status slg_problem_largest(const slg_problem *p, slg_hp_set *hp, slg_error *err);
/**
 * A point that the term accepts, near the middle of the ranges; with `heaviest`, whole numbers (sizes of bases,
 * n_sparse) are at their largest. *found is false where hardly any point is inside the domain.
 */
SLG_CHECKED slg_status slg_problem_typical(const slg_problem *p, bool heaviest, slg_hp_set *hp, bool *found,
                                           slg_error *err);
/** Gives HPs the sparse points of the final fit. */
void slg_problem_final(const slg_problem *p, slg_hp_set *hp);
/** A part's definition. */
void slg_problem_define(const slg_problem *p, const slg_hp_set *hp, int32_t part, slg_term_def *out);
/** Value of a parameter of the fit (SLG_FIT_...) for a species channel. */
double slg_problem_fit_value(const slg_problem *p, const slg_hp_set *hp, int param, int32_t channel);
/** Sparse points of a part at these HPs, at most its instances. */
size_t slg_problem_sparse(const slg_problem *p, const slg_hp_set *hp, int32_t part);
/** Bytes of the constant data. */
double slg_problem_bytes(const slg_problem *p);

/** Keys by which the sets are read. */
slg_xyz_keys slg_problem_keys(const slg_config *cfg);
/** Reads the sets, with species, cutoff and e0; the first step of slg_problem_create. */
SLG_CHECKED slg_status slg_problem_read(slg_problem *p, slg_error *err);
/** Number of parts and the largest cutoff of the search, which decides the neighbour lists. */
SLG_CHECKED slg_status slg_problem_parts(slg_problem *p, slg_error *err);
/** Fills p->instances from the batches of the training side. */
SLG_CHECKED slg_status slg_problem_instances(slg_problem *p, slg_error *err);
/** Effective configuration, and one line "key digest" for each input file; both freed with slg_free. */
SLG_CHECKED slg_status slg_identity(const slg_problem *p, char **config, char **data, slg_error *err);

#endif
