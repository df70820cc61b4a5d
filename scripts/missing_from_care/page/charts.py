"""Which charts a table gets, and what they say; a figure that is not shown leaves no trace."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from missing_from_care.page.drawing import LONGEST_BESIDE, Mark, bar_chart, line_chart, svg
from missing_from_care.response.answers import Answer, Table
from missing_from_care.response.layout import named, shown

MOST_BARS = 40
ZERO, NOT_SHOWN = "With the figure 0", "Not shown"


@dataclass(frozen=True)
class Chart:
    """A chart: its heading, and the drawing as SVG."""

    heading: str
    drawing: str


def figure(value: str | float) -> str:
    """A figure of a laid-out table: thousands separators, one decimal where it is not a count."""
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def charts(table: Table, name: str) -> Iterator[Chart]:
    """The charts that help to read a table, of the figures that are shown alone.

    Lines over periods, one chart a measure; bars for categories, or for the measures of one period.

    Args:
        table: the answers.
        name: what the ids of its charts begin with; unique in the page.
    """
    is_line = not table.breakdown and len(table.periods) > 1
    for number, (heading, answers) in enumerate(panels(table), start=1):
        if is_helpful(answers):
            if is_line:
                drawing = line_chart([mark(each, each.period) for each in answers])
            else:
                drawing = bar_chart(groups(table, answers))
            said = summary(table, answers, "Line" if is_line else "Bar")
            yield Chart(heading, svg(drawing, f"{name}-{number}", heading, said))


def panels(table: Table) -> Iterator[tuple[str, list[Answer]]]:
    """What one chart shows each: a heading and its answers."""
    columns = {(each.part, each.measure): (each.heading, each.unit) for each in table.answers}
    if not table.breakdown and len(table.periods) == 1:
        units = {unit for _, unit in columns.values()}
        if len(units) == 1:
            yield f"{units.pop().capitalize()}, {table.periods[0]}", list(table.answers)
        return
    for measure, heading in zip(columns, named(columns, list(columns)), strict=True):
        answers = [each for each in table.answers if (each.part, each.measure) == measure]
        if table.breakdown:
            heading += f", by {table.breakdown[0].lower()}{table.breakdown[1:]}"
            if len(answers) > MOST_BARS and len(table.periods) > 1:
                heading += f", {table.periods[-1]}"
                answers = [each for each in answers if each.period == table.periods[-1]]
            if len(answers) > MOST_BARS:
                continue
        yield heading, answers


def is_helpful(answers: Sequence[Answer]) -> bool:
    """Whether a chart says more than the table: most figures are shown, two of them not zero."""
    tops = [upper(each) for each in answers if is_drawn(each)]
    return 2 * len(tops) > len(answers) and sum(top > 0 for top in tops) > 1


def is_drawn(answer: Answer) -> bool:
    """Whether there is a figure that may be drawn, or a range."""
    return answer.is_range or (answer.value is not None and not answer.is_withheld)


def upper(answer: Answer) -> float:
    """The figure that is drawn, or the upper end of its range."""
    return answer.high if answer.is_range else answer.value


def lower(answer: Answer) -> float:
    """The figure that is drawn, or the lower end of its range."""
    return answer.low if answer.is_range else answer.value


def mark(answer: Answer, label: str) -> Mark:
    """A figure with its label; the days of a part of a period stand in the table."""
    value = None if answer.is_withheld else answer.value
    return Mark(
        re.sub(r" \(part:[^)]*\)", " (part)", label),
        value,
        figure(shown(answer)),
        answer.marker == "[b]",
        (answer.low, answer.high) if answer.is_range else None,
    )


def groups(table: Table, answers: Sequence[Answer]) -> list[tuple[str, list[Mark]]]:
    """Bars of a category together; where each has one bar, short names stand beside the bars.

    Categories that are 0 or not shown throughout are named below the bars.
    """
    breaks = {each.period for each in answers if each.marker == "[b]"}
    found: dict[tuple[str, ...], tuple[str, list[Mark]]] = {}
    for each in answers:
        name = each.category_label if table.breakdown else each.heading
        key = (each.category, each.part, each.measure)
        label = f"{each.period} [b]" if each.period in breaks else each.period
        found.setdefault(key, (name, []))[1].append(mark(each, label))
    listed = {ZERO: [], NOT_SHOWN: []}
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


def summary(table: Table, answers: Sequence[Answer], shape: str) -> str:
    """A chart in words: its highest and lowest figure, breaks, and how many are not shown."""
    drawn = [each for each in answers if is_drawn(each)]
    said = [f"{shape} chart."]
    for word, choose, end in (("Highest shown", max, upper), ("Lowest shown", min, lower)):
        each = choose(drawn, key=end)
        name = each.category_label if table.breakdown else each.heading
        where = each.period if shape == "Line" else f"{name}, {each.period}"
        said.append(f"{word}: {figure(shown(each))} ({where}).")
    breaks = dict.fromkeys(each.period for each in answers if each.marker == "[b]")
    if breaks:
        said.append(f"Break in series: {', '.join(breaks)}.")
    if any(each.is_range for each in answers):
        said.append("A range is drawn as a line between its ends.")
    if len(drawn) < len(answers):
        said.append(f"Not shown: {len(answers) - len(drawn)}.")
    return " ".join([*said, "The table has the same figures."])
