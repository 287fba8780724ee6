/* A whole file, plain or gzip, into memory. */
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"
#include "src/data/dataset.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

/*
 * Limits (README, section "A study"): text in memory; and what a compressed file may unpack to, since a small one can
 * stand for any amount. Structures unpack to 3 to 10 times their size.
 */
static const size_t most_text = ((size_t)4 << 30) - 1, most_ratio = 200, small_text = (size_t)64 << 20;

/* Data are read twice: once for what they say, once for their digest. */
static slg_status check_file(const char *path, slg_error *err)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return slg_fail(err, SLG_ERR_IO, "%s: cannot be opened: %s", path, strerror(errno));
    if (!S_ISREG(info.st_mode))
        return slg_fail(err, SLG_ERR_DATA, "%s: expected a file, found a %s", path,
                        S_ISDIR(info.st_mode)    ? "folder"
                        : S_ISFIFO(info.st_mode) ? "pipe; write its data to a file first"
                                                 : "device");
    if ((size_t)info.st_size > most_text)
        return slg_fail(err, SLG_ERR_DATA, "%s: holds more than 4 GiB; use a smaller set", path);
    return SLG_OK;
}

/* --- gzip ----------------------------------------------------------------------------------------------------- */

typedef struct packed {
    const char *path;
    size_t n;
    z_stream z;
    char *text;
    size_t used, room;
} packed;

static size_t position(const packed *p)
{
    return p->n - p->z.avail_in;
}

static slg_status more_room(packed *p, slg_error *err)
{
    if (p->used > most_text)
        return slg_fail(err, SLG_ERR_DATA, "%s: unpacks to more than 4 GiB; use a smaller set", p->path);
    if (p->used > small_text && p->used / most_ratio > position(p))
        return slg_fail(err, SLG_ERR_DATA,
                        "%s: unpacks to more than %zu times its size, which structures do not; unpack it yourself if "
                        "it is sound",
                        p->path, most_ratio);
    if (p->room - p->used > 1)
        return SLG_OK;
    const size_t room = 2 * p->room + 8 * p->n + 4096;
    char *more = slg_realloc(p->text, room, 1);
    if (!more)
        return slg_fail_nomem(err, p->path);
    p->text = more;
    p->room = room;
    return SLG_OK;
}

/* A file may have several members. Zeros fill up blocks of tapes; anything else at the end is damage. */
static slg_status next_member(packed *p, bool *more, slg_error *err)
{
    size_t zeros = 0;
    while (zeros < p->z.avail_in && p->z.next_in[zeros] == 0)
        zeros++;
    *more = zeros < p->z.avail_in;
    if (*more && (p->z.avail_in < 2 || p->z.next_in[0] != 0x1f || p->z.next_in[1] != 0x8b))
        return slg_fail(err, SLG_ERR_DATA,
                        "%s: byte %zu: expected the end or another gzip member, found other bytes; is the "
                        "file damaged?",
                        p->path, position(p));
    return *more && inflateReset(&p->z) != Z_OK ? slg_fail_nomem(err, p->path) : SLG_OK;
}

static slg_status inflate_some(packed *p, bool *more, slg_error *err)
{
    slg_status st = more_room(p, err);
    if (st != SLG_OK)
        return st;
    const size_t room = p->room - p->used - 1;
    const uInt piece = (uInt)(room < 1u << 24 ? room : 1u << 24);
    p->z.next_out = (unsigned char *)p->text + p->used;
    p->z.avail_out = piece;
    const int code = inflate(&p->z, Z_NO_FLUSH);
    p->used += piece - p->z.avail_out;
    if (code == Z_MEM_ERROR)
        return slg_fail_nomem(err, p->path);
    if (code == Z_STREAM_END)
        return next_member(p, more, err);
    if (code == Z_BUF_ERROR)
        return slg_fail(err, SLG_ERR_DATA, "%s: byte %zu: the compressed data end too early; is the file complete?",
                        p->path, p->n);
    return code == Z_OK ? SLG_OK
                        : slg_fail(err, SLG_ERR_DATA, "%s: byte %zu: the compressed data are damaged: %s", p->path,
                                   position(p), p->z.msg ? p->z.msg : "not gzip");
}

static slg_status unpack(const char *path, const char *bytes, size_t n, char **text, size_t *n_text, slg_error *err)
{
    packed p = {.path = path, .n = n};
    bool more = true;
    p.z.next_in = (unsigned char *)(uintptr_t)bytes;
    p.z.avail_in = (uInt)n;
    if (inflateInit2(&p.z, MAX_WBITS + 16) != Z_OK) /* + 16: gzip */
        return slg_fail_nomem(err, path);
    slg_status st = SLG_OK;
    while (st == SLG_OK && more)
        st = inflate_some(&p, &more, err);
    inflateEnd(&p.z);
    *text = p.text;
    *n_text = p.used;
    return st;
}

/* --- other formats -------------------------------------------------------------------------------------------- */

/* Files that people have instead, by their names or first bytes; all of them are known to ase. */
static const char *foreign_format(const char *path, const char *text, size_t n)
{
    static const struct {
        const char *ending, *begin, *name;
    } known[] = {{"OUTCAR", NULL, "an OUTCAR of VASP"},
                 {"vasprun.xml", NULL, "a vasprun.xml of VASP"},
                 {".db", "SQLite format 3", "a database of ase"},
                 {".traj", "- of UlmASE", "a trajectory of ase"},
                 {".json", "{", "JSON"},
                 {".xml", "<?xml", "XML"},
                 {".cif", "data_", "a CIF"}};
    const size_t length = strlen(path);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const size_t e = strlen(known[i].ending), b = known[i].begin ? strlen(known[i].begin) : 0;
        const bool named = length >= e && strcmp(path + length - e, known[i].ending) == 0;
        const bool begins = b > 0 && n >= b && memcmp(text, known[i].begin, b) == 0;
        if (begins || (named && !known[i].begin))
            return known[i].name;
    }
    return NULL;
}

static slg_status check_format(const char *path, const char *text, size_t n, slg_error *err)
{
    const char *found = foreign_format(path, text, n);
    return found ? slg_fail(err, SLG_ERR_DATA,
                            "%s: expected extended XYZ, found %s; convert it: ase convert -o extxyz '%s' data.xyz",
                            path, found, path)
                 : SLG_OK;
}

/* --- either --------------------------------------------------------------------------------------------------- */

slg_status slg_dataset_read(const char *path, const slg_xyz_keys *keys, slg_dataset **out, slg_error *err)
{
    char *text = NULL, *unpacked = NULL;
    size_t n = 0;
    *out = NULL;
    slg_status st = check_file(path, err);
    if (st == SLG_OK)
        st = slg_file_read(path, &text, &n, err);
    if (st == SLG_OK && n > 1 && text[0] == '\x1f' && text[1] == '\x8b') {
        st = unpack(path, text, n, &unpacked, &n, err);
        slg_free(text);
        text = unpacked;
    }
    if (st == SLG_OK)
        st = check_format(path, text, n, err);
    if (st == SLG_OK)
        st = slg_dataset_parse(path, text, n, keys, out, err);
    slg_free(text);
    return st;
}
