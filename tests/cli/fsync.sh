#!/usr/bin/env bash
# fsync.sh PROGRAM RECORDER: every file that takes the place of another is on the disk, whole, before it does, and its
# folder is synced before the next one: write, fsync, rename, fsync of the folder. (A power cut cannot be tested.)
set -euo pipefail
recorder=$(realpath "$2")
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

LD_PRELOAD=$recorder FSYNC_RECORD=$work/record "$program" run tiny.yaml --dir study --quiet >log 2>&1 || fail "run"
LD_PRELOAD=$recorder FSYNC_RECORD=$work/record "$program" report study -o page.html >log 2>&1 || true # without Vega
LD_PRELOAD=$recorder FSYNC_RECORD=$work/record "$program" eval study/best/potential.xml C2_dimer.xyz -o out.xyz >log 2>&1 ||
    fail "eval"
python3 - record <<'PY' || fail "order of writes"
import os, sys
synced, open_folder, replaced = {}, None, set()
for line in open(sys.argv[1]):
    what, path, size, *rest = line.rstrip("\n").split("\t")
    if what == "fsync":
        if size == "-1":
            if path == open_folder:
                open_folder = None
        else:
            synced[path] = size
        continue
    target = rest[0]
    if target.endswith(".prev"):  # another name of a file that is on the disk
        continue
    assert open_folder is None, f"{open_folder} is not synced before {target} is replaced"
    assert synced.get(path) == size and size != "0", f"{path}: {size} bytes renamed, {synced.get(path)} synced"
    open_folder = os.path.dirname(path)
    replaced.add(os.path.basename(target))
assert open_folder is None, f"{open_folder} is not synced at the end"
for name in "study.h5 trials.csv times.csv status.json study.json config.yaml potential.xml potential.gap result.json out.xyz".split():
    assert name in replaced, f"{name} is not among {sorted(replaced)}"
print(len(replaced), "names, each synced before and after it was replaced")
PY
