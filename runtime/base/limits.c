#include "runtime/base/limits.h"
#include "runtime/base/process.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { PATH = 4096 };

/* --- cgroups -------------------------------------------------------------------------------------------------- */

/* The number in a file; INFINITY for "max", for the largest number of v1 and where there is no file. */
static double number_in(const char *path)
{
    char text[64] = "";
    FILE *f = fopen(path, "r");
    if (!f)
        return (double)INFINITY;
    const char *line = fgets(text, sizeof text, f);
    fclose(f);
    char *end;
    const double x = line ? strtod(line, &end) : 0;
    return x > 0 && x < 1e18 ? x : (double)INFINITY;
}

/* Smallest number of the file `name` in root/group and in the folders above it, up to root. */
static double smallest_above(const char *root, const char *group, const char *name)
{
    char folder[PATH], path[PATH + 64];
    double least = (double)INFINITY;
    const size_t stop = strlen(root);
    if (snprintf(folder, sizeof folder, "%s%s", root, group) >= (int)sizeof folder)
        return least;
    for (;;) {
        snprintf(path, sizeof path, "%s/%s", folder, name);
        least = fmin(least, number_in(path));
        char *slash = strrchr(folder, '/');
        if (!slash || (size_t)(slash - folder) < stop)
            return least;
        *slash = '\0';
    }
}

static int is_listed(const char *word, const char *list, size_t n)
{
    const size_t length = strlen(word);
    for (const char *at = list; at < list + n; at += strcspn(at, ",:") + 1)
        if (strncmp(at, word, length) == 0 && strcspn(at, ",:") == length)
            return 1;
    return 0;
}

double slg_cgroup_limit(const char *membership, const char *root)
{
    double least = (double)INFINITY;
    for (const char *line = membership; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        const char *controllers = strchr(line, ':'), *path = controllers ? strchr(controllers + 1, ':') : NULL;
        char group[PATH], memory[PATH];
        if (!path || path > line + strcspn(line, "\n"))
            continue;
        snprintf(group, sizeof group, "%.*s", (int)strcspn(path + 1, "\n"), path + 1);
        snprintf(memory, sizeof memory, "%s/memory", root);
        if (path == controllers + 1) /* 0::/path is v2 */
            least = fmin(least, smallest_above(root, group, "memory.max"));
        else if (is_listed("memory", controllers + 1, (size_t)(path - controllers - 1)))
            least = fmin(least, smallest_above(memory, group, "memory.limit_in_bytes"));
    }
    return least;
}

static double cgroup_now(void)
{
    char text[PATH * 4];
    FILE *f = fopen("/proc/self/cgroup", "r");
    if (!f)
        return (double)INFINITY;
    const size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    return slg_cgroup_limit(text, "/sys/fs/cgroup");
}

/* --- batch system and address space --------------------------------------------------------------------------- */

/* What a variable of the environment says: its number, INFINITY where it says nothing, NAN where it is no number. */
static double variable(const char *name)
{
    const char *text = getenv(name);
    char *unit = NULL;
    if (!text || !*text)
        return (double)INFINITY;
    double x = strtod(text, &unit);
    if (unit == text || !(x >= 0) || !isfinite(x))
        return (double)NAN;
    static const char units[] = "kmgt";
    const char *of = *unit ? strchr(units, tolower((unsigned char)*unit)) : NULL;
    if (of) {
        x *= pow(1024, (double)(of - units - 1));
        unit += tolower((unsigned char)unit[1]) == 'b' ? 2 : 1;
    }
    return *unit ? (double)NAN : x > 0 ? x : (double)INFINITY;
}

/*
 * What counts of it: Slurm's 0 stands for everything. Slurm counts in MiB; a person who sets the variable by hand may
 * write its units K, M, G, T, also with a B.
 */
static double counted(const char *name)
{
    const double x = variable(name);
    return isnan(x) ? (double)INFINITY : x;
}

static double slurm_by_cores(void)
{
    const double cores = counted("SLURM_CPUS_ON_NODE");
    return 1048576 * counted("SLURM_MEM_PER_CPU") * (isfinite(cores) ? cores : slg_cores());
}

bool slg_memory_ignored(int i, char *text, size_t room)
{
    static const struct {
        const char *name, *expected, *instead;
    } all[] = {
        {"SLURM_MEM_PER_NODE", "a number of MiB, or one with K, M, G or T", "the other limits of memory count"},
        {"SLURM_MEM_PER_CPU", "a number of MiB, or one with K, M, G or T", "the other limits of memory count"},
        {"SLURM_CPUS_ON_NODE", "a number", "SLURM_MEM_PER_CPU counts for each core of the machine"},
    };
    text[0] = '\0';
    if (i < 0 || (size_t)i >= sizeof all / sizeof all[0])
        return false;
    if (isnan(variable(all[i].name)) && (i < 2 || isfinite(counted("SLURM_MEM_PER_CPU"))))
        snprintf(text, room, "%s: expected %s, found '%.40s'; it is ignored, %s: correct or unset it", all[i].name,
                 all[i].expected, getenv(all[i].name), all[i].instead);
    return true;
}

/* Libraries and threads reserve more addresses than memory. */
static double address_space(void)
{
    struct rlimit r;
    if (getrlimit(RLIMIT_AS, &r) != 0 || r.rlim_cur == RLIM_INFINITY)
        return (double)INFINITY;
    return fmax((double)r.rlim_cur - (slg_virtual_bytes() - slg_resident_bytes()), 0);
}

slg_status slg_addresses_check(double bytes, const char *what, slg_error *err)
{
    struct rlimit r;
    const double used = slg_virtual_bytes();
    if (getrlimit(RLIMIT_AS, &r) != 0 || r.rlim_cur == RLIM_INFINITY || used + bytes <= (double)r.rlim_cur)
        return SLG_OK;
    return slg_fail(err, SLG_ERR_NOMEM,
                    "ulimit -v: expected about %.0f MB of addresses (not of memory) for %s, found a limit of %.0f MB; "
                    "raise it to %.0f kB or more (`ulimit -v unlimited`), or use fewer workers",
                    (used + bytes) / 1e6, what, (double)r.rlim_cur / 1e6, ceil((used + bytes) / 1024));
}

slg_memory_limit slg_memory_limit_now(void)
{
    const struct {
        double bytes;
        const char *of;
    } all[] = {
        {slg_machine_bytes(), "the machine"},
        {cgroup_now(), "the cgroup"},
        {1048576 * counted("SLURM_MEM_PER_NODE"), "SLURM_MEM_PER_NODE"},
        {slurm_by_cores(), "SLURM_MEM_PER_CPU"},
        {address_space(), "the limit of the address space (ulimit -v)"},
    };
    slg_memory_limit least = {.bytes = (double)INFINITY};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i].bytes < least.bytes) {
            least.bytes = all[i].bytes;
            snprintf(least.of, sizeof least.of, "%s", all[i].of);
        }
    return least;
}
