#!/usr/bin/env bash
# examples.sh PROGRAM: all study files of examples/ are accepted; the paper's optima for the C2 dimer give the paper's
# kernel statistics (within 0.01) and fits within its claims: below 1 meV/atom and below 20 meV/Angstrom.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
examples=$(realpath "$here/../../examples")

for study in "$examples"/*/study.yaml "$examples"/*/strategy*.yaml; do
    [ "$(exit_code "$program" check "$study")" = 0 ] || fail "check $study"
done

dimer=$examples/c2-dimer
while read -r set n mean std; do
    hp=$dimer/$set.yaml
    "$program" kernel-stats "$dimer/C2_dimer.xyz" --hp "$hp" --json >stats.json
    jq -e --argjson m "$mean" --argjson s "$std" '(.mean - $m | fabs) < 0.01 and (.std - $s | fabs) < 0.01' \
        stats.json >/dev/null || fail "$set: mean and std $(jq -c '[.mean, .std]' stats.json), paper: $mean $std"
    "$program" fit "$dimer/strategy${set#*-}_n$n.yaml" --hp "$hp" --dir "$set" --json >fit.json 2>log
    jq -e '.errors.all | .energy_rmse < 0.001 and .force_rmse < 0.020' fit.json >/dev/null ||
        fail "$set: errors $(jq -c .errors.all fit.json)"
done <<'END'
s4-1 4 0.58 0.32
s6-1 6 0.51 0.35
s4-2 4 0.49 0.39
s6-2 6 0.51 0.37
END
echo "all studies accepted, 4 optima reproduced"
