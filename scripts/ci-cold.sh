#!/bin/bash
# Runs .ci/run in a fresh clone of the last commit, with an empty cache and an empty target folder, and prints the
# time it took. Cargo's registry and Debian's packages stay as they are.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

git clone -q . "$WORK/hearth"
START=$SECONDS
env -u CARGO_TARGET_DIR XDG_CACHE_HOME="$WORK/cache" "$WORK/hearth/.ci/run"
echo "ci-cold: $((SECONDS - START)) s"
