# The verbs of Posada. Each sets up what it needs; `make` alone lists them.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help setup demo demo-reset test test-money test-nights test-chaos test-upgrade soak test-schema test-pages bench bench-nlu bench-webhooks bench-voice bench-calendar bench-pages fuzz backup restore doctor sbom check

CARGO ?= cargo
SETUP := worker/stack/setup/setup.sh
# What set-up installed comes first on the search path.
export PATH := $(CURDIR)/.posada/bin:$(PATH)
BUILT := $(if $(CARGO_TARGET_DIR),$(CARGO_TARGET_DIR),target)/debug
BUILT_TO_BE_FAST := $(BUILT:debug=release)

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

test-money: setup ## Lose no peso: 1,000 reservations with everything going wrong; RESERVATIONS=10000 SEED=7 AT_ONCE=140
	@$(CARGO) build --workspace --bins
	@$(CARGO) test --workspace --test money --no-run
	@RESERVATIONS=$(or $(RESERVATIONS),1000) SEED=$(SEED) AT_ONCE=$(AT_ONCE) \
		$(BUILT)/stack services -- $(CARGO) test --workspace --test money -- --nocapture

test-nights: setup ## Sell no night twice: 1,000,000 things asked at once; OPERATIONS=20000 SEED=7
	@$(CARGO) build --workspace --bins
	@$(CARGO) test --workspace --test nights --no-run
	@OPERATIONS=$(or $(OPERATIONS),1000000) SEED=$(SEED) \
		$(BUILT)/stack services -- $(CARGO) test --workspace --test nights -- --nocapture

test-chaos: setup ## Break everything over every step: the whole matrix, half an hour; ROUNDS="Postgres killed, worker frozen"
	@$(CARGO) build --workspace --bins
	@$(CARGO) test --workspace --test chaos --no-run
	@ROUNDS="$(or $(ROUNDS),all)" $(CARGO) test --workspace --test chaos -- --ignored --nocapture

test-upgrade: setup ## Replace the worker by another build with 1,000 reservations in flight: NEXT_WORKER=path RESERVATIONS=1000
	@$(CARGO) build --workspace --bins
	@$(CARGO) test --workspace --test lasting --no-run
	@NEXT_WORKER="$(NEXT_WORKER)" RESERVATIONS=$(or $(RESERVATIONS),1000) $(CARGO) test --workspace --test lasting -- --ignored --nocapture takes_over

soak: setup ## Load everything for a while and see that nothing grows for ever: MINUTES=60
	@$(CARGO) build --workspace --bins
	@$(CARGO) test --workspace --test lasting --no-run
	@MINUTES=$(or $(MINUTES),10) $(CARGO) test --workspace --test lasting -- --ignored --nocapture grows

test-schema: ## Ask whatever the OpenAPI document allows, and what it does not; SEED=7
	@$(SETUP) schema
	@$(CARGO) build --workspace --bins
	@$(CARGO) test --workspace --test schema --no-run
	@SEED=$(or $(SEED),1) $(BUILT)/stack services -- $(CARGO) test --workspace --test schema -- --ignored --nocapture

bench-nlu: setup ## How many phrases of the corpus are read right, by language, and how fast
	@$(CARGO) run --quiet --release --package nlu --example accuracy

test-pages: ## Walk the owner's pages in a browser, in every role, at a desk and on a phone; POSADA_SCREENSHOTS=folder
	@$(SETUP) pages
	@$(CARGO) build --workspace --bins
	@$(CARGO) test --workspace --test pages --no-run
	@$(BUILT)/stack services -- $(CARGO) test --workspace --test pages -- --ignored --nocapture

bench: setup ## How fast everything is on this machine, beside what it does without Posada: .posada/bench.json
	@$(CARGO) build --release --workspace --bins
	@$(CARGO) build --release --workspace --example bench_stack
	@$(BUILT_TO_BE_FAST)/examples/bench_stack

bench-webhooks: setup ## How soon notifications of payments are acknowledged
	@$(CARGO) build --release --workspace --bins
	@$(CARGO) build --release --workspace --example acknowledge
	@$(BUILT_TO_BE_FAST)/stack services --durable -- $(BUILT_TO_BE_FAST)/examples/acknowledge

