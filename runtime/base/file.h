/** Whole files: read at once, replaced atomically. */
#ifndef SLG_BASE_FILE_H
#define SLG_BASE_FILE_H

#include "runtime/base/error.h"
#include <stdbool.h>
#include <stdio.h>

enum { SLG_PATH = 4096, SLG_TEMPORARY = SLG_PATH + 64 };

/** Reads a file into a new buffer (caller frees with slg_free) closed by a NUL that `n` does not count. */
SLG_CHECKED slg_status slg_file_read(const char *path, char **text, size_t *n, slg_error *err);
/** The same for a text: a zero byte in it, at which readers of text would end, is an error (ERR_DATA). */
SLG_CHECKED slg_status slg_text_read(const char *path, char **text, size_t *n, slg_error *err);

/** A file being written under a temporary name in the folder of its final one. */
typedef struct slg_new_file {
    FILE *stream;
    char path[SLG_PATH], tmp[SLG_TEMPORARY]; /* tmp "": it is written in place */
} slg_new_file;

/**
 * Opens the temporary file; write to f->stream. A link at `path` will be replaced, not followed. What killed processes
 * left of this file is removed.
 */
SLG_CHECKED slg_status slg_new_file_open(slg_new_file *f, const char *path, slg_error *err);
/**
 * The same for a name that the user gave: links are followed, standard output ("-", /dev/stdout), devices and pipes are
 * written directly.
 */
SLG_CHECKED slg_status slg_output_open(slg_new_file *f, const char *path, slg_error *err);

/** Flushes, fsyncs, renames over `path`, fsyncs the folder. On failure the old file is untouched. */
SLG_CHECKED slg_status slg_new_file_commit(slg_new_file *f, slg_error *err);

/** Gives up: closes and removes the temporary file. Harmless after commit. */
void slg_new_file_abort(slg_new_file *f);

/** rename(2) followed by fsync of the target's folder. */
SLG_CHECKED slg_status slg_file_replace(const char *from, const char *to, slg_error *err);

/** Creates a folder and its parents; an existing folder is fine. */
SLG_CHECKED slg_status slg_make_folder(const char *path, slg_error *err);

/** Creates a folder of a new name in $TMPDIR or /tmp; out[SLG_PATH]. */
SLG_CHECKED slg_status slg_temporary_folder(char *out, slg_error *err);
/** Removes a folder with everything in it, as far as that is possible. */
void slg_remove_folder(const char *path);

bool slg_file_exists(const char *path);

/** "<dir>/<name>" into out[SLG_PATH]; `name` alone if it is absolute or dir is empty. ERR_IO when too long. */
SLG_CHECKED slg_status slg_path_join(char *out, const char *dir, const char *name, slg_error *err);

#endif
