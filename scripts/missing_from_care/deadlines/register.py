"""Reads a register of requests: any order of columns, the unused ones may be missing."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from missing_from_care.data_errors import raised_sentences
from missing_from_care.faults import DataFault, UsageFault
from missing_from_care.models_in_memory import macro_sql
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
        rows: the values of `COLUMNS` in each row below the header, None where the file has no such
            column; a blank row has no value at all.
        unused: columns of the file that no deadline depends on.
    """

    file: str
    rows: list[list[str | None]]
    unused: str


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
    numbered, unused = read_rows(path, COLUMNS, NEEDED)
    rows: list[list[str | None]] = [[None] * len(COLUMNS) for _ in range(max(numbered, default=0))]
    for number, row in numbered.items():
        rows[number - 1] = list(row.values())
    return Register(str(path), rows, unused)


def read_rows(
    path: Path, columns: Sequence[str], needed: Sequence[str]
) -> tuple[dict[int, dict[str, str | None]], str]:
    """Reads a file of the register with the macro by which dbt reads it.

    Args:
        path: the file.
        columns: the columns to give.
        needed: those of them that must be there.

    Returns:
        The values by column of each row in which any stands, by its number, 1 = the first below the
        header; and the names of the file's other columns.

    Raises: as `read_register`.
    """
    statement = macro_sql("register_rows", str(path), list(columns), list(needed))
    try:
        path.open("rb").close()
        with duckdb.connect() as connection:
            found = connection.execute(f"from {statement}").fetchall()
    except OSError as problem:
        raise UsageFault(
            f"{path} cannot be read ({problem.strerror}): name a register with --register FILE."
        ) from problem
    except duckdb.Error as problem:
        unread = f'{path} cannot be read as a register: save it as "CSV UTF-8 (comma delimited)".'
        raise DataFault(*raised_sentences(problem) or [unread]) from problem
    rows = {row[-2]: dict(zip(columns, row, strict=False)) for row in found}
    return rows, (found[0][-1] or "") if found else ""
