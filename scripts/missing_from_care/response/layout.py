"""Lays a table's answers out as rows and columns, as they read best."""

from collections.abc import Sequence
from dataclasses import dataclass

from missing_from_care.response.answers import Answer, Table

MOST_PERIODS_ACROSS = 8
MOST_MEASURES_ACROSS = 5


@dataclass(frozen=True)
class Grid:
    """A table as a person reads it.

    Attributes:
        headings: of the columns; the first `labels` hold text, the others figures.
        labels: how many columns name the row.
        rows: text for the labels, then a number or a marker for each figure.
        measures: of each figure column; empty where a column holds several.
        row_measures: of each row, where a row holds one.
        breaks: for each row, whether a break in series starts there; empty if no row can have one.
    """

    headings: tuple[str, ...]
    labels: int
    rows: tuple[tuple[str | float, ...], ...]
    measures: tuple[str, ...]
    breaks: tuple[bool, ...] = ()
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


def exact(value: float, unit: str) -> float:
    """A figure as a number: whole unless it is a percentage or an average."""
    return float(value) if unit in ("percent", "average") else int(value)


def marked(answers: Sequence[Answer], period: str) -> str:
    """A period as a heading, with [b] where a break in series starts."""
    is_break = any(each.marker == "[b]" and each.period == period for each in answers)
    return f"{period} [b]" if is_break else period


def grid(table: Table) -> Grid:
    """Lays out a table: categories down if there are any, else periods, else measures."""
    measures = list(dict.fromkeys((each.part, each.measure) for each in table.answers))
    if table.breakdown and len(measures) == 1 and len(table.periods) <= MOST_PERIODS_ACROSS:
        return categories_down(table)
    if table.breakdown:
        return periods_down(table, measures, with_categories=True)
    if len(table.periods) == 1 or len(measures) > MOST_MEASURES_ACROSS >= len(table.periods):
        return measures_down(table, measures)
    return periods_down(table, measures, with_categories=False)


def categories_down(table: Table) -> Grid:
    """One row a category, one column a period: months differ from period to period, so they are
    rows of the periods they belong to."""
    if table.answers[0].breakdown in ("month", "quarter"):
        return periods_down(
            table, [(table.answers[0].part, table.answers[0].measure)], with_categories=True
        )
    by_place = {(each.category, each.period): each for each in table.answers}
    labels = dict.fromkeys((each.category, each.category_label) for each in table.answers)
    first = table.answers[0]
    return Grid(
        headings=(table.breakdown, *(marked(table.answers, period) for period in table.periods)),
        labels=1,
        rows=tuple(
            (label, *(shown(by_place[category, period]) for period in table.periods))
            for category, label in labels
        ),
        measures=(first.measure,) * len(table.periods),
    )


def measures_down(table: Table, measures: Sequence[tuple[str, str]]) -> Grid:
    """One row a measure, one column a period."""
    by_place = {(each.part, each.measure, each.period): each for each in table.answers}
    headings = {(each.part, each.measure): each.heading for each in table.answers}
    rows = []
    for part, measure in measures:
        heading = headings[part, measure]
        cells = (by_place.get((part, measure, period)) for period in table.periods)
        label = f"Part {part}: {heading}" if part else heading
        rows.append((label, *(shown(cell) if cell else "[z]" for cell in cells)))
    return Grid(
        headings=("What was counted", *(marked(table.answers, period) for period in table.periods)),
        labels=1,
        rows=tuple(rows),
        measures=("",) * len(table.periods),
        row_measures=tuple(measure for _, measure in measures),
    )


def periods_down(
    table: Table, measures: Sequence[tuple[str, str]], *, with_categories: bool
) -> Grid:
    """One row a period, and category if there are any; one column a measure.

    Quarters by quarter, or months by month, are named once.
    """
    with_categories = with_categories and table.breakdown != table.period_heading
    by_place = {
        (each.period, each.category, each.part, each.measure): each for each in table.answers
    }
    places = dict.fromkeys(
        (each.period, each.category, each.category_label)
        for each in sorted(table.answers, key=lambda a: (a.period_order, a.category_order))
    )
    columns = {(each.part, each.measure): each.heading for each in table.answers}
    rows, breaks = [], []
    for period, category, label in places:
        cells = [by_place.get((period, category, *measure)) for measure in measures]
        names = (period, label) if with_categories else (period,)
        rows.append((*names, *(shown(cell) if cell else "[z]" for cell in cells)))
        breaks.append(any(cell and cell.marker == "[b]" for cell in cells))
    label_headings = (table.period_heading, *((table.breakdown,) if with_categories else ()))
    return Grid(
        headings=(*label_headings, *named(columns, measures)),
        labels=len(label_headings),
        rows=tuple(rows),
        measures=tuple(measure for _, measure in measures),
        breaks=tuple(breaks) if any(breaks) else (),
    )


def named(columns: dict[tuple[str, str], str], measures: Sequence[tuple[str, str]]) -> list[str]:
    """Headings of measures; a part is named where a heading would stand twice."""
    texts = [columns[measure] for measure in measures]
    return [
        f"{text} (part {part})" if texts.count(text) > 1 and part else text
        for text, (part, _) in zip(texts, measures, strict=True)
    ]
