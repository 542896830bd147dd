# make run    opens the studio; sets everything up the first time
# make test   lint, types, import contracts and tests
# make bundle          the program in a folder that needs no Python; make test-bundle tries it
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

PIP_OPTIONS := --quiet --disable-pip-version-check --constraint constraints.txt
PIP := $(PY) -m pip install $(PIP_OPTIONS)
# What the program in a folder is made from.
BUNDLE := build/runtime
CHECKS := studio tests benchmarks packaging
# Where the programs lie that only `make test-exchange` needs.
EXCHANGE ?= $(CURDIR)/build/exchange
# The tests start a hundred programs, and each would compile the studio anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-slow test-exchange lint types contracts tests corpus bench pictures lock libraries bundle test-bundle clean

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
	$(PY) -m benchmarks.pictures.window
	$(PY) -m benchmarks.pictures.labels
	$(PY) -m benchmarks.pictures.labels --models checkpoints/anny-extreme
	$(PY) -m benchmarks.pictures.own_face
	$(PY) -m benchmarks.pictures.tour
	$(PY) -m benchmarks.pictures.edits

# From an environment of its own, so that nothing of the tests comes along. With torch's own index
# (PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu) the program on Linux is without CUDA.
bundle: $(BUNDLE)/ready
	$(BUNDLE)/bin/python -m pip install $(PIP_OPTIONS) --force-reinstall --no-deps .
	$(BUNDLE)/bin/pyinstaller --noconfirm --log-level WARN --workpath build --distpath dist \
		packaging/expression-studio.spec
	du -sh dist/expression-studio

test-bundle: bundle libraries
	$(BUNDLE)/bin/python packaging/smoke.py dist/expression-studio/expression-studio out

$(BUNDLE)/ready: pyproject.toml constraints.txt | $(PY)
	$(PYTHON) -m venv --clear $(BUNDLE)
	$(BUNDLE)/bin/python -m pip install $(PIP_OPTIONS) "torch>=2.6,<2.14"
	$(BUNDLE)/bin/python -m pip install $(PIP_OPTIONS) . "pyinstaller>=6.10"
	@touch $@

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
