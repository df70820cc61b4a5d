"""Writes the letter of a response: what it says, put into the Word template."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from missing_from_care.faults import DataFault, ProtectionFault
from missing_from_care.letter.document import rendered, texts_of
from missing_from_care.letter.questions import notes_of_several_questions, questions
from missing_from_care.letter.sentences import filled
from missing_from_care.project import template_file
from missing_from_care.response.answers import Answer, Response, Table
from missing_from_care.texts import INVENTED_CHILDREN, LICENCE_ADDRESS, long_day, markers_in

TEMPLATE = template_file("letter.docx")


def letter_bytes(response: Response, template: Path = TEMPLATE) -> bytes:
    """The letter of a response as a Word document.

    Args:
        response: the request and its answers; protected, or the letter says that it is a draft.
        template: a Word document with the tags of docs/letter.md.

    Returns:
        The bytes of a `.docx` file. They depend on the response and the template alone.

    Raises:
        ProtectionFault: figures are withheld without the refusal that section 17 of the Freedom
            of Information Act 2000 asks for.
        DataFault: a text of the rule seeds cannot be filled in, or the template cannot be used.
        UsageFault: there is no such template.
    """
    context = letter_context(response)
    title = f"{context['title']} ({response.request_ref})"
    return rendered(template, context, title, response.authority["name"], response.dated)


def letter_context(response: Response) -> dict[str, Any]:
    """What the letter says, by the names of the template's tags: docs/letter.md lists them."""
    answers = [each for table in response.tables for each in table.answers]
    is_withheld = any(each.is_withheld for each in answers)
    if is_withheld and not response.refusal:
        raise ProtectionFault(
            f"Request {response.request_ref} withholds figures without saying by which exemption "
            "and why: fill in the refusal (section 17 of the Freedom of Information Act 2000)."
        )
    if response.received_on is None:
        raise DataFault(f"Request {response.request_ref} has no received_on in the register.")
    say = partial(said, response)
    lacking = not_held(response.tables)
    context = {
        "authority": {name: value for name, value in response.authority.items() if value},
        "title": say("title"),
        "reference": response.request_ref,
        "subject": response.subject,
        "dated": long_day(response.responded_on) if response.responded_on else say("not_dated"),
        "notices": [say("not_for_release")] * (not response.is_protected)
        + [INVENTED_CHILDREN] * response.is_of_invented_children,
        "opening": [" ".join(map(say, opening_texts(response)))],
        "questions": questions(response),
        "definitions": [*counted(response)],
        "refusal": [*response.refusal, say("advice_withheld")] if is_withheld else [],
        "not_held": lacking,
        "not_held_opening": say("not_held") if lacking else "",
        "not_held_advice": say("advice_not_held") if lacking else "",
        "review": say("review"),
        "regulator": say("regulator"),
        "reuse": say("reuse"),
    }
    markers = {marker for text in texts_of(context) for marker in markers_in(text)}
    shorthand = response.shorthand
    context["shorthand"] = [
        f"{marker} means {shorthand[marker]}." for marker in sorted(markers & shorthand.keys())
    ]
    return context


def said(response: Response, letter_text: str) -> str:
    """A text of the seed `letter_texts`, filled in."""
    settings = {**response.words, **response.authority}
    values = {
        **{name: value for name, value in settings.items() if value and ":" not in name},
        "request_ref": response.request_ref,
        "received": long_day(response.received_on) if response.received_on else "",
        "licence_address": LICENCE_ADDRESS,
    }
    return filled("letter_texts.csv", response.words[f"letter:{letter_text}"], values)


def opening_texts(response: Response) -> list[str]:
    """The texts of `letter_texts` that the letter opens with, by what is true of the response."""
    answers = [each for table in response.tables for each in table.answers]
    held = [each for each in answers if not is_not_held(each)]
    withheld = [each for each in held if each.is_withheld]
    found = ["opening", "held" if held == answers else "held_in_part" if held else "held_not"]
    if withheld and len(withheld) < len(held):
        found.append("withheld_in_part")
    elif withheld:
        has_ranges = any(each.is_range for each in withheld)
        found.append("withheld_ranges" if has_ranges else "withheld_all")
    return [*found, *(["workbook"] if held else [])]


def counted(response: Response) -> Iterator[str]:
    """How occasions were counted: the definitions in force, and notes of several questions."""
    if response.definitions:
        yield said(response, "every_instance")
    yield from response.definitions
    yield from notes_of_several_questions(response)


def not_held(tables: Sequence[Table]) -> list[str]:
    """The figures that are not available, a line for each table and measure, with the periods."""
    found: dict[str, dict[str, None]] = {}
    for table in tables:
        for each in table.answers:
            if is_not_held(each):
                found.setdefault(f"{table.label}: {each.heading}", {})[each.period] = None
    return [f"{name}, {', '.join(periods)}" for name, periods in found.items()]


def is_not_held(answer: Answer) -> bool:
    """Whether the returns that a figure needs are not there."""
    return answer.value is None and answer.marker == "[x]" and not answer.is_withheld


def settings_to_check(response: Response, on: date) -> list[str]:
    """A sentence for each setting of the authority whose review date has passed.

    Args:
        response: its `words` hold the review dates.
        on: today.
    """
    dates = {
        setting.removeprefix("review_on:"): date.fromisoformat(day)
        for setting, day in response.words.items()
        if setting.startswith("review_on:")
    }
    return [
        f"seeds/rules/authority.csv: {setting} (“{response.authority[setting]}”) was to be checked "
        f"by {long_day(day)}; check it and move review_on."
        for setting, day in dates.items()
        if day < on
    ]
