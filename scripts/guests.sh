#!/bin/bash
# The guests' ELF files, which are committed because a program's hash is part of what a proof says, and because
# another compiler version gives another program.
#
#   scripts/guests.sh check     the committed files have the recorded hashes (needs no compiler)
#   scripts/guests.sh build     builds the guests and compares, if the compilers are the recorded ones
#   scripts/guests.sh new NAME FOLDER   makes a guest project in a new folder, as `hearth new` does
#   scripts/guests.sh template  makes one and builds it
#   scripts/guests.sh update    builds the guests and replaces the committed files and hashes
set -euo pipefail

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
USR=${XDG_CACHE_HOME:-$HOME/.cache}/hearth/xrust/usr
ELF=$REPO/guests/elf
SUMS=$ELF/SHA256SUMS
NAMES=(ecrecover fibonacci heap hello hello-c keccak keccak-call memory modular panic sha256 sha256-call sort)
# Those that share the validator's dependencies.
OTHERS=(accelerators-c stateless-validator)
TARGET=riscv64im-hearth-elf
OUT=${CARGO_TARGET_DIR:-$REPO/guests/target}/$TARGET/release

check() { (cd "$ELF" && sha256sum --quiet -c SHA256SUMS) && echo "guests: $(grep -vc '^#' "$SUMS") files as recorded"; }

compilers() { echo "# $("$USR/bin/rustc" -V); $(clang --version | head -n 1)"; }

LINKER=(-T "$REPO/guests/lib/link.ld" --nmagic --gc-sections --build-id=none)

# compile_c NAME ARCHIVE: the guest in C of this name
compile_c() {
  clang --target=riscv64-unknown-elf -march=rv64im -mabi=lp64 -mcmodel=medany -std=c11 -ffreestanding -fno-ident \
    -ffunction-sections -Wall -Wextra -Werror -O2 -I"$REPO/guests/lib/include" -c "$REPO/guests/$1/main.c" -o "$OUT/$1.o"
  "$USR/lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld" -flavor gnu "${LINKER[@]}" --strip-all \
    "$OUT/$1.o" "$OUT/$2" -o "$OUT/$1"
}

compile() {
  "$REPO/scripts/setup.sh" guest
  cd "$REPO/guests"
  local flags=("${LINKER[@]/#/-Clink-arg=}" "--remap-path-prefix=$REPO/guests=/guests" "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo")
  CARGO_TARGET_DIR=${OUT%/"$TARGET"/release} CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f'; echo "${flags[*]}") \
    "$REPO/scripts/with-tools.sh" --guest cargo -q build --locked --release --target "$TARGET.json"
  compile_c hello-c libhearth_guest.a
}

compile_others() {
  local -x CARGO_TARGET_DIR=${OUT%/"$TARGET"/release}
  "$REPO/guests/stateless-validator/build.sh" stateless-validator -q --features accelerators >/dev/null
  "$REPO/guests/stateless-validator/build.sh" hearth-accelerators -q >/dev/null
  compile_c accelerators-c libhearth_accelerators.a
}

build() {
  compile
  compile_others
  local name new=0 all=("${NAMES[@]}" "${OTHERS[@]}")
  if ! grep -qxF "$(compilers)" "$SUMS"; then
    echo "guests: built, not compared: the committed files come from '$(head -n 1 "$SUMS")', this is '$(compilers)'"
    return 0
  fi
  for name in "${all[@]}"; do
    cmp "$OUT/$name" "$ELF/$name.elf" || new=1
  done
  [ $new = 0 ] || { echo "guests: the committed files differ; see above. 'scripts/guests.sh update' replaces them." >&2; exit 1; }
  echo "guests: ${#all[@]} built, equal to the committed files"
}

update() {
  compile
  compile_others
  mkdir -p "$ELF"
  local name sums all=("${NAMES[@]}" "${OTHERS[@]}")
  for name in "${all[@]}"; do install -m 644 "$OUT/$name" "$ELF/$name.elf"; done
  sums=$(
    compilers
    cd "$ELF"
    sha256sum "${all[@]/%/.elf}" | sort -k 2
  )
  printf '%s\n' "$sums" >"$SUMS"
  check
}

# A project is the template, the guest library in a folder of its own, and the target; the template's name is replaced.
new() {
  local name=$1 folder=$2 guests=$REPO/guests
  [ ! -e "$folder" ] || { echo "guests: $folder exists" >&2; exit 1; }
  mkdir -p "$folder/hearth-guest"
  cp -R "$guests/template/." "$folder"
  cp -R "$guests"/lib/{Cargo.toml,link.ld,include,src} "$folder/hearth-guest"
  cp "$guests/$TARGET.json" "$folder"
  mv "$folder/gitignore" "$folder/.gitignore"
  sed -i "s/my-guest/$name/g" "$folder"/{Cargo.toml,Makefile,README.md}
}

template() {
  "$REPO/scripts/setup.sh" guest
  local work; work=$(mktemp -d)
  new trial-guest "$work/trial"
  (cd "$work/trial" && env -u CARGO_TARGET_DIR -u RUSTFLAGS "$REPO/scripts/with-tools.sh" --guest cargo -q build --release)
  [ -s "$work/trial/target/$TARGET/release/trial-guest" ] && echo "guests: a project made from the template builds"
  rm -rf "$work"
}

case ${1:-} in
  check | build | update | template) "$1" ;;
  new) [ $# = 3 ] && new "$2" "$3" ;;
  *) sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; exit 2 ;;
esac
