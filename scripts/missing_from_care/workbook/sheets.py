"""What a workbook says by itself: worksheet names, contents, notes, sentences above a table."""

import re
from collections.abc import Iterator, Mapping

from missing_from_care.accessibility.book import NOTE, ONE_TABLE, markers_in
from missing_from_care.workbook.cells import Column, without_notes
from missing_from_care.workbook.content import AnswerSheet, ResponseWorkbook

RESERVED_NAMES = ("Cover", "Contents", "Notes", "History")
LONGEST_NAME = 31

Links = Mapping[tuple[int, int], str]
"""The worksheet that a cell of a table leads to, by row and column, counted from 0."""


def safe_names(wanted: list[str]) -> list[str]:
    """Names that Excel accepts: 31 characters, none of `: \\ / ? * [ ]`, no two alike."""
    taken = {name.casefold() for name in RESERVED_NAMES}
    names = []
    for text in wanted:
        plain = " ".join(re.sub(r"[:\\/?*\[\]]", " ", text).split()).strip("' ")
        plain = plain if any(map(str.isalnum, plain[:LONGEST_NAME])) else "Worksheet"
        name, number = plain[:LONGEST_NAME].strip("' "), 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain[: LONGEST_NAME - len(str(number)) - 1].strip()} {number}"
        taken.add(name.casefold())
        names.append(name)
    return names


def contents_sheet(content: ResponseWorkbook, names: list[str]) -> tuple[AnswerSheet, Links]:
    """The table of all other worksheets, with a link from each name: a short text is never cut."""
    listed = [("Cover", content.cover.title)]
    listed += [("Notes", "Notes on the figures")] if content.notes else []
    listed += [(name, answer.title) for name, answer in zip(names, content.answers, strict=True)]
    sheet = AnswerSheet(
        name="Contents",
        title="Contents of this workbook",
        columns=(Column("Worksheet, with a link"), Column("What it shows")),
        rows=tuple(
            (name, without_notes(title).removeprefix(f"{name}: ")) for name, title in listed
        ),
    )
    return sheet, {(row, 0): name for row, (name, _) in enumerate(listed)}


def notes_sheet(notes: tuple[str, ...]) -> AnswerSheet:
    """The table of notes."""
    return AnswerSheet(
        name="Notes",
        title="Notes on the figures",
        columns=(Column("Note number"), Column("Note text")),
        rows=tuple((f"[note {number}]", text) for number, text in enumerate(notes, start=1)),
    )


def sentences_above(answer: AnswerSheet, shorthand: Mapping[str, str]) -> Iterator[str]:
    """What a reader is told before the table."""
    yield f"{ONE_TABLE}."
    yield from answer.introduction
    if answer.name != "Notes" and any(NOTE.search(text) for text in answer.texts):
        yield "Some cells refer to notes, which are on the worksheet called Notes."
    used = {marker for text in answer.table_texts for marker in markers_in(text)}
    for marker in sorted(used):
        yield f"The shorthand {marker} means: {' '.join(shorthand[marker].split())}."
