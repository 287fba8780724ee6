/**
 * Files that are being written stand under a name of their own beside the final one: "<name>.starling-<process>-<16
 * hexadecimal digits>". Nobody else uses such names, nobody can guess them, and what a killed process left is found by
 * them.
 */
#ifndef SLG_BASE_TEMPORARY_H
#define SLG_BASE_TEMPORARY_H

#include "runtime/base/file.h"

/** A new name for `path`; another one at every call. */
void slg_temporary_name(const char *path, char out[SLG_TEMPORARY]);
/** Creates the file of that name for writing; it must not exist, links are not followed. NULL: errno says why. */
FILE *slg_temporary_open(const char *name);
/** Tests: the k-th file from now (0 = the next) cannot be created; a negative k switches it off. */
void slg_temporary_fail(long k);
/**
 * Removes the temporaries of all names in a folder, or of the file `base` only (NULL: all). `all`: the caller holds a
 * lock that keeps other writers away; else those of living processes stay. Only regular files are removed. A folder
 * that does not exist is fine.
 */
void slg_remove_temporaries(const char *folder, const char *base, bool all);
/** Removes the temporaries of the file `path` whose processes no longer live. */
void slg_remove_stale(const char *path);

#endif
