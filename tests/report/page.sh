#!/usr/bin/env bash
# page.sh PROGRAM [FOLDER]: reports of two searches in a browser; screenshots to FOLDER. Exit code 77 without a browser.
set -euo pipefail
folder=${2:+$(realpath "$2")}
mine=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for tool in python3 chromium chromedriver; do
    if ! command -v "$tool" >/dev/null; then
        echo "SKIPPED: the page test needs $tool (Debian: apt-get install python3 chromium chromium-driver)"
        exit 77
    fi
done
source "$mine/../cli/lib.sh" "$1"

# A search in two stages with failures, and a comparison with another one.
sed -e 's/^  rcut_soft: 4.5/  rcut_soft: {range: [4.0, 5.2]}/' -e 's/strategy: 1/strategy: 2\n  stage2_particles: 4/' \
    -e 's/^run:/  stage2_iterations: 6\nrun:/' "$mine/../cli/input/tiny.yaml" >stages.yaml
for dir in one two; do
    "$program" run stages.yaml --dir "$dir" --quiet >log 2>&1 </dev/null || fail "run"
done
grep -q ERR_HP one/trials.csv || fail "no trial of the search failed"
"$program" report one --baseline two -o page.html >/dev/null || fail "report"
grep -q '<h3>Failed trials: [1-9]' page.html || fail "number of failed trials"
grep -q '<li><strong>[1-9][0-9]* ×</strong> .*rcut_soft.* (first: trial [0-9]*)</li>' page.html || fail "reasons of failures"
! grep -o 'tabindex="[^"]*"' page.html | grep -v '"0"' || fail "order of the keyboard"
python3 "$mine/page.py" page.html ${folder:+"$folder"}
