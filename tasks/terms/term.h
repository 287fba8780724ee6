/**
 * A term: a contribution to the energy that is a sum over instances (the environments of a species, pairs, triplets of
 * atoms), E = sum_i sum_s alpha_s k(v_i, q_s), with a descriptor v of each instance, sparse points q and a kernel k.
 *
 * A term consists of parts, one for each sort of instance (SOAP: one for each central species; pairs: one for each pair
 * of elements). A part has its own definition, sparse points and columns of the design matrix; QUIP calls it a
 * coordinate. Everything here is plain C on arrays: no engine, no files; workspaces come from the caller.
 *
 * A new term is a file with one slg_term and a line in src/registry.c; docs/ARCHITECTURE.md says how.
 */
#ifndef SLG_TASKS_TERMS_TERM_H
#define SLG_TASKS_TERMS_TERM_H

#include "runtime/base/error.h"
#include "tasks/common/geom.h"
#include "tasks/common/pairs.h"
#include "tasks/common/param.h"
#include <stdbool.h>

enum { SLG_MAX_PARTS = 36, SLG_TERM_BODY = 3072, SLG_WHY = 104, SLG_MAX_REMARK = 8 };

typedef struct slg_term slg_term;

/** The definition of a part: what its hyper-parameters mean. Plain data of the term behind `body`. */
typedef struct slg_term_def {
    const slg_term *term;
    _Alignas(16) unsigned char body[SLG_TERM_BODY];
} slg_term_def;

/** From what a definition is made. */
typedef struct slg_term_input {
    int32_t n_channel;                      /* species channels of the data */
    int32_t part;                           /* which of the term's parts */
    const double (*value)[SLG_MAX_SPECIES]; /* [n_param][channel], in the order of the term's table */
    const void *file;                       /* what read_file made of the term's file; NULL without one */
} slg_term_input;

/** A part of a model as the kernels see it. */
typedef struct slg_part {
    const slg_term *term;
    const void *plan;
    size_t m, d, col0; /* sparse points, length of the descriptor, first column in the design matrix */
    const double *q;   /* [m][d] */
} slg_part;

/** Predictions of frames frame0..frame0+n_frame-1: borrowed arrays, zeroed by the caller before the first call. */
typedef struct slg_prediction {
    size_t frame0, n_frame;
    double *energy; /* [n_frame] without e0, eV */
    double *force;  /* [n_env of these frames][3], eV/Angstrom */
    double *virial; /* [n_frame][6] xx xy xz yy yz zz, eV, = -dE/d(strain) */
} slg_prediction;

/** A piece of work whose cost is asked for. */
typedef struct slg_term_work {
    enum {
        SLG_WORK_PLAN,
        SLG_WORK_DESCRIPTOR,
        SLG_WORK_GRADIENT,
        SLG_WORK_ROWS,
        SLG_WORK_PREDICT,
        SLG_WORK_KERNEL
    } what;
    const void *plan;     /* where it exists; without it the cost is an upper bound */
    const slg_geom *geom; /* environments env0 .. env1-1 of the part are worked on */
    size_t env0, env1;
    const slg_rows *rows; /* of SLG_WORK_ROWS */
    size_t m;             /* sparse points; of SLG_WORK_KERNEL: kernel values */
    bool derivatives;     /* of SLG_WORK_PREDICT */
} slg_term_work;

/** Lowest and highest value that a parameter can take in a study; lo > hi: none is given. */
typedef struct slg_limits {
    double lo, hi;
    bool searched; /* given as a range or as choices */
} slg_limits;

/** What a term has to say about the values of a study or of a potential. */
typedef struct slg_remark {
    bool warning; /* else an error */
    size_t param; /* whose value is the matter */
    char text[320];
} slg_remark;

/** A part read from a text. */
typedef struct slg_parsed_term {
    slg_term_def def;
    int32_t n_channel, z[SLG_MAX_SPECIES];
    char file[256]; /* bare name of the attached file; "" = none */
} slg_parsed_term;

/** Programs whose files describe a part; each has its own names and order. */
typedef enum slg_dialect {
    SLG_DIALECT_QUIP,       /* the descriptor's text in an XML file */
    SLG_DIALECT_ATTRIBUTES, /* attributes of its element there */
    SLG_DIALECT_GAP_FIT,    /* on the command line of gap_fit */
    SLG_DIALECT_TURBOGAP    /* lines of a .gap file */
} slg_dialect;

/** All members are given but where "NULL" stands beside them; names that come back are static texts. */
struct slg_term {
    const char *name; /* the type of a term in study files, and in the files of QUIP */
    const slg_param *param;
    size_t n_param;
    bool unit_norm; /* all descriptors have norm 1 */

