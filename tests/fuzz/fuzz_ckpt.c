/* Any bytes as a checkpoint file: opened or refused with ERR_DAMAGE, never a crash; what opens can
 * be read. */
#include "runtime/base/alloc.h"
#include "runtime/ckpt/ckpt.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void read_some(slg_ckpt *c)
{
    double *x = NULL;
    char *s = NULL;
    size_t rows, cols, n;
    if (slg_ckpt_get_f64(c, "/swarm/position", &rows, &cols, &x, NULL) == SLG_OK)
        slg_free(x);
    if (slg_ckpt_get_bytes(c, "/text/config", &s, &n, NULL) == SLG_OK)
        slg_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    slg_ckpt *c = NULL;
    bool used = false;
    snprintf(path, sizeof path, "/tmp/fuzz-ckpt-%ld.h5", (long)getpid());
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0)
        abort();
    slg_status st = slg_ckpt_open(path, &c, &used, NULL);
    if (st == SLG_OK)
        read_some(c);
    else if (st != SLG_ERR_DAMAGE)
        abort();
    slg_ckpt_close(&c);
    unlink(path);
    return 0;
}
