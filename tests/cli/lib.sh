# Shared by crash.sh, stop.sh and refuse.sh: a working folder with a small study, and comparisons.
# shellcheck shell=bash
# shellcheck disable=SC2034  # used by the scripts
program=$(realpath "$1")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/input/*.yaml "$here/../../examples/c2-dimer/C2_dimer.xyz" "$work"
cd "$work" || exit 1
export STARPU_HOME="$work" STARPU_SILENT=1 STARPU_WORKERS_NOBIND=1 STARPU_NCPU=2 LC_ALL=C

fail() {
    echo "FAILED: $*"
    if [ -f log ]; then tail -n 5 log | cut -c 1-300; fi
    exit 1
}

# same_results A B: trial table, best and final potential of two study directories are the same bytes.
same_results() {
    cmp "$1/trials.csv" "$2/trials.csv" || fail "trials.csv of $1 and $2 differ"
    diff -r "$1/best" "$2/best" || fail "best/ of $1 and $2 differ"
    diff -r "$1/final" "$2/final" || fail "final/ of $1 and $2 differ"
    if find "$2" -name "*.starling-*" | grep .; then fail "temporary files of killed processes are left in $2"; fi
}

# exit_code COMMAND...: runs it with output to log, prints its exit code.
exit_code() {
    local code=0
    "$@" >log 2>&1 </dev/null || code=$?
    echo "$code"
}
