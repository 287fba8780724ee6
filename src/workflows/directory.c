#include "src/workflows/directory.h"
#include "runtime/base/file.h"
#include "runtime/ckpt/ckpt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char marker[] = ".starling";
static const char marker_text[] = "This folder is a study of Starling; the program writes and replaces files here.\n";

/* What a study writes, besides its checkpoint. */
static const char *const written[] = {"config.yaml", "study.json", "status.json", "study.log", "trials.csv",
                                      "times.csv",   "best",       "final",       "trace",     ".starpu"};
enum { N_WRITTEN = sizeof written / sizeof written[0] };

/* Is there anything of that name, be it a link that leads nowhere? */
static bool holds(const char *dir, const char *name)
{
    char path[SLG_PATH];
    struct stat info;
    return slg_path_join(path, dir, name, NULL) == SLG_OK && lstat(path, &info) == 0;
}

static bool has_checkpoint(const char *dir)
{
    char path[SLG_PATH];
    return slg_path_join(path, dir, "study.h5", NULL) == SLG_OK && slg_ckpt_exists(path);
}

/* The first checkpoint is written before these; figures of the report may have been before it. */
static slg_status check_whole(const char *dir, slg_error *err)
{
    if (!holds(dir, "trials.csv") && !holds(dir, "best/result.json"))
        return SLG_OK;
    return slg_fail(err, SLG_ERR_MATCH,
                    "%s: holds results of a study whose checkpoint (study.h5) is gone; put it back, move the results "
                    "away, or give another --dir",
                    dir);
}

static slg_status check_free(const char *dir, slg_error *err)
{
    for (size_t i = 0; i < N_WRITTEN; i++)
        if (holds(dir, written[i]))
            return slg_fail(err, SLG_ERR_MATCH,
                            "%s/%s: was not made by a study, which would replace it; give another --dir", dir,
                            written[i]);
    return SLG_OK;
}

static slg_status lock(const char *dir, const char *path, int *fd, slg_error *err)
{
    struct stat info;
    *fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
    if (*fd < 0)
        return slg_fail(err, SLG_ERR_IO, "%s: cannot be written: %s", path, strerror(errno));
    if (flock(*fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return slg_fail(err, SLG_ERR_IO, "%s: another starling works on this study; wait for it or give another --dir",
                        dir);
    const size_t n = sizeof marker_text - 1;
    if (fstat(*fd, &info) == 0 && info.st_size == 0 && write(*fd, marker_text, n) != (ssize_t)n)
        return slg_fail(err, SLG_ERR_IO, "%s: cannot be written: %s", path, strerror(errno));
    return SLG_OK;
}

slg_status slg_directory_take(const char *dir, int *fd, slg_error *err)
{
    char path[SLG_PATH];
    slg_status st = slg_make_folder(dir, err);
    if (st == SLG_OK)
        st = slg_path_join(path, dir, marker, err);
    if (st == SLG_OK && !has_checkpoint(dir))
        st = holds(dir, marker) ? check_whole(dir, err) : check_free(dir, err);
    return st == SLG_OK ? lock(dir, path, fd, err) : st;
}
