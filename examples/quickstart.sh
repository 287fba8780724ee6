#!/usr/bin/env bash
# From a fresh checkout to the first optimised potential: installs what is missing, builds, searches the
# hyper-parameters of a carbon dimer (30 structures) and shows the best ones. Debian 12; a few minutes on two cores.
set -euo pipefail

examples=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$examples")
study=$PWD/quickstart-study

"$examples/install-packages.sh"

cd "$root"
cmake --preset release
cmake --build --preset release --parallel "$(nproc)"

"$root/build/release/starling" run "$examples/c2-dimer/study.yaml" --dir "$study"
echo
echo "The best potential lies in $study/best. It is shown again by:"
echo "    $root/build/release/starling best $study"
