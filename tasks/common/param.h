/**
 * Parameters: what can be chosen in a study, told once by the owner of each (a term, the fit, an objective, an
 * optimiser). Keys of study files, their checks, defaults, documents and the search space are made from these tables.
 * The order within a table is the owner's own matter; nobody else relies on it.
 */
#ifndef SLG_TASKS_COMMON_PARAM_H
#define SLG_TASKS_COMMON_PARAM_H

#include <stddef.h>

typedef enum slg_param_kind {
    SLG_PARAM_REAL,
    SLG_PARAM_INT,
    SLG_PARAM_WORD, /* one of `words`; its value is the number of the word */
    SLG_PARAM_FLAG, /* true (1) or false (0) */
    SLG_PARAM_FILE  /* a file that the owner reads, or none; its value is 1 or 0 */
} slg_param_kind;

/**
 * What a change of the parameter makes necessary: the descriptors anew; the sparse points; or only another solution on
 * the same Gram blocks (delta and the sigmas, of which only the ratios matter).
 */
typedef enum slg_param_phase { SLG_PHASE_DESCRIPTOR, SLG_PHASE_TRAINING, SLG_PHASE_RATIOS } slg_param_phase;

enum {
    SLG_PARAM_SEARCHABLE = 1,  /* a hyper-parameter: a number, a range, choices */
    SLG_PARAM_PER_ELEMENT = 2, /* may differ between elements */
    SLG_PARAM_NESTED = 4,      /* what a smaller value gives is part of what a larger one gives */
    SLG_PARAM_RESULT = 8,      /* belongs to the description of a result, though it is no hyper-parameter */
    SLG_PARAM_PRESET = 16,     /* decides the defaults of its owner's other parameters */
    SLG_PARAM_KERNEL = 32,     /* of the kernel alone: descriptors do not depend on it */
    SLG_PARAM_WEIGHT = 64      /* << quantity (64, 128, 256): weight of a quantity that the data must then have */
};

typedef struct slg_param {
    const char *name, *aliases; /* aliases: blank-separated */
    slg_param_kind kind;
    unsigned flags;
    slg_param_phase phase;
    double lowest, highest;
    const char *words;    /* blank-separated */
    const char *standard; /* text of the default; NULL = must be given */
    const char *example;  /* text for the template of a study file where it is not the default */
    const char *unit;     /* NULL: a number without unit */
    const char *text;
    double auto_lo, auto_hi; /* the logarithmic range, or one value, that `auto` stands for; 0: no value of it */
    double unjudged;         /* the default instead of `auto` where errors would be those of the training */
} slg_param;

#endif
