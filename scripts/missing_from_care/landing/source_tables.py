"""What every reader of source files gives, whatever the form of the file: a table of text."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from missing_from_care.faults import DataFault

MOST_SENTENCES = 20


SURPLUS_IN_TEXT = "a value with a comma may lack its quotation marks"


class Openable(Protocol):
    """A file to read bytes from, on disk or inside a zip file."""

    def open(self, mode: str = "rb", buffering: int = -1) -> Any:
        """Opens it for reading, from its beginning."""
        ...


@dataclass(frozen=True)
class FoundFile:
    """A file below the source folder.

    Attributes:
        path: where it is, on disk or inside a zip file.
        file: its path below the source folder, with `/`; a zip file counts as a folder.
        unused: why it is not looked at; none if it is.
        fault: why it cannot be, although it has to, as a sentence.
        size: bytes.
        changed_ns: when it, or the zip file that holds it, was changed last, in ns since 1970.
    """

    path: Openable
    file: str
    unused: str | None = None
    fault: str | None = None
    size: int = 0
    changed_ns: int = 0


@dataclass(frozen=True)
class SourceTable:
    """A table of text in a source file.

    Attributes:
        file: the file's path below the source folder, with `/`; a sheet as `book.xlsx#Sheet`.
        header: the column names as the file has them.
        rows: gives the rows in order, each with its number (1 = the first row below the header,
            blank lines counted but not given) and its values, as many as the file has there. It
            raises a `DataFault` where reading cannot go on.
        sha256: hash of the file's bytes, in hexadecimal.
        notes: what the reader did that the user should know, "decoded from cp1252".
        problem: what keeps the rows from being read although the header could be, as the end of
            a sentence that begins with the file's name; none if they can be.
        unused: why the table is not looked at, "chart sheet"; none if it is.
        surplus: what may have happened where a row has more values than there are columns.
        year_column: the column by which these rows were told from those of other collection
            years, in lower case; none if the table holds one year.
        origin: the file that holds the table.
        tables: how many tables that file holds.
    """

    file: str
    header: tuple[str, ...]
    rows: Callable[[], Iterator[tuple[int, list[str]]]]
    sha256: str
    notes: tuple[str, ...] = ()
    problem: str | None = None
    unused: str | None = None
    surplus: str = SURPLUS_IN_TEXT
    year_column: str | None = None
    origin: FoundFile | None = None
    tables: int = 1


def column_names(header: Sequence[str]) -> list[str]:
    """Column names as they are compared: trimmed, lower case, without a byte order mark."""
    return [name.strip().strip("\ufeff").strip().lower() for name in header]


def listed(names: Sequence[str], most: int = 12) -> str:
    """Names in a sentence, "CHILD, DOB and 3 more"."""
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"


class FaultList:
    """The faults found so far, so that all can be told at once.

    Only the first sentences are kept, since a broken extract can break in every row.
    """

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.untold = 0

    def __len__(self) -> int:
        return len(self.sentences) + self.untold

    def add(self, *sentences: str) -> None:
        """Takes further sentences in."""
        room = MOST_SENTENCES - len(self.sentences)
        self.sentences.extend(sentences[:room])
        self.untold += len(sentences[room:])

    def raise_if_any(self) -> None:
        """Raises them as one `DataFault`, if there are any."""
        if not self.sentences:
            return
        more = [f"… and {self.untold} more: mend these first, then run it again."]
        raise DataFault(*self.sentences, *(more if self.untold else []))
