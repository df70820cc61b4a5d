"""Reads workbooks of every kind that spreadsheet programs write: each sheet is a table of text.

python-calamine reads the cells. What it does not tell is asked of the parts of an .xlsx file:
leading zeros that only a number format shows, formulas without a result, words of errors, and
whether rows or cells stand out of order, of which it would keep but one.
"""

import datetime as dt
import math
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from lxml import etree
from openpyxl.utils.cell import column_index_from_string
from python_calamine import (
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from missing_from_care.faults import DataFault
from missing_from_care.landing.find_files import DAMAGE, beyond_limits
from missing_from_care.landing.read_text import PlainRows
from missing_from_care.landing.recognise import header_row
from missing_from_care.landing.source_tables import (
    FoundFile,
    Rows,
    SourceTable,
    is_blank,
    misfit,
    passed_over,
    printable,
)

ROWS_UNTIL_THE_NAMES = 30
MOST_BYTES_OF_A_WORKBOOK = 1 << 30
MOST_BYTES_OF_SHARED_TEXT = 200 << 20
MOST_ROWS, MOST_CELLS = 1_048_576, 20_000_000
FROM_1904 = "counts its days from 1904"
FORMULA = "\0formula"
HALF_A_SECOND = dt.timedelta(microseconds=500_000)
SURPLUS = "a value stands to the right of the last column that has a name"
SAVE_AS = (
    "open it in your spreadsheet program and save it as “Excel workbook (.xlsx)” without a "
    "password, or move it out of the source folder if it is no extract"
)

Mark = Callable[[str], str]
Marks = Iterator[tuple[int, dict[int, Mark]]]


def read_tables(item: FoundFile) -> list[SourceTable]:
    """Reads what a workbook holds: its sheets with their column names, rows when asked for.

    Args:
        item: the file; a sheet's name in messages is `book.xlsx#Sheet`.

    Returns:
        One table for each sheet, hidden ones as well; chart sheets and empty ones as not used.

    Raises:
        DataFault: the file is no workbook, damaged, behind a password or beyond the limits.
        OSError: the file cannot be read.
    """
    _check(item)
    epoch = (FROM_1904,) if _counts_from_1904(item) else ()
    tables = []
    with _opened(item) as book:
        for at, sheet in enumerate(book.sheets_metadata):
            name = f"{item.file}#{printable(sheet.name)}"
            if sheet.typ != SheetTypeEnum.WorkSheet:
                tables.append(SourceTable(name, unused="chart"))
                continue
            found = _column_names(_sheet_rows(item, book, at, name))
            if found is None:
                tables.append(SourceTable(name, unused="sheet without a table"))
                continue
            is_hidden = sheet.visible != SheetVisibleEnum.Visible
            notes = (*epoch, *(("hidden sheet",) if is_hidden else ()))
            rows = partial(_rows, item, at, name, *found)
            tables.append(SourceTable(name, found[1], rows, notes))
    return tables


def _check(item: FoundFile) -> None:
    """Refuses what is no workbook, and what would swell without end."""
    with item.path.open("rb") as stream:
        start = stream.read(4096)
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<html", b"<!doctype html", b"<table", b"<head")):
        raise DataFault(f"{item.file} is a web page, not a workbook: {SAVE_AS}.")
    if text.startswith(b"<?xml"):
        raise DataFault(f"{item.file} is XML text, not a workbook: {SAVE_AS}.")
    if not start.startswith((b"PK", b"\xd0\xcf\x11\xe0")) and b"\0" not in start:
        raise DataFault(
            f"{item.file} cannot be read as a workbook, it is text: {SAVE_AS}, or name it .csv if "
            "its values are separated by commas or tabs."
        )
    if not start.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(item.path) as archive:
            entries = archive.infolist()
            too_much = beyond_limits(entries, MOST_BYTES_OF_A_WORKBOOK)
            text_size = sum(e.file_size for e in entries if e.filename.endswith("Strings.xml"))
            if too_much or text_size > MOST_BYTES_OF_SHARED_TEXT:
                too_much = too_much or "holds too much text for one workbook"
                raise DataFault(f"{item.file} {too_much}: {SAVE_AS}.")
            for entry in entries:
                _check_part(archive, entry, item.file)
    except DAMAGE as problem:
        raise DataFault(_damaged(item.file, problem)) from None


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: str) -> None:
    """Reads a part to its end, so that damage shows."""
    is_xml, last = entry.filename.endswith((".xml", ".rels")), b""
    with archive.open(entry) as part:
        while chunk := part.read(1 << 20):
            seam = last + chunk
            if is_xml and (b"<!DOCTYPE" in seam or b"<!ENTITY" in seam or b"\0" in seam):
                raise DataFault(
                    f"{file} holds a document type, an entity or NUL bytes, as no spreadsheet "
                    f"program writes them: {SAVE_AS}."
                )
            last = chunk[-16:]


