"""Writes the letter of a response: what it says, put into the Word template."""

import re
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from missing_from_care.base.faults import DataFault, ProtectionFault
from missing_from_care.base.project import template_file
from missing_from_care.base.texts import (
    ADDRESS,
    INVENTED_CHILDREN,
    LICENCE_ADDRESS,
    long_day,
    markers_in,
)
from missing_from_care.documents.letter.document import rendered, texts_of
from missing_from_care.documents.letter.questions import (
    is_change_explained,
    notes_of_several_questions,
    questions,
)
from missing_from_care.documents.statements import (
    answers_of,
    cost_paragraphs,
    is_anything_held,
    not_held,
    not_held_advice,
    opening,
    said,
)
from missing_from_care.response.answers import Response

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
    name, links = response.authority["name"], links_of(response)
    return rendered(template, context, title, name, response.dated, links)


def letter_context(response: Response) -> dict[str, Any]:
    """What the letter says, by the names of the template's tags: docs/letter.md lists them."""
    answers = answers_of(response)
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
        "opening": opening(response),
        "questions": questions(response),
        "definitions": list(counted(response, in_full=not is_change_explained(response))),
        "refusal": [*response.refusal, say("advice_withheld")] if is_withheld else [],
        "cost": cost_paragraphs(response),
        "not_held": lacking,
        "not_held_opening": say("not_held") if lacking else "",
        "not_held_advice": not_held_advice(response) if lacking else "",
        "review": say("review"),
        "regulator": say("regulator"),
        "reuse": say("reuse"),
        "formats": say("formats"),
    }
    markers = {marker for text in texts_of(context) for marker in markers_in(text)}
    shorthand = response.shorthand
    context["shorthand"] = [
        f"{marker} means {shorthand[marker]}." for marker in sorted(markers & shorthand.keys())
    ]
    return context


def links_of(response: Response) -> dict[str, str]:
    """Where the addresses in the authority's settings lead, by how they stand there."""
    email = response.authority.get("review_email") or ""
    found = {LICENCE_ADDRESS: LICENCE_ADDRESS, email: f"mailto:{email}"}
    contact = response.authority.get("regulator_contact") or ""
    found |= {text: f"https://{text}" for text in re.findall(ADDRESS, contact)}
    return {text: address for text, address in found.items() if text}


def counted(response: Response, *, in_full: bool = True) -> Iterator[str]:
    """How occasions were counted: the definitions in force, and notes of several questions.

    Args:
        response: of which it is said.
        in_full: whether the definitions stand there; else the answers explained them.
    """
    if response.definitions and in_full and is_anything_held(response):
        yield said(response, "every_instance")
        yield from response.definitions
    yield from notes_of_several_questions(response)


def settings_to_check(response: Response, on: date) -> list[str]:
    """A sentence for each setting of the authority, and rule, whose review date has passed.

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
        (
            f"seeds/rules/authority.csv: {setting} (“{response.authority[setting]}”)"
            if setting in response.authority
            else f"seeds/rules/{setting}.csv"
        )
        + f" was to be checked by {long_day(day)}; check it and move review_on."
        for setting, day in dates.items()
        if day < on
    ]
