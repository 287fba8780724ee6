/**
 * Checkpoint files: named arrays and attributes in one HDF5 file, replaced atomically, damage
 * detected.
 *
 * Writing: the file is built in memory (HDF5 never meets a full disk or a lock), every dataset
 * chunked with fletcher32, newest 1.10 format bounds (checksummed metadata), attribute complete=1
 * last, opened once more as a proof, sealed with a digest of all its bytes; then temporary file in
 * the same folder, fsync, old file kept as <name>.prev (hard link, so that <name> always exists),
 * new one renamed over <name>, fsync of the folder. An existing checkpoint is never opened for
 * writing, a damaged one never displaces a sound <name>.prev. kill -9 at any instant leaves a
 * readable file. Reading: the whole file at once; refuses foreign, newer or damaged files with a
 * message, before HDF5 sees a byte of them. All calls from one thread. The form of the file:
 * docs/CHECKPOINT.md. Knows no atoms: names and shapes are the caller's.
 */
#ifndef SLG_CKPT_CKPT_H
#define SLG_CKPT_CKPT_H

#include "runtime/base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct slg_ckpt slg_ckpt;

/** Version of what is written; files of format 1 (Starling 0.1) have the same form and can be opened. */
enum { SLG_CKPT_MAJOR = 2, SLG_CKPT_MINOR = 0 };

/** Removes stale temporaries of dead processes and starts a new file that will replace `path`. ERR_IO, ERR_NOMEM. */
SLG_CHECKED slg_status slg_ckpt_create(const char *path, slg_ckpt **out, slg_error *err);
/** Arrays: row-major rows x cols (cols = 1 for vectors; rows = 0 allowed). `name` like
 * "/swarm/position" (under 256 bytes), each once. After a failure (ERR_IO, ERR_NOMEM) commit
 * refuses. */
SLG_CHECKED slg_status slg_ckpt_put_f64(slg_ckpt *c, const char *name, size_t rows, size_t cols, const double *x,
                                        slg_error *err);
SLG_CHECKED slg_status slg_ckpt_put_i64(slg_ckpt *c, const char *name, size_t rows, size_t cols, const int64_t *x,
                                        slg_error *err);
/** A byte string (text, or a plain struct array). */
SLG_CHECKED slg_status slg_ckpt_put_bytes(slg_ckpt *c, const char *name, const void *x, size_t n, slg_error *err);
/** Makes the file permanent and frees c (also on failure: then the old checkpoint is untouched).
 * ERR_IO, ERR_NOMEM. */
SLG_CHECKED slg_status slg_ckpt_commit(slg_ckpt **c, slg_error *err);

/**
 * Opens for reading. A damaged or missing <path> falls back to <path>.prev with *used_previous =
 * true (the caller warns loudly); both unusable: ERR_DAMAGE with a message that says what is wrong
 * and what to do. Neither exists: ERR_IO. A <path> of a newer format is refused (ERR_DAMAGE)
 * without falling back, which would lose work; ERR_NOMEM likewise.
 */
SLG_CHECKED slg_status slg_ckpt_open(const char *path, slg_ckpt **out, bool *used_previous, slg_error *err);
/** True if a checkpoint (or its .prev) exists. */
bool slg_ckpt_exists(const char *path);
/**
 * Whole arrays into a new buffer (caller frees with slg_free; NULL on failure). ERR_DAMAGE when
 * there is no such dataset (see slg_ckpt_has) or it holds another kind of values. Values are not
 * checked, NANs keep their bits.
 */
SLG_CHECKED slg_status slg_ckpt_get_f64(slg_ckpt *c, const char *name, size_t *rows, size_t *cols, double **x,
                                        slg_error *err);
SLG_CHECKED slg_status slg_ckpt_get_i64(slg_ckpt *c, const char *name, size_t *rows, size_t *cols, int64_t **x,
                                        slg_error *err);
/** n bytes plus a closing NUL that n does not count. */
SLG_CHECKED slg_status slg_ckpt_get_bytes(slg_ckpt *c, const char *name, char **x, size_t *n, slg_error *err);
bool slg_ckpt_has(slg_ckpt *c, const char *name);
/** "HDF5 1.10.8": what writes the files. */
void slg_ckpt_version(char *out, size_t size);
/** Closes a file opened for reading, or abandons one being written. *c = NULL. */
void slg_ckpt_close(slg_ckpt **c);

#endif
