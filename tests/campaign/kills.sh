#!/usr/bin/env bash
# kills.sh PROGRAM N [SEED]: at least N `kill -9` at random moments of searches (strategies 1 to 3, several data sets,
# `run --more`; random scheduler and number of workers at every start) and of the commands beside them (fit, report,
# best), repeated until they end by themselves. Every search must end with the bytes of the uninterrupted one, every other
# command with its usual output, and no temporary file may be left.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../cli/lib.sh"
export STARPU_SCHED STARPU_NCPU
number=$2
RANDOM=${3:-1}

sed 's/iterations: 8/iterations: 20/' tiny.yaml >long.yaml
sed 's/strategy: 1/strategy: 2/; s/iterations: 8/iterations: 4\n  stage2_particles: 4\n  stage2_iterations: 4/' tiny.yaml >two.yaml

awk 'NR % 4 == 1 { n++ } { print > "part-" n % 3 ".xyz" }' C2_dimer.xyz
sed 's/train: .*/train: ["part-[01].xyz"]\n  test: part-2.xyz/; s/validation: same/validation: 0.25/' tiny.yaml >sets.yaml

sed 's/strategy: 1/strategy: 3/; s/delta: .*/delta: 1/' tiny.yaml >three.yaml

sed '/strategy:/d; /  sigma_/d; s/delta: .*/final_n_sparse: 20/; s/validation: same/validation: {folds: 3}/' tiny.yaml >folds.yaml

now_ms() { echo $(($(date +%s%N) / 1000000)); }
# One of the words into the variable NAME; not in $(...), where RANDOM begins anew with the time.
pick() { # NAME WORD...
    local name=$1
    shift $((1 + RANDOM % ($# - 1)))
    printf -v "$name" '%s' "$1"
}

kills=0 searches=0
declare -A killed=([run]=0 [more]=0 [fit]=0 [report]=0 [best]=0)

# Starts the command and kills it after at most LONGEST ms; again until it ends by itself, with exit code 0. DONE_YET says
# after each kill whether there is nothing left to do.
until_done() { # WHAT LONGEST DONE_YET COMMAND...
    local what=$1 longest=$2 done_yet=$3 pid code delay
    shift 3
    while :; do
        pick STARPU_SCHED eager lws dmdas
        pick STARPU_NCPU 1 2
        "$@" >log 2>&1 </dev/null &
        pid=$!
        delay=$((RANDOM % longest))
        sleep "$((delay / 1000)).$(printf '%03d' $((delay % 1000)))"
        kill -9 "$pid" 2>/dev/null || true
        code=0
        wait "$pid" 2>/dev/null || code=$?
        [ "$code" -ne 0 ] || return 0
        [ "$code" -eq 137 ] || fail "exit code $code of: $*"
        kills=$((kills + 1)) killed[$what]=$((killed[$what] + 1))
        ! "$done_yet" || return 0
        longest=$((longest + longest / 10 + 1)) # a busy machine
    done
}
never() { false; }

# Uninterrupted results, and how long each takes: kills are spread over a little more than that.
declare -A longest
timed() { # NAME COMMAND...
    local name=$1 start
    shift
    start=$(now_ms)
    [ "$(exit_code "$program" "$@")" = 0 ] || fail "uninterrupted: $*"
    longest[$name]=$((($(now_ms) - start) * 6 / 5))
}
timed one run tiny.yaml --dir whole-one --quiet
timed long run long.yaml --dir whole-long --quiet
timed two run two.yaml --dir whole-two --quiet
timed three run three.yaml --dir whole-three --quiet
timed folds run folds.yaml --dir whole-folds --quiet
timed sets run sets.yaml --dir whole-sets --quiet
timed best best whole-one --json
cp log hp.json
timed report report whole-one -o report.html
timed fit fit tiny.yaml --hp hp.json --dir whole-fit
sed -i 's|"whole-fit/|"DIR/|' whole-fit/result.json

search() { # NAME FILE
    rm -rf broken
    until_done run "${longest[$1]}" never "$program" run "$2" --dir broken --quiet
    same_results "whole-$1" broken
}

# Killed after its last save, the same --more would begin another extension: status tells.
extended() { "$program" status broken 2>/dev/null | grep -q "iteration 20 of 20"; }
more() {
    rm -rf broken
    [ "$(exit_code "$program" run tiny.yaml --dir broken --quiet)" = 0 ] || fail "search to be extended"
    until_done more "${longest[one]}" extended "$program" run tiny.yaml --dir broken --more 12 --quiet
    [ "$(exit_code "$program" run tiny.yaml --dir broken --quiet)" = 0 ] || fail "last resumption"
    same_results whole-long broken
}

# Commands that write elsewhere or read, while a search runs; it must not notice them.
readers() {
    rm -rf broken fit page
    mkdir page
    "$program" run long.yaml --dir broken --quiet >search.log 2>&1 </dev/null &
    local search=$!
    until_done fit "${longest[fit]}" never "$program" fit tiny.yaml --hp hp.json --dir fit
    sed -i 's|"fit/|"DIR/|' fit/result.json
    diff -r whole-fit fit || fail "the fit differs from the uninterrupted one"
    for _ in $(seq 50); do [ ! -f broken/status.json ] || [ ! -f broken/best/result.json ] || break; sleep 0.1; done
    until_done report "${longest[report]}" never "$program" report broken -o page/report.html
    until_done best "${longest[best]}" never "$program" best broken
    wait "$search" || fail "the search beside killed commands"
    same_results whole-long broken
    [ "$(ls page)" = report.html ] || fail "temporary files of killed reports are left: $(ls page)"
}

while [ "$kills" -lt "$number" ]; do
    searches=$((searches + 1))
    pick kind one one two two three three folds folds folds sets sets sets more more beside
    case $kind in
    one) search one tiny.yaml ;;
    two) search two two.yaml ;;
    three) search three three.yaml ;;
    folds) search folds folds.yaml ;;
    sets) search sets sets.yaml ;;
    more) more ;;
    beside) readers ;;
    esac
done
for what in run more fit report best; do summary="${summary:+$summary, }${killed[$what]} of $what"; done
echo "$kills kills ($summary) in $searches searches, all ended as uninterrupted"
