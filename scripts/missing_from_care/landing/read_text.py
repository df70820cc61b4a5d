"""Reads text files: encoding, separator and column names from their beginning, rows by DuckDB.

DuckDB skips blank lines, drops a blank value too many and takes quotation marks loosely. So it is
trusted alone only with what can be read in one way: UTF-8 below column names in the first line,
line ends of one kind, no blank row, no quotation mark; and the number of its rows must be that of
the lines. Any other file is read row by row, which also tells the row at fault, and written anew.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

from missing_from_care.base.faults import DataFault
from missing_from_care.landing.recognise import column_at, header_row
from missing_from_care.landing.source_tables import (
    FoundFile,
    Rows,
    SourceTable,
    is_blank,
    read_csv,
    write_plain,
)

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
LINES_UNTIL_THE_NAMES = 30
BYTES_AT_FIRST = 1 << 18
MOST_CHARACTERS_IN_A_ROW = 1_000_000
MOST_CHARACTERS_IN_A_VALUE = 131_072
CHUNK = 1 << 20
SAVE_AS = "open it in the program it came from and save it as “CSV UTF-8 (comma delimited)”"
NO_CHARACTER = re.compile("[\0\udc80-\udcff]")
# Nothing but separators and white space, no-break and zero-width too, in UTF-8.
NOTHING = rb"[,;|\t \xa0\xc2\xe2\x80\x8b-\x8d\xef\xbb\xbf]"
NOT_PLAIN = re.compile(rb"\n(?:%b*\r?\n|%b+\Z)" % (NOTHING, NOTHING))
ROW_TOO_LONG = "row too long"
EXPLAINED = {
    ROW_TOO_LONG: f"more than {MOST_CHARACTERS_IN_A_ROW:,} characters in one row, most likely "
    "because line ends are missing or a quotation mark is never closed.",
    "field larger than": f"a value of more than {MOST_CHARACTERS_IN_A_VALUE:,} characters, most "
    "likely because a quotation mark is never closed.",
    "unexpected end": "a quotation mark is opened and never closed.",
    "expected after": "text follows a closing quotation mark; a separator or the line's end was "
    "expected.",
    "": "it does not read as separated values.",
}


def read_tables(item: FoundFile) -> list[SourceTable]:
    """The one table of a text file, or none if it is empty; see `land.read_tables`."""
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
    lines = [line for line in re.split("(?<=\n)|(?<=\r)(?!\n)", text) if line]
    if not is_whole and len(lines) > 1:
        lines.pop()
    filled = list(islice((at for at, line in enumerate(lines) if not is_blank([line])), 2))
    if not filled:
        return []
    told = re.fullmatch(r'\s*"?sep=(.)"?\s*', lines[filled[0]], re.I | re.S)
    separators = [told[1]] if told else list(SEPARATORS)
    found = []
    for separator in separators:
        named = [_values(line, separator) for line in lines[:LINES_UNTIL_THE_NAMES]]
        at = header_row(named)
        if at is not None:
            found.append((-len(named[at]), at, separator))
    at, separator = min(found)[1:] if found else (filled[-1] if told else filled[0], separators[0])
    with suppress(StopIteration):
        try:
            if found:
                next(csv.reader([lines[at].rstrip("\r\n")], delimiter=separator, strict=True))
            if not is_whole and len(lines[at]) > BYTES_AT_FIRST // 2:
                raise csv.Error(ROW_TOO_LONG)
        except csv.Error as problem:
            raise DataFault(
                f"{item.file}, the line of column names: {_explained(problem)} Mend the file, or "
                "move it out of the source folder if it is no extract."
            ) from None
    header = tuple(NO_CHARACTER.sub("\ufffd", name) for name in _values(lines[at], separator))
    return [
        SourceTable(item.file, header, partial(_rows, item, encoding, separator, header, at + 1))
    ]


def _values(line: str, separator: str) -> list[str]:
    with suppress(csv.Error):
        return next(csv.reader([line.rstrip("\r\n")], delimiter=separator), [])
    return []


def _encoding(start: bytes) -> str:
    """The encoding as far as the beginning tells it; `utf-8-sig` stands for any but UTF-16."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Of plain letters and digits every second byte is zero.
    even, odd = start[: len(start) // 2 * 2 : 2], start[1::2]
    for encoding, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros and zeros.count(0) > len(zeros) * 0.7 and others.count(0) < len(others) * 0.1:
            return encoding
    return "utf-8-sig"


def _rows(
    item: FoundFile, encoding: str, separator: str, header: tuple[str, ...], above: int, work: Path
) -> Iterator[Rows]:
    """The rows as DuckDB reads them, if it can be trusted; then as they are read one by one."""
    # A file that was cut off in its last value still has the right number of values there.
    with item.path.open("rb") as stream:
        stream.seek(-2, 2)
        last = stream.read()[-1 if encoding == "utf-8-sig" else 0 :]
    is_cut = not {*b"\r\n"} & {*last}
    notes = ("no line end at its end: is it whole?",) if is_cut else ()
    lines = _plain_lines(item.path)
    if lines is not None and encoding == "utf-8-sig" and above == 1:
        # Told in strict mode that lines end in \r\n, DuckDB 2.0 reads no row of them.
        options = f"header = true, delim = '{separator}', "
        options += f"max_line_size = {MOST_CHARACTERS_IN_A_VALUE}"
        relation = read_csv(item.path, len(header), options)
        numbered = f"(select *, row_number() over () as source_row from {relation})"
        yield Rows(numbered, lines + is_cut - 1, notes)
    if encoding.startswith("utf-16"):
        notes = ("decoded from UTF-16", *notes)
    elif not _is_utf8(item.path):
        encoding, notes = "cp1252", ("decoded from cp1252", *notes)
    rows = _careful(item, encoding, separator, header, above)
    surplus = (
        f"a value with a {SEPARATORS.get(separator, 'separator')} may lack its quotation marks"
    )
    yield write_plain(work, item.file, len(header), rows, surplus, notes)


def _plain_lines(path: Path) -> int | None:
    """How many line ends a file has, all of one kind; none if it is not plain."""
    lines = pairs = returns = 0
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK) + stream.readline(CHUNK):
            if b'"' in chunk or b"\0" in chunk or NOT_PLAIN.search(b"\n" + chunk):
                return None
            lines += chunk.count(b"\n")
            pairs += chunk.count(b"\r\n")
            returns += chunk.count(b"\r")
    return lines if returns == pairs and pairs in (0, lines) else None


