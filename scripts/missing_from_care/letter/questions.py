"""The answer to each question, as a letter gives it: in sentences, with a small table or none."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

from missing_from_care.letter.sentences import Words, filled, sentence
from missing_from_care.response.answers import Answer, Response, Table
from missing_from_care.response.layout import MOST_PERIODS_ACROSS, figure, grid
from missing_from_care.workbook.content import general_notes, table_title, wordings

FEW_FIGURES = 8
"""So many figures of a table are said in sentences alone."""

MOST_ROWS, MOST_COLUMNS = 12, 7
"""A larger table is found in the workbook, not in the letter."""


def questions(response: Response) -> list[dict[str, Any]]:
    """What the letter says to each question.

    Returns:
        For each question its `heading`, `parts` and `notes`; for each part what was `asked` and
        what is `answered`, a paragraph each, and a `table` or None. See docs/letter.md.
    """
    is_said_apart = len(response.definitions) > 1
    found = []
    for question_no, tables in groupby(response.tables, attrgetter("question_no")):
        parts: list[dict[str, Any]] = []
        seen: set[tuple[str, str]] = set()
        notes: list[str] = []
        for table in tables:
            parts += table_parts(table, response.words, seen)
            notes += general_notes(table, response)
        if is_said_apart:
            notes = [each for each in notes if each != response.notes.get("break_in_series")]
        notes = list(dict.fromkeys(notes))
        found.append({"heading": f"Question {question_no}", "parts": parts, "notes": notes})
    return found


def table_parts(table: Table, words: Words, seen: set[tuple[str, str]]) -> list[dict[str, Any]]:
    """The parts of a question that share a table: wordings with sentences, the table at the end.

    Args:
        table: the answers.
        words: of the response.
        seen: the wordings already given, which grows.
    """
    asked = wordings(table)
    parts: list[dict[str, Any]] = []
    for part in dict.fromkeys(each.part for each in table.answers):
        new = [wording for name, wording in asked if name == part and (name, wording) not in seen]
        lines = [line for wording in new for line in wording.splitlines() if line.strip()]
        if lines and part:
            lines[0] = f"({part}) {lines[0]}"
        answered = list(part_sentences(part, table, words))
        if lines or answered:
            parts.append({"asked": lines, "answered": answered, "table": None})
    seen.update(asked)
    if table.breakdown or len(table.answers) > FEW_FIGURES:
        parts = parts or [{"asked": [], "answered": [], "table": None}]
        parts[-1]["table"] = small_table(table)
        if parts[-1]["table"] is None:
            pointer = filled(
                "letter_texts.csv", words["letter:see_worksheet"], {"worksheet": table.label}
            )
            parts[-1]["answered"].append(pointer)
    return parts


def part_sentences(part: str, table: Table, words: Words) -> Iterator[str]:
    """A sentence for each measure of a part; for its first, if there is a table to see."""
    if table.breakdown or len(table.periods) > MOST_PERIODS_ACROSS:
        return
    by_measure: dict[str, list[Answer]] = {}
    for each in table.answers:
        if each.part == part:
            by_measure.setdefault(each.measure, []).append(each)
    most = None if len(table.answers) <= FEW_FIGURES else 1
    for answers in list(by_measure.values())[:most]:
        yield sentence(answers, table, words)


def small_table(table: Table) -> dict[str, Any] | None:
    """A table's texts as the workbook has them, if it is small enough for a letter."""
    laid_out = grid(table)
    if len(laid_out.rows) > MOST_ROWS or len(laid_out.headings) > MOST_COLUMNS:
        return None
    labels = laid_out.labels
    figures = [[figure(value) for value in row[labels:]] for row in laid_out.rows]
    headings = list(laid_out.headings[labels:])
    if laid_out.breaks:
        headings.append("Break in series")
        for row, is_break in zip(figures, laid_out.breaks, strict=True):
            row.append("Break [b]" if is_break else "No break")
    return {
        "title": table_title(table),
        "label_headings": list(laid_out.headings[:labels]),
        "figure_headings": headings,
        "rows": [
            {"labels": list(row[:labels]), "figures": texts}
            for row, texts in zip(laid_out.rows, figures, strict=True)
        ],
    }
