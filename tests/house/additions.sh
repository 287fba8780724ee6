#!/usr/bin/env bash
# additions.sh HOUSE PROGRAM: HOUSE is PROGRAM with a toy term, objective and optimiser, one file and one line of
# registration each. Everything that a study can do is done with them.
set -euo pipefail

house=$(realpath "$1")
program=$(realpath "$2")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/study.yaml" "$here"/../../examples/silicon/*.xyz "$work"
cd "$work"
export STARPU_HOME="$work" STARPU_SILENT=1 STARPU_WORKERS_NOBIND=1 STARPU_NCPU=2 LC_ALL=C
fail() {
    echo "FAILED: $*"
    if [ -f log ]; then tail -n 5 log | cut -c 1-300; fi
    exit 1
}
run() { "$house" run study.yaml --quiet "$@" >log 2>&1; }
same() { cmp "$1/trials.csv" "$2/trials.csv" && diff -r "$1/best" "$2/best" || fail "$1 and $2 differ"; }

# Their words and parameters are in the documents and checks of the program, and in no other program.
"$house" config --reference >reference
for word in toy_pair pair_width toy_goal energy_goal toy_walk first_step; do
    grep -q "$word" reference || fail "$word is not in the reference"
done
"$house" check study.yaml --time >log || fail "check"
if "$house" check study.yaml --set descriptor.pair_width=99 >log 2>&1; then fail "a width of 99 was accepted"; fi
grep -q "pair_width: expected a number from 0.01 to 10, or" log || fail "message of a wrong width"
if "$program" check study.yaml >log 2>&1; then fail "the program knows the toys"; fi
grep -q "type: expected one of soap_turbo, found 'toy_pair'" log || fail "message of an unknown term"

# A search: the same bits for one and two workers, and after kills at any time.
run --dir whole || fail "search"
run --dir single --workers 1 || fail "search with one worker"
same whole single
for delay in 0.05 0.1 0.15 0.2 0.3 0.4; do
    timeout -s KILL $delay "$house" run study.yaml --quiet --dir killed >log 2>&1 || true
done
run --dir killed || fail "search after kills"
same whole killed
if run --dir whole --set search.first_step=0.5; then fail "another step is the same study"; fi
grep -q "search/first_step: was" log || fail "message of another step"
run --dir whole --more 2 || fail "--more"
run --dir longer --set search.iterations=7 || fail "a longer search"
same longer whole

# The potential: read again, it gives the errors of the search; other programs are told to refuse it.
"$house" eval whole/best/potential.xml Si_bulk_test.xyz --virial-key virial --json >eval.json 2>log || fail "eval"
python3 - <<'PY' || fail "errors of the potential"
import json
a = json.load(open("eval.json"))["errors"]["all"]; b = json.load(open("whole/best/result.json"))["errors"]["all"]
assert all(abs(a[k] - b[k]) <= 1e-9 * abs(b[k]) for k in a), (a, b)
assert b["energy_mae"] < 0.1 and b["force_mae"] < 0.4, b
assert json.load(open("whole/best/result.json"))["gap_fit"] is None
PY
grep -q 'gap_version="2147483647"' whole/best/potential.xml || fail "QUIP would take the potential"

# Two stages, kernel statistics first; a fit; descriptors; statistics; the report.
run --dir two --set search.strategy=2 --set search.stage2_particles=5 --set search.stage2_iterations=3 || fail "strategy 2"
"$house" best whole --json >best.json
"$house" fit study.yaml --hp best.json --dir fit >log 2>&1 || fail "fit"
cmp fit/potential.xml.sparseX.* whole/best/potential.xml.sparseX.* || fail "the fit has other sparse points"
printf 'type: toy_pair\npair_cutoff: 3\npair_width: 0.5\n' >hp.yaml
[ "$("$house" descriptor --hp hp.yaml Si_bulk_test.xyz | wc -l)" -gt 300 ] || fail "descriptor"
if "$house" descriptor --hp hp.yaml --gradients Si_bulk_test.xyz >log 2>&1; then fail "gradients that are not there"; fi
"$house" kernel-stats --hp hp.yaml --reference 20 Si_bulk_test.xyz >log || fail "kernel-stats"
"$house" report two -o report.html >log 2>&1 || fail "report"
grep -q "larger of the MAEs in units of their goals" report.html || fail "the report does not know the objective"
grep -q "toy_walk (first_step 0.4" report.html || fail "the report does not know the optimiser"
echo "a term, an objective and an optimiser more"
