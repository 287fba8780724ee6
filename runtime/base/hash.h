/** Identity of data: XXH3-128 as 32 hexadecimal digits. Guards against mistakes, not against attackers. */
#ifndef SLG_BASE_HASH_H
#define SLG_BASE_HASH_H

#include "runtime/base/error.h"
#include <stdint.h>

typedef struct slg_digest {
    char hex[33];
} slg_digest;

/** Digest of n bytes. */
slg_digest slg_digest_bytes(const void *p, size_t n);

/** 64-bit hash of n bytes, for tables in memory. */
uint64_t slg_hash_bytes(const void *p, size_t n, uint64_t seed);

/** Digest of a file's bytes. ERR_IO when it cannot be read. */
SLG_CHECKED slg_status slg_digest_file(const char *path, slg_digest *out, slg_error *err);

#endif
