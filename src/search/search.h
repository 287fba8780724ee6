/** The state of a search: what a checkpoint holds and the tables show. Main thread only. */
#ifndef SLG_SEARCH_SEARCH_H
#define SLG_SEARCH_SEARCH_H

#include "src/search/phase.h"
#include "src/search/trials.h"

typedef struct slg_best {
    int64_t trial; /* -1 = none yet */
    double objective;
    slg_hp_set hp;
    slg_errors *by_group; /* [n_group] of the validation side */
    slg_errors *training; /* [n_group] of the side `learnt`, NULL = not known; not stored, like the next */
    slg_errors *test;     /* of the side `test`: when the search has ended */
    slg_potential *pot;   /* NULL while no fit was needed */
    slg_folds *folds;     /* of cross-validation, else NULL */
    bool partial;         /* its errors by config_type are still to be computed */
    uint64_t version;     /* counts its changes in this process */
} slg_best;

typedef struct slg_search {
    const slg_problem *p;
    slg_phases phases;
    size_t phase;             /* the present one; phases.n = finished */
    slg_space all;            /* every searched dimension: the columns of the table */
    slg_space space;          /* of the present phase, or of the last one */
    slg_optimiser *optimiser; /* likewise */
    slg_trials trials;
    bool opened;        /* the rows of an open iteration are there */
    slg_hp_set base;    /* HPs outside the present space */
    int64_t base_trial; /* trial of the phase before whose HPs the base has, -1 = none */
    slg_best best;      /* of the present phase */
    double elapsed;     /* seconds of all runs so far */
    int64_t n_placed;   /* given start positions that the present phase has taken */
    int64_t more;       /* iterations of the last extension by number, 0 = none */
} slg_search;

/** A search before its first phase. Free with slg_search_free. */
SLG_CHECKED slg_status slg_search_start(slg_search *s, const slg_problem *p, slg_error *err);
void slg_search_free(slg_search *s);

/** The present phase, or the last one of a finished search. */
const slg_phase *slg_search_phase(const slg_search *s);
bool slg_search_finished(const slg_search *s);
/** Can it be saved? Not when an error came between two iterations: then the checkpoint before is the one to resume. */
bool slg_search_whole(const slg_search *s);
/** Space and optimiser of a phase, with its start positions. */
SLG_CHECKED slg_status slg_search_begin_phase(slg_search *s, size_t phase, slg_error *err);
/** Ends the present phase. The best one becomes the base of the next phase, which begins; the last one finishes. */
SLG_CHECKED slg_status slg_search_end_phase(slg_search *s, slg_error *err);
/** A finished search goes on in its last phase. */
SLG_CHECKED slg_status slg_search_reopen(slg_search *s, slg_error *err);
/** The base failed: takes the next best trial of the phase before for it. False when there is none left. */
bool slg_search_next_base(slg_search *s);

/** Fills the rows of the open iteration: values from the optimiser, cached outcomes. */
SLG_CHECKED slg_status slg_search_open_iteration(slg_search *s, slg_error *err);
/** All rows of the open iteration are done: cached outcomes filled in, the optimiser told, rows closed. */
void slg_search_close_iteration(slg_search *s);
/** HPs of particle i of the open iteration. */
SLG_CHECKED slg_status slg_search_hp(const slg_search *s, size_t i, slg_hp_set *hp, slg_error *err);
/** The values that the trial of particle i solved inside itself (nested phases); NULL: it failed. */
void slg_search_note_solved(slg_search *s, size_t i, const slg_hp_set *hp);
/** Row of particle i of the open iteration. */
slg_trial *slg_search_row(const slg_search *s, size_t i);
/** Trials evaluated so far, those of the open iteration too. */
size_t slg_search_evaluated(const slg_search *s);
/** Is trial number n with objective f better than the best so far? Ties: the lower number. */
bool slg_best_beaten(const slg_best *best, int64_t n, double f);

#endif
