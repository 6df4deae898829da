# `make` lists the targets. Everything they need they install: see CONTRIBUTING.md.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
CACHE := $(or $(TOCSIN_CACHE),$(HOME)/.cache/tocsin)
BIN := $(VENV)/bin
STAMP := $(VENV)/.made-from-$(shell cksum requirements/dev.txt pyproject.toml | cksum | cut -d' ' -f1)

.PHONY: help demo test unit lint cluster down image generate bench kubeconfig lock

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

demo: $(STAMP) ## from nothing to an alert that fires and is resolved, on a real cluster
	@$(BIN)/python -m e2e.demo

test: lint unit e2e ## everything: lint, unit tests, and the tests on a real cluster

unit: $(STAMP) ## the tests that need no cluster
	@$(BIN)/pytest -q -n auto

lint: $(STAMP) ## ruff, mypy --strict, the layers, and whether generated files are up to date
	@$(BIN)/ruff check -q .
	@$(BIN)/ruff format --check -q . || { echo "not formatted: run .venv/bin/ruff format ." >&2; \
	  exit 1; }
	@MYPY_CACHE_DIR=$(CACHE)/mypy $(BIN)/mypy
	@$(BIN)/lint-imports --no-cache --no-logo
	@$(BIN)/python -m tocsin.api.crd --check crds charts/tocsin/files/crds
	@$(BIN)/python -m tocsin.api.explanation.schema --check docs/explain.schema.json
	@$(BIN)/python -m tocsin.api.webhook.schema --check docs/webhook.schema.json

.PHONY: e2e
e2e: $(STAMP)
	@$(BIN)/pytest e2e -q

cluster: $(STAMP) ## a cluster with Prometheus and the operator of this checkout
	@$(BIN)/python -m e2e.stage

down: ## end the cluster, and the engine that was started for it
	@$(call need_python)
	@$(PYTHON) -m e2e.cluster down

image: $(STAMP) ## build the operator's image and report its size
	@$(BIN)/python -m e2e.stage image

generate: $(STAMP) ## write the custom resource definitions and JSON schemas from the models
	@$(BIN)/python -m tocsin.api.crd crds charts/tocsin/files/crds
	@$(BIN)/python -m tocsin.api.explanation.schema docs/explain.schema.json
	@$(BIN)/python -m tocsin.api.webhook.schema docs/webhook.schema.json

bench: $(STAMP) ## measure: NAME=evaluate-core (docs/performance.md lists them all)
	@$(BIN)/python -m bench $(NAME)

kubeconfig: ## print the path of the cluster's kubeconfig
	@$(PYTHON) -m e2e.cluster kubeconfig

lock: $(STAMP) ## resolve requirements/*.in anew into the lock files
	@for name in operator dev; do $(BIN)/uv pip compile -q --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url requirements/$$name.in -o requirements/$$name.txt; done

define need_python
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
  { echo "Python 3.11 or newer is missing: install it (apt-get install python3) or name it, \
as in \`make PYTHON=python3.12\`" >&2; exit 1; }
endef

$(STAMP): requirements/dev.txt pyproject.toml
	@$(call need_python)
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	  { echo "Python's venv module is missing: apt-get install python3-venv" >&2; exit 1; }
	@echo "virtual environment: made from the lock file" >&2
	@rm -rf $(VENV) && $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes --only-binary :all: \
	  -r requirements/dev.txt
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
