"""Which charts a table gets, and what they say; a figure that is not shown leaves no trace."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from missing_from_care.documents.page.drawing import (
    LONGEST_BESIDE,
    Mark,
    bar_chart,
    line_chart,
    svg,
)
from missing_from_care.response.answers import Answer, Table
from missing_from_care.response.layout import OF_THE_PERIOD, figure, marked, named, shown

MOST_BARS = 40
ZERO, NOT_SHOWN = "With the figure 0", "Not shown"


@dataclass(frozen=True)
class Chart:
    """A chart: its heading, and the drawing as SVG."""

    heading: str
    drawing: str


def charts(table: Table, name: str) -> Iterator[Chart]:
    """The charts that help to read a table, of the figures that are shown alone.

    Lines over periods, months or quarters, one chart a measure; bars for other categories, or for
    the measures of one period.

    Args:
        table: the answers.
        name: what the ids of its charts begin with; unique in the page.
    """
    for number, (heading, answers) in enumerate(panels(table), start=1):
        if is_helpful(answers):
            if is_over_time(table):
                drawing = line_chart([mark(each, place_in_time(each)) for each in answers])
            else:
                drawing = bar_chart(groups(table, answers))
            said = summary(table, answers)
            yield Chart(heading, svg(drawing, f"{name}-{number}", heading, said))


def is_over_time(table: Table) -> bool:
    """Whether the figures of a measure follow each other in time."""
    return len({place_in_time(each) for each in table.answers}) > 1 and (
        not table.breakdown or table.answers[0].breakdown in OF_THE_PERIOD
    )


def place_in_time(answer: Answer) -> str:
    """The month or quarter of a figure, else its period."""
    return answer.category_label if answer.breakdown in OF_THE_PERIOD else answer.period_name


def panels(table: Table) -> Iterator[tuple[str, list[Answer]]]:
    """What one chart shows each: a heading and its answers."""
    columns = {(each.part, each.measure): each.heading for each in table.answers}
    if not table.breakdown and len(table.periods) == 1:
        units = {each.unit for each in table.answers}
        if len(units) == 1:
            yield f"{units.pop().capitalize()}, {table.periods[0]}", list(table.answers)
        return
    for measure, heading in zip(columns, named(columns, list(columns)), strict=True):
        answers = [each for each in table.answers if (each.part, each.measure) == measure]
        if table.breakdown:
            heading += table.by
        if table.breakdown and not is_over_time(table):
            if len(answers) > MOST_BARS and len(table.periods) > 1:
                heading += f", {table.periods[-1]}"
                answers = [each for each in answers if each.period_name == table.periods[-1]]
            if len(answers) > MOST_BARS:
                continue
        yield heading, answers


def is_helpful(answers: Sequence[Answer]) -> bool:
    """Whether a chart says more than the table: most figures are shown, two of them not zero."""
    tops = [upper for _, (_, upper) in drawn(answers)]
    return 2 * len(tops) > len(answers) and sum(top > 0 for top in tops) > 1


def drawn(answers: Sequence[Answer]) -> list[tuple[Answer, tuple[float, float]]]:
    """The answers that may be drawn, each with the ends of its range; a figure is both its ends."""
    found = []
    for each in answers:
        if each.span:
            found.append((each, each.span))
        elif each.value is not None and not each.is_withheld:
            found.append((each, (each.value, each.value)))
    return found


def mark(answer: Answer, label: str) -> Mark:
    """A figure with its label; the days of a part of a period stand in the table."""
    value = None if answer.is_withheld else answer.value
    return Mark(
        re.sub(r" \(part:[^)]*\)", " (part)", label),
        value,
        figure(shown(answer)),
        answer.marker == "[b]",
        answer.span,
    )


def groups(table: Table, answers: Sequence[Answer]) -> list[tuple[str, list[Mark]]]:
    """Bars of a category together; where each has one bar, short names stand beside the bars.

    Categories that are 0 or not shown throughout are named below the bars.
    """
    found: dict[tuple[str, ...], tuple[str, list[Mark]]] = {}
    for each in answers:
        name = each.category_label if table.breakdown else each.heading
        key = (each.category, each.part, each.measure)
        found.setdefault(key, (name, []))[1].append(mark(each, marked(each.period_name, each)))
    listed: dict[str, list[str]] = {ZERO: [], NOT_SHOWN: []}
    bars = []
    for name, marks in found.values():
        values = {each.span or each.value for each in marks}
        if values in ({0}, {None}):
            listed[ZERO if values == {0} else NOT_SHOWN].append(name)
        else:
            bars.append((name, marks))
    if all(len(marks) == 1 for _, marks in bars):
        if max(len(name) for name, _ in bars) <= LONGEST_BESIDE:
            bars = [("", [replace(marks[0], label=name) for name, marks in bars])]
        else:
            bars = [(name, [replace(marks[0], label="")]) for name, marks in bars]
    return bars + [(f"{why}: {'; '.join(names)}", []) for why, names in listed.items() if names]


def summary(table: Table, answers: Sequence[Answer]) -> str:
    """A chart in words: its highest and lowest figure, breaks, and how many are not shown."""
    seen = drawn(answers)
    highest, _ = max(seen, key=lambda item: item[1][1])
    lowest, _ = min(seen, key=lambda item: item[1][0])
    is_line = is_over_time(table)
    said = ["Line chart." if is_line else "Bar chart."]
    for word, each in (("Highest shown", highest), ("Lowest shown", lowest)):
        name = each.category_label if table.breakdown else each.heading
        where = place_in_time(each) if is_line else f"{name}, {each.period_name}"
        said.append(f"{word}: {figure(shown(each))} ({where}).")
    breaks = dict.fromkeys(place_in_time(each) for each in answers if each.marker == "[b]")
    if breaks:
        said.append(f"Break in series: {', '.join(breaks)}.")
    if any(each.is_range for each in answers):
        said.append("A range is drawn as a line between its ends.")
    if len(seen) < len(answers):
        said.append(f"Not shown: {len(answers) - len(seen)}.")
    return " ".join([*said, "The table has the same figures."])
