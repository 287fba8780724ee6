#!/usr/bin/env bash
# damage.sh PROGRAM N [SEED [ROUND]]: N times (or round ROUND alone) one file that the program reads is damaged, cut,
# emptied, removed or replaced, and the commands that read it run, each for at most a minute. Wrong are: death by a
# signal, a hang, another exit code than the README's, a failure without a message `place: ...`, a changed file that is
# not the command's own, and results that differ from the undamaged ones where they must not. What was wrong is kept in
# /tmp/starling-damage-SEED.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../cli/lib.sh"
number=$2
seed=${3:-1}
wrong=0
mkdir base

# --- what there is: a study half way, with a trace; inputs of every kind; a potential ---

mv C2_dimer.xyz base
sed 's/iterations: 8/iterations: 4/' tiny.yaml >base/study.yaml
printf 'trace:\n  keep: all\n' >>base/study.yaml
cd base
sed 's/iterations: 4/iterations: 6/' study.yaml >longer.yaml
gzip -9nc C2_dimer.xyz >C2.xyz.gz
sed 's/C2_dimer.xyz/C2.xyz.gz/' study.yaml >packed.yaml
sed 's/l_max: 4/&\n  compress_file: map.txt/' study.yaml >compressed.yaml
printf '4 4 12\n' >map.txt
seq 2 3 35 >>map.txt
must() { [ "$(exit_code "$program" "$@")" = 0 ] || fail "undamaged: $*"; }
must run study.yaml --dir study --quiet
"$program" best study --json >hp.json
jq -r '.hp | to_entries[] | "\(.key): \(.value)"' hp.json | grep -v null >hp.yaml
must fit study.yaml --hp hp.yaml --dir potential
must fit compressed.yaml --hp hp.json --dir compressed
"$program" eval potential/potential.xml C2_dimer.xyz >../eval.expected
cp -r study ../whole
must run longer.yaml --dir ../whole --quiet
rm log
cd ..

# --- one damage ---

# Prints what it did. A folder, a link that leads nowhere and another file of the inputs stand for "another kind".
damage() { # ROUND FILE OTHER...
    python3 - "$seed" "$@" <<'PY'
import os, random, shutil, sys
r = random.Random(f"{sys.argv[1]}.{sys.argv[2]}")
name, others = sys.argv[3], sys.argv[4:]
old = new = open(name, "rb").read()
n = len(old)
def span(most):
    k = r.randrange(1, min(n, most) + 1)
    return r.randrange(n - k + 1), k
def noise(k):
    return bytes(r.randrange(256) for _ in range(k))
while new == old:
    what = r.choice("cut bit bits zeros doubled inserted swapped empty other folder link removed digit".split())
    if what == "cut": new = old[: r.randrange(n)]
    elif what in ("bit", "bits"):
        new = bytearray(old)
        for _ in range(1 if what == "bit" else r.randrange(2, 40)): new[r.randrange(n)] ^= 1 << r.randrange(8)
    elif what == "digit":
        at = [i for i in range(n) if chr(old[i]).isdigit()]
        if at: i = r.choice(at); new = old[:i] + str(r.randrange(10)).encode() + old[i + 1 :]
    elif what == "zeros": i, k = span(4096); new = old[:i] + bytes(k) + old[i + k :]
    elif what == "doubled": i, k = span(4096); new = old[: i + k] + old[i:]
    elif what == "inserted": i = r.randrange(n + 1); new = old[:i] + noise(r.randrange(1, 200)) + old[i:]
    elif what == "swapped": i = r.randrange(1, n) if n > 1 else 0; new = old[i:] + old[:i]
    elif what == "empty": new = b""
    elif what == "other": new = open(r.choice(others), "rb").read()
    else:
        os.remove(name)
        if what == "folder": os.mkdir(name)
        if what == "link": os.symlink("nowhere", name)
        print(what)
        sys.exit()
open(name, "wb").write(new)
print(what)
PY
}

