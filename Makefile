# make setup | run | test | lint: everything from a clean checkout, in a .venv of its own.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= data
PORT ?= 8080
STAMP := $(VENV)/.ready

.PHONY: setup run test lint corpus
.DEFAULT_GOAL := setup

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Khumbula needs Python 3.11 or newer; name it: make PYTHON=python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing (a few minutes the first time) ..."
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt torch
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@echo "Preparing the embedding model ..."
	$(BIN)/python -m memory.model
	touch $(STAMP)

run: setup
	@test -f $(DATA)/catalogue.sqlite || $(BIN)/khumbula users load corpus/users.csv --data $(DATA)
	$(BIN)/khumbula ingest corpus/files --collection isivivane --data $(DATA)
	$(BIN)/khumbula serve --port $(PORT) --data $(DATA)

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

test: lint
	$(BIN)/python -m pytest

corpus: setup
	$(BIN)/python corpus/make.py
