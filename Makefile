# make run    opens the studio; sets everything up the first time
# make test   lint, types, import contracts and tests
# make test-exchange   files of ours in other programs
#
# Needs Python 3.11 or newer. PYTHON=... chooses one, FILES=... are opened by `make run`,
# WORKERS=... processes share the tests.

SHELL := /bin/sh
VENV ?= .venv
WORKERS ?= 2
PY := $(VENV)/bin/python
FILES ?= resources/samples/happiness.csv
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	if $$p -c '$(NEW_ENOUGH)' 2>/dev/null; then echo $$p; break; fi; done)

PIP := $(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
CHECKS := studio tests benchmarks
# Where the programs lie that only `make test-exchange` needs.
EXCHANGE ?= $(CURDIR)/build/exchange
# The tests start a hundred programs, and each would compile the studio anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-slow test-exchange lint types contracts tests corpus bench pictures lock libraries clean

run: $(VENV)/ready
	@$(PY) -m studio.cli.libraries || true
	@$(PY) -m studio $(FILES)

test: lint types contracts tests

lint: $(VENV)/ready
	$(VENV)/bin/ruff check $(CHECKS)
	$(VENV)/bin/ruff format --check $(CHECKS)

types: $(VENV)/ready
	$(VENV)/bin/mypy

contracts: $(VENV)/ready
	$(VENV)/bin/lint-imports

tests: $(VENV)/ready libraries
	$(PY) -m pytest -m "not slow and not exchange" -n $(WORKERS) --dist loadfile

test-slow: $(VENV)/ready libraries
	$(PY) -m pytest -m slow

# Files of ours in other programs: what is not there and cannot be installed is skipped, and said.
test-exchange: $(VENV)/ready-exchange $(EXCHANGE)/ready libraries
	STUDIO_EXCHANGE=$(EXCHANGE) $(PY) -m pytest -m exchange -rs tests/exchange

libraries: $(VENV)/ready
	@$(PY) -m studio.cli.libraries

corpus: $(VENV)/ready-corpus
	$(PY) -m studio corpus build
	$(PY) -m studio corpus samples

bench: $(VENV)/ready libraries
	$(PY) -m studio bench

pictures: $(VENV)/ready libraries
	$(PY) -m benchmarks.pictures
	$(PY) -m benchmarks.label_pictures
	$(PY) -m benchmarks.own_face
	$(PY) -m benchmarks.tour

lock: $(VENV)/ready-corpus
	{ sed -n '/^#/p' constraints.txt; echo 'torch>=2.6,<2.14'; \
	$(PY) -m pip freeze --exclude-editable --exclude torch; } > constraints.new
	mv constraints.new constraints.txt

clean:
	rm -rf $(VENV) build dist out .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(PY):
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or newer is needed; on Debian or Ubuntu: sudo apt-get install -y python3 python3-venv"; \
		exit 1; fi
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && apt-get install -y -qq python3-venv; \
		else \
			echo "Python's venv is missing; on Debian or Ubuntu: sudo apt-get install -y python3-venv"; \
			exit 1; fi; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/ready: pyproject.toml constraints.txt | $(PY)
	@echo "Installing what the studio needs into $(VENV); the first time this takes some minutes."
	$(PIP) "torch>=2.6,<2.14"
	$(PIP) --editable ".[dev]"
	@touch $@

$(VENV)/ready-exchange: $(VENV)/ready
	$(PIP) --editable ".[usd,alembic,fbx]"
	@touch $@

$(EXCHANGE)/ready:
	@mkdir -p $(EXCHANGE)
	@if command -v npm >/dev/null; then \
		npm install --silent --no-audit --no-fund --prefix $(EXCHANGE) gltf-validator@2.0.0-dev.3.10; \
	else echo "npm is missing: the glTF validator is left out"; fi
	@command -v blender >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends blender python3-numpy; } || \
		echo "Blender is missing: its checks are left out"
	@touch $@

$(VENV)/ready-corpus: $(VENV)/ready
	$(PIP) --editable ".[corpus]"
	@touch $@
