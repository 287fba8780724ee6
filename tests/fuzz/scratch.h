/** Files for readers that open them by name: in a folder of this process, removed at the end. */
#ifndef SLG_TESTS_FUZZ_SCRATCH_H
#define SLG_TESTS_FUZZ_SCRATCH_H

#include "runtime/base/file.h"

#include <stdint.h>
#include <stdlib.h>

static char scratch_folder[SLG_PATH];

static inline void scratch_remove(void)
{
    slg_remove_folder(scratch_folder);
}

/** "<folder>/<name>" into out[SLG_PATH]. */
static inline void scratch_path(const char *name, char *out)
{
    if (!scratch_folder[0] && (slg_temporary_folder(scratch_folder, NULL) != SLG_OK || atexit(scratch_remove) != 0))
        abort();
    if (slg_path_join(out, scratch_folder, name, NULL) != SLG_OK)
        abort();
}

static inline void scratch_write(const char *path, const uint8_t *data, size_t n)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(data, 1, n, f) != n || fclose(f) != 0)
        abort();
}

#endif
