/* Errors of HDF5 and files in memory. */
#include "runtime/ckpt/inside.h"
#include "runtime/base/alloc.h"
#include "runtime/base/hash.h"

#include <stdatomic.h>
#include <string.h>

static herr_t note_innermost(unsigned n, const H5E_error2_t *e, void *data)
{
    slg_cause *why = data;
    why->no_memory = why->no_memory || e->maj_num == H5E_RESOURCE;
    if (n == 0 && e->desc)
        snprintf(why->text, sizeof why->text, " (%s)", e->desc);
    return 0;
}

static herr_t note(hid_t stack, void *data)
{
    slg_cause *why = data;
    return why->text[0] ? 0 : H5Ewalk2(stack, H5E_WALK_UPWARD, note_innermost, why);
}

slg_hushed slg_ckpt_hush(slg_ckpt *c)
{
    slg_hushed before = {NULL, NULL};
    c->why = (slg_cause){false, ""};
    H5Eget_auto2(H5E_DEFAULT, &before.print, &before.data);
    H5Eset_auto2(H5E_DEFAULT, note, &c->why);
    return before;
}

void slg_ckpt_speak(slg_hushed before)
{
    H5Eset_auto2(H5E_DEFAULT, before.print, before.data);
}

slg_status slg_ckpt_fail(slg_error *err, slg_status st, const slg_ckpt *c, const char *name, const char *what,
                         const char *advice)
{
    if (c->why.no_memory)
        return slg_fail_nomem(err, c->path);
    return slg_fail(err, st, "%s: %s: %s%s; %s", c->path, name, what, c->why.text, advice);
}

slg_status slg_ckpt_new(const char *path, slg_ckpt **out, slg_error *err)
{
    *out = NULL;
    if (strlen(path) + 32 > SLG_PATH)
        return slg_fail(err, SLG_ERR_IO, "%.60s...: path is too long; use a shorter folder", path);
    slg_ckpt *c = slg_calloc(1, sizeof *c);
    if (!c)
        return slg_fail_nomem(err, "checkpoint");
    c->file = H5I_INVALID_HID;
    memcpy(c->path, path, strlen(path));
    *out = c;
    return SLG_OK;
}

hid_t slg_ckpt_access(void *image, size_t n)
{
    const size_t step = 1 << 20;
    hid_t list = H5Pcreate(H5P_FILE_ACCESS);
    bool ok = list >= 0 && H5Pset_libver_bounds(list, H5F_LIBVER_V110, H5F_LIBVER_V110) >= 0 &&
              H5Pset_fapl_core(list, step, false) >= 0 && (!image || H5Pset_file_image(list, image, n) >= 0);
    if (ok)
        return list;
    if (list >= 0)
        H5Pclose(list);
    return H5I_INVALID_HID;
}

void slg_ckpt_memory_name(char out[32])
{
    static atomic_ulong n_made;
    snprintf(out, 32, "checkpoint-%lu", atomic_fetch_add(&n_made, 1));
}

void slg_ckpt_seal(const void *image, size_t n, char seal[SLG_CKPT_SEAL])
{
    SLG_ASSERT(n >= SLG_CKPT_SEAL);
    slg_digest d = slg_digest_bytes((const char *)image + SLG_CKPT_SEAL, n - SLG_CKPT_SEAL);
    memset(seal, 0, SLG_CKPT_SEAL);
    snprintf(seal, SLG_CKPT_SEAL, SLG_CKPT_FORMAT "\nxxh3-128 %s\n", d.hex);
}

void slg_ckpt_previous(const char *path, char *out)
{
    snprintf(out, SLG_PATH + 8, "%.*s.prev", SLG_PATH, path);
}

void slg_ckpt_version(char *out, size_t size)
{
    unsigned major = 0, minor = 0, release = 0;
    H5get_libversion(&major, &minor, &release);
    snprintf(out, size, "HDF5 %u.%u.%u", major, minor, release);
}
