#!/bin/bash
# Builds the page into $CARGO_TARGET_DIR/app, a static folder: `hearth node --app target/app` serves it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/web.sh

TARGET=$(realpath -m "${CARGO_TARGET_DIR:-target}")
OUT=$TARGET/app
scripts/with-tools.sh --wasm cargo build -q --profile web --target wasm32-unknown-unknown -p hearth-app --locked
rm -rf "$OUT"
mkdir -p "$OUT"
scripts/with-tools.sh wasm-bindgen --target web --no-typescript --out-name app --out-dir "$OUT" \
  "$TARGET/wasm32-unknown-unknown/web/hearth-app.wasm"
if [ "${HEARTH_WASM_OPT:-}" = 1 ]; then
  scripts/with-tools.sh wasm-opt --all-features -Oz "$OUT/app_bg.wasm" -o "$OUT/app_bg.wasm"
fi
cp app/static/index.html app/static/offline.js app/static/start.js app/static/style.css "$OUT/"
cp -r "$TARGET/browser/verifier" "$TARGET/browser/prover" "$OUT/"
echo "app: $OUT"
