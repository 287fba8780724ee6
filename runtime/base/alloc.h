/** Allocation with checked sizes and, for tests, failure on demand. */
#ifndef SLG_BASE_ALLOC_H
#define SLG_BASE_ALLOC_H

#include <stddef.h>

/** n*size zeroed bytes (at least one), or NULL when memory or the size type does not suffice. */
void *slg_calloc(size_t n, size_t size) __attribute__((warn_unused_result, malloc));

/** Like slg_calloc, aligned to 64 bytes, not zeroed. Freed by slg_free as well. */
void *slg_alloc_aligned(size_t n, size_t size) __attribute__((warn_unused_result, malloc));

/** Resizes to n*size bytes; NULL (and `p` untouched) when that is impossible. */
void *slg_realloc(void *p, size_t n, size_t size) __attribute__((warn_unused_result));

/** A copy of the first n bytes of s with a closing NUL, or NULL. */
char *slg_strndup(const char *s, size_t n) __attribute__((warn_unused_result, malloc));

/** Frees; NULL is fine. */
void slg_free(void *p);

/** Tests: the k-th allocation from now (0 = the next) and all later ones fail; a negative k switches it off. */
void slg_alloc_fail_after(long k);
/** Only the k-th allocation fails. Returns what was left of the k before: -1 when that failure has happened. */
long slg_alloc_fail_once(long k);

#endif
