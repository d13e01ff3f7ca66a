#!/usr/bin/env bash
# bench.sh: the figures of docs/benchmarks.md, each against its budget: natively, then the same core in wasm.
set -euo pipefail
source "$(dirname "$0")/env.sh"
cargo bench --locked --bench step -- "$@"
cargo bench --locked --bench step -- idle
cargo bench --locked --bench step -- large
cargo bench --locked --bench console
wasm=target/wasm32-unknown-unknown/core/examples/core.wasm
cargo build --locked --profile core --target wasm32-unknown-unknown --example core
wasm-bindgen --target nodejs --out-dir target/core "$wasm"
printf '{"type": "commonjs"}\n' > target/core/package.json
node scripts/bench-wasm.mjs target/core
