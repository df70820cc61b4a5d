"""What became of a request, what is held of it and what each table is of, in all documents."""

from collections.abc import Sequence

from missing_from_care.base.texts import LICENCE_ADDRESS, long_day
from missing_from_care.documents.sentences import Count, filled, of_whom, periods_listed
from missing_from_care.response.answers import Answer, Response, Table

COST_NUMBERS = ("records", "minutes", "hours", "limit_hours", "limit_pounds", "pounds_an_hour")


def answers_of(response: Response) -> list[Answer]:
    """All answers of a response."""
    return [each for table in response.tables for each in table.answers]


def opening(response: Response) -> list[str]:
    """The paragraphs that letter and page open with: how the request was handled, what is held."""
    both = handling_texts(response), holding_texts(response)
    return [" ".join(said(response, name) for name in names) for names in both]


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
    held = [each for each in answers if not each.is_not_held]
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
    names = ("cost_estimate", "cost_offer" if estimate.offer else "cost_within")
    return [said(response, name) for name in names]


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
    for name in ("received", "due", "clarified", "fee_notice", "fee_paid", "first_answered"):
        day = (vars(response) | vars(response.handling))[f"{name}_on"]
        values[name] = long_day(day) if day else ""
    if estimate := response.handling.estimate:
        values |= {"cost_of": estimate.what, "cost_offer": estimate.offer}
        values |= {name: Count(getattr(estimate, name)) for name in COST_NUMBERS}
        values["within"] = Count(estimate.records_within)
    return filled("letter_texts.csv", response.words[f"letter:{letter_text}"], values)


def revised_figures(response: Response) -> list[str]:
    """The figures that carry a note of having been revised, each once, with its periods."""
    notes = revised_notes(response)
    found: dict[tuple[str, str], list[Answer]] = {}
    for table in response.tables:
        for each in table.answers:
            if any(text in (each.note or "") for text in notes):
                category = "" if each.breakdown == "none" else f", {each.category_label}"
                name = each.heading + of_whom(table) + category
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
            if each.is_not_held:
                found.setdefault(f"{table.label}: {each.heading}", []).append(each)
    return [f"{name}, {periods_listed(lacking)}" for name, lacking in found.items()]


def not_held_advice(response: Response) -> str:
    """What a requester can ask for instead of what is not held (FOIA s.16)."""
    kind = "advice_not_held" if is_anything_held(response) else "advice_nothing_held"
    return said(response, kind)


def is_anything_held(response: Response) -> bool:
    """Whether a figure is held, shown or not."""
    return not all(each.is_not_held for each in answers_of(response))


def table_title(table: Table) -> str:
    """`Question 4: Occasions missing and related figures, 2014/15 to 2017/18`."""
    headings = list(dict.fromkeys(each.heading for each in table.answers))
    said = headings[0] if len(headings) == 1 else f"{headings[0]} and related figures"
    said += table.by
    if table.population:
        said += f" ({table.population})"
    return f"{table.label}: {said}, {first_to_last(table.periods)}"


def first_to_last(periods: Sequence[str]) -> str:
    """`2014/15 to 2017/18`, or the one period."""
    distinct = list(dict.fromkeys(periods))
    return " to ".join([distinct[0], *distinct[1:][-1:]])


def general_notes(table: Table, response: Response) -> list[str]:
    """The notes of the answers themselves, each once, in the order of the seed."""
    found = response.notes_of(table)
    measures = {each.measure for each in table.answers}
    if sum(f"harm:{measure}" in response.words for measure in measures) > 1:
        found.append(response.notes["parts_overlap"])
    if table.has_ranges:
        found.append(response.notes["ranges"])
    return found
