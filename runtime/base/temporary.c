#include "runtime/base/temporary.h"
#include "runtime/base/hash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char mark[] = ".starling-";
enum { DIGITS = 16 };

/*
 * Process numbers mean something on one machine, until it boots again, in one container: half of the digits are a
 * digest of these.
 */
static uint32_t home(void)
{
    char text[256] = "", space[64] = "";
    FILE *f = fopen("/proc/sys/kernel/random/boot_id", "r");
    if (f) {
        if (!fgets(text, 64, f))
            text[0] = '\0';
        fclose(f);
    }
    const ssize_t n = readlink("/proc/self/ns/pid", space, sizeof space - 1);
    space[n > 0 ? n : 0] = '\0';
    strcat(text, space);
    return (uint32_t)slg_hash_bytes(text, strlen(text), 0);
}

void slg_temporary_name(const char *path, char out[SLG_TEMPORARY])
{
    static atomic_uint_fast64_t calls;
    uint64_t x = 0;
    if (getrandom(&x, sizeof x, GRND_NONBLOCK) != sizeof x) { /* an early moment of the machine's life */
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        x = (uint64_t)now.tv_nsec * 0x9e3779b97f4a7c15u + atomic_fetch_add(&calls, 1);
    }
    snprintf(out, SLG_TEMPORARY, "%s%s%ld-%08x%08x", path, mark, (long)getpid(), (unsigned)home(), (unsigned)x);
}

static atomic_long until_failure = -1;

void slg_temporary_fail(long k)
{
    atomic_store(&until_failure, k);
}

FILE *slg_temporary_open(const char *name)
{
    if (atomic_load(&until_failure) >= 0 && atomic_fetch_sub(&until_failure, 1) == 0) {
        errno = EACCES;
        return NULL;
    }
    const int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "wb");
    if (fd >= 0 && !out)
        close(fd);
    return out;
}

/* The process in the name of a temporary, of the file base if that is given; 0 for any other name. */
static long owner_of(const char *name, const char *base)
{
    const char *at = NULL;
    char *end;
    for (const char *p = name; (p = strstr(p, mark)) != NULL; p++)
        at = p;
    if (!at || (base && (strlen(base) != (size_t)(at - name) || strncmp(name, base, strlen(base)) != 0)))
        return 0;
    at += sizeof mark - 1;
    const long pid = strtol(at, &end, 10);
    const bool whole = *at >= '1' && *at <= '9' && *end == '-' && strlen(end + 1) == DIGITS &&
                       strspn(end + 1, "0123456789abcdef") == DIGITS;
    return whole ? pid : 0;
}

/* Of another machine: perhaps. */
static bool lives(const char *name, long pid)
{
    char own[16];
    snprintf(own, sizeof own, "%08x", (unsigned)home());
    return strncmp(name + strlen(name) - DIGITS, own, DIGITS / 2) != 0 || kill((pid_t)pid, 0) == 0 || errno != ESRCH;
}

static bool is_regular(int folder, const char *name)
{
    struct stat info;
    return fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(info.st_mode);
}

void slg_remove_temporaries(const char *folder, const char *base, bool all)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return;
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        const long pid = owner_of(e->d_name, base);
        if (pid > 0 && (all || !lives(e->d_name, pid)) && is_regular(dirfd(dir), e->d_name))
            unlinkat(dirfd(dir), e->d_name, 0);
    }
    closedir(dir);
}

void slg_remove_stale(const char *path)
{
    char a[SLG_TEMPORARY], b[SLG_TEMPORARY];
    snprintf(a, sizeof a, "%s", path);
    snprintf(b, sizeof b, "%s", path);
    slg_remove_temporaries(dirname(a), basename(b), false);
}
