#include "runtime/base/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static slg_level shown = SLG_INFO;
static FILE *file;

void slg_log_level(slg_level lowest)
{
    shown = lowest;
}

/* A link or a pipe in its place is not followed. */
static FILE *open_log(const char *path)
{
    const int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "a");
    if (fd >= 0 && !out)
        close(fd);
    return out;
}

int slg_log_file(const char *path)
{
    pthread_mutex_lock(&lock);
    if (file)
        fclose(file);
    file = path ? open_log(path) : NULL;
    int rc = path && !file ? -1 : 0;
    pthread_mutex_unlock(&lock);
    return rc;
}

static void to_file(slg_level level, const char *text)
{
    static const char *const name[] = {"debug", "info", "warning", "error"};
    char when[32];
    time_t now = time(NULL);
    struct tm tm;
    localtime_r(&now, &tm);
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &tm);
    fprintf(file, "%s %-7s %s\n", when, name[level], text);
    fflush(file);
}

void slg_log(slg_level level, const char *fmt, ...)
{
    char text[4096];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    pthread_mutex_lock(&lock);
    if (level >= shown)
        fprintf(stderr, "%s%s\n", level == SLG_WARNING ? "warning: " : "", text);
    if (file && level >= SLG_INFO)
        to_file(level, text);
    pthread_mutex_unlock(&lock);
}
