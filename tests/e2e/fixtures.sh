#!/bin/bash
# Makes what the pages work on, with the native binary: proofs of a run to verify, packages to prove.
#   tests/e2e/fixtures.sh HEARTH FOLDER
#
#   HEARTH_FULL=1     full-size shards too
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
HEARTH=$1 FOLDER=$2
GUEST=guests/elf/fibonacci.elf

# number N: a little-endian 64-bit number, which the guest reads
number() {
  local shift
  for shift in 0 8 16 24 32 40 48 56; do printf '%b' "\\x$(printf '%02x' $(($1 >> shift & 255)))"; done
}

# run LOG_CELLS N: the proof of a run, and the packages of its shards
run() {
  local name=$1
  number "$2" >"$FOLDER/$name.input"
  "$HEARTH" prove --program $GUEST --input "$FOLDER/$name.input" --log-cells "$1" --out "$FOLDER/$name.proof" --json >"$FOLDER/$name.json"
  "$HEARTH" shard cut --program $GUEST --input "$FOLDER/$name.input" --log-cells "$1" --out "$FOLDER/$name" >/dev/null
}

rm -rf "$FOLDER"
mkdir -p "$FOLDER"
cp $GUEST "$FOLDER/program.elf"
run 20 8000
run 22 20000
sizes=[20,22]
if [ "${HEARTH_FULL:-}" = 1 ]; then
  run 24 90000
  sizes=[20,22,24]
fi
echo "$sizes" >"$FOLDER/sizes.json"
