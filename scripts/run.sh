#!/bin/bash
# The main job: proves a real block where block files are given, and a guest's run otherwise, and verifies the proof.
#   HEARTH_BLOCKS=FOLDER scripts/run.sh [BLOCK]   BLOCK: a file of the folder without .json.zst
#   scripts/run.sh                                the Fibonacci guest, 5.5 million instructions
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

BLOCK=${1:-mainnet-21429020}
# Compiled for this very CPU, so in a folder of its own that no other machine shares.
NATIVE=${CARGO_TARGET_DIR:-target}/native
OUT=$NATIVE/run
HEARTH=$NATIVE/release/hearth
# Each shard reuses the large buffers of the one before.
export MIMALLOC_PURGE_DELAY=-1
mkdir -p "$OUT"

say() { printf '[%4d s] %s\n' "$SECONDS" "$*"; }

if [ -n "${HEARTH_BLOCKS:-}" ]; then
  FILE=$HEARTH_BLOCKS/$BLOCK.json.zst
  [ -f "$FILE" ] || { echo "make run: HEARTH_BLOCKS is set, but there is no $FILE" >&2; exit 3; }
  say "1/3 build, then prove $BLOCK and verify its proof"
else
  say "1/3 build, then prove a run of the Fibonacci guest (set HEARTH_BLOCKS to a folder of block files for a block)"
fi
say "    the first time the build takes 5 to 10 minutes on 2 cores and 1 GB of disk; the rest 1 to 5 minutes and 2 GB of memory"
RUSTFLAGS="${RUSTFLAGS:-} -Ctarget-cpu=native" CARGO_TARGET_DIR=$NATIVE cargo +stable build -q --release -p hearth --locked
"$HEARTH" version

if [ -n "${HEARTH_BLOCKS:-}" ]; then
  say "2/3 prove"
  "$HEARTH" block prove "$FILE" --out "$OUT/$BLOCK.proof"
  say "3/3 verify"
  "$HEARTH" block verify "$OUT/$BLOCK.proof"
else
  GUEST=guests/elf/fibonacci.elf
  # The guest reads N as a little-endian 64-bit number; a run takes five instructions for each.
  N=1100000
  for shift in 0 8 16 24 32 40 48 56; do
    printf '%b' "\\x$(printf '%02x' $((N >> shift & 255)))"
  done >"$OUT/input"
  say "2/3 prove"
  "$HEARTH" prove --program "$GUEST" --input "$OUT/input" --out "$OUT/proof"
  say "3/3 verify"
  "$HEARTH" verify "$OUT/proof" --program "$GUEST"
fi
say "done; the proof is in $OUT"
