#!/bin/bash
# Runs libFuzzer on a target from its seeds and its corpus (docs/fuzzing.md). Needs cargo-fuzz.
#   scripts/fuzz.sh TARGET [OPTION OF LIBFUZZER]...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
TARGET=$1; shift

cargo +stable run -q -p hearth-fuzz --profile ci --locked --example corpus -- fuzz/corpus
# The same versions as everywhere.
cp Cargo.lock fuzz/Cargo.lock
# Stable Rust has no sanitizers; coverage it has.
exec cargo +stable fuzz run --sanitizer none "$TARGET" "fuzz/corpus/$TARGET" "tests/fuzz/corpus/$TARGET" -- -max_len=4194304 "$@"
