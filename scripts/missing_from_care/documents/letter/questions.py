"""Each question with its answer, as letter and page give it: in sentences that hold the numbers."""

from collections.abc import Iterator
from itertools import groupby, takewhile
from typing import Any

from missing_from_care.documents.letter.breaks import across, break_sentences
from missing_from_care.documents.letter.groups import group_sentences
from missing_from_care.documents.letter.sentences import (
    filled,
    is_number,
    listed,
    sentence,
    short_sentence,
)
from missing_from_care.documents.statements import revised_notes
from missing_from_care.documents.workbook.content import general_notes, table_title, wordings
from missing_from_care.response.answers import Answer, Change, Response, Table
from missing_from_care.response.layout import MOST_PERIODS_ACROSS, figure, grid

FEW_FIGURES, FEW_MEASURES = 8, 5
"""So many figures of a table, of so many measures, are said in sentences alone."""

MOST_ROWS, MOST_COLUMNS = 12, 7
"""A larger table is found in the workbook, not in the letter."""

SAID_ELSEWHERE = ("break_in_series", "ranges", "not_available", "part_period")
"""Notes on what the sentences, the names of the periods or a section of the letter say."""

LONGEST_WORDING, SHORTEST_BEGINNING = 60, 6
"""Words of a question that are repeated; words at which a beginning is said once for all parts."""


def questions(response: Response) -> list[dict[str, Any]]:
    """What the letter says to each question.

    Returns:
        For each question its `heading`, `parts` and `notes`; for each part what was `asked` and
        what is `answered`, a paragraph each, and a `table` or None. See docs/letter.md.
    """
    pairs = zip(response.tables, answered_tables(response), strict=True)
    shared = shared_notes(response)
    of_first = [response.words["letter:every_instance"]] if is_change_explained(response) else []
    found = []
    for question_no, of_number in groupby(pairs, lambda pair: pair[0].question_no):
        of_question: list[dict[str, Any]] = []
        notes: list[str] = []
        for table, parts in of_number:
            of_table = parts or [{"asked": [], "answered": []}]
            of_question += [part | {"table": None} for part in of_table]
            if is_table_needed(table):
                of_question[-1]["table"] = small_table(table)
                if of_question[-1]["table"] is None:
                    of_question[-1]["answered"].append(pointer(table, response))
            if any(each.by_definition for each in table.answers):
                notes += of_first
                of_first = []
            notes += [each for each in notes_of(table, response) if each not in shared]
        found.append(
            {
                "heading": f"Question {question_no}",
                "parts": of_question,
                "notes": list(dict.fromkeys(notes)),
            }
        )
    return found


def answered_tables(response: Response) -> list[list[dict[str, Any]]]:
    """What is `asked` and `answered` in each table of a response, part by part."""
    seen: set[tuple[str, str]] = set()
    explained: dict[Change, list[str]] = {}
    return [_parts(table, response, seen, explained) for table in response.tables]


def is_change_explained(response: Response) -> bool:
    """Whether the answers explain a change of definition that they cross."""
    return any(across(change, table) for table in response.tables for change in response.changes)


def _parts(
    table: Table, response: Response, seen: set[tuple[str, str]], explained: dict[Change, list[str]]
) -> list[dict[str, Any]]:
    """The parts of a question that share a table: wordings with sentences.

    Args:
        table: the answers.
        response: that they belong to.
        seen: the wordings already given, by question; it grows.
        explained: as `break_sentences` takes it.
    """
    asked = asked_lines(table, response, seen)
    parts: list[dict[str, Any]] = []
    for part in dict.fromkeys(each.part for each in table.answers):
        lines = asked.get(part, [])
        is_short = bool(part) and bool(lines)
        answered = list(dict.fromkeys(part_sentences(part, table, response, is_short=is_short)))
        if lines or answered:
            parts.append({"asked": lines, "answered": answered})
    if warnings := list(break_sentences(table, response, explained)):
        after = next((part for part in parts if part["answered"]), parts[-1])
        after["answered"] += warnings
    return parts


def asked_lines(
    table: Table, response: Response, seen: set[tuple[str, str]]
) -> dict[str, list[str]]:
    """The requester's words for each part that has not been given yet, a line each.

    What several parts begin with is said once, above the first; long ones are shortened.
    """
    new = [
        (part, wording)
        for part, wording in wordings(table)
        if (f"{table.question_no}{part}", wording) not in seen
    ]
    seen.update((f"{table.question_no}{part}", wording) for part, wording in new)
    found: dict[str, list[str]] = {}
    beginning = beginning_of_all([wording for part, wording in new if part])
    for part, wording in new:
        lines = [line for line in wording.splitlines() if line.strip()]
        if part and beginning:
            lines = [wording[len(beginning) :] or wording]
        if lines and part:
            lines[0] = f"({part}) {lines[0]}"
        if part and beginning and not any(found.values()):
            lines.insert(0, f"{beginning.strip()} …")
        found.setdefault(part, []).extend(shortened(lines, response))
    return found


