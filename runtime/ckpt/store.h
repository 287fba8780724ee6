/**
 * Named columns of a checkpoint. The same function of an owner saves and loads its state: in a store that is being
 * saved the arrays are written, in one that is being loaded they are filled.
 */
#ifndef SLG_CKPT_STORE_H
#define SLG_CKPT_STORE_H

#include "runtime/ckpt/ckpt.h"

typedef struct slg_store {
    slg_ckpt *c;
    bool loading;
    char group[64]; /* prefix of all names, "/optimiser" */
} slg_store;

/** "<group>/<name>": rows x cols numbers. Loading: ERR_DAMAGE when the shape differs. */
SLG_CHECKED slg_status slg_store_f64(const slg_store *s, const char *name, size_t rows, size_t cols, double *x,
                                     slg_error *err);
SLG_CHECKED slg_status slg_store_i64(const slg_store *s, const char *name, size_t rows, size_t cols, int64_t *x,
                                     slg_error *err);
/** A text. Loading: *text is new (freed with slg_free), closed by a NUL. */
SLG_CHECKED slg_status slg_store_text(const slg_store *s, const char *name, char **text, slg_error *err);
/** Is the column there? Always true while saving. */
bool slg_store_has(const slg_store *s, const char *name);

#endif
