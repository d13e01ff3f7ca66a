#!/usr/bin/env bash
# build.sh [--if-needed]: the release page in dist/. With --if-needed, only when a source is newer.
set -euo pipefail
source "$(dirname "$0")/env.sh"

if [ "${1:-}" = --if-needed ] && [ -f dist/.built ]; then
  newer=$(find src style editor index.html Trunk.toml Cargo.toml Cargo.lock package-lock.json scripts \
    -newer dist/.built -type f -print -quit 2>/dev/null || true)
  if [ -z "$newer" ]; then
    echo 'build: dist/ is up to date'
    exit 0
  fi
fi
echo 'build: the release page (a first build takes some minutes)'
trunk build --release
touch dist/.built
