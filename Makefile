# Jusur: `make demo` shows it, `make test` checks it, `make bench` measures it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
STAMP := $(VENV)/.installed
DEMO_ARGS ?=
BENCH_ARGS ?=
SCREENS_ARGS ?=
QUALITY_ARGS ?=

.DEFAULT_GOAL := help

.PHONY: help
help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

.PHONY: install
install: $(STAMP) ## Install everything into .venv (and Debian's age, openssl, … where they are missing)

CATALOGUES := $(wildcard src/jusur/desk/*/locale/*/LC_MESSAGES/django.po)

$(STAMP): requirements/dev.txt pyproject.toml tools/install-system-packages tools/build_desk.py $(CATALOGUES)
	tools/install-system-packages
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	$(BIN)/python tools/build_desk.py
	$(BIN)/python -m compileall -q src
	$(BIN)/python -m jusur.screening.warm
	touch $@

.PHONY: demo
demo: install ## Start three nodes and run the fast track between them (DEMO_ARGS="--evidence PATH --json FILE")
	$(BIN)/jusur demo $(DEMO_ARGS)

.PHONY: stop
stop: ## Stop the demo's nodes
	$(BIN)/jusur demo --stop

.PHONY: test
test: install ## Run every test that CI runs
	$(BIN)/pytest -n 2 --dist loadgroup -m "not slow" $(TEST_ARGS)

.PHONY: test-slow
test-slow: install ## Run the long suites: 10,000 protocol steps, large corpora, soak
	JUSUR_STEPS=$${JUSUR_STEPS:-10000} $(BIN)/pytest -n 2 -m slow --timeout 7200 $(TEST_ARGS)

.PHONY: test-e2e
test-e2e: install ## Run the whole end-to-end suite between real nodes: every bad day
	$(BIN)/pytest -n0 tests/e2e --timeout 1200 $(TEST_ARGS)

.PHONY: soak
soak: install ## Exchange between real nodes under faults for SECONDS (default 600)
	$(BIN)/python bench/soak.py --seconds $${SECONDS_TO_RUN:-600}

.PHONY: screens
screens: install ## Write screenshots of every page in Arabic and English, and axe.json, to build/screens/
	tools/look --all --language ar,en,fr,es $(SCREENS_ARGS)

.PHONY: messages
messages: install ## Bring the catalogues of the four languages up to date and compile them
	tools/messages

.PHONY: lint
lint: install ## Check form, types, layers, unused dependencies, templates
	$(BIN)/ruff format --check src tests bench tools
	$(BIN)/ruff check src tests bench tools
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry src
	$(BIN)/djlint --lint --quiet src/jusur/desk

.PHONY: bench
bench: install ## Measure everything against peers in the same run
	$(BIN)/python -m bench $(BENCH_ARGS)

.PHONY: quality
quality: install ## Say how well names are matched, by script (QUALITY_ARGS="--failures ko-lat --gallery-size 1000000")
	$(BIN)/python -m bench.quality $(QUALITY_ARGS)

.PHONY: lock
lock: ## Write the locked requirements anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --custom-compile-command "make lock" --extra dev pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --custom-compile-command "make lock" -c requirements/dev.txt pyproject.toml -o requirements/runtime.txt

.PHONY: clean
clean: ## Remove what was installed and built
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis
