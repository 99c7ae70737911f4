#!/bin/bash
# Installs what Hearth needs beside rustup's stable compiler, and installs nothing twice.
#
#   scripts/setup.sh STEP...
#
#   deny       cargo-deny                         (licences and sources)
#   mdbook     mdbook                             (the book)
#   compiler   a rustc with its library sources   (guests, wasm)
#   guest      core and alloc for the guests' target, clang for guests in C
#   wasm       std for wasm32-unknown-unknown
#   wasm-tools wasm-bindgen, wasm-pack, wasm-opt
#   browser    Chromium, playwright-core, a software Vulkan driver
#   anvil      a local development chain      (make run without block files)
#   qemu       qemu-riscv64, the reference for the machine's instructions
#
# A step asks for the steps it builds on. Native building and testing need none of them.
#
# Where `rustup target add` works, rustup's own libraries are used for wasm. Where it does not, and for the guests,
# whose target no distribution ships, Debian's rustc-web and its sources are unpacked into the cache folder and the
# libraries compiled once. Debian's sources fit Debian's compiler by construction; rustup's compiler stays the one for
# native code, as it is faster. scripts/with-tools.sh runs commands with what is installed here; the compiler is
# linked into rustup as the toolchain `hearth` too, for use by hand.
#
# All of it but Debian's packages lies in ${XDG_CACHE_HOME:-~/.cache}/hearth/xrust. Each finished step leaves a stamp
# that names its version, so a version changed below is installed at the next call.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

LAYOUT=1                 # to be raised when a step below changes what it leaves
WASM_BINDGEN=0.2.130     # equals the wasm-bindgen of Cargo.lock
WASM_PACK=0.15.1
BINARYEN=132.0.0
PLAYWRIGHT=1.65.1
ANVIL=1.7.1
CARGO_DENY=0.20.2
MDBOOK=0.5.4

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/hearth
PREFIX=$CACHE/xrust
USR=$PREFIX/usr
TOOLS=$PREFIX/tools
TOOLCHAIN=hearth
GUEST_TARGET=$REPO/guests/riscv64im-hearth-elf.json

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# --- stamps -----------------------------------------------------------------------------------------------------

done_already() { [ "$(cat "$PREFIX/stamps/$1" 2>/dev/null)" = "$LAYOUT $2" ]; }
stamp() { mkdir -p "$PREFIX/stamps"; printf '%s\n' "$LAYOUT $2" >"$PREFIX/stamps/$1"; say "$1: done ($2)"; }

# --- Debian's packages ------------------------------------------------------------------------------------------

can_apt() { command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; }

# apt_install PROGRAM-OR-FILE PACKAGE...: installs the packages unless the first word is there already
apt_install() {
  local sign=$1; shift
  if [ -e "$sign" ] || command -v "$sign" >/dev/null; then return 0; fi
  can_apt || die "$sign is missing and this is not root on a machine with apt-get. Install by hand: $*"
  say "apt: $*"
  apt_fresh
  apt-get -qq -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "$@" >/dev/null 2>&1 ||
    die "apt-get install $* failed"
}

apt_fresh() {
  [ -z "${APT_FRESH:-}" ] || return 0
  apt-get -qq -o DPkg::Lock::Timeout=600 update || die "apt-get update failed"
  APT_FRESH=1
}

# The dependency of package $1 whose name matches the regular expression $2.
dependency() { apt-cache depends "$1" | awk -v name="^$2\$" '$1 == "Depends:" && $2 ~ name { print $2; exit }'; }

# --- steps ------------------------------------------------------------------------------------------------------

