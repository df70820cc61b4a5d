"""What has to be protected: counts, the relations between them and what each of them needs."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from math import isclose

from missing_from_care.base.faults import DataFault

NEAR = 1e-6

Interval = tuple[float, float]


@dataclass(frozen=True)
class Relation:
    """What a reader knows about several cells at once: low <= sum of coefficient * cell <= high.

    Attributes:
        terms: pairs of cell index and coefficient.
        low: the least the sum can be; minus infinity where nothing bounds it.
        high: the most the sum can be; infinity where nothing bounds it.
        withdrawn_with: cells that take the relation with them when one of them is withheld, as a
            withheld count takes its percentage. Empty: readers know it whatever is withheld.
    """

    terms: tuple[tuple[int, float], ...]
    low: float
    high: float
    withdrawn_with: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Problem:
    """The cells of one response, earlier responses included, as a reader can combine them.

    Attributes:
        values: what each cell holds, a whole number; a cell is known by its index from 0.
        relations: equations (low == high) and inequalities that readers know.
        primary: cells that must be withheld.
        lower: the least each cell can be, as everybody knows; 0 if left out.
        upper: the most each cell can be; twice the largest value if left out.
        weights: the loss of information if a cell is withheld; its value if left out.
        published: cells that cannot be withheld, such as those an earlier response published.
        withheld_before: cells that earlier responses withheld; they stay withheld.
        unpublished: cells that no response prints but readers can reason about (all children less
            those seeking asylum); nobody sees a marker in their place.
        thresholds: for each cell the interval that makes it primary, both ends included, as the
            published rule says; None where no rule says so.
        widths: how wide a range must stay open for a primary cell, if it is not `width`. An
            unpublished cell that stands here is protected too.
        width: the same for every other primary cell.

    Raises:
        DataFault: the parts contradict each other.
    """

    values: Sequence[float]
    relations: Sequence[Relation]
    primary: Set[int]
    lower: Sequence[float] = ()
    upper: Sequence[float] = ()
    weights: Sequence[float] = ()
    published: Set[int] = frozenset()
    withheld_before: Set[int] = frozenset()
    unpublished: Set[int] = frozenset()
    thresholds: Sequence[Interval | None] = ()
    widths: Mapping[int, float] = field(default_factory=dict)
    width: float = 1

    def __post_init__(self) -> None:
        count, largest = len(self.values), max(self.values, default=0)
        usual = {
            "lower": (0,) * count,
            "upper": (2 * largest,) * count,
            "weights": self.values,
            "thresholds": (None,) * count,
        }
        for name, each in usual.items():
            if not getattr(self, name):
                object.__setattr__(self, name, each)
        _check(self)

    @cached_property
    def unknown_anyway(self) -> Set[int]:
        """Cells that readers are not told, whatever is decided now."""
        return self.primary | self.withheld_before | self.unpublished

    @cached_property
    def cover_cells(self) -> tuple[int, ...]:
        """Cells that may be withheld to protect others: never a zero, nor one already public."""
        return tuple(
            cell
            for cell, value in enumerate(self.values)
            if value != 0 and cell not in self.unknown_anyway | self.published
        )

    @cached_property
    def protected(self) -> dict[int, float]:
        """How wide the range of each cell must stay that has to stay unknown, in order of cells:
        the primary cells, the unpublished ones with a width of their own, and the marked ones: what
        an earlier response withheld as cover must not come to light by this one."""
        asked = self.primary | (self.widths.keys() & self.unpublished)
        widths = dict.fromkeys(self.withheld_before, 1.0)
        widths |= {cell: self.widths.get(cell, self.width) for cell in asked}
        return dict(sorted(widths.items()))

    def withheld_with(self, cover: Iterable[int]) -> tuple[int, ...]:
        """The cells that get a marker now: the primary ones and this cover, in order."""
        own = self.primary - self.withheld_before - self.unpublished
        return tuple(sorted({*own, *cover}))

    def cost(self, withheld: Iterable[int]) -> float:
        """The information lost: the sum of the weights of the cells, each counted once."""
        return sum(self.weights[cell] for cell in sorted(set(withheld)))


def _check(problem: Problem) -> None:
    count = len(problem.values)
    if not count:
        raise DataFault("The problem has no cells: give at least one.")
    for name in ("lower", "upper", "weights", "thresholds"):
        if len(getattr(problem, name)) != count:
            raise DataFault(
                f"`{name}` holds {len(getattr(problem, name))} entries for {count} cells: "
                "give one for each cell."
            )
    for name in ("primary", "published", "withheld_before", "unpublished", "widths"):
        _check_indices(f"`{name}`", getattr(problem, name), count)
    for cell, value in enumerate(problem.values):
        if not float(value).is_integer():
            raise DataFault(f"Cell {cell} is no whole number: give counts.")
        if not problem.lower[cell] <= value <= problem.upper[cell]:
            raise DataFault(
                f"Cell {cell} lies outside its bounds (0 to twice the largest cell, if none are "
                "given): correct the cell or its bounds."
            )
        if not 0 <= problem.weights[cell] < float("inf"):
            raise DataFault(f"The weight of cell {cell} is not a number from 0 up: correct it.")
    for number, relation in enumerate(problem.relations):
        _check_relation(number, relation, problem.values)
    both = problem.published & problem.unknown_anyway
    if both:
        raise DataFault(
            f"Cell {min(both)} is published already and yet to be withheld: "
            "what is published cannot be protected."
        )
    known = problem.unknown_anyway | problem.published
    for cell, threshold in enumerate(problem.thresholds):
        is_small = threshold and threshold[0] <= problem.values[cell] <= threshold[1]
        if threshold and is_small and cell not in known:
            raise DataFault(
                f"Cell {cell} lies within the threshold ({threshold[0]} to {threshold[1]}) and is "
                "not primary: add it to `primary`."
            )


def _check_indices(where: str, cells: Iterable[int], count: int) -> None:
    for cell in cells:
        if not 0 <= cell < count:
            raise DataFault(f"{where} names cell {cell}: expected 0 to {count - 1}.")


def _check_relation(number: int, relation: Relation, values: Sequence[float]) -> None:
    kind = "Equation" if relation.low == relation.high else "Inequality"
    _check_indices(f"{kind} {number}", [cell for cell, _ in relation.terms], len(values))
    _check_indices(f"{kind} {number}", relation.withdrawn_with, len(values))
    parts = [coefficient * values[cell] for cell, coefficient in relation.terms]
    total, near = sum(parts), 1e-6 * max([1, *map(abs, parts)])
    above = total >= relation.low or isclose(total, relation.low, abs_tol=near)
    below = total <= relation.high or isclose(total, relation.high, abs_tol=near)
    if not (above and below):
        raise DataFault(
            f"{kind} {number} does not hold for the cells given (counted from 0): correct its "
            "terms or the cells."
        )
