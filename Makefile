# make demo    the main job on samples/: build/corpus.csv, build/corpus.json, build/articles/*.md
# make test    the tests; make test-all: those marked slow, and those of the extras, too; make lint; make bench; make clean
# Each does all its own set-up in .venv; it needs only Python 3.11 or newer and make.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
ALL_READY := .venv/.all-ready

.PHONY: demo test test-all lint bench rules-report clean

demo: $(READY)
	$(BIN)/corptool run 'read "samples/*.*" | fix | clean | convert --to s | dedup' -o build/corpus.jsonl
	$(BIN)/corptool export --quiet --format csv -o build/corpus.csv build/corpus.jsonl
	$(BIN)/corptool export --quiet --format json -o build/corpus.json build/corpus.jsonl
	$(BIN)/corptool export --quiet --format md -o build/articles build/corpus.jsonl
	@ls build/corpus.csv build/corpus.json build/articles/*.md

test: $(READY)
	$(BIN)/pytest -q -m 'not slow'

test-all: $(ALL_READY)
	$(BIN)/pytest -q

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# with PAGES="dev dev-zh" (folders as in docs/training.md) clean and the whole job are held against peers on real pages, too;
# with ENCODINGS=dev (a folder as in benchmarks/encoding.py) detection and repair are
bench: $(READY)
	$(BIN)/python benchmarks/run.py $(if $(PAGES),--labelled $(PAGES)) $(if $(ENCODINGS),--encodings $(ENCODINGS))

# what each boilerplate rule adds: make rules-report PAGES="dev dev-zh" (folders as in docs/training.md)
rules-report: $(READY)
	$(BIN)/python tools/rules_report.py $(PAGES)

clean:
	rm -rf build .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis src/*.egg-info

$(READY): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	$(BIN)/python -m compileall -q src
	touch $@

# what the extras need is large (Ray, Arrow): `make test` passes over their tests
$(ALL_READY): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[all-tests]'
	touch $@
