"""Opens the warehouse for reading."""

import errno
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from missing_from_care.base.faults import BusyFault, DataFault, Fault, UsageFault
from missing_from_care.base.project import CHECKOUT
from missing_from_care.base.whole_files import follow

DEFAULT_DATABASE = Path("warehouse") / "missing_from_care.duckdb"
RESERVED = ("main", "memory", "system", "temp")
"""Names that DuckDB keeps for itself."""
PRIVATE = "published_tables"
"""A table of the record-level database that is never in the analysts'."""
IN_FORCE = (
    "day between coalesce(try_cast(valid_from as date), day) "
    "and coalesce(try_cast(valid_to as date), day)"
)
"""Which rows of a rule seed hold on a day: `:in_force` in a file of SQL."""


def database_file(named: Path | None) -> Path:
    """The DuckDB file to read: the one named, else FOI_DATABASE's, else the checkout's own."""
    return follow(database_place(named))


def database_place(named: Path | None) -> Path:
    """Where people know the database to be; a refresh makes it lead to the newest file."""
    file = named or Path(os.environ.get("FOI_DATABASE") or CHECKOUT / DEFAULT_DATABASE)
    refuse_name(file)
    return file


def refuse_name(file: Path) -> None:
    """Raises a `UsageFault` at a name that DuckDB or dbt would take for something else."""
    name = file.name.lstrip(".").partition(".")[0]
    signs = [sign for sign in "\"'" if sign in file.name] + [s for s in "#?" if s in str(file)]
    if name.lower() in RESERVED:
        wrong = f"DuckDB keeps the name {name} for itself"
    elif signs:
        wrong = f"dbt cannot use a database whose path has {signs[0]} in it"
    else:
        return
    raise UsageFault(f"{file}: {wrong}. Give another one, with FOI_DATABASE or --database.")


def refuse_unwritable(file: Path) -> None:
    """Makes the folder of a database, and refuses a place where a build could not write it. A
    UsageFault: its name cannot be used, it is no database, or the place takes none. A BusyFault:
    another build or program has it open."""
    refuse_name(file)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            file.touch()
            file.unlink()
        elif file.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        else:
            file.chmod(0o600)
            duckdb.connect(str(file)).close()
    except OSError as problem:
        raise UsageFault(
            f"{file} cannot be the database ({problem.strerror}): mend its rights, or name another "
            "place with FOI_DATABASE."
        ) from None
    except duckdb.IOException as problem:
        raise _not_opened(file, problem) from None


def open_warehouse(file: Path, needed: str = "foi_answers") -> duckdb.DuckDBPyConnection:
    """Opens the warehouse read-only, if it holds the table that is needed. A UsageFault: there is
    none, or the file is no warehouse. A BusyFault: a build or another program is writing it."""
    connection = open_database(file)
    if tables_lacking(connection, needed, PRIVATE):
        is_analysts = not tables_lacking(connection, "about")
        connection.close()
        if is_analysts:
            raise UsageFault(
                f"{file.name} is the analysts' database, which holds figures only: name the "
                "record-level one, with --database or FOI_DATABASE."
            )
        raise UsageFault(
            f"{file.name} has no table {needed}: build it with `dbt build` of this version."
        )
    return connection


def open_database(file: Path) -> duckdb.DuckDBPyConnection:
    """Opens a DuckDB file read-only, whatever tables it holds; raises as `open_warehouse`."""
    if not file.is_file():
        raise UsageFault(f"There is no warehouse at {file}: build it first with `dbt build`.")
    try:
        return duckdb.connect(str(file), read_only=True)
    except duckdb.IOException as problem:
        raise _not_opened(file, problem) from None


def _not_opened(file: Path, problem: duckdb.IOException) -> Fault:
    if "lock" not in str(problem):
        return UsageFault(
            f"{file.name} cannot be read as a DuckDB file: build it again with `dbt build`."
        )
    process = re.search(r"PID (\d+)", str(problem))
    by = f" by process {process[1]}" if process else ""
    return BusyFault(
        f"{file.name} is open for writing elsewhere{by}, by a build or another program: "
        "close it or wait until it has ended, then try again."
    )


def rows_of(found: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    """The rows of a query that was run, by column name, read a piece at a time."""
    names = [column[0] for column in found.description]
    while piece := found.fetchmany(10_000):
        for values in piece:
            yield dict(zip(names, values, strict=True))


@cache
def queries(module: str) -> dict[str, str]:
    """The statements of the file of SQL beside a module, by the name above each; `__file__`."""
    text = Path(module).with_suffix(".sql").read_text(encoding="utf-8")
    text = text.replace(":in_force", IN_FORCE)
    return dict(re.findall(r"^-- name: (\w+)\n(.*?);$", text, re.MULTILINE | re.DOTALL))


def tables_lacking(connection: duckdb.DuckDBPyConnection, *needed: str) -> list[str]:
    """Those of the needed tables that the database does not hold."""
    found = connection.execute("select table_name from duckdb_tables()").fetchall()
    return [name for name in needed if (name,) not in found]


def build_problem(connection: duckdb.DuckDBPyConnection, file: Path) -> str | None:
    """A sentence if the last build of the warehouse did not pass its checks, else None."""
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
    """Raises a `DataFault` if the last build of the warehouse did not pass its checks."""
    if problem := build_problem(connection, file):
        raise DataFault(problem)
