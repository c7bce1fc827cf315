# Two commands do everything on a fresh machine: make run, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Two files of tests at once, begun in their order: most of their time is waiting for nodes to start.
PYTEST ?= -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: setup run test model-check fuzz bench chaos lint model docs wheel clean

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt package.json package-lock.json scripts/frontend.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	$(BIN)/python scripts/frontend.py
	$(BIN)/python scripts/messages.py
	touch $(STAMP)

# The whole demonstration city: the police platform on 8110, the hotline on 12345, PostgreSQL inside.
run: setup
	$(BIN)/liandong run

# Everything that must hold: layers, style, types, tests. What a machine lacks (a browser) is skipped and said so.
test: setup lint
	$(BIN)/python -m pytest $(PYTEST)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

# Figures as JSON lines; nothing here passes or fails.
bench: setup
	$(BIN)/python -m tests.bench

# The shipped classifier, from the corpus: the same rows give the same bytes.
model: setup
	$(BIN)/python scripts/model.py

# Everything breaks between two nodes; a JSON summary for each transport. CHAOS takes options: make chaos CHAOS='--transport http --count 1000'.
chaos: setup
	$(BIN)/python -m tests.chaos $(CHAOS)

# The handover protocol, every state within a wider bound than the suite's.
model-check: setup
	$(BIN)/python -m tests.models

# Bytes at the reading of a batch, guided by coverage: make fuzz SECONDS=60
fuzz: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[fuzz]'
	$(BIN)/python -m tests.fuzz $(or $(SECONDS),60)
	$(BIN)/python -m tests.fuzz $(or $(SECONDS),60) take

docs: setup
	$(BIN)/python scripts/reference.py

# Everything in one file, the screens' files and texts too: dist/liandong-….whl
wheel: setup
	$(BIN)/python scripts/wheel.py

clean:
	rm -rf $(VENV) node_modules src/liandong/web/static/vendor
