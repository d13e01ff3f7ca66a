#!/usr/bin/env bash
# setup.sh build|test: installs what is missing, inside the project where that is possible.
# A second run finds everything there and installs nothing.
set -euo pipefail
source "$(dirname "$0")/env.sh"
goal=${1:-test}

say() { printf 'setup: %s\n' "$*"; }
missing=0
need() { # need COMMAND HOW-TO-INSTALL
  command -v "$1" >/dev/null 2>&1 && return
  printf 'setup: %s is missing. Install it with:\n    %s\n' "$1" "$2" >&2
  missing=1
}

need git 'apt-get install -y git'
need cargo "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y"
need rustup "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y"
need cc 'apt-get install -y build-essential'
need node 'apt-get install -y nodejs npm'
need npm 'apt-get install -y npm'
[ "$missing" = 0 ] || exit 1

if [ ! -d "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown" ]; then
  say 'adding the wasm32-unknown-unknown target'
  rustup target add wasm32-unknown-unknown
fi
for component in rustfmt clippy; do
  cargo "${component/rust/}" --version >/dev/null 2>&1 || rustup component add "$component"
done

if ! trunk --version 2>/dev/null | grep -qx "trunk $trunk_version"; then
  say "building trunk $trunk_version into .tools (some minutes, once)"
  cargo install trunk --version "$trunk_version" --locked --root .tools
fi
if ! wasm-bindgen --version 2>/dev/null | grep -qx "wasm-bindgen $wasm_bindgen_version" ||
  ! command -v wasm-bindgen-test-runner >/dev/null 2>&1; then
  say "building wasm-bindgen-cli $wasm_bindgen_version into .tools (some minutes, once)"
  cargo install wasm-bindgen-cli --version "$wasm_bindgen_version" --root .tools
fi

stamp=node_modules/.package-lock.sum
if [ "$(cat "$stamp" 2>/dev/null)" != "$(sha256sum package-lock.json)" ]; then
  say 'installing the npm packages of package-lock.json'
  npm ci --no-audit --no-fund
  sha256sum package-lock.json >"$stamp"
fi

browser() {
  for name in chromium chromium-browser google-chrome; do
    command -v "$name" 2>/dev/null && return
  done
  return 1
}
if [ "$goal" = test ] && { ! browser >/dev/null || ! command -v chromedriver >/dev/null 2>&1; }; then
  as_root=
  if [ "$(id -u)" != 0 ]; then as_root=sudo; fi
  if command -v apt-get >/dev/null 2>&1 && { [ -z "$as_root" ] || command -v sudo >/dev/null 2>&1; }; then
    say 'installing chromium and chromedriver'
    $as_root apt-get update
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y chromium chromium-driver
  else
    printf 'setup: chromium and chromedriver are missing. Install them with:\n    %s\n' \
      'apt-get update && apt-get install -y chromium chromium-driver' >&2
    exit 1
  fi
fi
