#!/usr/bin/env bash
# resume.sh PROGRAM: a search that is killed and stopped again and again leaves one gapless trace: every iteration once,
# every evaluated trial with its tasks. Changing trace.keep changes nothing but the trace.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../cli/lib.sh"

sed -e 's/iterations: .*/iterations: 150/' tiny.yaml >search.yaml
printf 'trace:\n  keep: all\n' >>search.yaml
sed -e 's/keep: all/keep: none/' search.yaml >untraced.yaml
sed -e 's/keep: all/keep: last 7/' search.yaml >last.yaml

[ "$(exit_code "$program" run search.yaml --dir whole --quiet)" = 0 ] || fail "uninterrupted search"

kills=0
for wait in 0.3 0.45 0.6; do
    "$program" run search.yaml --dir parts --quiet >log 2>&1 </dev/null &
    pid=$!
    sleep "$wait"
    if kill -9 "$pid" 2>/dev/null; then kills=$((kills + 1)); fi
    wait "$pid" 2>/dev/null || true
    code=$(exit_code "$program" run search.yaml --dir parts --max-time 0.3 --quiet)
    [ "$code" = 75 ] || [ "$code" = 0 ] || fail "exit code $code of a resumed search"
done
[ "$(exit_code "$program" run search.yaml --dir parts --quiet)" = 0 ] || fail "the resumed search"
same_results whole parts

# stage,iteration,particle of whole iterations in the trace against the evaluated trials.
for dir in whole parts; do
    "$program" trace "$dir" --format csv >"$dir.csv"
    awk -F, 'NR > 1 && $3 >= 0 { print $1 "," $2 "," $3 }' "$dir.csv" | sort -u >"$dir.traced"
    awk -F, 'NR > 1 && $7 == "" { print $2 "," $3 "," $4 }' "$dir/trials.csv" | sort -u >"$dir.trials"
    [ -s "$dir.trials" ] || fail "$dir: no trials"
    diff "$dir.trials" "$dir.traced" >log || fail "$dir: traced and evaluated trials differ"
    iterations=$("$program" trace "$dir" --json | jq .iterations)
    [ "$iterations" = 150 ] || fail "$dir: $iterations iterations in the trace"
    if find "$dir/trace" -name '*.prev' -o -name "*.starling-*" | grep .; then fail "files are left in $dir/trace"; fi
done

# Another policy on an existing study: accepted, and it takes effect.
[ "$(exit_code "$program" run untraced.yaml --dir untraced --quiet)" = 0 ] || fail "untraced search"
same_results whole untraced
[ ! -d untraced/trace ] || fail "keep: none made a trace"
[ "$(exit_code "$program" trace untraced)" = 2 ] || fail "a summary of nothing"
[ "$(exit_code "$program" run last.yaml --dir untraced --quiet)" = 0 ] || fail "trace.keep is part of the identity"
[ "$(exit_code "$program" run last.yaml --dir last --quiet)" = 0 ] || fail "keep: last 7"
first=$("$program" trace last --format csv | awk -F, 'NR == 2 { print $2 }')
[ "$first" -ge 136 ] || fail "keep: last 7 of 150 iterations still holds iteration $first"
echo "$kills kills"
