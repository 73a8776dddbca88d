# make demo, make test: everything a fresh machine needs. make check is what CI runs besides the tests.
# VENV names another virtual environment, PYTHON the interpreter that makes it.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

CODE := src tests benchmarks scripts

.PHONY: demo test assets check docs format bench clean
.DELETE_ON_ERROR:

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[view,evaluate,dev]'
	touch $@

demo: $(VENV)/installed
	$(BIN)/laban demo -o demo

test: assets
	$(BIN)/python -m pytest -n 2

# What cannot be fetched, as on a machine without a network, is told; the tests that need it are skipped, with the reason.
assets: $(VENV)/installed
	-$(BIN)/laban assets fetch --all > /dev/null

check: $(VENV)/installed
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m scripts.docs --check

docs: $(VENV)/installed
	$(BIN)/python -m scripts.docs

format: $(VENV)/installed
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

bench: $(VENV)/installed
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) .venvs demo build dist benchmarks/results
