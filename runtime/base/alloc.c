#include "runtime/base/alloc.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static atomic_long left = -1; /* allocations that succeed, -1 = all */
static atomic_bool once;

static int refused(size_t n, size_t size)
{
    if (size != 0 && n > SIZE_MAX / 2 / size)
        return 1;
    long now = atomic_load(&left);
    if (now > 0)
        atomic_fetch_sub(&left, 1);
    return now == 0 && (!atomic_load(&once) || atomic_compare_exchange_strong(&left, &now, -1));
}

static size_t bytes(size_t n, size_t size)
{
    return n * size > 0 ? n * size : 1;
}

void *slg_calloc(size_t n, size_t size)
{
    return refused(n, size) ? NULL : calloc(1, bytes(n, size));
}

void *slg_alloc_aligned(size_t n, size_t size)
{
    void *p = NULL;
    if (refused(n, size) || posix_memalign(&p, 64, bytes(n, size)) != 0)
        return NULL;
    return p;
}

void *slg_realloc(void *p, size_t n, size_t size)
{
    return refused(n, size) ? NULL : realloc(p, bytes(n, size));
}

char *slg_strndup(const char *s, size_t n)
{
    char *copy = slg_calloc(n + 1, 1);
    if (copy)
        memcpy(copy, s, strnlen(s, n));
    return copy;
}

void slg_free(void *p)
{
    free(p);
}

void slg_alloc_fail_after(long k)
{
    atomic_store(&once, false);
    atomic_store(&left, k);
}

long slg_alloc_fail_once(long k)
{
    atomic_store(&once, true);
    return atomic_exchange(&left, k);
}
