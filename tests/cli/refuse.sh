#!/usr/bin/env bash
# refuse.sh PROGRAM: a study directory is not continued with another configuration or with other data; each difference
# is one line. Keys of the section run may change.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[ "$(exit_code "$program" run tiny.yaml --dir study --quiet)" = 0 ] || fail "first run"
cp -r study before

sed -e 's/^  seed: .*/  seed: 99/' -e 's/^  n_sparse: .*/  n_sparse: 7/' tiny.yaml >other.yaml
[ "$(exit_code "$program" run other.yaml --dir study --quiet)" = 2 ] || fail "changed configuration: expected 2"
[ "$(grep -c 'was .*, is ' log)" = 2 ] || fail "changed configuration: expected two differences"
grep -q 'seed: was .*, is 99' log || fail "seed is not named"
grep -q 'n_sparse: was .*, is 7' log || fail "n_sparse is not named"

cp C2_dimer.xyz kept.xyz
sed -i -e '2s/energy=-2041/energy=-2042/' C2_dimer.xyz
cmp -s C2_dimer.xyz kept.xyz && fail "the data were not changed"
[ "$(exit_code "$program" run tiny.yaml --dir study --quiet)" = 2 ] || fail "changed data: expected 2"
grep -q 'data.train: ' log || fail "changed data: the key of the file is not named"
cp kept.xyz C2_dimer.xyz

sed -e 's/^  checkpoint_minutes: .*/  checkpoint_minutes: 5/' tiny.yaml >run.yaml
[ "$(exit_code "$program" run run.yaml --dir study --workers 1 --quiet)" = 0 ] || fail "changed run keys: expected 0"
same_results before study
