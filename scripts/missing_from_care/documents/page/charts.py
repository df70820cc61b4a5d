"""Draws the charts of a table as SVG that takes its colours and its font from the page around it.

A figure that is not shown leaves no trace.
"""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import NamedTuple
from xml.etree import ElementTree

from missing_from_care.base.texts import one_line
from missing_from_care.response.answers import Answer, Table
from missing_from_care.response.layout import OF_THE_PERIOD, figure, marked, named, shown

MOST_BARS = 40
ZERO, NOT_SHOWN = "With the figure 0", "Not shown"

# In units of the drawing: one is a CSS pixel where the chart is as wide as a small phone.
WIDTH, SIDE, LINE_HEIGHT, LINE_CHART_HEIGHT = 320, 36, 16, 140
CHARACTER, BOLD_CHARACTER, FONT_SIZE = 7.6, 9, 13
# In characters, and in figures that fit beside each other.
LONGEST_BELOW, LONGEST_BESIDE, MOST_VALUES = 9, 12, 8

AWAY = 7
"""From a point to a figure beside it."""

Point = tuple[float, float]

INK, SERIES, LINE = "var(--ink)", "var(--series)", "var(--line)"


@dataclass(frozen=True)
class Mark:
    """A figure to draw with its label, as it is written. A range has a `span` instead of a value;
    without either nothing but the label is drawn."""

    label: str
    value: float | None
    said: str
    is_break: bool = False
    span: tuple[float, float] | None = None

    @property
    def top(self) -> float:
        """The highest that is drawn; 0 if nothing is."""
        return self.span[1] if self.span else self.value or 0


class Box(NamedTuple):
    """The place that a text takes."""

    left: float
    top: float
    right: float
    foot: float

    @classmethod
    def of_text(cls, x: float, y: float, lines: Sequence[str], anchor: str = "middle") -> "Box":
        """The box of lines of text that `Drawing.write` writes at a point."""
        width = max(map(len, lines)) * CHARACTER
        left = x - {"start": 0, "middle": width / 2, "end": width}[anchor]
        foot = y + LINE_HEIGHT * (len(lines) - 1) + 3
        return cls(left, y - FONT_SIZE + 2, left + width, foot)

    def meets(self, other: "Box") -> bool:
        """Whether two texts would lie over each other."""
        is_beside = self.right <= other.left or other.right <= self.left
        return not (is_beside or self.foot <= other.top or other.foot <= self.top)

    def is_crossed(self, start: Point, end: Point) -> bool:
        """Whether a straight line goes through it: what is left of the line between its sides."""
        (x, y), (width, height) = start, (end[0] - start[0], end[1] - start[1])
        first, last = 0.0, 1.0
        for length, near, far in (
            (width, self.left - x, self.right - x),
            (height, self.top - y, self.foot - y),
        ):
            if length == 0:
                if near >= 0 or far <= 0:
                    return False
                continue
            ends = sorted((near / length, far / length))
            first, last = max(first, ends[0]), min(last, ends[1])
        return first < last


