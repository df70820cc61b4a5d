"""Turns a response into the content of its workbook: cover, notes and a sheet for each table."""

import re
from datetime import date

from missing_from_care.response.answers import Response, Table
from missing_from_care.response.layout import Grid, grid
from missing_from_care.workbook.writing import (
    AnswerSheet,
    Column,
    Cover,
    CoverLine,
    ResponseWorkbook,
)

NOT_FOR_RELEASE = (
    "Not for release: small numbers here have not been protected. It is for the council's own use."
)
INVENTED_CHILDREN = (
    "These figures are of invented children. They show how an answer looks and say nothing about "
    "any real child."
)
LICENCE_ADDRESS = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
KINDS = {"occasions": "whole", "children": "whole", "days": "whole"}


class NoteList:
    """The notes of a workbook, numbered in the order in which they are first referred to."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def mark(self, text: str) -> str:
        """`[note 2]` for a note's text, which is added if it is new."""
        if text not in self.texts:
            self.texts.append(text)
        return f"[note {self.texts.index(text) + 1}]"


def workbook_content(response: Response, issued_on: date) -> ResponseWorkbook:
    """All that the workbook of a response says.

    Args:
        response: the request and its answers.
        issued_on: the date in the document's properties.

    Raises:
        ValueError: a text of the request or of a rule cannot be shown accessibly.
    """
    notes = NoteList()
    sheets = tuple(answer_sheet(table, response, notes) for table in response.tables)
    name = response.authority["name"]
    title = f"{response.subject}: answers to request {response.request_ref}"
    return ResponseWorkbook(
        title=title,
        author=name,
        keywords=("looked-after children", "missing from care", "freedom of information"),
        issued_on=issued_on,
        cover=Cover(title=title, lines=cover_lines(response), paragraphs=paragraphs(response)),
        answers=sheets,
        notes=tuple(notes.texts),
    )


def paragraphs(response: Response) -> tuple[str, ...]:
    """What a reader must know before anything else."""
    told = [] if response.is_protected else [NOT_FOR_RELEASE]
    if response.is_of_invented_children:
        told.append(INVENTED_CHILDREN)
    if len(response.definitions) > 1:
        told.append(
            "The definition of a missing child changed within the period asked for. Figures that "
            "depend on it are marked [b] where the new definition begins. Missing and absent "
            "together is the series that can be compared."
        )
    return (*told, *response.definitions)


def cover_lines(response: Response) -> tuple[CoverLine, ...]:
    """The labelled lines of the cover."""
    authority = response.authority
    periods = list(dict.fromkeys(period for table in response.tables for period in table.periods))
    email = authority["review_email"]
    lines = [
        CoverLine("Request reference", response.request_ref),
        CoverLine("Subject", response.subject),
        CoverLine("Received", long_day(response.received_on)) if response.received_on else None,
        CoverLine("Periods", periods[0] if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"),
        CoverLine("Who answers", authority["name"]),
        CoverLine(
            response.words["letter:review_label"],
            f"{authority['review_team']}, {authority['review_address']}",
        ),
        CoverLine("Email for reviews", email, link=f"mailto:{email}"),
        CoverLine(
            response.words["letter:regulator_label"],
            f"{authority['regulator']}: {authority['regulator_contact']}",
        ),
        CoverLine("Licence", authority["licence"], link=LICENCE_ADDRESS),
    ]
    return tuple(line for line in lines if line)


def long_day(day: date) -> str:
    """`18 June 2018`, on every system alike."""
    return f"{day.day} {day:%B %Y}"


def answer_sheet(table: Table, response: Response, notes: NoteList) -> AnswerSheet:
    """The worksheet of a table, its notes added to the workbook's."""
    laid_out = grid(table)
    marks = {each.measure: notes.mark(each.definition) for each in table.answers}
    by_heading = {each.heading: marks[each.measure] for each in table.answers}
    labels = laid_out.headings[: laid_out.labels]
    columns = [Column(labels[0], "text" if table.breakdown else "year")]
    columns += [Column(heading) for heading in labels[1:]]
    rows = [list(row) for row in laid_out.rows]
    title_marks = []
    for index, heading in enumerate(laid_out.headings[laid_out.labels :]):
        measure = laid_out.measures[index]
        is_named = any(heading.startswith(each) for each in by_heading)
        columns.append(
            Column(f"{heading} {marks[measure]}" if is_named else heading, kind(laid_out, index))
        )
        if measure and not is_named:
            title_marks.append(marks[measure])
    for row, measure in zip(rows, laid_out.row_measures, strict=False):
        row[0] = f"{row[0]} {marks[measure]}"
    if laid_out.breaks:
        columns.append(Column("Break in series"))
        for row, is_break in zip(rows, laid_out.breaks, strict=True):
            row.append("Break [b]" if is_break else "No break")
    title_marks += [notes.mark(text) for text in general_notes(table, response)]
    title = " ".join([table_title(table), *dict.fromkeys(title_marks)])
    return AnswerSheet(
        name=table.label,
        title=title,
        columns=tuple(columns),
        rows=tuple(tuple(row) for row in rows),
        introduction=(
            *introduction(table),
            *([response.notes["ranges_in_table"]] if table.has_ranges else ()),
        ),
    )


def kind(laid_out: Grid, index: int) -> str:
    """Whole numbers, or decimals where a figure of the column needs them."""
    unit = laid_out.units[index]
    if unit in KINDS:
        return KINDS[unit]
    figures = [row[laid_out.labels + index] for row in laid_out.rows]
    if unit == "mixed" and all(isinstance(each, str | int) for each in figures):
        return "whole"
    return "decimal"


def table_title(table: Table) -> str:
    """`Question 4: Occasions missing and related figures, 2014/15 to 2017/18`."""
    headings = list(dict.fromkeys(each.heading for each in table.answers))
    said = headings[0] if len(headings) == 1 else f"{headings[0]} and related figures"
    if table.breakdown:
        said += f", by {table.breakdown[0].lower()}{table.breakdown[1:]}"
    if table.population:
        said += f" ({table.population})"
    periods = table.periods
    span = periods[0] if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"
    return f"{table.label}: {said}, {span}"


def general_notes(table: Table, response: Response) -> list[str]:
    """The notes of the answers themselves, each once, in the order of the seed."""
    texts = {each.note for each in table.answers if each.note}
    found = [text for text in response.notes.values() if any(text in note for note in texts)]
    measures = {each.measure for each in table.answers}
    harms = {
        "occasions_hurt",
        "occasions_sexually_harmed",
        "occasions_drug_sale",
        "occasions_crime",
    }
    if len(measures & harms) > 1:
        found.append(response.notes["parts_overlap"])
    if table.has_ranges:
        found.append(response.notes["ranges"])
    return found


def introduction(table: Table) -> tuple[str, ...]:
    """What was asked, and of whom the figures are."""
    asked = []
    for part, wording in wordings(table):
        text = re.sub(r"(https?://|www\.)\S+", "(a web address)", wording)
        asked.append(f"You asked, part {part}: {text}" if part else f"You asked: {text}")
    if table.population:
        asked.append(f"Only these are counted: {table.population}.")
    return tuple(asked)


def wordings(table: Table) -> list[tuple[str, str]]:
    """Each part with its wording, once; that of no part, if the parts do not repeat it."""
    asked = dict.fromkeys((each.part, each.wording) for each in table.answers if each.wording)
    return [
        (part, wording)
        for part, wording in asked
        if part or not any(other and wording.split("?")[0][:60] in said for other, said in asked)
    ]
