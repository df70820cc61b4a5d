"""What documents say in sentences, by patterns of the seeds: each question with its answer, which
hold the numbers; then what became of the request, and what is held of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, takewhile
from operator import attrgetter
from typing import Any

from missing_from_care.base.faults import DataFault
from missing_from_care.base.texts import LICENCE_ADDRESS, long_day
from missing_from_care.response.answers import Answer, Change, Response, Table
from missing_from_care.response.layout import MOST_PERIODS_ACROSS, OF_THE_PERIOD, figure, shown

Words = Mapping[str, str]
COST_NUMBERS = ("records", "minutes", "hours", "limit_hours", "limit_pounds", "pounds_an_hour")

LONG_RUN = 3
"""So many periods that follow each other are said by the first and the last."""

FEW_FIGURES, FEW_MEASURES = 8, 5
"""So many figures of a table, of so many measures, are said in sentences alone."""

FEW_GROUPS, LARGEST = 4, 3
"""So many groups are all named; so many of more, and those that equal the last of them."""

LONGEST_WORDING, SHORTEST_BEGINNING = 60, 6
"""Words of a question that are repeated; words at which a beginning is said once for all parts."""


class Figures:
    """Figures of one measure, in a sentence: `6 occasions in 2014/15 and 107 in 2015/16`. A pattern
    names the unit after a colon: `{figures:occasion|occasions}` for one and several, `{figures:%}`
    for what follows each number."""

    def __init__(self, answers: Sequence[Answer], words: Words, *, by_day: bool = False) -> None:
        self.answers, self.words, self.by_day = answers, words, by_day

    def __format__(self, unit: str) -> str:
        one, is_noun, many = unit.partition("|")
        said: list[str] = []
        for each in self.answers:
            text = figure(shown(each))
            if is_noun:
                # The first names the unit.
                text += "" if said else f" {one if text == '1' else many}"
            else:
                text += unit
            day = f"on {long_day(each.period_end)}"
            said.append(f"{text} {day if self.by_day else period_in_words(each, self.words)}")
        return listed(said)


class Periods:
    """Periods in a sentence: `{periods:figure|figures}` is `figures for 2014/15 and 2015/16`."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.answers = answers

    def __format__(self, noun: str) -> str:
        one, _, many = noun.partition("|")
        periods = periods_listed(self.answers)
        return f"{one if len(self.answers) == 1 else many} for {periods}" if noun else periods


class Count:
    """A number with its noun: `{late:working day|working days}` is `3 working days`."""

    def __init__(self, number: float) -> None:
        self.number = number

    def __format__(self, noun: str) -> str:
        one, _, many = noun.partition("|")
        text = figure(int(self.number) if self.number == int(self.number) else self.number)
        return f"{text} {one if self.number == 1 else many}".strip()


def filled(where: str, pattern: str, values: Mapping[str, object]) -> str:
    """A text of a rule seed with its names in braces filled in; a DataFault if it names something
    that there is not, or a brace stands alone."""
    try:
        return pattern.format_map(values)
    except (KeyError, ValueError, IndexError, AttributeError, TypeError) as problem:
        raise DataFault(
            f"seeds/rules/{where}: “{pattern}” cannot be filled in ({problem}); it may name "
            f"{', '.join(sorted(values))}, in braces."
        ) from None


def worded(words: Words, letter_text: str, **values: object) -> str:
    """A text of the seed `letter_texts`, filled in."""
    return filled("letter_texts.csv", words[f"letter:{letter_text}"], values)


def listed(texts: Sequence[str]) -> str:
    """`one, two and three`."""
    return " and ".join(filter(None, (", ".join(texts[:-1]), texts[-1])))


def periods_listed(answers: Sequence[Answer]) -> str:
    """`2008/09 to 2013/14 and 2016/17`: three and more in a row are said by their ends."""
    runs: list[list[str]] = []
    orders = {each.period_order: each.period_name for each in answers}
    for order, name in sorted(orders.items()):
        if order - 1 in orders:
            runs[-1].append(name)
        else:
            runs.append([name])
    said = (run if len(run) < LONG_RUN else [f"{run[0]} to {run[-1]}"] for run in runs)
    return listed([text for run in said for text in run])


