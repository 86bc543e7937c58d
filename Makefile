# The two commands that matter are `make run` and `make test`. `make help` is written from the comments after `##`.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.lanterne-complete
PORT ?= 8765
PATIENTS ?= 150
WORKERS ?= 2
SEEDS ?= 20
FIRST ?= 1

.DEFAULT_GOAL := help
.PHONY: help setup run demo-cut test test-fast lint format bench sim mutants torture lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## make .venv/ with everything, at the versions and hashes of the lock; nothing to do when up to date

$(STAMP): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Lanterne needs Python 3.11 or newer; say which: make setup PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: setup ## a fictional practice in ./demo-data, in your browser, on this machine only
	$(BIN)/lanterne demo --data demo-data --patients $(PATIENTS) --port $(PORT) $(if $(CI),--no-browser)

demo-cut: setup ## two machines and a relay killed, a stick taken away, a network cut: one record each time, checked
	$(BIN)/python -m lanterne.demo.cut

test: setup ## every test, a real browser included (ARGS="tests/wire -k frame" for some of them)
	$(BIN)/python tools/setup_browser.py
	$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

test-fast: setup ## the tests that need neither browser nor kills
	$(BIN)/python -m pytest -n $(WORKERS) -m "not browser and not torture" $(ARGS)

lint: setup ## ruff, its formatter, mypy, and the floors (import-linter)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## write the code the way `make lint` wants it
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .
	$(BIN)/python tools/typography.py

bench: setup ## measure: every bench/*.py prints its figures, the machine, and what bounds it
	@shopt -s nullglob; for file in bench/[a-z]*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

sim: setup ## several devices and a relay in one process, faults drawn from a seed: make sim SEEDS=200 FIRST=1 (VERBOSE=1: line by line)
	$(BIN)/python -m tests.simulation.run --seeds $(SEEDS) --first $(FIRST) $(if $(VERBOSE),--verbose)

mutants: setup ## faults put into the code on purpose, one by one: the simulation must find them; the score is added to docs/evidence/
	$(BIN)/python -m tests.simulation.mutate

torture: setup ## 1,000 kills, 500 flips, 200 shuffles, 10,000 damaged files; the figures are added to docs/evidence/
	$(BIN)/python tools/setup_browser.py
	$(BIN)/python tools/evidence.py

lock: setup ## resolve the dependencies anew into the two lock files
	$(BIN)/python tools/lock.py

clean: ## remove what was built; .venv/ and the practices (demo-data/, data/) stay
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
