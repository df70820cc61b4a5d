"""Charts draw the figures that are shown, to scale, and nothing else; colours have contrast."""

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from missing_from_care.documents.page.charts import MOST_BARS, charts
from missing_from_care.documents.page.page import HERE, page_bytes
from missing_from_care.response.answers import Answer, Response, Table
from read_page import Element, read_page


def numbers(path: str) -> list[tuple[float, float]]:
    """The points of an SVG path."""
    pairs = re.findall(r"[ML] (\S+) (\S+)", path)
    return [(float(x), float(y)) for x, y in pairs]


def painted(drawing: Element, paint: str) -> list[list[tuple[float, float]]]:
    """The points of each path with a paint, such as `stroke: var(--series)`."""
    paths = (e for e in drawing.all("path") if paint in e.attributes.get("style", ""))
    return [numbers(path.attributes.get("d", "")) for path in paths]


def bar_lengths(drawing: Element) -> list[float]:
    """The lengths of the bars that a chart draws, from the top."""
    return [float(each.attributes["width"]) for each in drawing.all("rect")]


def point_heights(drawing: Element) -> list[float]:
    """How high above the axis each point of a line stands, from the left."""
    axis = max(y for points in painted(drawing, "stroke: var(--line)") for _, y in points)
    return [axis - float(each.attributes["cy"]) for each in drawing.all("circle")]


def is_proportional(lengths: list[float], values: list[float]) -> bool:
    """Whether all lengths have one scale, on which the largest value alone decides."""
    scale = max(lengths) / max(values)
    pairs = zip(lengths, values, strict=True)
    return all(abs(length - scale * value) < 0.01 for length, value in pairs)


PLAIN = Answer(
    question_no="1", part="", population="all", breakdown="none", period_basis="financial_year",
    period="", period_order=0, period_start=date(2017, 4, 1), period_end=date(2018, 3, 31),
    category="all", category_label="All", category_order=1,
    measure="occasions_missing", heading="Occasions missing", definition="", by_definition=True,
    unit="occasions", value=None, marker=None, note=None, wording="",
)  # fmt: skip


def table_of(values: list[int | None], breaks: set[int], *, by_category: bool) -> Table:
    """A table of these values over periods or by category, None for one that is withheld."""
    answers = tuple(
        replace(
            PLAIN,
            period="2017/18" if by_category else f"{2000 + number}/{number + 1:02}",
            category=str(number),
            category_label=f"Category {number}",
            breakdown="legal_status" if by_category else "none",
            value=None if value is None else float(value),
            marker="[b]" if number in breaks else None,
            is_withheld=value is None,
        )
        for number, value in enumerate(values)
    )
    return Table("1", "Question 1", "", "Legal status" if by_category else "", "Year", answers)


@given(
    st.lists(st.none() | st.integers(0, 2000), min_size=1, max_size=24),
    st.sets(st.integers(0, 24)),
    st.booleans(),
)
@example([3, 4, 5], {1}, False)
@example([3, 4, 5], {2}, False)
@settings(max_examples=60, deadline=None)
def test_a_chart_draws_each_figure_shown_to_scale_and_nothing_else(
    values: list[int | None], breaks: set[int], by_category: bool
) -> None:
    table = table_of(values, breaks, by_category=by_category)
    made = list(charts(table, "chart"))
    known = [value for value in values if value is not None]
    if 2 * len(known) <= len(values) or len([value for value in known if value]) < 2:
        assert made == []
        return
    (chart,) = made
    drawing = read_page(chart[1].encode())
    if by_category:
        bars = [value for value in known if value]
        assert is_proportional(bar_lengths(drawing), bars)
        return
    assert is_proportional(point_heights(drawing), known)
    joined = sum(
        here is not None and there is not None and place not in breaks
        for place, (here, there) in enumerate(pairwise(values), start=1)
    )
    lines = (e.attributes for e in drawing.all("path") if "fill: none" in e.attributes["style"])
    lines = [line.get("d", "") for line in lines if "stroke: var(--series)" in line["style"]]
    assert sum(line.count("L ") for line in lines) == joined
    starts = {place for place in breaks if 0 < place < len(values)}
    dashed = sorted(line[0][0] for line in painted(drawing, "stroke-dasharray"))
    assert len(dashed) == len(starts)
    labelled = [float(e.attributes["x"]) for e in drawing.all("text") if e.text == "[b]"]
    assert all(any(0 <= line - x < 23 for x in labelled) for line in dashed)


def boxes(drawing: Element) -> list[tuple[str, float, float, float, float]]:
    """Each text of a chart, and the least that its letters take: left, right, top and foot."""
    found = []
    for each in drawing.all("text"):
        x, y = (float(each.attributes[name]) for name in ("x", "y"))
        width = 6.8 * len(each.text)
        anchor = re.search(r"text-anchor: (\w+)", each.attributes["style"])[1]
        left = x - {"start": 0, "middle": width / 2, "end": width}[anchor]
        found.append((each.text, left, left + width, y - 9, y))
    return found


def points_of_lines(drawing: Element) -> list[tuple[float, float]]:
    """Points of all that is drawn above the axis, close to each other."""
    found = []
    lines = painted(drawing, "stroke: var(--series)") + painted(drawing, "stroke-dasharray")
    for line in lines:
        for (x, y), (to_x, to_y) in pairwise(line):
            steps = int(abs(to_x - x) + abs(to_y - y)) * 2 + 1
            found += [
                (x + (to_x - x) * step / steps, y + (to_y - y) * step / steps)
                for step in range(steps + 1)
            ]
    return found


