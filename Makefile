# Needs only Python >= 3.11, pip and make; everything else goes into .venv.
PYTHON ?= python3
ARGS   ?=

VENV  := .venv
BIN   := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP   := $(BIN)/python -m pip --disable-pip-version-check -qq

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help check verify test test-fast test-mutants test-nightly campaign mutants-numeric snapshots lint docs bench lock clean

help: ## list the targets
	@echo "Targets (ARGS='...' is passed on to the command of check, verify and test):"
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)$$/  make \1	\2/p' Makefile

check: $(STAMP) ## run every proof and compare with proofs/verdicts.json
	@$(BIN)/ddln-sym check $(ARGS)

verify: $(STAMP) ## let Rocq check the theorems behind the claims; ARGS=--coqchk for its independent checker as well
	@$(BIN)/ddln-sym verify $(ARGS)

test: $(STAMP) ## run the test suite; with CI=1 in full, and nothing is skipped
	@$(BIN)/python -m pytest -n auto $(ARGS)

test-fast: $(STAMP) ## run the tests that take less than a minute together
	@$(BIN)/python -m pytest -m fast $(ARGS)

test-mutants: $(STAMP) ## try every mutant of every claim
	@MUTANTS=all $(BIN)/python -m pytest -n auto -m mutants $(ARGS)

test-nightly: $(STAMP) ## run the tests with properties, each on 10,000 examples: hours
	@HYPOTHESIS_PROFILE=nightly $(BIN)/python -m pytest $$(grep -rl '^from hypothesis import' tests --include='test_*.py') $(ARGS)

campaign: $(STAMP) ## try random problems beside independent computations for an hour; ARGS="--seed N --seconds S"
	@PYTHONPATH=tests/support $(BIN)/python -m campaign $(ARGS)

mutants-numeric: $(STAMP) ## change the code of proved numbers a line at a time for an hour: a test has to notice
	@$(BIN)/python tests/support/numeric_mutants.py $(ARGS)

snapshots: $(STAMP) ## write the fragments of LaTeX anew that are kept beside the tests
	@$(BIN)/python tests/support/snapshots.py

lint: $(STAMP) ## run ruff (rules and format) and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

docs: $(STAMP) ## build the documentation site into docs/_build/html
	@$(BIN)/python docs/make_figures.py
	@$(BIN)/python docs/make_derivations.py
	@$(BIN)/python -m sphinx -E -W --keep-going -q -b html -d docs/_build/doctrees docs docs/_build/html
	@echo "open docs/_build/html/index.html"

bench: $(STAMP) ## run each benchmarks/bench_*.py
	@set -e; found=; \
	for f in benchmarks/bench_*.py; do \
	    [ -e "$$f" ] || continue; \
	    found=1; echo "== $$f"; $(BIN)/python "$$f"; \
	done; \
	[ -n "$$found" ] || echo "No benchmarks/bench_*.py to run."

lock: $(STAMP) ## regenerate proofs/verdicts.json
	@$(BIN)/ddln-sym check --update-lock

clean: ## remove .venv, build results and caches
	@rm -rf $(VENV) ddln_sym/taylor/_jets.*.so build dist docs/_build docs/figures docs/derivations.tex docs/derivations.pdf docs/references.bib .hypothesis .mypy_cache .pytest_cache .ruff_cache *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp is written last, so that an interrupted installation is done again.
# The second form of creating the environment serves systems whose Python comes
# with pip but without ensurepip.
$(STAMP): requirements.txt pyproject.toml hatch_build.py ddln_sym/taylor/_jets.c
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	    { echo "ddln-sym needs Python 3.11 or newer, and '$(PYTHON)' is not: try 'make PYTHON=/path/to/python3.11'." >&2; exit 1; }
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1 || \
	    ! $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
	    echo "Creating $(VENV) ..."; \
	    $(PYTHON) -m venv --clear $(VENV) >/dev/null 2>&1 || \
	    { $(PYTHON) -m venv --clear --without-pip $(VENV) && \
	      $(PYTHON) -m pip --python $(BIN)/python -qq install pip; }; \
	fi
	@echo "Installing requirements.txt and the project into $(VENV) ..."
	@$(PIP) install -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@$(BIN)/python -c 'from ddln_sym.taylor import jets; import sys; sys.exit(not jets.available())' || \
	    echo "No C compiler, or no headers of Python: trajectories are computed by the plain interpreter, more slowly." >&2
	@touch $@
