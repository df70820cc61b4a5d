"""Says in a sentence or two what a large table shows: its largest figures and its total."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from missing_from_care.base.texts import long_day
from missing_from_care.documents.letter.sentences import (
    Figures,
    Words,
    filled,
    is_number,
    lacking_sentences,
    listed,
    of_whom,
    period_in_words,
)
from missing_from_care.documents.statements import is_not_held
from missing_from_care.response.answers import Answer, Response, Table
from missing_from_care.response.layout import OF_THE_PERIOD, figure, shown

FEW_GROUPS, LARGEST = 4, 3
"""So many groups are all named; so many of more, and those that equal the last of them."""


def group_sentences(answers: Sequence[Answer], table: Table, response: Response) -> Iterator[str]:
    """What the answers of one measure say, by a breakdown or in many periods.

    Args:
        answers: of one part and measure.
        table: that they belong to.
        response: where the total may stand.
    """
    words = response.words
    heading = answers[0].heading + of_whom(table)
    yield from total_sentences(answers, table, response)
    if not table.breakdown or answers[0].breakdown in OF_THE_PERIOD:
        named = [(label_of(each), each) for each in answers if not is_not_held(each)]
        by = table.by or f", by {table.period_heading.lower()}"
        yield said_of_groups(heading, by, named, words)
        yield from lacking_sentences(list(filter(is_not_held, answers)), words)
    else:
        periods = [list(found) for _, found in groupby(answers, attrgetter("period_order"))]
        for found in periods[:1] if len(periods) == 1 else (periods[0], periods[-1]):
            when = f" {period_in_words(found[0], words)}"
            if "{last_days" in words.get(f"sentence:{found[0].measure}", ""):
                heading = heading.replace(f" {words['letter:at_the_end']}", "")
                when = f" on {long_day(found[0].period_end)}"
            named = [(each.category_label, each) for each in found]
            yield said_of_groups(heading, f"{when}{table.by}", named, words)


def label_of(answer: Answer) -> str:
    """The stretch of time that a figure is of."""
    return answer.category_label if answer.breakdown != "none" else answer.period_name


def said_of_groups(
    heading: str, scope: str, groups: Sequence[tuple[str, Answer]], words: Words
) -> str:
    """The sentence on the groups of one period.

    The largest are named among exact figures alone. Where others are withheld it says so, since one
    of those may be larger.

    Args:
        heading: what is counted.
        scope: when and by what, ` in 2017/18, by sex`.
        groups: each with its name, in order.
        words: of the response.
    """
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
    return filled(
        "letter_texts.csv",
        words[f"letter:{kind}"],
        {
            "heading": heading,
            "scope": scope,
            "groups": "; ".join(_named_groups(named, words)),
        },
    )


def _named_groups(groups: Sequence[tuple[str, Answer]], words: Words) -> Iterator[str]:
    """`Male (12) and Female (1 to 3)`, then `withheld [c] for Not known`."""
    if numbers := [f"{name} ({figure(shown(e))})" for name, e in groups if is_number(e)]:
        yield listed(numbers)
    lacking: dict[str, list[str]] = {}
    for name, each in groups:
        if not is_number(each):
            lacking.setdefault(str(shown(each)), []).append(name)
    for marker, names in lacking.items():
        meaning = words[f"letter:shorthand_{marker[1]}"].partition(":")[0]
        values = {"meaning": f"{meaning} {marker}", "groups": listed(names)}
        yield filled("letter_texts.csv", words["letter:groups_lacking"], values)


def total_sentences(answers: Sequence[Answer], table: Table, response: Response) -> Iterator[str]:
    """The total, if another question of the request gives it for the same periods."""
    periods = {each.period for each in answers}
    for other in response.tables:
        total = [
            each
            for each in other.answers
            if (each.measure, each.population, each.breakdown, each.period_basis)
            == (answers[0].measure, answers[0].population, "none", answers[0].period_basis)
            and each.period in periods
            and is_number(each)
        ]
        if total and answers[0].breakdown != "none" and other.question_no != table.question_no:
            yield filled(
                "letter_texts.csv",
                response.words["letter:total"],
                {
                    "heading": answers[0].heading,
                    "figures": Figures(total, response.words),
                    "question_no": other.question_no,
                },
            )
            return
