/* Preloaded: writes every fsync and rename with the size of the file at that moment into the file $FSYNC_RECORD. */
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void record(const char *line)
{
    const char *path = getenv("FSYNC_RECORD");
    const int fd = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666) : -1;
    if (fd < 0 || write(fd, line, strlen(line)) < 0)
        abort();
    close(fd);
}

int fsync(int fd)
{
    char link[64], path[PATH_MAX] = "", line[PATH_MAX + 64];
    struct stat info = {0};
    int (*real)(int) = (int (*)(int))(size_t)dlsym(RTLD_NEXT, "fsync");
    const int rc = real(fd);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (readlink(link, path, sizeof path - 1) > 0 && fstat(fd, &info) == 0) {
        snprintf(line, sizeof line, "fsync\t%s\t%lld\n", path, S_ISDIR(info.st_mode) ? -1LL : (long long)info.st_size);
        record(line);
    }
    return rc;
}

int rename(const char *from, const char *to)
{
    char whole[PATH_MAX] = "", line[3 * PATH_MAX];
    struct stat info = {0};
    int (*real)(const char *, const char *) = (int (*)(const char *, const char *))(size_t)dlsym(RTLD_NEXT, "rename");
    (void)stat(from, &info);
    if (!realpath(from, whole))
        whole[0] = '\0';
    snprintf(line, sizeof line, "rename\t%s\t%lld\t%s\n", whole, (long long)info.st_size, to);
    const int rc = real(from, to);
    record(line);
    return rc;
}
