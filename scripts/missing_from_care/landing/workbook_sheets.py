"""Reads workbooks, xlsx: each sheet is a table of text, read cell by cell."""

import hashlib
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice, repeat
from typing import Any

import openpyxl

from missing_from_care.faults import DataFault
from missing_from_care.landing.cell_text import cell_text
from missing_from_care.landing.recognition import is_known
from missing_from_care.landing.source_tables import Openable, SourceTable, column_names
from missing_from_care.landing.zip_limits import DAMAGE, beyond_limits

MOST_BYTES_OF_A_WORKBOOK = 1 << 30
MOST_BYTES_OF_SHARED_TEXT = 200 << 20
ROWS_UNTIL_THE_NAMES = 30
MOST_ROWS = 1_048_576
MOST_CELLS = 50_000_000
CHUNK = 1 << 20
SURPLUS = "a value stands to the right of the last column that has a name"
SAVE_AS = (
    "open it in your spreadsheet program and save it as “Excel workbook (.xlsx)” without a "
    "password, or move it out of the source folder if it is no extract"
)


@dataclass(frozen=True)
class _Book:
    """A workbook with what its bytes say about it."""

    path: Openable
    file: str
    sha256: str
    parts_with_formulas: frozenset[str]


@dataclass(frozen=True)
class _Names:
    """Where a sheet has its column names: in which row (1 = the first), and which they are."""

    row: int
    names: tuple[str, ...]


def read_tables(path: Openable, file: str) -> list[SourceTable]:
    """Reads what a workbook holds: its sheets with their column names, rows when asked for.

    Args:
        path: the file.
        file: its name in messages; a sheet's is `book.xlsx#Sheet`.

    Returns:
        One table for each sheet, hidden ones as well; chart sheets and empty ones as not used.

    Raises:
        DataFault: the file is no workbook, damaged, behind a password or beyond the limits.
        OSError: the file cannot be read.
    """
    book = _inspect(path, file)
    tables = []
    with _opened(book, formulas=False) as workbook:
        for at, sheet in enumerate(workbook.worksheets):
            found = _names(sheet)
            name = _sheet_name(file, sheet.title)
            if found is None:
                tables.append(_unused(name, "sheet without a table"))
                continue
            is_hidden = sheet.sheet_state != "visible"
            tables.append(
                SourceTable(
                    file=name,
                    header=found.names,
                    rows=lambda at=at, found=found: _rows(book, at, found),
                    sha256=book.sha256,
                    notes=("hidden sheet",) if is_hidden else (),
                    surplus=SURPLUS,
                )
            )
        charts = [_unused(_sheet_name(file, each.title), "chart") for each in workbook.chartsheets]
    return tables + charts


def _unused(name: str, why: str) -> SourceTable:
    return SourceTable(name, (), lambda: iter(()), "", unused=why)


def _sheet_name(file: str, title: str) -> str:
    return f"{file}#{title if title.isprintable() else ascii(title)[1:-1]}"


def _names(sheet: Any) -> _Names | None:
    """The first row that names a module, else the first with more than one value.

    A title above the table, merged over its columns, is one value.
    """
    best = None
    sheet.reset_dimensions()
    for number, row in enumerate(islice(sheet.iter_rows(), ROWS_UNTIL_THE_NAMES), start=1):
        names = [cell_text(cell) for cell in row]
        while names and not names[-1].strip():
            names.pop()
        if sum(1 for name in names if name.strip()) < 2:
            continue
        found = _Names(number, tuple(names))
        if is_known(column_names(names)):
            return found
        best = best or found
    return best


def _rows(book: _Book, at: int, found: _Names) -> Iterator[tuple[int, list[str]]]:
    """The rows below the names of the sheet at that place; see `SourceTable.rows`."""
    width, cells_read = len(found.names), 0
    with _opened(book, formulas=False) as workbook:
        sheet = workbook.worksheets[at]
        name = _sheet_name(book.file, sheet.title)
        for number, cells, formulas in _both(book, sheet, at):
            cells_read += len(cells)
            if number > MOST_ROWS or cells_read > MOST_CELLS:
                raise DataFault(
                    f"{name} has more than {MOST_ROWS:,} rows or {MOST_CELLS:,} cells: {SAVE_AS}."
                )
            if number <= found.row:
                continue
            if formulas:
                _refuse_empty_formulas(name, number - found.row, cells, formulas, found)
            values = [cell_text(cell) for cell in cells]
            while len(values) > width and not values[-1].strip():
                values.pop()
            if any(values):
                values += [""] * (width - len(values))
                yield number - found.row, values


