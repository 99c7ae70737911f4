#!/bin/bash
# Tests in headless Chromium. Each page under tests/e2e reports a JSON result.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh browser
exec scripts/with-tools.sh node tests/e2e/run.mjs "$@"