def period_in_words(answer: Answer, words: Words) -> str:
    """`in 2017/18`, by the pattern of its basis."""
    pattern = words[f"period:{answer.period_basis}"]
    return filled("period_bases.csv", pattern, {"period": answer.period_name})


def of_whom(table: Table) -> str:
    """` (sex: Female; age: 16 or 17)` for what is counted; empty for all children."""
    conditions = (each[0].lower() + each[1:] for each in table.population.split("; ") if each)
    return f" ({'; '.join(conditions)})" if table.population else ""


def is_number(answer: Answer) -> bool:
    """Whether a number or a range stands there, and no marker."""
    return answer.is_range or not isinstance(shown(answer), str)


def wordings(table: Table) -> list[tuple[str, str]]:
    """Each part with its wording, once; that of no part, if the parts do not repeat it."""
    asked = dict.fromkeys((each.part, each.wording) for each in table.answers if each.wording)
    return [
        (part, wording)
        for part, wording in asked
        if part or not any(other and wording.split("?")[0][:60] in said for other, said in asked)
    ]


def answered_tables(response: Response) -> list[list[dict[str, Any]]]:
    """What is `asked` and `answered` in each table of a response, part by part."""
    seen: set[tuple[str, str]] = set()
    explained: dict[Change, list[str]] = {}
    found = []
    for table in response.tables:
        asked = _asked(table, response.words, seen)
        parts: list[dict[str, Any]] = []
        for part in dict.fromkeys(each.part for each in table.answers):
            lines = asked.get(part, [])
            said = _part_sentences(part, table, response, is_short=bool(part and lines))
            answered = list(dict.fromkeys(said))
            if lines or answered:
                parts.append({"asked": lines, "answered": answered})
        if warnings := list(_break_sentences(table, response, explained)):
            after = next((part for part in parts if part["answered"]), parts[-1])
            after["answered"] += warnings
        found.append(parts)
    return found


def _asked(table: Table, words: Words, seen: set[tuple[str, str]]) -> dict[str, list[str]]:
    """The requester's words for each part that has not been given yet, a line each. What several
    parts begin with is said once, above the first; long ones are shortened. `seen` has the wordings
    already given, by question; it grows."""
    new = [
        (part, wording)
        for part, wording in wordings(table)
        if (f"{table.question_no}{part}", wording) not in seen
    ]
    seen.update((f"{table.question_no}{part}", wording) for part, wording in new)
    of_parts = [wording for part, wording in new if part]
    beginning = ""
    if len(of_parts) > 1 and not any("\n" in text.strip() for text in of_parts):
        columns = zip(*(text.split(" ") for text in of_parts), strict=False)
        alike = [each[0] for each in takewhile(lambda each: len(set(each)) == 1, columns)]
        beginning = f"{' '.join(alike)} " if len(alike) >= SHORTEST_BEGINNING else ""
    found: dict[str, list[str]] = {}
    for part, wording in new:
        lines = [line for line in wording.splitlines() if line.strip()]
        if part and beginning:
            lines = [wording[len(beginning) :] or wording]
        if lines and part:
            lines[0] = f"({part}) {lines[0]}"
        if part and beginning and not any(found.values()):
            lines.insert(0, f"{beginning.strip()} …")
        kept, left = found.setdefault(part, []), LONGEST_WORDING
        for line in lines:
            of_line = line.split()
            if len(of_line) > left:
                kept.append(worded(words, "shortened", beginning=" ".join(of_line[:left])))
                break
            kept.append(line)
            left -= len(of_line)
    return found


def _part_sentences(part: str, table: Table, response: Response, is_short: bool) -> Iterator[str]:
    """A sentence for each measure of a part; where a table follows, for the one asked for first. A
    short one stands right beneath the question, so that the numbers of one measure are enough."""
    by_measure: dict[str, list[Answer]] = {}
    for each in table.answers:
        if each.part == part:
            by_measure.setdefault(each.measure, []).append(each)
    if table.breakdown or len(table.periods) > MOST_PERIODS_ACROSS:
        for answers in list(by_measure.values())[:2]:
            if any(map(is_number, answers)):
                yield from _group_sentences(answers, table, response)
            else:
                yield sentence(answers, table, response.words)
        return
    is_short = is_short and len(by_measure) == 1
    for answers in list(by_measure.values())[: 1 if is_table_needed(table) else None]:
        yield sentence(answers, table, response.words, is_short=is_short)


