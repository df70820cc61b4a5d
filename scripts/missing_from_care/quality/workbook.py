"""The quality report as a private workbook: every finding with its row, and what to do about it.

It may hold 100,000 rows and any text a source held, so it is written row by row, otherwise than a
response workbook. What helps every reader is kept: a title in A1, one named table a sheet, no
merged and no empty cells.
"""

import tempfile
import textwrap
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableColumn

from missing_from_care.quality.sheets import FINDINGS_SHEET, NUMBERS, PRIVATE, SUMMARY_SHEETS, Sheet
from missing_from_care.workbook.cells import LONGEST_CELL, one_line

SHORTHAND = "The shorthand [x] means: not available."
ROWS_ON_A_SHEET = 1_000_000
"""Excel has 1,048,576."""

TITLE = Font(name="Arial", size=16, bold=True)
HEADING = Font(name="Arial", size=11, bold=True)
BODY = Font(name="Arial", size=11)

TOP = 4
"""The row of the headings."""


def report_bytes(
    author: str, tables: dict[str, Any], findings: Iterable[dict[str, Any]], scratch: Path
) -> bytes:
    """Writes the private workbook.

    Args:
        author: the organisation whose returns these are.
        tables: from `reading.summary`.
        findings: every finding, from `reading.findings`; read once.
        scratch: a private folder for what openpyxl writes meanwhile, on the database's own disk.

    Returns:
        The bytes of an `.xlsx` file.
    """
    with _spilling_into(scratch):
        workbook = Workbook(write_only=True)
        properties = workbook.properties
        properties.title, properties.creator = f"Quality report, {author}", author
        properties.language = "en-GB"
        _write_cover(workbook, author, tables["totals"])
        for name, sheet in SUMMARY_SHEETS.items():
            _write_sheet(workbook, sheet, tables[name])
        rest = iter(findings)
        _write_sheet(workbook, FINDINGS_SHEET, islice(rest, ROWS_ON_A_SHEET))
        for number, first in enumerate(rest, start=2):
            piece = chain([first], islice(rest, ROWS_ON_A_SHEET - 1))
            _write_sheet(workbook, FINDINGS_SHEET, piece, f"{FINDINGS_SHEET.name} {number}")
        written = BytesIO()
        workbook.save(written)
    return written.getvalue()


@contextmanager
def _spilling_into(folder: Path) -> Iterator[None]:
    """openpyxl keeps unfinished worksheets in the system's folder for temporary files, which may
    lie on another disk than the children's data may."""
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def _write_cover(workbook: Workbook, author: str, totals: dict[str, int]) -> None:
    """What this is, how much it holds and how to use it."""
    sheet = workbook.create_sheet("Cover")
    width = 80
    sheet.column_dimensions["A"].width = width
    sheet.append([_cell(sheet, f"Quality report on the returns of {author}", TITLE)])
    texts = (
        PRIVATE,
        f"{totals['findings']:,} findings in {totals['files']:,} files, {totals['accepted']:,} of "
        f"them accepted; {totals['rules_broken']} of {totals['rules_checked']} rules found "
        "something.",
        "Mend the source, not the landed copy: land the returns and build again, and what was "
        "mended is no longer listed here.",
        "Effect says what became of the row: rejected, repeated (another row counts in its place), "
        "left out by rule, or counted all the same.",
        "An accepted finding stays listed, with the reason; it is accepted in the seed of "
        "exceptions.",
    )
    for row, text in enumerate(texts, start=2):
        sheet.row_dimensions[row].height = _height([text], [width])
        sheet.append([_cell(sheet, text, BODY, Alignment(wrap_text=True, vertical="top"))])


def _write_sheet(
    workbook: Workbook, content: Sheet, found: Iterable[dict[str, Any]], name: str = ""
) -> None:
    """Title, sentences, headings and the rows, marked up as a table."""
    sheet = workbook.create_sheet(name or content.name)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    widths = [width for _, _, width in content.columns]
    for index, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.append([_cell(sheet, content.title, TITLE)])
    for text in (content.introduction, SHORTHAND):
        sheet.append([_cell(sheet, text, BODY)])
    keys = [key for _, key, _ in content.columns]
    headings = [heading for heading, _, _ in content.columns]
    sheet.row_dimensions[TOP].height = _height(headings, widths)
    sheet.append(
        _cell(sheet, heading, HEADING, _alignment(key, True))
        for heading, key in zip(headings, keys, strict=True)
    )
    # One cell a column serves all its rows: openpyxl writes each row as it is appended.
    cells = [_cell(sheet, "", BODY, _alignment(key, content.is_wrapped)) for key in keys]
    nothing = dict.fromkeys(keys) | {keys[0]: "None"}
    rest = iter(found)
    count = 0
    for row in chain([next(rest, nothing)], rest):
        values = [_shown(row[key]) for key in keys]
        count += 1
        if content.is_wrapped:
            sheet.row_dimensions[TOP + count].height = _height(values, widths)
        for cell, value in zip(cells, values, strict=True):
            _fill(cell, value)
        sheet.append(cells)
    _mark_up(sheet, content, count)


def _shown(value: Any) -> Any:
    """A value as a cell holds it: no empty cell, no control character, nothing cut by Excel."""
    if value is None or value == "":
        return "[x]"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return _readable(value)
    return value


@lru_cache(maxsize=10_000)
def _readable(text: str) -> str:
    """A text in one line. Most texts stand in very many rows, so what was cleaned is kept."""
    return one_line(text)[:LONGEST_CELL] or "[x]"


def _cell(sheet: Any, value: str, font: Font, alignment: Alignment | None = None) -> WriteOnlyCell:
    """A dressed cell."""
    cell = WriteOnlyCell(sheet)
    cell.font = font
    if alignment:
        cell.alignment = alignment
    _fill(cell, value)
    return cell


def _fill(cell: WriteOnlyCell, value: Any) -> None:
    """Gives a cell its value; text is always text, never a formula or an error."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


def _alignment(key: str, is_wrapped: bool) -> Alignment:
    """Numbers stand at the right; text keeps a little away from them."""
    if key in NUMBERS:
        return Alignment(horizontal="right", vertical="top", wrap_text=is_wrapped)
    return Alignment(horizontal="left", indent=1, vertical="top", wrap_text=is_wrapped)


def _height(values: list[Any], widths: list[int]) -> float:
    """The points a row takes, since not every program works it out when it opens a file."""
    lines = [
        len(textwrap.wrap(str(value), max(width - 2, 4)))
        for value, width in zip(values, widths, strict=True)
    ]
    return min(15 * max(lines) + 3, 409)


def _mark_up(sheet: Any, content: Sheet, count: int) -> None:
    """Marks the rows up as a table that can be filtered."""
    area = f"A{TOP}:{get_column_letter(len(content.columns))}{TOP + count}"
    name = "table_of_" + sheet.title.lower().replace(" ", "_")
    table = Table(displayName=name, ref=area, autoFilter=AutoFilter(ref=area))
    table.tableColumns = [
        TableColumn(id=index, name=heading)
        for index, (heading, _, _) in enumerate(content.columns, start=1)
    ]
    with warnings.catch_warnings():
        # openpyxl reminds every caller that the columns must be named, as they are above.
        warnings.filterwarnings("ignore", "In write-only mode")
        sheet.add_table(table)
