"""Writes a response workbook that everybody can read, the same bytes for the same content.

Source of the layout: Government Analysis Function, "Releasing statistics in spreadsheets" (Open
Government Licence v3). `accessibility.check_workbook` holds the result against it.
"""

import re
from collections.abc import Mapping
from copy import copy
from datetime import datetime, time
from io import BytesIO
from zipfile import ZipFile

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, Side
from openpyxl.styles.colors import Color
from openpyxl.utils import get_column_letter
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table, TableColumn
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from missing_from_care.fixed_zip import fixed_zip
from missing_from_care.workbook.cells import Column, Value
from missing_from_care.workbook.content import (
    SHORTHAND,
    AnswerSheet,
    Cover,
    CoverLine,
    ResponseWorkbook,
)
from missing_from_care.workbook.fit import WIDEST, fit_columns, fit_rows
from missing_from_care.workbook.sheets import (
    Links,
    contents_sheet,
    notes_sheet,
    safe_names,
    sentences_above,
)

__all__ = ["SHORTHAND", "AnswerSheet", "Column", "Cover", "CoverLine", "ResponseWorkbook"]
__all__ += ["workbook_bytes"]

LETTERS = "Arial"
BODY = Font(name=LETTERS, sz=12)
HEADING = Font(name=LETTERS, sz=12, b=True)
LINK = Font(name=LETTERS, sz=12, u="single", color=Color(theme=10))
LINE_BELOW = Border(bottom=Side(style="thin"))


def workbook_bytes(content: ResponseWorkbook) -> bytes:
    """Writes a workbook: cover, contents, notes if there are any, and a worksheet an answer.

    Args:
        content: what it says, already checked.

    Returns:
        The bytes of an `.xlsx` file. They depend on the content alone, not on clock or computer,
        as long as the version of openpyxl is the same; so the parts are stored uncompressed.
    """
    workbook = _empty_workbook(content)
    names = safe_names([answer.name for answer in content.answers])
    _write_cover(workbook.active, content.cover)
    contents, links = contents_sheet(content, names)
    _write_table(workbook.create_sheet("Contents"), contents, content.shorthand, links)
    if content.notes:
        _write_table(workbook.create_sheet("Notes"), notes_sheet(content.notes), content.shorthand)
    for name, answer in zip(names, content.answers, strict=True):
        _write_table(workbook.create_sheet(name), answer, content.shorthand)
    return _packed(workbook)


def _empty_workbook(content: ResponseWorkbook) -> Workbook:
    """A workbook with document properties and styles and an empty cover."""
    workbook = Workbook()
    properties = workbook.properties
    properties.title = content.title
    properties.creator = content.author
    properties.language = content.language
    properties.keywords = ", ".join(content.keywords)
    properties.created = datetime.combine(content.issued_on, time.min)
    properties.modified = properties.created
    # openpyxl has no public way to change the default font, from which column widths follow.
    workbook._fonts = IndexedList([BODY])
    workbook._named_styles["Normal"].font = BODY
    for number, size in ((1, 16), (2, 13)):
        font = Font(name=LETTERS, sz=size, b=True)
        workbook.add_named_style(NamedStyle(f"Heading {number}", font=font, builtinId=15 + number))
    workbook.add_named_style(NamedStyle("Hyperlink", font=LINK, builtinId=8))
    workbook.active.title = "Cover"
    return workbook


def _write_cover(sheet: Worksheet, cover: Cover) -> None:
    """Title, paragraphs and labelled lines, one under the other in column A."""
    _write_title(sheet, cover.title)
    for paragraph in cover.paragraphs:
        for text in paragraph.splitlines():
            _write(sheet, sheet.max_row + 1, 1, text)
    for line in cover.lines:
        heading = _write(sheet, sheet.max_row + 1, 1, line.label)
        heading.style = "Heading 2"
        heading.alignment = Alignment(wrap_text=True, vertical="bottom")
        cells = [_write(sheet, sheet.max_row + 1, 1, text) for text in line.text.splitlines()]
        if line.link:
            _link(cells[0], target=line.link)
    sheet.column_dimensions["A"].width = WIDEST
    fit_rows(sheet)
    _set_page(sheet, "portrait")


