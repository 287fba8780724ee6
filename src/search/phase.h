/** The phases of a search, one after another: what each searches, by what it judges, how long. */
#ifndef SLG_SEARCH_PHASE_H
#define SLG_SEARCH_PHASE_H

#include "src/config/config.h"

typedef struct slg_phase {
    const char *name;
    unsigned hps; /* 1 << SLG_PHASE_... of the HPs it searches */
    const slg_objective *objective;
    bool on_base; /* the best of the phase before gives descriptor and sparse points */
    bool nested;  /* delta and the sigmas are solved inside each trial */
    size_t particles;
    int64_t iterations; /* its budget; raised when a study is extended */
    const char *budget; /* key of the section `search` that sets it */
} slg_phase;

/** SLG_NEED_... of its trials. */
static inline unsigned slg_phase_needs(const slg_phase *p)
{
    return p->nested ? p->objective->needs | SLG_NEED_NESTED : p->objective->needs;
}

enum { SLG_MAX_PHASE = 4 };
typedef struct slg_phases {
    size_t n;
    slg_phase phase[SLG_MAX_PHASE];
} slg_phases;

/** Is it the key of a phase's budget, of whatever strategy? */
bool slg_phase_is_budget(const char *key);
/** Those of cfg->strategy. */
void slg_phases_make(const slg_config *cfg, slg_phases *out);

#endif