    /* --- definition --- */
    /** Number of parts for n_channel species channels; at most SLG_MAX_PARTS. */
    int32_t (*n_part)(int32_t n_channel);
    /** Species channel whose values of the fit's per-element parameters (n_sparse, delta) a part takes. */
    int32_t (*channel)(int32_t part, int32_t n_channel);
    /** Replaces values that stand for something else, in the order of the term's table; NULL: there are none. */
    void (*complete)(int32_t n_channel, double (*value)[SLG_MAX_SPECIES]);
    void (*define)(const slg_term_input *in, slg_term_def *out);
    /** OK, or ERR_HP with the reason. Everything below takes checked definitions only. */
    slg_status (*check)(const slg_term_def *def, char why[SLG_WHY]);
    double (*cutoff)(const slg_term_def *def); /* Angstrom */
    size_t (*length)(const slg_term_def *def); /* of the descriptor */
    /** Tables that depend on the definition alone, as one block of memory without pointers (64-byte aligned). */
    size_t (*plan_bytes)(const slg_term_def *def);
    /** ERR_NOT_FINITE with the failing channel in *where. */
    slg_status (*plan)(const slg_term_def *def, void *plan, size_t *where);

    /* --- instances and kernel --- */
    /** Number of instances that environment env of the part has; numbered environment by environment. */
    size_t (*instances)(int32_t part, int32_t n_channel, const slg_geom *geom, size_t env);
    /** v [instances of env0..env1-1][d]. ERR_NOT_FINITE with the environment in *where. */
    slg_status (*descriptor)(const void *plan, const slg_geom *geom, size_t env0, size_t env1, double *v, size_t *where,
                             void *work);
    /**
     * Of environment env: v [instances][d] and its derivatives g [instances][pairs of env][3][d] with respect to the
     * pairs' displacements (the centre's is minus their sum). NULL: not offered.
     */
    slg_status (*gradient)(const void *plan, const slg_geom *geom, size_t env, double *v, double *g, void *work);
    /** Upper triangle (with diagonal) of k(q_i, q_j), u [m][m]; what lies below is undefined. */
    void (*covariance)(const void *plan, size_t m, size_t d, const double *q, double *u);
    /** A parameter that shapes the kernel, for messages: its name, value in *x; NULL where there is none. */
    const char *(*shape)(const slg_term_def *def, double *x);
    /** k [n][m] between rows of v [n][d] and of q [m][d]. */
    void (*kernel)(const void *plan, size_t n, size_t m, size_t d, const double *v, const double *q, double *k);

    /* --- fit and prediction --- */
    /**
     * Adds the contributions of the part's instances in environments env0..env1-1 to the design rows
     * k [rows->n_row][ldk] of their batch, for unit delta; see slg_rows.
     */
    slg_status (*rows)(const slg_part *part, const slg_geom *geom, size_t env0, size_t env1, const slg_rows *rows,
                       size_t ldk, double *k, void *work);
    /** Adds energies and, when `derivatives`, forces and virials. alpha [m]; k counts delta^2 times. */
    slg_status (*predict)(const slg_part *part, const slg_geom *geom, size_t env0, size_t env1, double delta,
                          const double *alpha, bool derivatives, const slg_prediction *p, void *work);
    /** Operations and bytes of workspace of a piece of work, counted from the loops. */
    void (*cost)(const slg_term_def *def, const slg_term_work *work, double *flops, size_t *scratch);

    /* --- words --- */
    /**
     * Complaints about values that do not fit together: limits of all parameters [n_param]; number of complaints.
     * n_channel 0: what holds whatever the data are; else only what depends on their number of species. NULL: none.
     */
    size_t (*review)(const slg_limits *limits, int32_t n_channel, slg_remark *out, size_t room);
    /**
     * The part as pairs of keys and values. z [n_channel]: atomic numbers; file: name of the attached file, "" without
     * one. ERR_HP: the dialect cannot express it.
     */
    slg_status (*describe)(const slg_term_def *def, slg_dialect dialect, const int32_t *z, const char *file,
                           slg_pairs *out, slg_error *err);
    /**
     * From "key=value" texts: the descriptor (what follows the term's name) and attributes in QUIP's XML. ERR_DATA with
     * messages that begin with `place`. The definition is checked, but for an attached file that is still to be read.
     */
    slg_status (*parse)(const char *text, const char *attributes, const char *place, slg_parsed_term *out,
                        slg_error *err);
    /** Can other programs evaluate the part? What should be known about that is remarked. */
    bool (*transferable)(const slg_term_def *def, slg_remark *out, size_t room, size_t *n_remark);

    /* --- an attached file; all NULL where no parameter is a SLG_PARAM_FILE --- */
    /** Reads the text of the file for a definition; *file is freed with free_file. */
    slg_status (*read_file)(const char *text, const char *name, const slg_term_def *def, void **file, slg_error *err);
    void (*free_file)(void *file);
    /** Makes a definition refer to a file (borrowed). */
    void (*attach)(slg_term_def *def, const void *file);
    /**
     * Text of the file that def refers to (caller frees with slg_free) and a digest of it. NULL without a file, the
     * digest is then "", and when memory ran out.
     */
    char *(*file_text)(const slg_term_def *def, char digest[16]);
};

static inline size_t slg_term_length(const slg_term_def *def)
{
    return def->term->length(def);
}
#endif
