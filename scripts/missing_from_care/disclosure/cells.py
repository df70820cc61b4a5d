"""A cell by what it counts, so that the same number is the same cell wherever it is printed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from missing_from_care.disclosure.rules import Rules
from missing_from_care.response.answers import Answer
from missing_from_care.response.book import long_day

# Children picked by how often they were missing, then broken down: the rows are of those children.
OF_THOSE = ", of those"
Box = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, order=True)
class Cell:
    """What a number counts.

    Attributes:
        measure: of the seed `measures`.
        first_day, last_day: of the period, both included; the same day for a snapshot.
        is_snapshot: counts what stands on the day, not what happened in the period.
        box: for each dimension that restricts it, the finest categories; in order.
    """

    measure: str
    first_day: date
    last_day: date
    is_snapshot: bool
    box: Box

    def codes(self, dimension: str) -> tuple[str, ...] | None:
        """The finest categories of a dimension; None if it does not restrict the cell."""
        return dict(self.box).get(dimension)

    @property
    def is_of_those(self) -> bool:
        """Whether it is a row of a table of children picked by how often they were missing."""
        return any(dimension.endswith(OF_THOSE) for dimension, _ in self.box)

    def without(self, dimension: str) -> "Cell":
        """The cell that counts every category of a dimension."""
        return replace(self, box=tuple(each for each in self.box if each[0] != dimension))

    def measuring(self, measure: str) -> "Cell":
        """The same period and population, another measure."""
        return replace(self, measure=measure)


def cell_of(answer: Answer, rules: Rules) -> Cell | None:
    """The cell that an answer prints; None if nothing can be in it, as of girls who are boys."""
    conditions = [] if answer.population == "all" else answer.population.split("&")
    row = None
    if answer.breakdown != "none":
        if any(each.partition(":")[0] in rules.by_question for each in conditions):
            row = (f"{answer.breakdown}{OF_THOSE}", (answer.category,))
        else:
            conditions.append(f"{answer.breakdown}:{answer.category}")
    found = cell(
        answer.measure,
        answer.period_start,
        answer.period_end,
        answer.period_basis == "snapshot",
        conditions,
        rules,
    )
    return replace(found, box=tuple(sorted((*found.box, row)))) if found and row else found


def cell(
    measure: str,
    first_day: date,
    last_day: date,
    is_snapshot: bool,
    conditions: Sequence[str],
    rules: Rules,
) -> Cell | None:
    """The cell for a measure, period and conditions such as `uasc:yes`; None if it is empty.

    A measure under a condition that another measure stands for becomes that one; months and
    quarters become a shorter period, and age bands ages.
    """
    measure, conditions = rules.named_measure(measure, sorted(conditions), is_snapshot)
    is_on_last_day = rules.measures[measure].is_on_last_day
    if is_on_last_day:
        first_day, is_snapshot = last_day, True
    box: dict[str, frozenset[str]] = {}
    for condition in conditions:
        breakdown, _, category = condition.partition(":")
        if breakdown in ("month", "quarter"):
            from_day, to_day = _span(breakdown, category)
            first_day, last_day = max(first_day, from_day), min(last_day, to_day)
            continue
        dimension, codes = rules.elements[breakdown, category]
        box[dimension] = box.get(dimension, codes) & codes
    if first_day > last_day or not all(box.values()):
        return None
    ordered = tuple(
        (dimension, tuple(sorted(codes)))
        for dimension, codes in sorted(box.items())
        if codes != rules.domains[dimension]
    )
    return Cell(measure, first_day, last_day, is_snapshot, ordered)


def is_nameable(found: Cell, rules: Rules) -> bool:
    """Whether a question can ask for a cell: one category stands for each group of them."""
    return all((dimension, frozenset(codes)) in rules.words for dimension, codes in found.box)


def conditions_of(box: Box, rules: Rules) -> list[str]:
    """The conditions of a question that ask for a box.

    Raises:
        KeyError: no one category covers these.
    """
    return [rules.words[dimension, frozenset(codes)] for dimension, codes in box]


def in_words(found: Cell, rules: Rules) -> str:
    """`Occasions missing, 1 April 2017 to 31 March 2018 (Unaccompanied asylum-seeking)`."""
    last = long_day(found.last_day)
    period = f"on {last}" if found.is_snapshot else f"{long_day(found.first_day)} to {last}"
    said = []
    for dimension, codes in found.box:
        if dimension.endswith(OF_THOSE):
            breakdown = dimension.removesuffix(OF_THOSE)
            label = rules.labels.get((breakdown, codes[0]), codes[0])
            said.append(f"{rules.labels[breakdown, '']}: {label}")
            continue
        name = rules.words.get((dimension, frozenset(codes)))
        named = [name] if name else [f"{dimension}:{code}" for code in codes]
        labels = [rules.labels[tuple(each.split(":"))] for each in named]
        heading = rules.labels[named[0].split(":")[0], ""]
        said.append(": ".join(dict.fromkeys((heading, " or ".join(labels)))))
    of = f" ({'; '.join(said)})" if said else ""
    return f"{rules.measures[found.measure].heading}, {period}{of}"


def _span(breakdown: str, category: str) -> tuple[date, date]:
    """First and last day of `2017-04`, or of `2017/18 Q1`, the quarter that begins in April."""
    if breakdown == "month":
        year, month = map(int, category.split("-"))
        months = 1
    else:
        year, quarter = int(category[:4]), int(category[-1])
        year, month = (year + 1, 1) if quarter == 4 else (year, 1 + 3 * quarter)
        months = 3
    after = year * 12 + month - 1 + months
    return date(year, month, 1), date(after // 12, after % 12 + 1, 1) - timedelta(days=1)
