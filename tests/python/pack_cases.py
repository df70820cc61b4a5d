"""Responses that a pack is made from in tests: demonstration ones, with figures withheld, nasty."""

from collections.abc import Callable
from dataclasses import replace

from missing_from_care.response.answers import Answer, Response, Table

REFUSAL = (
    "Some figures are withheld, since a child could be identified from them.",
    "The exemption is section 40(2) of the Freedom of Information Act 2000.",
)
AUTHORITY = "Cyngor Môn & Tŷ'r “Ŵyn” <b>Council"
SCRIPT = "<script>alert(1)</script>"


def changed(response: Response, change: Callable[[Answer], Answer]) -> Response:
    """A response with each answer changed."""
    tables = (
        replace(table, answers=tuple(map(change, table.answers))) for table in response.tables
    )
    return replace(response, tables=tuple(tables))


def is_small(answer: Answer) -> bool:
    """Whether the rule of thumb of these tests withholds a figure."""
    return answer.value is not None and 0 < answer.value < 5


def protected(response: Response, hides: Callable[[Answer], bool] = is_small) -> Response:
    """A protected response, the figures withheld that `hides` names."""
    hidden = changed(
        response,
        lambda each: replace(each, value=None, is_withheld=True) if hides(each) else each,
    )
    return replace(hidden, is_protected=True, refusal=REFUSAL)


def ranged(response: Response) -> Response:
    """A protected response, figures below 5 withheld and those below 10 given as ranges."""
    hidden = changed(
        response,
        lambda each: (
            replace(each, value=None, is_withheld=True, low=each.value - 1, high=each.value + 1200)
            if each.value is not None and 5 <= each.value < 10
            else each
        ),
    )
    return protected(hidden)


def renumbered(table: Table, number: int) -> Table:
    """A table as that of another question."""
    answers = tuple(replace(each, question_no=str(number)) for each in table.answers)
    return replace(table, question_no=str(number), label=f"Question {number}", answers=answers)


def nasty(response: Response) -> Response:
    """25 questions, 60 categories, no figure at all, markup, formulas, long words and texts."""
    plain, by_category = response.tables[0], response.tables[2]
    first = replace(by_category.answers[0], wording=f'=1+1 {SCRIPT} & "{"long " * 400}"')
    categories = tuple(
        replace(
            first,
            category=f"c{number}",
            category_label=f"={number} {SCRIPT} $x$\x07 " + "Llanfairpwllgwyngyll" * (number % 9),
            category_order=number,
            value=float(number * 1000),
        )
        for number in range(60)
    )
    empty = (replace(each, value=None, marker="[x]") for each in plain.answers)
    tables = [
        replace(by_category, answers=categories),
        replace(by_category, answers=categories[:15]),
        replace(plain, answers=tuple(empty)),
        *[plain] * 22,
    ]
    return replace(
        protected(response),
        subject=f"=cmd|'/c calc'!A1 {SCRIPT} & ŵ",
        authority=response.authority | {"name": AUTHORITY},
        tables=tuple(renumbered(table, number) for number, table in enumerate(tables, start=1)),
        refusal=(f"{SCRIPT} {'x' * 300}",),
    )
