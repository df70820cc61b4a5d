"""Lays a table's answers out as rows and columns, as they read best, and shows them so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table as RichTable

from missing_from_care.response.answers import Answer, Response, Table

MOST_PERIODS_ACROSS = 8
MOST_MEASURES_ACROSS = 5
SHORT_LABEL = len("2017/18 [b]")
OF_THE_PERIOD = ("month", "quarter")
"""The breakdowns whose categories follow each other within a period."""


@dataclass(frozen=True)
class Grid:
    """A table as a person reads it.

    Attributes:
        headings: of the columns; the first `labels` hold text, the others figures. `[b]` stands
            where a break in series starts: in the heading of its column or the label of its row.
        labels: how many columns name the row.
        rows: text for the labels, then a number or a marker for each figure.
        measures: of each figure column; empty where a column holds several.
        answers: for each row what its figures are, None where there is none.
        row_measures: of each row, where a row holds one.
    """

    headings: tuple[str, ...]
    labels: int
    rows: tuple[tuple[str | float, ...], ...]
    measures: tuple[str, ...]
    answers: tuple[tuple[Answer | None, ...], ...]
    row_measures: tuple[str, ...] = ()


def figure(value: str | float) -> str:
    """A figure of a grid as it is written: thousands separated, one decimal if it is no count."""
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def shown(answer: Answer) -> str | float:
    """The figure, or the range or marker that stands instead of it."""
    if answer.span:
        return " to ".join(figure(exact(end, answer.unit)) for end in answer.span)
    if answer.is_withheld:
        return "[c]"
    if answer.value is None:
        return answer.marker or "[x]"
    return exact(answer.value, answer.unit)


def _cell(answer: Answer | None) -> str | float:
    return shown(answer) if answer else "[z]"


def exact(value: float, unit: str) -> float:
    """A figure as a number: whole unless it is a percentage or an average."""
    return float(value) if unit in ("percent", "average") else int(value)


def marked(label: str, *answers: Answer | None) -> str:
    """A label with [b] where a break in series starts in one of its answers."""
    return f"{label} [b]" if any(each and each.marker == "[b]" for each in answers) else label


def grid(table: Table) -> Grid:
    """Lays out a table: categories down if there are any, else periods, else measures. Months and
    quarters differ from period to period, so stand one below the other."""
    headings = {(each.part, each.measure): each.heading for each in table.answers}
    measures, periods = list(headings), table.periods
    is_of_period = table.answers[0].breakdown in OF_THE_PERIOD
    if table.breakdown:
        if is_of_period or len(measures) > 1 or len(periods) > MOST_PERIODS_ACROSS:
            return _periods_down(table, measures, with_categories=True)
        places = {(each.category, each.period_name): each for each in table.answers}
        categories = dict.fromkeys((each.category, each.category_label) for each in table.answers)
        rows = [(label, [places[key, period] for period in periods]) for key, label in categories]
        return _periods_across(table, table.breakdown, rows)
    if len(periods) > 1 and not len(measures) > MOST_MEASURES_ACROSS >= len(periods):
        return _periods_down(table, measures, with_categories=False)
    by_place = {(each.part, each.measure, each.period_name): each for each in table.answers}
    of_measures = [
        (
            f"Part {part}: {heading}" if part else heading,
            [by_place.get((part, measure, period)) for period in periods],
        )
        for (part, measure), heading in headings.items()
    ]
    laid_out = _periods_across(table, "What was counted", of_measures)
    return replace(laid_out, row_measures=tuple(measure for _, measure in measures))


def _periods_across(
    table: Table, heading: str, rows: Sequence[tuple[str, Sequence[Answer | None]]]
) -> Grid:
    """One row a label, one column a period."""
    across = zip(table.periods, zip(*(answers for _, answers in rows), strict=True), strict=True)
    measures = {each.measure for each in table.answers}
    return Grid(
        headings=(heading, *(marked(period, *column) for period, column in across)),
        labels=1,
        rows=tuple((label, *map(_cell, answers)) for label, answers in rows),
        measures=(measures.pop() if len(measures) == 1 else "",) * len(table.periods),
        answers=tuple(tuple(answers) for _, answers in rows),
    )


def _periods_down(table: Table, measures: Sequence[tuple[str, str]], with_categories: bool) -> Grid:
    """One row a period and category, if any; one column a measure."""
    by_place = {
        (each.period_name, each.category, each.part, each.measure): each for each in table.answers
    }
    places = dict.fromkeys(
        (each.period_name, each.category, each.category_label)
        for each in sorted(table.answers, key=lambda a: (a.period_order, a.category_order))
    )
    labels = [label for *_, label in places]
    is_of_period = table.answers[0].breakdown in OF_THE_PERIOD
    if not with_categories:
        headings, names = [table.period_heading], [[period] for period, *_ in places]
    elif is_of_period and len(set(labels)) == len(labels):
        headings, names = [table.breakdown], [[label] for label in labels]
    else:
        headings = [table.period_heading, table.breakdown]
        names = [[period, label] for period, _, label in places]
    answers = [
        tuple(by_place.get((period, category, *measure)) for measure in measures)
        for period, category, _ in places
    ]
    for _, group in groupby(range(len(places)), lambda row: names[row][0]):
        of_period = list(group)
        breaks = [row for row in of_period if marked("", *answers[row])]
        # Where every category of a period begins anew, its first row says so.
        for row in breaks[:1] if breaks == of_period else breaks:
            names[row][0] = marked(names[row][0], *answers[row])
    columns = {(each.part, each.measure): each.heading for each in table.answers}
    return Grid(
        headings=(*headings, *named(columns, measures)),
        labels=len(headings),
        rows=tuple((*label, *map(_cell, row)) for label, row in zip(names, answers, strict=True)),
        measures=tuple(measure for _, measure in measures),
        answers=tuple(answers),
    )


def named(columns: dict[tuple[str, str], str], measures: Sequence[tuple[str, str]]) -> list[str]:
    """Headings of measures; a part is named where a heading would stand twice."""
    texts = [columns[measure] for measure in measures]
    return [
        f"{text} (part {part})" if texts.count(text) > 1 and part else text
        for text, (part, _) in zip(texts, measures, strict=True)
    ]


def terminal_tables(response: Response) -> Iterator[RichTable]:
    """One table for each table of the response, for a terminal of 80 columns."""
    for table in response.tables:
        laid_out = grid(table)
        title = table.label + (f" ({table.population})" if table.population else "")
        shown = RichTable(
            title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, width=80
        )
        for index, heading in enumerate(laid_out.headings):
            shown.add_column(
                # Long words may break at their hyphens.
                escape(heading.replace("-", "- ") if len(heading) > 24 else heading),
                justify="left" if index < laid_out.labels else "right",
                overflow="fold",
                min_width=SHORT_LABEL if index < laid_out.labels else None,
            )
        for row in laid_out.rows:
            labels = [str(value) for value in row[: laid_out.labels]]
            figures = [figure(value) for value in row[laid_out.labels :]]
            shown.add_row(*(escape(cell) for cell in (*labels, *figures)))
        yield shown
