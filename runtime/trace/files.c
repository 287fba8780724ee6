#include "runtime/trace/files.h"

#include "runtime/base/alloc.h"
#include "runtime/base/file.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

slg_status slg_trace_path(char *out, const char *dir, const char *name, slg_error *err)
{
    char folder[SLG_PATH];
    slg_status st = slg_path_join(folder, dir, "trace", err);
    return st == SLG_OK ? slg_path_join(out, folder, name, err) : st;
}

void slg_trace_name_make(slg_trace_name *out, int32_t stage, int32_t first, int32_t last, int32_t part)
{
    *out = (slg_trace_name){.stage = stage, .first = first, .last = last, .part = part};
    if (first < 0)
        snprintf(out->name, sizeof out->name, "s%d-base.h5", stage);
    else if (part > 0)
        snprintf(out->name, sizeof out->name, "s%d-i%06d-p%d.h5", stage, first, part);
    else if (last > first)
        snprintf(out->name, sizeof out->name, "s%d-i%06d-%06d.h5", stage, first, last);
    else
        snprintf(out->name, sizeof out->name, "s%d-i%06d.h5", stage, first);
}

/* The numbers make the name again, or it is no trace file. */
static bool parse(const char *text, slg_trace_name *out)
{
    int stage = 0, first = -1, last = -1, part = 0;
    if (sscanf(text, "s%d-i%d-p%d.h5", &stage, &first, &part) == 3)
        last = first;
    else if (sscanf(text, "s%d-i%d-%d.h5", &stage, &first, &last) == 3)
        part = 0;
    else if (sscanf(text, "s%d-i%d.h5", &stage, &first) == 2)
        last = first;
    else if (sscanf(text, "s%d-base", &stage) != 1)
        return false;
    slg_trace_name_make(out, stage, first, last, part);
    return strcmp(out->name, text) == 0;
}

/* Parts of an iteration come before the file that completes it. */
static int in_time(const void *pa, const void *pb)
{
    const slg_trace_name *a = pa, *b = pb;
    if (a->stage != b->stage)
        return a->stage < b->stage ? -1 : 1;
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    if ((a->part == 0) != (b->part == 0))
        return a->part == 0 ? 1 : -1;
    return a->part < b->part ? -1 : a->part > b->part;
}

slg_status slg_trace_list(const char *dir, slg_trace_name **out, size_t *n, slg_error *err)
{
    char folder[SLG_PATH];
    slg_trace_name *list = NULL;
    size_t room = 0;
    *out = NULL;
    *n = 0;
    slg_status st = slg_path_join(folder, dir, "trace", err);
    if (st != SLG_OK)
        return st;
    DIR *d = opendir(folder);
    for (struct dirent *e; d && st == SLG_OK && (e = readdir(d)) != NULL;) {
        slg_trace_name name;
        if (!parse(e->d_name, &name))
            continue;
        if (*n == room) {
            room = room ? 2 * room : 64;
            slg_trace_name *more = slg_realloc(list, room, sizeof *more);
            st = more ? SLG_OK : slg_fail_nomem(err, "list of trace files");
            list = more ? more : list;
        }
        if (st == SLG_OK)
            list[(*n)++] = name;
    }
    if (d)
        closedir(d);
    if (st != SLG_OK) {
        slg_free(list);
        *n = 0;
        return st;
    }
    if (*n > 0)
        qsort(list, *n, sizeof *list, in_time);
    *out = list;
    return SLG_OK;
}

slg_status slg_trace_remove(const char *dir, const char *name, slg_error *err)
{
    char path[SLG_PATH];
    slg_status st = slg_trace_path(path, dir, name, err);
    if (st == SLG_OK && unlink(path) != 0 && errno != ENOENT)
        st = slg_fail(err, SLG_ERR_IO, "%s: cannot be removed: %s", path, strerror(errno));
    return st;
}

slg_status slg_trace_remove_replaced(const char *dir, const slg_trace_name *now, slg_error *err)
{
    slg_trace_name *list;
    size_t n;
    slg_status st = slg_trace_list(dir, &list, &n, err);
    if (st != SLG_OK)
        return st;
    for (size_t i = 0; st == SLG_OK && i < n; i++) {
        const slg_trace_name *f = &list[i];
        bool later = f->stage > now->stage || (f->stage == now->stage && f->first > now->last);
        bool same = f->stage == now->stage && f->last >= now->first && f->part == 0 && now->part == 0;
        if (strcmp(f->name, now->name) != 0 && (later || same))
            st = slg_trace_remove(dir, f->name, err);
    }
    slg_free(list);
    return st;
}

slg_status slg_trace_keep_last(const char *dir, int32_t n, slg_error *err)
{
    slg_trace_name *list;
    size_t n_file;
    int64_t kept = 0;
    slg_status st = slg_trace_list(dir, &list, &n_file, err);
    if (st != SLG_OK)
        return st;
    for (size_t i = n_file; st == SLG_OK && i-- > 0;) {
        const slg_trace_name *f = &list[i];
        if (kept >= n)
            st = slg_trace_remove(dir, f->name, err);
        else if (f->first >= 0 && f->part == 0)
            kept += f->last - f->first + 1;
    }
    slg_free(list);
    return st;
}
