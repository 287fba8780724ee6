/* Writing: fill a file in memory, put it on the disk beside the old one, exchange the names. */
#include "runtime/base/alloc.h"
#include "runtime/base/temporary.h"
#include "runtime/ckpt/inside.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static slg_status remove_stale(const char *path, slg_error *err)
{
    char copy[SLG_PATH], previous[SLG_PATH + 8];
    snprintf(copy, sizeof copy, "%s", path);
    const char *folder = dirname(copy);
    if (access(folder, X_OK) != 0)
        return slg_fail(err, SLG_ERR_IO, "%s: the folder of the checkpoint cannot be opened: %s; create it", folder,
                        strerror(errno));
    slg_ckpt_previous(path, previous);
    slg_remove_stale(previous); /* that of path goes with the new file */
    return SLG_OK;
}

static bool put_number(hid_t file, const char *name, int32_t value)
{
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t attr = H5Acreate2(file, name, H5T_STD_I32LE, space, H5P_DEFAULT, H5P_DEFAULT);
    bool ok = attr >= 0 && H5Awrite(attr, H5T_NATIVE_INT32, &value) >= 0;
    ok = attr >= 0 && H5Aclose(attr) >= 0 && ok;
    H5Sclose(space);
    return ok;
}

static bool put_text(hid_t at, const char *name, const char *text)
{
    hid_t space = H5Screate(H5S_SCALAR), type = H5Tcopy(H5T_C_S1);
    bool ok = H5Tset_size(type, strlen(text) + 1) >= 0;
    hid_t attr = H5Acreate2(at, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    ok = attr >= 0 && H5Awrite(attr, type, text) >= 0 && ok;
    ok = attr >= 0 && H5Aclose(attr) >= 0 && ok;
    H5Tclose(type);
    H5Sclose(space);
    return ok;
}

/*
 * Memory of the file being written. HDF5 hands it over at H5Fclose; H5Fget_file_image will not do,
 * it clears the mark "open for writing" but leaves the checksum of the superblock as it was
 * (1.10.8).
 */
static void *image_malloc(size_t n, H5FD_file_image_op_t op, void *owner)
{
    (void)op;
    (void)owner;
    return malloc(n);
}

static void *image_copy(void *to, const void *from, size_t n, H5FD_file_image_op_t op, void *owner)
{
    (void)op;
    (void)owner;
    return memcpy(to, from, n);
}

static void *image_realloc(void *p, size_t n, H5FD_file_image_op_t op, void *owner)
{
    (void)op;
    slg_ckpt *c = owner;
    void *q = realloc(p, n);
    if (q)
        c->size = n;
    return q;
}

static herr_t image_free(void *p, H5FD_file_image_op_t op, void *owner)
{
    slg_ckpt *c = owner;
    if (op == H5FD_FILE_IMAGE_OP_FILE_CLOSE)
        c->image = p;
    else
        free(p);
    return 0;
}

static void *same_owner(void *owner)
{
    return owner;
}

static herr_t keep_owner(void *owner)
{
    (void)owner;
    return 0;
}

static hid_t memory_of(slg_ckpt *c)
{
    H5FD_file_image_callbacks_t calls = {image_malloc, image_copy, image_realloc, image_free, same_owner,
                                         keep_owner,   c};
    hid_t list = slg_ckpt_access(NULL, 0);
    if (list >= 0 && H5Pset_file_image_callbacks(list, &calls) < 0) {
        H5Pclose(list);
        list = H5I_INVALID_HID;
    }
    return list;
}

static bool start_file(slg_ckpt *c)
{
    char name[32];
    slg_ckpt_memory_name(name);
    hid_t access = memory_of(c), how = H5Pcreate(H5P_FILE_CREATE);
    if (access >= 0 && how >= 0 && H5Pset_obj_track_times(how, false) >= 0 && H5Pset_userblock(how, SLG_CKPT_SEAL) >= 0)
        c->file = H5Fcreate(name, H5F_ACC_TRUNC, how, access);
    if (access >= 0)
        H5Pclose(access);
    if (how >= 0)
        H5Pclose(how);
    return c->file >= 0 && put_text(c->file, "format", SLG_CKPT_FORMAT) &&
           put_number(c->file, "format_major", SLG_CKPT_MAJOR) && put_number(c->file, "format_minor", SLG_CKPT_MINOR) &&
           put_text(c->file, "program_version", SLG_VERSION);
}

static const char *const no_room = "free some memory and save again";

slg_status slg_ckpt_create(const char *path, slg_ckpt **out, slg_error *err)
{
    slg_status st = slg_ckpt_new(path, out, err);
    if (st != SLG_OK)
        return st;
    slg_ckpt *c = *out;
    c->writing = true;
    slg_hushed before = slg_ckpt_hush(c);
    st = remove_stale(path, err);
    if (st == SLG_OK && !start_file(c))
        st = slg_ckpt_fail(err, SLG_ERR_IO, c, "new checkpoint", "cannot be started", no_room);
    slg_ckpt_speak(before);
    if (st != SLG_OK)
        slg_ckpt_close(out);
    return st;
}

/* Chunks of at most 2^17 elements: every one carries its own checksum. */
static hid_t layout_list(const hsize_t dims[2])
{
    const hsize_t most = 1 << 17;
    hsize_t chunk[2];
    chunk[1] = dims[1] < most ? dims[1] : most;
    chunk[1] += chunk[1] == 0;
    chunk[0] = dims[0] < most / chunk[1] ? dims[0] : most / chunk[1];
    chunk[0] += chunk[0] == 0;
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(list, false); /* same content, same bytes */
    H5Pset_chunk(list, 2, chunk);
    H5Pset_fletcher32(list);
    return list;
}

/* Groups above `name`. Not left to H5Pset_create_intermediate_group, which would store the time in them. */
static bool make_groups(hid_t file, const char *name)
{
    char part[256];
    bool ok = strlen(name) < sizeof part && name[0] == '/';
    for (const char *p = ok ? strchr(name + 1, '/') : NULL; p && ok; p = strchr(p + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", (int)(p - name), name);
        if (H5Lexists(file, part, H5P_DEFAULT) > 0)
            continue;
        hid_t how = H5Pcreate(H5P_GROUP_CREATE);
        H5Pset_obj_track_times(how, false);
        hid_t group = H5Gcreate2(file, part, H5P_DEFAULT, how, H5P_DEFAULT);
        ok = group >= 0 && H5Gclose(group) >= 0;
        H5Pclose(how);
    }
    return ok;
}

static bool put_array(hid_t file, const char *name, slg_type kind, const hsize_t dims[2], const void *x)
{
    /* A chunk may not exceed a fixed extent, and no chunk is empty: extents of 0 are declared extensible. */
    hsize_t most[2] = {dims[0] ? dims[0] : H5S_UNLIMITED, dims[1] ? dims[1] : H5S_UNLIMITED};
    hid_t space = H5Screate_simple(2, dims, most), how = layout_list(dims);
    hid_t set = H5Dcreate2(file, name, slg_type_stored(kind), space, H5P_DEFAULT, how, H5P_DEFAULT);
    bool empty = dims[0] == 0 || dims[1] == 0;
    bool ok = set >= 0 && (empty || H5Dwrite(set, slg_type_memory(kind), H5S_ALL, H5S_ALL, H5P_DEFAULT, x) >= 0);
    ok = set >= 0 && H5Dclose(set) >= 0 && ok;
    H5Pclose(how);
    H5Sclose(space);
    return ok;
}

static slg_status put(slg_ckpt *c, slg_type kind, const char *name, size_t rows, size_t cols, const void *x,
                      slg_error *err)
{
    SLG_ASSERT(c->writing);
    slg_status st = SLG_OK;
    slg_hushed before = slg_ckpt_hush(c);
    hsize_t dims[2] = {rows, cols};
    if (!make_groups(c->file, name) || !put_array(c->file, name, kind, dims, x)) {
        c->bad = true;
        st = slg_ckpt_fail(err, SLG_ERR_IO, c, name, "cannot be added to the checkpoint",
                           "use each name once, as /group/name, and free some memory");
    }
    slg_ckpt_speak(before);
    return st;
}

slg_status slg_ckpt_put_f64(slg_ckpt *c, const char *name, size_t rows, size_t cols, const double *x, slg_error *err)
{
    return put(c, SLG_F64, name, rows, cols, x, err);
}

slg_status slg_ckpt_put_i64(slg_ckpt *c, const char *name, size_t rows, size_t cols, const int64_t *x, slg_error *err)
{
    return put(c, SLG_I64, name, rows, cols, x, err);
}

slg_status slg_ckpt_put_bytes(slg_ckpt *c, const char *name, const void *x, size_t n, slg_error *err)
{
    return put(c, SLG_BYTES, name, n, 1, x, err);
}

/*
 * What is about to replace a good checkpoint must be one. *n is lowered to the bytes that belong to
 * the file: HDF5 does not count the user block.
 */
static slg_status prove(const slg_ckpt *c, size_t *n, slg_error *err)
{
    slg_ckpt *copy = NULL;
    bool newer = false;
    slg_status st = slg_ckpt_new(c->path, &copy, err);
    if (st != SLG_OK)
        return st;
    slg_hushed before = slg_ckpt_hush(copy);
    st = slg_ckpt_open_image(copy, c->image, *n, &newer, err);
    ssize_t used = st == SLG_OK ? H5Fget_file_image(copy->file, NULL, 0) : 0;
    if (used > 0 && (size_t)used + SLG_CKPT_SEAL < *n)
        *n = (size_t)used + SLG_CKPT_SEAL;
    slg_ckpt_speak(before);
    slg_ckpt_close(&copy);
    return st;
}

/* Closes and seals the file: its n bytes are in c->image. */
static slg_status finish(slg_ckpt *c, size_t *n, slg_error *err)
{
    if (c->bad || !put_number(c->file, "complete", 1))
        return slg_ckpt_fail(err, SLG_ERR_IO, c, "new checkpoint", "is not complete and was not saved", no_room);
    herr_t rc = H5Fclose(c->file);
    c->file = H5I_INVALID_HID;
    *n = c->size;
    if (rc < 0 || !c->image)
        return slg_ckpt_fail(err, SLG_ERR_IO, c, "new checkpoint", "could not be finished", no_room);
    slg_status st = prove(c, n, err);
    if (st == SLG_OK)
        st = prove(c, n, err); /* without the unused end */
    if (st == SLG_OK)
        slg_ckpt_seal(c->image, *n, c->image);
    return st;
}

/*
 * Gives the old checkpoint its second name. A hard link first, so that no moment is without <path>.
 * A damaged old file never displaces a sound <path>.prev, hence it is verified.
 */
static slg_status keep_previous(const char *path, slg_error *err)
{
    char previous[SLG_PATH + 8], link_name[SLG_TEMPORARY];
    slg_ckpt *old = NULL;
    bool newer = false;
    slg_error why;
    slg_error_clear(&why);
    slg_status st = slg_ckpt_load(path, &old, &newer, &why);
    slg_ckpt_close(&old);
    if (st == SLG_ERR_NOMEM || (st == SLG_ERR_IO && slg_file_exists(path))) /* it may be sound */
        return slg_fail(err, st, "%s", why.text);
    if (st != SLG_OK && !newer)
        return SLG_OK;
    slg_ckpt_previous(path, previous);
    slg_temporary_name(previous, link_name);
    /* File systems without hard links: for a moment only <path>.prev exists, and opening falls back to it. */
    int rc = link(path, link_name) == 0 ? rename(link_name, previous) : rename(path, previous);
    const int code = errno;
    unlink(link_name); /* rename leaves it when both names are the same file already */
    return rc == 0 ? SLG_OK
                   : slg_fail(err, SLG_ERR_IO,
                              "%s: the old checkpoint cannot be kept under this name: %s; "
                              "check the permissions of the folder",
                              previous, strerror(code));
}

static slg_status save(const char *path, const void *image, size_t n, slg_error *err)
{
    slg_new_file f;
    slg_status st = slg_new_file_open(&f, path, err);
    if (st != SLG_OK)
        return st;
    bool ok = fwrite(image, 1, n, f.stream) == n && fflush(f.stream) == 0 && fsync(fileno(f.stream)) == 0;
    if (!ok)
        st = slg_fail(err, SLG_ERR_IO,
                      "%s: the checkpoint cannot be written: %s; make room on the disk (the old "
                      "checkpoint is untouched)",
                      f.path, strerror(errno));
    if (st == SLG_OK)
        st = keep_previous(path, err);
    if (st == SLG_OK)
        return slg_new_file_commit(&f, err);
    slg_new_file_abort(&f);
    return st;
}

slg_status slg_ckpt_commit(slg_ckpt **cp, slg_error *err)
{
    slg_ckpt *c = *cp;
    SLG_ASSERT(c->writing);
    size_t n = 0;
    slg_hushed before = slg_ckpt_hush(c);
    slg_status st = finish(c, &n, err);
    if (st == SLG_OK)
        st = save(c->path, c->image, n, err);
    slg_ckpt_speak(before);
    slg_ckpt_close(cp);
    return st;
}

void slg_ckpt_close(slg_ckpt **cp)
{
    slg_ckpt *c = *cp;
    *cp = NULL;
    if (!c)
        return;
    slg_hushed before = slg_ckpt_hush(c);
    if (c->file >= 0)
        H5Fclose(c->file);
    slg_ckpt_speak(before);
    free(c->image);
    slg_free(c);
}