def is_table_needed(table: Table) -> bool:
    """Whether the sentences do not hold all figures; a table without any tells nothing."""
    if not any(map(is_number, table.answers)):
        return False
    measures = {(each.part, each.measure) for each in table.answers}
    is_long = len(table.answers) > FEW_FIGURES or len(measures) > FEW_MEASURES
    return bool(table.breakdown) or is_long


def sentence(answers: Sequence[Answer], table: Table, words: Words, is_short: bool = False) -> str:
    """What was counted, in words: a sentence for the numbers of one measure, one for each marker.

    Args:
        answers: of one measure without a breakdown, one a period.
        table: that they belong to.
        words: of the response.
        is_short: the numbers alone, right beneath the question that names what was counted.
    """
    numbers = [each for each in answers if is_number(each)]
    lacking = " ".join(_lacking_sentences(answers, words))
    if not numbers and is_short:
        return lacking
    if not numbers:
        return f"{answers[0].heading}{of_whom(table)}{table.by}: {lacking[0].lower()}{lacking[1:]}"
    values: dict[str, object] = {
        "figures": Figures(numbers, words),
        "last_days": Figures(numbers, words, by_day=True),
    }
    pattern = words.get(f"sentence:{answers[0].measure}") or "{heading}: {figures}."
    if is_short:
        place = re.search(r"\{(figures|last_days)[^}]*\}", pattern)
        said = filled("measures.csv, sentence", place[0] if place else "{figures}", values)
        return f"{said}. {lacking}".strip()
    values |= {"children": words["letter:children"] + of_whom(table), "heading": answers[0].heading}
    text = filled("measures.csv, sentence", pattern, values)
    if "{children}" not in pattern:
        text = f"{text.removesuffix('.')}{of_whom(table)}."
    return f"{text[0].upper()}{text[1:]} {lacking}".strip()


def _lacking_sentences(answers: Sequence[Answer], words: Words) -> Iterator[str]:
    """For which periods a figure is withheld, not held, or does not apply."""
    by_marker: dict[str, list[Answer]] = {}
    for each in answers:
        if not is_number(each):
            by_marker.setdefault(str(shown(each)), []).append(each)
    for marker, found in sorted(by_marker.items()):
        yield worded(words, f"figures_{marker[1]}", periods=Periods(found))


def _group_sentences(answers: Sequence[Answer], table: Table, response: Response) -> Iterator[str]:
    """What the answers of one part and measure say, by a breakdown or in many periods: the total,
    if another question of the request gives it for the same periods, and the largest figures."""
    words, first = response.words, answers[0]
    periods = {each.period for each in answers}
    for other in response.tables:
        total = [
            each
            for each in other.answers
            if (each.measure, each.population, each.breakdown, each.period_basis)
            == (first.measure, first.population, "none", first.period_basis)
            and each.period in periods
            and is_number(each)
        ]
        if total and first.breakdown != "none" and other.question_no != table.question_no:
            figures, number = Figures(total, words), other.question_no
            yield worded(words, "total", heading=first.heading, figures=figures, question_no=number)
            break
    heading = first.heading + of_whom(table)
    if not table.breakdown or first.breakdown in OF_THE_PERIOD:
        groups = [
            (each.category_label if each.breakdown != "none" else each.period_name, each)
            for each in answers
            if not each.is_not_held
        ]
        by = table.by or f", by {table.period_heading.lower()}"
        yield _said_of_groups(heading, by, groups, words)
        yield from _lacking_sentences([each for each in answers if each.is_not_held], words)
        return
    of_periods = [list(found) for _, found in groupby(answers, attrgetter("period_order"))]
    for found in of_periods[:1] if len(of_periods) == 1 else (of_periods[0], of_periods[-1]):
        when = f" {period_in_words(found[0], words)}"
        if "{last_days" in words.get(f"sentence:{found[0].measure}", ""):
            heading = heading.replace(f" {words['letter:at_the_end']}", "")
            when = f" on {long_day(found[0].period_end)}"
        groups = [(each.category_label, each) for each in found]
        yield _said_of_groups(heading, f"{when}{table.by}", groups, words)


