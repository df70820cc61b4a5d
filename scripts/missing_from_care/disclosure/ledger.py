"""The record of every cell ever released: only ever added to, and read under each new response."""

import csv
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path

from missing_from_care.disclosure.cells import Cell
from missing_from_care.faults import DataFault
from missing_from_care.whole_files import locking_file, write_file_whole

COLUMNS = (
    "released_on",
    "request_ref",
    "file_sha256",
    "measure",
    "first_day",
    "last_day",
    "is_snapshot",
    "box",
    "value",
)
WITHHELD = "[c]"


@dataclass(frozen=True)
class Released:
    """A cell as it was released.

    Attributes:
        released_on: the day of the response.
        request_ref: the request it answered.
        file_sha256: of the workbook that held it.
        cell: what it counts.
        value: what was printed; None where it was withheld.
    """

    released_on: date
    request_ref: str
    file_sha256: str
    cell: Cell
    value: float | None


@contextmanager
def holding(file: Path) -> Iterator[None]:
    """Keeps other exports from reading the ledger before this one has added to it.

    Raises:
        BusyFault: another export is at work.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with locking_file(file.with_name(f".{file.name}.lock")):
        yield


def read_ledger(file: Path) -> list[Released]:
    """The cells released so far, the oldest first; none if there is no ledger yet.

    Raises:
        DataFault: the file is no ledger. Nothing is released until it is put right.
    """
    if not file.exists():
        return []
    try:
        with file.open(encoding="utf-8", newline="") as opened:
            header, *rows = csv.reader(opened)
    except (OSError, UnicodeDecodeError, ValueError) as problem:
        raise DataFault(
            f"{file} cannot be read as the ledger ({type(problem).__name__}), so nothing can be "
            "released: restore it from a backup."
        ) from None
    if tuple(header) != COLUMNS:
        raise DataFault(
            f"{file}: the header is not that of the ledger ({', '.join(COLUMNS)}), so nothing can "
            "be released: restore it from a backup."
        )
    return [_released(file, number, row) for number, row in enumerate(rows, start=1)]


def add_to_ledger(file: Path, released: Iterable[Released]) -> None:
    """Adds cells at the end, all or none; what stands there stays, byte for byte.

    To be called within `holding`.

    Args:
        file: the ledger; it is made for its owner's eyes alone if it is not there.
        released: in the order in which they are to stand.
    """
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if not file.exists():
        writer.writerow(COLUMNS)
    for each in released:
        value = WITHHELD if each.value is None else f"{each.value:g}"
        writer.writerow(
            (
                each.released_on.isoformat(),
                each.request_ref,
                each.file_sha256,
                each.cell.measure,
                each.cell.first_day.isoformat(),
                each.cell.last_day.isoformat(),
                str(each.cell.is_snapshot).lower(),
                json.dumps(each.cell.box),
                value,
            )
        )
    before = file.read_bytes() if file.exists() else b""
    file.parent.mkdir(parents=True, exist_ok=True)
    write_file_whole(file, before + text.getvalue().encode(), mode=0o600)


def _released(file: Path, number: int, row: list[str]) -> Released:
    try:
        released_on, request_ref, file_sha256, measure, first, last, snapshot, box, value = row
        return Released(
            date.fromisoformat(released_on),
            request_ref,
            file_sha256,
            Cell(
                measure,
                date.fromisoformat(first),
                date.fromisoformat(last),
                {"true": True, "false": False}[snapshot],
                tuple((dimension, tuple(codes)) for dimension, codes in json.loads(box)),
            ),
            None if value == WITHHELD else float(value),
        )
    except (ValueError, KeyError, TypeError):
        raise DataFault(
            f"{file}, row {number}: not a row of the ledger, so nothing can be released: restore "
            "the file from a backup."
        ) from None
