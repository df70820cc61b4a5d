"""Reads workbooks of every kind that spreadsheet programs write: each sheet is a table of text.

Of .xlsx and .xlsm the cells are read from the parts of the file, since no library tells all that
matters: leading zeros that only a number format shows, formulas without a result, words of errors,
cells out of order. python-calamine reads the other kinds.
"""

import datetime as dt
import math
import re
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel
from python_calamine import PasswordError, SheetTypeEnum, SheetVisibleEnum, load_workbook

from missing_from_care.base.faults import DataFault
from missing_from_care.landing.find_files import DAMAGE, beyond_limits
from missing_from_care.landing.recognise import column_at, header_row
from missing_from_care.landing.source_tables import (
    FROM_1904,
    FoundFile,
    Rows,
    SourceTable,
    bare,
    is_blank,
    printable,
    write_plain,
)

ROWS_UNTIL_THE_NAMES = 30
MOST_BYTES_OF_A_WORKBOOK = 1 << 30
MOST_BYTES_OF_SHARED_TEXT = 200 << 20
MOST_ROWS, MOST_CELLS = 1_048_576, 20_000_000
FORMULA = "\0formula"
HALF_A_SECOND = dt.timedelta(microseconds=500_000)
SURPLUS = "a value stands to the right of the last column that has a name"
SAVE_AS = (
    "open it in your spreadsheet program and save it as “Excel workbook (.xlsx)” without a "
    "password, or move it out of the source folder if it is no extract"
)

NumberedRows = Iterator[tuple[int, list[str]]]


class _SheetFault(Exception):
    """What is wrong with a sheet, with its name before it."""


class _Sheet(NamedTuple):
    name: str
    is_chart: bool
    is_hidden: bool
    rows: partial[NumberedRows]


def read_tables(item: FoundFile) -> list[SourceTable]:
    """One table for each sheet, hidden ones as well; see `land.read_tables`."""
    _check(item)
    tables = []
    with _opened(item) as (sheets, book_notes):
        for at, sheet in enumerate(sheets):
            name = f"{item.file}#{printable(sheet.name)}"
            if sheet.is_chart:
                tables.append(SourceTable(name, unused="chart"))
            elif found := _column_names(sheet.rows()):
                rows = partial(_rows, item, at, name, *found)
                notes = (*book_notes, *(("hidden sheet",) if sheet.is_hidden else ()))
                tables.append(SourceTable(name, found[1], rows, notes))
            else:
                tables.append(SourceTable(name, unused="sheet without a table"))
    return tables


def _check(item: FoundFile) -> None:
    """Refuses what is no workbook, and what would swell without end."""
    with item.path.open("rb") as stream:
        start = stream.read(4096)
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    what = more = ""
    if text.startswith((b"<html", b"<!doctype html", b"<table", b"<head")):
        what = "is a web page, not a workbook"
    elif text.startswith(b"<?xml"):
        what = "is XML text, not a workbook"
    elif not start.startswith((b"PK", b"\xd0\xcf\x11\xe0")) and b"\0" not in start:
        what = "cannot be read as a workbook, it is text"
        more = ", or name it .csv if its values are separated by commas or tabs"
    elif start.startswith(b"PK"):
        try:
            with zipfile.ZipFile(item.path) as archive:
                entries = archive.infolist()
                texts = [each for each in entries if each.filename.endswith("Strings.xml")]
                what = beyond_limits(entries, MOST_BYTES_OF_A_WORKBOOK)
                if sum(each.file_size for each in texts) > MOST_BYTES_OF_SHARED_TEXT:
                    what = what or "holds too much text for one workbook"
                if not what and archive.testzip():
                    raise zipfile.BadZipFile
        except DAMAGE as problem:
            raise DataFault(_damaged(item.file, problem)) from None
    if what:
        raise DataFault(f"{item.file} {what}: {SAVE_AS}{more}.")


def _damaged(file: str, problem: BaseException) -> str:
    return f"{file} cannot be read as a workbook ({type(problem).__name__}): {SAVE_AS}."


