#include "runtime/base/hash.h"
#include "runtime/base/file.h"
#include "runtime/base/alloc.h"

#include <stdio.h>
#include <xxhash.h>

slg_digest slg_digest_bytes(const void *p, size_t n)
{
    slg_digest d;
    XXH128_hash_t h = XXH3_128bits(p, n);
    snprintf(d.hex, sizeof d.hex, "%016llx%016llx", (unsigned long long)h.high64, (unsigned long long)h.low64);
    return d;
}

uint64_t slg_hash_bytes(const void *p, size_t n, uint64_t seed)
{
    return XXH3_64bits_withSeed(p, n, seed);
}

slg_status slg_digest_file(const char *path, slg_digest *out, slg_error *err)
{
    char *text = NULL;
    size_t n = 0;
    slg_status st = slg_file_read(path, &text, &n, err);
    if (st == SLG_OK)
        *out = slg_digest_bytes(text, n);
    slg_free(text);
    return st;
}