class Drawing:
    """An SVG drawing so high, from the top left."""

    def __init__(self, height: float) -> None:
        self.root = ElementTree.Element("svg", {"viewBox": f"0 0 {WIDTH} {_rounded(height)}"})
        # No figure of a line chart is crossed by a stroke or lies over another text.
        self.strokes: list[tuple[Point, Point]] = []
        self.taken: list[Box] = []

    def _add(self, shape: str, style: str, **places: float) -> ElementTree.Element:
        sizes = {name: _rounded(place) for name, place in places.items()}
        return ElementTree.SubElement(self.root, shape, sizes | {"style": style})

    def line(self, *points: tuple[float, float], colour: str, width: float, look: str = "") -> None:
        """Straight lines from point to point."""
        places = " L ".join(f"{_rounded(x)} {_rounded(y)}" for x, y in points)
        style = f"fill: none; stroke: {colour}; stroke-width: {width}{look}"
        self._add("path", style).set("d", f"M {places}")

    def range(self, *ends: Point) -> None:
        """The line that stands for a range."""
        self.line(*ends, colour=SERIES, width=4, look="; stroke-linecap: round")

    def filled(self, shape: str, **places: float) -> None:
        """A figure of a line, or of a bar chart."""
        self._add(shape, f"fill: {SERIES}", **places)

    def write(
        self, x: float, y: float, lines: Sequence[str], anchor: str = "middle", look: str = ""
    ) -> None:
        """Lines of text, the first one's foot at a point."""
        style = f"fill: {INK}; font-size: {FONT_SIZE}px; text-anchor: {anchor}{look}"
        for number, line in enumerate(lines):
            self._add("text", style, x=x, y=y + LINE_HEIGHT * number).text = one_line(line)

    def write_beside(self, point: Point, lines: Sequence[str]) -> None:
        """Writes a figure above its point, else beside or below it, where no line crosses it; where
        there is no such place it is left out: the table has it."""
        x, y = point
        over = y - 9 - LINE_HEIGHT * (len(lines) - 1)
        places = [
            (x + across * AWAY, over - up, anchor)
            for up in (0, 6, 12, 18)
            for across, anchor in ((0, "middle"), (-1, "end"), (1, "start"))
        ]
        places.insert(3, (x, y + 20, "middle"))
        for left, foot, anchor in places:
            box = Box.of_text(left, foot, lines, anchor)
            is_inside = box.left >= 0 and box.right <= WIDTH and box.top >= 0
            is_free = not any(box.meets(each) for each in self.taken)
            is_clear = not any(box.is_crossed(*stroke) for stroke in self.strokes)
            if is_inside and box.foot < LINE_CHART_HEIGHT and is_free and is_clear:
                self.taken.append(box)
                self.write(left, foot, lines, anchor)
                return

    def svg(self, name: str, title: str, summary: str) -> str:
        """The drawing as an element of a page.

        Args:
            name: what the ids begin with; unique in the page.
            title, summary: what a screen reader says.
        """
        self.root.attrib |= {"role": "img", "aria-labelledby": f"{name}-title {name}-summary"}
        for part, said, text in (("desc", "summary", summary), ("title", "title", title)):
            element = ElementTree.Element(part, {"id": f"{name}-{said}"})
            element.text = one_line(text)
            self.root.insert(0, element)
        ElementTree.indent(self.root)
        return ElementTree.tostring(self.root, encoding="unicode")


def _rounded(place: float) -> str:
    """A place or a size as SVG has it."""
    return f"{place:.3f}".rstrip("0").rstrip(".")


