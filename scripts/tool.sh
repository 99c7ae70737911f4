#!/bin/bash
# Runs a tool that scripts/setup.sh installed: scripts/tool.sh NAME ARGUMENT...
set -euo pipefail
PATH=${XDG_CACHE_HOME:-$HOME/.cache}/hearth/xrust/tools/bin:$PATH exec "$@"
