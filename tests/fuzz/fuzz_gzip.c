/* Any bytes as a file of structures, plain or gzip: accepted, or refused with one message. */
#include "src/data/dataset.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const slg_xyz_keys keys = {"energy", "forces", "virial", "stress", "config_type"};
    char path[SLG_PATH];
    slg_dataset *d = NULL;
    slg_error err;
    slg_error_clear(&err);
    scratch_path("data.xyz.gz", path);
    scratch_write(path, data, n);
    const slg_status st = slg_dataset_read(path, &keys, &d, &err);
    if (st == SLG_OK ? !d || err.n_message != 0 : st != SLG_ERR_DATA || d || err.n_message != 1)
        abort();
    slg_dataset_free(&d);
    return 0;
}
