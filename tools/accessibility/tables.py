"""Accessibility checks on tables (T, F11, F12) and the worksheets around them (St)."""

import re
from collections import Counter

from openpyxl.cell import Cell

from accessibility.reading import (
    ONE_TABLE,
    Book,
    Found,
    check,
    is_blank,
    is_number,
    is_text,
    text_of,
    width_of,
)


@check("T1", essential=True)
def every_table_is_marked_up(book: Book) -> Found:
    """Every worksheet except the cover has its table marked up as an Excel table."""
    sheets_with_tables = {area.sheet.title for area in book.areas}
    for name in book.workbook.sheetnames:
        if name.casefold() != "cover" and name not in sheets_with_tables:
            yield name, "No table is marked up here: format the cells as a table."


@check("T2")
def table_names_say_something(book: Book) -> Found:
    """A table has a name that is unique, has no spaces and says what it holds."""
    count = Counter(area.table.displayName.casefold() for area in book.areas)
    for area in book.areas:
        name = area.table.displayName
        if re.fullmatch(r"(?i)table_?\d*", name) or " " in name or count[name.casefold()] > 1:
            yield area.sheet, f"The table's name “{name}” is not a unique, meaningful one."


@check("T3", essential=True)
def no_merged_cells(book: Book) -> Found:
    """No cells are merged."""
    for sheet in book.sheets:
        for merged in sheet.merged_cells.ranges:
            yield sheet, f"The cells {merged} are merged: split them."


@check("T4", essential=True)
def no_blank_rows_or_columns(book: Book) -> Found:
    """A table has no blank row and no blank column."""
    for area in book.areas:
        lines = [*area.rows, *(cells for _, cells in area.columns)]
        for line in lines:
            if not line or all(is_blank(cell) for cell in line):
                yield line[0] if line else area.sheet, "A blank row or column starts here."


@check("T5", essential=True)
def one_row_of_unique_headings(book: Book) -> Found:
    """A table has one header row, and each heading is filled, unique and the marked-up one."""
    for area in book.areas:
        headings = [text_of(cell) for cell in area.header]
        if area.table.headerRowCount != 1 or area.table.column_names != headings:
            yield area.sheet, "The header row is not the one that the marked-up table names."
        count = Counter(heading.strip().casefold() for heading in headings)
        for cell, heading in zip(area.header, headings, strict=True):
            if is_blank(cell) or count[heading.strip().casefold()] > 1:
                yield cell, "This heading is empty or there twice."


@check("T6", essential=True)
def nothing_is_cut_off(book: Book) -> Found:
    """Text longer than its column is wrapped, and a number fits its column."""
    for cell in book.filled:
        width = width_of(cell.parent, cell.column)
        if is_number(cell) and len(_shown(cell)) > width:
            yield cell, "This number is wider than its column."
        elif is_text(cell) and not cell.alignment.wrap_text:
            longest = max(map(len, text_of(cell).splitlines()), default=0)
            if longest > width:
                yield cell, "This text is longer than its column and is not wrapped."


def _shown(cell: Cell) -> str:
    """A number about as the reader sees it."""
    number_format = cell.number_format.split(";")[0]
    decimals = re.search(r"\.(0+)", number_format)
    percent = "%" if "%" in number_format else ""
    value = cell.value * 100 if percent else cell.value
    return f"{value:,.{len(decimals[1]) if decimals else 0}f}{percent}"


@check("T7")
def no_filters_or_frozen_panes(book: Book) -> Found:
    """There is no filter and no frozen pane."""
    for sheet in book.sheets:
        if sheet.freeze_panes or sheet.sheet_view.pane:
            yield sheet, "Panes are frozen or split: release them."
        if sheet.auto_filter.ref or any(table.autoFilter for table in sheet.tables.values()):
            yield sheet, "A filter is set: remove it."


@check("T8", essential=True)
def no_empty_cells(book: Book) -> Found:
    """No cell of a table is empty; what is missing is said with shorthand.

    The guidance lets one kind of empty cell stand if the reason is given above the table. This
    project does not use that.
    """
    for area in book.areas:
        for cell in area.cells:
            if is_blank(cell):
                yield cell, "This cell is empty: say why with shorthand, such as [x]."


