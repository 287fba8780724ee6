#!/usr/bin/env bash
# stop.sh PROGRAM: signals and the time limit end a search with exit code 75, everything saved; the same
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
    [ $(($(date +%s) - start)) -le 60 ] || fail "SIG$signal: not stopped within a minute"
    grep -q '"state": *"stopped"' "stop-$signal/status.json" || fail "SIG$signal: status is not stopped"
done

# A signal while the data are read (a large set, open in the process): the study ends in order.
for _ in $(seq 3000); do cat C2_dimer.xyz; done >large.xyz
sed -e 's/C2_dimer.xyz/large.xyz/' long.yaml >slow.yaml
"$program" run slow.yaml --dir loading --quiet >log 2>&1 </dev/null &
pid=$!
for _ in $(seq 10000); do
    if find "/proc/$pid/fd" -lname '*/large.xyz' 2>/dev/null | grep -q .; then break; fi
done
kill -s USR1 "$pid"
code=0
wait "$pid" || code=$?
[ "$code" -eq 75 ] || fail "exit code $code after SIGUSR1 while loading, expected 75"

[ "$(exit_code "$program" run long.yaml --dir limited --max-time 1 --quiet)" = 75 ] || fail "--max-time: expected 75"

# The end of a batch job is a time limit, a minute before; nonsense is none.
export SLURM_JOB_END_TIME=$(($(date +%s) + 62))
[ "$(exit_code "$program" run long.yaml --dir job)" = 75 ] || fail "SLURM_JOB_END_TIME: expected 75"
grep -q "stops in good order within [0-9]* s, before the batch job ends" log || fail "SLURM_JOB_END_TIME is not mentioned"
export SLURM_JOB_END_TIME=soon
[ "$(exit_code "$program" run tiny.yaml --dir soon --quiet)" = 0 ] || fail "SLURM_JOB_END_TIME=soon"
unset SLURM_JOB_END_TIME

# One that takes longer than the first time limit below on any machine.
sed -e 's/iterations: .*/iterations: 200/' tiny.yaml >medium.yaml
[ "$(exit_code "$program" run medium.yaml --dir whole --quiet)" = 0 ] || fail "uninterrupted search"
stops=0
limit=0.5
trials() { if [ -f parts/trials.csv ]; then wc -l <parts/trials.csv; else echo 0; fi; }
while :; do
    before=$(trials)
    code=$(exit_code "$program" run medium.yaml --dir parts --max-time "$limit" --quiet)
    if [ "$code" -eq 0 ]; then break; fi
    [ "$code" -eq 75 ] || fail "--max-time: exit code $code"
    stops=$((stops + 1))
    if [ "$(trials)" -lt $((before + 20)) ]; then limit=$(awk "BEGIN { print 2 * $limit }"); fi # a slow machine
    [ "$stops" -lt 200 ] || fail "no progress between time limits"
done
[ "$stops" -gt 0 ] || fail "the time limit never took effect"
same_results whole parts
echo "3 signals, $stops time limits"
