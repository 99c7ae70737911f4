#!/bin/bash
# All checks of a change, each part with its seconds. A part's failure ends the run. The Rust tests come last, so that
# the test runner's closing lines close the output.
#
#   HEARTH_FULL=1                       full sizes
#   HEARTH_BLOCKS=FOLDER                judges the block files of a folder; at full sizes mainnet-24341035 is proved too
#   HEARTH_SKIP="deny guests vectors browser"   leaves parts out, for a machine that cannot install what they need
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

SUMMARY=()
CARGO=(cargo +stable)
TARGET=$(realpath -m "${CARGO_TARGET_DIR:-target}")

# Proofs take several times less with vectors. A level of x86-64 that servers have had for a decade, not this very machine's,
# so that a cache of compiled code can move.
if grep -qw avx2 /proc/cpuinfo && grep -qw bmi2 /proc/cpuinfo && grep -qw fma /proc/cpuinfo; then
  export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS=${CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS:--Ctarget-cpu=x86-64-v3}
fi

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

# What differs in WebAssembly, in Node: the field's vectors, which are arrays natively, and a transcript by them.
vectors() {
  scripts/setup.sh wasm-tools
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS=-Ctarget-feature=+simd128 \
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner \
    scripts/with-tools.sh --wasm cargo test -p hearth-packing -p hearth-stark-prover --test arithmetic --test field --test poseidon2 \
    --test frozen --profile ci --target wasm32-unknown-unknown --locked
}

# The validator natively: its library, the precompiles over accelerated fields.
validator() {
  (cd guests && CARGO_TARGET_DIR="$TARGET/validator" "${CARGO[@]}" test -p hearth-stateless -p hearth-curves --locked --profile ci)
}

part format format
part lints "${CARGO[@]}" clippy -q --workspace --all-targets --profile ci --locked -- -D warnings
part deploy scripts/deploy.sh
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
