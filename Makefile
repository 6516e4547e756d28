# `make` alone prints what there is. Everything runs from .venv, which `install` builds from the hashed lock.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STATE ?= .handrail
WORKERS ?= 2
PROCESSES ?= 2
SEED ?= 1
KILLS ?= 34
DISCHARGES ?= 250
COUNT ?= 50
STEPS ?= 100
DIGEST := $(shell cat requirements.lock pyproject.toml | sha256sum | cut -c1-64)
STAMP := $(VENV)/installed-$(DIGEST)

.DEFAULT_GOAL := help
.PHONY: help install browser up down check format test coverage compose-test pictures faults custody bench demo doctor clean

help: ## Print this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

install: $(STAMP) ## Build .venv from requirements.lock (does nothing when nothing has changed)

$(STAMP):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Handrail needs Python 3.11 or newer: make install PYTHON=python3.12, say"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python's venv module is missing; on Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps -e .
	@rm -f $(VENV)/installed-*
	@touch $@

up: install ## Start everything on this machine, in the foreground; Ctrl-C stops it
	$(BIN)/handrail up --state $(STATE) --workers $(WORKERS)

down: install ## Stop what `handrail up --detach` has started
	$(BIN)/handrail down --state $(STATE)

doctor: install ## Say what is wrong, and how to mend it
	$(BIN)/handrail doctor --state $(STATE)

demo: install ## Perform the main job against what is running, and confirm every effect
	$(BIN)/handrail demo run --state $(STATE)

check: install ## Style, types and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/handrail scope document --check

format: install ## Put the source into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

browser: ## Chromium for the browser tests, through apt where it is missing and may be installed
	@command -v chromium >/dev/null || \
		if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq chromium; \
		elif sudo -n true 2>/dev/null; then sudo apt-get update -qq && sudo apt-get install -y -qq chromium; \
		else echo "no chromium here, and no right to install it: the browser tests will skip and say so"; fi

test: check browser ## All checks, then all tests on real PostgreSQL, Valkey, Celery and SMTP
	$(BIN)/python -m pytest -n $(PROCESSES)

coverage: browser install ## The tests once more, with the lines they reach (tracing costs a third of the time)
	$(BIN)/python -m pytest -n $(PROCESSES) --cov --cov-report=term

compose-test: install ## Really build and start docker-compose.yml, perform, scale, restart stores, take it down (needs Docker)
	$(BIN)/python -m tests.compose.rehearsal

pictures: browser install ## Renew the pictures of docs/guide (needs Chromium)
	HANDRAIL_PICTURES=1 $(BIN)/python -m pytest tests/browser/test_pictures.py

faults: install ## Kill and harm everything under load, then look what is lost; SEED= KILLS= DISCHARGES= (docs/faults.md)
	$(BIN)/python -m tests.faults.storm --seed $(SEED) --kills $(KILLS) --discharges $(DISCHARGES)

custody: install ## COUNT= sequences of STEPS= commands in any order against referrals, and what was tried (docs/custody.md)
	CUSTODY_COUNT=$(COUNT) CUSTODY_STEPS=$(STEPS) $(BIN)/python -m pytest tests/services/referrals/machine/test_machine.py

bench: install ## Benchmarks; ONLY=name runs one
	$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY))

clean: ## Remove what tests and tools have left (neither .venv nor .handrail)
	rm -rf .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.* htmlcov build *.egg-info