def _damaged(file: str, problem: BaseException) -> str:
    return f"{file} cannot be read as a workbook ({type(problem).__name__}): {SAVE_AS}."


@contextmanager
def _opened(item: FoundFile) -> Iterator[CalamineWorkbook]:
    """The open workbook. A damaged one can raise anything, and that is told as a sentence."""
    try:
        with load_workbook(item.path) as book:
            yield book
    except (DataFault, GeneratorExit, MemoryError, KeyboardInterrupt, SystemExit, OSError):
        raise
    except PasswordError:
        raise DataFault(f"{item.file} is behind a password: {SAVE_AS}.") from None
    except BaseException as problem:  # Rust's own fault is no `Exception`.
        raise DataFault(_damaged(item.file, problem)) from None


def _sheet_rows(
    item: FoundFile, book: CalamineWorkbook, at: int, name: str
) -> Iterator[tuple[int, list[str]]]:
    """The rows of a sheet as text, each with its number (1 = the sheet's first)."""
    marks = _marks(item, at, name)
    row, marked = next(marks, (0, {}))
    sheet = book.get_sheet_by_index(at)
    if sheet.total_height * sheet.total_width > MOST_CELLS:
        raise DataFault(f"{name} has more than {MOST_CELLS:,} cells: {SAVE_AS}.")
    # calamine begins with the first row, but with the first column that holds anything.
    _, first_column = sheet.start or (0, 0)
    number = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        values = [""] * first_column + [cell_text(cell) for cell in cells]
        while 0 < row < number:
            row, marked = next(marks, (0, {}))
        yield number, _changed(values, marked) if row == number else values
    while row:
        if row > number:
            yield row, _changed([], marked)
        row, marked = next(marks, (0, {}))


def _changed(values: list[str], marked: dict[int, Mark]) -> list[str]:
    values += [""] * (max(marked) - len(values))
    for column, mark in marked.items():
        values[column - 1] = mark(values[column - 1])
    return values


def _column_names(
    rows_of_sheet: Iterator[tuple[int, list[str]]],
) -> tuple[int, tuple[str, ...]] | None:
    """The first row that names a module, else the first with more than one value.

    A title above the table, merged over its columns, is one value.
    """
    rows, numbers = [], []
    for number, values in islice(rows_of_sheet, ROWS_UNTIL_THE_NAMES):
        numbers.append(number)
        while values and is_blank(values[-1:]):
            values.pop()
        rows.append(values)
    found = header_row(rows)
    if found is None:
        several = (at for at, row in enumerate(rows) if sum(not is_blank([v]) for v in row) > 1)
        found = next(several, None)
    return None if found is None else (numbers[found], tuple(rows[found]))


def _rows(
    item: FoundFile,
    at: int,
    name: str,
    above: int,
    header: tuple[str, ...],
    work: Path,
    _careful: bool,
) -> Rows:
    """The rows below the column names of a sheet."""
    width, blank = len(header), 0
    with PlainRows(work, width) as plain, _opened(item) as book:
        for place, values in _sheet_rows(item, book, at, name):
            number = place - above
            if number < 1:
                continue
            if FORMULA in values[:width]:
                _refuse_formula(name, number, header[values.index(FORMULA)])
            if is_blank(values):
                blank += 1
            elif not is_blank(values[width:]):
                plain.refuse(misfit(name, number, len(values), width, SURPLUS))
            else:
                plain.write(number, (values + [""] * width)[:width])
    plain.raise_if_any(name, f"have more than {width} values")
    return plain.rows(passed_over(blank))


def _refuse_formula(name: str, row: int, column: str) -> None:
    """A formula that no program has worked out yet has no value to land, yet is not blank."""
    raise DataFault(
        f"{name}, row {row} below the header, column {printable(column.strip())}: found a formula "
        "without its result: open the workbook in your spreadsheet program, let it calculate, and "
        "save it."
    )


def _marks(item: FoundFile, at: int, name: str) -> Marks:
    """What calamine does not tell of a sheet's cells: rows in order, and of each what to change."""
    if not item.file.lower().endswith((".xlsx", ".xlsm")):
        return
    try:
        with zipfile.ZipFile(item.path) as archive:
            padded = _padded_styles(archive)
            with archive.open(_sheet_part(archive, at)) as part:
                yield from _marked_rows(part, padded, name)
    except (*DAMAGE, KeyError, IndexError, etree.XMLSyntaxError) as problem:
        raise DataFault(_damaged(item.file, problem)) from None


