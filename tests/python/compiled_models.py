"""Builds the models in memory from the SQL that dbt compiled, so that many returns can be tried.

dbt takes seconds to start; the statements themselves take milliseconds.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import duckdb

import forked
from missing_from_care.base.project import CHECKOUT

CATALOG = "compiled"
# A directory of invented postcodes, of the columns of the ONS Postcode Directory.
POSTCODES = Path(__file__).parent / "fixtures" / "postcodes.csv"


class Statements(list[tuple[str, str]]):
    """The models by name in the order of building; which are views; the data tests by name.

    `raw_tables` are the columns of each, by its name.
    """

    manifest: Path
    tests: dict[str, str]
    views: set[str]
    raw_tables: dict[str, list[str]]

    def needed_for(self, *names: str) -> "Statements":
        """Those of the models named and all that they read."""
        wanted = set(names)
        for name, statement in reversed(self):
            if name in wanted:
                wanted |= {each for each, _ in self if f'"{each}"' in statement}
        return self._of(pair for pair in self if pair[0] in wanted)

    def without(self, *names: str) -> "Statements":
        """All but the models named."""
        return self._of(pair for pair in self if pair[0] not in names)

    def with_variable(self, old: str, new: str) -> "Statements":
        """As dbt compiles them where a variable of dbt_project.yml has another value."""
        return self._of((name, text.replace(f"'{old}'", f"'{new}'")) for name, text in self)

    def _of(self, models: Iterable[tuple[str, str]]) -> "Statements":
        kept = Statements(models)
        kept.tests, kept.views, kept.raw_tables = self.tests, self.views, self.raw_tables
        return kept


def run_dbt(
    arguments: list[str],
    work: Path,
    project: Path = CHECKOUT,
    extracts: Path | None = None,
    requests: Path | None = None,
    postcodes: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Runs dbt with its database, target and logs in `work`, away from the user's own."""
    environment = os.environ | {
        "FOI_DATABASE": str(work / f"{CATALOG}.duckdb"),
        "DBT_TARGET_PATH": str(work / "target"),
        "DBT_LOG_PATH": str(work / "logs"),
        "FOI_EXTRACTS": str(extracts) if extracts else "",
        "FOI_REQUESTS": str(requests) if requests else "",
        "FOI_POSTCODES": str(postcodes) if postcodes else "",
    }
    dbt = Path(sys.executable).with_name("dbt")
    command = [dbt, "--no-use-colors", *arguments, "--project-dir", project]
    return forked.run(command, environment, project)


def copy_project(copy: Path) -> Path:
    """A copy of the project whose models and seeds can be spoilt."""
    for name in ("models", "macros", "scripts", "seeds", "tests/singular"):
        shutil.copytree(CHECKOUT / name, copy / name)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(CHECKOUT / name, copy / name)
    return copy


def compile_models(work: Path) -> Statements:
    """The models' statements, which dbt compiles into a folder."""
    done = run_dbt(["compile"], work, extracts=work / "landed", postcodes=POSTCODES)
    assert done.returncode == 0, done.stdout
    return read_statements(work)


def read_statements(work: Path) -> Statements:
    """The statements compiled into a folder, in an order in which each finds what it reads."""
    manifest = work / "target" / "manifest.json"
    nodes, sources = (json.loads(manifest.read_text())[kind] for kind in ("nodes", "sources"))
    models = {key: node for key, node in nodes.items() if node["resource_type"] == "model"}
    statements = Statements()
    statements.manifest = manifest
    statements.raw_tables = {
        table["name"]: list(table["columns"])
        for table in sources.values()
        if table["source_name"] == "extracts"
    }
    statements.tests = {
        file.stem: file.read_text(encoding="utf-8")
        for place in ("*.yml/*.sql", "tests/singular/*.sql")
        for file in (work / "target" / "compiled").rglob(place)
    }
    for name in ("rule_seeds_are_sound", "models_are_sound"):
        statements.tests |= tests_of_tables(statements.tests.pop(name))
    statements.views = {
        node["name"] for node in models.values() if node["config"]["materialized"] == "view"
    }
    placed: set[str] = set()
    while len(placed) < len(models):
        for key, node in models.items():
            needs = {name for name in node["depends_on"]["nodes"] if name in models}
            if key not in placed and needs <= placed:
                compiled = work / "target" / "compiled" / "missing_from_care"
                text = (compiled / node["original_file_path"]).read_text(encoding="utf-8")
                # What is read from a folder is a table here.
                text = re.sub(
                    r"read_csv\(\s*'[^']*/(\w+)\.csv'.*?buffer_size = \d+\s*\)",
                    rf'"{CATALOG}"."main"."\1"',
                    text,
                    flags=re.DOTALL,
                )
                statements.append((node["name"], text))
                placed.add(key)
    return statements


