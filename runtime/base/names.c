#include "runtime/base/names.h"
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

slg_status slg_names_add(slg_names *list, const char *name, slg_error *err)
{
    char *copy = slg_strndup(name, strlen(name));
    char **more = copy ? slg_realloc(list->name, list->n + 1, sizeof *more) : NULL;
    if (!more) {
        slg_free(copy);
        return slg_fail_nomem(err, name);
    }
    list->name = more;
    list->name[list->n++] = copy;
    return SLG_OK;
}

void slg_names_free(slg_names *list)
{
    for (size_t i = 0; i < list->n; i++)
        slg_free(list->name[i]);
    slg_free(list->name);
    *list = (slg_names){0};
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The folder's own name is no pattern. */
static void escape(const char *folder, char *out)
{
    for (; *folder; *out++ = *folder++)
        if (strchr("*?[\\", *folder))
            *out++ = '\\';
    *out = '\0';
}

static slg_status find(const char *place, const char *folder, const char *pattern, glob_t *found, slg_error *err)
{
    char escaped[2 * SLG_PATH], path[2 * SLG_PATH];
    escape(pattern[0] == '/' ? "" : folder, escaped);
    const int n = snprintf(path, sizeof path, "%s%s%s", escaped, escaped[0] ? "/" : "", pattern);
    errno = 0;
    const int code = n < (int)sizeof path ? glob(path, GLOB_NOSORT | GLOB_ERR, NULL, found) : GLOB_NOMATCH;
    if (code == GLOB_NOSPACE)
        return slg_fail_nomem(err, pattern);
    if (code == GLOB_ABORTED && errno != ENOENT && errno != ENOTDIR)
        return slg_fail(err, SLG_ERR_IO, "%s: %s: a folder cannot be read: %s", place, path, strerror(errno));
    if (code != 0)
        return slg_fail(err, SLG_ERR_DATA, "%s: expected files named like %s, found none; correct the pattern", place,
                        path);
    qsort(found->gl_pathv, found->gl_pathc, sizeof *found->gl_pathv, by_bytes);
    return SLG_OK;
}

slg_status slg_names_match(slg_names *list, const char *place, const char *folder, const char *pattern, slg_error *err)
{
    char path[SLG_PATH];
    glob_t found = {0};
    slg_status st = slg_path_join(path, folder, pattern, err);
    if (st != SLG_OK)
        return st;
    if (!strpbrk(pattern, "*?[") || slg_file_exists(path))
        return slg_names_add(list, path, err);
    st = find(place, folder, pattern, &found, err);
    for (size_t i = 0; st == SLG_OK && i < found.gl_pathc; i++)
        st = slg_names_add(list, found.gl_pathv[i], err);
    globfree(&found);
    return st;
}

/* --- files that are one --------------------------------------------------------------------------------------- */

typedef struct identity {
    dev_t device;
    ino_t inode;
    const char *name;
} identity;

static int by_identity(const void *pa, const void *pb)
{
    const identity *a = pa, *b = pb;
    if (a->device != b->device)
        return a->device < b->device ? -1 : 1;
    if (a->inode != b->inode)
        return a->inode < b->inode ? -1 : 1;
    return strcmp(a->name, b->name);
}

slg_status slg_names_distinct(const slg_names *list, const char *place, slg_error *err)
{
    identity *file = slg_calloc(list->n, sizeof *file);
    size_t n = 0;
    if (!file)
        return slg_fail_nomem(err, place);
    for (size_t i = 0; i < list->n; i++) {
        struct stat info;
        if (stat(list->name[i], &info) == 0) /* what is missing is said when it is opened */
            file[n++] = (identity){info.st_dev, info.st_ino, list->name[i]};
    }
    qsort(file, n, sizeof *file, by_identity);
    slg_status st = SLG_OK;
    for (size_t i = 1; st == SLG_OK && i < n; i++)
        if (file[i].device == file[i - 1].device && file[i].inode == file[i - 1].inode)
            st = slg_fail(err, SLG_ERR_DATA, "%s: expected every file once, found one twice: %s and %s; remove one",
                          place, file[i - 1].name, file[i].name);
    slg_free(file);
    return st;
}
