/** The entry that libFuzzer and replay.c call; each fuzz_*.c defines it. Returns 0. */
#ifndef SLG_TESTS_FUZZ_H
#define SLG_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#endif