def _is_utf8(path: Path) -> bool:
    """Whether a file can be decoded as UTF-8, or has a mark that says so."""
    with path.open("rb") as stream:
        if stream.read(3) == codecs.BOM_UTF8:
            return True
    with suppress(UnicodeDecodeError), path.open(encoding="utf-8") as text:
        while text.read(CHUNK):
            pass
        return True
    return False


def _careful(
    item: FoundFile, encoding: str, separator: str, header: tuple[str, ...], above: int
) -> Iterator[tuple[int, list[str]]]:
    """The rows below the column names one by one, blank ones too, each with its number."""
    number, file = 0, item.file
    csv.field_size_limit(MOST_CHARACTERS_IN_A_VALUE)
    errors = "strict" if encoding.startswith("utf-16") else "surrogateescape"
    with item.path.open(encoding=encoding, errors=errors, newline="") as text:
        try:
            for _ in range(above):
                text.readline()
            reader = csv.reader(_lines(text), delimiter=separator, strict=True)
            for number, values in enumerate(reader, start=1):
                if wrong := NO_CHARACTER.search("".join(values)):
                    if wrong[0] == "\0":
                        raise DataFault(
                            f"{file} holds NUL bytes, so it is damaged or not text: {SAVE_AS}."
                        )
                    at = next(at for at, value in enumerate(values) if NO_CHARACTER.search(value))
                    is_marked = encoding == "utf-8-sig"
                    of = ", as its byte order mark says" if is_marked else " or Windows-1252"
                    raise DataFault(
                        f"{file}, row {number} below the header, column {column_at(header, at)}: "
                        f"a byte that is no character in UTF-8{of}: {SAVE_AS}."
                    )
                yield number, values
        except csv.Error as problem:
            raise DataFault(
                f"{file}, row {number + 1} below the header: {_explained(problem)} Mend that row "
                "in the program the file came from, and save it again."
            ) from None
        except UnicodeError:
            raise DataFault(
                f"{file}, below row {number} below the header: a byte that is no character in "
                f"UTF-16, which the file seems to be in: {SAVE_AS}."
            ) from None


def _lines(text: TextIO) -> Iterator[str]:
    """The lines of a text, limited in their length, so that memory stays flat."""
    while line := text.readline(MOST_CHARACTERS_IN_A_ROW + 1):
        if len(line) > MOST_CHARACTERS_IN_A_ROW:
            raise csv.Error(ROW_TOO_LONG)
        yield line


def _explained(problem: csv.Error) -> str:
    """What the CSV reader found, in words, without the text that it found."""
    return next(words for found, words in EXPLAINED.items() if found in str(problem))
