#!/usr/bin/env bash
# Runs all measurements of a build and prints them as one table: tests/bench/run.sh [BUILD_DIR] [REPEATS]
# Each figure is the median of the repeats. Nothing here fails for being slow.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${1:-$root/build/ci}
repeats=${2:-5}
export OMP_NUM_THREADS=1 STARPU_SILENT=1 STARPU_HOME="${STARPU_HOME:-$build}"

if [ ! -x "$build/bench/bench_soap" ]; then
    echo "$build: expected built benchmarks (bench/bench_soap, ...), found none; build the preset ci" >&2
    exit 2
fi

out=$(mktemp -d)
trap 'rm -r "$out"' EXIT

# A search on bulk silicon: seconds a trial; task time / (workers x wall time) in its iterations.
search() {
    local dir=$out/run.$1
    "$build/starling" run "$root/examples/silicon/study.yaml" --dir "$dir" --quiet >/dev/null 2>&1
    "$build/starling" status "$dir" --json |
        jq -r '"search, silicon: wall time a trial\t\(.elapsed_s / (.trials - .cached))\ts"' >"$out/silicon.$1"
    "$build/starling" trace "$dir" --json |
        jq -r '"search, silicon: StarPU efficiency\t\(.efficiency)\t"' >>"$out/silicon.$1"
}

for i in $(seq "$repeats"); do
    "$build/bench/bench_soap" >"$out/soap.$i"
    "$build/bench/bench_fit" >"$out/fit.$i"
    "$build/bench/bench_engine" >"$out/engine.$i" 2>/dev/null
    search "$i"
done

# Lines "name<TAB>number<TAB>unit" become one line a name, in order of appearance, with the median of the numbers.
median() {
    awk -F '\t' '!($1 in n) { order[++names] = $1 } { v[$1, ++n[$1]] = $2; unit[$1] = $3 }
        END {
            for (i = 1; i <= names; i++) {
                k = order[i]
                for (a = 2; a <= n[k]; a++)
                    for (b = a; b > 1 && v[k, b] + 0 < v[k, b - 1] + 0; b--) {
                        t = v[k, b]; v[k, b] = v[k, b - 1]; v[k, b - 1] = t
                    }
                printf "%-56s %8.4g %s\n", k, v[k, int((n[k] + 1) / 2)], unit[k]
            }
        }'
}

soap() {
    cat "$out"/soap.* | tr -d '{}"' | awk -F ', ' '{
        for (i = 1; i <= NF; i++) { split($i, p, ": "); f[p[1]] = p[2] }
        at = "soap " f["species"] " species, alpha_max " f["alpha_max"] ", l_max " f["l_max"] ": "
        print at "descriptor\t" f["ms_descriptor"] "\tms"
        print at "with reverse\t" f["ms_with_reverse"] "\tms"
        print at "with gradients\t" f["ms_with_gradient"] "\tms"
    }'
}

fit() {
    awk '{
        name = $1 == "rows" ? "rows " $2 ": kernel part" : $1
        for (i = 2; i <= NF; i++) {
            if ($i == "GFlop/s") print "fit, " name "\t" $(i - 1) "\tGFlop/s"
            if ($i == "%") print "fit, " name " against dgemm\t" $(i - 1) "\t%"
            if ($1 == "rows" && $i == "an") print "fit, rows " $2 ": an environment\t" $(i - 2) "\tus"
        }
    }' "$out"/fit.*
}

engine() {
    awk '/^--/ { sub(/^-- /, ""); at = "engine, " $0 ": " }
        /^empty/ { sub(/,$/, "", $6); print at "submission\t" $6 "\tus"; print at "empty task\t" $9 "\tus" }
        /^tasks/ { sub(/\):$/, "", $6); print at "tasks of " $6 " ms, efficiency\t" $8 "\t" }' "$out"/engine.*
}

echo "machine: $(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo), $(nproc --all) cores, $(date -I); medians of $repeats"
{ soap; fit; engine; cat "$out"/silicon.*; } | median
