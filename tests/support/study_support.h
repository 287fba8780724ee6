/** Small studies, for tests of evaluations, searches and workflows. */
#ifndef SLG_TESTS_STUDY_SUPPORT_H
#define SLG_TESTS_STUDY_SUPPORT_H

#include "src/results/results.h"
#include "src/search/search.h"
#include "src/workflows/workflow.h"
#include "tests/support/support.h"

/** Study files (text); data are those of the folder examples/<dataset>. */
extern const char study_dimer[];                    /* no searched HP, energies and forces, n = l = 3 */
extern const char study_silicon[];                  /* no searched HP, also virials, separate validation */
extern const char study_molecules[];                /* H, C, O, trivial compression */
extern const char study_search1[], study_search2[]; /* strategies 1 and 2 on the dimer */

/** A configuration from the parts of a study file joined together; `dataset`: folder of its data below examples. */
slg_config *study_parse(const char *dataset, const char *text);
/** The same text with every `from` replaced by `to` (which must occur). The text is the caller's (free). */
char *study_replace(const char *text, const char *from, const char *to);
slg_config *study_parse_with(const char *dataset, const char *text, const char *from, const char *to);

slg_problem *study_problem(const slg_config *cfg);
/** Values of all HPs; none may be searched. */
slg_hp_set study_values(const slg_problem *p);
slg_rt *study_engine(int backend, int workers, const char *scheduler);

/** Values of a HP by its name, [SLG_MAX_SPECIES]. */
double *study_hp(const slg_problem *p, slg_hp_set *hp, const char *name);
/** Sets it for all species. */
void study_set(const slg_problem *p, slg_hp_set *hp, const char *name, double value);

slg_evaluator *study_evaluator(const slg_problem *p, slg_rt *rt);
/** A flight without iteration and particle; the objective is that of fits where it needs them. */
slg_flight study_flight(slg_evaluator *e, unsigned needs, const slg_hp_set *hp);
/** Outcome of one. */
slg_outcome study_fly(slg_evaluator *e, unsigned needs, const slg_hp_set *hp);

/** Whole file as text; *n bytes if not NULL; fails the test when it cannot be read. */
char *study_slurp(const char *folder, const char *name, size_t *n);
void study_spill(const char *folder, const char *name, const void *text, size_t n);
/** Fails unless both folders hold the same bytes under the name. */
void study_same_file(const char *a, const char *b, const char *name);

/** slg_study_run of a text in a folder; *err may be NULL. */
slg_status study_run(const char *dataset, const char *text, const char *folder, double max_time, slg_error *err);

#define ck_ok(call, err)                                                                                               \
    do {                                                                                                               \
        slg_status st_ = (call);                                                                                       \
        ck_assert_msg(st_ == SLG_OK, "%s: %s: %s", #call, slg_status_name(st_), (err)->text);                          \
    } while (0)

#endif
