"""Writes spreadsheets that everybody can read, the same bytes for the same content.

Source of the layout: Government Analysis Function, "Releasing statistics in spreadsheets" (Open
Government Licence v3). The checks in `tools/accessibility` hold the result against it.
"""

import re
import tempfile
import textwrap
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from datetime import datetime, time
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from typing import Literal
from zipfile import ZipFile

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from lxml import etree
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, Side
from openpyxl.styles.colors import Color
from openpyxl.utils import get_column_letter
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableColumn
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from missing_from_care.base.fixed_zip import fixed_zip, zip_of
from missing_from_care.base.texts import MARKER, NOTE, one_line, without_notes
from missing_from_care.documents.workbook.content import (
    Column,
    Cover,
    Report,
    ResponseWorkbook,
    TableSheet,
    Value,
    running_lines,
)

LETTERS = "Arial"
BODY_SIZE = 12
BODY = Font(name=LETTERS, sz=BODY_SIZE)
HEADING = Font(name=LETTERS, sz=BODY_SIZE, b=True)
LINK = Font(name=LETTERS, sz=BODY_SIZE, u="single", color=Color(theme=10))
LINE_BELOW = Border(bottom=Side(style="thin"))

NARROWEST, WIDEST, WIDEST_FOR_TEXT_ABOVE = 12, 75, 50
"""Widths in characters of the default font."""

COVER_WIDTH = 66
"""What fits on A4: a single column is cut where it is wider than the page, not made smaller."""

PAGE_HEIGHT = 690
"""Points of a printed page of the cover: A4 without its margins."""

BOLD = 1.3
"""How much wider bold letters run than the characters that widths are counted in."""

LOWEST, HIGHEST = 19, 409
"""Points of a row: one line, and the most that Excel allows."""

LONGEST_LABEL, LONGEST_CELL = 250, 1_500
"""Characters: Excel allows 255 in the heading of a table; a row of 409 points has room for 1,500
in a cell 75 characters wide."""

RESERVED_NAMES = ("Cover", "Contents", "Notes", "History")
LONGEST_NAME = 31

ROWS_ON_A_SHEET = 1_000_000
"""Excel has 1,048,576."""

OPENDOCUMENT = "application/vnd.oasis.opendocument.spreadsheet"

Links = Mapping[tuple[int, int], str]
"""The worksheet that a cell of a table leads to, by row and column, counted from 0."""


def workbook_bytes(content: ResponseWorkbook) -> bytes:
    """The workbook of a response as an `.xlsx` file; a ValueError if a text is empty or too long
    for its cell. The bytes depend on the content alone, not on clock or computer, as long as the
    version of openpyxl is the same."""
    written = BytesIO()
    # Workbook.save would set the date of change to now.
    ExcelWriter(response_workbook(content), ZipFile(written, "w")).save()
    return fixed_zip(written.getvalue())


def opendocument_bytes(content: ResponseWorkbook) -> bytes:
    """The same workbook as an `.ods` file (ODF 1.3); else as `workbook_bytes`."""
    workbook = response_workbook(content)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {
        "first_row": lambda area: int(area.partition(":")[0].lstrip("A")),
        "short": lambda number: f"{number:g}",
        "style_name": lambda name: "Default" if name == "Normal" else name.replace(" ", "_20_"),
    }
    looks: dict[tuple[str, str, str], str] = {}

    def look(family: str, properties: str, attributes: str = "", name: str = "") -> str:
        key = (family, properties, attributes)
        return looks.setdefault(key, name or f"{family}{len(looks) + 1}")

    macros = environment.get_template("opendocument.xml.j2").make_module().__dict__
    parts = {
        "content.xml": macros["content"](workbook, looks, look),
        "styles.xml": macros["styles"](workbook),
        "meta.xml": macros["meta"](workbook.properties),
    }
    parts["META-INF/manifest.xml"] = macros["manifest"](OPENDOCUMENT, list(parts))
    # Without the template's white space, and the namespaces that a part does not use.
    files = {"mimetype": OPENDOCUMENT.encode()}
    for name, text in parts.items():
        root = etree.fromstring(text.strip(), etree.XMLParser(remove_blank_text=True))
        etree.cleanup_namespaces(root)
        files[name] = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return zip_of(files)


