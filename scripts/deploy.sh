#!/bin/bash
# Checks what deploy/ holds, as far as this machine can: the unit by systemd-analyze, whatever the program's place here is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ! command -v systemd-analyze >/dev/null; then
  echo "deploy: no systemd-analyze on this machine; the unit is not checked"
  exit 0
fi
FOLDER=$(mktemp -d)
trap 'rm -rf "$FOLDER"' EXIT
sed 's|^ExecStart=/usr/local/bin/hearth |ExecStart=/bin/true |' deploy/hearth-node.service >"$FOLDER/hearth-node.service"
# It says what it does not know and ends with 0 all the same.
SAID=$(systemd-analyze verify --man=no "$FOLDER/hearth-node.service" 2>&1) || { echo "$SAID" >&2; exit 1; }
[ -z "$SAID" ] || { echo "$SAID" >&2; exit 1; }
echo "deploy: hearth-node.service is a unit"