# One of the words into the variable NAME; not in $(...), where RANDOM begins anew with the time.
pick() { # NAME WORD...
    local name=$1
    shift $((1 + RANDOM % ($# - 1)))
    printf -v "$name" '%s' "$1"
}

# --- what must hold ---

finding() {
    echo "round $round ($kind: $what $file): $*"
    wrong=$((wrong + 1))
    mkdir -p "/tmp/starling-damage-$seed"
    rm -rf "/tmp/starling-damage-$seed/$round"
    cp -a ../round "/tmp/starling-damage-$seed/$round" # with output and messages
}

# Runs a command of the program; its exit code must be one of ALLOWED.
try() { # ALLOWED COMMAND...
    local allowed=$1
    shift
    code=0
    timeout -k 1 60 "$program" "$@" >out 2>messages </dev/null || code=$?
    commands=$((commands + 1))
    case " $allowed " in *" $code "*) ;; *) finding "exit code $code, expected $allowed: $*" ;; esac
    if [ "$code" -ne 0 ] && ! grep -qE '^starling: [^ ].*: .' messages; then finding "no message with its place: $*"; fi
    if [ "$code" -eq 0 ] && [[ " $* " == *" --json "* ]] && ! jq empty out 2>/dev/null; then finding "no JSON: $*"; fi
}
state() {
    local ours=(! -type d ! -path './new*' ! -name out ! -name messages ! -name study.log)
    find . "${ours[@]}" -printf '%p %y %l\n'
    find . "${ours[@]}" -type f -exec sha256sum {} +
}
unchanged() { # WHEN [REGEX of what it may change]
    grep -vE "${2:-^$}" ../before >../then
    state | sort | grep -vE "${2:-^$}" >../now
    cmp -s ../then ../now || finding "$1 changed files: $(diff ../then ../now | sed -n 's/^[<>] //p' | head -n 3 | xargs)"
}
same() { # DIRECTORY
    if ! cmp -s ../whole/trials.csv "$1/trials.csv" || ! diff -r ../whole/best "$1/best" >/dev/null; then
        finding "$1 differs from the undamaged search"
    fi
}
# Whatever happened: with the sound file in its place the study ends as if nothing had been.
repaired() {
    rm -rf "${files[@]}"
    for f in "${files[@]}"; do cp -a "../base/$f" "$f"; done
    try 0 run longer.yaml --dir study --quiet
    same study
}

readers() {
    try "$1" status study
    try "$1" status study --json
    try "$1" best study --json
    try "$1" report study -o new.html
    try "$1" trace study
    local format figure
    pick format chrome paje csv dot
    pick figure convergence path effects kernel similarity dimer-energy parity-force errors-energy gantt
    try "$1" trace study --format "$format" -o new.trace
    try "$1" plot study "$figure" -o new.csv
}
any=(C2_dimer.xyz C2.xyz.gz study.yaml hp.json map.txt study/study.h5 study/trials.csv study/trace/s1-i000000.h5
    potential/potential.xml)

# Files of the program's own: whatever they are, the readers change nothing; a search goes on and writes them again.
own() { # ALLOWED-FOR-RUN
    readers '0 2 4'
    unchanged "a reader"
    local allowed=$1
    case $what in folder | link) allowed='0 2 4' ;; esac
    try "$allowed" run longer.yaml --dir study --quiet
    if [ "$code" -ne 0 ]; then
        unchanged "a refused search" '[.]/study/'
    elif [ "$what" != folder ]; then # which no search removes; in the place of a figure it is said
        same study
    fi
    repaired
}

