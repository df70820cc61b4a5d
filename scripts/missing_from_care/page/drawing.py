"""Draws figures as SVG that takes its colours and its font from the page around it."""

import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from math import nan
from xml.etree import ElementTree

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from missing_from_care.workbook.cells import one_line

# In units of the drawing: one is a CSS pixel where the chart is as wide as a small phone.
WIDTH, SIDE, LINE_HEIGHT = 320, 36, 16
CHARACTER, BOLD_CHARACTER = 7.6, 9
# In characters, and in figures that fit beside each other.
LONGEST_BELOW, LONGEST_BESIDE, MOST_VALUES = 9, 12, 8

INK, SERIES, LINE = "#000001", "#000002", "#000003"
COLOURS = {INK: "var(--ink)", SERIES: "var(--series)", LINE: "var(--line)"}
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "missing_from_care",
    "text.parse_math": False,
    "font.size": 13,
}
SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))


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


def line_chart(marks: Sequence[Mark]) -> Figure:
    """A line over periods, interrupted by a break in series and by figures that are not shown.

    A range is an upright line without a point.
    """
    step, columns = thinned([mark.label for mark in marks])
    labels = [textwrap.wrap(mark.label, columns, break_long_words=False) for mark in marks]
    foot = LINE_HEIGHT * max(map(len, labels)) + 8
    height = 140 + foot
    figure = Figure(figsize=(WIDTH / 72, height / 72))
    inside = (SIDE / WIDTH, foot / height, 1 - 2 * SIDE / WIDTH, 1 - foot / height)
    axes = figure.add_axes(inside)
    highest = max(mark.top for mark in marks)
    room = 1.6 if any(mark.span for mark in marks) else 1.35
    axes.set(xlim=(0, len(marks) - 1), ylim=(0, room * highest))
    axes.set_axis_off()
    axes.plot([0, len(marks) - 1], [0, 0], color=LINE, linewidth=1, clip_on=False)
    values = [nan if mark.value is None else mark.value for mark in marks]
    breaks = [place for place, mark in enumerate(marks) if mark.is_break and place]
    for start, end in pairwise((0, *breaks, len(marks))):
        axes.plot(
            range(start, end),
            values[start:end],
            color=SERIES,
            marker="o",
            markersize=8,
            linewidth=2.5,
            clip_on=False,
        )
    for place in breaks:
        dashes = {"color": LINE, "linewidth": 1.5, "linestyle": (0, (4, 3))}
        axes.plot([place - 0.5] * 2, [0, 1.2 * highest], **dashes)
        write(axes, place - 0.5, 1.22 * highest, ["[b]"])
    for place, mark in enumerate(marks):
        is_labelled = (len(marks) - 1 - place) % step == 0
        if is_labelled:
            write(axes, place, 0, labels[place], down=LINE_HEIGHT)
        if mark.span:
            axes.plot(
                [place] * 2,
                mark.span,
                color=SERIES,
                linewidth=4,
                solid_capstyle="round",
                clip_on=False,
            )
        if is_labelled or len(marks) <= MOST_VALUES:
            lines = mark.said.replace(" to ", " to\n").split("\n")
            write(axes, place, mark.top, lines, down=-9 - LINE_HEIGHT * (len(lines) - 1))
    return figure


def thinned(labels: Sequence[str]) -> tuple[int, int]:
    """Every how many labels one is written, and how many characters a line of it may have."""
    widest = max(len(word) for label in labels for word in label.split())
    slot = (WIDTH - 2 * SIDE) / max(len(labels) - 1, 1) / CHARACTER
    fitting = (step for step in range(1, len(labels)) if int(step * slot) > widest)
    step = next(fitting, len(labels))
    return step, max(widest, min(LONGEST_BELOW, int(step * slot) - 1))


def bar_chart(groups: Sequence[tuple[str, Sequence[Mark]]]) -> Figure:
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
    figure = Figure(figsize=(WIDTH / 72, height / 72))
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(height, 0))
    axes.set_axis_off()
    top = 4
    for name, (_, group) in zip(names, groups, strict=True):
        write(axes, 0, top, name, down=12, align="left", weight="bold" if group else "normal")
        top += LINE_HEIGHT * len(name) + 2
        axis = top
        for mark in group:
            write(axes, 0, top, wrapped[mark.label], down=12, align="left")
            length = scale * mark.top
            if mark.value is not None:
                axes.barh(top + 8, length, 12, left, color=SERIES)
            if mark.span:
                ends = [left + scale * end for end in mark.span]
                axes.plot(ends, [top + 8] * 2, color=SERIES, linewidth=4, solid_capstyle="round")
            write(axes, left + length + 5, top, [mark.said], down=12, align="left")
            top += LINE_HEIGHT * max(1, len(wrapped[mark.label])) + 4
        if group:
            axes.plot([left, left], [axis, top - 3], color=LINE, linewidth=1)
        top += 12
    return figure


def write(
    axes: Axes,
    x: float,
    y: float,
    lines: Sequence[str],
    down: float = 0,
    align: str = "center",
    weight: str = "normal",
) -> None:
    """Writes lines of text, the first one's foot `down` units below a point.

    Each line is a text of its own: several in one would be placed by their width in matplotlib's
    font, which is not the reader's.
    """
    look = {"ha": align, "weight": weight, "color": INK, "annotation_clip": False}
    for number, line in enumerate(lines):
        offset = (0, -down - LINE_HEIGHT * number)
        axes.annotate(one_line(line), (x, y), xytext=offset, textcoords="offset points", **look)


def svg(draw: Callable[..., Figure], content: Sequence, name: str, title: str, summary: str) -> str:
    """A drawing as an element of a page, the same bytes each time.

    Args:
        draw: `line_chart` or `bar_chart`, and `content` what it draws.
        name: what the ids begin with; unique in the page.
        title, summary: what a screen reader says.
    """
    stream = BytesIO()
    with style.context(["default", STYLE]):
        draw(content).savefig(stream, format="svg", metadata=NO_METADATA, transparent=True)
    root = ElementTree.fromstring(stream.getvalue())
    box = root.get("viewBox")
    root.attrib.clear()
    root.attrib |= {
        "viewBox": box,
        "role": "img",
        "aria-labelledby": f"{name}-title {name}-summary",
    }
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{SVG}style", f"{SVG}clipPath"):
                parent.remove(child)
    for element in root.iter():
        element.attrib.pop("clip-path", None)
        if "id" in element.attrib:
            element.set("id", f"{name}-{element.get('id')}")
        if LINK in element.attrib:
            element.set("href", f"#{name}-{element.attrib.pop(LINK)[1:]}")
        if "style" in element.attrib:
            look = re.sub(r" ?font-family:[^;]*;?", "", element.get("style"))
            element.set("style", re.sub(r"#00000\d", lambda code: COLOURS[code[0]], look))
    for place, (part, text) in enumerate((("title", title), ("desc", summary))):
        element = ElementTree.Element(f"{SVG}{part}")
        element.set("id", f"{name}-{'summary' if part == 'desc' else part}")
        element.text = one_line(text)
        root.insert(place, element)
    ElementTree.register_namespace("", SVG.strip("{}"))
    return ElementTree.tostring(root, encoding="unicode")
