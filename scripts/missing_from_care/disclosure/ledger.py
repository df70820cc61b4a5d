"""The record of every figure ever released: only ever added to, and read under each new response.

Every row carries a hash of itself and of the row before it, so that the last one proves them all.
Whatever reads a file that is no ledger raises a DataFault: nothing is released until it is right.
"""

import csv
import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from io import StringIO
from math import isfinite
from pathlib import Path

from missing_from_care.base.faults import DataFault
from missing_from_care.base.locks import one_at_a_time
from missing_from_care.base.whole_files import write_file_whole
from missing_from_care.disclosure.forms import Figure, from_text, in_text

COLUMNS = (
    *("released_on", "request_ref", "event", "file_sha256", "measure", "first_day", "last_day"),
    *("is_snapshot", "conditions", "row", "shown", "counted", "chain"),
)
BEGUN, RELEASED, ENTERED, WITHDRAWN = "begun", "released", "entered", "withdrawn"
WITHHELD = "[c]"
TO = ".."
RESTORE = "so nothing can be released: restore it from a backup."


@dataclass(frozen=True)
class Released:
    """A figure as it was released.

    Attributes:
        released_on: the day of the response.
        request_ref: the request it answered.
        event: `released` by an export, or `entered` by hand from an earlier letter.
        file_sha256: of the workbook that held it; empty for what was entered.
        figure: what it counts.
        low, high: what was shown: the same number twice, or a range; None where it was withheld.
        counted: the number as it was counted then; None where nobody knows.
    """

    released_on: date
    request_ref: str
    event: str
    file_sha256: str
    figure: Figure
    low: float | None
    high: float | None
    counted: float | None


@dataclass(frozen=True)
class Added:
    """A ledger with rows added, not written yet: the file, how many rows, and the last hash."""

    data: bytes
    rows: int
    chain: str


@contextmanager
def holding(file: Path) -> Iterator[None]:
    """Keeps other exports from reading the ledger before this one has added to it; a BusyFault,
    which says which, if another is at work."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with one_at_a_time(
        file.with_name(f".{file.name}.lock"), f"Another run is writing {file.parent}"
    ):
        yield


def read_rows(file: Path) -> list[dict[str, str]]:
    """The rows as text, the first being the one that begins it; none if there is no ledger yet."""
    if not file.exists():
        return []
    try:
        text = file.read_bytes().decode()
        header, *rows = csv.reader(StringIO(text, newline=""), strict=True)
    except (OSError, ValueError, csv.Error) as problem:
        kind = type(problem).__name__
        what = "is empty" if file.stat().st_size == 0 else f"cannot be read ({kind})"
        raise DataFault(f"The ledger {file} {what}, {RESTORE}") from None
    if "box" in header and "chain" not in header:
        raise DataFault(
            f"The ledger {file} was written by an earlier version of this program, which kept less "
            "of each figure: move it and the packs beside it to another folder, then enter the "
            "figures that were sent with `python scripts/ledger.py enter FILE`."
        )
    if tuple(header) != COLUMNS:
        raise DataFault(
            f"{file}: the header is not that of the ledger ({', '.join(COLUMNS)}), {RESTORE}"
        )
    if not text.endswith("\n") or not rows:
        raise DataFault(
            f"The ledger {file} breaks off after row {len(rows)}: the end of it is lost, {RESTORE}"
        )
    for number, (before, row) in enumerate(zip([[], *rows], rows, strict=False), start=1):
        if len(row) != len(COLUMNS) or (row[2] == BEGUN) != (number == 1):
            raise _bad_row(file, number)
        if number > 1 and row[-1] != _link(before[-1], row[:-1]):
            raise DataFault(
                f"{file}, row {number}: the hash in the column chain is not that of this row after "
                f"the one before it. One of the two was changed, lost or put in, {RESTORE}"
            )
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def read_ledger(file: Path, first: int | None = None) -> list[Released]:
    """The figures released so far that still count, the oldest first; none if there is no ledger.
    Every version of a figure is given. What a request released before it was withdrawn is left out.
    `first`: read so many rows only."""
    found: list[Released] = []
    for number, row in enumerate(read_rows(file)[:first], start=1):
        if row["event"] == WITHDRAWN:
            found = [each for each in found if each.request_ref != row["request_ref"]]
        elif row["event"] != BEGUN:
            try:
                found.append(_released(row))
            except (ValueError, KeyError):
                raise _bad_row(file, number) from None
    return sorted(found, key=lambda each: each.released_on)


def seed_of(file: Path) -> bytes:
    """The private seed by which cover is chosen, 32 bytes; a fresh one if there is no ledger."""
    rows = read_rows(file)
    try:
        return bytes.fromhex(rows[0]["chain"]) if rows else secrets.token_bytes(32)
    except ValueError:
        raise _bad_row(file, 1) from None


def with_added(file: Path, released: Iterable[Released], seed: bytes | None = None) -> Added:
    """The ledger with figures added at the end; what stands there stays, byte for byte.

    A figure that the same request released last with the same numbers is not added again.

    Args:
        file: the ledger, which need not be there yet.
        released: in the order in which they are to stand.
        seed: of a ledger that is not there yet, as `seed_of` gave it.
    """

    def numbers(each: Released) -> tuple[float | None, ...]:
        return each.low, each.high, each.counted

    last = {(each.request_ref, each.figure): numbers(each) for each in read_ledger(file)}
    new = [
        _as_row(each)
        for each in released
        if last.get((each.request_ref, each.figure)) != numbers(each)
    ]
    return _with_rows(file, new, seed)


def add_to_ledger(file: Path, released: Iterable[Released], seed: bytes | None = None) -> None:
    """Writes what `with_added` gives; within `holding`."""
    write_ledger(file, with_added(file, released, seed))


def write_ledger(file: Path, added: Added) -> None:
    """Writes a ledger whole, for its owner's eyes alone."""
    file.parent.mkdir(parents=True, exist_ok=True)
    write_file_whole(file, added.data, mode=0o600)


