#!/bin/bash
# Proves a run of the Fibonacci guest (5.5 million instructions) and verifies the proof.
#   scripts/run.sh [N]       N: which Fibonacci number, five instructions each
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

N=${1:-1100000}
OUT=${CARGO_TARGET_DIR:-target}/run
GUEST=guests/elf/fibonacci.elf

cargo +stable build --release -p hearth --locked
mkdir -p "$OUT"
# The guest reads N as a little-endian 64-bit number.
for shift in 0 8 16 24 32 40 48 56; do
  printf '%b' "\\x$(printf '%02x' $((N >> shift & 255)))"
done >"$OUT/input"

HEARTH=${CARGO_TARGET_DIR:-target}/release/hearth
"$HEARTH" prove --program "$GUEST" --input "$OUT/input" --out "$OUT/proof"
"$HEARTH" verify "$OUT/proof" --program "$GUEST"