@given(
    st.lists(st.none() | st.integers(0, 12_000), min_size=2, max_size=30),
    st.sets(st.integers(0, 29)),
    st.sets(st.integers(0, 29)),
)
@example([None] * 6 + [0] * 6 + [1, 1], {1, 2, 3}, set())
@settings(max_examples=150, deadline=None)
def test_no_label_is_crossed_by_a_line_or_lies_over_another(
    values: list[int | None], breaks: set[int], ranges: set[int]
) -> None:
    table = table_of(values, breaks, by_category=False)
    answers = tuple(
        replace(each, value=None, is_withheld=True, low=each.value, high=each.value + 900)
        if place in ranges and each.value is not None
        else each
        for place, each in enumerate(table.answers)
    )
    for chart in charts(replace(table, answers=answers), "chart"):
        drawing = read_page(chart[1].encode())
        texts = boxes(drawing)
        for text, left, right, top, foot in texts:
            for x, y in points_of_lines(drawing):
                assert not (left < x < right and top < y < foot), text
        for place, (text, left, right, top, foot) in enumerate(texts):
            for other, other_left, other_right, other_top, other_foot in texts[:place]:
                is_apart = right <= other_left or other_right <= left
                assert is_apart or foot <= other_top or other_foot <= top, (text, other)


def test_months_are_a_line_that_breaks_where_the_definition_changed() -> None:
    table = table_of([5, 9, 40, 60], {2}, by_category=True)
    answers = (replace(each, breakdown="month") for each in table.answers)
    (chart,) = charts(replace(table, answers=tuple(answers)), "chart")
    drawing = read_page(chart[1].encode())
    assert [len(line) for line in painted(drawing, "stroke-width: 2.5")] == [2, 2]
    assert drawing.all("desc")[0].text.startswith("Line chart. Highest shown: 60 (Category 3).")
    assert "Break in series: Category 2." in drawing.all("desc")[0].text


@pytest.mark.parametrize("by_category", [False, True])
def test_a_range_is_drawn_between_its_ends_and_never_as_a_figure(*, by_category: bool) -> None:
    table = table_of([None, 400, None, 1000], set(), by_category=by_category)
    hidden = replace(table.answers[2], low=500.0, high=800.0)
    table = replace(table, answers=(*table.answers[:2], hidden, table.answers[3]))
    (chart,) = charts(table, "chart")
    drawing = read_page(chart[1].encode())
    assert {"500 to", "800"} <= {each.text for each in drawing.all("text")} or (
        "500 to 800" in {each.text for each in drawing.all("text")}
    )
    summary = drawing.all("desc")[0].text
    assert "Not shown: 1." in summary and "A range is drawn as a line between its ends" in summary
    lines = [points for points in painted(drawing, "stroke: var(--series)") if len(points) == 2]
    if by_category:
        (ends,) = [[x for x, _ in line] for line in lines]
        start, lengths = float(drawing.all("rect")[0].attributes["x"]), bar_lengths(drawing)
        assert is_proportional([*lengths, *(end - start for end in ends)], [400, 1000, 500, 800])
        return
    axis = max(y for points in painted(drawing, "stroke: var(--line)") for _, y in points)
    upright = [line for line in lines if line[0][0] == line[1][0]]
    (ends,) = [[axis - y for _, y in line] for line in upright]
    assert is_proportional([*point_heights(drawing), *ends], [400, 1000, 500, 800])


def test_a_chart_is_left_out_where_it_does_not_help() -> None:
    for table in (
        table_of([5], set(), by_category=False),
        table_of([0, 0, 0], set(), by_category=True),
        table_of([0, 7, 0], set(), by_category=False),
        table_of([9, 8, None, None], set(), by_category=True),
        table_of([1] * (MOST_BARS + 1), set(), by_category=True),
    ):
        assert list(charts(table, "chart")) == []
    assert list(charts(table_of([1] * MOST_BARS, set(), by_category=True), "chart"))


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio by WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


GROUNDS = ("ground", "panel", "warning")
TEXTS = ("ink", "quiet", "link", "visited")
GRAPHICS = ("line", "series", "focus")
PALETTE, OTHER_CSS = re.split(
    r"\n(?=\*)", (HERE / "page.css").read_text(encoding="utf-8"), maxsplit=1
)
LIGHT, DARK, SYSTEM = (dict(re.findall(r"--(\w+): ([^;]+);", line)) for line in PALETTE.split("\n"))


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_colours_have_enough_contrast(colours: dict[str, str]) -> None:
    """WCAG 2.2, 1.4.3 (text 4.5:1) and 1.4.11 (what is drawn, and the focus: 3:1)."""
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert {*GROUNDS, *TEXTS, *GRAPHICS} == set(LIGHT) == set(DARK) == set(SYSTEM)
    for ground in GROUNDS:
        for names, least in ((TEXTS, 4.5), (GRAPHICS, 3)):
            for name in names:
                ratio = contrast(colours[name], colours[ground])
                assert ratio >= least, f"{name} on {ground}: {ratio:.2f}"


def test_every_colour_of_page_and_charts_is_one_of_the_palette(
    responses: dict[str, Response],
) -> None:
    text = page_bytes(responses["foi-2018-0523"]).decode()
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb|hsl", OTHER_CSS)
    assert PALETTE in text
    rest = text.replace(PALETTE, "")
    assert set(re.findall(r"(?:fill|stroke): ([^;\"]+)", rest)) <= {
        "none", *(f"var(--{name})" for name in LIGHT)
    }  # fmt: skip
    assert set(re.findall(r"var\(--(\w+)\)", rest)) <= set(LIGHT)
