/** Reading single keys from the YAML tree into a slg_config; every error is noted and reading goes on. */
#ifndef SLG_CONFIG_READ_H
#define SLG_CONFIG_READ_H

#include "src/config/keys.h"
#include "src/config/yaml.h"

typedef struct slg_reading {
    slg_config *cfg;
    const char *name; /* of the file, for messages */
    slg_error *err;
    slg_status st;   /* of the first error */
    bool fixed_only; /* --hp files: values, no ranges */
} slg_reading;

/** Notes "name:line:column: message". */
void slg_read_fail(slg_reading *r, slg_place at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
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
/** One of blank-separated words, else -1 and an error. */
int slg_read_word(slg_reading *r, const char *key, const slg_yaml *node, const char *words);
/** A number from lo to hi; notes an error otherwise. */
bool slg_read_real(slg_reading *r, const char *key, const slg_yaml *node, double lo, double hi, const char *unit,
                   double *value);

/** A key of the table. */
void slg_read_key(slg_reading *r, const slg_key *key, const slg_yaml *node);
/** A hyper-parameter in any of its forms; with fixed_only numbers only. */
void slg_read_hp(slg_reading *r, slg_hp_id id, const slg_yaml *node, bool fixed_only, slg_hp_entry *out);
/** Cross checks of a read configuration; settles defaults that depend on other keys and collects warnings. */
void slg_config_check(slg_reading *r, const slg_yaml *tree);
/** Keys with a form of their own. */
void slg_read_special(slg_reading *r, const slg_key *key, const slg_yaml *node);

#endif
