#include "runtime/base/file.h"
#include "runtime/base/alloc.h"

#include <dirent.h>
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

slg_status slg_new_file_open(slg_new_file *f, const char *path, slg_error *err)
{
    f->stream = NULL;
    if ((size_t)snprintf(f->path, sizeof f->path, "%s", path) >= sizeof f->path)
        return slg_fail(err, SLG_ERR_IO, "%.60s...: path is too long", path);
    snprintf(f->tmp, sizeof f->tmp, "%s.tmp.%ld", path, (long)getpid());
    f->stream = fopen(f->tmp, "wbe");
    return f->stream ? SLG_OK : fail(err, f->tmp, "cannot be created");
}

void slg_new_file_abort(slg_new_file *f)
{
    if (!f->stream)
        return;
    fclose(f->stream);
    f->stream = NULL;
    unlink(f->tmp);
}

slg_status slg_new_file_commit(slg_new_file *f, slg_error *err)
{
    slg_status st = SLG_OK;
    if (fflush(f->stream) != 0 || ferror(f->stream) || fsync(fileno(f->stream)) != 0) {
        st = fail(err, f->tmp, "cannot be written (is the disk full?)");
        slg_new_file_abort(f);
        return st;
    }
    int rc = fclose(f->stream);
    f->stream = NULL;
    st = rc != 0 ? fail(err, f->tmp, "cannot be written") : slg_file_replace(f->tmp, f->path, err);
    if (st != SLG_OK)
        unlink(f->tmp);
    return st;
}

static bool is_temporary(const char *name)
{
    const char *mark = NULL;
    for (const char *p = name; (p = strstr(p, ".tmp.")) != NULL; p++)
        mark = p + strlen(".tmp.");
    return mark && *mark && mark[strspn(mark, "0123456789")] == '\0';
}

void slg_remove_temporaries(const char *folder)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return;
    for (struct dirent *e; (e = readdir(dir)) != NULL;)
        if (is_temporary(e->d_name))
            unlinkat(dirfd(dir), e->d_name, 0);
    closedir(dir);
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
