/** A YAML (or JSON) text as a plain tree with places. The only user of libfyaml. */
#ifndef SLG_CONFIG_YAML_H
#define SLG_CONFIG_YAML_H

#include "runtime/base/error.h"
#include <stdbool.h>

enum { SLG_YAML_MAX_BYTES = 1 << 20, SLG_YAML_MAX_NODES = 12000, SLG_YAML_MAX_DEPTH = 16 };

typedef enum slg_yaml_kind { SLG_YAML_SCALAR, SLG_YAML_MAP, SLG_YAML_LIST } slg_yaml_kind;

/** Line and column count from 1, columns in characters. */
typedef struct slg_mark {
    int line, column;
} slg_mark;

typedef struct slg_yaml {
    slg_yaml_kind kind;
    bool plain;                    /* a scalar without quotes: may be a number, a boolean, null */
    slg_mark at, key_at;           /* of the value; of its key where it is a map's */
    char *text;                    /* scalar: its text, without control characters */
    char *key;                     /* value in a map: its key; else NULL */
    size_t n;                      /* number of children */
    size_t n_twin;                 /* of the root: keys given twice in the whole tree */
    struct slg_yaml *first, *next; /* first child; next sibling, in file order */
} slg_yaml;

/**
 * Parses one document. Not accepted, because a study file needs none of them: anchors, aliases, tags, keys that are
 * no scalars, control characters, several documents, more than the limits above. ERR_CONFIG with
 * "name:line:column: ..." otherwise. A key given twice is reported in err as well, but the tree is returned with OK so
 * that the other errors can be found; look at out->n_twin. An empty text gives an empty map. Free with slg_yaml_free.
 */
SLG_CHECKED slg_status slg_yaml_parse(const char *name, const char *text, size_t n, slg_yaml **out, slg_error *err);
void slg_yaml_free(slg_yaml **node);

/** Child of a map by key, NULL when absent or `map` is NULL or no map. */
const slg_yaml *slg_yaml_get(const slg_yaml *map, const char *key);

/** True for an unquoted null: nothing, ~ or null. */
bool slg_yaml_is_null(const slg_yaml *node);

#endif
