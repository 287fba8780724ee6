/** Environments for the tests of the descriptor: from golden files, from random numbers, from lists of positions. */
#ifndef SLG_TESTS_SOAP_CASES_H
#define SLG_TESTS_SOAP_CASES_H

#include "tasks/terms/soap/internal.h"
#include "tests/support/support.h"

enum { CASE_PAIRS = 256 };

/** One environment as a slg_geom of its own, and where its pairs came from. */
typedef struct slg_case {
    slg_soap_hp hp;
    slg_geom geom;
    size_t frame_first[2], pair_first[2], near_first[2];
    int32_t species[1], pair_env[CASE_PAIRS], pair_species[CASE_PAIRS], near_env[CASE_PAIRS], pair_near[CASE_PAIRS];
    double x[CASE_PAIRS], y[CASE_PAIRS], z[CASE_PAIRS], r[CASE_PAIRS];
    size_t order[CASE_PAIRS]; /* pair k was order[k]-th in the input */
} slg_case;

/** Sorts n positions [n][3] into c->geom. */
void case_place(slg_case *c, size_t n, const double *pos, const int32_t *species);
/** HPs and neighbours of a golden case; poly3 and poly3gauss. */
void case_read(const json_t *json, slg_case *c);
void case_hp(const json_t *hp_json, slg_soap_hp *hp);
/** Reproducible uniform number in [lo,hi). */
double case_random(uint32_t which, uint32_t k, double lo, double hi);
/** A valid HP set number `which`, and `n` neighbours between 0.8 Angstrom and beyond the cutoff. */
void case_random_hp(uint32_t which, slg_soap_hp *hp);
void case_random_neighbours(slg_case *c, uint32_t which, size_t n);

/** A built plan with its workspace and result. */
typedef struct slg_ready {
    slg_soap_plan *plan;
    void *work;
    double *v;
    size_t d;
} slg_ready;
slg_ready ready_open(const slg_soap_hp *hp, size_t max_pair);
void ready_close(slg_ready *b);

#endif
