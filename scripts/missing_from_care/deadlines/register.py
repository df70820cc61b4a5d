"""Reads a register of requests: any order of columns, the unused ones may be missing."""

import os
from dataclasses import dataclass
from pathlib import Path

from missing_from_care.faults import DataFault, UsageFault
from missing_from_care.landing.delimited_text import read_tables
from missing_from_care.landing.source_tables import FaultList, column_names, listed
from missing_from_care.project import CHECKOUT

COLUMNS = (
    "request_ref",
    "received_on",
    "clock_started_on",
    "fee_notice_on",
    "fee_paid_on",
    "responded_on",
    "extension_claimed_on",
    "subject",
)
NEEDED = ("request_ref", "received_on")


@dataclass(frozen=True)
class Register:
    """A register as text.

    Attributes:
        file: its path as the user wrote it.
        rows: the values of `COLUMNS` for each request; blank where the file has no such column.
        numbers: the row of each request in the file, 1 = the first below the header.
        unused: columns of the file that no deadline depends on.
    """

    file: str
    rows: list[list[str]]
    numbers: list[int]
    unused: tuple[str, ...]

    def rows_of(self, request_ref: str | None) -> str:
        """Where a request stands, "row 3" or "rows 3 and 7"."""
        found = [
            str(number)
            for number, row in zip(self.numbers, self.rows, strict=True)
            if row[0].strip() == (request_ref or "")
        ]
        return f"rows {' and '.join(found)}" if len(found) > 1 else f"row {''.join(found)}"


def usual_register() -> Path:
    """The register that the warehouse reads: in the folder of FOI_REQUESTS, else the project's."""
    folder = os.environ.get("FOI_REQUESTS")
    return Path(folder or CHECKOUT / "seeds" / "requests") / "foi_requests.csv"


def read_register(path: Path) -> Register:
    """Reads a register CSV file.

    Args:
        path: the file, with at least the columns `NEEDED`.

    Returns:
        Its rows, unjudged: what the dates must be like is for the models to say.

    Raises:
        UsageFault: there is no such file, or it cannot be read.
        DataFault: it is no CSV file, a column is missing or twice there, or a row is ragged.
    """
    try:
        tables = read_tables(path, str(path))
    except OSError as problem:
        raise UsageFault(
            f"{path} cannot be read ({problem.strerror}): name a register with --register FILE."
        ) from problem
    if not tables:
        raise DataFault(f"{path} is empty: its first line must name the columns, {_wanted()}.")
    table = tables[0]
    if table.problem:
        raise DataFault(f"{path} {table.problem}")
    header = column_names(table.header)
    _check_header(path, header)
    faults = FaultList()
    rows, numbers = [], []
    for number, values in table.rows():
        if not any(value.strip() for value in values):
            continue
        if len(values) != len(header):
            faults.add(
                f"{path}, row {number} below the header: {len(values)} values where the "
                f"header has {len(header)} columns; is a comma not in quotation marks?"
            )
            continue
        by_name = dict(zip(header, values, strict=True))
        rows.append([by_name.get(column, "") for column in COLUMNS])
        numbers.append(number)
    faults.raise_if_any()
    unused = tuple(name for name in header if name and name not in COLUMNS)
    return Register(str(path), rows, numbers, unused)


def _check_header(path: Path, header: list[str]) -> None:
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise DataFault(
            f"{path}, the line of column names: {listed(missing)} is not there; a register has "
            f"the columns {_wanted()}, of which only {' and '.join(NEEDED)} must be filled."
        )
    twice = sorted({name for name in header if name in COLUMNS and header.count(name) > 1})
    if twice:
        raise DataFault(
            f"{path}, the line of column names: {listed(twice)} stands there twice; rename one."
        )


def _wanted() -> str:
    return ", ".join(COLUMNS)