def response_workbook(content: ResponseWorkbook) -> Workbook:
    """Cover, contents, notes if there are any, and the answers; raises as `workbook_bytes`."""
    workbook = _empty_workbook(content)
    properties = workbook.properties
    properties.keywords = ", ".join(content.keywords)
    properties.created = datetime.combine(content.issued_on, time.min)
    properties.modified = properties.created
    names = safe_names([answer.name for answer in content.answers])
    workbook.active.title = "Cover"
    _write_cover(workbook.active, content.cover)
    tables = list(zip(names, content.answers, strict=True))
    if content.notes:
        notes = TableSheet(
            name="Notes",
            title="Notes on the figures",
            columns=(Column("Note number"), Column("Note text")),
            rows=[(f"[note {number}]", text) for number, text in enumerate(content.notes, start=1)],
        )
        tables.insert(0, ("Notes", notes))
    listed = [("Cover", content.cover.title), *((name, table.title) for name, table in tables)]
    contents = TableSheet(
        name="Contents",
        title="Contents of this workbook",
        columns=(Column("Worksheet, with a link"), Column("What it shows")),
        rows=[(name, without_notes(title).removeprefix(f"{name}: ")) for name, title in listed],
    )
    # A link stands on each name: a short text is never cut.
    links = {(row, 0): name for row, (name, _) in enumerate(listed)}
    for name, table in [("Contents", contents), *tables]:
        sheet = workbook.create_sheet(name)
        above = list(sentences_above(table, content.shorthand))
        _write_table(sheet, table, above, links if table is contents else {})
    return workbook


def report_bytes(content: Report, scratch: Path) -> bytes:
    """A workbook, as `.xlsx`, of tables that may have very many rows, which are read once. What
    openpyxl writes meanwhile goes into `scratch`, a private folder on the database's own disk: the
    system's folder for temporary files may lie on another than children's data may."""
    before, tempfile.tempdir = tempfile.tempdir, str(scratch)
    try:
        workbook = _empty_workbook(content, write_only=True)
        _write_cover(workbook.create_sheet("Cover"), content.cover)
        for table in content.tables:
            rows = iter(table.rows)
            for number, first in enumerate(rows, start=1):
                name = f"{table.name} {number}" if number > 1 else table.name
                piece = chain([first], islice(rows, ROWS_ON_A_SHEET - 1))
                _write_long_table(workbook.create_sheet(name), table, piece)
        written = BytesIO()
        workbook.save(written)
        return written.getvalue()
    finally:
        tempfile.tempdir = before


def safe_names(wanted: list[str]) -> list[str]:
    """Names that Excel accepts: 31 characters, none of `: \\ / ? * [ ]`, no two alike."""
    taken = {name.casefold() for name in RESERVED_NAMES}
    names = []
    for text in wanted:
        plain = " ".join(re.sub(r"[:\\/?*\[\]]", " ", one_line(text)).split()).strip("' ")
        plain = plain if any(map(str.isalnum, plain[:LONGEST_NAME])) else "Worksheet"
        name, number = plain[:LONGEST_NAME].strip("' "), 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain[: LONGEST_NAME - len(str(number)) - 1].strip()} {number}"
        taken.add(name.casefold())
        names.append(name)
    return names


def sentences_above(table: TableSheet, shorthand: Mapping[str, str]) -> Iterator[str]:
    """What a reader is told before the table."""
    yield "This worksheet contains one table."
    yield from table.introduction
    texts = [table.title, *table.introduction, *table.table_texts]
    if table.name != "Notes" and any(NOTE.search(text) for text in texts):
        yield "Some cells refer to notes, which are on the worksheet called Notes."
    used = {marker for text in (table.title, *table.table_texts) for marker in MARKER.findall(text)}
    for marker in sorted(used & shorthand.keys()):
        yield f"The shorthand {marker} means: {one_line(shorthand[marker])}."


def _empty_workbook(content: ResponseWorkbook | Report, write_only: bool = False) -> Workbook:
    """A workbook with document properties and styles."""
    workbook = Workbook(write_only=write_only)
    properties = workbook.properties
    properties.title, properties.creator = one_line(content.title), one_line(content.author)
    properties.language = content.language
    # openpyxl has no public way to change the default font, from which column widths follow.
    workbook._fonts = IndexedList([BODY])
    workbook._named_styles["Normal"].font = BODY
    for number, size in ((1, 16), (2, 13)):
        font = Font(name=LETTERS, sz=size, b=True)
        workbook.add_named_style(NamedStyle(f"Heading {number}", font=font, builtinId=15 + number))
    workbook.add_named_style(NamedStyle("Hyperlink", font=LINK, builtinId=8))
    return workbook