def _line_chart(marks: Sequence[Mark]) -> Drawing:
    """A line over periods, interrupted by a break in series and by figures that are not shown. A
    range is an upright line without a point. Breaks too close for a `[b]` each share the first."""
    # Every how many labels one is written, and how many characters a line of it may have.
    widest = max(len(word) for mark in marks for word in mark.label.split())
    slot = (WIDTH - 2 * SIDE) / max(len(marks) - 1, 1) / CHARACTER
    fitting = (step for step in range(1, len(marks)) if int(step * slot) > widest)
    step = next(fitting, len(marks))
    columns = max(widest, min(LONGEST_BELOW, int(step * slot) - 1))
    labels = [textwrap.wrap(mark.label, columns, break_long_words=False) for mark in marks]
    axis = LINE_CHART_HEIGHT
    drawing = Drawing(axis + LINE_HEIGHT * max(map(len, labels)) + 8)
    # What is above the highest: the figure, in two lines if it is a range.
    room = 1.6 if any(mark.span for mark in marks) else 1.35
    highest = max(mark.top for mark in marks)

    def across(place: float) -> float:
        return SIDE + (WIDTH - 2 * SIDE) * place / max(len(marks) - 1, 1)

    def up(value: float) -> float:
        return axis * (1 - value / (room * highest))

    def pen(place: int) -> tuple[float, float]:
        return across(place), up(marks[place].top)

    drawing.line((SIDE, axis), (WIDTH - SIDE, axis), colour=LINE, width=1)
    breaks = [place for place, mark in enumerate(marks) if mark.is_break and place]
    for place in breaks:
        top = across(place - 0.5), up(1.2 * highest)
        stroke = (top[0], axis), top
        drawing.strokes.append(stroke)
        drawing.line(*stroke, colour=LINE, width=1.5, look="; stroke-dasharray: 6 4.5")
        box = Box.of_text(top[0], top[1] - 5, ["[b]"])
        if not any(box.meets(each) for each in drawing.taken):
            drawing.taken.append(box)
            drawing.write(top[0], top[1] - 5, ["[b]"])
    for start, end in pairwise((0, *breaks, len(marks))):
        shown = groupby(range(start, end), lambda place: marks[place].value is not None)
        for is_shown, places in shown:
            points = [pen(place) for place in places if is_shown]
            if len(points) > 1:
                drawing.line(*points, colour=SERIES, width=2.5, look="; stroke-linejoin: round")
                drawing.strokes += pairwise(points)
            for x, y in points:
                drawing.filled("circle", cx=x, cy=y, r=4.5)
    for place, mark in enumerate(marks):
        if mark.span:
            ends = [(across(place), up(end)) for end in mark.span]
            drawing.range(*ends)
            drawing.strokes.append((ends[0], ends[1]))
    for place, mark in enumerate(marks):
        is_labelled = (len(marks) - 1 - place) % step == 0
        if is_labelled:
            drawing.write(across(place), axis + LINE_HEIGHT, labels[place])
        if is_labelled or len(marks) <= MOST_VALUES:
            lines = mark.said.replace(" to ", " to\n").split("\n")
            drawing.write_beside(pen(place), lines)
    return drawing


def _bar_chart(groups: Sequence[tuple[str, Sequence[Mark]]]) -> Drawing:
    """Bars from zero, each with its figure at its end, below the name of their group, empty for
    none. A range is a thin line between its ends, without a bar."""
    marks = [mark for _, group in groups for mark in group]
    wrapped = {mark.label: textwrap.wrap(mark.label, LONGEST_BESIDE) for mark in marks}
    left = max((len(line) for lines in wrapped.values() for line in lines), default=0) * CHARACTER
    left += 8 if left else 1
    room = WIDTH - left - CHARACTER * max(len(mark.said) for mark in marks) - 10
    scale = room / max(mark.top for mark in marks)
    names = [textwrap.wrap(name, int(WIDTH / BOLD_CHARACTER)) for name, _ in groups]
    height = sum(LINE_HEIGHT * len(name) + 14 for name in names)
    height += sum(LINE_HEIGHT * max(1, len(wrapped[mark.label])) + 4 for mark in marks)
    drawing = Drawing(height)
    top = 4.0
    for name, (_, group) in zip(names, groups, strict=True):
        drawing.write(0, top + 12, name, "start", "; font-weight: bold" if group else "")
        top += LINE_HEIGHT * len(name) + 2
        axis = top
        for mark in group:
            drawing.write(0, top + 12, wrapped[mark.label], "start")
            if mark.value is not None:
                length = scale * mark.top
                drawing.filled("rect", x=left, y=top + 2, width=length, height=12)
            if mark.span:
                drawing.range(*((left + scale * end, top + 8) for end in mark.span))
            drawing.write(left + scale * mark.top + 5, top + 12, [mark.said], "start")
            top += LINE_HEIGHT * max(1, len(wrapped[mark.label])) + 4
        if group:
            drawing.line((left, axis), (left, top - 3), colour=LINE, width=1)
        top += 12
    return drawing


