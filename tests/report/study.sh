#!/usr/bin/env bash
# study.sh PROGRAM: what a search writes for its report agrees with its results; report, plot and status --watch during and
# after a search.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../cli/lib.sh" "$1"
cp "$(dirname "${BASH_SOURCE[0]}")/../cli/input/tiny.yaml" .

close() { # close A B TOLERANCE
    awk -v a="$1" -v b="$2" -v t="$3" 'BEGIN { d = a - b; exit !((d < 0 ? -d : d) <= t) }'
}

# A page while the search runs, from the directory alone.
sed -e 's/iterations: .*/iterations: 100000/' tiny.yaml >long.yaml
"$program" run long.yaml --dir long --quiet >log 2>&1 </dev/null &
pid=$!
for _ in $(seq 100); do
    if [ -s long/best/kernel.json ]; then break; fi
    sleep 0.1
done
for i in 1 2 3; do
    [ "$(exit_code "$program" report long -o "long$i.html")" = 0 ] || fail "report of a running search"
    grep -q '>running<' "long$i.html" || fail "the page does not say that the search runs"
done
"$program" status long --watch >watch.txt 2>watch.err </dev/null &
watch=$!
sleep 2.5
kill -s TERM "$pid"
wait "$pid" || true
for _ in $(seq 50); do
    if ! kill -0 "$watch" 2>/dev/null; then break; fi
    sleep 0.1
done
if kill -0 "$watch" 2>/dev/null; then kill "$watch"; fail "status --watch does not end with the search"; fi
wait "$watch" || fail "status --watch: $(cat watch.err)"
[ "$(wc -l <watch.txt)" -ge 2 ] || fail "status --watch shows no progress: $(cat watch.txt)"
tail -n 1 watch.txt | grep -q ' stopped stage 1 ' || fail "last line of status --watch: $(tail -n 1 watch.txt)"
if grep -q $'\033' watch.txt; then fail "escape sequences although this is no terminal"; fi
[ "$(exit_code "$program" status nothing --watch)" = 2 ] || fail "status --watch without a study"

# The files of the best trial agree with its result.
"$program" run tiny.yaml --dir done --quiet >/dev/null 2>&1 </dev/null || fail "run"
rmse() { # rmse QUANTITY
    awk -F, -v q="$1" '$1 == q { n++; s += ($6 - $5) ^ 2 } END { print sqrt(s / n) }' done/best/parity.csv
}
number() { grep -o "\"$1\": *[-0-9.e]*" done/best/"$2" | head -n 1 | sed 's/.*: *//'; }
close "$(rmse energy)" "$(number energy_rmse result.json)" 1e-8 || fail "energies: $(rmse energy)"
close "$(rmse force)" "$(number force_rmse result.json)" 1e-7 || fail "forces: $(rmse force)"
[ "$(number trial result.json)" = "$(number trial kernel.json)" ] || fail "trials of the files differ"
worst=$(awk -F, 'NR > 1 { s += $6 ^ 2; n++ } END { print sqrt(s / n) }' done/best/structures.csv)
close "$worst" "$(number force_rmse result.json)" 1e-7 || fail "structures.csv: $worst"

# The kernel at the best HPs is that of `kernel-stats`.
grep -o '"hp": {[^}]*}' <(tr -d '\n' <done/best/result.json) | sed 's/"hp": //' >hp.json
"$program" kernel-stats C2_dimer.xyz --hp hp.json >stats 2>log || fail "kernel-stats"
for pair in mean:mean std:std skewness:skewness; do
    close "$(awk -v k="${pair#*:}" '$1 == k { print $2 }' stats)" "$(number "${pair%:*}" kernel.json)" 2e-6 ||
        fail "kernel: ${pair%:*}"
done

# 7 curves whose own distance gives 1; predictions of all 30 dimers.
"$program" plot done similarity -o similarity.csv || fail "plot similarity"
[ "$(awk -F, 'NR > 1 { print $2 }' similarity.csv | sort -u | wc -l)" = 7 ] || fail "not 7 curves"
awk -F, 'NR > 1 && $2 == $3 && ($4 < 0.999999 || $4 > 1.000001) { bad = 1 } END { exit bad }' similarity.csv ||
    fail "a dimer is not similar to itself"
"$program" plot done dimer-force -o force.csv || fail "plot dimer-force"
dimer=$(awk -F, 'NR > 1 { s += 2 * ($4 - $3) ^ 2; n++ } END { print sqrt(s / (6 * n)) }' force.csv)
close "$dimer" "$(number force_rmse result.json)" 1e-6 || fail "forces of the dimers: $dimer"

# A machine's facts stay out of what is compared between runs.
"$program" run tiny.yaml --dir again --quiet >/dev/null 2>&1 </dev/null || fail "run"
same_results done again
"$program" report done --baseline again -o page.html >/dev/null || fail "report"
[ "$(stat -c %s page.html)" -lt 3000000 ] || fail "the page is too large"
if grep -q 'longest tasks are drawn' page.html; then fail "a page of a small search without its short tasks"; fi
if "$program" plot done gantt -o gantt.csv 2>/dev/null; then
    [ "$(wc -l <gantt.csv)" -gt 4 ] || fail "Gantt chart without tasks"
fi
