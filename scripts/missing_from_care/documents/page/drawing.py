"""Draws figures as SVG that takes its colours and its font from the page around it."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from xml.etree import ElementTree

from missing_from_care.base.texts import one_line

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
    """A figure to draw.

    Attributes:
        label: what it is the figure of.
        value: None if it is not shown: then nothing is drawn but what is said instead.
        said: the figure as it is written, or the range or marker that stands for it.
        is_break: whether a break in series starts here.
        span: the ends of the range that is given instead of the value.
    """

    label: str
    value: float | None
    said: str
    is_break: bool = False
    span: tuple[float, float] | None = None

    @property
    def top(self) -> float:
        """The highest that is drawn; 0 if nothing is."""
        return self.span[1] if self.span else self.value or 0


@dataclass(frozen=True)
class Box:
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
    """An SVG drawing, from the top left.

    Args:
        height: in the drawing's units.
    """

    def __init__(self, height: float) -> None:
        self.root = ElementTree.Element("svg", {"viewBox": f"0 0 {WIDTH} {rounded(height)}"})

    def _add(self, shape: str, style: str, **places: float) -> ElementTree.Element:
        sizes = {name.replace("_", "-"): rounded(place) for name, place in places.items()}
        return ElementTree.SubElement(self.root, shape, sizes | {"style": style})

    def line(self, *points: tuple[float, float], colour: str, width: float, look: str = "") -> None:
        """Straight lines from point to point."""
        places = " L ".join(f"{rounded(x)} {rounded(y)}" for x, y in points)
        style = f"fill: none; stroke: {colour}; stroke-width: {width}{look}"
        self._add("path", style).set("d", f"M {places}")

    def point(self, x: float, y: float) -> None:
        """A figure of a line."""
        self._add("circle", f"fill: {SERIES}", cx=x, cy=y, r=4.5)

    def bar(self, x: float, y: float, length: float) -> None:
        """A figure of a bar chart, from its upper left corner."""
        self._add("rect", f"fill: {SERIES}", x=x, y=y, width=length, height=12)

    def write(
        self, x: float, y: float, lines: Sequence[str], anchor: str = "middle", look: str = ""
    ) -> None:
        """Lines of text, the first one's foot at a point."""
        style = f"fill: {INK}; font-size: {FONT_SIZE}px; text-anchor: {anchor}{look}"
        for number, line in enumerate(lines):
            self._add("text", style, x=x, y=y + LINE_HEIGHT * number).text = one_line(line)


def rounded(place: float) -> str:
    """A place or a size as SVG has it."""
    return f"{place:.3f}".rstrip("0").rstrip(".")


def line_chart(marks: Sequence[Mark]) -> Drawing:
    """A line over periods, interrupted by a break in series and by figures that are not shown.

    A range is an upright line without a point. Breaks too close for a `[b]` each share the first.
    """
    step, columns = thinned([mark.label for mark in marks])
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
    strokes: list[tuple[Point, Point]] = []
    taken: list[Box] = []
    for place in breaks:
        top = across(place - 0.5), up(1.2 * highest)
        strokes.append(((top[0], axis), top))
        drawing.line(*strokes[-1], colour=LINE, width=1.5, look="; stroke-dasharray: 6 4.5")
        box = Box.of_text(top[0], top[1] - 5, ["[b]"])
        if not any(box.meets(each) for each in taken):
            taken.append(box)
            drawing.write(top[0], top[1] - 5, ["[b]"])
    for start, end in pairwise((0, *breaks, len(marks))):
        shown = groupby(range(start, end), lambda place: marks[place].value is not None)
        for is_shown, places in shown:
            points = [pen(place) for place in places if is_shown]
            if len(points) > 1:
                drawing.line(*points, colour=SERIES, width=2.5, look="; stroke-linejoin: round")
                strokes += pairwise(points)
            for point in points:
                drawing.point(*point)
    for place, mark in enumerate(marks):
        if mark.span:
            ends = [(across(place), up(end)) for end in mark.span]
            range_line(drawing, *ends)
            strokes.append((ends[0], ends[1]))
    for place, mark in enumerate(marks):
        is_labelled = (len(marks) - 1 - place) % step == 0
        if is_labelled:
            drawing.write(across(place), axis + LINE_HEIGHT, labels[place])
        if is_labelled or len(marks) <= MOST_VALUES:
            lines = mark.said.replace(" to ", " to\n").split("\n")
            write_beside(drawing, pen(place), lines, strokes, taken)
    return drawing


def write_beside(
    drawing: Drawing,
    point: Point,
    lines: Sequence[str],
    strokes: Sequence[tuple[Point, Point]],
    taken: list[Box],
) -> None:
    """Writes a figure above its point, else beside or below it, where no line crosses it.

    Where there is no such place it is left out: the table has it.
    """
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
        is_above_axis = box.foot < LINE_CHART_HEIGHT
        is_free = not any(box.meets(each) for each in taken)
        is_clear = not any(box.is_crossed(*stroke) for stroke in strokes)
        if is_inside and is_above_axis and is_free and is_clear:
            taken.append(box)
            drawing.write(left, foot, lines, anchor)
            return


def range_line(drawing: Drawing, *ends: tuple[float, float]) -> None:
    """The line that stands for a range."""
    drawing.line(*ends, colour=SERIES, width=4, look="; stroke-linecap: round")


def thinned(labels: Sequence[str]) -> tuple[int, int]:
    """Every how many labels one is written, and how many characters a line of it may have."""
    widest = max(len(word) for label in labels for word in label.split())
    slot = (WIDTH - 2 * SIDE) / max(len(labels) - 1, 1) / CHARACTER
    fitting = (step for step in range(1, len(labels)) if int(step * slot) > widest)
    step = next(fitting, len(labels))
    return step, max(widest, min(LONGEST_BELOW, int(step * slot) - 1))


def bar_chart(groups: Sequence[tuple[str, Sequence[Mark]]]) -> Drawing:
    """Bars from zero, each with its figure at its end; a group's name stands above its bars.

    A range is a thin line between its ends, without a bar.

    Args:
        groups: a name, empty for none, and the bars below it.
    """
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
                drawing.bar(left, top + 2, scale * mark.top)
            if mark.span:
                range_line(drawing, *((left + scale * end, top + 8) for end in mark.span))
            drawing.write(left + scale * mark.top + 5, top + 12, [mark.said], "start")
            top += LINE_HEIGHT * max(1, len(wrapped[mark.label])) + 4
        if group:
            drawing.line((left, axis), (left, top - 3), colour=LINE, width=1)
        top += 12
    return drawing


def svg(drawing: Drawing, name: str, title: str, summary: str) -> str:
    """A drawing as an element of a page.

    Args:
        drawing: of `line_chart` or `bar_chart`; it gets what is said here.
        name: what the ids begin with; unique in the page.
        title, summary: what a screen reader says.
    """
    root = drawing.root
    root.attrib |= {"role": "img", "aria-labelledby": f"{name}-title {name}-summary"}
    for part, said, text in (("desc", "summary", summary), ("title", "title", title)):
        element = ElementTree.Element(part, {"id": f"{name}-{said}"})
        element.text = one_line(text)
        root.insert(0, element)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode")
