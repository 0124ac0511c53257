# The verbs of this checkout. They set up .venv by themselves; nothing outside the checkout is touched.
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help demo test lint fix docs bench mutants lock clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | awk -F '\t' '{ printf "  make %-7s %s\n", $$1, $$2 }'

demo: $(READY) ## scan the built-in mocked account, write out/demo.sarif
	@mkdir -p out
	@$(BIN)/bastionless scan --demo --lookup-events --report sarif=out/demo.sarif; code=$$?; \
	  if [ $$code -gt 1 ]; then exit $$code; fi; \
	  echo; echo "SARIF for code scanning: out/demo.sarif"

test: lint ## format, lint, types, import contract, docs, all tests
	@$(BIN)/pytest -q -n 2

lint: $(READY) ## all of that but the tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/mypy --strict $$(find rules -name '*.py' | sort)
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports
	@$(BIN)/python docs/generate.py --check

fix: $(READY) ## format and mend what can be mended automatically
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

docs: $(READY) ## write the generated pages anew
	@$(BIN)/python docs/generate.py

bench: $(READY) ## measure against bare boto3 in the same run
	@$(BIN)/python -m benchmarks

mutants: $(READY) ## break each rule of the network engine once; its tests have to notice
	@$(BIN)/python -m tests.network.mutate $(ONLY)

lock: ## resolve the locked versions anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --extra mock --group dev --no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --group action --generate-hashes --constraint requirements.lock --no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" pyproject.toml -o action/requirements.lock

clean: ## remove the environment and everything that was made
	rm -rf $(VENV) out dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# uv where it exists, else venv and pip; the first Python of at least 3.11 that runs.
$(READY): requirements.lock pyproject.toml
	@set -e; \
	for python in python3 python3.13 python3.12 python3.11 python; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo "Python 3.11 or newer is needed; install it, then run make again." >&2; exit 1; fi; \
	echo "Setting up $(VENV) (once) ..." >&2; \
	if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --clear --python "$$($$found -c 'import sys; print(sys.executable)')" $(VENV); \
	  VIRTUAL_ENV=$(VENV) uv pip install --quiet -r requirements.lock; \
	  VIRTUAL_ENV=$(VENV) uv pip install --quiet --no-deps -e .; \
	else \
	  $$found -m venv --clear $(VENV); \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .; \
	fi; \
	touch $(READY)