def tests_of_tables(statement: str) -> dict[str, str]:
    """What the macro `sound_tables` made of many tables, as a test of each, `sound_rows_NAME`."""
    head, body, tail = re.split(r"(?<=problems as \()|(?=\n *\),\s*of_tables as)", statement)
    parts: dict[str, list[str]] = {}
    for part in body.split("union all"):
        parts.setdefault(re.findall("'(\\w*)' as table_name", part)[0], []).append(part)
    (none,) = parts.pop("")
    return {
        f"sound_rows_{table}": f"{head}{'union all'.join([*found, none])}{tail}"
        for table, found in parts.items()
    }


def data_test(name: str, statements: Statements) -> str:
    """The SQL of a data test, whose rows are what fails it; the name may be cut short."""
    (test,) = (text for key, text in statements.tests.items() if key.startswith(name))
    return test


def read_csv(file: Path) -> list[dict[str, str]]:
    """A CSV file's rows."""
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def load_csv(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Loads a CSV file as a table of texts, as dbt's seeds and the landed files are."""
    with file.open(encoding="utf-8", newline="") as opened:
        header = next(csv.reader(opened))
    columns = ", ".join(f"'{name}': 'varchar'" for name in header)
    connection.execute(
        f"create or replace table {file.stem} as select * from read_csv(?, "
        f"columns = {{{columns}}}, auto_detect = false, header = true, delim = ',', "
        "quote = '\"', escape = '\"')",
        [str(file)],
    )


def connect(folder: Path | None = None) -> duckdb.DuckDBPyConnection:
    """An empty warehouse with the rule and request seeds, in memory or in a folder's file."""
    connection = duckdb.connect()
    # Small tables: to share the work among threads, or to seek the best order of joins, costs more
    # than the work.
    connection.execute("set threads = 1")
    connection.execute("set disabled_optimizers = 'join_order, build_side_probe_side'")
    place = folder / f"{CATALOG}.duckdb" if folder else ":memory:"
    connection.execute(f"attach '{place}' as {CATALOG}")
    connection.execute(f"use {CATALOG}.main")
    for folder in ("rules", "requests"):
        for file in sorted((CHECKOUT / "seeds" / folder).glob("*.csv")):
            load_csv(connection, file)
    return connection


def build(connection: duckdb.DuckDBPyConnection, statements: Statements, landed: Path) -> None:
    """Builds all models from a landed folder, over whatever was built before.

    What reads a raw table alone is a table here, since to plan it again costs more than these few
    rows; and where the raw table is as empty as at the last build, it is there already.
    """
    emptied = set()
    for table, columns in statements.raw_tables.items():
        if not has_rows(connection, table):
            emptied.add(table)
        if (file := landed / f"{table}.csv").exists():
            load_csv(connection, file)
        else:
            make_empty(connection, table, columns)
        if has_rows(connection, table):
            emptied.discard(table)
    for name, statement in statements:
        is_staging = name.startswith("stg_")
        is_of_empty = any(f'"{table}"' in statement for table in emptied - {"landed_modules"})
        if is_staging and is_of_empty and has_rows(connection, name) is False:
            continue
        kind = "view" if name in statements.views and not is_staging else "table"
        connection.execute(f"create or replace {kind} {name} as {statement}")


def make_empty(connection: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> None:
    """Makes a raw table without rows."""
    listed = ", ".join(f"{column} varchar" for column in columns)
    connection.execute(f"create or replace table {table} ({listed})")


def has_rows(connection: duckdb.DuckDBPyConnection, table: str) -> bool | None:
    """Whether a table has a row; none if there is no such table."""
    try:
        return bool(connection.execute(f"select 1 from {table} limit 1").fetchall())
    except duckdb.CatalogException:
        return None


def rows(connection: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> list[dict]:
    """A table's rows as dictionaries."""
    found = connection.execute(f"select {', '.join(columns)} from {table}").fetchall()
    return [dict(zip(columns, row, strict=True)) for row in found]
