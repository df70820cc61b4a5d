"""What every reader of source files gives: a table of text, with rows that DuckDB can read."""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from missing_from_care.base.faults import DataFault

FROM_1904 = "counts its days from 1904"
MOST_SENTENCES, MOST_SENTENCES_OF_A_FILE, MOST_NOT_USED = 20, 5, 40
WHITE = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b\u200c\u200d\u2060\ufeff"


@dataclass(frozen=True)
class FoundFile:
    """A file below the source folder.

    Attributes:
        path: where it is; a file inside a zip file is unpacked there when it is looked at.
        file: its path below the source folder, with `/`; a zip file counts as a folder.
        unused, fault: why it is not looked at; why it cannot be, although it has to: a sentence.
        size, sha256: bytes; their hash in hexadecimal, when they are known.
        unpack: writes it to a path, if it lies in a zip file.
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


@dataclass(frozen=True)
class SourceTable:
    """A table of text in a source file.

    Attributes:
        file: the file's path below the source folder, with `/`; a sheet as `book.xlsx#Sheet`.
        header: the column names as the file has them.
        rows: gives the rows, with a folder for what is written on the way: first as they are read
            quickly, then, if DuckDB cannot read them so, as a `DataFault` can name a row.
        notes: what the reader did that the user should know.
        unused: why the table is not looked at, "chart sheet"; none if it is.
        landed: what the last landing wrote of it, if it need not be read again.
    """

    file: str
    header: tuple[str, ...] = ()
    rows: Callable[[Path], Iterator[Rows]] = lambda _work: iter(())
    notes: tuple[str, ...] = ()
    unused: str | None = None
    landed: dict[str, Any] | None = None


class PlainRows:
    """Rows of so many values, written so plainly that DuckDB can read them in one way only."""

    def __init__(self, work: Path, width: int) -> None:
        self.stream = NamedTemporaryFile(  # noqa: SIM115
            "w", encoding="utf-8", newline="", dir=work, suffix=".csv", delete=False
        )
        # Only from 3.13 on does Python's writer know by itself what needs quoting.
        self.writer = csv.writer(self.stream, lineterminator="\n", quoting=csv.QUOTE_ALL)
        self.width, self.count = width, 0

    def write(self, number: int, values: list[str]) -> None:
        """Takes a row of the right width, with its number."""
        self.writer.writerow((*values, number))
        self.count += 1

    def rows(self, notes: tuple[str, ...] = ()) -> Rows:
        """The rows for DuckDB, when all are written."""
        self.stream.close()
        options = "header = false, delim = ',', new_line = '\\n', "
        options += "max_line_size = 10000000, buffer_size = 10000000"
        path = Path(self.stream.name)
        read = read_csv(path, self.width, options, ", 'source_row': 'varchar'")
        return Rows(read, self.count, notes)


def write_plain(
    work: Path,
    file: str,
    width: int,
    rows: Iterable[tuple[int, list[str]]],
    surplus: str,
    notes: tuple[str, ...] = (),
) -> Rows:
    """Writes the rows below the column names; those of nothing are passed over.

    Args:
        work: the folder for the file.
        file: the table's name in messages; `surplus` says why a row may have too many values.
        width: how many values a row must have; a blank one too many is dropped.
        rows: values, each row with its number.
        notes: what the user should know already.

    Raises:
        DataFault: rows have too few or too many values.
    """
    plain, faults, misfits, blank = PlainRows(work, width), [], 0, 0
    for number, values in rows:
        if is_blank(values):
            blank += 1
        elif len(values) >= width and is_blank(values[width:]):
            plain.write(number, values[:width])
        else:
            misfits += 1
            what = "it may be cut off" if len(values) < width else surplus
            if misfits <= MOST_SENTENCES_OF_A_FILE:
                faults.append(
                    f"{file}, row {number} below the header: found {len(values)} values, expected "
                    f"{width}; {what}. Mend that row in the program the file came from."
                )
    if blank:
        notes += (f"{blank:,} blank row{'s' * (blank > 1)} passed over",)
    found = plain.rows(notes)
    if misfits > len(faults):
        faults.append(f"{file}: {misfits - len(faults):,} more rows do not have {width} values.")
    if faults:
        raise DataFault(*faults)
    return found


def read_csv(path: Path, width: int, options: str, more: str = "") -> str:
    """DuckDB's reader with nothing left for it to guess; the columns are c0, c1, …"""
    columns = ", ".join(f"'c{at}': 'varchar'" for at in range(width)) + more
    return (
        f"read_csv({sql_path(path)}, columns = {{{columns}}}, auto_detect = false, quote = '\"', "
        f"escape = '\"', strict_mode = true, compression = 'none', {options})"
    )


def sql_path(path: Path) -> str:
    """A file to read, for DuckDB, which would take some characters of a name for patterns."""
    return sql_text(re.sub(r"([*?\[])", r"[\1]", str(path)))


def sql_text(text: str) -> str:
    """A text as a constant of SQL, a path to write to for example."""
    return "'" + text.replace("'", "''") + "'"


def column_names(header: Sequence[str]) -> list[str]:
    """Column names as they are compared: trimmed, lower case, without a byte order mark."""
    return [bare(name).lower() for name in header]


def bare(text: str) -> str:
    """A text without white space around it, no-break and zero-width too."""
    return text.strip(WHITE)


def is_blank(values: Sequence[str]) -> bool:
    """Whether a row holds nothing but white space."""
    return not bare("".join(values))


def printable(name: str) -> str:
    """A column's or a sheet's name in a sentence."""
    return unicodedata.normalize("NFC", ascii(name)[1:-1])[:40]


def listed(names: Sequence[str], most: int = 12) -> str:
    """Names in a sentence, "CHILD, DOB and 3 more"."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


class FaultList:
    """The faults found so far, so that all can be told at once; only the first sentences are kept,
    since a broken extract can break in every row."""

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
