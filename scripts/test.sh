#!/bin/bash
# All checks of a change, each part with its seconds. A part's failure ends the run. The Rust tests come last, so that
# the test runner's closing lines close the output.
#
#   HEARTH_FULL=1                       full sizes
#   HEARTH_BLOCKS=FOLDER                judges the block files of a folder; at full sizes a large one is proved
#   HEARTH_SKIP="deny guests vectors browser"   leaves parts out, for a machine that cannot install what they need
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

SUMMARY=()
CARGO=(cargo +stable)
TARGET=$(realpath -m "${CARGO_TARGET_DIR:-target}")

# part NAME COMMAND...
part() {
  local name=$1 start=$SECONDS; shift
  if [[ " ${HEARTH_SKIP:-} " == *" $name "* ]]; then
    SUMMARY+=("skipped    $name")
    return 0
  fi
  printf '\n== %s\n' "$name"
  "$@" || { printf '== %s: FAILED after %d s\n' "$name" $((SECONDS - start)); exit 1; }
  SUMMARY+=("$(printf '%6d s  %s' $((SECONDS - start)) "$name")")
}

format() {
  "${CARGO[@]}" fmt --all --check &&
    (cd guests && "${CARGO[@]}" fmt --all --check)
}

# The field's tests on WebAssembly's vectors, in Node: natively they run on arrays.
vectors() {
  scripts/setup.sh wasm-tools
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS=-Ctarget-feature=+simd128 \
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner \
    scripts/with-tools.sh --wasm cargo test -p hearth-packing --tests --profile ci --target wasm32-unknown-unknown --locked
}

# The validator's workspace natively: its library, the precompiles over accelerated fields.
validator() {
  (cd guests/stateless-validator && CARGO_TARGET_DIR="$TARGET/validator" "${CARGO[@]}" test --locked --profile ci)
}

part format format
part lints "${CARGO[@]}" clippy -q --workspace --all-targets --profile ci --locked -- -D warnings
part deny scripts/deny.sh
part guest-hashes scripts/guests.sh check
part guests make --no-print-directory guests
part vectors vectors
part browser scripts/e2e.sh
part validator validator
if [ "${HEARTH_FULL:-}" = 1 ] && [ -n "${HEARTH_BLOCKS:-}" ]; then
  part prove-block scripts/prove-block.py
fi
part build-tests "${CARGO[@]}" test -q --workspace --profile ci --locked --no-run

printf '\n== seconds so far, by part\n'
printf '%s\n' "${SUMMARY[@]}"
printf '\n== tests\n'
"${CARGO[@]}" test --workspace --profile ci --locked