def _write_cover(sheet: Worksheet, cover: Cover) -> None:
    """Title, paragraphs and labelled lines, one under the other in column A."""
    sheet.column_dimensions["A"].width = COVER_WIDTH
    _set_page(sheet, "portrait")
    texts = (line for paragraph in cover.paragraphs for line in running_lines(paragraph))
    title = _text(sheet, cover.title, LONGEST_LABEL, "Heading 1")
    cells = [title, *(_text(sheet, text) for text in texts)]
    links, labels = [], set()
    for line in (*cover.lines, *cover.refusals):
        label = _text(sheet, line.label, LONGEST_LABEL, "Heading 2", "bottom")
        said = [_text(sheet, text) for text in running_lines(line.text)]
        if not said:
            raise ValueError(f"“{line.label}” on the cover is empty: fill it.")
        labels.add(len(cells) + 1)
        cells += [label, *said]
        links += [(said[0], line.link)] if line.link else []
    for row, cell in enumerate(cells, start=1):
        _append(sheet, row, [cell])
    for cell, address in links:
        _link(cell, target=address)
    # No label stands alone at the foot of a printed page.
    used = 0.0
    for row in range(1, len(sheet.row_dimensions) + 1):
        height = sheet.row_dimensions[row].height
        below = sheet.row_dimensions[row + 1].height if row in labels else 0
        if used + height + below > PAGE_HEIGHT:
            sheet.row_breaks.append(Break(id=row - 1))
            used = 0
        used += height


def _write_table(sheet: Worksheet, table: TableSheet, above: list[str], links: Links) -> None:
    """Title, sentences and one marked-up table, its columns as wide as their texts."""
    for index, column in enumerate(table.columns):
        width = _fitting_width(table, index, column, above)
        sheet.column_dimensions[get_column_letter(index + 1)].width = width
    _set_page(sheet, "landscape")
    title = _text(sheet, table.title, LONGEST_LABEL, "Heading 1")
    lines = [[title], *([_text(sheet, text)] for text in above)]
    first = len(lines) + 1
    columns = [
        [_heading(sheet, index, column), *(_value(sheet, index, column, value) for value in values)]
        for index, (column, values) in enumerate(
            zip(table.columns, zip(*table.rows, strict=True), strict=True)
        )
    ]
    for number, cells in enumerate([*lines, *zip(*columns, strict=True)], start=1):
        _append(sheet, number, cells)
    for (row, index), target in links.items():
        quoted = target.replace("'", "''")
        _link(sheet.cell(first + 1 + row, index + 1), location=f"'{quoted}'!A1")
    _mark_up(sheet, table, first, sheet.max_row)


def _write_long_table(sheet: Worksheet, table: TableSheet, rows: Iterable[Sequence[Value]]) -> None:
    """Title, sentences and one marked-up table that can be filtered, row by row."""
    for index, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = column.width
    _set_page(sheet, "landscape")
    title = _text(sheet, table.title, LONGEST_LABEL, "Heading 1")
    for cell in (title, *(_text(sheet, text) for text in table.introduction)):
        # In the first of several columns it would be as high as it is long.
        cell.alignment = Alignment()
        sheet.append([cell])
    first = last = len(table.introduction) + 2
    _append(sheet, first, [_heading(sheet, *item) for item in enumerate(table.columns)])
    # One cell a column serves all its rows: openpyxl writes each row as it is appended.
    cells = [_text(sheet, column.heading) for column in table.columns]
    for index, (cell, column) in enumerate(zip(cells, table.columns, strict=True)):
        cell.alignment = _alignment(index, column, table.is_wrapped, "top")
    for last, row in enumerate(rows, start=first + 1):
        for cell, value in zip(cells, row, strict=True):
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
        if table.is_wrapped:
            _append(sheet, last, cells)
        else:
            sheet.append(cells)
    _mark_up(sheet, table, first, last, has_filter=True)


def _heading(sheet: Worksheet, index: int, column: Column) -> Cell:
    """The heading of a column."""
    heading = _text(sheet, column.heading, LONGEST_LABEL)
    heading.font, heading.border = HEADING, LINE_BELOW
    heading.alignment = _alignment(index, column, True, "bottom")
    return heading


def _value(sheet: Worksheet, index: int, column: Column, value: Value) -> Cell:
    """A value of a table."""
    if isinstance(value, str):
        cell = _text(sheet, value)
        cell.quotePrefix = cell.value[0] in "=+-@"
    else:
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "#,##0" if column.kind == "whole" else "#,##0.0"
    cell.alignment = _alignment(index, column, isinstance(value, str), "top")
    return cell


