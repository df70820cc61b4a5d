"""What the workbook and the page of a response say: a cover, notes and a table for each sheet."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Literal

from missing_from_care.base.texts import (
    INVENTED_CHILDREN,
    LICENCE_ADDRESS,
    NOT_FOR_RELEASE,
    long_day,
    one_line,
)
from missing_from_care.documents.sentences import wordings
from missing_from_care.documents.statements import (
    answers_of,
    cost_paragraphs,
    first_to_last,
    general_notes,
    handling_texts,
    is_anything_held,
    not_held,
    not_held_advice,
    said,
    table_title,
)
from missing_from_care.response.answers import Response, Table
from missing_from_care.response.layout import Grid, grid

DISSATISFIED = "If you are dissatisfied"

Kind = Literal["text", "whole", "decimal"]
Value = str | int | float | Decimal

LONGEST_LINE = 900
"""Characters of one row of running text, which may stand in a narrower column."""


def running_lines(text: str) -> tuple[str, ...]:
    """A text as rows of a worksheet: one a line, long ones in pieces, none empty.

    Lines without a letter or digit (rules of dashes) are left out, since a screen reader would
    spell them.
    """
    lines = (one_line(line) for line in text.splitlines())
    pieces = (piece for line in lines for piece in textwrap.wrap(line, LONGEST_LINE))
    return tuple(piece for piece in pieces if any(character.isalnum() for character in piece))


@dataclass(frozen=True)
class CoverLine:
    """A labelled line of the cover; a link is an address (`https:` or `mailto:`), or empty."""

    label: str
    text: str
    link: str = ""


@dataclass(frozen=True)
class Cover:
    """The first worksheet: a title, paragraphs, then labelled lines.

    `refusals` says what is withheld, refused or not held, and why; a page says it elsewhere.
    """

    title: str
    lines: tuple[CoverLine, ...] = ()
    paragraphs: tuple[str, ...] = ()
    refusals: tuple[CoverLine, ...] = ()


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        heading: may hold a note, `Occasions [note 1]`.
        kind: numbers, whole or with a decimal, or text.
        width: in characters; None for as wide as its texts need.
    """

    heading: str
    kind: Kind = "text"
    width: int | None = None

    @property
    def is_number(self) -> bool:
        """Whether the column holds numbers."""
        return self.kind != "text"


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
        title: of the document, as a reader's program shows it.
        author: the organisation that answers, never a person.
        keywords: what the document is found by.
        issued_on: the date in the document's properties.
        cover, answers, notes: the worksheets; note 1 is the first of `notes`.
        shorthand: explanations by marker; those in use are shown above each table.
        language: of the text, as in `en-GB`.
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
    """A workbook of tables that may be very long: each is written once, row by row.

    Attributes: as of `ResponseWorkbook`; every column of `tables` has a width.
    """

    title: str
    author: str
    cover: Cover
    tables: Iterable[TableSheet]
    language: str = "en-GB"


class NoteList:
    """The notes of a workbook, numbered in the order in which they are first referred to."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    @property
    def marks(self) -> list[str]:
        """All marks so far, in order."""
        return [f"[note {number}]" for number, _ in enumerate(self.texts, start=1)]

    def mark(self, text: str) -> str:
        """`[note 2]` for a note's text, which is added if it is new."""
        if text not in self.texts:
            self.texts.append(text)
        return self.marks[self.texts.index(text)]


def workbook_content(response: Response) -> ResponseWorkbook:
    """All that the workbook of a response says."""
    notes = NoteList()
    sheets = tuple(answer_sheet(table, response, notes) for table in response.tables)
    name = response.authority["name"]
    title = f"{response.subject}: answers to request {response.request_ref}"
    return ResponseWorkbook(
        title=title,
        author=name,
        keywords=("looked-after children", "missing from care", "freedom of information"),
        issued_on=response.dated,
        cover=Cover(
            title=title,
            lines=cover_lines(response),
            paragraphs=paragraphs(response),
            refusals=refusals(response),
        ),
        answers=sheets,
        notes=tuple(notes.texts),
        shorthand=response.shorthand,
    )


def paragraphs(response: Response) -> tuple[str, ...]:
    """What a reader must know before anything else."""
    told = [] if response.is_protected else [NOT_FOR_RELEASE]
    if response.is_of_invented_children:
        told.append(INVENTED_CHILDREN)
    if not is_anything_held(response):
        return tuple(told)
    if len(response.definitions) > 1:
        told.append(
            "The definition of a missing child changed within the period asked for. Figures that "
            "depend on it are marked [b] where the new definition begins. "
            + response.words["letter:closer"]
        )
    return (*told, *response.definitions)


