"""Widths of columns and heights of rows, so that nothing in a workbook is cut off."""

import re
import textwrap

from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from missing_from_care.accessibility.book import width_of
from missing_from_care.workbook.cells import Column, Value
from missing_from_care.workbook.content import AnswerSheet

NARROWEST, WIDEST, WIDEST_FOR_TEXT_ABOVE = 12, 75, 50
"""Widths in characters of the default font."""

BODY_SIZE = 12
"""Points of the default font."""

BOLD = 1.3
"""How much wider bold letters run than the characters that widths are counted in."""

LOWEST, HIGHEST = 19, 409
"""Points of a row: one line, and the most that Excel allows."""


def fit_columns(sheet: Worksheet, answer: AnswerSheet, above: list[str]) -> None:
    """Widths in characters: a table's cells in full up to 75, headings in about three lines."""
    for index, column in enumerate(answer.columns):
        words = re.findall(r"\[note \d+\]|\S+", column.heading)
        longest = max(len(word) for word in words)
        heading = max(longest, len(column.heading) / 3) * BOLD + 5
        cells = [_shown_length(column, row[index]) for row in answer.rows]
        width = max(heading, *cells, NARROWEST)
        if index == 0:
            texts = [len(text) for text in above] + [len(answer.title) * 1.5]
            width = max(width, min(max(texts), WIDEST_FOR_TEXT_ABOVE))
        letter = get_column_letter(index + 1)
        sheet.column_dimensions[letter].width = min(round(width), WIDEST)


def fit_rows(sheet: Worksheet) -> None:
    """Heights for the wrapped text: not every program works them out when it opens a file."""
    for row in sheet.iter_rows():
        heights = [_height(cell) for cell in row if isinstance(cell.value, str)]
        sheet.row_dimensions[row[0].row].height = min(max(heights, default=LOWEST), HIGHEST)


def _height(cell: Cell) -> float:
    """The points that a text takes, rather too many than too few."""
    size = cell.font.sz * (1.1 if cell.font.b else 1)
    width = (width_of(cell.parent, cell.column) - 1.5) * BODY_SIZE / size * 1.05
    lines = len(textwrap.wrap(cell.value, max(int(width), 1), break_on_hyphens=False))
    gap = {"Heading 1": 8, "Heading 2": 14}.get(cell.style, 3)
    return lines * cell.font.sz * 1.3 + gap


def _shown_length(column: Column, value: Value) -> int:
    """The characters that a value takes, with some room."""
    if isinstance(value, str):
        return len(value) + 3
    decimals = 0 if column.kind == "whole" else column.decimals
    return len(f"{value * (100 if column.kind == 'percentage' else 1):,.{decimals}f}") + 4
