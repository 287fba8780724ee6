#include "src/report/assets.h"

/* The assembler includes the files as they are: no generated source, no limit of string literals. */
#define ASSET(name, path)                                                                                              \
    __asm__(".section .rodata\n.global slg_asset_" #name "\nslg_asset_" #name ":\n.incbin \"" path                     \
            "\"\n.byte 0\n.previous\n");

ASSET(vega, SLG_VEGA_BUNDLE)
ASSET(css, SLG_PAGE "/page.css")
ASSET(js, SLG_PAGE "/page.js")
ASSET(convergence, SLG_PAGE "/charts/convergence.json")
ASSET(path, SLG_PAGE "/charts/path.json")
ASSET(effects, SLG_PAGE "/charts/effects.json")
ASSET(kernel, SLG_PAGE "/charts/kernel.json")
ASSET(similarity, SLG_PAGE "/charts/similarity.json")
ASSET(dimer, SLG_PAGE "/charts/dimer.json")
ASSET(parity, SLG_PAGE "/charts/parity.json")
ASSET(errors, SLG_PAGE "/charts/errors.json")
ASSET(gantt, SLG_PAGE "/charts/gantt.json")
