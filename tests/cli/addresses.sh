#!/usr/bin/env bash
# addresses.sh PROGRAM: with too little address space (ulimit -v) every command ends at once with exit code 4 and says what
# would do; OpenBLAS and StarPU would wait for ever, or abort.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

limited() { # KILOBYTES COMMAND...: exit code, 124 = hangs; output in log
    local limit=$1 code=0
    shift
    (ulimit -v "$limit" && exec timeout -s KILL 60 "$program" "$@") >log 2>&1 </dev/null || code=$?
    echo "$code"
}
refused=0
for kilobytes in 150000 200000 250000 300000 400000 500000 600000 700000 800000 900000 1000000; do
    code=$(limited "$kilobytes" run tiny.yaml --dir "study$kilobytes" --quiet)
    if [ "$code" -eq 0 ]; then continue; fi
    grep -q "^starling: ulimit -v: expected about .*; raise it to [0-9]* kB" log ||
        grep -q "error while loading shared libraries" log || fail "run with $kilobytes kB: exit code $code"
    refused=$((refused + 1))
done
[ "$refused" -gt 3 ] || fail "only $refused limits were refused"
[ "$(limited 4000000 run tiny.yaml --dir enough --quiet)" = 0 ] || fail "4 GB of addresses are not enough"
[ "$(limited 450000 check tiny.yaml)" = 4 ] || fail "check with 450 MB"
for command in "status enough" "kernel-stats C2_dimer.xyz --hp hp.yaml" "best enough"; do
    # shellcheck disable=SC2086
    code=$(limited 200000 $command)
    case $code in 0 | 2 | 4 | 127) ;; *) fail "$command with 200 MB: exit code $code" ;; esac
done
echo "$refused limits refused"
