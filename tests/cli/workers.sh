#!/usr/bin/env bash
# workers.sh PROGRAM: a run that gets fewer workers than the node has cores says so and names the cure; one that asked for
# fewer does not.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cores=$(nproc)
if [ "$cores" -lt 2 ]; then
    echo "SKIPPED: one core only"
    exit 77
fi
export STARPU_NCPU=1
[ "$(exit_code "$program" run tiny.yaml --dir few --quiet)" = 0 ] || fail "run"
grep -q "warning: StarPU offers 1 CPU workers, $cores were expected: STARPU_NCPU is 1" log ||
    fail "no warning with 1 worker on $cores cores"
unset STARPU_NCPU
[ "$(exit_code "$program" run tiny.yaml --dir many --workers 4000 --quiet)" = 0 ] || fail "run --workers 4000"
grep -q "warning: StarPU offers [0-9]* CPU workers, 4000 were asked for: this machine has $cores cores" log ||
    fail "no warning with fewer workers than were asked for"
[ "$(exit_code "$program" run tiny.yaml --dir asked --workers 1 --quiet)" = 0 ] || fail "run --workers 1"
if grep -q 'StarPU offers' log; then fail "a warning although one worker was asked for"; fi
