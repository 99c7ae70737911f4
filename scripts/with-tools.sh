#!/bin/bash
# Runs a command with what scripts/setup.sh installed: its tools in PATH, and as the compiler
#   scripts/with-tools.sh COMMAND...          rustup's stable
#   scripts/with-tools.sh --wasm COMMAND...   one that has wasm32-unknown-unknown
#   scripts/with-tools.sh --guest COMMAND...  one that has the guests' target (an unstable kind of target: flags too)
set -euo pipefail
PREFIX=${XDG_CACHE_HOME:-$HOME/.cache}/hearth/xrust
export PATH=$PREFIX/tools/bin:$PATH NODE_PATH=$PREFIX/npm/node_modules RUSTUP_TOOLCHAIN=stable
case ${1:-} in
  --wasm)
    shift
    rustup target list --installed | grep -qx wasm32-unknown-unknown || RUSTUP_TOOLCHAIN=$PREFIX/usr ;;
  --guest)
    shift
    RUSTUP_TOOLCHAIN=$PREFIX/usr
    export RUSTC_BOOTSTRAP=1 CARGO_UNSTABLE_JSON_TARGET_SPEC=true ;;
esac
exec "$@"
