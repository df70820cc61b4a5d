"""What became of a request and what is held of it, in the words of the rule seed `letter_texts`."""

from collections.abc import Sequence

from missing_from_care.base.texts import LICENCE_ADDRESS, long_day
from missing_from_care.documents.letter.sentences import Count, filled, of_whom, periods_listed
from missing_from_care.response.answers import Answer, Response, Table


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
        found.append("replaces")
    elif handling.working_days_late:
        found.append("late")
    return [*found, *(["revised"] if revised_figures(response) else [])]


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
        "revised": "; ".join(revised_figures(response)),
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


def revised_figures(response: Response) -> list[str]:
    """The figures that carry a note of having been revised, each once, with its periods."""
    notes = revised_notes(response)
    found: dict[tuple[str, str], list[Answer]] = {}
    for table in response.tables:
        for each in table.answers:
            if any(text in (each.note or "") for text in notes):
                name = each.heading + of_whom(table)
                if each.breakdown != "none":
                    name += f", {each.category_label}"
                found.setdefault((name, each.period_basis), []).append(each)
    return [f"{name}, {periods_listed(revised)}" for (name, _), revised in found.items()]


def revised_notes(response: Response) -> list[str]:
    """The notes that say of a figure since when it is revised."""
    return [text for name, text in response.notes.items() if name.startswith("revised_since ")]


def not_held(tables: Sequence[Table]) -> list[str]:
    """The figures that are not available, a line for each table and measure, with the periods."""
    found: dict[str, list[Answer]] = {}
    for table in tables:
        for each in table.answers:
            if is_not_held(each):
                found.setdefault(f"{table.label}: {each.heading}", []).append(each)
    return [f"{name}, {periods_listed(lacking)}" for name, lacking in found.items()]


def not_held_advice(response: Response) -> str:
    """What a requester can ask for instead of what is not held (FOIA s.16)."""
    is_some = is_anything_held(response)
    return said(response, "advice_not_held" if is_some else "advice_nothing_held")


def is_anything_held(response: Response) -> bool:
    """Whether a figure is held, shown or not."""
    return not all(map(is_not_held, answers_of(response)))


def is_not_held(answer: Answer) -> bool:
    """Whether the returns that a figure needs are not there."""
    return answer.value is None and answer.marker == "[x]" and not answer.is_withheld
