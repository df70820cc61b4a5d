"""What the workbook and the page of a response say: a cover, notes and a table for each sheet."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Literal, NamedTuple

from missing_from_care.base import texts
from missing_from_care.documents.sentences import (
    cost_paragraphs,
    first_to_last,
    general_notes,
    handling_texts,
    is_anything_held,
    not_held,
    not_held_advice,
    said,
    table_title,
    wordings,
)
from missing_from_care.response.answers import Response, Table
from missing_from_care.response.layout import Grid, grid

DISSATISFIED = "If you are dissatisfied"

Kind = Literal["text", "whole", "decimal"]
Value = str | int | float | Decimal

LONGEST_LINE = 900
"""Characters of one row of running text, which may stand in a narrower column."""


def running_lines(text: str) -> tuple[str, ...]:
    """A text as rows of a worksheet: one a line, long ones in pieces, none empty. Lines without a
    letter or digit (rules of dashes) are left out, since a screen reader would spell them."""
    lines = (texts.one_line(line) for line in text.splitlines())
    pieces = (piece for line in lines for piece in textwrap.wrap(line, LONGEST_LINE))
    return tuple(piece for piece in pieces if any(character.isalnum() for character in piece))


class CoverLine(NamedTuple):
    """A labelled line of the cover; a link is an address (`https:` or `mailto:`), or empty."""

    label: str
    text: str
    link: str = ""


@dataclass(frozen=True)
class Cover:
    """The first worksheet: a title, paragraphs, then labelled lines. `refusals` says what is
    withheld, refused or not held, and why; a page says it elsewhere."""

    title: str
    lines: tuple[CoverLine, ...] = ()
    paragraphs: tuple[str, ...] = ()
    refusals: tuple[CoverLine, ...] = ()


@dataclass(frozen=True)
class Column:
    """A column of a table; its width in characters, None for as wide as its texts need."""

    heading: str
    kind: Kind = "text"
    width: int | None = None


@dataclass(frozen=True)
class TableSheet:
    """One worksheet with one table.

    Attributes:
        name: of the worksheet, `Question 1`; made safe and unique when it is written.
        title: what the table shows, for whom and when; may hold notes.
        columns: from left to right, the first is the row label.
        rows: a value for each column: text, a number, a range such as `839 to 842`, or
            a shorthand marker such as `[c]`.
        introduction: sentences above the table.
        is_wrapped: whether long texts take several lines; too slow for very many rows.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Value]]
    introduction: tuple[str, ...] = ()
    is_wrapped: bool = True

    @property
    def table_texts(self) -> Iterator[str]:
        """Every text of the table, headings first."""
        yield from (column.heading for column in self.columns)
        yield from (value for row in self.rows for value in row if isinstance(value, str))


@dataclass(frozen=True)
class ResponseWorkbook:
    """All that a response workbook says.

    Attributes:
        title, author, keywords, issued_on, language: of the document; never a person's name.
        cover, answers, notes: the worksheets; note 1 is the first of `notes`.
        shorthand: explanations by marker; those in use are shown above each table.
    """

    title: str
    author: str
    keywords: tuple[str, ...]
    issued_on: date
    cover: Cover
    answers: tuple[TableSheet, ...]
    notes: tuple[str, ...]
    shorthand: Mapping[str, str]
    language: str = "en-GB"


@dataclass(frozen=True)
class Report:
    """A workbook of tables that may be very long, written row by row; all columns have a width."""

    title: str
    author: str
    cover: Cover
    tables: Iterable[TableSheet]
    language: str = "en-GB"


def workbook_content(response: Response) -> ResponseWorkbook:
    """All that the workbook of a response says."""
    notes: list[str] = []
    sheets = tuple(_answer_sheet(table, response, notes) for table in response.tables)
    title = f"{response.subject}: answers to request {response.request_ref}"
    return ResponseWorkbook(
        title=title,
        author=response.authority["name"],
        keywords=("looked-after children", "missing from care", "freedom of information"),
        issued_on=response.dated,
        cover=Cover(
            title=title,
            lines=_cover_lines(response),
            paragraphs=paragraphs(response),
            refusals=_refusals(response),
        ),
        answers=sheets,
        notes=tuple(notes),
        shorthand=response.shorthand,
    )


def paragraphs(response: Response) -> tuple[str, ...]:
    """What a reader must know before anything else."""
    told = [] if response.is_protected else [texts.NOT_FOR_RELEASE]
    if response.is_of_invented_children:
        told.append(texts.INVENTED_CHILDREN)
    if not is_anything_held(response):
        return tuple(told)
    if len(response.definitions) > 1:
        told.append(
            "The definition of a missing child changed within the period asked for. Figures that "
            "depend on it are marked [b] where the new definition begins. "
            + response.words["letter:closer"]
        )
    return (*told, *response.definitions)


