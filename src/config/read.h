/** Reading single keys from the YAML tree into a slg_config; every error is noted and reading goes on. */
#ifndef SLG_CONFIG_READ_H
#define SLG_CONFIG_READ_H

#include "src/config/keys.h"
#include "src/config/yaml.h"

/** One text of a configuration; later layers override earlier ones. */
typedef struct slg_layer {
    const char *name; /* for messages */
    const slg_yaml *tree;
    slg_origin origin;
    bool option; /* of the command line: messages have no line and column */
} slg_layer;

typedef struct slg_reading {
    slg_config *cfg;
    slg_error *err;
    slg_status st;   /* of the first error */
    bool fixed_only; /* --hp files: values, no ranges */
    size_t n_layer;
    const slg_layer *layer; /* [n_layer] */
    const slg_layer *at;    /* the one that is read, or was found by slg_read_find */
} slg_reading;

/** Notes "name:line:column: message", name that of r->at. */
void slg_read_fail(slg_reading *r, slg_mark at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/** The value of a key as the last layer with it gives it, r->at is then that layer; NULL when none does. */
const slg_yaml *slg_read_find(slg_reading *r, slg_section s, const char *name);
/** The study file: the first layer of the user; without one the last layer. */
const slg_layer *slg_study_layer(const slg_reading *r);
/** Text of a node for messages: 'text', "a map", "a list", "nothing". */
typedef struct slg_found {
    char text[72];
} slg_found;
slg_found slg_read_found(const slg_yaml *node);
/** Nearest of the candidates offered one by one; start with an empty object. */
typedef struct slg_nearest {
    char name[64];
    size_t distance;
} slg_nearest;
void slg_nearest_offer(slg_nearest *n, const char *wanted, const char *candidate);
/** "; did you mean 'x'?" or "". */
slg_found slg_nearest_text(const slg_nearest *n);

/** An unquoted finite decimal number. */
bool slg_read_number(const slg_yaml *node, double *value);
/** Copies a scalar into out[size]; notes an error when it is none, empty or too long. */
bool slg_read_text(slg_reading *r, const char *key, const slg_yaml *node, char *out, size_t size);
/** Replaces *out by the names of files that a scalar or a list gives; with or_none, `none` and nothing give none. */
void slg_read_files(slg_reading *r, const char *key, bool or_none, const slg_yaml *node, slg_names *out);
/** One of blank-separated words, else -1 and an error. */
int slg_read_word(slg_reading *r, const char *key, const slg_yaml *node, const char *words);
/** A number from lo to hi; notes an error otherwise. */
bool slg_read_real(slg_reading *r, const char *key, const slg_yaml *node, double lo, double hi, const char *unit,
                   double *value);

/** A key of the table. */
void slg_read_key(slg_reading *r, const slg_key *key, const slg_yaml *node);
/** A hyper-parameter in any of its forms; with fixed_only numbers only. */
void slg_read_hp(slg_reading *r, const slg_param *p, const slg_yaml *node, bool fixed_only, slg_hp_entry *out);
/** The optimiser that the word of a preset names instead of a preset, NULL for others. */
const slg_optimiser_kind *slg_read_optimiser(const slg_param *preset, const slg_yaml *node);
/** Reads all keys of a layer that no later one gives; notes unknown ones. */
void slg_load_layer(slg_reading *r, const slg_layer *layer);
/** Notes the keys that are nowhere. */
void slg_check_required(slg_reading *r);
/** What was not given follows from the optimiser's presets. */
void slg_settle(slg_config *cfg);
/** Without validation errors to solve them by: values instead of `auto` where nothing else was given. */
void slg_settle_unjudged(slg_config *cfg);
/** Offers the names of a section's keys. */
void slg_offer_keys(const slg_config *cfg, slg_nearest *near, slg_section s, const char *wanted);
/** Notes an error when an earlier sibling has the same key under its other name. */
bool slg_given_before(slg_reading *r, slg_section s, const slg_yaml *first, const slg_yaml *node);
/** The tree of a text; ERR_CONFIG, with the tree, when keys are given twice. */
SLG_CHECKED slg_status slg_parse_tree(const char *name, const char *text, size_t n, slg_yaml **tree, slg_error *err);
/** A configuration with all defaults for a term. */
SLG_CHECKED slg_status slg_load_defaults(const slg_term *term, slg_config **out, slg_error *err);
/** The registered term that a map's key `type` names, NULL without one. */
const slg_term *slg_term_named(const slg_yaml *map);
/** Cross checks of a read configuration; settles defaults that depend on other keys and collects warnings. */
void slg_config_check(slg_reading *r);
/** Keys with a form of their own. */
void slg_read_special(slg_reading *r, const slg_key *key, const slg_yaml *node);

#endif
