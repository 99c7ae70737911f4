#!/bin/bash
# Packs what runs in a browser into $CARGO_TARGET_DIR/browser: each package is a folder with wasm, ES modules and types.
#   scripts/web.sh [verifier] [prover]      both unless named
#
#   HEARTH_WASM_OPT=1     also wasm-opt -O3, for what ships (minutes)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh wasm-tools

OUT=$(realpath -m "${CARGO_TARGET_DIR:-target}")/browser

# With vectors, which every engine has since 2023, but only those of prover-core/packing: the compiler's own attempts at
# 64-bit products of scalars are slower than scalars.
VECTORS="-Ctarget-feature=+simd128 -Cno-vectorize-loops -Cno-vectorize-slp"

# pack NAME CRATE-FOLDER [RUSTFLAGS]: the wasm with its glue, and the files of the crate's js folder
pack() {
  local name=$1 folder=$2
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS=${3:-} scripts/with-tools.sh --wasm wasm-pack --log-level warn build "$folder" --mode no-install --target web --no-pack \
    --no-opt --out-name "$name" --out-dir "$OUT/$name" --profile web --locked
  rm -f "$OUT/$name/.gitignore"
  cp "$folder"/js/* "$OUT/$name/"
  if [ "${HEARTH_WASM_OPT:-}" = 1 ]; then
    scripts/with-tools.sh wasm-opt --all-features -O3 "$OUT/$name/${name}_bg.wasm" -o "$OUT/$name/${name}_bg.wasm"
  fi
}

verifier() {
  pack verifier verifier-wasm "$VECTORS"
  cp verifier-wasm/package.json verifier-wasm/README.md "$OUT/verifier/"
}

prover() { pack prover webgpu-prover "$VECTORS"; }

for part in "${@:-verifier prover}"; do
  for name in $part; do
    case $name in
      verifier | prover) "$name" ;;
      *) echo "web: no part $name" >&2; exit 2 ;;
    esac
  done
done
