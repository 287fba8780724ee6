/**
 * Memory that betrays who leaves it or relies on its contents: poisoned, and behind it a page that nobody may touch.
 */
#ifndef SLG_TESTS_FIT_GUARD_H
#define SLG_TESTS_FIT_GUARD_H

#include <check.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { TEST_POISON = 0xff };

typedef struct test_guard {
    unsigned char *map;
    size_t room, bytes; /* accessible; handed out */
    void *at;           /* a multiple of 64 */
} test_guard;

static inline test_guard test_guard_open(size_t bytes)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (bytes + page - 1) / page * page;
    test_guard g = {.room = room, .bytes = bytes};
    g.map = mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(g.map, MAP_FAILED);
    ck_assert_int_eq(mprotect(g.map + room, page, PROT_NONE), 0);
    memset(g.map, TEST_POISON, room);
    g.at = g.map + room - (bytes + 63) / 64 * 64;
    return g;
}

static inline size_t test_guard_strangers(const unsigned char *from, const unsigned char *to)
{
    size_t n = 0;
    for (; from < to; from++)
        n += *from != TEST_POISON;
    return n;
}

/** Fails the test when something was written beside the memory. */
static inline void test_guard_close(test_guard *g)
{
    const unsigned char *first = g->at, *end = g->map + g->room;
    ck_assert_uint_eq(test_guard_strangers(g->map, first) + test_guard_strangers(first + g->bytes, end), 0);
    ck_assert_int_eq(munmap(g->map, g->room + (size_t)sysconf(_SC_PAGESIZE)), 0);
}

#endif
