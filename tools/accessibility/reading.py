"""What the checks share: findings, their registry, a workbook as it is read, patterns."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import TypeAlias
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from accessibility.opendocument import workbook_of

SHORTHAND_CODE = re.compile(r"b|c|e|er|f|k|low|ns|p|r|s{1,3}|t|u|w|x|z")
"""The harmonised shorthand of the Government Statistical Service (OGL v3); a digit may follow."""

MARKER_LIKE = re.compile(r"\[([A-Za-z]{1,5})\d*\]")
NOTE = re.compile(r"\[note (\d+)\]")
NOTE_FAULT = re.compile(r"(?!\[note \d+\])\[\s*(?i:notes?)(?![A-Za-z])[^\]]*\]")
NUMBERED_MARK = re.compile(r"(?<![\w.)])\(\d{1,2}\)")
SYMBOL_MARK = re.compile(r"[¹²³⁰-₟†‡]|\w\*+(?!\w)")
BARE_ADDRESS = re.compile(r"(?i)https?:|ftp:|\bwww\.")
VAGUE_LINK = re.compile(r"(?i)\W*(click )?(here|link|this link|more|read more|this page|page)\W*")
NUMBER_AS_TEXT = re.compile(r"(?!(19|20)\d\d\Z)[-+£(]*\d[\d,. ]*%?\)?")
NUMBER_WITH_MARKER = re.compile(r"[-+£]?\d[\d,.]*%?\s*\[[^\]]+\]")
RANGE = re.compile(r"\d[\d,]*(?:\.\d+)? to \d[\d,]*(?:\.\d+)?")
ONE_TABLE = "This worksheet contains one table"


@dataclass(frozen=True)
class Finding:
    """One place in a workbook that some readers could not use.

    Attributes:
        check: the id of the check, `T3`.
        sheet: name of the worksheet, empty if it concerns the whole file.
        cell: `B7`, empty if it concerns the whole worksheet or file.
        sentence: what was found and what to do.
    """

    check: str
    sheet: str
    cell: str
    sentence: str


Place: TypeAlias = Cell | Worksheet | str
"""Where a fault is: a cell, a worksheet, or the name of a sheet (empty for the whole file)."""

Found: TypeAlias = Iterator[tuple[Place, str]]
"""The faults that a check finds, each with a sentence."""


@dataclass(frozen=True)
class Area:
    """One marked-up table: its `header`, its `rows`, the `texts` above it in column A."""

    sheet: Worksheet
    table: Table
    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    texts: tuple[str, ...]

    @property
    def cells(self) -> Iterator[Cell]:
        """All cells, the header first."""
        for row in (self.header, *self.rows):
            yield from row

    @property
    def columns(self) -> Iterator[tuple[Cell, tuple[Cell, ...]]]:
        """Each heading with the cells below it."""
        for index, heading in enumerate(self.header):
            yield heading, tuple(row[index] for row in self.rows)


class Book:
    """A workbook as the checks read it: as openpyxl has it, and as the parts of the zip file.

    Args:
        data: the bytes of an `.xlsx` or `.ods` file.
        file_name: the name it is published under, empty if not known.

    Raises:
        ValueError: the bytes are not a workbook.
    """

    def __init__(self, data: bytes, file_name: str = "") -> None:
        try:
            with ZipFile(BytesIO(data)) as archive:
                self.parts = {name: archive.read(name) for name in archive.namelist()}
            is_opendocument = "content.xml" in self.parts
            self.workbook = (
                workbook_of(self.parts)
                if is_opendocument
                else load_workbook(BytesIO(data), rich_text=True)
            )
        except Exception as problem:
            raise ValueError(
                f"This is not an .xlsx or .ods workbook that can be read ({problem})."
            ) from problem
        self.file_name = file_name

    @property
    def sheets(self) -> list[Worksheet]:
        """All worksheets in order."""
        return list(self.workbook.worksheets)

    @cached_property
    def all_cells(self) -> tuple[Cell, ...]:
        """Every cell that the file holds, empty ones too."""
        return tuple(cell for sheet in self.sheets for row in sheet.iter_rows() for cell in row)

    @cached_property
    def filled(self) -> tuple[Cell, ...]:
        """Every cell with a value."""
        return tuple(cell for cell in self.all_cells if cell.value is not None)

    @cached_property
    def texts(self) -> tuple[tuple[Cell, str], ...]:
        """Every cell that holds text, with the text."""
        return tuple((cell, text_of(cell)) for cell in self.filled if is_text(cell))

    @cached_property
    def areas(self) -> tuple[Area, ...]:
        """Every marked-up table."""
        return tuple(
            _area(sheet, table) for sheet in self.sheets for table in sheet.tables.values()
        )


def _area(sheet: Worksheet, table: Table) -> Area:
    """Reads the cells of one table."""
    first_column, first_row, last_column, last_row = range_boundaries(table.ref)
    rows = tuple(
        sheet.iter_rows(
            min_row=first_row, max_row=last_row, min_col=first_column, max_col=last_column
        )
    )
    above = (sheet.cell(row, 1) for row in range(1, first_row))
    texts = tuple(text_of(cell) for cell in above if cell.value is not None)
    return Area(sheet, table, rows[0], rows[1:], texts)


def text_of(cell: Cell) -> str:
    """The value of a cell as text, empty if there is none."""
    return "" if cell.value is None else str(cell.value)


def is_text(cell: Cell) -> bool:
    """Whether a cell holds text."""
    return isinstance(cell.value, str | list)


def is_number(cell: Cell) -> bool:
    """Whether a cell holds a number."""
    return isinstance(cell.value, int | float) and not isinstance(cell.value, bool)


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing, or white space alone."""
    return not text_of(cell).strip()


