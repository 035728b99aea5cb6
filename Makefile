# Everything a working copy is asked to do. It needs Python 3.11 and make, nothing else:
# each target first sets up what it needs in .venv, and does so once. (Root on a Debian also gets
# Debian's Chromium, for the tests of the page; elsewhere, `make setup` says when there is none.)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test check format bench soak clean

# The first of these that is Python 3.11 or newer (say `make PYTHON=/path/to/python` to choose another).
PYTHON ?= $(firstword $(foreach name,python3.11 python3 python,$(shell $(name) -c \
	'import sys; print(sys.executable if sys.version_info >= (3, 11) else "")' 2>/dev/null)))
WORKERS ?= 2
VENV := .venv
RUN := $(VENV)/bin/python
INSTALL := $(RUN) -m pip install -qq --disable-pip-version-check --constraint constraints.txt

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: $(VENV)/.dev ## Make .venv with the project and its tools (quick the second time)
	@$(RUN) -m tests.chromium

demo: $(VENV)/.runtime ## Tell the story: a sale and a push, cleared, settled, verified (ARGS="--input FILE")
	@$(VENV)/bin/payments demo $(ARGS)

test: setup check ## Everything: the checks, then the whole test suite on SQLite and PostgreSQL
	$(RUN) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: setup ## Format, lint, types, import contracts, house rules: under a minute
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-logo
	$(RUN) -m pytest -q tests/test_house.py

format: setup ## Format the code and mend what the linter can mend
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

bench: setup ## Measure, and write docs/benchmarks.md and docs/benchmarks.json
	$(RUN) -m tests.bench $(ARGS)

soak: setup ## The whole suite with the slow tests and many more examples: tens of minutes
	PAYMENTS_TEST_PROFILE=soak $(RUN) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

clean: ## Remove everything make and the tools have made, .venv too
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ── the virtual environment: redone when the project's metadata or the pins change ──────────────────

$(VENV)/.dev: $(VENV)/.runtime
	@echo "Installing the development tools (a minute or two, once) ..."
	@$(INSTALL) --editable '.[dev]'
	@touch $@

$(VENV)/.runtime: pyproject.toml constraints.txt | $(RUN)
	@echo "Installing the project (a minute or two, once) ..."
	@$(INSTALL) --editable .
	@touch $@

$(RUN):
	@test -n "$(PYTHON)" || { echo "This project needs Python 3.11 or newer, and none was found." >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments: its module ensurepip is missing." >&2; \
		echo "Install it (Debian, Ubuntu: apt install python3-venv), or name another: make PYTHON=..." >&2; \
		exit 1; }
	@rm -rf $(VENV)
	@echo "Creating $(VENV) with $(PYTHON) ..."
	@"$(PYTHON)" -m venv $(VENV)
