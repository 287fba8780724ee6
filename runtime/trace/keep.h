/** Which iterations of a trace stay on the disk. */
#ifndef SLG_TRACE_KEEP_H
#define SLG_TRACE_KEEP_H

#include <stdint.h>

typedef enum slg_keep_mode {
    SLG_KEEP_ALL,
    SLG_KEEP_NONE,  /* nothing is recorded */
    SLG_KEEP_LAST,  /* the last n iterations */
    SLG_KEEP_SAMPLE /* every n-th iteration: those whose number is a multiple of n */
} slg_keep_mode;

typedef struct slg_keep {
    slg_keep_mode mode;
    int32_t n; /* >= 1, of last and sample */
} slg_keep;

#endif
