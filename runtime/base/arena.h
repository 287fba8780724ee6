/**
 * Takes arrays one after another out of one block of memory, each at a multiple of 64 bytes. Without memory (base NULL)
 * it only counts, so the function that lays a workspace out also tells its size.
 */
#ifndef SLG_BASE_ARENA_H
#define SLG_BASE_ARENA_H

#include <stddef.h>

typedef struct slg_arena {
    char *base; /* a multiple of 64, or NULL */
    size_t used;
} slg_arena;

/** Room for n elements of `size` bytes; NULL while counting. */
static inline void *slg_arena_take(slg_arena *a, size_t n, size_t size)
{
    void *p = a->base ? a->base + a->used : NULL;
    a->used += (n * size + 63) / 64 * 64;
    return p;
}

#endif
