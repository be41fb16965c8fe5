# The verbs of Posada. Each sets up what it needs; `make` alone lists them.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help setup demo demo-reset test check

CARGO ?= cargo
SETUP := worker/stack/setup/setup.sh
# What set-up installed comes first on the search path.
export PATH := $(CURDIR)/.posada/bin:$(PATH)
BUILT := $(if $(CARGO_TARGET_DIR),$(CARGO_TARGET_DIR),target)/debug

help: ## List the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Find or install PostgreSQL, Redis, Temporal and build tools; quiet when all is there
	@$(SETUP)

demo: setup ## Build and start everything, print where to look, stay until Ctrl-C
	@echo "make: building (the first time takes some minutes)"
	@$(CARGO) build --workspace --bins
	@$(BUILT)/stack demo

demo-reset: setup ## Forget the data of the demo
	@$(CARGO) build --quiet --package stack
	@$(BUILT)/stack reset

test: setup ## Run every test on PostgreSQL, Redis and Temporal of its own
	@echo "make: building the programs and the tests (the first time takes some minutes)"
	@$(CARGO) build --workspace --bins
	@$(CARGO) test --workspace --no-run
	@$(BUILT)/stack services -- $(CARGO) test --workspace

check: ## Format, lints, documentation, licences, unused dependencies, spelling
	@$(SETUP) check
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- --deny warnings
	RUSTDOCFLAGS="--deny warnings" $(CARGO) doc --workspace --no-deps --document-private-items
	@worker/stack/setup/deny.sh
	cargo-shear
	typos
