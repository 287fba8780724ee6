#include "runtime/base/file.h"
#include "runtime/base/alloc.h"
#include "runtime/base/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static slg_status fail(slg_error *err, const char *path, const char *what)
{
    return slg_fail(err, SLG_ERR_IO, "%s: %s: %s", path, what, strerror(errno));
}

static slg_status read_stream(FILE *in, const char *path, char **text, size_t *n, slg_error *err)
{
    size_t room = 1 << 16, used = 0;
    char *buf = slg_calloc(room, 1);
    while (buf) {
        used += fread(buf + used, 1, room - used - 1, in);
        if (used + 1 < room)
            break;
        char *more = slg_realloc(buf, room *= 2, 1);
        if (!more)
            slg_free(buf);
        buf = more;
    }
    if (!buf)
        return slg_fail_nomem(err, path);
    if (ferror(in)) {
        slg_free(buf);
        return fail(err, path, "cannot be read");
    }
    buf[used] = '\0';
    *text = buf;
    *n = used;
    return SLG_OK;
}

slg_status slg_file_read(const char *path, char **text, size_t *n, slg_error *err)
{
    FILE *in = fopen(path, "rbe");
    if (!in)
        return fail(err, path, "cannot be opened");
    slg_status st = read_stream(in, path, text, n, err);
    fclose(in);
    return st;
}

slg_status slg_text_read(const char *path, char **text, size_t *n, slg_error *err)
{
    slg_status st = slg_file_read(path, text, n, err);
    const size_t length = st == SLG_OK ? strlen(*text) : 0;
    if (st != SLG_OK || length == *n)
        return st;
    slg_free(*text);
    *text = NULL;
    return slg_fail(err, SLG_ERR_DATA, "%s: byte %zu: expected text, found a zero byte; is the file damaged?", path,
                    length + 1);
}

slg_status slg_new_file_open(slg_new_file *f, const char *path, slg_error *err)
{
    f->stream = NULL;
    if ((size_t)snprintf(f->path, sizeof f->path, "%s", path) >= sizeof f->path)
        return slg_fail(err, SLG_ERR_IO, "%.60s...: path is too long", path);
    slg_remove_stale(path);
    slg_temporary_name(path, f->tmp);
    f->stream = slg_temporary_open(f->tmp);
    return f->stream ? SLG_OK : fail(err, path, "cannot be created");
}

/* Where there is nothing to replace: standard output, a device, a pipe. */
static slg_status open_in_place(slg_new_file *f, const char *path, bool standard, slg_error *err)
{
    f->tmp[0] = '\0';
    snprintf(f->path, sizeof f->path, "%s", standard ? "standard output" : path);
    const int fd = standard ? dup(STDOUT_FILENO) : open(path, O_WRONLY | O_CLOEXEC);
    f->stream = fd < 0 ? NULL : fdopen(fd, "wb");
    return f->stream ? SLG_OK : fail(err, f->path, "cannot be opened for writing");
}

slg_status slg_output_open(slg_new_file *f, const char *path, slg_error *err)
{
    struct stat info;
    char real[SLG_PATH];
    f->stream = NULL;
    if (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0)
        return open_in_place(f, path, true, err);
    if (lstat(path, &info) != 0)
        return slg_new_file_open(f, path, err);
    if (S_ISLNK(info.st_mode) && (!realpath(path, real) || stat(real, &info) != 0))
        return fail(err, path, "is a link that leads nowhere");
    if (S_ISDIR(info.st_mode))
        return slg_fail(err, SLG_ERR_IO, "%s: expected a file or a free name, found a folder", path);
    if (!S_ISREG(info.st_mode))
        return open_in_place(f, path, false, err);
    lstat(path, &info);
    return slg_new_file_open(f, S_ISLNK(info.st_mode) ? real : path, err);
}

void slg_new_file_abort(slg_new_file *f)
{
    if (!f->stream)
        return;
    fclose(f->stream);
    f->stream = NULL;
    if (f->tmp[0])
        unlink(f->tmp);
}

slg_status slg_new_file_commit(slg_new_file *f, slg_error *err)
{
    const bool in_place = f->tmp[0] == '\0';
    if (fflush(f->stream) != 0 || ferror(f->stream) || (!in_place && fsync(fileno(f->stream)) != 0)) {
        slg_status st = fail(err, f->path, "cannot be written (is the disk full?)");
        slg_new_file_abort(f);
        return st;
    }
    const int rc = fclose(f->stream);
    f->stream = NULL;
    slg_status st = rc != 0 ? fail(err, f->path, "cannot be written") : SLG_OK;
    if (st == SLG_OK && !in_place)
        st = slg_file_replace(f->tmp, f->path, err);
    if (st != SLG_OK && !in_place)
        unlink(f->tmp);
    return st;
}

static slg_status sync_folder_of(const char *path, slg_error *err)
{
    char copy[SLG_PATH + 32];
    snprintf(copy, sizeof copy, "%s", path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail(err, path, "its folder cannot be opened");
    int rc = fsync(fd);
    close(fd);
    /* Some network file systems cannot sync a folder; the rename itself is done. */
    return rc != 0 && errno != EINVAL ? fail(err, path, "its folder cannot be synced") : SLG_OK;
}

slg_status slg_file_replace(const char *from, const char *to, slg_error *err)
{
    if (rename(from, to) != 0)
        return fail(err, to, "cannot be replaced");
    return sync_folder_of(to, err);
}

slg_status slg_make_folder(const char *path, slg_error *err)
{
    char part[SLG_PATH];
    if ((size_t)snprintf(part, sizeof part, "%s", path) >= sizeof part)
        return slg_fail(err, SLG_ERR_IO, "%.60s...: path is too long", path);
    for (char *p = part + 1;; p++) {
        char c = *p;
        if (c != '/' && c != '\0')
            continue;
        *p = '\0';
        struct stat info;
        if (mkdir(part, 0777) != 0 && (errno != EEXIST || stat(part, &info) != 0 || !S_ISDIR(info.st_mode)))
            return slg_fail(err, SLG_ERR_IO, "%s: expected a folder or a free name, found neither: %s", part,
                            strerror(errno));
        if (c == '\0')
            return SLG_OK;
        *p = '/';
    }
}

slg_status slg_temporary_folder(char *out, slg_error *err)
{
    const char *parent = getenv("TMPDIR");
    slg_status st = slg_path_join(out, parent && *parent ? parent : "/tmp", "starling-XXXXXX", err);
    if (st == SLG_OK && !mkdtemp(out))
        st = fail(err, out, "cannot be made; set TMPDIR to a writable folder");
    return st;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *where)
{
    (void)info, (void)type, (void)where;
    return remove(path);
}

void slg_remove_folder(const char *path)
{
    (void)nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

bool slg_file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

slg_status slg_path_join(char *out, const char *dir, const char *name, slg_error *err)
{
    bool alone = name[0] == '/' || !dir || dir[0] == '\0';
    int n = alone ? snprintf(out, SLG_PATH, "%s", name) : snprintf(out, SLG_PATH, "%s/%s", dir, name);
    return n < SLG_PATH ? SLG_OK : slg_fail(err, SLG_ERR_IO, "%.60s...: path is too long", name);
}
