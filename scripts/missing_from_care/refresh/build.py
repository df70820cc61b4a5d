"""The jobs of a refresh: dbt and the export of a pack, which have a process of their own; and the
database that analysts get: figures and rules, no name of a child."""

import json
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import duckdb

from missing_from_care.base.data_errors import MARK, NO_ROOM, build_sentences
from missing_from_care.base.faults import BusyFault, DataFault, Fault, ProtectionFault, UsageFault
from missing_from_care.base.project import CHECKOUT
from missing_from_care.base.texts import INVENTED_CHILDREN
from missing_from_care.base.warehouse import open_database, queries
from missing_from_care.landing.source_tables import sql_text
from missing_from_care.refresh.child import run_child
from missing_from_care.response.reading import is_of_invented_children

Progress = Callable[[int, int, str], None]
BY_STATUS = {each.status: each for each in (UsageFault, DataFault, ProtectionFault, BusyFault)}


def build_database(file: Path, extracts: Path | None, progress: Progress) -> None:
    """Builds the record-level database and runs every test, in one run of dbt.

    Args:
        file: to make, in a folder of its own in which dbt may write.
        extracts: the landed folder; None: the demonstration extracts.
        progress: is told how many nodes of how many are done, and the name of the next.

    Raises:
        DataFault: a model or a test failed.
        UsageFault: the disk is full or cannot be written.
    """
    environment = os.environ | {
        "FOI_DATABASE": str(file),
        "FOI_EXTRACTS": str(extracts or ""),
        "DBT_TARGET_PATH": str(file.parent / "dbt"),
        "DBT_LOG_PATH": str(file.parent / "dbt"),
    }
    places = ["--project-dir", str(CHECKOUT), "--profiles-dir", str(CHECKOUT)]
    # The unit tests look at the models, not at the data.
    without = ["--exclude-resource-type", "unit_test"]
    command = ["dbt.cli.main", "--log-format", "json", "build", *without, *places]
    said: list[str] = []
    if run_child(command, environment, lambda lines: said.extend(_followed(lines, progress))):
        raise _dbt_fault(file.parent / "dbt" / "run_results.json", said)
    with duckdb.connect(str(file)) as connection:
        connection.execute("checkpoint")
    if file.with_name(f"{file.name}.wal").exists():
        raise UsageFault(
            f"{file} could not be written to its end: free space on its disk, then refresh again."
        )
    file.chmod(0o600)


def export_pack(database: Path, request_ref: str, out: Path, extracts: Path | None) -> None:
    """Protects a request and writes its pack into a folder, whole, after its rows of the ledger;
    raises a Fault of the kind that the command's status tells. The database was built from the
    extracts, as by `build_database`."""
    environment = os.environ | {
        "FOI_EXTRACTS": str(extracts or ""),
        "DBT_TARGET_PATH": str(database.parent / "dbt"),
    }
    script = str(CHECKOUT / "scripts" / "export_response.py")
    options = ["--request", request_ref, "--database", str(database), "--out", str(out)]
    lines: list[str] = []
    status = run_child([script, *options], environment, lines.extend, errors_only=True)
    if status in (0, 6):
        return
    kind = BY_STATUS.get(status, Fault)
    if kind is Fault:
        lines = [
            f"the export failed for a reason that is not its data's (status {status}): run "
            f"`scripts/export_response.py --request {request_ref}` with FOI_DEBUG=1, and report it."
        ]
    raise kind(*(f"Request {request_ref}: {line.strip()}" for line in lines if line.strip()))


def _followed(lines: Iterator[str], progress: Progress) -> Iterator[str]:
    """Tells of each node that dbt starts; gives what the project itself raised, and no value."""
    for line in lines:
        try:
            told = json.loads(line)
            _, _, raised = told["info"]["msg"].partition(MARK)
            if raised:
                yield raised.splitlines()[0]
            if told["info"]["name"] == "LogStartLine":
                data = told["data"]
                progress(data["index"] - 1, data["total"], data["node_info"]["node_name"])
        except (ValueError, LookupError, TypeError, AttributeError):
            continue


def _dbt_fault(results: Path, said: list[str]) -> Fault:
    """What stopped dbt, in the project's own sentences; before the first model, what it `said`."""
    sentences = build_sentences(results) or list(dict.fromkeys(said))
    if NO_ROOM in sentences:
        return UsageFault(*sentences)
    unknown = "dbt stopped before the first model: run `dbt build` in the checkout to see why."
    return DataFault(*(sentences or [unknown]))


READABLE_FROM = "v1.5.0"
"""Oldest DuckDB that opens the file."""

SQL = queries(__file__)


def write_published(source: Path, target: Path, about: Mapping[str, str]) -> None:
    """Makes the published database, a new file, from the record-level one. The source's table
    `published_tables` says which tables and columns may leave it, a DataFault if one is not there;
    `about` is what the table of that name says besides what it is, by item."""
    with open_database(source) as private:
        invented = {"invented": INVENTED_CHILDREN} if is_of_invented_children(private) else {}
    with duckdb.connect() as connection:
        connection.execute(f"attach {sql_text(str(source))} as private (read_only)")
        connection.execute(
            f"attach {sql_text(str(target))} as published (storage_version '{READABLE_FROM}')"
        )
        connection.execute("use published.main")
        tables = connection.execute(SQL["tables"]).fetchall()
        catalogue: dict[str, dict[str | None, list[str | None]]] = defaultdict(dict)
        for name, column, *rest in connection.execute(SQL["catalogue"]).fetchall():
            catalogue[name][column] = rest
        connection.execute("begin")
        called = {name: shown for name, shown, _ in tables}
        for name, _, columns in tables:
            _copy(connection, name, columns.split(), catalogue[name], called)
        _write_about(connection, {**invented, **about})
        connection.execute("commit")
        connection.execute("checkpoint published")
        connection.execute("use memory")
        connection.execute("detach published")


def _copy(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: list[str],
    described: Mapping[str | None, list[str | None]],
    called: Mapping[str, str],
) -> None:
    """A table with the columns that may leave; a view as it is, over what the tables are called."""
    if lacking := [column for column in columns if column not in described]:
        raise DataFault(
            f"seeds/rules/published_tables.csv, table {name}: the models have no "
            f"{', '.join(lacking)} there. Name only what they have."
        )
    comment, view = described[None]
    kind, shown = "view" if view else "table", called[name]
    connection.execute(
        re.sub(r"\w+", lambda word: called.get(word[0], word[0]), view)
        if view
        else f"create table {shown} as select {', '.join(columns)} from private.main.{name}"
    )
    comments = [(kind, shown, comment)]
    comments += [("column", f"{shown}.{column}", described[column][0]) for column in columns]
    for kind, place, text in comments:
        connection.execute(f"comment on {kind} {place} is {sql_text((text or '').strip())}")


def _write_about(connection: duckdb.DuckDBPyConnection, about: Mapping[str, str]) -> None:
    name, not_protected, years, decided = connection.execute(SQL["about"]).fetchall()[0]
    rows = {
        "what": f"Figures on looked-after children who go missing, {name}. "
        + ("Some rows are of a child." if decided else "No row is of a child."),
        "not for publication": not_protected,
        **({"decided": decided} if decided else {}),
        "years": years or "none",
        **about,
    }
    connection.execute("create table about (item varchar primary key, value varchar)")
    connection.executemany("insert into about values (?, ?)", list(rows.items()))
    for place, comment in {
        "table about": "One row per thing to know of this database.",
        "column about.item": "What it is about.",
        "column about.value": "What there is to know.",
    }.items():
        connection.execute(f"comment on {place} is {sql_text(comment)}")
