#include "runtime/ckpt/store.h"

#include "runtime/base/alloc.h"
#include <stdio.h>
#include <string.h>

enum { NAME = 160 };

static const char *full_name(const slg_store *s, const char *name, char out[NAME])
{
    snprintf(out, NAME, "%s/%s", s->group, name);
    return out;
}

/* What a fetch gave, numbers of 8 bytes, into the caller's array; frees it. */
static slg_status take(slg_status st, const char *name, size_t rows, size_t cols, size_t found_rows, size_t found_cols,
                       void *x, void *found, slg_error *err)
{
    if (st == SLG_OK && (found_rows != rows || found_cols != cols))
        st = slg_fail(err, SLG_ERR_DAMAGE,
                      "%s: expected %zu x %zu numbers in the checkpoint, found %zu x %zu; remove the study directory "
                      "to start anew",
                      name, rows, cols, found_rows, found_cols);
    if (st == SLG_OK && rows * cols > 0)
        memcpy(x, found, rows * cols * 8);
    slg_free(found);
    return st;
}

slg_status slg_store_f64(const slg_store *s, const char *name, size_t rows, size_t cols, double *x, slg_error *err)
{
    char full[NAME];
    size_t r = 0, k = 0;
    double *found = NULL;
    full_name(s, name, full);
    if (!s->loading)
        return slg_ckpt_put_f64(s->c, full, rows, cols, x, err);
    slg_status st = slg_ckpt_get_f64(s->c, full, &r, &k, &found, err);
    return take(st, full, rows, cols, r, k, x, found, err);
}

slg_status slg_store_i64(const slg_store *s, const char *name, size_t rows, size_t cols, int64_t *x, slg_error *err)
{
    char full[NAME];
    size_t r = 0, k = 0;
    int64_t *found = NULL;
    full_name(s, name, full);
    if (!s->loading)
        return slg_ckpt_put_i64(s->c, full, rows, cols, x, err);
    slg_status st = slg_ckpt_get_i64(s->c, full, &r, &k, &found, err);
    return take(st, full, rows, cols, r, k, x, found, err);
}

slg_status slg_store_text(const slg_store *s, const char *name, char **text, slg_error *err)
{
    char full[NAME];
    size_t n;
    full_name(s, name, full);
    return s->loading ? slg_ckpt_get_bytes(s->c, full, text, &n, err)
                      : slg_ckpt_put_bytes(s->c, full, *text, strlen(*text), err);
}

bool slg_store_has(const slg_store *s, const char *name)
{
    char full[NAME];
    return !s->loading || slg_ckpt_has(s->c, full_name(s, name, full));
}
