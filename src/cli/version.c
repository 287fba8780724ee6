/** `starling --version`: the program and the libraries that decide speed and bits of its results. */
#include "src/cli/cli.h"

#include <cblas.h>
#include <hdf5.h>
#include <starpu.h>
#include <stdio.h>

void cli_version(FILE *out, struct argp_state *state)
{
    (void)state;
    int major = 0, minor = 0, release = 0;
    unsigned h5[3] = {0};
    starpu_get_version(&major, &minor, &release);
    H5get_libversion(&h5[0], &h5[1], &h5[2]);
    fprintf(out, "starling %s\n", SLG_VERSION);
    fprintf(out, "StarPU %d.%d.%d\n", major, minor, release);
    fprintf(out, "HDF5 %u.%u.%u\n", h5[0], h5[1], h5[2]);
    fprintf(out, "OpenBLAS core %s\n", openblas_get_corename());
}
