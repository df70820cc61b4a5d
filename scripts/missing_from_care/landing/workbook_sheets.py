"""Reads workbooks, xlsx: each sheet is a table of text, read cell by cell."""

import hashlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

import openpyxl
from openpyxl.cell.read_only import EMPTY_CELL, ReadOnlyCell
from openpyxl.worksheet._reader import WorkSheetParser

from missing_from_care.faults import DataFault
from missing_from_care.landing.cell_text import cell_text
from missing_from_care.landing.recognition import is_known
from missing_from_care.landing.source_tables import Openable, SourceTable, column_names
from missing_from_care.landing.workbook_parts import SAVE_AS, Book, damaged, inspect

ROWS_UNTIL_THE_NAMES = 30
MOST_ROWS = 1_048_576
MOST_CELLS = 50_000_000
SURPLUS = "a value stands to the right of the last column that has a name"


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
    book = inspect(path, file)
    tables = []
    with _opened(book, formulas=False) as workbook:
        for at, sheet in enumerate(workbook.worksheets):
            name = _sheet_name(file, sheet.title)
            found = _names(sheet, name)
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


def _names(sheet: Any, name: str) -> _Names | None:
    """The first row that names a module, else the first with more than one value.

    A title above the table, merged over its columns, is one value.
    """
    best = None
    for number, row in islice(_sheet_rows(sheet, name), ROWS_UNTIL_THE_NAMES):
        names = [cell_text(cell) for cell in row]
        while names and not names[-1].strip():
            names.pop()
        if sum(1 for each in names if each.strip()) < 2:
            continue
        found = _Names(number, tuple(names))
        if is_known(column_names(names)):
            return found
        best = best or found
    return best


def _rows(book: Book, at: int, found: _Names) -> Iterator[tuple[int, list[str]]]:
    """The rows below the names of the sheet at that place; see `SourceTable.rows`."""
    width = len(found.names)
    with _opened(book, formulas=False) as workbook:
        name = _sheet_name(book.file, workbook.worksheets[at].title)
        for number, cells, formulas in _both(book, workbook.worksheets[at], at, name):
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


def _both(book: Book, sheet: Any, at: int, name: str) -> Iterator[tuple[int, Any, Any]]:
    """Row numbers with the cells as shown and, if the sheet has formulas, as written."""
    if sheet._worksheet_path not in book.parts_with_formulas:
        for number, row in _sheet_rows(sheet, name):
            yield number, row, None
        return
    with _opened(book, formulas=True) as workbook:
        written = _sheet_rows(workbook.worksheets[at], name)
        for (number, row), (_, formulas) in zip(_sheet_rows(sheet, name), written, strict=True):
            yield number, row, formulas


def _sheet_rows(sheet: Any, name: str) -> Iterator[tuple[int, list[Any]]]:
    """The rows that a sheet holds, each with its number.

    Read with openpyxl's own parser, since its read-only sheet leaves out rows and cells without a
    word where their numbers do not rise.
    """
    book, last, cells_read = sheet.parent, 0, 0
    with sheet._get_source() as stream:
        parser = WorkSheetParser(
            stream,
            sheet._shared_strings,
            data_only=book.data_only,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for number, cells in parser.parse():
            places = [0, *(cell["column"] for cell in cells)]
            is_told_apart = all(cell["row"] == number for cell in cells)
            is_rising = all(before < after for before, after in pairwise(places))
            if number <= last or not (is_told_apart and is_rising):
                raise DataFault(f"{name} has rows or cells out of order: {SAVE_AS}.")
            last, cells_read = number, cells_read + places[-1]
            if number > MOST_ROWS or cells_read > MOST_CELLS:
                raise DataFault(
                    f"{name} has more than {MOST_ROWS:,} rows or {MOST_CELLS:,} cells: {SAVE_AS}."
                )
            row: list[Any] = [EMPTY_CELL] * places[-1]
            for cell in cells:
                row[cell["column"] - 1] = ReadOnlyCell(sheet, **cell)
            yield number, row


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
def _opened(book: Book, formulas: bool) -> Iterator[Any]:
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
        raise DataFault(damaged(book.file, type(problem).__name__)) from None
