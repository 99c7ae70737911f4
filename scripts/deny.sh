#!/bin/bash
# Licences, bans and sources of all dependencies, by deny.toml.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh deny
for manifest in Cargo.toml guests/Cargo.toml; do
  scripts/with-tools.sh cargo-deny --all-features --manifest-path "$manifest" --config "$PWD/deny.toml" check --hide-inclusion-graph licenses bans sources
done
