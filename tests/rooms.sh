#!/usr/bin/env bash
# rooms.sh [--no-format] [ROOT]: the rules of the house. Includes as the table of docs/ARCHITECTURE.md says, names that must stay in
# their room, formatting, lengths of lines, functions and files, numbers of random streams. Prints every violation.
set -euo pipefail
with_format=true
case ${1:-} in
--no-format) with_format=false; shift ;;
--format) shift ;;
esac
cd "${1:-$(dirname "${BASH_SOURCE[0]}")/..}"

failed=0
complain() { echo "$*"; failed=1; }
sources() { find runtime tasks src -name '*.[ch]' | sort; }

# --- includes ---------------------------------------------------------------------------------------------------------

# The header of a package begins with this.
declare -A package=([starpu]=StarPU [hdf5]=HDF5 [cblas]=OpenBLAS [lapacke]=LAPACKE [libfyaml]=libfyaml [jansson]=jansson
    [libxml/]=libxml2 [zlib]=zlib [openssl/]=libcrypto [xxhash]=xxHash [Random123/]=Random123 [argp]=argp [nlopt]=NLopt)
declare -A may_include may_use
rooms=()
while IFS='|' read -r _ folder _ includes packages _; do
    folder=$(tr -d '` ' <<<"$folder")
    [[ $folder =~ ^(runtime|tasks|src) ]] || continue
    rooms+=("$folder")
    may_include[$folder]=",$(tr -d ' ' <<<"$includes"),"
    may_use[$folder]=",$(tr -d ' ' <<<"$packages"),"
done < <(sed -n '/^<!-- rooms:/,/^<!-- end of rooms/p' docs/ARCHITECTURE.md)
[ "${#rooms[@]}" -gt 10 ] || complain "docs/ARCHITECTURE.md: the table of rooms was not found"

room_of() { # the longest folder of the table that a path begins with
    local best=
    for room in "${rooms[@]}"; do
        if [[ $1 == "$room"/* && ${#room} -gt ${#best} ]]; then best=$room; fi
    done
    echo "$best"
}
declare -A home
for path in $(sources); do
    home[$path]=$(room_of "$path")
    [ -n "${home[$path]}" ] || complain "$path: is in no room of docs/ARCHITECTURE.md"
done
check_own() { # FILE HEADER
    [ -n "${home[$2]:-}" ] || { complain "$1: includes \"$2\", which is not there"; return 0; }
    local from=${home[$1]} to=${home[$2]}
    [[ $from == "$to" || ${may_include[$from]} == *",$to,"* ]] || complain "$1: $from may not include $to (\"$2\")"
}
check_foreign() { # FILE HEADER
    for prefix in "${!package[@]}"; do
        [[ $2 == "$prefix"* && ${may_use[${home[$1]}]} != *",${package[$prefix]},"* ]] || continue
        complain "$1: ${home[$1]} may not use ${package[$prefix]} (<$2>)"
    done
}
while IFS=: read -r path line; do
    case $line in
    *'"'*) header=${line#*\"}; check_own "$path" "${header%\"*}" ;;
    *) header=${line#*<}; check_foreign "$path" "${header%>*}" ;;
    esac
done < <(sources | xargs grep -H '^#include')

# --- names that stay in their room --------------------------------------------------------------------------------------

only_in() { # PATTERN WHERE: identifiers in code, not in comments or texts
    sources | grep -Ev "$2" | while read -r path; do
        sed -e 's/"[^"]*"//g' -e 's|/\*.*\*/||' -e 's|^ *\*.*||' -e 's|^ */\*.*||' "$path" | grep -nE "$1" | sed "s|^|$path: |" || true
    done
}
found=$(only_in 'slg_soap|slg_compress|SLG_SOAP' '^tasks/terms/soap/|^src/registry.c')
[ -z "$found" ] || complain "only tasks/terms/soap and the registry know SOAP:"$'\n'"$found"
found=$(sources | grep -Ev '^tasks/terms/soap/|^src/registry.c' |
    xargs grep -nwE 'zeta|alpha_max|l_max|rcut|rcut_hard|rcut_soft|atom_sigma_[rt]|soap_turbo' || true)
[ -z "$found" ] || complain "parameters of SOAP are named elsewhere:"$'\n'"$found"
found=$(only_in 'slg_swarm|SLG_SWARM|SLG_BOUNDS' '^src/optimisers/|^src/registry.c')
[ -z "$found" ] || complain "only src/optimisers and the registry know the swarm:"$'\n'"$found"

# Every finding about data has its cause and cure, and nothing else has.
written=$(grep -oE '^\| `[a-z0-9-]+`' docs/DATA.md | tr -d '|` ' | sort -u)
noted=$(cat src/doctor/*.c | tr -d '\n' | grep -oE '(slg_note(_seen)?\([^;]*;|\*code\[\] = \{[^}]*\})' | grep -oE '"[a-z0-9]+(-[a-z0-9]+)*"' |
    tr -d '"' | sort -u)
for code in $noted; do
    grep -qxF "$code" <<<"$written" || complain "docs/DATA.md does not explain the finding $code"
done
for code in $written; do
    grep -qxF "$code" <<<"$noted" || complain "docs/DATA.md explains the finding $code, which is not there"
done

# --- form -----------------------------------------------------------------------------------------------------------------

mapfile -t all < <(find runtime tasks src tests -name '*.[ch]' | sort)
long=$(awk 'length($0) > 120 { print FILENAME ":" FNR ": " length($0) " columns" }' "${all[@]}")
[ -z "$long" ] || complain "lines of more than 120 columns:"$'\n'"$long"
long=$(sources | xargs wc -l | awk '$2 != "total" && $1 > 400 { print $2 ": " $1 " lines" }')
[ -z "$long" ] || complain "files of more than 400 lines:"$'\n'"$long"
long=$(awk '/^{$/ { begin = FNR } /^}/ && begin { if (FNR - begin - 1 > 40) print FILENAME ":" begin ": " FNR - begin - 1 " lines"; begin = 0 }' \
    $(sources))
[ -z "$long" ] || complain "functions of more than 40 lines:"$'\n'"$long"
twice=$(cat "${all[@]}" | grep -oE 'SLG_STREAM_[A-Z_]+ = [0-9]+' | awk '{ print $3 }' | sort | uniq -d || true)
[ -z "$twice" ] || complain "random streams with the same number: $twice"
format=$(command -v clang-format-14 || true)
if [ "$with_format" = false ]; then
    :
elif [ -n "$format" ]; then
    changed=$("$format" --dry-run "${all[@]}" 2>&1 | grep -oE '^[^:]+:[0-9]+' | sort -u || true)
    [ -z "$changed" ] || complain "clang-format-14 would change:"$'\n'"$changed"
else
    echo "SKIPPED: clang-format-14 is not installed, the format was not checked"
fi

if [ "$failed" -eq 0 ]; then echo "${#rooms[@]} rooms, ${#home[@]} files"; fi
exit "$failed"
