/**
 * Where evaluations run. The loop hands trials over as long as there is room and takes them back in any order; what
 * comes of a trial is a function of its work alone. Today there is the local task engine; other ranks or programs would
 * stand behind the same calls. Main thread only.
 */
#ifndef SLG_SEARCH_EXECUTOR_H
#define SLG_SEARCH_EXECUTOR_H

#include "src/search/search.h"

/** A trial to evaluate. */
typedef struct slg_work {
    size_t ticket; /* the caller's number of it, unique among those in flight */
    slg_hp_set hp;
    unsigned needs;              /* SLG_NEED_..., 0 = those of the phase's objective */
    int32_t iteration, particle; /* for traces */
} slg_work;

/** A trial that has ended. */
typedef struct slg_finished {
    size_t ticket;
    slg_outcome out; /* status STOPPED: it was cancelled */
    slg_hp_set hp;   /* at which it was evaluated; of a nested one with what was solved inside */
    double seconds;  /* of wall time since its submission */
    bool fitted;     /* there is a potential to take */
    bool partial;    /* errors by config_type are not known */
} slg_finished;

typedef struct slg_executor slg_executor;

/** What kinds of executors do; the first member of theirs is a slg_executor. */
struct slg_executor {
    double predicted_bytes; /* most memory of this process in the phases that have begun */
    /**
     * Prepares a phase: resources, and on a base what its trials share. ERR_NOMEM; a numerical status: the base fails.
     */
    slg_status (*begin)(slg_executor *x, const slg_phase *phase, const slg_hp_set *base, slg_error *err);
    /** After the last phase: gives back what its trials shared. */
    void (*end)(slg_executor *x);
    /** Trials that may be submitted now. */
    size_t (*room)(const slg_executor *x);
    /** Starts a trial. ERR_HP with *refused filled: the HPs are outside their domain, nothing is in flight. */
    slg_status (*submit)(slg_executor *x, const slg_work *work, slg_outcome *refused, slg_error *err);
    /** Waits for one of the trials in flight to end; it is held until `drop`. */
    slg_status (*next)(slg_executor *x, slg_finished *out, slg_error *err);
    /** Errors by config_type [n_group] (where known), the potential, and the folds (NULL without) of a held trial. */
    slg_status (*take)(slg_executor *x, size_t ticket, slg_errors *by_group, slg_potential **pot, slg_folds **folds,
                       slg_error *err);
    void (*drop)(slg_executor *x, size_t ticket);
    /** Asks everything in flight to end soon, as STOPPED. */
    void (*cancel)(slg_executor *x);
    bool (*cancelled)(const slg_executor *x);
    /** Waits until nothing is in flight, and gives back what is held. */
    void (*settle)(slg_executor *x);
    void (*free)(slg_executor *x);
};

/** The task engine of this process. e outlives it. */
SLG_CHECKED slg_status slg_executor_local(slg_evaluator *e, slg_executor **out, slg_error *err);

#endif
