#!/usr/bin/env bash
# bench.sh: the figures of docs/benchmarks.md, each against its budget.
set -euo pipefail
source "$(dirname "$0")/env.sh"
cargo bench --locked
