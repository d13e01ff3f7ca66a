# `make help` lists the targets. `make test` is exactly what CI runs.
.PHONY: help setup build serve test ci-fast bench size later swarm clean
.DEFAULT_GOAL := help
SEEDS ?= 50
PORT ?= 8080

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

setup: ## install what building and testing need (again: nothing to do)
	@bash scripts/setup.sh test

build: ## the release page in dist/
	@bash scripts/setup.sh build
	@bash scripts/build.sh

serve: ## build the page when needed and serve it on http://127.0.0.1:8080
	@bash scripts/setup.sh build
	@bash scripts/build.sh --if-needed
	@node scripts/serve.mjs dist $(PORT)

test: ## everything: format, clippy, native, browser, release page, size, whole-page journey
	@bash scripts/setup.sh test
	@bash scripts/test.sh full

ci-fast: ## the same without the release page and its journey
	@bash scripts/setup.sh test
	@bash scripts/test.sh fast

bench: ## figures of docs/benchmarks.md, against their budgets
	@bash scripts/setup.sh test
	@bash scripts/bench.sh

size: ## every file of the release page with its compressed size, against the budget
	@bash scripts/setup.sh build
	@bash scripts/build.sh --if-needed
	@node scripts/size.mjs dist

later: ## find out anew what the first view needs (scripts/later.txt), and build the page with that
	@bash scripts/setup.sh test
	@bash scripts/build.sh
	@node scripts/later.mjs
	@bash scripts/build.sh

swarm: ## random worlds under faults: make swarm SEEDS=200
	@SWARM_SEEDS=$(SEEDS) cargo test --locked --release --test swarm -- --nocapture

clean: ## remove what was built
	rm -rf dist target/page-assets
