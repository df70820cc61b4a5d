"""Holds the marts that Spark built against those that DuckDB built from the same files."""

import sys
from pathlib import Path
from typing import Annotated

import duckdb
import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from missing_from_care.base.command_line import out, run
from missing_from_care.base.faults import DataFault, UsageFault
from missing_from_care.base.project import CHECKOUT, is_queried
from missing_from_care.base.warehouse import database_file, open_database


def compare_engines(
    tables: Annotated[
        Path, typer.Argument(help="Spark's folder, with a folder of Parquet files for each table.")
    ],
    database: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What DuckDB built; FOI_DATABASE names it otherwise."),
    ] = None,
) -> None:
    """Compares every mart and quality table cell by cell, types and number of rows included."""
    marts = sorted(filter(is_queried, (file.stem for file in (CHECKOUT / "models").rglob("*.sql"))))
    differing = []
    with open_database(database_file(database)) as warehouse:
        for mart in marts:
            if not any((tables / mart).glob("*.parquet")):
                raise UsageFault(f"{tables} has no table {mart}: build it with target spark first.")
            verdict = difference(warehouse, mart, tables / mart)
            out.print(f"{mart}: {verdict or 'equal'}", markup=False)
            differing += [mart] if verdict else []
    if differing:
        raise DataFault(f"The engines differ in: {', '.join(differing)}.")


def difference(warehouse: duckdb.DuckDBPyConnection, mart: str, folder: Path) -> str:
    """How a mart differs, in words without any value of it; blank if it does not.

    Args:
        warehouse: holds DuckDB's table of that name.
        mart: the table.
        folder: Spark's Parquet files of it.
    """
    files = str(folder / "*.parquet").replace("'", "''")
    theirs = f"read_parquet('{files}')"
    columns = [
        [(name, kind) for name, kind, *_ in warehouse.execute(f"describe from {table}").fetchall()]
        for table in (mart, theirs)
    ]
    if columns[0] != columns[1]:
        names = sorted({name for name, _ in set(columns[0]) ^ set(columns[1])})
        return f"other columns or types ({', '.join(names) or 'their order'})"
    only_here, only_there = (
        warehouse.execute(f"select count(*) from ({one} except all {other})").fetchall()[0][0]
        for one, other in ((f"from {mart}", f"from {theirs}"), (f"from {theirs}", f"from {mart}"))
    )
    if only_here or only_there:
        return f"{only_here} rows of DuckDB and {only_there} of Spark have no equal"
    return ""


if __name__ == "__main__":
    run(compare_engines)
