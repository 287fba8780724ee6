#!/usr/bin/env bash
# rooms_fail.sh: tests/rooms.sh finds what it is there to find. Each line below breaks a rule in a copy of the sources.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

broken() { # MESSAGE FILE TEXT: TEXT appended to FILE must make rooms.sh complain with MESSAGE
    rm -rf "$work/house"
    mkdir "$work/house"
    cp -r "$root/runtime" "$root/tasks" "$root/src" "$root/tests" "$root/docs" "$root/.clang-format" "$work/house"
    mkdir -p "$(dirname "$work/house/$2")"
    printf '%s\n' "$3" >>"$work/house/$2"
    if "$root/tests/rooms.sh" ${4:---no-format} "$work/house" >"$work/log"; then
        echo "FAILED: not found: $1"
        exit 1
    fi
    grep -qF "$1" "$work/log" || { echo "FAILED: expected '$1', found:"; cat "$work/log"; exit 1; }
}

broken 'runtime/engine may not include tasks/terms ("tasks/terms/term.h")' runtime/engine/job.c '#include "tasks/terms/term.h"'
broken 'src/search may not include src/cli' src/search/loop.c '#include "src/cli/cli.h"'
broken 'tasks/fit may not use StarPU (<starpu.h>)' tasks/fit/fold.c '#include <starpu.h>'
broken 'src/search may not use HDF5' src/search/store.c '#include <hdf5.h>'
broken 'is in no room' tasks/other/x.c 'int x;'
broken 'only tasks/terms/soap and the registry know SOAP' src/search/loop.c 'extern const slg_term slg_term_soap, *slg_soap_x;'
broken 'parameters of SOAP are named elsewhere' src/search/loop.c '/* larger l_max needs more memory */'
broken 'only src/optimisers and the registry know the swarm' src/search/loop.c 'slg_swarm *swarm;'
broken 'does not explain the finding blue-atoms' src/doctor/keys.c 'static void f(slg_ward *w) { slg_note(w, "blue-atoms", "x"); }'
broken 'explains the finding red-atoms, which is not there' docs/DATA.md '| `red-atoms` | | | |'
broken 'lines of more than 120 columns' src/search/loop.c "/* $(printf '%0130d' 1) */"
broken 'random streams with the same number: 6' src/search/loop.c 'enum { SLG_STREAM_OTHER = 6 };'
if command -v clang-format-14 >/dev/null; then
    broken 'clang-format-14 would change' src/search/loop.c 'int  badly( int formatted ) ;' --format
fi
echo "every broken rule was found"
