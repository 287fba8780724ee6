#!/usr/bin/env bash
# mutations.sh N [SEED [FOLDER...]]: changes the program in N places, one at a time, in a copy, and runs the tests until one
# notices: those of the change's room first, then all, then those of the room with sanitizers. Prints a line for each
# change and the share that was caught. What survives must be judged by a person: no difference to any result (say so in
# docs/TESTING.md), or a test is missing. A change takes a build of one file and, where it survives, the whole suite: plan
# two minutes for each.
set -euo pipefail

number=$1
seed=${2:-1}
shift $(($# < 2 ? $# : 2))
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git -C "$root" archive HEAD | tar -x -C "$work"
cd "$work"
cmake --preset ci >/dev/null
cmake --build --preset ci --parallel "$(nproc)" >/dev/null
[ $# -gt 0 ] || set -- runtime tasks src
mapfile -t files < <(find "$@" -name '*.c' | sort)

# One change somewhere in the files: FILE, line number, old and new line, separated by tabs.
choose() { # COUNTER
    python3 - "$seed" "$1" "${files[@]}" <<'PY'
import random, re, sys
r = random.Random(f"{sys.argv[1]}.{sys.argv[2]}")
swaps = [(r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "), (r" >= ", " > "), (r" == ", " != "), (r" != ", " == "),
         (r" \+ ", " - "), (r" - ", " + "), (r" \* ", " / "), (r" && ", " || "), (r" \|\| ", " && "), (r"\b1\b", "2"),
         (r"\b0\b", "1"), (r"\btrue\b", "false"), (r"\bfalse\b", "true"), (r"\+\+", "--"), (r"return st;", "return SLG_OK;"),
         (r"\bfmin\(", "fmax("), (r"\bfmax\(", "fmin(")]
while True:
    name = r.choice(sys.argv[3:])
    lines = open(name).read().split("\n")
    k = r.randrange(len(lines))
    line = lines[k]
    if not line.startswith("    ") or "*/" in line or "/*" in line or line.strip().startswith(("*", '"', "#")):
        continue
    code = re.sub(r'"[^"]*"', lambda m: "\0" * len(m.group(0)), line)
    old, new = r.choice(swaps)
    places = list(re.finditer(old, code))
    if not places:
        continue
    m = r.choice(places)
    changed = line[: m.start()] + new + line[m.end():]
    print(name, k + 1, line, changed, sep="\t")
    break
PY
}

# Tests of the room first: they are quick and should be the ones that notice.
tests_of() { # FILE
    case $1 in
    runtime/base/*) echo 'check_base|cli.fsync' ;;
    runtime/ckpt/*) echo 'check_ckpt|check_damage' ;;
    runtime/engine/*) echo 'dag\.' ;;
    runtime/trace/*) echo 'trace\.' ;;
    tasks/terms/*) echo 'check_soap|check_rows' ;;
    tasks/*) echo 'check_(rows|sparse|solver|kernelstat|blocks|golden_fit|particle)' ;;
    src/data/* | src/doctor/*) echo 'data\.' ;;
    src/config/*) echo 'check_(config|layers|hp_files|space|asked)' ;;
    src/optimisers/*) echo 'check_(swarm|search|optimisers|laws)' ;;
    src/potential/*) echo 'check_p(ot|redict)' ;;
    src/report/*) echo 'report\.' ;;
    src/cli/*) echo 'cli\.' ;;
    *) echo 'study\.|dag\.' ;;
    esac
}

build() { # PRESET
    timeout 1200 cmake --build --preset "$1" --parallel "$(nproc)" >"$work.log" 2>&1
}

fails() { # WHO PRESET CTEST-OPTION...: says by whose test, if one fails
    local who=$1 preset=$2
    shift 2
    timeout 1800 ctest --preset "$preset" --parallel "$(nproc)" --stop-on-failure "$@" >"$work.log" 2>&1 && return 1
    echo "$who: $(grep -m1 -oE '[a-z]+\.[a-z_-]+ \.*\*\*\*' "$work.log" | cut -d' ' -f1)"
}

noticed() { # FILE: what notices the change, empty when nothing does
    build ci || { echo "the compiler"; return; }
    fails "the room" ci -R "$(tests_of "$1")" && return
    fails "another" ci -E 'house.rooms' && return
    [ -d build/asan ] || cmake --preset asan >/dev/null
    build asan && fails "with sanitizers" asan -R "$(tests_of "$1")" || true
}

caught=0
for i in $(seq "$number"); do
    IFS=$'\t' read -r file line old new < <(choose "$i")
    cp "$file" "$work.saved"
    LINE=$line NEW=$new awk 'NR == ENVIRON["LINE"] { print ENVIRON["NEW"]; next } { print }' "$work.saved" >"$file"
    by=$(noticed "$file")
    cp "$work.saved" "$file"
    if [ -n "$by" ]; then caught=$((caught + 1)); fi
    printf '%s %s:%s:%s -> %s\n' "${by:-SURVIVED}" "$file" "$line" "${old#"${old%%[! ]*}"}" "${new#"${new%%[! ]*}"}"
done
echo "$caught of $number changes were noticed"