def _cover_lines(response: Response) -> tuple[CoverLine, ...]:
    """The labelled lines of the cover."""
    authority = response.authority
    answers = response.answers
    days = [each.period_start for each in answers] + [each.period_end for each in answers]
    email = authority["review_email"]
    revised = [each for each in handling_texts(response) if each in ("replaces", "revised")]
    revision = " ".join(said(response, each) for each in revised)
    received, responded = response.received_on, response.responded_on
    periods = first_to_last([texts.long_day(min(days)), texts.long_day(max(days))]) if days else ""
    return (
        CoverLine("Request reference", response.request_ref),
        CoverLine("Subject", response.subject),
        *([CoverLine("Received", texts.long_day(received))] if received else ()),
        CoverLine(
            "Answered",
            texts.long_day(responded) if responded else response.words["letter:not_dated"],
        ),
        *([CoverLine("Revised", revision)] if revision else ()),
        *([CoverLine("Periods", periods)] if periods else ()),
        CoverLine("Who answers", authority["name"]),
        CoverLine(DISSATISFIED, f"{said(response, 'review')}\n{said(response, 'regulator')}"),
        CoverLine("Email for reviews", email, link=f"mailto:{email}"),
        CoverLine("Licence", authority["licence"], link=texts.LICENCE_ADDRESS),
    )


def _refusals(response: Response) -> tuple[CoverLine, ...]:
    """The refusal notices, for somebody who has the workbook alone."""
    lacking = not_held(response.tables)
    if lacking:
        lacking = [said(response, "not_held"), *lacking, not_held_advice(response)]
    notices = {
        "Figures that are withheld, and why": response.refusal,
        "Information that would cost too much to find": cost_paragraphs(response),
        "Information that we do not hold": lacking,
    }
    return tuple(CoverLine(label, "\n".join(lines)) for label, lines in notices.items() if lines)


def _answer_sheet(table: Table, response: Response, notes: list[str]) -> TableSheet:
    """The worksheet of a table, its notes added to the workbook's."""

    def mark_of(text: str) -> str:
        """`[note 2]` for a note's text, which is added if it is new."""
        if text not in notes:
            notes.append(text)
        return f"[note {notes.index(text) + 1}]"

    laid_out = grid(table)
    marks = {each.measure: mark_of(each.definition) for each in table.answers}
    by_heading = {each.heading: marks[each.measure] for each in table.answers}
    headings = list(laid_out.headings)
    rows = [list(row) for row in laid_out.rows]
    title_marks = []
    for index, measure in enumerate(laid_out.measures, start=laid_out.labels):
        if any(headings[index].startswith(each) for each in by_heading):
            headings[index] += f" {marks[measure]}"
        elif measure:
            title_marks.append(marks[measure])
    for row, measure in zip(rows, laid_out.row_measures, strict=False):
        row[0] = f"{row[0]} {marks[measure]}"
    for text in general_notes(table, response):
        mark = mark_of(text)
        in_headings, in_rows = _note_places(laid_out, text)
        if not (in_headings or in_rows):
            title_marks.append(mark)
        for across in in_headings:
            headings[across] += f" {mark}"
        for down in in_rows:
            rows[down][0] = f"{rows[down][0]} {mark}"
    title_marks = sorted(set(title_marks), key=lambda mark: int(mark[6:-1]))
    above = (*introduction(table), *([response.notes["ranges_in_table"]] * table.has_ranges))
    # Whole numbers, or decimals where a figure of the column needs them.
    kinds: list[Kind] = ["text"] * laid_out.labels
    for column in list(zip(*laid_out.rows, strict=True))[laid_out.labels :]:
        is_whole = all(isinstance(each, str | int) for each in column)
        kinds.append("whole" if is_whole else "decimal")
    return TableSheet(
        name=table.label,
        title=" ".join([table_title(table), *title_marks]),
        columns=tuple(map(Column, headings, kinds)),
        rows=tuple(tuple(row) for row in rows),
        introduction=tuple(line for text in above for line in running_lines(text)),
    )


def _note_places(laid_out: Grid, text: str) -> tuple[list[int], list[int]]:
    """Where the mark of a note stands: the columns that carry it throughout, and other rows that
    carry it, or the first of a period that does throughout. Nowhere for one on the whole table."""
    carries = [
        [each is not None and text in (each.note or "") for each in row] for row in laid_out.answers
    ]
    is_held = [[each is not None for each in row] for row in laid_out.answers]
    if carries == is_held:
        return [], []
    columns = [
        across
        for across, carried in enumerate(zip(*carries, strict=True))
        if any(carried) and carried == tuple(held[across] for held in is_held)
    ]
    rows: list[int] = []
    in_rows = [
        any(carried for across, carried in enumerate(row) if across not in columns)
        for row in carries
    ]
    numbered = enumerate(laid_out.rows)
    for _, group in groupby(numbered, lambda row: str(row[1][0]).removesuffix(" [b]")):
        of_period = [down for down, _ in group]
        found = [down for down in of_period if in_rows[down]]
        rows += found[:1] if found == of_period else found
    return [laid_out.labels + each for each in columns], rows


def introduction(table: Table) -> tuple[str, ...]:
    """What was asked, and of whom the figures are."""
    asked = []
    for part, wording in wordings(table):
        text = re.sub(r"(https?://|www\.)\S+", "(a web address)", wording)
        asked.append(f"You asked, part {part}: {text}" if part else f"You asked: {text}")
    if table.population:
        asked.append(f"Only these are counted: {table.population}.")
    return tuple(asked)
