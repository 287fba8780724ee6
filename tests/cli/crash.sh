#!/usr/bin/env bash
# crash.sh PROGRAM SCHEDULER WORKERS: kills a search with SIGKILL at random times and resumes it until it ends; its
# trial table and best potential must be those of an uninterrupted search. KILLS and SEED change the plan.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
export STARPU_SCHED=$2
workers=$3
kills=${KILLS:-20}
RANDOM=${SEED:-17}

start=$(date +%s%N)
[ "$(exit_code "$program" run tiny.yaml --dir whole --workers "$workers" --quiet)" = 0 ] || fail "uninterrupted search"
whole_ms=$((($(date +%s%N) - start) / 1000000))

done_kills=0
directory=0
while [ "$done_kills" -lt "$kills" ]; do
    directory=$((directory + 1))
    while :; do
        "$program" run tiny.yaml --dir "broken-$directory" --workers "$workers" --quiet >log 2>&1 </dev/null &
        pid=$!
        delay=$((RANDOM % whole_ms))
        sleep "$(printf '%d.%03d' $((delay / 1000)) $((delay % 1000)))"
        kill -9 "$pid" 2>/dev/null || true
        code=0
        wait "$pid" 2>/dev/null || code=$?
        if [ "$code" -eq 0 ]; then break; fi
        [ "$code" -eq 137 ] || fail "exit code $code after a crash"
        done_kills=$((done_kills + 1))
        if [ "$done_kills" -ge "$kills" ]; then
            [ "$(exit_code "$program" run tiny.yaml --dir "broken-$directory" --workers "$workers" --quiet)" = 0 ] ||
                fail "last resumption"
            break
        fi
    done
    same_results whole "broken-$directory"
done
echo "$done_kills kills in $directory searches, each ended as the uninterrupted one ($whole_ms ms)"
