"""Opens the warehouse for reading."""

import os
import re
from pathlib import Path

import duckdb

from missing_from_care.faults import BusyFault, DataFault, UsageFault
from missing_from_care.pointers import follow
from missing_from_care.project import CHECKOUT

DEFAULT_DATABASE = Path("warehouse") / "missing_from_care.duckdb"


def database_file(named: Path | None) -> Path:
    """The DuckDB file to read: the one named, else FOI_DATABASE's, else the checkout's own."""
    return follow(database_place(named))


def database_place(named: Path | None) -> Path:
    """Where people know the database to be; a refresh makes it lead to the newest file."""
    return named or Path(os.environ.get("FOI_DATABASE") or CHECKOUT / DEFAULT_DATABASE)


def open_warehouse(file: Path, needed: str = "foi_answers") -> duckdb.DuckDBPyConnection:
    """Opens the warehouse read-only.

    Args:
        file: the DuckDB file.
        needed: a table that it must hold.

    Raises:
        UsageFault: there is no such file, or it is no warehouse.
        BusyFault: a build or another program has it open for writing.
    """
    connection = open_database(file)
    if tables_lacking(connection, needed):
        connection.close()
        raise UsageFault(
            f"{file.name} has no table {needed}: build it with `dbt build` of this version."
        )
    return connection


def open_database(file: Path) -> duckdb.DuckDBPyConnection:
    """Opens a DuckDB file read-only, whatever tables it holds.

    Raises:
        UsageFault: there is no such file, or it cannot be read as one.
        BusyFault: a build or another program has it open for writing.
    """
    if not file.is_file():
        raise UsageFault(f"There is no warehouse at {file}: build it first with `dbt build`.")
    try:
        return duckdb.connect(str(file), read_only=True)
    except duckdb.IOException as problem:
        if "lock" in str(problem):
            process = re.search(r"PID (\d+)", str(problem))
            by = f" by process {process[1]}" if process else ""
            raise BusyFault(
                f"{file.name} is open for writing elsewhere{by}, by a build or another program: "
                "close it or wait until it has ended, then try again."
            ) from None
        raise UsageFault(
            f"{file.name} cannot be read as a DuckDB file: build it again with `dbt build`."
        ) from None


def tables_lacking(connection: duckdb.DuckDBPyConnection, *needed: str) -> list[str]:
    """Those of the needed tables that the database does not hold."""
    found = connection.execute("select table_name from duckdb_tables()").fetchall()
    return [name for name in needed if (name,) not in found]


def build_problem(connection: duckdb.DuckDBPyConnection, file: Path) -> str | None:
    """A sentence if the last build of the warehouse did not pass its checks, else None.

    Args:
        connection: to the warehouse.
        file: its DuckDB file.
    """
    try:
        found = connection.execute("select has_passed from dbt_build").fetchall()
    except duckdb.CatalogException:
        # Only what dbt builds has the view.
        return None
    except duckdb.BinderException:
        return f"{file.name} is of another version: build it with `dbt build` of this version."
    if found == [(True,)]:
        return None
    return (
        f"The last `dbt build` of {file.name} did not pass, so its figures may be wrong: mend what "
        "the build told, then run it again to its end."
    )


def refuse_failed_build(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Refuses a warehouse whose last build did not pass its checks.

    Raises:
        DataFault: it did not.
    """
    if problem := build_problem(connection, file):
        raise DataFault(problem)
