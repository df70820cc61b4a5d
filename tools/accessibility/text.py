"""Accessibility checks on notes (N), shorthand (S) and the look of text (F)."""

import re
from collections.abc import Iterator

from openpyxl.cell import Cell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.styles.colors import Color

from accessibility.reading import (
    BARE_ADDRESS,
    MARKER_LIKE,
    NOTE,
    NOTE_FAULT,
    NUMBER_AS_TEXT,
    NUMBER_WITH_MARKER,
    NUMBERED_MARK,
    SHORTHAND_CODE,
    SYMBOL_MARK,
    VAGUE_LINK,
    Area,
    Book,
    Found,
    check,
    is_blank,
    is_marker,
    is_notes_heading,
    is_number,
    is_range,
    is_text,
    markers_in,
    text_of,
)

SANS_SERIF = re.compile(
    "aptos|aptos narrow|arial|arimo|calibri|carlito|dejavu sans|helvetica|liberation sans"
    "|noto sans|open sans|roboto|segoe ui|source sans pro|tahoma|trebuchet ms|verdana"
)


def _labels(book: Book) -> Iterator[Cell]:
    """Title, headings and cells of every worksheet that has a table."""
    for area in book.areas:
        yield area.sheet["A1"]
        yield from area.cells


@check("N1", essential=True)
def no_superscript_or_symbol_marks(book: Book) -> Found:
    """Nothing is marked by superscript or by a symbol alone; every cell has a letter or digit."""
    for cell in book.filled:
        if cell.font.vertAlign or any(run.font.vertAlign for run in runs(cell)):
            yield cell, "Text here is raised or lowered: write [note 1] instead."
        elif is_text(cell) and not any(character.isalnum() for character in text_of(cell)):
            yield cell, "This cell holds symbols alone: use words or shorthand."
    for cell in _labels(book):
        if is_text(cell) and SYMBOL_MARK.search(text_of(cell)):
            yield cell, "A symbol marks something here: write [note 1] instead."


def runs(cell: Cell) -> list[TextBlock]:
    """The parts of a cell that have a format of their own."""
    if not isinstance(cell.value, CellRichText):
        return []
    return [part for part in cell.value if isinstance(part, TextBlock)]


@check("N2")
def notes_are_written_one_way(book: Book) -> Found:
    """A note is referred to as [note 1], one number to a bracket, never as (1)."""
    for cell, text in book.texts:
        if NOTE_FAULT.search(text):
            yield cell, "A note is referred to in another way than [note 1]."
    for area in book.areas:
        row_labels = () if area.sheet.title == "Notes" else (row[0] for row in area.rows)
        for cell in (area.sheet["A1"], *area.header, *row_labels):
            if is_text(cell) and NUMBERED_MARK.search(text_of(cell)):
                yield cell, "A number in round brackets marks a note: write [note 1]."


@check("N3")
def data_cells_hold_no_notes(book: Book) -> Found:
    """Notes are marked in titles, headings, row labels or a notes column, not in other cells."""
    for area in book.areas:
        for heading, cells in list(area.columns)[1:]:
            for cell in cells:
                if NOTE.search(text_of(cell)) and not is_notes_heading(text_of(heading)):
                    yield cell, "A note is marked in a data cell: move it to the row's label."


@check("N4")
def notes_are_defined_and_used(book: Book) -> Found:
    """Every note that is referred to is on the Notes worksheet, and every one there is used."""
    areas = [area for area in book.areas if area.sheet.title == "Notes"]
    defined = {}
    for row in (row for area in areas for row in area.rows):
        if match := re.fullmatch(r"\[?note (\d+)\]?", text_of(row[0])):
            defined[match[1]] = row[0]
    used = set()
    for cell, text in book.texts:
        numbers = set(NOTE.findall(text))
        if cell.parent.title != "Notes":
            used |= numbers
        for number in sorted(numbers - defined.keys()):
            yield cell, f"Note {number} is not on the Notes worksheet."
    for number in sorted(defined.keys() - used):
        yield defined[number], f"Note {number} is not referred to anywhere."


@check("S1")
def shorthand_is_explained_above(book: Book) -> Found:
    """Shorthand used in a table is explained above it in column A."""
    for area in book.areas:
        explained = {marker for text in area.texts for marker in markers_in(text)}
        for cell in (area.sheet["A1"], *area.cells):
            for marker in markers_in(text_of(cell)):
                if marker not in explained:
                    yield cell, f"{marker} is not explained above the table."