def _both(book: _Book, sheet: Any, at: int) -> Iterator[tuple[int, Any, Any]]:
    """Row numbers with the cells as shown and, if the sheet has formulas, as written."""
    sheet.reset_dimensions()
    if sheet._worksheet_path not in book.parts_with_formulas:
        for number, (row, none) in enumerate(zip(sheet.iter_rows(), repeat(None)), start=1):
            yield number, row, none
        return
    with _opened(book, formulas=True) as workbook:
        written = workbook.worksheets[at]
        written.reset_dimensions()
        pairs = zip(sheet.iter_rows(), written.iter_rows(), strict=True)
        for number, (row, formulas) in enumerate(pairs, start=1):
            yield number, row, formulas


def _refuse_empty_formulas(name: str, row: int, cells: Any, formulas: Any, found: _Names) -> None:
    """A formula that no program has worked out yet has no value to land, yet is not blank."""
    pairs = zip(cells, formulas, found.names, strict=False)
    for shown, written, column in pairs:
        if written.data_type == "f" and shown.value is None and shown.data_type != "str":
            raise DataFault(
                f"{name}, row {row} below the header, column {ascii(column.strip())[1:-1][:40]}: "
                "found a formula without its result: open the workbook in your spreadsheet "
                "program, let it calculate, and save it."
            )


@contextmanager
def _opened(book: _Book, formulas: bool) -> Iterator[Any]:
    """The open workbook. A damaged one can raise anything, and that is told as a sentence."""
    try:
        with warnings.catch_warnings(), book.path.open("rb") as stream:
            warnings.simplefilter("ignore")
            workbook = openpyxl.load_workbook(
                stream, read_only=True, data_only=not formulas, keep_links=False
            )
            yield workbook
            workbook.close()
            stream.seek(0)
            if hashlib.file_digest(stream, "sha256").hexdigest() != book.sha256:
                raise DataFault(
                    f"{book.file} changed while it was read: wait until nothing writes to it, "
                    "then run it again."
                )
    except (DataFault, GeneratorExit, MemoryError):
        raise
    except Exception as problem:
        raise DataFault(_damaged(book.file, type(problem).__name__)) from None


def _damaged(file: str, why: str) -> str:
    return f"{file} cannot be read as a workbook ({why}): {SAVE_AS}."


def _inspect(path: Openable, file: str) -> _Book:
    """Reads all bytes once, and every part of the workbook, before openpyxl does."""
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        try:
            with zipfile.ZipFile(stream) as archive:
                too_much = beyond_limits(archive.infolist(), MOST_BYTES_OF_A_WORKBOOK)
                if too_much:
                    raise DataFault(f"{file} {too_much}: {SAVE_AS}.")
                formulas = {
                    part.filename
                    for part in archive.infolist()
                    if _inspect_part(archive, part, file)
                }
        except DAMAGE as problem:
            raise DataFault(_damaged(file, type(problem).__name__)) from None
    return _Book(path, file, sha256, frozenset(formulas))


def _inspect_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, file: str) -> bool:
    """Reads a part to its end, so that damage shows; tells whether it holds a formula."""
    is_xml = part.filename.endswith((".xml", ".rels"))
    if part.filename.endswith("sharedStrings.xml") and part.file_size > MOST_BYTES_OF_SHARED_TEXT:
        raise DataFault(f"{file} holds too much text for one workbook: {SAVE_AS}.")
    has_formula, last = False, b""
    with archive.open(part) as stream:
        for chunk in iter(lambda: stream.read(CHUNK), b""):
            seam = last + chunk
            if is_xml and (b"<!DOCTYPE" in seam or b"<!ENTITY" in seam or b"\0" in seam):
                raise DataFault(
                    f"{file} holds a document type, an entity or NUL bytes, as no spreadsheet "
                    f"program writes them: {SAVE_AS}."
                )
            has_formula = has_formula or bool(re.search(rb"<(\w+:)?f[\s/>]", seam))
            last = chunk[-16:]
    return has_formula