@check("T9")
def nothing_is_hidden(book: Book) -> Found:
    """No worksheet, row or column is hidden."""
    for sheet in book.workbook.worksheets + book.workbook.chartsheets:
        if sheet.sheet_state != "visible":
            yield sheet.title, "This worksheet is hidden."
    for sheet in book.sheets:
        for kind, lines in (("Row", sheet.row_dimensions), ("Column", sheet.column_dimensions)):
            for key, line in lines.items():
                if line.hidden:
                    yield sheet, f"{kind} {key} is hidden."


@check("T10")
def columns_have_sensible_widths(book: Book) -> Found:
    """Every column in use is 6 to 75 characters wide."""
    for sheet in book.sheets:
        for column in range(1, sheet.max_column + 1):
            width = width_of(sheet, column)
            if not 6 <= width <= 75:
                yield sheet.cell(1, column), f"This column is {width:g} characters wide."


@check("St1", essential=True)
def sheets_are_named_and_filled(book: Book) -> Found:
    """Worksheet names are unique without stray spaces, and no worksheet is blank."""
    count = Counter(name.strip().casefold() for name in book.workbook.sheetnames)
    for name in book.workbook.sheetnames:
        if count[name.strip().casefold()] > 1 or name != " ".join(name.split()):
            yield name, "The worksheet's name is there twice or has stray spaces."
    filled = {cell.parent.title for cell in book.filled if not is_blank(cell)}
    for sheet in book.sheets:
        if sheet.title not in filled:
            yield sheet, "This worksheet is blank: delete it."


@check("St2")
def one_table_is_announced(book: Book) -> Found:
    """Column A says above the table that the worksheet contains one table."""
    for area in book.areas:
        if not any(text.startswith(ONE_TABLE) for text in area.texts):
            yield area.sheet, f"Nothing above the table says “{ONE_TABLE}”."


@check("St3", essential=True)
def tables_start_in_column_a(book: Book) -> Found:
    """A table starts in column A with no blank row above it."""
    for area in book.areas:
        first = area.header[0]
        if first.column > 1:
            yield first, "The table does not start in column A."
        if len(area.texts) < first.row - 1:
            yield first, "There is a blank row above the table."


@check("St4")
def nothing_stands_below_a_table(book: Book) -> Found:
    """Nothing stands below a table or beside it."""
    for area in book.areas:
        inside = {cell.coordinate for cell in area.cells}
        for cell in book.filled:
            if cell.parent is not area.sheet or cell.coordinate in inside:
                continue
            if cell.row >= area.header[0].row and not is_blank(cell):
                yield cell, "This stands below or beside the table: move it above, in column A."


@check("St5")
def one_table_to_a_sheet(book: Book) -> Found:
    """A worksheet has one table."""
    for sheet in book.sheets:
        if len(sheet.tables) > 1:
            yield sheet, f"There are {len(sheet.tables)} tables here: give each a worksheet."


@check("St6")
def cover_first_then_contents(book: Book) -> Found:
    """The cover comes first, and the contents list every other worksheet."""
    names = book.workbook.sheetnames
    if names[0].casefold() != "cover":
        yield names[0], "The first worksheet is not the cover."
    contents = [area for area in book.areas if area.sheet.title.casefold() == "contents"]
    if not contents:
        yield "", "There is no worksheet of contents."
        return
    listed = {text_of(cell).strip().casefold() for cell in contents[0].cells}
    for name in names:
        if name.casefold() not in {"contents", *listed}:
            yield contents[0].sheet, f"The contents do not list the worksheet “{name}”."


@check("F11")
def numbers_are_right_aligned(book: Book) -> Found:
    """Numbers, and shorthand in a column of numbers, are aligned to the right."""
    for area in book.areas:
        for _, cells in area.columns:
            has_numbers = any(is_number(cell) for cell in cells)
            for cell in cells:
                if has_numbers and cell.alignment.horizontal != "right":
                    yield cell, "This cell of a column of numbers is not aligned to the right."


@check("F12")
def thousands_are_separated(book: Book) -> Found:
    """Numbers have a thousands separator, except years."""
    for area in book.areas:
        for heading, cells in area.columns:
            is_year = "year" in text_of(heading).casefold()
            for cell in cells:
                if is_year and is_number(cell) and 1900 <= cell.value <= 2100:
                    continue
                if is_number(cell) and "#,##0" not in cell.number_format:
                    yield cell, f"This number has the format {cell.number_format}, not #,##0."