check_kind() {
    case $kind in
    checkpoint | previous) own "$([ "$what" = other ] && echo '0 2 4' || echo 0)" ;;
    tables | traces) own 0 ;;
    marker) own 0 ;;
    both)
        readers '0 2 4'
        local allowed='2 4'
        [ "$what" != other ] || allowed='0 2 4' # it may be a sound checkpoint
        try "$allowed" run longer.yaml --dir study --quiet
        if [ "$code" -eq 0 ]; then same study; else unchanged "a refused search"; fi
        repaired
        ;;
    yaml)
        try '0 2 4' check study.yaml
        try '0 2 4 75' run study.yaml --dir new --max-time 2 --quiet
        try '0 2 4' fit study.yaml --hp hp.json --dir new-fit
        unchanged "a command"
        try '0 2 4 75' run study.yaml --dir study --max-time 2 --quiet
        if [ "$code" -ne 0 ] && [ "$code" -ne 75 ]; then unchanged "a refused search"; repaired; fi
        ;;
    xyz)
        try '0 2 4' check study.yaml
        try '0 2 4 75' run study.yaml --dir new --max-time 2 --quiet
        try '0 2 4' eval potential/potential.xml C2_dimer.xyz -o new.xyz
        try '0 2 4' descriptor C2_dimer.xyz --hp hp.json
        try '2 4' run longer.yaml --dir study --quiet
        unchanged "a refused search"
        repaired
        ;;
    gzip)
        try '0 2 4' check packed.yaml
        try '0 2 4' eval potential/potential.xml C2.xyz.gz
        if [ "$code" -eq 0 ] && [ "$what" != other ]; then
            zcat C2.xyz.gz >../plain 2>/dev/null || finding "gzip refuses what eval takes"
            if cmp -s ../plain C2_dimer.xyz && ! cmp -s out ../eval.expected; then
                finding "other errors from the same structures"
            fi
        fi
        unchanged "a command"
        ;;
    potential)
        try '0 2 4' eval potential/potential.xml C2_dimer.xyz --json
        try '0 2 4' eval compressed/potential.xml C2_dimer.xyz
        unchanged "a command"
        ;;
    sparse)
        try '2 4' eval potential/potential.xml C2_dimer.xyz
        unchanged "a command"
        ;;
    hp)
        try '0 2 4' fit study.yaml --hp "$file" --dir new --json
        try '0 2 4' descriptor C2_dimer.xyz --hp "$file"
        try '0 2 4' kernel-stats C2_dimer.xyz --hp "$file" --json
        unchanged "a command"
        ;;
    compress)
        try '0 2 4' check compressed.yaml
        try '0 2 4' fit compressed.yaml --hp hp.json --dir new
        unchanged "a command"
        ;;
    esac
}

# The files of a kind into `files`; all of them are damaged.
files_of() {
    local one
    case $1 in
    checkpoint) files=(study/study.h5) ;;
    previous) files=(study/study.h5.prev) ;;
    both) files=(study/study.h5 study/study.h5.prev) ;;
    tables)
        pick one study/{status,study,best/result,best/kernel}.json study/config.yaml study/best/potential.* \
            study/{trials,times,best/parity,best/structures}.csv
        files=("$one")
        ;;
    traces) pick one study/trace/*.h5 && files=("$one") ;;
    marker) files=(study/.starling) ;;
    yaml) files=(study.yaml) ;;
    xyz) files=(C2_dimer.xyz) ;;
    gzip) files=(C2.xyz.gz) ;;
    potential) pick one potential/potential.xml compressed/potential.xml* && files=("$one") ;;
    sparse) files=(potential/potential.xml.sparseX.*) ;;
    hp) pick one hp.json hp.yaml && files=("$one") ;;
    compress) files=(map.txt) ;;
    esac
}

rounds=0 commands=0
for round in $([ -n "${4:-}" ] && echo "$4" || seq "$number"); do
    RANDOM=$((seed * 10000 + round))
    rm -rf round
    cp -a base round
    cd round
    pick kind checkpoint checkpoint previous both tables tables traces marker yaml xyz xyz gzip potential sparse hp \
        compress
    files_of "$kind"
    what=
    for file in "${files[@]}"; do what=$(damage "$round" "$file" "${any[@]/#/../base/}"); done
    state | sort >../before
    check_kind
    rounds=$((rounds + 1))
    cd ..
done
echo "$rounds damaged files, $commands commands, $wrong findings"
[ "$wrong" -eq 0 ]
