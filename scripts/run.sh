#!/bin/bash
# The main job: a node and two browser tabs prove a real block together, and the proof is verified.
#   HEARTH_BLOCKS=FOLDER scripts/run.sh [BLOCK]   BLOCK: a file of the folder without .json.zst
#   scripts/run.sh                                a block of a local development chain
#
# On a terminal the node then serves its page and follows the development chain until Ctrl-C. With CI=true, or without a
# terminal, the script ends: 0 if the proof was verified.
#
#   HEARTH=PATH               a binary to use, instead of building one
#   HEARTH_PAGE=FOLDER        a page to use (scripts/app.sh makes it), instead of building one
#   HEARTH_TABS=N             so many tabs; 2 unless given, 0: a native worker in their place
#   HEARTH_LOG_CELLS=N        size of the shards; 24 unless given
#   HEARTH_SWARM_TIME=SECONDS for so long the node leaves to the tabs what they can prove in that time; 240 unless given
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

BLOCK=${1:-mainnet-21429020}
TARGET=$(realpath -m "${CARGO_TARGET_DIR:-target}")
# Compiled for this very CPU, so in a folder of its own that no other machine shares.
NATIVE=$TARGET/native
OUT=$NATIVE/run
TABS=${HEARTH_TABS:-2}
LOG_CELLS=${HEARTH_LOG_CELLS:-24}
SWARM_TIME=${HEARTH_SWARM_TIME:-240}

say() { printf '[%4d s] %s\n' "$SECONDS" "$*"; }

SERVE=no
[ "${CI:-}" = true ] || [ ! -t 1 ] || SERVE=yes

CHILDREN=()
# background NAME COMMAND...: starts a command whose output goes to $OUT/NAME.log; its id is $!
background() {
  local name=$1; shift
  "$@" >"$OUT/$name.log" 2>&1 </dev/null &
  CHILDREN+=($!)
}
# shellcheck disable=SC2317 # called by the trap
finish() {
  local status=$? child
  # The last one started goes first: tabs before the node.
  for ((i = ${#CHILDREN[@]} - 1; i >= 0; i--)); do
    child=${CHILDREN[i]}
    if kill -0 "$child" 2>/dev/null; then
      kill -TERM "$child"
      wait "$child" || :
    fi
  done
  exit $status
}
trap finish EXIT
trap 'exit 130' INT TERM

# first_line NAME: what a command in the background says first
first_line() {
  local i
  for ((i = 0; i < 600; i++)); do
    if [ -s "$OUT/$1.log" ]; then
      head -n 1 "$OUT/$1.log"
      return
    fi
    sleep 0.1
  done
  echo "make run: $1 says nothing; see $OUT/$1.log" >&2
  return 1
}

# field NAME: the string of this name in a line of JSON
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

FILE=
if [ -n "${HEARTH_BLOCKS:-}" ]; then
  FILE=$HEARTH_BLOCKS/$BLOCK.json.zst
  [ -f "$FILE" ] || { echo "make run: HEARTH_BLOCKS is set, but there is no $FILE" >&2; exit 3; }
fi

cat <<TEXT
$([ "$TABS" = 0 ] && echo 'A node and a worker prove' || echo "A node and $TABS browser tabs prove") a block together; the proof is then verified.

  1 tools   Chromium, a compiler for WebAssembly$([ -n "$FILE" ] || echo ', a development chain')
  2 build   the node for this CPU, and the page with verifier and prover
  3 block   $([ -n "$FILE" ] && echo "$BLOCK from HEARTH_BLOCKS" || echo 'of a local development chain (set HEARTH_BLOCKS to a folder of block files for a real one)')
  4 prove   the node starts, tabs join, and everybody proves shards
  5 report  who proved what, how long each phase took, and the verdict

The first time takes 15 to 25 minutes on 2 cores, 5 GB of disk in $TARGET and 2 GB of tools; later times a minute until
proving begins. Proving takes 2 to 5 minutes and 4 GB of memory.

TEXT
mkdir -p "$OUT"
rm -rf "$OUT/data" "$OUT"/*.log

say "1/5 tools"
if [ "$TABS" = 0 ]; then
  WITH_TABS=no
elif scripts/setup.sh browser wasm-tools; then
  WITH_TABS=yes
else
  WITH_TABS=no
  say "    no Chromium, or no compiler for WebAssembly: a native worker takes the place of the tabs"
fi
WITH_CHAIN=no
if [ -z "$FILE" ]; then
  scripts/setup.sh anvil
  WITH_CHAIN=yes
elif [ "$SERVE" = yes ] && scripts/setup.sh anvil; then
  WITH_CHAIN=yes
fi

say "2/5 build"
if [ -z "${HEARTH:-}" ]; then
  RUSTFLAGS="${RUSTFLAGS:-} -Ctarget-cpu=native" CARGO_TARGET_DIR=$NATIVE cargo +stable build -q --release -p hearth --locked
  HEARTH=$NATIVE/release/hearth
fi
PAGE=()
if [ $WITH_TABS = yes ]; then
  [ -n "${HEARTH_PAGE:-}" ] || scripts/app.sh
  PAGE=(--app "${HEARTH_PAGE:-$TARGET/app}")
fi
"$HEARTH" version

say "3/5 block"
JOB=() RULES=()
if [ -n "$FILE" ]; then
  "$HEARTH" block inspect "$FILE"
  JOB=(--replay "$FILE")
fi
if [ $WITH_CHAIN = yes ]; then
  NOW=(--now)
  [ -z "$FILE" ] || NOW=()
  background chain scripts/with-tools.sh node scripts/devchain.mjs "${NOW[@]}"
  CHAIN=$!
  RPC=$(first_line chain | field rpc)
  JOB+=(--follow "$RPC" --chain-rules Cancun)
  if [ -z "$FILE" ]; then
    RULES=(--rules Cancun)
    "$HEARTH" block inspect --rpc "$RPC" --chain-rules Cancun
  fi
fi

say "4/5 prove"
WORKERS=$([ $WITH_TABS = yes ] && echo "$TABS" || echo 1)
background node "$HEARTH" node "${JOB[@]}" "${PAGE[@]}" --data-dir "$OUT/data" --log-cells "$LOG_CELLS" \
  --swarm-time "$SWARM_TIME" --await-workers "$WORKERS" --json
NODE=$!
URL=$(first_line node | field url)
say "    watch, verify or join: $URL"
if [ $WITH_TABS = yes ]; then
  background tabs scripts/with-tools.sh node tests/e2e/tabs.mjs "$URL" "$TABS"
else
  background worker "$HEARTH" worker --node "$URL" --name helper
fi

TEST_SIZES=$([ "$LOG_CELLS" -ge 24 ] || echo --allow-test-params)
# Beside this script, which then hears signals while it waits.
# shellcheck disable=SC2086 # no word or one
"$HEARTH" report run --node "$URL" --wait 3600 "${RULES[@]}" $TEST_SIZES &
CHILDREN+=($!)
wait $!
say "5/5 done; the proof is in $OUT/data"

if [ $SERVE = yes ]; then
  if [ $WITH_CHAIN = yes ]; then
    kill -USR1 "$CHAIN"
    say "the node follows the development chain; a block every 12 s, of which it proves the newest"
  fi
  say "$URL until Ctrl-C"
  wait "$NODE"
fi
