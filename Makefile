# Mediakiln. `make` lists what there is; each target prepares all that it needs: Python 3.11 or newer and make are enough.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
RUN    := $(VENV)/.ready
DEV    := $(VENV)/.ready-dev

# Where `make serve` listens and keeps its data.
HOST   ?= 127.0.0.1
PORT   ?= 8000
DATA   ?= mediakiln-data
# Whose account and key `make serve` prepares when there is none yet.
EMAIL  ?= you@example.com
# Given to pytest: three processes for two cores, since many tests wait for what they have started or killed.
PYTEST ?= -n 3 --dist worksteal

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo serve test lint format bench bench-studio bench-diffusers gallery clean check-python

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(RUN) ## Make a picture and a video on a private server, into demo/
	@$(BIN)/mediakiln demo --out demo

serve: $(RUN) ## Start a server with an account and a key ready, and print a first request
	@$(BIN)/mediakiln serve --host $(HOST) --port $(PORT) --data $(DATA) --first-account $(EMAIL)

test: $(DEV) ## Run every test
	$(BIN)/python -m pytest $(PYTEST)

lint: $(DEV) ## Check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEV) ## Put the code into its one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DEV) ## Measure polls and submits against raw ASGI (bench/README.md)
	$(BIN)/python bench/api.py

bench-studio: $(DEV) ## Measure what the studio's pictures and videos cost
	$(BIN)/python bench/studio.py

bench-diffusers: $(DEV) ## Measure the diffusers driver against a plain loop, on a GPU where there is one
	$(BIN)/python bench/diffusers.py

gallery: $(DEV) ## Paint the studio's sample pictures again, into docs/gallery/
	$(BIN)/python bench/gallery.py

clean: ## Remove the environment, caches and the demo's files; data directories stay
	rm -rf $(VENV) demo build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .schemathesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN): pyproject.toml constraints.txt | check-python
	@echo "Preparing $(VENV) (once; a minute or two)"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --constraint constraints.txt --editable '.[studio]'
	@touch $@

# PyTorch is for the tests of the diffusers driver alone, in its CPU build: on Linux the plain name would bring gigabytes of CUDA.
$(DEV): $(RUN)
	@echo "Preparing $(VENV) for development"
	@$(PIP) install --constraint constraints.txt --editable '.[studio,dev]'
	@case "$$(uname)" in Linux) build=+cpu ;; *) build= ;; esac; \
	  torch="$$(grep '^torch==' constraints.txt)"; \
	  $(PIP) install --constraint constraints.txt "$$torch$$build" \
	  && $(PIP) install --constraint constraints.txt --editable '.[studio,dev,diffusers]' \
	  || echo "no CPU build of $$torch at hand: the tests of the diffusers driver will be skipped" >&2
	@touch $@

check-python:
	@command -v $(PYTHON) >/dev/null 2>&1 \
	  || { echo "make: $(PYTHON) is not installed; Mediakiln needs Python 3.11 or newer" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "make: Mediakiln needs Python 3.11 or newer, $(PYTHON) is older; try: make PYTHON=python3.12 demo" >&2; exit 1; }