def _write_table(
    sheet: Worksheet, answer: AnswerSheet, shorthand: Mapping[str, str], links: Links | None = None
) -> None:
    """Title, sentences and one marked-up table."""
    _write_title(sheet, answer.title)
    above = list(sentences_above(answer, shorthand))
    for row, text in enumerate(above, start=2):
        _write(sheet, row, 1, text)
    first = len(above) + 2
    for index, column in enumerate(answer.columns, start=1):
        heading = _write(sheet, first, index, column.heading)
        heading.font, heading.border = HEADING, LINE_BELOW
        heading.alignment = _alignment(heading, column, "bottom")
        for row, values in enumerate(answer.rows, start=first + 1):
            _write_value(sheet.cell(row, index), column, values[index - 1])
    for (row, index), target in (links or {}).items():
        quoted = target.replace("'", "''")
        _link(sheet.cell(first + 1 + row, index + 1), location=f"'{quoted}'!A1")
    _mark_up(sheet, answer, first)
    fit_columns(sheet, answer, above)
    fit_rows(sheet)
    _set_page(sheet, "landscape")


def _write_title(sheet: Worksheet, text: str) -> None:
    """The title in A1."""
    title = _write(sheet, 1, 1, text)
    title.style = "Heading 1"
    title.alignment = Alignment(wrap_text=True, vertical="top")


def _write(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """Text in a cell, always as text, wrapped."""
    cell = sheet.cell(row, column, text)
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _write_value(cell: Cell, column: Column, value: Value) -> None:
    """A value of a table."""
    if isinstance(value, str):
        _write(cell.parent, cell.row, cell.column, value)
        cell.quotePrefix = value[0] in "=+-@"
    else:
        cell.value = value
        cell.number_format = _number_format(column)
    cell.alignment = _alignment(cell, column, "top")


def _alignment(cell: Cell, column: Column, vertical: str) -> Alignment:
    """Numbers stand at the right; text beside them keeps a little away."""
    wrap = isinstance(cell.value, str)
    if column.is_number:
        return Alignment(horizontal="right", vertical=vertical, wrap_text=wrap)
    indent = 1 if cell.column > 1 else 0
    return Alignment(horizontal="left", vertical=vertical, wrap_text=wrap, indent=indent)


def _number_format(column: Column) -> str:
    """How Excel shows the numbers of a column."""
    decimals = 0 if column.kind == "whole" else column.decimals
    point = "." + "0" * decimals if decimals else ""
    return f"#,##0{point}{'%' if column.kind == 'percentage' else ''}"


def _link(cell: Cell, target: str | None = None, location: str | None = None) -> None:
    """Makes the text of a cell a link to an address or to a place in the workbook."""
    cell.hyperlink = Hyperlink(ref=cell.coordinate, target=target, location=location)
    alignment = copy(cell.alignment)
    cell.style = "Hyperlink"
    cell.alignment = alignment


def _mark_up(sheet: Worksheet, answer: AnswerSheet, first: int) -> None:
    """Marks the cells up as a table: named, without style or filter."""
    slug = re.sub(r"[^a-z0-9]+", "_", sheet.title.lower()).strip("_")
    taken = {name for other in sheet.parent for name in other.tables}
    name = f"table_of_{slug}"
    name = f"{name}_on_sheet_{sheet.parent.index(sheet) + 1}" if name in taken else name
    last = f"{get_column_letter(len(answer.columns))}{first + len(answer.rows)}"
    table = Table(displayName=name, ref=f"A{first}:{last}")
    table.tableColumns = [
        TableColumn(id=index, name=column.heading)
        for index, column in enumerate(answer.columns, start=1)
    ]
    sheet.add_table(table)


def _set_page(sheet: Worksheet, orientation: str) -> None:
    """A4, as wide as one page; the view at 100%."""
    sheet.page_setup.orientation = orientation
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.sheet_view.zoomScale = 100


def _packed(workbook: Workbook) -> bytes:
    """The workbook as bytes."""
    written = BytesIO()
    # Workbook.save would set the date of change to now.
    ExcelWriter(workbook, ZipFile(written, "w")).save()
    return fixed_zip(written.getvalue())
