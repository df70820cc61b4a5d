"""Makes the database that analysts get: figures and rules, no row and no name of a child."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from missing_from_care.faults import DataFault
from missing_from_care.response.book import INVENTED_CHILDREN

READABLE_FROM = "v1.5.0"
"""Oldest DuckDB that opens the file."""

COMMENTS = """
    select table_name, null as column_name, comment from duckdb_tables()
    where database_name = 'private' and table_name = $name and comment is not null
    union all
    select view_name, null, comment from duckdb_views()
    where database_name = 'private' and view_name = $name and comment is not null
    union all
    select table_name, column_name, comment from duckdb_columns()
    where database_name = 'private' and table_name = $name and comment is not null
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
        for name, columns in tables:
            _refuse_unknown(connection, name, columns.split())
            _copy(connection, name, columns.split())
        _write_about(connection, about)
        connection.execute("checkpoint published")
        connection.execute("use memory")
        connection.execute("detach published")


def _refuse_unknown(connection: duckdb.DuckDBPyConnection, name: str, columns: list[str]) -> None:
    found = connection.execute(
        "select column_name from duckdb_columns() "
        "where database_name = 'private' and table_name = ?",
        [name],
    ).fetchall()
    if lacking := [column for column in columns if (column,) not in found]:
        raise DataFault(
            f"seeds/rules/published_tables.csv, table {name}: the models have no "
            f"{', '.join(lacking)} there. Name only what they have."
        )


def _copy(connection: duckdb.DuckDBPyConnection, name: str, columns: list[str]) -> None:
    """A table with the columns that may leave; a view as it is, over the published tables."""
    view = connection.execute(
        "select sql from duckdb_views() where database_name = 'private' and view_name = ?", [name]
    ).fetchone()
    if view:
        connection.execute(view[0])
    else:
        connection.execute(
            f"create table {name} as select {', '.join(columns)} from private.main.{name}"
        )
    for _, column, comment in connection.execute(COMMENTS, {"name": name}).fetchall():
        if column is None:
            kind = "view" if view else "table"
            connection.execute(f"comment on {kind} {name} is {_text(comment.strip())}")
        elif column in columns:
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
