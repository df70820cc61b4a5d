# Two commands for a new user: `make response` answers the demonstration request, `make test` runs
# every check that CI runs. Each sets up .venv first; nothing else is installed by hand.

PYTHON ?= python3
REQUEST ?= foi-2018-0417
BIN := .venv/bin
WORK := target/check

.PHONY: response docs test lint demonstration lock clean

response: .venv/installed
	$(BIN)/dbt --quiet build
	$(BIN)/python scripts/export_response.py --request $(REQUEST)

docs: .venv/installed
	$(BIN)/dbt --quiet build
	DBT_TARGET_PATH=target/docs/dbt $(BIN)/dbt --quiet docs generate --static
	$(BIN)/python scripts/make_docs.py --target target/docs/dbt --into target/docs

test: .venv/installed lint
	mkdir -p $(WORK)
	FOI_DATABASE=$(WORK)/check.duckdb DBT_TARGET_PATH=$(WORK)/dbt DBT_LOG_PATH=$(WORK)/logs \
		$(BIN)/dbt --warn-error-options '{"error": "all"}' build
	$(BIN)/pytest --numprocesses 2 --dist worksteal

lint: .venv/installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/sqlfluff lint --disable-progress-bar models tests
	$(BIN)/python scripts/check_project.py

.venv/installed: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements.txt
	touch $@

# Writes the demonstration extracts anew; the same seed gives the same bytes.
demonstration: .venv/installed
	$(BIN)/python scripts/make_demo_extracts.py

# Needs uv; only to change what pyproject.toml asks for.
lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--excludes requirements-excludes.txt --generate-hashes --no-header --no-annotate \
		-o requirements.txt

clean:
	rm -rf .venv target logs warehouse/*.duckdb warehouse/*.wal
