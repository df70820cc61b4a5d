"""What a cell can hold: text is cleaned, and what some readers could not use is refused."""

import math
import re
import textwrap
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from missing_from_care.accessibility.book import (
    BARE_ADDRESS,
    NOTE,
    NOTE_FAULT,
    NUMBER_AS_TEXT,
    NUMBER_WITH_MARKER,
    NUMBERED_MARK,
    SYMBOL_MARK,
    VAGUE_LINK,
    is_marker,
    is_notes_heading,
    is_range,
)

Kind = Literal["text", "year", "whole", "decimal", "percentage"]
Value = str | int | float | Decimal

LONGEST_LABEL = 250
"""Characters of a title or heading; Excel allows 255 in the heading of a table."""

LONGEST_CELL = 1_500
"""Characters that a cell 75 characters wide can show: a row is at most 409 points high."""

LONGEST_LINE = 900
"""Characters of one row of running text, which may stand in a narrower column."""

LARGEST_NUMBER = 10**15
"""Excel keeps 15 digits of a number."""


_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
    r"|_x[0-9A-Fa-f]{4}_"
)


def one_line(text: str) -> str:
    """A text in one line: white space closed up, control characters shown as U+FFFD."""
    return " ".join(_CONTROLS.sub("\ufffd", text).split())


def running_lines(text: str) -> tuple[str, ...]:
    """A text as rows of a worksheet: one a line, long ones in pieces, none empty.

    Lines without a letter or digit (rules of dashes) are left out, since a screen reader would
    spell them.
    """
    lines = (one_line(line) for line in text.splitlines())
    pieces = (piece for line in lines for piece in textwrap.wrap(line, LONGEST_LINE))
    return tuple(piece for piece in pieces if any(character.isalnum() for character in piece))


def _readable(where: str, text: str) -> None:
    """Refuses what can not be said in a cell.

    Raises:
        ValueError: nothing to read, a web address written out, a note written in another way.
    """
    if not any(character.isalnum() for character in text):
        raise ValueError(f"{where} is empty or holds no letter or digit: fill it.")
    if BARE_ADDRESS.search(text):
        raise ValueError(f"{where} holds a web address: describe it in words and give a link.")
    if fault := NOTE_FAULT.search(text):
        raise ValueError(f"{where} says “{fault[0]}”: refer to a note as [note 1].")


def cell_text(where: str, text: str, longest: int = LONGEST_CELL) -> str:
    """The text of a cell, in one line."""
    text = one_line(text)
    _readable(where, text)
    if len(text) > longest:
        raise ValueError(f"{where} has {len(text)} characters: {longest} are allowed.")
    if mark := SYMBOL_MARK.search(text):
        raise ValueError(f"{where} marks something with “{mark[0]}”: write [note 1] instead.")
    return text


def label(where: str, text: str, longest: int = LONGEST_LABEL) -> str:
    """A title, heading, worksheet name or row label, in one line."""
    text = cell_text(where, text, longest)
    if mark := NUMBERED_MARK.search(text):
        raise ValueError(f"{where} marks something with “{mark[0]}”: write [note 1] instead.")
    return text


def running(where: str, text: str) -> tuple[str, ...]:
    """Running text as the rows it takes."""
    lines = running_lines(text)
    _readable(where, " ".join(lines))
    for line in lines:
        _readable(where, line)
    return lines


def worksheet_title(where: str, text: str) -> str:
    """A title, which the contents also show as a link."""
    text = label(where, text)
    label(f"{where}, without notes,", without_notes(text))
    if VAGUE_LINK.fullmatch(without_notes(text)):
        raise ValueError(f"{where} does not say what the worksheet holds.")
    return text


def without_notes(text: str) -> str:
    """A text without its note markers."""
    return one_line(re.sub(rf"\s*{NOTE.pattern}", "", text))


@dataclass(frozen=True)
class Column:
    """A column of an answer.

    Attributes:
        heading: may hold a note, `Occasions [note 1]`.
        kind: `text`; `year` (text such as `2017/18`, or 2017 as a number, which becomes text);
            `whole`; `decimal`; `percentage` (the value is the fraction: 0.125 is shown as 12.5%).
        decimals: digits after the point of `decimal` and `percentage`, 0 to 6.
    """

    heading: str
    kind: Kind = "text"
    decimals: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "heading", label("A heading", self.heading))
        if not 0 <= self.decimals <= 6:
            raise ValueError(f"“{self.heading}” has {self.decimals} decimals: 0 to 6 are allowed.")

    @property
    def is_number(self) -> bool:
        """Whether the column holds numbers."""
        return self.kind in ("whole", "decimal", "percentage")


def checked_value(where: str, column: Column, value: Value, is_row_label: bool) -> Value:
    """A checked cell of an answer."""
    if value is None or isinstance(value, bool):
        raise ValueError(f"{where} holds {value}: give text, a number or shorthand such as [x].")
    if column.is_number:
        return _number(where, column, value)
    if column.kind == "year" and isinstance(value, int):
        value = str(value)
    if not isinstance(value, str):
        raise ValueError(f"{where} holds the number {value} in a column of {column.kind}.")
    text = label(where, value, LONGEST_CELL) if is_row_label else cell_text(where, value)
    if NUMBER_WITH_MARKER.fullmatch(text):
        raise ValueError(f"{where} holds a number with a marker: give the marker its own column.")
    if NUMBER_AS_TEXT.fullmatch(text) and not is_row_label:
        raise ValueError(f"{where} holds a number as text: use a column of numbers.")
    if NOTE.search(text) and not (is_row_label or is_notes_heading(column.heading)):
        raise ValueError(f"{where} holds a note: move it to the title, heading or row label.")
    return text


def _number(where: str, column: Column, value: Value) -> Value:
    """A checked cell of a column of numbers."""
    if isinstance(value, str) and (is_marker(value.strip()) or is_range(value.strip())):
        return value.strip()
    wanted = int if column.kind == "whole" else int | float | Decimal
    if not isinstance(value, wanted) or not math.isfinite(value) or abs(value) >= LARGEST_NUMBER:
        raise ValueError(f"{where} holds “{value}”: a number ({column.kind}) or shorthand alone.")
    return float(value) if isinstance(value, Decimal) else value
