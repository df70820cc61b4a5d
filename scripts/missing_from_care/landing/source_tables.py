"""What every reader of source files gives, whatever the form of the file: a table of text."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from missing_from_care.faults import DataFault

MOST_SENTENCES = 20
MOST_SENTENCES_OF_A_FILE = 5
MOST_NOT_USED = 40
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"


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
    """

    path: Path
    file: str
    unused: str | None = None
    fault: str | None = None
    size: int = 0
    unpack: Callable[[Path], None] | None = None


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


@dataclass(frozen=True)
class SourceTable:
    """A table of text in a source file.

    Attributes:
        file: the file's path below the source folder, with `/`; a sheet as `book.xlsx#Sheet`.
        header: the column names as the file has them.
        rows: gives the rows, with a folder for what is written on the way. Told to be careful it
            reads row by row, so that it can say which row is at fault: a `DataFault`.
        notes: what the reader did that the user should know.
        unused: why the table is not looked at, "chart sheet"; none if it is.
        origin: the file that holds the table.
        sha256: hash of that file's bytes, in hexadecimal.
        tables: how many tables that file holds.
    """

    file: str
    header: tuple[str, ...] = ()
    rows: Callable[[Path, bool], Rows] | None = None
    notes: tuple[str, ...] = ()
    unused: str | None = None
    origin: FoundFile | None = None
    sha256: str = ""
    tables: int = 1


def column_names(header: Sequence[str]) -> list[str]:
    """Column names as they are compared: trimmed, lower case, without a byte order mark."""
    return [bare(name).lower() for name in header]


def bare(text: str) -> str:
    """A text without white space around it, no-break and zero-width too."""
    return text.strip(INVISIBLE).strip().strip(INVISIBLE)


def is_blank(values: Sequence[str]) -> bool:
    """Whether a row holds nothing but white space."""
    return not bare("".join(values)) or all(not bare(value) for value in values)


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

    def __len__(self) -> int:
        return len(self.sentences) + self.untold

    def add(self, *sentences: str) -> None:
        """Takes further sentences in."""
        room = MOST_SENTENCES - len(self.sentences)
        self.sentences.extend(sentences[:room])
        self.untold += len(sentences[room:])

    def raise_if_any(self, not_used: Sequence[tuple[str, str]] = ()) -> None:
        """Raises them as one `DataFault`, if there are any, and says what was not used."""
        if not self.sentences:
            return
        more = [f"… and {self.untold} more: mend these first, then run it again."]
        unused = [f"Not used: {file} ({reason})." for file, reason in not_used[:MOST_NOT_USED]]
        if len(not_used) > MOST_NOT_USED:
            unused.append(f"Not used: {len(not_used) - MOST_NOT_USED:,} more files.")
        raise DataFault(*self.sentences, *(more if self.untold else []), *unused)


def misfit(file: str, number: int, found: int, expected: int, surplus: str) -> str:
    """The sentence for a row with too few or too many values."""
    what = "it may be cut off" if found < expected else surplus
    return (
        f"{file}, row {number} below the header: found {found} values, expected {expected}; "
        f"{what}. Mend that row in the program the file came from."
    )


def passed_over(blank: int) -> tuple[str, ...]:
    """The note on rows of nothing but white space, if there were any."""
    return (f"{blank:,} blank row{'s' * (blank > 1)} passed over",) if blank else ()
