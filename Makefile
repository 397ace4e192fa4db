# Everything one does with a checkout, as targets; `make` alone lists them.
# Needs git, make and Python 3.11 or newer with pip; all else comes from the lock files.

PYTHON ?= python3
VENV   := .venv
RUN    := $(VENV)/bin/python
# Passed on to the command behind a target: make test ARGS="-k links", make train ARGS=--teach.
ARGS   ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
.PHONY: help setup run train datasets corpus evaluate test lint format bench lock clean

help: ## List the targets.
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Use it
setup: $(VENV)/.runtime ## Create the environment in .venv from the lock file.
	@echo 'The environment in $(VENV) is ready; next: make run'

run: $(VENV)/.runtime ## Start the service on http://127.0.0.1:8000 and say what to do next.
	@exec $(RUN) -m moderation serve $(ARGS)

train: $(VENV)/.runtime ## Fit a model from corpus, public sets and verdicts; go live if it is no worse.
	@$(RUN) -m moderation train $(ARGS)

evaluate: $(VENV)/.runtime ## Measure the live model on rows that no model was fitted on.
	@$(RUN) -m moderation evaluate $(ARGS)

datasets: $(VENV)/.runtime ## Fetch and verify the public data sets, for training from nothing.
	@$(RUN) -m moderation datasets $(ARGS)

corpus: $(VENV)/.runtime ## Check our own corpus and count its rows.
	@$(RUN) -m moderation corpus $(ARGS)

##@ Work on it
test: $(VENV)/.dev ## Run all tests; what could not run here is listed with the reason.
	@$(RUN) -m pytest $(ARGS)

lint: $(VENV)/.dev ## Check style, types, import directions and spelling.
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports
	@$(VENV)/bin/codespell

format: $(VENV)/.dev ## Rewrite the code in the house style.
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

bench: $(VENV)/.dev ## Measure scoring, HTTP with the durable write, adapters and memory.
	@$(RUN) tests/bench/bench.py $(ARGS)

##@ Keep it
# Versions that are locked stay unless ARGS=--upgrade asks for newer ones.
lock: $(VENV)/bin/uv ## Write the lock files anew from pyproject.toml.
	@printf 'setuptools>=77\n' | $(LOCK) --group dev $(ARGS) -o requirements-dev.lock pyproject.toml -
	@printf 'setuptools>=77\n' | $(LOCK) -c requirements-dev.lock $(ARGS) -o requirements.lock pyproject.toml -
	@echo 'Written: requirements.lock, requirements-dev.lock'

clean: ## Remove the environment and caches; never var/ and models/.
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One resolution for every system and every Python we support; nothing of this machine in it.
LOCK = $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --extra postgres \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
	--custom-compile-command 'make lock'

# The stamps say which lock file the environment was made from; a newer lock file installs again.
$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/bin/pip
	@echo 'Installing the locked packages into $(VENV), about a minute the first time …'
	@$(INSTALL) -r requirements.lock
	@$(PROJECT)
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/pip
	@echo 'Installing the locked packages and tools into $(VENV), two minutes the first time …'
	@$(INSTALL) -r requirements-dev.lock
	@$(PROJECT)
	@touch $@ $(VENV)/.runtime

INSTALL = $(RUN) -m pip install -qq --disable-pip-version-check --require-hashes
# The build tool is in the lock files too, so that nothing comes in past them.
PROJECT = $(RUN) -m pip install -qq --disable-pip-version-check \
	--no-deps --no-build-isolation --no-index --editable .

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'error: Python 3.11 or newer is needed; name one with: make PYTHON=python3.12'; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo 'error: this Python cannot make environments; on Debian: apt-get install python3-venv'; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# For the very first lock file; afterwards it comes with the others.
$(VENV)/bin/uv: | $(VENV)/bin/pip
	@$(RUN) -m pip install -qq --disable-pip-version-check uv
