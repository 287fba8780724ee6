#!/usr/bin/env bash
# All tests of a fresh checkout: installs what is missing, builds with warnings as errors, runs them.
# The last line of the output is ctest's count.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
examples/install-packages.sh check jq

jobs=$(nproc)
cmake --preset ci
cmake --build --preset ci --parallel "$jobs"

log=build/ci/ctest.log
code=0
ctest --preset ci --parallel "$jobs" 2>&1 </dev/null | tee "$log" || code=$?
grep -E '^[0-9]+% tests passed' "$log" | tail -n 1
exit "$code"