@contextmanager
def _opened(item: FoundFile) -> Iterator[tuple[list[_Sheet], tuple[str, ...]]]:
    """The sheets, and what is to be noted. A damaged workbook can raise anything: a sentence."""
    try:
        with ExitStack() as opened:
            book = opened.enter_context(load_workbook(item.path))
            rows = partial(_calamine_rows, book)
            notes: tuple[str, ...] = ()
            if item.file.lower().endswith((".xlsx", ".xlsm")) and zipfile.is_zipfile(item.path):
                archive = opened.enter_context(zipfile.ZipFile(item.path))
                cells, parts = _parts(archive)
                rows = partial(cells.rows, archive, parts)
                notes = (FROM_1904,) if cells.epoch == MAC_EPOCH else ()
            sheets = [
                _Sheet(
                    sheet.name,
                    sheet.typ != SheetTypeEnum.WorkSheet,
                    sheet.visible != SheetVisibleEnum.Visible,
                    partial(rows, at, sheet.name),
                )
                for at, sheet in enumerate(book.sheets_metadata)
            ]
            yield sheets, notes
    except (DataFault, GeneratorExit, MemoryError, KeyboardInterrupt, SystemExit, OSError):
        raise
    except PasswordError:
        raise DataFault(f"{item.file} is behind a password: {SAVE_AS}.") from None
    except _SheetFault as problem:
        raise DataFault(f"{item.file}#{problem}: {SAVE_AS}.") from None
    except BaseException as problem:  # Rust's own fault is no `Exception`.
        raise DataFault(_damaged(item.file, problem)) from None


def _column_names(rows: NumberedRows) -> tuple[int, tuple[str, ...]] | None:
    """The first row that names a module, else the first with more than one value: a title above the
    table, merged over its columns, is one value."""
    first = list(islice(rows, ROWS_UNTIL_THE_NAMES))
    for _, values in first:
        while values and is_blank(values[-1:]):
            values.pop()
    found = header_row([values for _, values in first])
    several = (at for at, (_, row) in enumerate(first) if len([v for v in row if bare(v)]) > 1)
    at = next(several, None) if found is None else found
    return None if at is None else (first[at][0], tuple(first[at][1]))


def _rows(
    item: FoundFile, at: int, name: str, above: int, header: tuple[str, ...], work: Path
) -> Iterator[Rows]:
    """The rows below the column names of a sheet; those that the file leaves out are blank."""
    width = len(header)

    def numbered(rows: NumberedRows) -> NumberedRows:
        last = 0
        for place, values in rows:
            number = place - above
            if number < 1:
                continue
            yield from ((between, []) for between in range(last + 1, number))
            last = number
            if FORMULA in values[:width]:
                # No program has worked it out yet: it has no value to land, yet is not blank.
                column = column_at(header, values.index(FORMULA))
                raise DataFault(
                    f"{name}, row {number} below the header, column {column}: found a formula "
                    "without its result: open the workbook in your spreadsheet program, let it "
                    "calculate, and save it."
                )
            yield number, values + [""] * (width - len(values))

    with _opened(item) as (sheets, _):
        yield write_plain(work, name, width, numbered(sheets[at].rows()), SURPLUS)


def _calamine_rows(book: Any, at: int, name: str) -> NumberedRows:
    sheet = book.get_sheet_by_index(at)
    if sheet.total_height * sheet.total_width > MOST_CELLS:
        raise _SheetFault(f"{printable(name)} has more than {MOST_CELLS:,} cells")
    # It begins with the first row, but with the first column that holds anything.
    before = [""] * (sheet.start or (0, 0))[1]
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield number, before + [cell_text(cell) for cell in cells]


def _parts(archive: zipfile.ZipFile) -> tuple["_Cells", list[str]]:
    """What the cells of an .xlsx file refer to, and the parts that hold its sheets."""

    def parsed(part: str) -> Any:
        found = etree.fromstring(archive.read(part), etree.XMLParser(resolve_entities=False))
        return _without_entities(found)

    book, targets, kinds = parsed("xl/workbook.xml"), {}, {}
    for each in parsed("xl/_rels/workbook.xml.rels"):
        target = each.get("Target")
        targets[each.get("Id")] = target[1:] if target.startswith("/") else f"xl/{target}"
        kinds[each.get("Type").rpartition("/")[2]] = targets[each.get("Id")]
    texts, formats = [], [""]
    if "sharedStrings" in kinds:
        texts = [_joined(each) for each in parsed(kinds["sharedStrings"]).iterfind("{*}si")]
    if "styles" in kinds:
        styles = parsed(kinds["styles"])
        codes = {each.get("numFmtId"): each.get("formatCode") for each in styles.iter("{*}numFmt")}
        used = [each.get("numFmtId", "0") for each in styles.iterfind("{*}cellXfs/{*}xf")]
        formats = [codes.get(at) or BUILTIN_FORMATS.get(int(at), "") for at in used] or [""]
    setting = book.find("{*}workbookPr")
    is_1904 = setting is not None and setting.get("date1904") in ("1", "true")
    sheets = [
        targets[next(value for key, value in sheet.items() if key.endswith("}id"))]
        for sheet in book.iterfind("{*}sheets/{*}sheet")
    ]
    return _Cells(texts, formats, MAC_EPOCH if is_1904 else WINDOWS_EPOCH), sheets


