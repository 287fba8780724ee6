#!/usr/bin/env bash
# memory.sh PROGRAM [DATA]: `check` and `run` predict the same memory, and the peak is within 25 % of it: the three
# examples, or, with the folder of reference data, two sets that are larger.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

studies=()
if [ $# -eq 1 ]; then
    for study in c2-dimer/strategy1_n4 silicon/study cho-molecules/study; do
        studies+=("$(realpath "$here/../../examples/$study.yaml")")
    done
elif [ -f "$2/data/snap_NbMoTaW_sub800.xyz.gz" ]; then
    cp "$here"/memory/*.yaml .
    ln -s "$2"/data/*.xyz.gz .
    studies=("$work/mlearn-silicon.yaml" "$work/nbmotaw.yaml")
else
    echo "SKIPPED: no reference data in $2"
    exit 77
fi

for study in "${studies[@]}"; do
    "$program" check "$study" >checked || fail "check $study"
    predicted=$(sed -n 's/^memory: \([0-9]*\) MB predicted.*/\1/p' checked)
    "$program" run "$study" --dir out --quiet >log 2>&1 || fail "run $study"
    "$program" status out --json >status
    run=$(jq '.predicted_memory_bytes / 1e6 | round' status)
    peak=$(jq '.peak_memory_bytes / 1e6 | round' status)
    echo "$(basename "$(dirname "$study")")/$(basename "$study"): $predicted MB predicted, $peak MB at most"
    [ "$predicted" -eq "$run" ] || fail "check predicts $predicted MB, run $run MB"
    [ $((4 * peak)) -le $((5 * predicted)) ] || fail "$peak MB is more than 125 % of $predicted MB"
    [ $((4 * peak)) -ge $((3 * predicted)) ] || fail "$peak MB is less than 75 % of $predicted MB"
    rm -r out
done
