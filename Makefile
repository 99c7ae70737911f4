# Every target sets up what it needs (scripts/setup.sh) and nothing more.
.PHONY: help build run test test-full lint fmt deny guests e2e docs ci-cold

SHELL := /bin/bash
CARGO ?= cargo +stable
PROFILE := --profile ci

help:
	@sed -n 's/^## //p' Makefile

## make build       the `hearth` binary, as it ships
build:
	$(CARGO) build --release -p hearth --locked

## make run         a node and two tabs prove a block (HEARTH_BLOCKS=FOLDER: a real one), and the proof is verified
run:
	scripts/run.sh

## make test        everything that guards a change: format, lints, tests, licences, guests, browser
test:
	scripts/test.sh

## make test-full   the same at full sizes
test-full:
	HEARTH_FULL=1 scripts/test.sh

## make lint        format and lints only
lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets $(PROFILE) --locked -- -D warnings

## make fmt         formats all Rust code, guests included
fmt:
	$(CARGO) fmt --all
	cd guests && $(CARGO) fmt --all

## make deny        licences, bans and sources of all dependencies
deny:
	scripts/deny.sh

## make guests      builds the guests, compares them with the committed files, runs them under qemu
guests:
	scripts/setup.sh guest qemu
	scripts/guests.sh build
	scripts/guests.sh template
	guests/vectors.py --check
	guests/qemu.py

## make e2e         the page tests in headless Chromium; a node and tabs that prove together
e2e:
	scripts/e2e.sh

## make docs        the book, in docs/book
docs:
	scripts/setup.sh mdbook
	scripts/with-tools.sh mdbook build docs

## make ci-cold     .ci/run in a fresh clone with an empty cache
ci-cold:
	scripts/ci-cold.sh
