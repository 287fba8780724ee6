/** A list of texts, such as names of files. */
#ifndef SLG_BASE_NAMES_H
#define SLG_BASE_NAMES_H

#include "runtime/base/error.h"
#include <stdbool.h>

/** Zeroed = empty. */
typedef struct slg_names {
    size_t n;
    char **name; /* [n] copies */
} slg_names;

/** Appends a copy. */
SLG_CHECKED slg_status slg_names_add(slg_names *list, const char *name, slg_error *err);
/** Empties the list. */
void slg_names_free(slg_names *list);
/**
 * Appends the files below `folder` ("" = here) that glob(7)'s pattern stands for, in the order of their bytes: that
 * does not depend on the locale. What is no pattern, or the name of a file, stands for itself. ERR_DATA when a pattern
 * stands for nothing, ERR_IO when a folder cannot be read; messages begin with `place`.
 */
SLG_CHECKED slg_status slg_names_match(slg_names *list, const char *place, const char *folder, const char *pattern,
                                       slg_error *err);
/** ERR_DATA when two names are those of one file. */
SLG_CHECKED slg_status slg_names_distinct(const slg_names *list, const char *place, slg_error *err);

#endif
