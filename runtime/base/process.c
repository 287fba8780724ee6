#include "runtime/base/process.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

double slg_machine_bytes(void)
{
    return (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
}

int slg_cores(void)
{
    for (size_t max = 1024; max <= 1024 * 1024; max *= 4) {
        cpu_set_t *set = CPU_ALLOC(max);
        if (!set)
            break;
        size_t bytes = CPU_ALLOC_SIZE(max);
        int n = sched_getaffinity(0, bytes, set) == 0 ? CPU_COUNT_S(bytes, set) : 0;
        CPU_FREE(set);
        if (n > 0)
            return n;
    }
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (int)n : 1;
}

/* Pages that /proc/self/statm counts: 0 the address space, 1 resident memory. */
static double pages(int which)
{
    long n[2] = {0, 0};
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f)
        return 0;
    const int read = fscanf(f, "%ld %ld", &n[0], &n[1]);
    fclose(f);
    return read == 2 ? (double)n[which] * (double)sysconf(_SC_PAGESIZE) : 0;
}

double slg_resident_bytes(void)
{
    return pages(1);
}

double slg_virtual_bytes(void)
{
    return pages(0);
}

double slg_peak_bytes(void)
{
    struct rusage u;
    return getrusage(RUSAGE_SELF, &u) == 0 ? 1024.0 * (double)u.ru_maxrss : 0;
}

void slg_processor_name(char *out, size_t size)
{
    char line[256];
    FILE *f = fopen("/proc/cpuinfo", "r");
    snprintf(out, size, "unknown");
    while (f && fgets(line, sizeof line, f)) {
        const char *colon = strchr(line, ':');
        if (!colon || strncmp(line, "model name", 10) != 0)
            continue;
        snprintf(out, size, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
        break;
    }
    if (f)
        fclose(f);
}