def beginning_of_all(texts: list[str]) -> str:
    """The words that several texts begin with; empty if they are few."""
    if len(texts) < 2 or any("\n" in text.strip() for text in texts):
        return ""
    columns = zip(*(text.split(" ") for text in texts), strict=False)
    alike = [words[0] for words in takewhile(lambda words: len(set(words)) == 1, columns)]
    return f"{' '.join(alike)} " if len(alike) >= SHORTEST_BEGINNING else ""


def shortened(lines: list[str], response: Response) -> list[str]:
    """The lines up to so many words."""
    kept: list[str] = []
    left = LONGEST_WORDING
    for line in lines:
        words = line.split()
        if len(words) > left:
            values = {"beginning": " ".join(words[:left])}
            pattern = response.words["letter:shortened"]
            return [*kept, filled("letter_texts.csv", pattern, values)]
        kept.append(line)
        left -= len(words)
    return kept


def part_sentences(
    part: str, table: Table, response: Response, *, is_short: bool = False
) -> Iterator[str]:
    """A sentence for each measure of a part; where a table follows, for the one asked for first.

    Args:
        part, table, response: of which the sentences are.
        is_short: whether they stand right beneath the question, so that numbers are enough.
    """
    by_measure: dict[str, list[Answer]] = {}
    for each in table.answers:
        if each.part == part:
            by_measure.setdefault(each.measure, []).append(each)
    if table.breakdown or len(table.periods) > MOST_PERIODS_ACROSS:
        for answers in list(by_measure.values())[:2]:
            if any(map(is_number, answers)):
                yield from group_sentences(answers, table, response)
            else:
                yield sentence(answers, table, response.words)
        return
    most = 1 if is_table_needed(table) else None
    is_short = is_short and len(by_measure) == 1
    for answers in list(by_measure.values())[:most]:
        if is_short:
            yield short_sentence(answers, response.words)
        else:
            yield sentence(answers, table, response.words)


def is_table_needed(table: Table) -> bool:
    """Whether the sentences do not hold all figures; a table without any tells nothing."""
    if not any(map(is_number, table.answers)):
        return False
    measures = {(each.part, each.measure) for each in table.answers}
    is_long = len(table.answers) > FEW_FIGURES or len(measures) > FEW_MEASURES
    return bool(table.breakdown) or is_long


def pointer(table: Table, response: Response) -> str:
    """Where a table is that is too large for a letter."""
    values = {"worksheet": table.label}
    return filled("letter_texts.csv", response.words["letter:see_worksheet"], values)


def notes_of(table: Table, response: Response) -> list[str]:
    """The notes of a table but for those whose matter the letter says elsewhere; of a table
    without figures none."""
    if not any(map(is_number, table.answers)):
        return []
    said_elsewhere = [response.notes.get(each) for each in SAID_ELSEWHERE]
    said_elsewhere += revised_notes(response)
    return [each for each in general_notes(table, response) if each not in said_elsewhere]


def shared_notes(response: Response) -> dict[str, list[str]]:
    """The notes of several questions, each with their numbers."""
    found: dict[str, list[str]] = {}
    for table in response.tables:
        for note in notes_of(table, response):
            numbers = found.setdefault(note, [])
            if table.question_no not in numbers:
                numbers.append(table.question_no)
    return {note: numbers for note, numbers in found.items() if len(numbers) > 1}


def notes_of_several_questions(response: Response) -> list[str]:
    """Each note that several questions have, once, with their numbers."""
    pattern = response.words["letter:note_of_questions"]
    return [
        filled("letter_texts.csv", pattern, {"note": note, "questions": listed(numbers)})
        for note, numbers in shared_notes(response).items()
    ]


def small_table(table: Table) -> dict[str, Any] | None:
    """A table's texts as the workbook has them, if it is small enough for a letter."""
    laid_out = grid(table)
    if len(laid_out.rows) > MOST_ROWS or len(laid_out.headings) > MOST_COLUMNS:
        return None
    labels = laid_out.labels
    return {
        "title": table_title(table).removeprefix(f"{table.label}: "),
        "label_headings": list(laid_out.headings[:labels]),
        "figure_headings": list(laid_out.headings[labels:]),
        "rows": [
            {
                "labels": list(map(str, row[:labels])),
                "figures": [figure(value) for value in row[labels:]],
            }
            for row in laid_out.rows
        ],
    }
