/** A study that was begun: what may have changed since, and how its search goes on longer. */
#ifndef SLG_SEARCH_EXTEND_H
#define SLG_SEARCH_EXTEND_H

#include "src/search/search.h"

/**
 * Is the study in `dir`, whose effective configuration and lines "key digest" are given, that of p? Fine are: other
 * names of files with the same bytes, other budgets (slg_search_follow judges them), start positions added at the end.
 * ERR_MATCH lists what is not. *was: the recorded configuration as this version understands it (slg_config_free).
 */
SLG_CHECKED slg_status slg_search_same(const slg_problem *p, const char *config, const char *digests, const char *dir,
                                       slg_config **was, slg_error *err);
/** Takes over the budgets that were raised since `was`. ERR_MATCH where one was lowered, or its phase has ended. */
SLG_CHECKED slg_status slg_search_follow(slg_search *s, const slg_config *was, slg_error *err);
/**
 * Raises the budget of the present (or last) phase by n iterations. The same n again while that extension is not done
 * changes nothing: it is the same command after a stop.
 */
SLG_CHECKED slg_status slg_search_more(slg_search *s, int64_t n, slg_error *err);

#endif
