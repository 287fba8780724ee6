#!/usr/bin/env bash
# extend.sh PROGRAM: studies that go on longer, options that are recorded, and a study of Starling 0.1.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

run() { "$program" run "$@" --quiet >/dev/null 2>log || fail "starling run $*"; }

# --more in pieces is the study that was longer from the beginning.
sed 's/iterations: 8/iterations: 20/' tiny.yaml >long.yaml
run long.yaml --dir whole
run tiny.yaml --dir parts
for _ in 1 2 3; do run tiny.yaml --dir parts --more 4; done
same_results whole parts
run tiny.yaml --dir parts
same_results whole parts
"$program" status parts | grep -q "iteration 20 of 20" || fail "status does not show the extended budget"

# Killed at any time, the same command with --more ends as the uninterrupted one.
sed 's/iterations: 8/iterations: 120/' tiny.yaml >long.yaml
run long.yaml --dir whole2
run tiny.yaml --dir killed
run tiny.yaml --dir killed
for delay in 0.05 0.1 0.15 0.2 0.25 0.3; do
    "$program" run tiny.yaml --dir killed --more 112 --quiet >/dev/null 2>&1 &
    sleep "$delay"
    kill -9 $! 2>/dev/null || true
    wait $! 2>/dev/null || true
    if "$program" status killed | grep -q "iteration 120 of 120"; then break; fi
done
"$program" status killed | grep -q "of 120" || run tiny.yaml --dir killed --more 112 # a slow machine
run tiny.yaml --dir killed
same_results whole2 killed

# What the file does not say is taken from the study, also where an option said it.
sed '/seed: 5/d' tiny.yaml >open.yaml
run open.yaml --dir options --seed 9 --set fit.delta='{range: [0.1, 4.0]}' --set objective.force_weight=0.05
run open.yaml --dir options --set fit.delta='{range: [0.1, 4.0]}'
grep -q "seed: 9" options/config.yaml || fail "the recorded seed is not taken over"
grep -q "force_weight: 0.05" options/config.yaml || fail "the recorded weight is not taken over"
[ "$(exit_code "$program" run open.yaml --dir options --quiet)" = 2 ] || fail "another delta is not refused"
grep -q "fit/delta: was" log || fail "the message does not name the difference"

# A study of Starling 0.1 is refused in one sentence, and nothing of it is touched.
mkdir old
cp "$here/../golden/study/study-0.1.h5" old/study.h5
before=$(sha256sum old/study.h5)
[ "$(exit_code "$program" run tiny.yaml --dir old --quiet)" = 2 ] || fail "a study of 0.1 is not refused"
grep -q "was written by Starling 0.1.*finish it with 0.1, or give another --dir" log || fail "the message does not say what to do"
[ "$(sha256sum old/study.h5)" = "$before" ] || fail "the checkpoint of 0.1 was touched"
[ ! -e old/config.yaml ] || fail "files were written beside the checkpoint of 0.1"
echo "extended, recorded, refused"
