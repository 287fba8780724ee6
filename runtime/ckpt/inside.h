/* Shared by the writing and the reading half of the checkpoint. */
#ifndef SLG_CKPT_INSIDE_H
#define SLG_CKPT_INSIDE_H

#include "runtime/base/file.h"
#include "runtime/ckpt/ckpt.h"

#include <hdf5.h>

#define SLG_CKPT_FORMAT "starling-checkpoint"

/** First failure of an HDF5 call, in HDF5's words. */
typedef struct slg_cause {
    bool no_memory;
    char text[160];
} slg_cause;

/** A file in memory: HDF5 never touches the disk, so it meets no full disk, no lock and no file
 * changing under it. */
struct slg_ckpt {
    hid_t file;
    bool writing, bad; /* bad: something could not be put */
    size_t size;       /* bytes of a file being read */
    slg_cause why;
    void *image; /* bytes of a written file, once it is closed */
    char path[SLG_PATH];
};

/** What a dataset may hold. */
typedef enum slg_type { SLG_F64, SLG_I64, SLG_BYTES, SLG_N_TYPE } slg_type;
static inline hid_t slg_type_stored(slg_type k)
{
    return k == SLG_F64 ? H5T_IEEE_F64LE : k == SLG_I64 ? H5T_STD_I64LE : H5T_STD_U8LE;
}
static inline hid_t slg_type_memory(slg_type k)
{
    return k == SLG_F64 ? H5T_NATIVE_DOUBLE : k == SLG_I64 ? H5T_NATIVE_INT64 : H5T_NATIVE_UINT8;
}
static inline size_t slg_type_size(slg_type k)
{
    return k == SLG_BYTES ? 1 : 8;
}

/** hush keeps HDF5's errors in c->why instead of printing them; speak brings back what was set before. */
typedef struct slg_hushed {
    H5E_auto2_t print;
    void *data;
} slg_hushed;
slg_hushed slg_ckpt_hush(slg_ckpt *c);
void slg_ckpt_speak(slg_hushed before);

/** ERR_NOMEM if HDF5 ran out of memory, else `st` with "path: name: what (HDF5's words); advice". */
slg_status slg_ckpt_fail(slg_error *err, slg_status st, const slg_ckpt *c, const char *name, const char *what,
                         const char *advice);

/** An empty checkpoint object for `path`. */
SLG_CHECKED slg_status slg_ckpt_new(const char *path, slg_ckpt **out, slg_error *err);
/** Access list of a file in memory, new format, holding a copy of the n bytes of `image` (NULL:
 * empty). Negative: failed. */
hid_t slg_ckpt_access(void *image, size_t n);
/** HDF5 tells its open files apart by name: one that was never used. */
void slg_ckpt_memory_name(char out[32]);

/**
 * The seal: the first 512 bytes (HDF5's user block) name the format and the digest of all bytes
 * after them. It is checked before HDF5 sees a byte, because HDF5 can crash on damage that its own
 * checksums should find (1.10.8: a group of more than 8 links frees uninitialised memory) and takes
 * some for sound (fletcher32: ffff for 0000).
 */
enum { SLG_CKPT_SEAL = 512 };
void slg_ckpt_seal(const void *image, size_t n, char seal[SLG_CKPT_SEAL]);

/** Opens n bytes as a file in memory and checks its format; *newer when it is sound but of a newer format. */
SLG_CHECKED slg_status slg_ckpt_open_image(slg_ckpt *c, void *image, size_t n, bool *newer, slg_error *err);
/** Reads a whole file, checks its seal, opens it. ERR_DAMAGE; ERR_IO when it cannot be read. */
SLG_CHECKED slg_status slg_ckpt_load(const char *file, slg_ckpt **out, bool *newer, slg_error *err);

/** "<path>.prev" into out[SLG_PATH + 8]. */
void slg_ckpt_previous(const char *path, char *out);

#endif
