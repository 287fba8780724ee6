#!/usr/bin/env bash
# Digests of the results of many studies, to prove that a change keeps every bit:
#     tests/campaign/digests.sh PROGRAM >before        (the program built from the commit before)
#     tests/campaign/digests.sh PROGRAM | diff before -
# One line for trials.csv and for each file of best/ of every study and fit below: digest, study, file. Both programs
# must have been built on the machine that runs this; another processor has other last digits.
set -euo pipefail

program=$(readlink -f "$1")
only=${2:-.} # a regular expression for the names of studies
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
examples=$root/examples
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
export OMP_NUM_THREADS=1 STARPU_SILENT=1

digest_of() { # NAME FOLDER FILE...
    local name=$1 folder=$2
    shift 2
    (cd "$folder" && for f in "$@"; do
        [ -f "$f" ] && printf '%s %s %s\n' "$(sha256sum "$f" | cut -c1-32)" "$name" "$f"
    done)
}

study() { # NAME FILE [OPTION...]
    local name=$1 file=$2 dir=$work/$1
    shift 2
    [[ $name =~ $only ]] || return 0
    "$program" run "$file" --dir "$dir" --quiet "$@" >"$work/out" 2>&1 || { cat "$work/out" >&2; return 1; }
    (cd "$dir" && printf '%s\n' best/*) | sort | tr '\n' '\0' | xargs -0 bash -c \
        'digest_of "$0" "$1" trials.csv "${@:2}"' "$name" "$dir"
}
export -f digest_of

fit() { # NAME FILE HP
    local dir=$work/$1
    [[ $1 =~ $only ]] || return 0
    (cd "$examples" && "$program" fit "$2" --hp "$3" --dir "$dir" >/dev/null 2>"$work/out") || { cat "$work/out" >&2; return 1; }
    # the path of the potential is the only text in result.json that depends on where it was written
    sed -i "s|$dir|DIR|" "$dir/result.json"
    (cd "$dir" && printf '%s\n' *) | sort | tr '\n' '\0' | xargs -0 bash -c 'digest_of "$0" "$1" "${@:2}"' "$1" "$dir"
}

# A variant of a study: lines "section.key value" replace what the file has.
variant() { # NAME EXAMPLE/FILE < lines
    local name=$1 folder=$examples/${2%/*} file=$work/$1.yaml
    [[ $name =~ $only ]] || return 0
    python3 - "$examples/$2" "$file" "$folder" <<'PY' "$(cat)"
import re, sys
text = open(sys.argv[1]).read()
for line in sys.argv[4].strip().split("\n"):
    key, value = line.split(" ", 1)
    section, key = key.split(".")
    block = re.search(r"(?ms)^%s:\n(.*?)(?=^\w|\Z)" % section, text)
    body = re.sub(r"(?m)^  %s:.*\n" % key, "", block.group(1))
    if value != "-":
        body = "  %s: %s\n" % (key, value) + body
    text = text[:block.start(1)] + body + text[block.end(1):]
text = re.sub(r"(train|validation): (\w+\.xyz)", r"\1: %s/\2" % sys.argv[3], text)
open(sys.argv[2], "w").write(text)
PY
    study "$name" "$file"
}

for s in strategy1_n4 strategy1_n6 strategy2_n4 strategy2_n6; do study "dimer-$s" "$examples/c2-dimer/$s.yaml"; done
study silicon "$examples/silicon/study.yaml"
study molecules "$examples/cho-molecules/study.yaml"

for hp in s4-1 s4-2 s6-1 s6-2; do fit "fit-$hp" c2-dimer/strategy1_n4.yaml "c2-dimer/$hp.yaml"; done

variant dimer-paper c2-dimer/strategy1_n4.yaml <<'V'
search.swarm paper
search.gbest iteration
search.iterations 20
search.start [{zeta: 4, rcut_soft: 4.5}, {delta: 1, sigma_force: 0.01}]
V
variant dimer-random c2-dimer/strategy1_n4.yaml <<'V'
search.swarm random
search.iterations 20
objective.kind mae
V
variant silicon-fps silicon/study.yaml <<'V'
data.validation {fraction: 0.2}
descriptor.basis poly3
descriptor.alpha_max {int: [3, 6]}
descriptor.compress_mode 1_1
fit.sparse_method fps
fit.config_type_sigma {rattled: {energy: 0.002, force: 0.03}}
search.iterations 4
search.seed 7
V
variant silicon-stages silicon/study.yaml <<'V'
search.strategy 2
search.iterations 3
search.stage2_particles 8
search.stage2_iterations 4
fit.n_sparse {choice: [60, 90, 120]}
objective.kind mae
objective.stage1 std
V
variant molecules-one cho-molecules/study.yaml <<'V'
search.strategy 1
search.particles 6
search.iterations 3
descriptor.compress_mode None
descriptor.zeta {H: {range: [2, 4]}, C: 4, O: {choice: [2, 4, 6]}}
fit.sparse_method random
fit.n_sparse 120
fit.delta {H: {range: [0.5, 5]}, C: {log: [0.5, 20]}, O: 2}
V
variant molecules-plain cho-molecules/study.yaml <<'V'
search.stage2_iterations 6
search.iterations 4
objective.stage1 std_skew_plain
data.e0 average
fit.use [energy]
fit.sigma_force -
V