def _text(
    sheet: Worksheet, text: str, longest: int = LONGEST_CELL, style: str = "", vertical: str = "top"
) -> Cell:
    """Text as such in a wrapped cell; a ValueError if there is none or too much of it."""
    text = one_line(text)
    if not text:
        raise ValueError(f"A text on the worksheet {sheet.title} is empty: fill it.")
    if len(text) > longest:
        raise ValueError(
            f"“{text[:40]}…” on the worksheet {sheet.title} has {len(text)} characters: {longest} "
            "are allowed."
        )
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    if style:
        cell.style = style
    cell.alignment = Alignment(wrap_text=True, vertical=vertical)
    return cell


def _append(sheet: Worksheet, row: int, cells: Sequence[Cell]) -> None:
    """Adds the next row, high enough for its texts: not every program works that out itself."""
    heights = []
    for column, cell in enumerate(cells, start=1):
        if isinstance(cell.value, str):
            # Rather too many points than too few.
            width, size = sheet.column_dimensions[get_column_letter(column)].width, cell.font.sz
            room = (width - 1.5) * BODY_SIZE / (size * (1.1 if cell.font.b else 1)) * 1.05
            lines = len(textwrap.wrap(cell.value, max(int(room), 1), break_on_hyphens=False))
            gap = {"Heading 1": 8, "Heading 2": 14}.get(cell.style, 3)
            heights.append(float(lines * size * 1.3 + gap))
    sheet.row_dimensions[row].height = min(max(heights, default=LOWEST), HIGHEST)
    sheet.append(cells)


def _fitting_width(table: TableSheet, index: int, column: Column, above: list[str]) -> int:
    """A width in characters: cells in full up to 75, the heading in about three lines."""
    heading = one_line(column.heading)
    longest = max(map(len, re.findall(r"\[note \d+\]|\S+", heading)), default=0)
    decimals = 0 if column.kind == "whole" else 1
    cells = [
        len(value) + 3 if isinstance(value, str) else len(f"{value:,.{decimals}f}") + 4
        for value in (row[index] for row in table.rows)
    ]
    width = max(max(longest, len(heading) / 3) * BOLD + 5, *cells, NARROWEST)
    if index == 0:
        texts = [*map(len, above), len(table.title) * 1.5]
        width = max(width, min(max(texts), WIDEST_FOR_TEXT_ABOVE))
    return min(round(width), WIDEST)


def _alignment(index: int, column: Column, is_wrapped: bool, vertical: str) -> Alignment:
    """Numbers stand at the right; text beside them keeps a little away."""
    if column.kind != "text":
        return Alignment(horizontal="right", vertical=vertical, wrap_text=is_wrapped)
    indent = 1 if index else 0
    return Alignment(horizontal="left", vertical=vertical, wrap_text=is_wrapped, indent=indent)


def _link(cell: Cell, target: str | None = None, location: str | None = None) -> None:
    """Makes the text of a cell a link to an address or to a place in the workbook."""
    cell.hyperlink = Hyperlink(ref=cell.coordinate, target=target, location=location)
    alignment = copy(cell.alignment)
    cell.style = "Hyperlink"
    cell.alignment = alignment


def _mark_up(
    sheet: Worksheet, table: TableSheet, first: int, last: int, has_filter: bool = False
) -> None:
    """Marks the cells up as a table: named, without style."""
    slug = re.sub(r"[^a-z0-9]+", "_", sheet.title.lower()).strip("_")
    taken = {name for other in sheet.parent for name in other.tables}
    name = f"table_of_{slug}"
    name = f"{name}_on_sheet_{sheet.parent.index(sheet) + 1}" if name in taken else name
    area = f"A{first}:{get_column_letter(len(table.columns))}{last}"
    marked = Table(
        displayName=name, ref=area, autoFilter=AutoFilter(ref=area) if has_filter else None
    )
    marked.tableColumns = [
        TableColumn(id=index, name=one_line(column.heading))
        for index, column in enumerate(table.columns, start=1)
    ]
    with warnings.catch_warnings():
        # openpyxl reminds every caller that the columns must be named, as they are above.
        warnings.filterwarnings("ignore", "In write-only mode")
        sheet.add_table(marked)


def _set_page(sheet: Worksheet, orientation: Literal["portrait", "landscape"]) -> None:
    """A4, a table as wide as one page; the view at 100%."""
    sheet.page_setup.orientation = orientation
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.page_margins.left = sheet.page_margins.right = 0.6
    # Where a worksheet is fitted to its page Excel passes over the cover's page breaks.
    is_fitted = orientation == "landscape"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=is_fitted)
    sheet.sheet_view.zoomScale = 100
