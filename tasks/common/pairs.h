/** Descriptions as keys and values: what a term says of itself, and the "key=value" texts of QUIP that it reads. */
#ifndef SLG_TASKS_COMMON_PAIRS_H
#define SLG_TASKS_COMMON_PAIRS_H

#include "tasks/common/geom.h"
#include <stdbool.h>

enum { SLG_MAX_PAIR = 40, SLG_PAIR_WORD = 272 };

typedef enum slg_pair_kind {
    SLG_PAIR_REAL,
    SLG_PAIR_INT,
    SLG_PAIR_ELEMENT, /* atomic numbers, to be written as symbols */
    SLG_PAIR_TEXT
} slg_pair_kind;

typedef struct slg_pair {
    const char *key; /* of static storage */
    slg_pair_kind kind;
    int32_t n; /* numbers */
    double x[SLG_MAX_SPECIES];
    char text[SLG_PAIR_WORD];
} slg_pair;

typedef struct slg_pairs {
    size_t n;
    slg_pair pair[SLG_MAX_PAIR];
} slg_pairs;

/** Append a pair; n of at most SLG_MAX_SPECIES numbers. */
void slg_pairs_reals(slg_pairs *p, const char *key, int32_t n, const double *x);
void slg_pairs_ints(slg_pairs *p, const char *key, int32_t n, const int32_t *x);
void slg_pairs_elements(slg_pairs *p, const char *key, int32_t n, const int32_t *z);
void slg_pairs_text(slg_pairs *p, const char *key, const char *text);

/** One pair of a text "key=value key={a b c} ...". */
typedef struct slg_text_pair {
    char name[64], value[1024];
} slg_text_pair;

/** The next pair at *s, which advances; braces of a value are removed. 1; 0 at the end; -1 for what is no pair. */
int slg_text_pair_next(const char **s, slg_text_pair *p);
/** All numbers of a value, at most room; -1 when there is something else or more. */
int slg_text_pair_reals(const slg_text_pair *p, double *x, int room);

#endif
