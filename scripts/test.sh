#!/bin/bash
# All checks of a change, each part with its seconds. HEARTH_FULL=1 runs them at full sizes. A part's failure ends
# the run. The Rust tests come last, so that the test runner's closing lines close the output.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

SUMMARY=()
CARGO=(cargo +stable)

# part NAME COMMAND...
part() {
  local name=$1 start=$SECONDS; shift
  printf '\n== %s\n' "$name"
  "$@" || { printf '== %s: FAILED after %d s\n' "$name" $((SECONDS - start)); exit 1; }
  SUMMARY+=("$(printf '%6d s  %s' $((SECONDS - start)) "$name")")
}

format() {
  "${CARGO[@]}" fmt --all --check
  (cd guests && "${CARGO[@]}" fmt --all --check)
}

part "format" format
part "lints" "${CARGO[@]}" clippy -q --workspace --all-targets --profile ci --locked -- -D warnings
part "licences and sources" scripts/deny.sh
part "guests: recorded hashes" scripts/guests.sh check
part "guests: build, vectors, qemu" make --no-print-directory guests
part "browser" scripts/e2e.sh
part "tests: build" "${CARGO[@]}" test -q --workspace --profile ci --locked --no-run

printf '\n== seconds so far, by part\n'
printf '%s\n' "${SUMMARY[@]}"
printf '\n== tests\n'
"${CARGO[@]}" test --workspace --profile ci --locked
