"""Makes the database that analysts get: figures and rules, no name of a child."""

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import duckdb

from missing_from_care.base.faults import DataFault
from missing_from_care.base.texts import INVENTED_CHILDREN
from missing_from_care.base.warehouse import open_database, queries
from missing_from_care.landing.source_tables import sql_text
from missing_from_care.response.reading import is_of_invented_children

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
