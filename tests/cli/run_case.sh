#!/usr/bin/env bash
# run_case.sh PROGRAM CASE: runs CASE/cmd in a temporary folder with copies of input/ and of CASE/files/ and compares
# exit code, stdout and stderr with CASE/code, CASE/stdout, CASE/stderr. A file that is absent stands for 0 or for
# empty output. UPDATE=1 rewrites them.
set -euo pipefail

program=$(realpath "$1")
[ -x "$program" ] || { echo "$1: not a program"; exit 1; }
case_dir=$(realpath "$2")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/bin" "$work/here"
ln -s "$program" "$work/bin/starling"
cp -r "$here/input/." "$here/../../examples/c2-dimer/C2_dimer.xyz" "$here/../../examples/c2-dimer/s4-1.yaml" \
    "$work/here"
if [ -d "$case_dir/files" ]; then
    cp -r "$case_dir/files/." "$work/here"
fi
real=$(realpath "$work/here")
export PATH="$work/bin:$PATH" STARPU_HOME="$work" STARPU_SILENT=1 STARPU_WORKERS_NOBIND=1 STARPU_NCPU=2 LC_ALL=C

code=0
(cd "$work/here" && bash -o pipefail "$case_dir/cmd") >"$work/out.raw" 2>"$work/err.raw" </dev/null || code=$?
for s in out err; do
    sed -e "s#$real/##g" -e "s#$real#.#g" -e "s#$work/here/##g" "$work/$s.raw" >"$work/$s"
done

if [ "${UPDATE:-0}" = 1 ]; then
    rm -f "$case_dir/code" "$case_dir/stdout" "$case_dir/stderr"
    if [ "$code" -ne 0 ]; then echo "$code" >"$case_dir/code"; fi
    if [ -s "$work/out" ]; then cp "$work/out" "$case_dir/stdout"; fi
    if [ -s "$work/err" ]; then cp "$work/err" "$case_dir/stderr"; fi
    exit 0
fi

failed=0
expected=0
if [ -f "$case_dir/code" ]; then expected=$(cat "$case_dir/code"); fi
if [ "$code" -ne "$expected" ]; then
    echo "exit code: expected $expected, found $code"
    failed=1
fi
touch "$work/empty"
for s in stdout:out stderr:err; do
    file="$case_dir/${s%%:*}"
    if [ ! -f "$file" ]; then file="$work/empty"; fi
    diff -u --label "expected ${s%%:*}" --label "found ${s%%:*}" "$file" "$work/${s##*:}" || failed=1
done
exit "$failed"
