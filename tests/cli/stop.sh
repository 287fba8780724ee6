#!/usr/bin/env bash
# stop.sh PROGRAM: signals and the time limit end a search with exit code 75 within seconds, everything saved; the same
# command resumes it to the result of an uninterrupted search.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# A search with many iterations, so that it is surely running when it is stopped.
sed -e 's/iterations: .*/iterations: 100000/' tiny.yaml >long.yaml

for signal in TERM INT USR1; do
    "$program" run long.yaml --dir "stop-$signal" --quiet >log 2>&1 </dev/null &
    pid=$!
    for _ in $(seq 100); do
        if [ -s "stop-$signal/trials.csv" ]; then break; fi
        sleep 0.1
    done
    [ "$(exit_code "$program" run long.yaml --dir "stop-$signal")" = 4 ] || fail "a study ran twice at the same time"
    kill -s "$signal" "$pid"
    start=$(date +%s)
    code=0
    wait "$pid" || code=$?
    [ "$code" -eq 75 ] || fail "exit code $code after SIG$signal, expected 75"
    [ $(($(date +%s) - start)) -le 5 ] || fail "SIG$signal: not stopped within 5 seconds"
    grep -q '"state": *"stopped"' "stop-$signal/status.json" || fail "SIG$signal: status is not stopped"
done

[ "$(exit_code "$program" run long.yaml --dir limited --max-time 1 --quiet)" = 75 ] || fail "--max-time: expected 75"

# One that takes longer than the time limit below on any machine.
sed -e 's/iterations: .*/iterations: 200/' tiny.yaml >medium.yaml
[ "$(exit_code "$program" run medium.yaml --dir whole --quiet)" = 0 ] || fail "uninterrupted search"
stops=0
while :; do
    code=$(exit_code "$program" run medium.yaml --dir parts --max-time 0.5 --quiet)
    if [ "$code" -eq 0 ]; then break; fi
    [ "$code" -eq 75 ] || fail "--max-time: exit code $code"
    stops=$((stops + 1))
    [ "$stops" -lt 200 ] || fail "no progress between time limits"
done
[ "$stops" -gt 0 ] || fail "the time limit never took effect"
same_results whole parts
echo "3 signals, $stops time limits"
