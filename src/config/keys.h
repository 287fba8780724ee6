/** The list of all keys of a study file: loader, checks, writer and documents are made from it. */
#ifndef SLG_CONFIG_KEYS_H
#define SLG_CONFIG_KEYS_H

#include "src/config/config.h"

typedef enum slg_section {
    SLG_SEC_DATA,
    SLG_SEC_DESCRIPTOR,
    SLG_SEC_FIT,
    SLG_SEC_OBJECTIVE,
    SLG_SEC_SEARCH,
    SLG_SEC_RUN,
    SLG_SEC_TRACE,
    SLG_N_SECTION
} slg_section;

typedef enum slg_key_type {
    SLG_KEY_TEXT,   /* char[size], not empty */
    SLG_KEY_FILES,  /* slg_names: one, a list or, with lo 0, none */
    SLG_KEY_OPTION, /* char[size], `none` = "" */
    SLG_KEY_INT,    /* int32_t in lo..hi */
    SLG_KEY_SEED,   /* uint64_t */
    SLG_KEY_REAL,   /* double in lo..hi */
    SLG_KEY_BOOL,
    SLG_KEY_TIME,  /* double seconds: none, a number, "23h30m" */
    SLG_KEY_PARAM, /* a contributed parameter: slot number `slot` */
    /* one of the registered kinds, by its name */
    SLG_KEY_TERM,
    SLG_KEY_OBJECTIVE,
    SLG_KEY_FIRST_OBJECTIVE,
    SLG_KEY_OPTIMISER,
    /* keys with a form of their own, see read_special.c */
    SLG_KEY_VALIDATION,
    SLG_KEY_E0,
    SLG_KEY_USE,
    SLG_KEY_GROUP_SIGMA,
    SLG_KEY_START,
    SLG_KEY_KEEP
} slg_key_type;

typedef struct slg_key {
    slg_section section;
    const char *name;
    slg_key_type type;
    size_t offset, size; /* in slg_config */
    double lo, hi;
    const char *words;    /* allowed words, blank-separated; "" = none */
    const char *standard; /* YAML text of the default; NULL = required */
    const char *example;  /* YAML text for the template where it is not the default */
    const char *unit, *text;
    size_t slot;            /* of SLG_KEY_PARAM */
    const slg_param *param; /* of SLG_KEY_PARAM, else NULL */
    const char *owner;      /* name of what contributed it, where not all studies have it; else NULL */
} slg_key;

/**
 * Makes cfg->slot and cfg->key for a term: the program's keys and what the term, the fit, all objectives and all
 * optimisers contribute. Slots are unset. Freed by slg_keys_free.
 */
SLG_CHECKED slg_status slg_keys_make(slg_config *cfg, const slg_term *term, slg_error *err);
void slg_keys_free(slg_config *cfg);

const char *slg_section_name(slg_section s);
/** Keys of sections without effect on results may change when a study resumes. */
bool slg_section_free(const char *name, size_t n);
const char *slg_section_text(slg_section s);
/** Key of a section by its name or an alias; NULL when unknown. */
const slg_key *slg_key_find(const slg_config *cfg, slg_section s, const char *name);
/** Is it a hyper-parameter? */
bool slg_key_is_hp(const slg_key *key);
/** Does a key have an effect in this study: not one of an objective or optimiser that was not chosen? */
bool slg_key_chosen(const slg_config *cfg, const slg_key *key);
/** Index of `name` in blank-separated words, -1 when absent. */
int slg_word_index(const char *words, const char *name);
/** Word k into out[size]; false when there are fewer. */
bool slg_word_at(const char *words, int k, char *out, size_t size);

#endif