def charts(table: Table, name: str) -> Iterator[tuple[str, str]]:
    """The charts that help to read a table, heading and SVG each, of the figures shown alone; their
    ids begin with a `name`, unique in the page. Lines over periods, months or quarters, one chart a
    measure; bars for other categories, or for the measures of one period."""
    for number, (heading, answers) in enumerate(_panels(table), start=1):
        tops = [upper for _, (_, upper) in _drawn(answers)]
        # It says more than the table if most figures are shown, two of them not zero.
        if 2 * len(tops) > len(answers) and sum(top > 0 for top in tops) > 1:
            if _is_over_time(table):
                drawing = _line_chart([_mark(each, _place_in_time(each)) for each in answers])
            else:
                drawing = _bar_chart(_groups(table, answers))
            summary = _summary(table, answers)
            yield heading, drawing.svg(f"{name}-{number}", heading, summary)


def _is_over_time(table: Table) -> bool:
    """Whether the figures of a measure follow each other in time."""
    return len({_place_in_time(each) for each in table.answers}) > 1 and (
        not table.breakdown or table.answers[0].breakdown in OF_THE_PERIOD
    )


def _place_in_time(answer: Answer) -> str:
    """The month or quarter of a figure, else its period."""
    return answer.category_label if answer.breakdown in OF_THE_PERIOD else answer.period_name


def _panels(table: Table) -> Iterator[tuple[str, list[Answer]]]:
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
        if table.breakdown and not _is_over_time(table):
            if len(answers) > MOST_BARS and len(table.periods) > 1:
                heading += f", {table.periods[-1]}"
                answers = [each for each in answers if each.period_name == table.periods[-1]]
            if len(answers) > MOST_BARS:
                continue
        yield heading, answers


def _drawn(answers: Sequence[Answer]) -> list[tuple[Answer, tuple[float, float]]]:
    """The answers that may be drawn, each with the ends of its range; a figure is both its ends."""
    found = []
    for each in answers:
        if each.span:
            found.append((each, each.span))
        elif each.value is not None and not each.is_withheld:
            found.append((each, (each.value, each.value)))
    return found


def _mark(answer: Answer, label: str) -> Mark:
    """A figure with its label; the days of a part of a period stand in the table."""
    label = re.sub(r" \(part:[^)]*\)", " (part)", label)
    value = None if answer.is_withheld else answer.value
    return Mark(label, value, figure(shown(answer)), answer.marker == "[b]", answer.span)


def _groups(table: Table, answers: Sequence[Answer]) -> list[tuple[str, list[Mark]]]:
    """Bars of a category together; where each has one bar, short names stand beside the bars.
    Categories that are 0 or not shown throughout are named below the bars."""
    found: dict[tuple[str, ...], tuple[str, list[Mark]]] = {}
    for each in answers:
        name = each.category_label if table.breakdown else each.heading
        key = (each.category, each.part, each.measure)
        found.setdefault(key, (name, []))[1].append(_mark(each, marked(each.period_name, each)))
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


def _summary(table: Table, answers: Sequence[Answer]) -> str:
    """A chart in words: its highest and lowest figure, breaks, and how many are not shown."""
    seen = _drawn(answers)
    highest, _ = max(seen, key=lambda item: item[1][1])
    lowest, _ = min(seen, key=lambda item: item[1][0])
    is_line = _is_over_time(table)
    said = ["Line chart." if is_line else "Bar chart."]
    for word, each in (("Highest shown", highest), ("Lowest shown", lowest)):
        name = each.category_label if table.breakdown else each.heading
        where = _place_in_time(each) if is_line else f"{name}, {each.period_name}"
        said.append(f"{word}: {figure(shown(each))} ({where}).")
    breaks = dict.fromkeys(_place_in_time(each) for each in answers if each.marker == "[b]")
    if breaks:
        said.append(f"Break in series: {', '.join(breaks)}.")
    if any(each.is_range for each in answers):
        said.append("A range is drawn as a line between its ends.")
    if len(seen) < len(answers):
        said.append(f"Not shown: {len(answers) - len(seen)}.")
    return " ".join([*said, "The table has the same figures."])
