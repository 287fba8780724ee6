/**
 * Counter-based random numbers (Philox4x32-10, Salmon et al. 2011, through Random123): a draw is a pure function
 * of (seed, stream, a, b, c), so it does not depend on order, workers or restarts, and nothing has to be saved.
 */
#ifndef SLG_BASE_RNG_H
#define SLG_BASE_RNG_H

#include <Random123/philox.h>
#include <stdint.h>

/**
 * Streams keep purposes apart. Each owner names its own as SLG_STREAM_<PURPOSE> = <number>; a number is used once in
 * the whole program (tests/rooms.sh) and never changes, results depend on it.
 */
enum { SLG_STREAM_TEST = 100 };

/** Two independent 64-bit words. */
static inline void slg_rng_bits(uint64_t seed, uint32_t stream, uint32_t a, uint32_t b, uint32_t c, uint64_t out[2])
{
    philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
    philox4x32_ctr_t ctr = {{stream, a, b, c}};
    philox4x32_ctr_t r = philox4x32(ctr, key);
    out[0] = ((uint64_t)r.v[1] << 32) | r.v[0];
    out[1] = ((uint64_t)r.v[3] << 32) | r.v[2];
}

/** Uniform in the open interval (0,1): the upper 52 bits, centred. */
static inline double slg_rng_u01(uint64_t seed, uint32_t stream, uint32_t a, uint32_t b, uint32_t c)
{
    uint64_t w[2];
    slg_rng_bits(seed, stream, a, b, c, w);
    return ((double)(w[0] >> 12) + 0.5) * 0x1p-52;
}

#endif
