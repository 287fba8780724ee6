/** The state of a search in its checkpoint <dir>/study.h5. The columns are documented in docs/CHECKPOINT.md. */
#ifndef SLG_SEARCH_STORE_H
#define SLG_SEARCH_STORE_H

#include "runtime/ckpt/store.h"
#include "src/search/search.h"

SLG_CHECKED slg_status slg_search_save(const slg_search *s, const char *dir, slg_error *err);
/** The recorded effective configuration; *config stays NULL where there is no checkpoint. Freed with slg_free. */
SLG_CHECKED slg_status slg_search_record(const char *dir, char **config, slg_error *err);
/**
 * Into a started search. ERR_MATCH lists every difference of configuration and data that slg_search_same does not
 * allow.
 */
SLG_CHECKED slg_status slg_search_load(slg_search *s, const char *dir, slg_error *err);

/* Private to this folder: the trial table, saved or loaded. Loading needs phase and optimiser. */
SLG_CHECKED slg_status slg_search_store_trials(slg_ckpt *file, bool loading, slg_search *s, slg_error *err);

#endif
