#!/bin/bash
# Builds the guest: `build.sh [--features accelerators]`, prints the path of the ELF file.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
REPO=$(cd "$HERE/../.." && pwd)
TARGET=riscv64im-hearth-elf
OUT=${CARGO_TARGET_DIR:-$HERE/target}
flags=(-Clink-arg=-T -Clink-arg="$REPO/guests/lib/link.ld" -Clink-arg=--nmagic -Clink-arg=--gc-sections
  -Clink-arg=--build-id=none "--remap-path-prefix=$REPO/guests=/guests"
  "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo")
cd "$HERE"
CARGO_TARGET_DIR=$OUT CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f'; echo "${flags[*]}") "$REPO/scripts/with-tools.sh" --guest \
  cargo build --locked --release -p stateless-validator --target "$REPO/guests/$TARGET.json" "$@"
echo "$OUT/$TARGET/release/stateless-validator"
