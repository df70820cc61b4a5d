"""Opens the warehouse for reading."""

import os
from pathlib import Path

import duckdb

from missing_from_care.faults import BusyFault, UsageFault
from missing_from_care.project import CHECKOUT

DEFAULT_DATABASE = Path("warehouse") / "missing_from_care.duckdb"


def database_file(named: Path | None) -> Path:
    """The DuckDB file: the one named, else FOI_DATABASE's, else the checkout's own."""
    if named:
        return named
    if from_environment := os.environ.get("FOI_DATABASE"):
        return Path(from_environment)
    return CHECKOUT / DEFAULT_DATABASE


def open_warehouse(file: Path, needed: str = "foi_answers") -> duckdb.DuckDBPyConnection:
    """Opens the warehouse read-only.

    Args:
        file: the DuckDB file.
        needed: a table that it must hold.

    Raises:
        UsageFault: there is no such file, or it is no warehouse.
        BusyFault: a build is writing it.
    """
    if not file.is_file():
        raise UsageFault(f"There is no warehouse at {file}: build it first with `dbt build`.")
    try:
        connection = duckdb.connect(str(file), read_only=True)
    except duckdb.IOException as problem:
        if "lock" in str(problem):
            raise BusyFault(
                f"{file.name} is being built at this moment: try again later."
            ) from None
        raise UsageFault(
            f"{file.name} cannot be read as a DuckDB file: build it again with `dbt build`."
        ) from None
    found = connection.execute(
        "select count(*) from duckdb_tables() where table_name = ?", [needed]
    ).fetchone()
    if found == (0,):
        connection.close()
        raise UsageFault(
            f"{file.name} has no table {needed}: build it with `dbt build` of this version."
        )
    return connection
