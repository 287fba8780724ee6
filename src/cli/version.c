/** `starling --version`: the program and the libraries that decide speed and bits of its results. */
#include "runtime/ckpt/ckpt.h"
#include "runtime/engine/rt.h"
#include "src/cli/cli.h"

#include <cblas.h>
#include <stdio.h>

void cli_version(FILE *out, struct argp_state *state)
{
    char engine[64], files[64];
    (void)state;
    slg_rt_version(engine, sizeof engine);
    slg_ckpt_version(files, sizeof files);
    fprintf(out, "starling %s\n%s\n%s\n", SLG_VERSION, engine, files);
    fprintf(out, "OpenBLAS core %s\n", openblas_get_corename());
}
