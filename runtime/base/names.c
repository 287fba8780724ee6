#include "runtime/base/names.h"
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

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

static slg_status add_file(slg_names *list, const char *path, slg_error *err)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->name[i], path) == 0)
            return slg_fail(err, SLG_ERR_DATA, "%s: expected every file once, found it twice; remove one", path);
    return slg_names_add(list, path, err);
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

static slg_status find(const char *folder, const char *pattern, glob_t *found, slg_error *err)
{
    char escaped[2 * SLG_PATH], path[2 * SLG_PATH];
    escape(pattern[0] == '/' ? "" : folder, escaped);
    const int n = snprintf(path, sizeof path, "%s%s%s", escaped, escaped[0] ? "/" : "", pattern);
    const int code = n < (int)sizeof path ? glob(path, GLOB_NOSORT, NULL, found) : GLOB_NOMATCH;
    if (code == GLOB_NOSPACE)
        return slg_fail_nomem(err, pattern);
    if (code != 0)
        return slg_fail(err, SLG_ERR_DATA, "%s: expected files of such names, found none; correct the pattern",
                        pattern);
    qsort(found->gl_pathv, found->gl_pathc, sizeof *found->gl_pathv, by_bytes);
    return SLG_OK;
}

slg_status slg_names_match(slg_names *list, const char *folder, const char *pattern, slg_error *err)
{
    char path[SLG_PATH];
    glob_t found = {0};
    slg_status st = slg_path_join(path, folder, pattern, err);
    if (st != SLG_OK)
        return st;
    if (!strpbrk(pattern, "*?[") || slg_file_exists(path))
        return add_file(list, path, err);
    st = find(folder, pattern, &found, err);
    for (size_t i = 0; st == SLG_OK && i < found.gl_pathc; i++)
        st = add_file(list, found.gl_pathv[i], err);
    globfree(&found);
    return st;
}
