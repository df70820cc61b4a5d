"""Writes the letter of a response: what it says, put into the Word template."""

import re
from collections.abc import Iterator, Sequence
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
    explained_changes,
    notes_of_several_questions,
    questions,
)
from missing_from_care.documents.letter.sentences import Count, filled
from missing_from_care.response.answers import Answer, Response, Table

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
        "definitions": list(counted(response, in_full=not explained_changes(response))),
        "refusal": [*response.refusal, say("advice_withheld")] if is_withheld else [],
        "cost": cost_paragraphs(response),
        "not_held": lacking,
        "not_held_opening": say("not_held") if lacking else "",
        "not_held_advice": say("advice_not_held") if lacking else "",
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


def answers_of(response: Response) -> list[Answer]:
    """All answers of a response."""
    return [each for table in response.tables for each in table.answers]


def opening(response: Response) -> list[str]:
    """The paragraphs that letter and page open with: how the request was handled, what is held."""
    handled, held = handling_texts(response), holding_texts(response)
    return [" ".join(said(response, name) for name in names) for names in (handled, held)]


def handling_texts(response: Response) -> list[str]:
    """The texts of `letter_texts` that say what became of the request."""
    handling = response.handling
    found = ["opening"]
    if handling.clarified_on:
        found.append("clarified")
    if handling.fee_notice_on and handling.fee_paid_on:
        found.append("fee_paid")
    if handling.first_answered_on:
        found.append("revised")
    elif handling.working_days_late:
        found.append("late")
    return found


def holding_texts(response: Response) -> list[str]:
    """The texts of `letter_texts` that say what is held, and what of it is given."""
    answers = answers_of(response)
    held = [each for each in answers if not is_not_held(each)]
    withheld = [each for each in held if each.is_withheld]
    found = []
    if answers:
        found.append("held" if held == answers else "held_in_part" if held else "held_not")
    if withheld and len(withheld) < len(held):
        found.append("withheld_in_part")
    elif withheld:
        has_ranges = any(each.is_range for each in withheld)
        found.append("withheld_ranges" if has_ranges else "withheld_all")
    if response.handling.estimate:
        found.append("cost_in_part" if answers else "cost_all")
    return [*found, *(["workbook"] if held else [])]


def cost_paragraphs(response: Response) -> list[str]:
    """Why a part is refused for what it would cost, with advice; empty if none is."""
    estimate = response.handling.estimate
    if estimate is None:
        return []
    return [
        said(response, name)
        for name in ("cost_estimate", "cost_offer" if estimate.offer else "cost_within")
    ]


def said(response: Response, letter_text: str) -> str:
    """A text of the seed `letter_texts`, filled in."""
    settings = {**response.words, **response.authority}
    values: dict[str, object] = {
        **{name: value for name, value in settings.items() if value and ":" not in name},
        "request_ref": response.request_ref,
        "licence_address": LICENCE_ADDRESS,
        "late": Count(response.handling.working_days_late),
    }
    handling = response.handling
    days = {
        "received": response.received_on,
        "due": response.due_on,
        "clarified": handling.clarified_on,
        "fee_notice": handling.fee_notice_on,
        "fee_paid": handling.fee_paid_on,
        "first_answered": handling.first_answered_on,
    }
    values |= {name: long_day(day) if day else "" for name, day in days.items()}
    if estimate := handling.estimate:
        values |= {
            "cost_of": estimate.what,
            "cost_offer": estimate.offer,
            "records": Count(estimate.records),
            "minutes": Count(estimate.minutes),
            "hours": Count(estimate.hours),
            "limit_hours": Count(estimate.limit_hours),
            "limit_pounds": Count(estimate.limit_pounds),
            "pounds_an_hour": Count(estimate.pounds_an_hour),
            "within": Count(estimate.records_within),
        }
    return filled("letter_texts.csv", response.words[f"letter:{letter_text}"], values)


def counted(response: Response, *, in_full: bool = True) -> Iterator[str]:
    """How occasions were counted: the definitions in force, and notes of several questions.

    Args:
        response: of which it is said.
        in_full: whether the definitions stand there; else the answers explained them.
    """
    if response.definitions and in_full:
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