class _Cells(NamedTuple):
    """What cells of an .xlsx file refer to: shared texts, number formats by style, first day."""

    texts: list[str]
    formats: list[str]
    epoch: dt.datetime

    def rows(self, archive: zipfile.ZipFile, parts: list[str], at: int, name: str) -> NumberedRows:
        """The rows of a sheet that the file holds, each with its number (1 = the sheet's first)."""
        number = 0
        with archive.open(parts[at]) as stream:
            for _, row in etree.iterparse(stream, tag="{*}row", resolve_entities=False):
                last, number = number, int(_without_entities(row).get("r") or number + 1)
                values: list[str] = []
                is_ordered = last < number <= MOST_ROWS
                for cell in row.iterfind("{*}c"):
                    found = re.fullmatch("([A-Z]*)([0-9]*)", cell.get("r") or "")
                    if not found:
                        raise ValueError("a cell whose place cannot be read")
                    letters, place = found.groups()
                    column = column_index_from_string(letters) if letters else len(values) + 1
                    is_ordered &= column > len(values) and int(place or number) == number
                    values += [""] * (column - 1 - len(values))
                    values.append(self.text(cell))
                if not is_ordered:  # A reader would keep but one of two rows.
                    raise _SheetFault(f"{printable(name)} has rows or cells out of order")
                yield number, values
                row.clear()
                while row.getprevious() is not None:
                    del row.getparent()[0]

    def text(self, cell: Any) -> str:
        """The text of a cell as a person sees it."""
        kind, value = cell.get("t", "n"), cell.findtext("{*}v") or ""
        if kind == "inlineStr":
            return _joined(cell, "{*}is/")
        if not value:
            is_open = cell.find("{*}f") is not None and kind != "str"
            return FORMULA if is_open else ""
        if kind == "s":
            return self.texts[int(value)]
        if kind != "n":
            return cell_text(value == "1") if kind == "b" else _unescaped(value)
        code = self.formats[int(cell.get("s", 0))]
        number = float(value)
        if is_date_format(code) and not is_timedelta_format(code):
            try:
                return cell_text(from_excel(number, self.epoch))
            except (OverflowError, ValueError):
                return value
        text = cell_text(number)
        return text.zfill(len(code)) if re.fullmatch("0{2,20}", code) and text.isdigit() else text


def _joined(parent: Any, below: str = "") -> str:
    """The text of all runs, without what tells how to pronounce it."""
    runs = [*parent.iterfind(f"{below}{{*}}t"), *parent.iterfind(f"{below}{{*}}r/{{*}}t")]
    return _unescaped("".join(run.text or "" for run in runs))


def _without_entities(element: Any) -> Any:
    if element.getroottree().docinfo.doctype:
        raise _SheetFault("a document type, which could swell without end")
    return element


def _unescaped(text: str) -> str:
    """A character that XML cannot hold is written as `_x000D_`."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def cell_text(value: Any) -> str:
    """The text of a cell as a person sees it. A day is written dd/mm/yyyy, with the time behind it,
    rounded to the second, if that is not midnight; a whole number without decimals."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and math.isfinite(value):
        return format(value, ".0f" if value == int(value) and abs(value) < 1e15 else ".15g")
    if isinstance(value, dt.time):
        return value.isoformat("seconds")
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time())
    if isinstance(value, dt.datetime):
        # A spreadsheet keeps a time as a fraction of a day.
        if value < dt.datetime.max - HALF_A_SECOND:
            value = (value + HALF_A_SECOND).replace(microsecond=0)
        day = f"{value.day:02d}/{value.month:02d}/{value.year:04d}"
        return f"{day} {value:%H:%M:%S}" if value.time() != dt.time() else day
    return str(value)
