"""Reads text files: encoding, separator and column names from their beginning, rows by DuckDB.

DuckDB skips blank lines, drops a blank value too many and takes quotation marks more loosely than
is safe here. So it reads only what is plain: UTF-8, line ends of one kind, no blank row, quotation
marks only around whole values; and the number of its rows must be that of the lines. Any other
file is read row by row and written plainly before, which also tells the row that is at fault.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from missing_from_care.faults import DataFault
from missing_from_care.landing.recognise import header_row
from missing_from_care.landing.source_tables import (
    MOST_SENTENCES_OF_A_FILE,
    FoundFile,
    Rows,
    SourceTable,
    column_names,
    is_blank,
    misfit,
    passed_over,
)

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
LINES_UNTIL_THE_NAMES = 30
BYTES_AT_FIRST = 1 << 18
MOST_CHARACTERS_IN_A_ROW = 1_000_000
MOST_CHARACTERS_IN_A_VALUE = 131_072
CHUNK = 1 << 20
SAVE_AS = "open it in the program it came from and save it as “CSV UTF-8 (comma delimited)”"
UNDECODED = re.compile("[\udc80-\udcff]")
# A row of nothing but separators and white space, no-break and zero-width too, in UTF-8.
BLANK_ROW = re.compile(rb'\n[,;|\t "\xa0\xc2\xe2\x80\x8b-\x8d\xef\xbb\xbf]*\n')
ROWS_AT_ONCE = 100


class _RowTooLongError(Exception):
    """A row goes on and on: most likely a quotation mark that is never closed."""


@dataclass(frozen=True)
class _Layout:
    """How a text file is laid out.

    Attributes:
        encoding: `utf-8-sig`, `utf-16`, `utf-16-le`, `utf-16-be`; of others nothing is sure yet.
        separator: what stands between two values.
        header: the column names.
        lines_above: how many lines stand above the column names.
        bytes_above: how many bytes they have with the column names, in UTF-8 with its mark.
    """

    encoding: str
    separator: str
    header: tuple[str, ...]
    lines_above: int
    bytes_above: int


@dataclass(frozen=True)
class _Census:
    """What all bytes of a file say about it.

    Attributes:
        encoding: by which it can be decoded.
        is_sure: whether every byte is a character in it.
        line_end: the one kind of line end below the column names; none if there are several.
        lines: how many lines there are below them.
        is_plain: whether DuckDB can be trusted with it.
        notes: what the user should know.
    """

    encoding: str
    is_sure: bool
    line_end: str | None
    lines: int
    is_plain: bool
    notes: tuple[str, ...]


def read_tables(item: FoundFile) -> list[SourceTable]:
    """Reads the beginning of a text file.

    Args:
        item: the file.

    Returns:
        One table, or none if the file is empty.

    Raises:
        DataFault: not even the column names can be read.
        OSError: the file cannot be read.
    """
    layout = _layout(item)
    if layout is None:
        return []
    return [
        SourceTable(
            item.file,
            tuple(UNDECODED.sub("\ufffd", name) for name in layout.header),
            lambda work, careful: _rows(item, layout, work, careful),
        )
    ]


def _layout(item: FoundFile) -> _Layout | None:
    with item.path.open("rb") as stream:
        start = stream.read(BYTES_AT_FIRST)
        is_whole = not stream.read(1)
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise DataFault(
            f"{item.file} is a workbook or a zip file by what it holds, not text: give it the "
            "ending that it should have, as .xlsx."
        )
    encoding = _encoding(start)
    text = start.decode(encoding, "surrogateescape" if encoding == "utf-8-sig" else "replace")
    lines = re.split("(?<=\n)|(?<=\r)(?!\n)", text)
    lines = [line for line in lines if line]
    if not is_whole and len(lines) > 1:
        lines.pop()
    filled = list(islice((at for at, line in enumerate(lines) if not is_blank([line])), 2))
    if not filled:
        return None
    told = re.fullmatch(r'\s*"?sep=(.)"?\s*', lines[filled[0]], re.I | re.S)
    best, at = _best(lines[:LINES_UNTIL_THE_NAMES], [told[1]] if told else list(SEPARATORS))
    if best:
        _check_names(item, lines[at], best)
    else:
        at = filled[1] if told and len(filled) > 1 else filled[0]
        best = told[1] if told else ","
    if not is_whole and len(lines[at]) > BYTES_AT_FIRST // 2:
        raise DataFault(
            f"{item.file}, the line of column names: {_explained(_RowTooLongError())} Mend the "
            "file, or move it out of the source folder if it is no extract."
        )
    above = "".join(lines[: at + 1]).encode("utf-8", "surrogateescape")
    mark = len(codecs.BOM_UTF8) if start.startswith(codecs.BOM_UTF8) else 0
    return _Layout(encoding, best, tuple(_values(lines[at], best)), at, mark + len(above))


def _best(lines: list[str], separators: list[str]) -> tuple[str | None, int]:
    """The separator by which the column names are recognised, and the line they stand in."""
    found = []
    for separator in separators:
        at = header_row([_values(line, separator) for line in lines])
        if at is not None:
            found.append((-len(_values(lines[at], separator)), at, separator))
    return (min(found)[2], min(found)[1]) if found else (None, 0)


def _check_names(item: FoundFile, line: str, separator: str) -> None:
    try:
        next(csv.reader([line.rstrip("\r\n")], delimiter=separator, strict=True), [])
    except csv.Error as problem:
        raise DataFault(
            f"{item.file}, the line of column names: {_explained(problem)} Mend the file, or move "
            "it out of the source folder if it is no extract."
        ) from None


def _values(line: str, separator: str) -> list[str]:
    with suppress(csv.Error):
        return next(csv.reader([line.rstrip("\r\n")], delimiter=separator), [])
    return []


def _encoding(start: bytes) -> str:
    """The encoding as far as the beginning tells it."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Of plain letters and digits every second byte is zero.
    sample = start[: len(start) // 2 * 2]
    for encoding, zeros, others in (
        ("utf-16-le", sample[1::2], sample[::2]),
        ("utf-16-be", sample[::2], sample[1::2]),
    ):
        if zeros and zeros.count(0) > len(zeros) * 0.7 and others.count(0) < len(others) * 0.1:
            return encoding
    return "utf-8-sig"


def _census(item: FoundFile, layout: _Layout) -> _Census:
    """Reads all bytes once: encoding, NUL bytes, line ends, blank rows, quotation marks."""
    if layout.encoding.startswith("utf-16"):
        return _Census(layout.encoding, True, None, 0, False, ("decoded from UTF-16",))
    decoder = codecs.getincrementaldecoder("utf-8")()
    separator = layout.separator.encode()
    irregular = re.compile(rb'[^"\r\n%b]"[^"\r\n%b]' % (re.escape(separator), re.escape(separator)))
    is_utf8, is_plain, has_mark = True, True, False
    ends = {b"\r\n": 0, b"\n": 0, b"\r": 0}
    before, last = b"\n", b""
    with item.path.open("rb") as stream:
        has_mark = stream.read(3) == codecs.BOM_UTF8
        stream.seek(layout.bytes_above)
        while chunk := stream.read(CHUNK):
            if b"\0" in chunk:
                raise DataFault(
                    f"{item.file} holds NUL bytes, so it is damaged or not text: {SAVE_AS}."
                )
            if is_utf8 and not (chunk.isascii() and not decoder.getstate()[0]):
                is_utf8 = _decodes(decoder, chunk)
            seam = before + chunk
            pairs = seam.count(b"\r\n") - before.count(b"\r\n")
            ends[b"\r\n"] += pairs
            ends[b"\n"] += chunk.count(b"\n")
            ends[b"\r"] += chunk.count(b"\r")
            if is_plain:
                flat = seam.replace(b"\r\n", b"\n") if pairs else seam
                is_plain = not BLANK_ROW.search(flat)
                is_plain = is_plain and not (b'"' in seam and irregular.search(seam))
            last = chunk[-1:]
            at = max(seam.rfind(b"\n"), seam.rfind(b"\r"))
            before = seam[at:][-4096:] if at >= 0 else seam[-4096:]
    is_utf8 = is_utf8 and _decodes(decoder, b"", final=True)
    kinds = {
        "\\r\\n": ends[b"\r\n"],
        "\\n": ends[b"\n"] - ends[b"\r\n"],
        "\\r": ends[b"\r"] - ends[b"\r\n"],
    }
    used = [kind for kind, count in kinds.items() if count > 0]
    is_cut = last not in (b"\n", b"\r", b"")
    encoding = "utf-8-sig" if is_utf8 or has_mark else "cp1252"
    notes = ("decoded from cp1252",) if encoding == "cp1252" else ()
    # A file that was cut off in its last value still has the right number of values there.
    notes += ("no line end at its end: is it whole?",) if is_cut else ()
    return _Census(
        encoding,
        is_utf8,
        used[0] if len(used) == 1 else None,
        sum(kinds.values()) + is_cut,
        is_plain and is_utf8 and used in (["\\r\\n"], ["\\n"]),
        notes,
    )


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _rows(item: FoundFile, layout: _Layout, work: Path, careful: bool) -> Rows:
    census = _census(item, layout)
    if census.is_plain and not careful:
        options = [
            f"skip = {layout.lines_above}, header = true",
            f"delim = '{layout.separator}'",
            f"new_line = '{census.line_end}', max_line_size = {MOST_CHARACTERS_IN_A_VALUE}",
        ]
        relation = f"""(
            select *, row_number() over () as source_row
            from {read_csv(item.path, len(layout.header), options)}
        )"""
        return Rows(relation, census.lines, census.notes)
    width, blank = len(layout.header), 0
    with PlainRows(work, width) as plain:
        for number, values in _careful(item, layout, census):
            if is_blank(values):
                blank += 1
            elif len(values) < width or not is_blank(values[width:]):
                surplus = f"a value with a {SEPARATORS.get(layout.separator, 'separator')} may lack"
                plain.refuse(
                    misfit(item.file, number, len(values), width, f"{surplus} its quotation marks")
                )
            else:
                plain.write(number, values[:width])
    plain.raise_if_any(item.file, f"do not have {width} values")
    return plain.rows((*census.notes, *passed_over(blank)))


def _careful(item: FoundFile, layout: _Layout, census: _Census) -> Iterator[tuple[int, list[str]]]:
    """The rows below the column names one by one, blank ones too, each with its number."""
    number, file = 0, item.file
    csv.field_size_limit(MOST_CHARACTERS_IN_A_VALUE)
    errors = "strict" if census.is_sure else "surrogateescape"
    with item.path.open(encoding=census.encoding, errors=errors, newline="") as text:
        try:
            lines = _Lines(text)
            for _ in range(layout.lines_above + 1):
                text.readline()
            reader = csv.reader(lines, delimiter=layout.separator, strict=True)
            for number, values in enumerate(reader, start=1):
                lines.taken = 0
                if not census.is_sure and UNDECODED.search("".join(values)):
                    _refuse_undecoded(file, census, number, values, layout.header)
                if census.encoding.startswith("utf-16") and "\0" in "".join(values):
                    raise DataFault(
                        f"{file} holds NUL bytes, so it is damaged or not text: {SAVE_AS}."
                    )
                yield number, values
        except (csv.Error, _RowTooLongError) as problem:
            raise DataFault(
                f"{file}, row {number + 1} below the header: {_explained(problem)} Mend that row "
                "in the program the file came from, and save it again."
            ) from None
        except UnicodeError:
            raise DataFault(
                f"{file}, below row {number} below the header: a byte that is no character in "
                f"UTF-16, which the file seems to be in: {SAVE_AS}."
            ) from None


class _Lines:
    """The lines of a text, limited in how much of it one row may take, so memory stays flat."""

    def __init__(self, text: Iterator[str]) -> None:
        self.text, self.taken = text, 0

    def __iter__(self) -> Iterator[str]:
        while line := self.text.readline(MOST_CHARACTERS_IN_A_ROW + 1):
            self.taken += len(line)
            if self.taken > MOST_CHARACTERS_IN_A_ROW:
                raise _RowTooLongError
            yield line


class PlainRows:
    """Rows written so plainly that DuckDB cannot take them otherwise, with their numbers.

    Args:
        work: the folder for the file.
        width: how many values a row has.
    """

    def __init__(self, work: Path, width: int) -> None:
        self.path = work / f"rows-{len(list(work.glob('rows-*')))}.csv"
        self.width, self.held, self.count, self.untold = width, [], 0, 0
        self.sentences: list[str] = []

    def __enter__(self) -> "PlainRows":
        self.stream = self.path.open("w", encoding="utf-8", newline="")
        self.plain = csv.writer(self.stream, lineterminator="\n")
        self.quoted = csv.writer(self.stream, lineterminator="\n", quoting=csv.QUOTE_ALL)
        return self

    def __exit__(self, *_: object) -> None:
        self._write_held()
        self.stream.close()

    def write(self, number: int, values: list[str]) -> None:
        """Takes a row of the right width."""
        self.held.append((*values, str(number)))
        self.count += 1
        if len(self.held) >= ROWS_AT_ONCE:
            self._write_held()

    def _write_held(self) -> None:
        # Only from 3.13 on does Python's writer know that a carriage return needs quoting.
        if "\r" not in "".join(chain.from_iterable(self.held)):
            self.plain.writerows(self.held)
        else:
            self.quoted.writerows(self.held)
        self.held.clear()

    def refuse(self, sentence: str) -> None:
        """Takes a fault of a row."""
        if len(self.sentences) < MOST_SENTENCES_OF_A_FILE:
            self.sentences.append(sentence)
        else:
            self.untold += 1

    def raise_if_any(self, file: str, what: str) -> None:
        """Raises the faults of rows, if there are any; what is said of those that are too many."""
        if self.untold:
            self.sentences.append(f"{file}: {self.untold:,} more rows {what}.")
        if self.sentences:
            raise DataFault(*self.sentences)

    def rows(self, notes: tuple[str, ...] = ()) -> Rows:
        """The rows for DuckDB."""
        options = ["header = false, delim = ','", "new_line = '\\n'"]
        options += ["max_line_size = 10000000, buffer_size = 10000000"]
        relation = read_csv(self.path, self.width, options, ", 'source_row': 'varchar'")
        return Rows(relation, self.count, notes)


def read_csv(path: Path, width: int, options: list[str], more: str = "") -> str:
    """DuckDB's reader with nothing left for it to guess; the columns are c0, c1, …"""
    columns = ", ".join(f"'c{at}': 'varchar'" for at in range(width)) + more
    return (
        f"read_csv({sql_path(path)}, columns = {{{columns}}}, auto_detect = false, quote = '\"', "
        f"escape = '\"', strict_mode = true, compression = 'none', {', '.join(options)})"
    )


def sql_path(path: Path) -> str:
    """A file to read, for DuckDB, which would take some characters of a name for patterns."""
    return sql_text(re.sub(r"([*?\[])", r"[\1]", str(path)))


def sql_text(text: str) -> str:
    """A text as a constant of SQL, a path to write to for example."""
    return "'" + text.replace("'", "''") + "'"


def _refuse_undecoded(
    file: str, census: _Census, number: int, values: list[str], header: tuple[str, ...]
) -> None:
    at = next(at for at, value in enumerate(values) if UNDECODED.search(value))
    column = column_names(header)[at].upper() if at < len(header) else "beyond the last"
    by_mark = census.encoding == "utf-8-sig"
    encoding = "UTF-8, as its byte order mark says" if by_mark else "UTF-8 or Windows-1252"
    raise DataFault(
        f"{file}, row {number} below the header, column {column}: a byte that is no "
        f"character in {encoding}: {SAVE_AS}."
    )


def _explained(problem: Exception) -> str:
    """What the CSV reader found, in words, without the text that it found."""
    found = str(problem)
    if isinstance(problem, _RowTooLongError):
        return (
            f"more than {MOST_CHARACTERS_IN_A_ROW:,} characters in one row, most likely because "
            "line ends are missing or a quotation mark is never closed."
        )
    if "field larger than" in found:
        return (
            f"a value of more than {MOST_CHARACTERS_IN_A_VALUE:,} characters, most likely because "
            "a quotation mark is never closed."
        )
    if "unexpected end" in found:
        return "a quotation mark is opened and never closed."
    if "expected after" in found:
        return "text follows a closing quotation mark; a separator or the line's end was expected."
    return "it does not read as separated values."
