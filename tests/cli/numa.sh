#!/usr/bin/env bash
# numa.sh PROGRAM: StarPU with several memory nodes (STARPU_USE_NUMA on a made-up machine with two) gives the same bits.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cp "$here"/../../examples/cho-molecules/*.xyz .
sed -e 's/iterations: 15/iterations: 3/' "$here"/../../examples/cho-molecules/study.yaml >molecules.yaml

for study in tiny molecules; do
    [ "$(exit_code "$program" run $study.yaml --dir $study-one --quiet)" = 0 ] || fail "run"
    unset STARPU_NCPU STARPU_WORKERS_NOBIND # workers on both nodes
    export HWLOC_SYNTHETIC="numa:2 core:2 pu:1" STARPU_USE_NUMA=1
    [ "$(exit_code "$program" run $study.yaml --dir $study-two --quiet)" = 0 ] || fail "run with two memory nodes"
    unset HWLOC_SYNTHETIC STARPU_USE_NUMA
    same_results $study-one $study-two
done
