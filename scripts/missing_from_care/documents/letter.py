"""Writes the letter of a response: what it says, put into the Word template."""

import re
from collections.abc import Iterator
from datetime import date
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from missing_from_care.base import texts
from missing_from_care.base.faults import DataFault, ProtectionFault
from missing_from_care.base.project import template_file
from missing_from_care.documents import sentences
from missing_from_care.documents.word import rendered, texts_of
from missing_from_care.response.answers import Response, Table
from missing_from_care.response.layout import figure, grid

TEMPLATE = template_file("letter.docx")

MOST_ROWS, MOST_COLUMNS = 12, 7
"""A larger table is found in the workbook, not in the letter."""

SAID_ELSEWHERE = ("break_in_series", "ranges", "not_available", "part_period")
"""Notes on what the sentences, the names of the periods or a section of the letter say."""


def letter_bytes(response: Response, template: Path = TEMPLATE) -> bytes:
    """The letter of a response as a Word document; unprotected it says that it is a draft.
    `template` has the tags of docs/letter.md. A ProtectionFault: figures are withheld without the
    refusal that section 17 of the Freedom of Information Act 2000 asks for. A DataFault or
    UsageFault: a text of the rule seeds cannot be filled in, or the template cannot be used."""
    context = letter_context(response)
    title = f"{context['title']} ({response.request_ref})"
    name, links = response.authority["name"], links_of(response)
    return rendered(template, context, title, name, response.dated, links)


def letter_context(response: Response) -> dict[str, Any]:
    """What the letter says, by the names of the template's tags: docs/letter.md lists them."""
    is_withheld = any(each.is_withheld for each in response.answers)
    if is_withheld and not response.refusal:
        raise ProtectionFault(
            f"Request {response.request_ref} withholds figures without saying by which exemption "
            "and why: fill in the refusal (section 17 of the Freedom of Information Act 2000)."
        )
    if response.received_on is None:
        raise DataFault(f"Request {response.request_ref} has no received_on in the register.")
    say = partial(sentences.said, response)
    lacking = sentences.not_held(response.tables)
    context = {
        "authority": {name: value for name, value in response.authority.items() if value},
        "title": say("title"),
        "reference": response.request_ref,
        "subject": response.subject,
        "dated": texts.long_day(response.responded_on)
        if response.responded_on
        else say("not_dated"),
        "notices": [say("not_for_release")] * (not response.is_protected)
        + [texts.INVENTED_CHILDREN] * response.is_of_invented_children,
        "opening": sentences.opening(response),
        "questions": questions(response),
        "definitions": list(counted(response, in_full=not sentences.is_change_explained(response))),
        "refusal": [*response.refusal, say("advice_withheld")] if is_withheld else [],
        "cost": sentences.cost_paragraphs(response),
        "not_held": lacking,
        "not_held_opening": say("not_held") if lacking else "",
        "not_held_advice": sentences.not_held_advice(response) if lacking else "",
        "review": say("review"),
        "regulator": say("regulator"),
        "reuse": say("reuse"),
        "formats": say("formats"),
    }
    markers = {marker for text in texts_of(context) for marker in texts.MARKER.findall(text)}
    shorthand = response.shorthand
    context["shorthand"] = [
        f"{marker} means {shorthand[marker]}." for marker in sorted(markers & shorthand.keys())
    ]
    return context


