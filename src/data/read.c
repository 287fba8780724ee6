/* A whole file, plain or gzip, into memory. */
#include "runtime/base/alloc.h"
#include "src/data/dataset.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>

enum { PIECE = 1 << 18 };
static const size_t most = (size_t)4 << 30; /* a small gzip file may unpack to anything */

static slg_status broken(gzFile in, const char *path, slg_error *err)
{
    int code = 0;
    const char *why = gzerror(in, &code);
    if (code == Z_OK)
        return SLG_OK;
    return slg_fail(err, SLG_ERR_IO, "%s: cannot be read: %s; is the file complete?", path,
                    code == Z_ERRNO ? strerror(errno) : why);
}

static slg_status unpack(gzFile in, const char *path, char **text, size_t *n, slg_error *err)
{
    size_t room = 0;
    for (int got = 1; got > 0; *n += got > 0 ? (size_t)got : 0) {
        if (room - *n < PIECE) {
            char *more = slg_realloc(*text, room = 2 * room + PIECE, 1);
            if (!more)
                return slg_fail_nomem(err, path);
            *text = more;
        }
        if (*n > most)
            return slg_fail(err, SLG_ERR_DATA, "%s: holds more than 4 GiB of text; use a smaller set", path);
        got = gzread(in, *text + *n, PIECE);
    }
    return broken(in, path, err);
}

slg_status slg_dataset_read(const char *path, const slg_xyz_keys *keys, slg_dataset **out, slg_error *err)
{
    char *text = NULL;
    size_t n = 0;
    *out = NULL;
    errno = 0;
    gzFile in = gzopen(path, "rbe");
    if (!in)
        return errno == ENOMEM || errno == 0
                   ? slg_fail_nomem(err, path)
                   : slg_fail(err, SLG_ERR_IO, "%s: cannot be opened: %s", path, strerror(errno));
    slg_status st = gzbuffer(in, PIECE) == 0 ? unpack(in, path, &text, &n, err) : slg_fail_nomem(err, path);
    gzclose(in);
    if (st == SLG_OK)
        st = slg_dataset_parse(path, text, n, keys, out, err);
    slg_free(text);
    return st;
}