def cover_lines(response: Response) -> tuple[CoverLine, ...]:
    """The labelled lines of the cover."""
    authority = response.authority
    answers = answers_of(response)
    days = [each.period_start for each in answers] + [each.period_end for each in answers]
    email = authority["review_email"]
    revision = [each for each in handling_texts(response) if each in ("replaces", "revised")]
    lines = [
        CoverLine("Request reference", response.request_ref),
        CoverLine("Subject", response.subject),
        CoverLine("Received", long_day(response.received_on)) if response.received_on else None,
        CoverLine(
            "Answered",
            long_day(response.responded_on)
            if response.responded_on
            else response.words["letter:not_dated"],
        ),
        CoverLine("Revised", " ".join(said(response, each) for each in revision))
        if revision
        else None,
        CoverLine("Periods", first_to_last([long_day(min(days)), long_day(max(days))]))
        if days
        else None,
        CoverLine("Who answers", authority["name"]),
        CoverLine(DISSATISFIED, f"{said(response, 'review')}\n{said(response, 'regulator')}"),
        CoverLine("Email for reviews", email, link=f"mailto:{email}"),
        CoverLine("Licence", authority["licence"], link=LICENCE_ADDRESS),
    ]
    return tuple(line for line in lines if line)


def refusals(response: Response) -> tuple[CoverLine, ...]:
    """The refusal notices, for somebody who has the workbook alone."""
    lacking = not_held(response.tables)
    if lacking:
        lacking = [said(response, "not_held"), *lacking, not_held_advice(response)]
    notices = {
        "Figures that are withheld, and why": response.refusal,
        "Information that would cost too much to find": cost_paragraphs(response),
        "Information that we do not hold": lacking,
    }
    return tuple(CoverLine(label, "\n".join(texts)) for label, texts in notices.items() if texts)


def answer_sheet(table: Table, response: Response, notes: NoteList) -> TableSheet:
    """The worksheet of a table, its notes added to the workbook's."""
    laid_out = grid(table)
    marks = {each.measure: notes.mark(each.definition) for each in table.answers}
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
        mark = notes.mark(text)
        places = note_places(laid_out, text)
        if not places:
            title_marks.append(mark)
        for down, across in places:
            if down is None:
                headings[across] += f" {mark}"
            else:
                rows[down][across] = f"{rows[down][across]} {mark}"
    return TableSheet(
        name=table.label,
        title=" ".join([table_title(table), *sorted(set(title_marks), key=notes.marks.index)]),
        columns=tuple(
            Column(heading, "text" if index < laid_out.labels else kind(laid_out, index))
            for index, heading in enumerate(headings)
        ),
        rows=tuple(tuple(row) for row in rows),
        introduction=tuple(
            line
            for text in (
                *introduction(table),
                *([response.notes["ranges_in_table"]] if table.has_ranges else ()),
            )
            for line in running_lines(text)
        ),
    )


def note_places(laid_out: Grid, text: str) -> list[tuple[int | None, int]]:
    """Where the mark of a note stands.

    Args:
        laid_out: the table.
        text: the note's.

    Returns: the row and the column of each cell that is marked, None for the row of the headings:
        those of the columns that carry the note throughout, and the first label of other rows that
        carry it, or of a period that does throughout. Nothing for a note on the whole table.
    """
    carries = [
        [each is not None and text in (each.note or "") for each in row] for row in laid_out.answers
    ]
    is_held = [[each is not None for each in row] for row in laid_out.answers]
    if carries == is_held:
        return []
    columns = [
        across
        for across, carried in enumerate(zip(*carries, strict=True))
        if any(carried) and carried == tuple(held[across] for held in is_held)
    ]
    places: list[tuple[int | None, int]] = [(None, laid_out.labels + each) for each in columns]
    in_rows = [
        any(carried for across, carried in enumerate(row) if across not in columns)
        for row in carries
    ]
    numbered = enumerate(laid_out.rows)
    for _, group in groupby(numbered, lambda row: str(row[1][0]).removesuffix(" [b]")):
        of_period = [down for down, _ in group]
        found = [down for down in of_period if in_rows[down]]
        places += [(down, 0) for down in (found[:1] if found == of_period else found)]
    return places


def kind(laid_out: Grid, index: int) -> Kind:
    """Whole numbers, or decimals where a figure of the column needs them."""
    figures = (row[index] for row in laid_out.rows)
    return "whole" if all(isinstance(each, str | int) for each in figures) else "decimal"


def introduction(table: Table) -> tuple[str, ...]:
    """What was asked, and of whom the figures are."""
    asked = []
    for part, wording in wordings(table):
        text = re.sub(r"(https?://|www\.)\S+", "(a web address)", wording)
        asked.append(f"You asked, part {part}: {text}" if part else f"You asked: {text}")
    if table.population:
        asked.append(f"Only these are counted: {table.population}.")
    return tuple(asked)
