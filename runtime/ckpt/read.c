/* Reading: the whole file is fetched and its seal checked at opening, so that any damage makes the
 * previous one step in. */
#include "runtime/base/alloc.h"
#include "runtime/ckpt/inside.h"

#include <errno.h>
#include <string.h>

static const char *const restore = "restore a copy of the file or start anew";

static slg_status damaged(slg_error *err, const slg_ckpt *c, const char *name, const char *what)
{
    return slg_ckpt_fail(err, SLG_ERR_DAMAGE, c, name, what, restore);
}

/* A whole number of 32 bits at the root; -1 when there is none. */
static int32_t get_number(hid_t file, const char *name)
{
    int32_t value = -1;
    hid_t attr = H5Aopen(file, name, H5P_DEFAULT);
    if (attr < 0)
        return -1;
    hid_t type = H5Aget_type(attr), space = H5Aget_space(attr);
    bool ok = type >= 0 && space >= 0 && H5Tequal(type, H5T_STD_I32LE) > 0 &&
              H5Sget_simple_extent_npoints(space) == 1 && H5Aread(attr, H5T_NATIVE_INT32, &value) >= 0;
    H5Tclose(type);
    H5Sclose(space);
    H5Aclose(attr);
    return ok ? value : -1;
}

/* True if the text attribute exists and is exactly `want`. */
static bool has_text(hid_t at, const char *name, const char *want)
{
    char text[64] = "";
    size_t n = strlen(want) + 1;
    hid_t attr = H5Aopen(at, name, H5P_DEFAULT);
    if (attr < 0)
        return false;
    hid_t type = H5Aget_type(attr), space = H5Aget_space(attr);
    bool ok = n <= sizeof text && type >= 0 && space >= 0 && H5Tget_class(type) == H5T_STRING &&
              H5Tis_variable_str(type) == 0 && H5Tget_size(type) == n && H5Sget_simple_extent_npoints(space) == 1 &&
              H5Aread(attr, type, text) >= 0 && memcmp(text, want, n) == 0;
    H5Tclose(type);
    H5Sclose(space);
    H5Aclose(attr);
    return ok;
}

static slg_status check_version(const slg_ckpt *c, bool *newer, slg_error *err)
{
    if (!has_text(c->file, "format", SLG_CKPT_FORMAT))
        return damaged(err, c, "attribute format", "expected \"" SLG_CKPT_FORMAT "\"");
    int32_t major = get_number(c->file, "format_major");
    *newer = major > SLG_CKPT_MAJOR;
    if (*newer)
        return slg_fail(err, SLG_ERR_DAMAGE,
                        "%s: checkpoint of format %d, this program reads up to format %d; use the newer program that "
                        "wrote it",
                        c->path, (int)major, (int)SLG_CKPT_MAJOR);
    if (major < 1 || get_number(c->file, "format_minor") < 0)
        return damaged(err, c, "attributes format_major, format_minor", "expected whole numbers");
    if (get_number(c->file, "complete") != 1)
        return damaged(err, c, "attribute complete", "expected 1: the file was never finished");
    return SLG_OK;
}

typedef struct array {
    slg_type kind;
    size_t rows, cols;
    void *x; /* closed by one zero byte */
} array;

/* Type and extents of a dataset; NULL when they are possible, else what is wrong. */
static const char *inspect(const slg_ckpt *c, hid_t set, array *a)
{
    hsize_t dims[2] = {0, 0};
    hid_t type = H5Dget_type(set), space = H5Dget_space(set);
    bool is_matrix =
        space >= 0 && H5Sget_simple_extent_ndims(space) == 2 && H5Sget_simple_extent_dims(space, dims, NULL) == 2;
    a->kind = SLG_F64;
    while (type >= 0 && a->kind < SLG_N_TYPE && H5Tequal(type, slg_type_stored(a->kind)) <= 0)
        a->kind++;
    if (type >= 0)
        H5Tclose(type);
    if (space >= 0)
        H5Sclose(space);
    if (type < 0 || a->kind == SLG_N_TYPE)
        return "expected real numbers, whole numbers (8 bytes) or bytes";
    if (!is_matrix)
        return "expected rows and columns";
    a->rows = (size_t)dims[0];
    a->cols = (size_t)dims[1];
    size_t most = c->size / slg_type_size(a->kind);
    if (dims[0] > SIZE_MAX / 2 || dims[1] > SIZE_MAX / 2 || (dims[1] > 0 && dims[0] > most / dims[1]))
        return "is larger than the file that holds it";
    if (H5Dget_storage_size(set) < dims[0] * dims[1] * slg_type_size(a->kind))
        return "a part is missing";
    return NULL;
}

static slg_status read_open_set(const slg_ckpt *c, hid_t set, const char *name, array *a, slg_error *err)
{
    const char *wrong = inspect(c, set, a);
    if (wrong)
        return damaged(err, c, name, wrong);
    size_t n = a->rows * a->cols;
    a->x = slg_calloc(n * slg_type_size(a->kind) + 1, 1);
    if (!a->x)
        return slg_fail_nomem(err, name);
    if (n > 0 && H5Dread(set, slg_type_memory(a->kind), H5S_ALL, H5S_ALL, H5P_DEFAULT, a->x) < 0)
        wrong = "cannot be read";
    if (!wrong)
        return SLG_OK;
    slg_free(a->x);
    a->x = NULL;
    return damaged(err, c, name, wrong);
}

static slg_status fetch(const slg_ckpt *c, const char *name, array *a, slg_error *err)
{
    *a = (array){.kind = SLG_N_TYPE};
    hid_t set = H5Dopen2(c->file, name, H5P_DEFAULT);
    if (set < 0)
        return damaged(err, c, name, "expected a dataset, found none that can be read");
    slg_status st = read_open_set(c, set, name, a, err);
    H5Dclose(set);
    return st;
}

