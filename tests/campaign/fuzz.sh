#!/usr/bin/env bash
# fuzz.sh SECONDS [FOLDER [TARGET...]]: builds the fuzz targets (clang) and runs each of them, or those named, for
# SECONDS from the stored corpus, one after another. Prints executions and findings of each. New inputs and findings are
# kept in FOLDER/TARGET (default: /tmp/starling-fuzz); a finding becomes a file of tests/fuzz/corpus and ends its
# target's run.
set -euo pipefail
seconds=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=$(mkdir -p "${2:-/tmp/starling-fuzz}" && realpath "${2:-/tmp/starling-fuzz}")
shift $(($# < 2 ? $# : 2))
[ $# -gt 0 ] || mapfile -t all < <(sed -n 's/^slg_add_fuzz(\(\w*\) .*/\1/p' "$root/tests/fuzz/CMakeLists.txt")
[ $# -gt 0 ] || set -- "${all[@]}"
export ASAN_OPTIONS=allocator_may_return_null=1
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm # a disk would wait for every fsync

cd "$root"
cmake --preset fuzz >"$folder/build.log"
cmake --build --preset fuzz --parallel 1 --target "$@" >>"$folder/build.log" 2>&1 ||
    { tail -n 20 "$folder/build.log"; exit 1; }

executions=0 findings=0
for target in "$@"; do
    corpus=$(sed -n "s/^slg_add_fuzz($target \(\w*\) .*/\1/p" tests/fuzz/CMakeLists.txt)
    here=$folder/$target
    mkdir -p "$here/new"
    code=0
    "build/fuzz/tests/$target" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=4096 \
        -print_final_stats=1 -artifact_prefix="$here/" "$here/new" "tests/fuzz/corpus/$corpus" >"$here/log" 2>&1 ||
        code=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$here/log" | tail -n 1)
    found=$(find "$here" -maxdepth 1 -type f ! -name log | wc -l)
    if [ "$code" -ne 0 ] && [ "$found" -eq 0 ]; then found=1; fi # it did not even start
    echo "$target: ${runs:-0} executions, $found findings$([ "$found" -eq 0 ] || echo ", see $here")"
    executions=$((executions + ${runs:-0}))
    findings=$((findings + found))
done
echo "$# targets, $seconds s each: $executions executions, $findings findings"
[ "$findings" -eq 0 ]