def is_marker(text: str) -> bool:
    """Whether a text is one shorthand marker and nothing else, `[c]`."""
    match = MARKER_LIKE.fullmatch(text)
    return bool(match and SHORTHAND_CODE.fullmatch(match[1]))


def markers_in(text: str) -> list[str]:
    """Everything in a text that looks like a shorthand marker, in order."""
    return [match[0] for match in MARKER_LIKE.finditer(text)]


def is_range(text: str) -> bool:
    """Whether a text is a range of numbers and nothing else, `839 to 842`."""
    return bool(RANGE.fullmatch(text))


def is_notes_heading(text: str) -> bool:
    """Whether a column with this heading may hold note markers."""
    return text.casefold().startswith("note")


def width_of(sheet: Worksheet, column: int) -> float:
    """The width of a column in characters, also where the file gives one for several columns."""
    for key, dimension in sheet.column_dimensions.items():
        first = dimension.min or range_boundaries(f"{key}1")[0]
        if first <= column <= (dimension.max or first) and dimension.width is not None:
            return float(dimension.width)
    return float(sheet.sheet_format.defaultColWidth or 8.43)


@dataclass(frozen=True)
class Check:
    """One check: its id, whether it is essential, the rule in plain words, and how it is made."""

    check_id: str
    essential: bool
    rule: str
    find: Callable[[Book], Found]

    def findings(self, book: Book) -> list[Finding]:
        """All places in a workbook that break the rule."""
        return [_finding(self.check_id, place, sentence) for place, sentence in self.find(book)]


def _finding(check_id: str, place: Place, sentence: str) -> Finding:
    """Names the place of a fault."""
    if isinstance(place, str):
        return Finding(check_id, place, "", sentence)
    if isinstance(place, Worksheet):
        return Finding(check_id, place.title, "", sentence)
    where = f"{get_column_letter(place.column)}{place.row}"
    return Finding(check_id, place.parent.title, where, sentence)


CHECKS: dict[str, Check] = {}
"""Every check by its id."""


Finder = Callable[[Book], Found]


def check(check_id: str, *, essential: bool = False) -> Callable[[Finder], Finder]:
    """Registers a function as a check; the first paragraph of its docstring is the rule."""

    def register(find: Finder) -> Finder:
        rule = " ".join((find.__doc__ or "").split("\n\n")[0].split())
        CHECKS[check_id] = Check(check_id, essential, rule, find)
        return find

    return register
