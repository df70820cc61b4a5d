"""The register of requests: read in any order of columns, and added to."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from missing_from_care.base.faults import UsageFault
from missing_from_care.base.locks import one_at_a_time
from missing_from_care.base.models_in_memory import read_rows
from missing_from_care.base.project import requests_folder
from missing_from_care.base.whole_files import write_file_whole

COLUMNS = (
    *("request_ref", "received_on", "clock_started_on", "fee_notice_on", "fee_paid_on"),
    *("responded_on", "extension_claimed_on", "subject"),
    *("cost_of", "cost_records", "cost_minutes", "cost_offer"),
)
NEEDED = ("request_ref", "received_on")
LONGEST_WAIT = 60  # seconds


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
    """The register that the warehouse reads."""
    return requests_folder() / "foi_requests.csv"


def read_register(path: Path) -> Register:
    """Reads a register, unjudged: what the dates must be like is for the models to say. Raises as
    `read_rows`; the columns `NEEDED` must be there."""
    numbered, unused = read_rows(path, COLUMNS, NEEDED)
    rows: list[list[str | None]] = [[None] * len(COLUMNS) for _ in range(max(numbered, default=0))]
    for number, row in numbered.items():
        rows[number - 1] = list(row.values())
    return Register(str(path), rows, unused)


@contextmanager
def changing_register() -> Iterator[tuple[Path, Path]]:
    """Holds the register that the warehouse reads, its two files, while it is added to. A
    UsageFault: it is not there. A BusyFault: another run has been adding to it for long."""
    folder = requests_folder()
    files = folder / "foi_requests.csv", folder / "foi_request_questions.csv"
    if not all(file.is_file() for file in files):
        raise UsageFault(
            f"There is no register in {folder}: it has two files, {files[0].name} and "
            f"{files[1].name}."
        )
    lock = folder / f".{files[1].name}.lock"
    with one_at_a_time(lock, "Somebody else is adding to the register", LONGEST_WAIT):
        yield files


def references(requests: Path) -> set[str]:
    """The references of a file of requests; raises as `read_rows`."""
    found, _ = read_rows(requests, NEEDED, NEEDED)
    return {(row["request_ref"] or "").strip() for row in found.values()}


def append_rows(file: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """Adds rows, values by column, at the end of a file of the register: whole or not at all. A
    UsageFault if it is saved in a form to which nothing can be added."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        names = [name.strip().lower() for name in next(csv.reader(StringIO(text)), [])]
    except UnicodeDecodeError:
        names = []
    if not {name for row in rows for name in row} <= set(names):
        raise UsageFault(
            f'{file} is not as a row can be added to it: save it as "CSV UTF-8 (comma '
            'delimited)", with the column names of docs/questions.md in its first line, then save '
            "again."
        )
    lines = StringIO()
    csv.writer(lines, lineterminator="\n").writerows(
        [row.get(name, "") for name in names] for row in rows
    )
    mode = file.stat().st_mode & 0o777
    write_file_whole(file, f"{text.rstrip()}\n{lines.getvalue()}".encode(), mode)
