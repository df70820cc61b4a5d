"""Makes the database that analysts get: figures and rules, no row and no name of a child."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import duckdb

from missing_from_care.faults import DataFault
from missing_from_care.texts import INVENTED_CHILDREN

READABLE_FROM = "v1.5.0"
"""Oldest DuckDB that opens the file."""

CATALOGUE = """
    select view_name, null as column_name, comment, sql from duckdb_views()
    where database_name = 'private'
    union all
    select table_name, null, comment, null from duckdb_tables() where database_name = 'private'
    union all
    select table_name, column_name, comment, null from duckdb_columns()
    where database_name = 'private'
"""


def write_published(source: Path, target: Path, about: Mapping[str, str]) -> None:
    """Makes the published database from the record-level one.

    Args:
        source: the record-level database; its table `published_tables` says which tables and
            columns may leave it.
        target: the file to make; it does not exist yet.
        about: what the table `about` says besides what it is, by item.

    Raises:
        DataFault: a table or a column that is to be published is not there.
    """
    with duckdb.connect() as connection:
        connection.execute(f"attach {_text(source)} as private (read_only)")
        connection.execute(
            f"attach {_text(target)} as published (storage_version '{READABLE_FROM}')"
        )
        connection.execute("use published.main")
        tables = connection.execute(
            "select table_name, columns from private.main.published_tables "
            "order by cast(place_in_line as int)"
        ).fetchall()
        catalogue: dict[str, dict[str | None, list[str | None]]] = defaultdict(dict)
        for name, column, *rest in connection.execute(CATALOGUE).fetchall():
            catalogue[name][column] = rest
        connection.execute("begin")
        for name, columns in tables:
            _copy(connection, name, columns.split(), catalogue[name])
        _write_about(connection, about)
        connection.execute("commit")
        connection.execute("checkpoint published")
        connection.execute("use memory")
        connection.execute("detach published")


def _copy(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: list[str],
    described: Mapping[str | None, list[str | None]],
) -> None:
    """A table with the columns that may leave; a view as it is, over the published tables."""
    if lacking := [column for column in columns if column not in described]:
        raise DataFault(
            f"seeds/rules/published_tables.csv, table {name}: the models have no "
            f"{', '.join(lacking)} there. Name only what they have."
        )
    comment, view = described[None]
    connection.execute(
        view or f"create table {name} as select {', '.join(columns)} from private.main.{name}"
    )
    if comment:
        kind = "view" if view else "table"
        connection.execute(f"comment on {kind} {name} is {_text(comment.strip())}")
    for column in columns:
        comment, _ = described[column]
        if comment:
            connection.execute(f"comment on column {name}.{column} is {_text(comment.strip())}")


def _write_about(connection: duckdb.DuckDBPyConnection, about: Mapping[str, str]) -> None:
    found = connection.execute(
        "select (select value from private.main.authority where setting = 'name'), "
        "(select wording from private.main.notes where note = 'not_protected'), "
        "(select count(*) > 0 from private.main.stg_landed_modules "
        "where source_file ilike '%invented%'), "
        "(select min(financial_year) || ' to ' || max(financial_year) from dim_financial_years)"
    ).fetchall()
    name, not_protected, is_invented, years = found[0]
    rows = {
        "what": f"Figures on looked-after children who go missing, {name}. No row is of a child.",
        "not for publication": not_protected,
        **({"invented": INVENTED_CHILDREN} if is_invented else {}),
        "years": years or "none",
        **about,
    }
    connection.execute("create table about (item varchar primary key, value varchar)")
    connection.executemany("insert into about values (?, ?)", list(rows.items()))
    connection.execute("comment on table about is 'One row per thing to know of this database.'")


def _text(value: object) -> str:
    quoted = str(value).replace("'", "''")
    return f"'{quoted}'"