def _counts_from_1904(item: FoundFile) -> bool:
    """Whether the numbers of days count from 1904, as an old setting of one system has it."""
    if not item.file.lower().endswith((".xlsx", ".xlsm")):
        return False
    try:
        with zipfile.ZipFile(item.path) as archive:
            found = _parsed(archive, "xl/workbook.xml").find("{*}workbookPr")
    except (*DAMAGE, KeyError, etree.XMLSyntaxError) as problem:
        raise DataFault(_damaged(item.file, problem)) from None
    return found is not None and found.get("date1904") in ("1", "true")


def _sheet_part(archive: zipfile.ZipFile, at: int) -> str:
    """The name of the part that holds the sheet at a place of the workbook."""
    sheets = _parsed(archive, "xl/workbook.xml").findall("{*}sheets/{*}sheet")
    wanted = next(value for key, value in sheets[at].items() if key.endswith("}id"))
    for each in _parsed(archive, "xl/_rels/workbook.xml.rels"):
        if each.get("Id") == wanted:
            target = each.get("Target")
            return target[1:] if target.startswith("/") else f"xl/{target}"
    raise KeyError(wanted)


def _padded_styles(archive: zipfile.ZipFile) -> dict[str, int]:
    """The styles of which the number format is zeros alone, with how many."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    styles = _parsed(archive, "xl/styles.xml")
    formats = {each.get("numFmtId"): each.get("formatCode") for each in styles.iter("{*}numFmt")}
    used = [formats.get(each.get("numFmtId")) or "" for each in styles.iterfind("{*}cellXfs/{*}xf")]
    return {str(at): len(code) for at, code in enumerate(used) if re.fullmatch("0{2,20}", code)}


def _parsed(archive: zipfile.ZipFile, part: str) -> Any:
    return etree.fromstring(archive.read(part), etree.XMLParser(resolve_entities=False))


def _marked_rows(part: Any, padded: dict[str, int], name: str) -> Marks:
    last_row, cells = 0, 0
    for _, row in etree.iterparse(part, tag="{*}row", resolve_entities=False):
        number = int(row.get("r") or last_row + 1)
        marked: dict[int, Mark] = {}
        column = 0
        for cell in row.iterfind("{*}c"):
            letters, place = re.fullmatch("([A-Z]*)([0-9]*)", cell.get("r") or "").groups()
            found = column_index_from_string(letters) if letters else column + 1
            if found <= column or int(place or number) != number:
                raise DataFault(f"{name} has rows or cells out of order: {SAVE_AS}.")
            column = found
            mark = _mark(cell, padded)
            if mark:
                marked[column] = mark
        cells += column
        if number <= last_row:
            raise DataFault(f"{name} has rows or cells out of order: {SAVE_AS}.")
        if number > MOST_ROWS or cells > MOST_CELLS:
            raise DataFault(
                f"{name} has more than {MOST_ROWS:,} rows or {MOST_CELLS:,} cells: {SAVE_AS}."
            )
        last_row = number
        if marked:
            yield number, marked
        row.clear()
        while row.getprevious() is not None:
            del row.getparent()[0]


def _mark(cell: Any, padded: dict[str, int]) -> Mark | None:
    """What to make of the text that calamine gives for a cell; none if it is right as it is."""
    kind, value = cell.get("t"), cell.findtext("{*}v")
    if kind == "e":
        return lambda _: value or ""
    if cell.find("{*}f") is not None and not value and kind != "str":
        return lambda _: FORMULA
    width = padded.get(cell.get("s", ""))
    return (lambda text: text.zfill(width) if text.isdigit() else text) if width else None


def cell_text(value: Any) -> str:
    """The text of a cell as a person sees it.

    Args:
        value: what calamine gives for a cell.

    Returns:
        Text as it stands. A day as dd/mm/yyyy, with the time behind it if that is not midnight,
        only if the cell is formatted as a date. A whole number without decimals.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        if isinstance(value, float) and math.isfinite(value) and abs(value) < 1e15:
            value = int(value) if value == int(value) else value
        return str(value) if isinstance(value, int) else format(value, ".15g")
    if isinstance(value, dt.datetime):
        return _moment(value)
    if isinstance(value, dt.date):
        return _day(value)
    return value.isoformat("seconds") if isinstance(value, dt.time) else str(value)


def _moment(moment: dt.datetime) -> str:
    """Rounded to the second: a spreadsheet keeps a time as a fraction of a day."""
    if moment < dt.datetime.max - HALF_A_SECOND:
        moment = (moment + HALF_A_SECOND).replace(microsecond=0)
    time = moment.time()
    return _day(moment) + (f" {time.isoformat('seconds')}" if time != dt.time() else "")


def _day(day: dt.date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"
