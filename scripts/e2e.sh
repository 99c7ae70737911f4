#!/bin/bash
# Tests in headless Chromium. Each page under tests/e2e reports a JSON result.
#   scripts/e2e.sh [PAGE...]
#
#   HEARTH_FULL=1         full-size shards too
#   HEARTH=PATH           a binary to use, instead of building one
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh browser
scripts/app.sh

TARGET=$(realpath -m "${CARGO_TARGET_DIR:-target}")
if [ -z "${HEARTH:-}" ]; then
  cargo +stable build -q --profile ci -p hearth --locked
  HEARTH=$TARGET/ci/hearth
fi
FIXTURES=$TARGET/e2e SAVED=$TARGET/e2e-saved
rm -rf "$SAVED"
tests/e2e/fixtures.sh "$HEARTH" "$FIXTURES"

HEARTH_E2E_SECONDS=${HEARTH_E2E_SECONDS:-${HEARTH_FULL:+300}} \
  scripts/with-tools.sh node tests/e2e/run.mjs \
  --mount "/built=$TARGET/browser" --mount "/fixtures=$FIXTURES" --save "$SAVED" "$@"

# What a tab proved, the native verifier accepts, as the proof of this shard and of no other.
for proof in "$SAVED"/*.shard; do
  [ -e "$proof" ] || continue
  size=$(basename "$proof" .shard)
  "$HEARTH" shard verify "$proof" --package "$FIXTURES/$size/00000.package" --allow-test-params
  if "$HEARTH" shard verify "$proof" --package "$FIXTURES/$size/00001.package" --allow-test-params 2>/dev/null; then
    echo "e2e: a tab's proof was accepted for another shard" >&2
    exit 1
  fi
done

# A node and tabs with its page prove a run together, and tabs alone; full-size shards take minutes.
if [ $# = 0 ]; then
  size=20
  [ "${HEARTH_FULL:-}" != 1 ] || size=24 HEARTH_E2E_SECONDS=${HEARTH_E2E_SECONDS:-1800}
  HEARTH_E2E_SECONDS=${HEARTH_E2E_SECONDS:-} scripts/with-tools.sh node tests/e2e/app.mjs "$HEARTH" "$TARGET/app" \
    guests/elf/fibonacci.elf $size
fi