# cargo_tool STEP PROGRAM CRATE VERSION [FLAG...]: a program from crates.io. Its lock file is used, unless that names
# crates which the registry in use does not have yet.
cargo_tool() {
  local step=$1 program=$2 crate=$3 version=$4; shift 4
  [ -x "$TOOLS/bin/$program" ] && done_already "$step" "$version" && return 0
  say "$crate $version: cargo install (minutes)"
  cargo +stable install -q --locked --root "$TOOLS" "$crate@$version" "$@" 2>/dev/null ||
    cargo +stable install -q --root "$TOOLS" "$crate@$version" "$@" || die "cargo install $crate failed"
  stamp "$step" "$version"
}

step_deny() { cargo_tool deny cargo-deny cargo-deny "$CARGO_DENY" --no-default-features; }

step_mdbook() { cargo_tool mdbook mdbook mdbook "$MDBOOK" --no-default-features; }

step_compiler() {
  # Whichever version is installed stays: the libraries are compiled against it.
  if [ -x "$USR/bin/rustc" ] && [ -e "$PREFIX/.compiler" ]; then
    link_toolchain
    return 0
  fi
  can_apt || die "the compiler for guests and wasm comes from Debian's packages: this step needs root and apt-get"
  apt_fresh
  local dev std llvm
  dev=$(dependency rustc-web 'libstd-rust-web-dev')
  std=$(dependency "$dev" 'libstd-rust-web-[0-9.]+')
  llvm=$(dependency "$std" 'libllvm[0-9]+'); llvm=${llvm#libllvm}
  [ -n "$llvm" ] || die "Debian's rustc-web is not laid out as expected (no LLVM among its dependencies)"
  apt_install "/usr/lib/llvm-$llvm/bin/lld" "libllvm$llvm" "lld-$llvm"
  apt_install patchelf patchelf

  local packages; packages=$(mktemp -d); chmod 755 "$packages"
  (cd "$packages" && apt-get -qq download rustc-web "$std" "$dev" rust-web-src 2>/dev/null)
  rm -rf "$USR"; mkdir -p "$PREFIX"
  local name
  for name in rustc-web "$std" "$dev"; do dpkg -x "$packages/$name"_*.deb "$PREFIX"; done
  dpkg --fsys-tarfile "$packages"/rust-web-src_*.deb |
    tar -C "$PREFIX" -x --wildcards './usr/src/rustc-*/library' './usr/lib/rustlib/src'
  rm -rf "$packages"

  # shellcheck disable=SC2016 # $ORIGIN is the loader's
  for name in rustc rustdoc; do patchelf --set-rpath '$ORIGIN/../lib/x86_64-linux-gnu' "$USR/bin/$name"; done
  local bin=$USR/lib/rustlib/x86_64-unknown-linux-gnu/bin
  mkdir -p "$bin"
  ln -sfn "/usr/lib/llvm-$llvm/bin/lld" "$bin/rust-lld"
  ln -sfn "$(rustup which --toolchain stable cargo)" "$USR/bin/cargo"
  link_toolchain
  touch "$PREFIX/.compiler"
  say "compiler: $("$USR/bin/rustc" -V)"
}

link_toolchain() {
  local link=${RUSTUP_HOME:-$HOME/.rustup}/toolchains/$TOOLCHAIN
  [ -e "$link/bin/rustc" ] || { rm -f "$link"; rustup toolchain link "$TOOLCHAIN" "$USR"; }
}

# library TARGET CRATES [CARGO-FLAG...]: compiles the standard library for a target and installs it, as if rustup had
# brought it. With bitcode inside, programs may use it with and without link-time optimisation. No path of this
# machine stays in it.
library() {
  local target=$1 crates=$2 name work; shift 2
  name=$(basename "$target" .json)
  work=$(mktemp -d)
  mkdir "$work/src"; echo '#![no_std]' >"$work/src/lib.rs"
  cat >"$work/Cargo.toml" <<'T'
[package]
name = "sysroot"
version = "0.0.0"
edition = "2024"
[workspace]
[profile.release]
debug = 0
codegen-units = 1
T
  local flags=(-Cembed-bitcode=yes "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo" "--remap-path-prefix=$work=/sysroot")
  local source=$USR/lib/rustlib/src/rust
  flags+=("--remap-path-prefix=$source=/rust" "--remap-path-prefix=$(readlink -f "$source")=/rust")
  (cd "$work" && RUSTC_BOOTSTRAP=1 RUSTUP_TOOLCHAIN=$USR CARGO_TARGET_DIR=$work/target \
    CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f'; echo "${flags[*]}") cargo build -q --release --target "$target" "-Zbuild-std=$crates" "$@")
  local lib=$USR/lib/rustlib/$name/lib
  rm -rf "$lib.new" "$lib"; mkdir -p "$lib.new"
  cp "$work/target/$name"/release/deps/*.rlib "$lib.new/"
  rm -f "$lib.new"/libsysroot-*.rlib
  mv "$lib.new" "$lib"
  rm -rf "$work"
}

compiler_version() { "$USR/bin/rustc" -V; }

step_guest() {
  step_compiler
  apt_install clang clang
  local version; version="$(compiler_version), target $(sha256sum <"$GUEST_TARGET" | cut -c1-16)"
  done_already guest "$version" && return 0
  library "$GUEST_TARGET" core,alloc -Zjson-target-spec -Zbuild-std-features=compiler-builtins-mem
  stamp guest "$version"
}

step_wasm() {
  rustup target list --toolchain stable --installed | grep -qx wasm32-unknown-unknown && return 0
  if ! done_already wasm-from none && rustup target add --toolchain stable wasm32-unknown-unknown 2>/dev/null; then
    return 0
  fi
  done_already wasm-from none || stamp wasm-from none     # not asked again
  step_compiler
  local version; version=$(compiler_version)
  done_already wasm "$version" && return 0
  library wasm32-unknown-unknown std,panic_abort
  stamp wasm "$version"
}

step_wasm_tools() {
  step_wasm
  cargo_tool wasm-bindgen wasm-bindgen wasm-bindgen-cli "$WASM_BINDGEN"
  cargo_tool wasm-pack wasm-pack wasm-pack "$WASM_PACK"
  done_already wasm-opt "$BINARYEN" && return 0
  npm_install "binaryen@$BINARYEN"
  ln -sfn "$PREFIX/npm/node_modules/.bin/wasm-opt" "$TOOLS/bin/wasm-opt"
  stamp wasm-opt "$BINARYEN"
}

step_browser() {
  apt_install chromium chromium
  apt_install /usr/share/vulkan/icd.d/lvp_icd.x86_64.json mesa-vulkan-drivers libvulkan1
  done_already browser "$PLAYWRIGHT" && return 0
  npm_install "playwright-core@$PLAYWRIGHT"
  stamp browser "$PLAYWRIGHT"
}

step_anvil() {
  done_already anvil "$ANVIL" && return 0
  npm_install "@foundry-rs/anvil@$ANVIL"
  mkdir -p "$TOOLS/bin"
  ln -sfn "$PREFIX/npm/node_modules/.bin/anvil" "$TOOLS/bin/anvil"
  stamp anvil "$ANVIL"
}

npm_install() {
  command -v npm >/dev/null || die "npm is missing: install node with npm"
  mkdir -p "$PREFIX/npm"
  npm install --silent --no-audit --no-fund --save-exact --prefix "$PREFIX/npm" "$@" >/dev/null
}

step_qemu() {
  apt_install qemu-riscv64 qemu-user
  apt_install python3 python3
}

# ----------------------------------------------------------------------------------------------------------------

[ $# -gt 0 ] || { sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; exit 2; }
command -v rustup >/dev/null || die "rustup is missing: https://rustup.rs"
for step in "$@"; do
  case $step in
    deny | mdbook | compiler | guest | wasm | browser | anvil | qemu) "step_$step" ;;
    wasm-tools) step_wasm_tools ;;
    *) die "no such step: $step" ;;
  esac
done
