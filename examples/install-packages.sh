#!/usr/bin/env bash
# Installs the Debian packages that are needed to build starling, and those named as arguments, where missing.
set -euo pipefail

packages=(gcc libc6-dev make cmake pkg-config libstarpu-dev libopenblas-dev liblapacke-dev libhdf5-dev libfyaml-dev
    libxxhash-dev libjansson-dev libjs-vega libxml2-dev librandom123-dev zlib1g-dev libssl-dev libnlopt-dev "$@")
missing=()
for p in "${packages[@]}"; do
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null || true)" != installed ]; then
        missing+=("$p")
    fi
done
if [ "${#missing[@]}" -eq 0 ]; then
    exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    echo "These Debian packages are missing and are installed with sudo: ${missing[*]}"
    as_root=(sudo)
else
    echo "Installing missing Debian packages: ${missing[*]}"
fi
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