def withdraw(file: Path, request_ref: str, on: date, reason: str) -> int:
    """Says that a request was withdrawn or its answer never sent; to be called within `holding`.

    Args:
        file: the ledger.
        request_ref: whose figures count as never released from now on.
        on: today.
        reason: why; it stands in the column `shown`.

    Returns: how many figures no longer count.

    Raises:
        DataFault: it holds no figure of this request.
    """
    figures = sum(each.request_ref == request_ref for each in read_ledger(file))
    if not figures:
        raise DataFault(
            f"The ledger {file} holds no figure of request {request_ref} that still counts: look "
            "up its reference with `python scripts/ledger.py show`."
        )
    row = [on.isoformat(), request_ref, WITHDRAWN, *[""] * 7, " ".join(reason.split()), ""]
    write_ledger(file, _with_rows(file, [row], None))
    return figures


def summary(file: Path) -> list[dict[str, str | int]]:
    """What happened to each request on a day, in the order of the ledger: how many figures were
    released, entered or withdrawn, and how many of them were withheld.
    """
    groups: dict[tuple[str, str, str, str], list[dict[str, str]]] = {}
    for row in read_rows(file)[1:]:
        reason = row["shown"] if row["event"] == WITHDRAWN else ""
        key = (row["request_ref"], row["released_on"], row["event"], reason)
        groups.setdefault(key, []).append(row)
    return [
        {
            "request_ref": request_ref,
            "day": day,
            "event": event,
            "figures": 0 if event == WITHDRAWN else len(rows),
            "withheld": sum(row["shown"] == WITHHELD or TO in row["shown"] for row in rows),
            "reason": reason,
        }
        for (request_ref, day, event, reason), rows in groups.items()
    ]


def numbers_of(shown: str) -> tuple[float | None, float | None]:
    """Lowest and highest of `839..842` or `843`; of `[c]` neither; else a ValueError."""
    if shown == WITHHELD:
        return None, None
    low, _, high = shown.partition(TO)
    numbers = float(low), float(high or low)
    if not (all(map(isfinite, numbers)) and 0 <= numbers[0] <= numbers[1]):
        raise ValueError(shown)
    return numbers


def _with_rows(file: Path, rows: Iterable[Sequence[str]], seed: bytes | None) -> Added:
    there = read_rows(file)
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if there:
        before, count, chain = file.read_bytes(), len(there), there[-1]["chain"]
    else:
        before, count, chain = b"", 1, (seed or secrets.token_bytes(32)).hex()
        writer.writerows([COLUMNS, ["", "", BEGUN, *[""] * 9, chain]])
    for row in rows:
        chain, count = _link(chain, row), count + 1
        writer.writerow([*row, chain])
    return Added(before + text.getvalue().encode(), count, chain)


def _link(before: str, fields: Sequence[str]) -> str:
    return sha256(json.dumps([before, *fields]).encode()).hexdigest()


def _as_row(released: Released) -> list[str]:
    figure = released.figure
    ends = dict.fromkeys((released.low, released.high))
    return [
        released.released_on.isoformat(),
        released.request_ref,
        released.event,
        released.file_sha256,
        figure.measure,
        figure.first_day.isoformat(),
        figure.last_day.isoformat(),
        str(figure.is_snapshot).lower(),
        in_text(figure.conditions),
        in_text(figure.row),
        WITHHELD if None in ends else TO.join(map(_exactly, ends)),
        _exactly(released.counted),
    ]


def _exactly(number: float | None) -> str:
    """Every digit that it takes to read the same number again; nothing for none."""
    if number is None:
        return ""
    return str(int(number)) if float(number).is_integer() else repr(float(number))


def _released(row: dict[str, str]) -> Released:
    """A row that was released or entered; a ValueError or KeyError if it cannot be read."""
    if row["event"] not in (RELEASED, ENTERED):
        raise ValueError(row["event"])
    figure = Figure(
        row["measure"],
        date.fromisoformat(row["first_day"]),
        date.fromisoformat(row["last_day"]),
        {"true": True, "false": False}[row["is_snapshot"]],
        from_text(row["conditions"]),
        from_text(row["row"]),
    )
    return Released(
        date.fromisoformat(row["released_on"]),
        row["request_ref"],
        row["event"],
        row["file_sha256"],
        figure,
        *numbers_of(row["shown"]),
        float(row["counted"]) if row["counted"] else None,
    )


def _bad_row(file: Path, number: int) -> DataFault:
    return DataFault(f"{file}, row {number}: this is no row of the ledger, {RESTORE}")
