"""Reads CSV files: finds the encoding, then gives header and rows without holding the file."""

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from missing_from_care.faults import DataFault
from missing_from_care.landing.source_tables import Openable, SourceTable, column_names

MOST_CHARACTERS_IN_A_ROW = 1_000_000
MOST_CHARACTERS_IN_A_VALUE = 131_072
CHUNK = 1 << 20
SAVE_AS = "open it in the program it came from and save it as “CSV UTF-8 (comma delimited)”"
OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
UNDECODED = re.compile("[\udc80-\udcff]")


class _RowTooLongError(Exception):
    """A row goes on and on: most likely a quotation mark that is never closed."""


class _Lines:
    """The lines of a text, limited in how much of it one row may take, so memory stays flat."""

    def __init__(self, text: io.TextIOBase) -> None:
        self.text = text
        self.taken = 0

    def __iter__(self) -> Iterator[str]:
        while line := self.text.readline(MOST_CHARACTERS_IN_A_ROW + 1):
            self.taken += len(line)
            if self.taken > MOST_CHARACTERS_IN_A_ROW:
                raise _RowTooLongError
            yield line


class _HashedBytes(io.RawIOBase):
    """A file that is hashed while it is read."""

    def __init__(self, raw: io.RawIOBase) -> None:
        self.raw = raw
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        count = self.raw.readinto(buffer)
        self.digest.update(memoryview(buffer)[:count])
        return count


@dataclass(frozen=True)
class _TextFile:
    """A file with what its bytes say about it."""

    path: Openable
    file: str
    sha256: str
    encoding: str
    is_sure: bool
    has_nul: bool
    ends_with_a_line: bool


def read_tables(path: Openable, file: str) -> list[SourceTable]:
    """Reads what a CSV file holds, once through for its bytes and once when rows are asked for.

    Args:
        path: the file.
        file: its name in messages and in `source_file`.

    Returns:
        One table, or none if the file is empty.

    Raises:
        DataFault: not even the column names can be read.
        OSError: the file cannot be read.
    """
    text_file = _inspect(path, file)
    try:
        header, separator = _header(text_file)
    except (csv.Error, _RowTooLongError) as problem:
        raise DataFault(
            f"{file}, the line of column names: {_explained(problem)} Mend the file, or move it "
            "out of the source folder if it is no extract."
        ) from None
    except UnicodeDecodeError:
        raise DataFault(_changed(file)) from None
    if not header:
        return []
    problem = None
    if text_file.has_nul:
        problem = f"holds NUL bytes, so it is damaged or not text: {SAVE_AS}."
    elif separator != ",":
        problem = f"is separated by {OTHER_SEPARATORS[separator]}, not by commas: {SAVE_AS}."
    return [
        SourceTable(
            file=file,
            header=tuple(UNDECODED.sub("\ufffd", name) for name in header),
            rows=lambda: _rows(text_file, header),
            sha256=text_file.sha256,
            notes=_notes(text_file),
            problem=problem,
        )
    ]


def _notes(text_file: _TextFile) -> tuple[str, ...]:
    decoded = ("decoded from cp1252",) if text_file.encoding == "cp1252" else ()
    # A file that was cut off in its last value still has the right number of values there.
    open_end = () if text_file.ends_with_a_line else ("no line end at its end: is it whole?",)
    return (*decoded, *open_end)


def _inspect(path: Openable, file: str) -> _TextFile:
    """Reads all bytes once: hash, encoding, NUL bytes."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, has_nul, start, last = True, False, b"", b""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            start, last = start or chunk[:4096], chunk[-1:]
            digest.update(chunk)
            has_nul = has_nul or b"\0" in chunk
            is_utf8 = is_utf8 and _decodes(decoder, chunk)
    is_utf8 = is_utf8 and _decodes(decoder, b"", final=True)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in start:
        raise DataFault(
            f"{file} is not UTF-8 text (UTF-16, which some programs call “Unicode text”, or no "
            f"text at all): {SAVE_AS}, or move it out of the source folder if it is no extract."
        )
    has_mark = start.startswith(codecs.BOM_UTF8)
    encoding = "utf-8-sig" if is_utf8 or has_mark else "cp1252"
    ends = last in (b"\n", b"\r")
    return _TextFile(path, file, digest.hexdigest(), encoding, is_utf8, has_nul, ends)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _open(text_file: _TextFile, raw: io.RawIOBase) -> io.TextIOWrapper:
    """The file as text; bytes that its encoding does not know come out marked, not as an error."""
    return io.TextIOWrapper(
        io.BufferedReader(raw, CHUNK),
        encoding=text_file.encoding,
        errors="strict" if text_file.is_sure else "surrogateescape",
        newline="",
    )


def _header(text_file: _TextFile) -> tuple[list[str], str]:
    """The column names and what separates them; no names if there is no line with text."""
    with text_file.path.open("rb", buffering=0) as raw:
        lines = _Lines(_open(text_file, raw))
        first = next((line for line in lines if line.strip("\r\n")), "")
        separator = "," if "," in first else _likely_separator(first)
        lines.taken = len(first)
        reader = csv.reader(
            chain([first] if first else [], lines), delimiter=separator, strict=True
        )
        return next(reader, []), separator


def _likely_separator(line: str) -> str:
    return next((separator for separator in OTHER_SEPARATORS if separator in line), ",")


def _rows(text_file: _TextFile, header: list[str]) -> Iterator[tuple[int, list[str]]]:
    """The rows below the header; see `SourceTable.rows`."""
    file, number = text_file.file, 0
    csv.field_size_limit(MOST_CHARACTERS_IN_A_VALUE)
    with text_file.path.open("rb", buffering=0) as raw:
        hashed = _HashedBytes(raw)
        lines = _Lines(_open(text_file, hashed))
        reader = csv.reader(lines, strict=True)
        try:
            while not next(reader, header):
                pass
            lines.taken = 0
            for number, values in enumerate(reader, start=1):
                lines.taken = 0
                if not values:
                    continue
                if not text_file.is_sure and UNDECODED.search("".join(values)):
                    _refuse_undecoded(text_file, number, values, header)
                yield number, values
        except (csv.Error, _RowTooLongError) as problem:
            raise DataFault(
                f"{file}, row {number + 1} below the header: {_explained(problem)} Mend that row "
                "in the program the file came from, and save it again."
            ) from None
        except UnicodeDecodeError:
            raise DataFault(_changed(file)) from None
        except OSError as problem:
            raise DataFault(f"{file} cannot be read to its end ({problem.strerror}).") from None
    if hashed.digest.hexdigest() != text_file.sha256:
        raise DataFault(_changed(file))


def _refuse_undecoded(
    text_file: _TextFile, number: int, values: list[str], header: list[str]
) -> None:
    at = next(at for at, value in enumerate(values) if UNDECODED.search(value))
    column = column_names(header)[at].upper() if at < len(header) else "beyond the last"
    by_mark = text_file.encoding == "utf-8-sig"
    encoding = "UTF-8, as its byte order mark says" if by_mark else "UTF-8 or Windows-1252"
    raise DataFault(
        f"{text_file.file}, row {number} below the header, column {column}: a byte that is no "
        f"character in {encoding}: {SAVE_AS}."
    )


def _changed(file: str) -> str:
    return f"{file} changed while it was read: wait until nothing writes to it, then run it again."


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
        return "text follows a closing quotation mark; a comma or the line's end was expected."
    return "it does not read as comma-separated values."
