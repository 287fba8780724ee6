/* Any bytes as a checkpoint file: opened or refused with ERR_DAMAGE, never a crash; what opens can be read. */
#include "runtime/base/alloc.h"
#include "runtime/ckpt/store.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The fuzzer learns to forge the seal; then HDF5 1.10.8 loses memory (docs/CHECKPOINT.md, section Reading). */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libhdf5";
}

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

/* Columns of an owner that expects other shapes than the file may have. */
static void load_some(slg_ckpt *c)
{
    const slg_store swarm = {c, true, "/swarm"}, text = {c, true, "/text"};
    double x[40];
    int64_t k[8];
    char *s = NULL;
    slg_status st[] = {slg_store_f64(&swarm, "position", 8, 5, x, NULL), slg_store_i64(&swarm, "count", 8, 1, k, NULL),
                       slg_store_f64(&swarm, "position", 5, 8, x, NULL), slg_store_i64(&swarm, "count", 1, 8, k, NULL),
                       slg_store_text(&text, "config", &s, NULL)};
    for (size_t i = 0; i < sizeof st / sizeof *st; i++)
        if (st[i] != SLG_OK && st[i] != SLG_ERR_DAMAGE)
            abort();
    if (slg_store_has(&text, "config") < (st[4] == SLG_OK))
        abort();
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
    if (st == SLG_OK) {
        read_some(c);
        load_some(c);
    } else if (st != SLG_ERR_DAMAGE) {
        abort();
    }
    slg_ckpt_close(&c);
    unlink(path);
    return 0;
}