@check("S2")
def shorthand_is_harmonised(book: Book) -> Found:
    """Only the harmonised shorthand of the Government Statistical Service is used."""
    for area in book.areas:
        for cell in (area.sheet["A1"], *area.cells):
            for match in MARKER_LIKE.finditer(text_of(cell)):
                if not SHORTHAND_CODE.fullmatch(match[1]):
                    yield cell, f"{match[0]} is not one of the harmonised shorthand markers."


@check("S3")
def numbers_stand_alone(book: Book) -> Found:
    """A cell of a column of numbers holds a number or shorthand, never both and no number as text.

    The first column may hold numbers as text, since there they are labels. A range, `839 to 842`,
    may stand for a number where a text above the table says that there are ranges.
    """
    for area in book.areas:
        for index, (_, cells) in enumerate(area.columns):
            yield from _mixed_cells(area, index, cells)


def _mixed_cells(area: Area, index: int, cells: tuple[Cell, ...]) -> Found:
    """The cells of one column that are not what the column holds."""
    has_numbers = any(is_number(cell) for cell in cells)
    has_ranges = any(re.search(r"\branges?\b", text) for text in area.texts)
    for cell in cells:
        text = text_of(cell).strip()
        if is_number(cell) or is_blank(cell) or is_marker(text):
            continue
        if has_ranges and is_range(text):
            continue
        if has_numbers or NUMBER_WITH_MARKER.fullmatch(text):
            yield cell, "This is neither a number nor shorthand alone."
        elif index > 0 and NUMBER_AS_TEXT.fullmatch(text):
            yield cell, f"A number is stored as text in “{text_of(area.header[index])}”."


@check("F1", essential=True)
def links_say_where_they_lead(book: Book) -> Found:
    """The text of a link says where it leads, and no web address is written out."""
    for cell, text in book.texts:
        if BARE_ADDRESS.search(text):
            yield cell, "A web address is written out: link a description instead."
        if cell.hyperlink and VAGUE_LINK.fullmatch(text):
            yield cell, "The text of this link does not say where it leads."


@check("F2")
def letters_are_plain_and_large(book: Book) -> Found:
    """Letters are sans serif and at least 10 points; 12 is best."""
    for cell in book.filled:
        for font in _fonts(cell):
            name = (font.rFont if isinstance(font, InlineFont) else font.name) or ""
            size = font.sz or 0
            if not SANS_SERIF.fullmatch(name.casefold()) or size < 10:
                yield cell, f"The font here is {name or 'not named'}, {size:g} points."


def _fonts(cell: Cell) -> list[Font | InlineFont]:
    """The font of a cell, and those of its parts with a format of their own."""
    return [cell.font, *(run.font for run in runs(cell))]


@check("F3")
def no_italics_or_underline(book: Book) -> Found:
    """There are no italics and no underlined text except links."""
    for cell in book.filled:
        for font in _fonts(cell):
            if font.i or (font.u and not cell.hyperlink):
                yield cell, "This text is in italics or underlined."


@check("F5")
def no_fill_or_banding(book: Book) -> Found:
    """No cell has a fill colour, and no table has a style with banding."""
    for cell in book.all_cells:
        if cell.fill and cell.fill.fill_type:
            yield cell, "This cell is filled with a colour or pattern."
    for area in book.areas:
        if area.table.tableStyleInfo and area.table.tableStyleInfo.name:
            yield area.sheet, "The table has a style with colours or banding: choose None."
    for sheet in book.sheets:
        if len(sheet.conditional_formatting):
            yield sheet, "Cells are formatted by a condition."


@check("F9")
def text_runs_across(book: Book) -> Found:
    """All text is horizontal."""
    for cell in book.filled:
        if cell.alignment.text_rotation:
            yield cell, "This text is turned."


@check("F10")
def letters_have_automatic_colour(book: Book) -> Found:
    """Letters have the automatic colour, except links."""
    for cell in book.filled:
        for font in _fonts(cell):
            if not cell.hyperlink and not _is_automatic(font.color):
                yield cell, "This text has a colour of its own: set it to automatic."


def _is_automatic(colour: Color | None) -> bool:
    """Whether a colour is the reader's own text colour (theme colour 1, system colour 64)."""
    if colour is None or (colour.type == "auto" and colour.auto):
        return True
    return (colour.type, colour.value) in {("theme", 1), ("indexed", 64)}