# The models and digests of the tests; others with `make bench-voice MODEL=… MODEL_SHA256=…`.
MODEL ?= .posada/models/ggml-base-q5_1.bin
MODEL_SHA256 ?= 422f1ae452ade6f30a004d7e5c6a43195e4433bc370bf23fac9cc591f01a8898
VAD_MODEL := .posada/models/ggml-silero-v6.2.0.bin
VAD_MODEL_SHA256 := 2aa269b785eeb53a82983a20501ddf7c1d9c48e33ab63a41391ac6c9f7fb6987

bench-voice: setup ## How well and how fast voice notes are heard
	@$(CARGO) run --quiet --package speech --example bench -- $(MODEL) $(MODEL_SHA256) $(VAD_MODEL) $(VAD_MODEL_SHA256)

bench-calendar: setup ## How long calendars of 200, 2,000 and 50,000 events take, from bytes to Postgres, and what they cost
	@$(CARGO) build --quiet --workspace --bins
	@$(CARGO) build --quiet --package database --example bench_calendar
	@$(BUILT)/stack services -- $(CARGO) run --quiet --package database --example bench_calendar

bench-pages: setup ## How long each of the owner's pages takes with 10,000 reservations
	@$(CARGO) build --quiet --workspace --bins
	@$(CARGO) test --quiet --package api --test it --no-run
	@$(BUILT)/stack services -- $(CARGO) test --quiet --package api --test it -- --ignored --nocapture every_page_is_quick

# How long, and with which seed.
SECONDS_OF_FUZZ := $(or $(SECONDS),60)

# A third of the time is for calendars, the rest for everything else that strangers send.
fuzz: ## Look for something that one of our readers does not survive: SECONDS=600 SEED=7
	@$(CARGO) run --quiet --package calendar-feed --example fuzz -- --seconds $$(($(SECONDS_OF_FUZZ) / 3)) $(if $(SEED),--seed $(SEED))
	@SECONDS_OF_FUZZ=$$(($(SECONDS_OF_FUZZ) * 2 / 3)) SEED=$(SEED) $(CARGO) test --quiet --workspace --test fuzz -- --ignored --nocapture

# Of the demo, unless DATABASE_URL names another.
DEMO_DATABASE = $$(. .posada/demo/secrets.env && printf 'postgres://posada:%s@127.0.0.1:54329/posada' "$$POSTGRES_PASSWORD")
AT_DATABASE = DATABASE_URL="$${DATABASE_URL:-$(DEMO_DATABASE)}" POSADA_POSTGRES_BIN="$${POSADA_POSTGRES_BIN:-.posada/postgres-bin}"

backup: setup ## Write everything down: TO=folder KEEP=14, of the demo or of DATABASE_URL and TEMPORAL_DATABASE_URL
	@$(CARGO) build --quiet --package posada
	@$(AT_DATABASE) $(BUILT)/posada backup $(or $(TO),.posada/backups) $(if $(KEEP),--keep $(KEEP))

restore: setup ## Put a backup in the place of what is there: FROM=folder/posada-… REPLACE=yes
	@$(CARGO) build --quiet --package posada
	@$(AT_DATABASE) $(BUILT)/posada restore $(FROM) $(if $(REPLACE),--replace)

doctor: setup ## Look a deployment over and say how to mend it: of the demo, or of DATABASE_URL, POSADA_PUBLIC_URL and the secrets
	@$(CARGO) build --quiet --package posada
	@$(AT_DATABASE) $(BUILT)/posada doctor

sbom: setup ## Write down every package that is built into the programs, as CycloneDX
	@worker/stack/setup/supply.py sbom .posada/sbom.json

check: ## Format, lints, documentation, alerts, manifests, licences, secrets, unused dependencies, spelling
	@$(SETUP) check
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- --deny warnings
	RUSTDOCFLAGS="--deny warnings" $(CARGO) doc --workspace --no-deps --document-private-items
	promtool check config worker/docker/prometheus/prometheus.yml
	promtool test rules worker/docker/prometheus/alerts-test.yml
	@worker/stack/setup/manifests.py
	@worker/stack/setup/deny.sh
	@worker/stack/setup/supply.py check
	cargo-shear
	typos