def _said_of_groups(
    heading: str, scope: str, groups: Sequence[tuple[str, Answer]], words: Words
) -> str:
    """`Male (12) and Female (1 to 3)`, then `withheld [c] for Not known`, of one period. The
    largest are named among exact figures alone; where others are withheld it says so, since one of
    those may be larger."""
    counted = [(name, each) for name, each in groups if shown(each) != 0]
    exact = [(name, each) for name, each in counted if each.value is not None]
    if not any(is_number(each) for _, each in groups):
        kind, named = f"groups_{str(shown(groups[0][1]))[1]}", []
    elif len(counted) <= FEW_GROUPS or len(exact) < LARGEST:
        kind, named = "groups_all" if len(counted) == len(groups) else "groups_and_none", counted
        kind = kind if counted else "groups_none"
    else:
        values = sorted((each.value or 0 for _, each in exact), reverse=True)
        least = values[:LARGEST][-1]
        named = [pair for pair in exact if (pair[1].value or 0) >= least]
        named.sort(key=lambda pair: -(pair[1].value or 0))
        kind = "groups_largest" if len(exact) == len(counted) else "groups_given"
    numbers = [f"{name} ({figure(shown(e))})" for name, e in named if is_number(e)]
    said = [listed(numbers)] if numbers else []
    lacking: dict[str, list[str]] = {}
    for name, each in named:
        if not is_number(each):
            lacking.setdefault(str(shown(each)), []).append(name)
    for marker, names in lacking.items():
        meaning = f"{words[f'letter:shorthand_{marker[1]}'].partition(':')[0]} {marker}"
        said.append(worded(words, "groups_lacking", meaning=meaning, groups=listed(names)))
    return worded(words, kind, heading=heading, scope=scope, groups="; ".join(said))


def is_change_explained(response: Response) -> bool:
    """Whether the answers explain a change of definition that they cross."""
    return any(_across(change, table) for table in response.tables for change in response.changes)


def _across(change: Change, table: Table) -> list[Answer]:
    """The answers of a table that depend on the definition, if it changed between them."""
    answers = [
        each
        for each in table.answers
        if (each.by_definition or each.breakdown == "counts_as") and not each.is_not_held
    ]
    is_before = any(each.period_start < change.day for each in answers)
    return answers if is_before and any(e.period_end >= change.day for e in answers) else []


def _break_sentences(
    table: Table, response: Response, explained: dict[Change, list[str]]
) -> Iterator[str]:
    """The warnings beneath the answers of a table: `Do not compare 843 with 43: …`. `explained` has
    for each change the questions that were warned, the first with the reason; it grows."""
    words = response.words
    for change in response.changes:
        answers, warned = _across(change, table), explained.setdefault(change, [])
        if not answers or table.question_no in warned:
            continue
        warned.append(table.question_no)
        first = answers[0]
        before = [e for e in answers if e.measure == first.measure and e.period_end < change.day]
        after = [e for e in answers if e.measure == first.measure and e.period_end >= change.day]
        day = long_day(change.day)
        is_mixed = bool(after) and after[0].period_start < change.day
        # A table of months or quarters has the day of the change between two rows.
        is_mixed = is_mixed and first.breakdown not in OF_THE_PERIOD
        after_text = f"figures for {after[0].period_name}" if is_mixed else f"figures from {day} on"
        before_text = "earlier ones"
        is_said = not table.breakdown and first.measure == table.answers[0].measure
        if is_said and before and after and is_number(before[-1]) and is_number(after[0]):
            after_text, before_text = figure(shown(after[0])), figure(shown(before[-1]))
        kind = "mixed" if is_mixed and not before else "do_not_compare"
        yield worded(
            words,
            kind if len(warned) == 1 else f"{kind}_again",
            after=after_text,
            before=before_text,
            reason=filled("definitions.csv, change", change.reason, {"day": day}),
            question_no=warned[0],
            in_period=period_in_words(after[0], words) if after else "",
        )
        # Where a table has missing and absent together beside a measure of missing.
        measures = {each.measure for each in table.answers}
        if len(warned) == 1 and f"{first.measure}_or_absent" in measures:
            yield words["letter:closer"]


# --- Of the whole request, in all documents ------------------------------------------------------


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
    answers = response.answers
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
    return not all(each.is_not_held for each in response.answers)


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
