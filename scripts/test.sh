#!/usr/bin/env bash
# test.sh full|fast: every runner in turn, fast ones first; goes on after a failure, so that one run
# tells all; ends with one line: N passed, N failed.
set -uo pipefail
source "$(dirname "$0")/env.sh"
mode=${1:-full}
passed=0
failed=0
failures=()
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# step NAME COMMAND...: runs it; adds up its "test result:" lines; without any, it counts as one check.
step() {
  local name=$1 began=$SECONDS code=0 results p=0 f=0
  shift
  printf '\n== %s\n' "$name"
  "$@" 2>&1 | tee "$log"
  code=${PIPESTATUS[0]}
  results=$(grep -oE 'test result: [A-Za-z]+\. [0-9]+ passed; [0-9]+ failed' "$log" || true)
  if [ -n "$results" ]; then
    p=$(awk '{sum += $4} END {print sum + 0}' <<<"$results")
    f=$(awk '{sum += $6} END {print sum + 0}' <<<"$results")
    if [ "$code" != 0 ] && [ "$f" = 0 ]; then f=1; fi
  elif [ "$code" = 0 ]; then
    p=1
  else
    f=1
  fi
  passed=$((passed + p))
  failed=$((failed + f))
  if [ "$f" != 0 ]; then failures+=("$name"); fi
  printf -- '-- %s: %s passed, %s failed (%s s)\n' "$name" "$p" "$f" "$((SECONDS - began))"
}

step 'parts taken out of functions' node tests/scripts/outline.mjs
wasm=(--target wasm32-unknown-unknown)
step 'format' cargo fmt --check
step 'clippy, native' cargo clippy --locked --all-targets -- -D warnings
step 'clippy, wasm32' cargo clippy --locked "${wasm[@]}" --lib --bins --test web -- -D warnings
step 'docs' env RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --lib --document-private-items
step 'native tests' cargo test --locked --no-fail-fast
step 'swarm, 10,000 seeds' env SWARM_SEEDS=10000 cargo test --locked --release --test swarm
export CHROMEDRIVER=${CHROMEDRIVER:-$(command -v chromedriver)}
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner
step 'browser tests' cargo test --locked "${wasm[@]}" --test web
if [ "$mode" = full ]; then
  step 'release page' bash scripts/build.sh
  step 'size budget' node scripts/size.mjs dist
  step 'whole-page journeys' node tests/journey/main.mjs
fi

printf '\n'
if [ "${#failures[@]}" != 0 ]; then printf 'failed: %s\n' "${failures[@]}"; fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