def questions(response: Response) -> list[dict[str, Any]]:
    """What the letter says to each question: its `heading`, `parts` and `notes`; for each part what
    was `asked` and what is `answered`, a paragraph each, and a `table` or None (docs/letter.md)."""
    pairs = zip(response.tables, sentences.answered_tables(response), strict=True)
    shared = _shared_notes(response)
    of_first = (
        [response.words["letter:every_instance"]] if sentences.is_change_explained(response) else []
    )
    found = []
    for question_no, of_number in groupby(pairs, lambda pair: pair[0].question_no):
        of_question: list[dict[str, Any]] = []
        notes: list[str] = []
        for table, parts in of_number:
            of_table = parts or [{"asked": [], "answered": []}]
            of_question += [part | {"table": None} for part in of_table]
            if sentences.is_table_needed(table):
                of_question[-1]["table"] = _small_table(table)
                if of_question[-1]["table"] is None:
                    pointer = sentences.worded(
                        response.words, "see_worksheet", worksheet=table.label
                    )
                    of_question[-1]["answered"].append(pointer)
            if any(each.by_definition for each in table.answers):
                notes += of_first
                of_first = []
            notes += [each for each in _notes_of(table, response) if each not in shared]
        heading, notes = f"Question {question_no}", list(dict.fromkeys(notes))
        found.append({"heading": heading, "parts": of_question, "notes": notes})
    return found


def _notes_of(table: Table, response: Response) -> list[str]:
    """The notes of a table with figures, but for those whose matter the letter says elsewhere."""
    if not any(map(sentences.is_number, table.answers)):
        return []
    said_elsewhere = [response.notes.get(each) for each in SAID_ELSEWHERE]
    said_elsewhere += sentences.revised_notes(response)
    return [each for each in sentences.general_notes(table, response) if each not in said_elsewhere]


def _shared_notes(response: Response) -> dict[str, list[str]]:
    """The notes of several questions, each with their numbers."""
    found: dict[str, dict[str, None]] = {}
    for table in response.tables:
        for note in _notes_of(table, response):
            found.setdefault(note, {})[table.question_no] = None
    return {note: list(numbers) for note, numbers in found.items() if len(numbers) > 1}


def _small_table(table: Table) -> dict[str, Any] | None:
    """A table's texts as the workbook has them, if it is small enough for a letter."""
    laid_out = grid(table)
    if len(laid_out.rows) > MOST_ROWS or len(laid_out.headings) > MOST_COLUMNS:
        return None
    labels = laid_out.labels
    return {
        "title": sentences.table_title(table).removeprefix(f"{table.label}: "),
        "label_headings": list(laid_out.headings[:labels]),
        "figure_headings": list(laid_out.headings[labels:]),
        "rows": [
            {"labels": list(map(str, row[:labels])), "figures": list(map(figure, row[labels:]))}
            for row in laid_out.rows
        ],
    }


def links_of(response: Response) -> dict[str, str]:
    """Where the addresses in the authority's settings lead, by how they stand there."""
    email = response.authority.get("review_email") or ""
    found = {texts.LICENCE_ADDRESS: texts.LICENCE_ADDRESS, email: f"mailto:{email}"}
    contact = response.authority.get("regulator_contact") or ""
    found |= {text: f"https://{text}" for text in re.findall(texts.ADDRESS, contact)}
    return {text: address for text, address in found.items() if text}


def counted(response: Response, *, in_full: bool = True) -> Iterator[str]:
    """How occasions were counted: the definitions in force, unless the answers explained them (not
    `in_full`), and notes of several questions."""
    if response.definitions and in_full and sentences.is_anything_held(response):
        yield sentences.said(response, "every_instance")
        yield from response.definitions
    for note, numbers in _shared_notes(response).items():
        yield sentences.worded(
            response.words, "note_of_questions", note=note, questions=sentences.listed(numbers)
        )


def settings_to_check(response: Response, on: date) -> list[str]:
    """A sentence for each setting of the authority, and rule, whose review date has passed."""
    found = []
    for word, text in response.words.items():
        kind, _, setting = word.partition(":")
        if kind == "review_on" and (day := date.fromisoformat(text)) < on:
            what = f"seeds/rules/{setting}.csv"
            if setting in response.authority:
                what = f"seeds/rules/authority.csv: {setting} (“{response.authority[setting]}”)"
            found.append(
                f"{what} was to be checked by {texts.long_day(day)}; check it and move review_on."
            )
    return found
