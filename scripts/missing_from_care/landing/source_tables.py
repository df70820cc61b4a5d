"""What every reader of source files gives, whatever the form of the file: a table of text."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from missing_from_care.base.faults import DataFault

FROM_1904 = "counts its days from 1904"
MOST_SENTENCES = 20
MOST_SENTENCES_OF_A_FILE = 5
MOST_NOT_USED = 40
WHITE = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b\u200c\u200d\u2060\ufeff"


@dataclass(frozen=True)
class FoundFile:
    """A file below the source folder.

    Attributes:
        path: where it is; a file inside a zip file is unpacked there when it is looked at.
        file: its path below the source folder, with `/`; a zip file counts as a folder.
        unused: why it is not looked at; none if it is.
        fault: why it cannot be, although it has to, as a sentence.
        size: bytes.
        unpack: writes it to a path, if it lies in a zip file.
        sha256: hash of its bytes, in hexadecimal, when they are known.
    """

    path: Path
    file: str
    unused: str | None = None
    fault: str | None = None
    size: int = 0
    unpack: Callable[[Path], None] | None = None
    sha256: str = ""


@dataclass(frozen=True)
class Rows:
    """The rows of a table as DuckDB reads them.

    Attributes:
        relation: SQL with the columns c0, c1, … in the order of the header, blank as null or as
            nothing, and source_row (1 = the first row below the header, blank rows counted).
        count: how many rows it must give; none if that is not known.
        notes: what the user should know, "decoded from cp1252".
    """

    relation: str
    count: int | None = None
    notes: tuple[str, ...] = ()


def _no_rows(_work: Path) -> Iterator[Rows]:
    return iter(())


@dataclass(frozen=True)
class SourceTable:
    """A table of text in a source file.

    Attributes:
        file: the file's path below the source folder, with `/`; a sheet as `book.xlsx#Sheet`.
        header: the column names as the file has them.
        rows: gives the rows, with a folder for what is written on the way: first as they are read
            quickly, then, if DuckDB cannot read them so, in the way that can say which row is at
            fault: a `DataFault`.
        notes: what the reader did that the user should know.
        unused: why the table is not looked at, "chart sheet"; none if it is.
        landed: what the last landing wrote of it, if it need not be read again.
    """

    file: str
    header: tuple[str, ...] = ()
    rows: Callable[[Path], Iterator[Rows]] = _no_rows
    notes: tuple[str, ...] = ()
    unused: str | None = None
    landed: dict[str, Any] | None = None


def epoch_of(file: str, notes: Sequence[str]) -> str | None:
    """The form of serial numbers in a workbook that says it, as .xlsx and .xlsm do."""
    if not file.lower().endswith((".xlsx", ".xlsm")):
        return None
    return "serial_1904" if FROM_1904 in notes else "serial_1900"


def column_names(header: Sequence[str]) -> list[str]:
    """Column names as they are compared: trimmed, lower case, without a byte order mark."""
    return [bare(name).lower() for name in header]


def bare(text: str) -> str:
    """A text without white space around it, no-break and zero-width too."""
    return text.strip(WHITE)


def is_blank(values: Sequence[str]) -> bool:
    """Whether a row holds nothing but white space."""
    return not bare("".join(values))


def printable(name: str, most: int = 40) -> str:
    """A column's or a sheet's name in a sentence."""
    return unicodedata.normalize("NFC", ascii(name)[1:-1])[:most]


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

    def add(self, *sentences: str) -> None:
        """Takes further sentences in."""
        room = MOST_SENTENCES - len(self.sentences)
        self.sentences.extend(sentences[:room])
        self.untold += len(sentences[room:])

    @contextmanager
    def of(self, file: str) -> Iterator[None]:
        """Takes in what is wrong with a file that is read in the block."""
        try:
            yield
        except DataFault as fault:
            self.add(*fault.sentences)
        except OSError as problem:
            self.add(f"{file} cannot be read ({problem.strerror}): close it or free it.")

    def raise_if_any(self, not_used: Sequence[tuple[str, str]] = ()) -> None:
        """Raises them as one `DataFault`, if there are any, and says what was not used."""
        if not self.sentences:
            return
        more = [f"… and {self.untold} more: mend these first, then run it again."]
        unused = [f"Not used: {file} ({reason})." for file, reason in not_used[:MOST_NOT_USED]]
        if len(not_used) > MOST_NOT_USED:
            unused.append(f"Not used: {len(not_used) - MOST_NOT_USED:,} more files.")
        raise DataFault(*self.sentences, *(more if self.untold else []), *unused)
