"""Text as a workbook can hold it: cleaned, and refused where some readers could not use it."""

import re
import textwrap

from missing_from_care.accessibility_book import (
    BARE_ADDRESS,
    NOTE,
    NOTE_FAULT,
    NUMBERED_MARK,
    SYMBOL_MARK,
    VAGUE_LINK,
)

LONGEST_LABEL = 250
"""Characters of a title or heading; Excel allows 255 in the heading of a table."""

LONGEST_CELL = 1_500
"""Characters that a cell 75 characters wide can show: a row is at most 409 points high."""

LONGEST_LINE = 900
"""Characters of one row of running text, which may stand in a narrower column."""

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
    return one_line(NOTE.sub("", text))
