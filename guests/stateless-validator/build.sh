#!/bin/bash
# Builds a package for the machine, `build.sh stateless-validator [--features accelerators]`, and prints the path of what is
# built; or `build.sh hearth-accelerators`, the archive for guests in C.
set -euo pipefail
PACKAGE=$1; shift
HERE=$(cd "$(dirname "$0")" && pwd)
REPO=$(cd "$HERE/../.." && pwd)
TARGET=riscv64im-hearth-elf
OUT=${CARGO_TARGET_DIR:-$HERE/target}
flags=(-Clink-arg=-T -Clink-arg="$REPO/guests/lib/link.ld" -Clink-arg=--nmagic -Clink-arg=--gc-sections
  -Clink-arg=--build-id=none "--remap-path-prefix=$REPO/guests=/guests"
  "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo")
cd "$HERE"
CARGO_TARGET_DIR=$OUT CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f'; echo "${flags[*]}") "$REPO/scripts/with-tools.sh" --guest \
  cargo build --locked --release -p "$PACKAGE" --target "$REPO/guests/$TARGET.json" "$@"
case $PACKAGE in
  stateless-validator) echo "$OUT/$TARGET/release/$PACKAGE" ;;
  *) echo "$OUT/$TARGET/release/lib${PACKAGE//-/_}.a" ;;
esac