slg_status slg_ckpt_open_image(slg_ckpt *c, void *image, size_t n, bool *newer, slg_error *err)
{
    char name[32];
    slg_ckpt_memory_name(name);
    c->size = n;
    hid_t access = slg_ckpt_access(image, n);
    if (access >= 0) {
        c->file = H5Fopen(name, H5F_ACC_RDONLY, access);
        H5Pclose(access);
    }
    return c->file >= 0 ? check_version(c, newer, err) : damaged(err, c, "HDF5 file", "cannot be opened");
}

static slg_status check_seal(const slg_ckpt *c, const char *image, size_t n, slg_error *err)
{
    char seal[SLG_CKPT_SEAL];
    if (n < sizeof seal || memcmp(image, SLG_CKPT_FORMAT "\n", sizeof SLG_CKPT_FORMAT) != 0)
        return damaged(err, c, "first line", "expected \"" SLG_CKPT_FORMAT "\", found something else");
    slg_ckpt_seal(image, n, seal);
    return memcmp(image, seal, sizeof seal) == 0
               ? SLG_OK
               : damaged(err, c, "seal", "content and digest differ, the file is damaged");
}

slg_status slg_ckpt_load(const char *file, slg_ckpt **out, bool *newer, slg_error *err)
{
    char *image = NULL;
    size_t n = 0;
    *newer = false;
    slg_status st = slg_ckpt_new(file, out, err);
    if (st != SLG_OK)
        return st;
    slg_hushed before = slg_ckpt_hush(*out);
    st = slg_file_read(file, &image, &n, err);
    if (st == SLG_OK)
        st = check_seal(*out, image, n, err);
    if (st == SLG_OK)
        st = slg_ckpt_open_image(*out, image, n, newer, err);
    slg_free(image);
    slg_ckpt_speak(before);
    if (st != SLG_OK)
        slg_ckpt_close(out);
    return st;
}

bool slg_ckpt_exists(const char *path)
{
    char previous[SLG_PATH + 8];
    slg_ckpt_previous(path, previous);
    return slg_file_exists(path) || slg_file_exists(previous);
}

slg_status slg_ckpt_open(const char *path, slg_ckpt **out, bool *used_previous, slg_error *err)
{
    char previous[SLG_PATH + 8];
    slg_error first, second;
    bool newer = false;
    *out = NULL;
    *used_previous = false;
    slg_error_clear(&first);
    slg_error_clear(&second);
    slg_ckpt_previous(path, previous);
    if (!slg_ckpt_exists(path))
        return slg_fail(err, SLG_ERR_IO, "%s: expected a checkpoint, found none; check the path", path);
    slg_status st = slg_ckpt_load(path, out, &newer, &first);
    if (st == SLG_OK)
        return st;
    const bool unread = st == SLG_ERR_IO && slg_file_exists(path); /* it may be sound */
    if (newer || unread || st == SLG_ERR_NOMEM || !slg_file_exists(previous))
        return slg_fail(err, st, "%s", first.text);
    if (slg_ckpt_load(previous, out, &newer, &second) == SLG_OK) {
        *used_previous = true;
        return SLG_OK;
    }
    if (second.status != SLG_ERR_DAMAGE)
        return slg_fail(err, second.status, "%s", second.text);
    slg_fail(err, SLG_ERR_DAMAGE, "%s", first.text);
    return slg_fail_also(err, SLG_ERR_DAMAGE, "%s", second.text);
}

static slg_status get(slg_ckpt *c, slg_type kind, const char *name, array *a, slg_error *err)
{
    static const char *const wanted[SLG_N_TYPE] = {"expected real numbers", "expected whole numbers of 8 bytes",
                                                   "expected bytes"};
    SLG_ASSERT(!c->writing);
    slg_hushed before = slg_ckpt_hush(c);
    slg_status st = fetch(c, name, a, err);
    if (st == SLG_OK && (a->kind != kind || (kind == SLG_BYTES && a->cols != 1))) {
        slg_free(a->x);
        a->x = NULL;
        st = damaged(err, c, name, wanted[kind]);
    }
    slg_ckpt_speak(before);
    return st;
}

slg_status slg_ckpt_get_f64(slg_ckpt *c, const char *name, size_t *rows, size_t *cols, double **x, slg_error *err)
{
    array a;
    slg_status st = get(c, SLG_F64, name, &a, err);
    *rows = a.rows;
    *cols = a.cols;
    *x = a.x;
    return st;
}

slg_status slg_ckpt_get_i64(slg_ckpt *c, const char *name, size_t *rows, size_t *cols, int64_t **x, slg_error *err)
{
    array a;
    slg_status st = get(c, SLG_I64, name, &a, err);
    *rows = a.rows;
    *cols = a.cols;
    *x = a.x;
    return st;
}

slg_status slg_ckpt_get_bytes(slg_ckpt *c, const char *name, char **x, size_t *n, slg_error *err)
{
    array a;
    slg_status st = get(c, SLG_BYTES, name, &a, err);
    *n = a.rows;
    *x = a.x;
    return st;
}

bool slg_ckpt_has(slg_ckpt *c, const char *name)
{
    char part[256];
    bool found = name[0] == '/' && strlen(name) < sizeof part;
    slg_hushed before = slg_ckpt_hush(c);
    for (const char *p = name; p && found;) {
        p = strchr(p + 1, '/');
        size_t n = p ? (size_t)(p - name) : strlen(name);
        snprintf(part, sizeof part, "%.*s", (int)n, name);
        found = H5Lexists(c->file, part, H5P_DEFAULT) > 0;
    }
    slg_ckpt_speak(before);
    return found;
}
