#!/usr/bin/env bash
# examples.sh PROGRAM: all study files of examples/ are accepted; the paper's optima for the C2 dimer give the paper's
# kernel statistics (within 0.01), and the errors that the original program gives with them: energy [meV/atom] + force
# [meV/Angstrom] / 30 (within 0.01).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
examples=$(realpath "$here/../../examples")

for study in "$examples"/*/study.yaml "$examples"/*/strategy*.yaml; do
    [ "$(exit_code "$program" check "$study")" = 0 ] || fail "check $study"
done

dimer=$examples/c2-dimer
while read -r set n mean std sum; do
    hp=$dimer/$set.yaml
    "$program" kernel-stats "$dimer/C2_dimer.xyz" --hp "$hp" --json >stats.json
    jq -e --argjson m "$mean" --argjson s "$std" '(.mean - $m | fabs) < 0.01 and (.std - $s | fabs) < 0.01' \
        stats.json >/dev/null || fail "$set: mean and std $(jq -c '[.mean, .std]' stats.json), paper: $mean $std"
    "$program" fit "$dimer/strategy${set#*-}_n$n.yaml" --hp "$hp" --dir "$set" --json >fit.json 2>log
    jq -e --argjson s "$sum" '.errors.all | 1000 * (.energy_rmse + .force_rmse / 30) - $s | fabs < 0.01' fit.json >/dev/null ||
        fail "$set: errors $(jq -c .errors.all fit.json)"
done <<'END'
s4-1 4 0.58 0.32 1.16
s6-1 6 0.51 0.35 1.21
s4-2 4 0.49 0.39 0.75
s6-2 6 0.51 0.37 0.83
END
echo "all studies accepted, 4 optima reproduced"
