# make demo, make test: everything a fresh machine needs. make check is what CI runs besides the tests.
# VENV names another virtual environment, PYTHON the interpreter that makes it.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

CODE := src tests benchmarks scripts
MKDOCS = NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

.PHONY: demo test assets check docs site format bench extras clean
.DELETE_ON_ERROR:

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[view,coach,evaluate,dev]'
	touch $@

# What training needs besides is large, and only the tests, the checks and the benchmarks ask for it.
$(VENV)/trainable: $(VENV)/installed constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[train,baselines,bench]'
	touch $@

# What builds the pages and runs the notebooks.
$(VENV)/documented: $(VENV)/installed constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[docs]'
	touch $@

demo: $(VENV)/installed
	$(BIN)/laban demo -o demo

test: $(VENV)/trainable $(VENV)/documented assets
	$(BIN)/python -m pytest -n 2

# The core alone and each extra alone, in environments of their own.
extras: $(VENV)/installed assets
	$(BIN)/python -m scripts.extras

# What cannot be fetched, as on a machine without a network, is told; the tests that need it are skipped, with the reason.
assets: $(VENV)/installed
	-$(BIN)/laban assets fetch --all > /dev/null

check: $(VENV)/trainable $(VENV)/documented
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m scripts.docs --check
	$(MKDOCS) --quiet

# The pages as a site, in build/site: strict, and without a network.
site: $(VENV)/documented
	$(MKDOCS)

docs: $(VENV)/installed
	$(BIN)/python -m scripts.docs

format: $(VENV)/installed
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

bench: $(VENV)/trainable
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) .venvs demo build dist benchmarks/results
