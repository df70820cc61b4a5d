# Two commands for a new user: `make response` answers the demonstration request, `make test` runs
# every check that CI runs. Each sets up .venv first; nothing else is installed by hand.

PYTHON ?= python3
REQUEST ?= foi-2018-0417
BIN := .venv/bin
WORK := target/check
EXTRACTS ?= seeds/extracts
BENCH ?= target/bench

.PHONY: response docs test check lint lint-python lint-sql spark bench demonstration lock clean

# The unit tests look at the models, not at the data: `make test` runs them, and here they would take a
# third of the time.
response: .venv/installed
	$(BIN)/dbt --quiet build --exclude-resource-type unit_test
	$(BIN)/python scripts/export_response.py --request $(REQUEST)

docs: .venv/installed
	$(BIN)/dbt --quiet build
	DBT_TARGET_PATH=target/docs/dbt $(BIN)/dbt --quiet docs generate --static
	$(BIN)/python tools/make_docs.py --target target/docs/dbt --into target/docs

# The tests start hundreds of processes: each would compile the program anew.
test: export PYTHONDONTWRITEBYTECODE =
test: .venv/installed
	$(MAKE) --jobs 2 --output-sync lint check
	$(BIN)/pytest --numprocesses 2 --dist worksteal

# Neither dbt nor mypy has work for two processors: they go on side by side.
check: .venv/installed
	mkdir -p $(WORK)
	FOI_DATABASE=$(WORK)/check.duckdb DBT_TARGET_PATH=$(WORK)/dbt DBT_LOG_PATH=$(WORK)/logs \
		$(BIN)/dbt --warn-error-options '{"error": "all"}' build

lint: lint-python lint-sql

lint-python: .venv/installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python tools/check_project.py

lint-sql: .venv/installed
	$(BIN)/sqlfluff lint --disable-progress-bar --processes 2 models tests

.venv/installed: requirements.txt
	$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements.txt || { echo \
		"pip could not install the packages: without a package index docs/offline.md says how."; exit 2; }
	touch $@

# Builds what is landed in EXTRACTS on DuckDB and on Spark, and compares every mart. Needs Java 17.
spark: export FOI_EXTRACTS = $(abspath $(EXTRACTS))
spark: export FOI_DATABASE = target/spark/missing_from_care.duckdb
spark: export FOI_SPARK_WAREHOUSE = $(abspath target/spark/tables)
spark: export DBT_LOG_PATH = target/spark/logs
# The tables are small: to compile what reads them takes longer than to read them.
spark: export JAVA_TOOL_OPTIONS = -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
spark: export PYSPARK_SUBMIT_ARGS = --conf spark.sql.codegen.wholeStage=false \
	--conf spark.sql.codegen.factoryMode=NO_CODEGEN --conf spark.sql.adaptive.enabled=false pyspark-shell
spark: BUILD = --quiet build --exclude-resource-type unit_test --vars 'as_of: 2018-06-01'
spark: .venv/installed .venv-spark/installed
	rm -rf target/spark
	mkdir -p target/spark
	DBT_TARGET_PATH=target/spark/dbt $(BIN)/dbt $(BUILD)
	DBT_TARGET_PATH=target/spark/dbt-spark .venv-spark/bin/dbt $(BUILD) --target spark
	$(BIN)/python tools/compare_engines.py $$FOI_SPARK_WAREHOUSE/main.db

.venv-spark/installed: requirements-spark.txt
	@java -version 2>/dev/null || { echo "Spark needs Java 17: install it, for instance openjdk-17-jre-headless."; exit 2; }
	$(PYTHON) -m venv .venv-spark
	.venv-spark/bin/pip install --quiet --no-compile --no-deps --require-hashes \
		-r requirements-spark.txt
	touch $@

# Times the models beside hand-written code, on invented returns below BENCH; writes RESULTS.md.
bench: .venv/installed .venv-spark/installed .venv-bench/installed
	$(BIN)/python benchmarks/floor.py --below $(BENCH)
	$(BIN)/python benchmarks/scale.py --below $(BENCH) $(BENCH_OPTIONS)

.venv-bench/installed: requirements-bench.txt
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet --no-deps --require-hashes -r requirements-bench.txt
	touch $@

# Writes the demonstration extracts anew; the same seed gives the same bytes.
demonstration: .venv/installed
	$(BIN)/python tools/make_demo_extracts.py

# Needs uv; only to change what pyproject.toml asks for.
lock: LOCK = --universal --python-version 3.11 --excludes requirements-excludes.txt \
	--generate-hashes --no-header --no-annotate
lock:
	uv pip compile pyproject.toml --extra dev $(LOCK) -o requirements.txt
	uv pip compile --group spark $(LOCK) -o requirements-spark.txt
	uv pip compile --group bench $(LOCK) -o requirements-bench.txt

clean:
	rm -rf .venv .venv-bench .venv-spark target logs warehouse/*.duckdb warehouse/*.wal
