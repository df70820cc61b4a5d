"""What has to be protected: cells, the relations between them and what each of them needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from functools import cached_property
from math import isclose, isfinite
from typing import TYPE_CHECKING, Self

from missing_from_care.base.faults import DataFault

if TYPE_CHECKING:
    from typing_extensions import TypeIs

NEAR = 1e-6

Terms = Sequence[tuple[int, float]]


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
class Need:
    """What the range that a reader can work out for a cell must leave open.

    Attributes:
        width: the least of high - low, in the cell's own unit.
        below: how far low must lie below the value.
        above: how far high must lie above the value.
    """

    width: float = 1
    below: float = 0
    above: float = 0

    def and_also(self, other: Self) -> Self:
        """What meets both."""
        sides = zip(astuple(self), astuple(other), strict=True)
        return type(self)(*(max(each) for each in sides))

    def is_met(self, value: float, low: float, high: float) -> bool:
        """Whether a range around a value leaves this open."""
        return (
            high - low >= self.width - NEAR
            and value - low >= self.below - NEAR
            and high - value >= self.above - NEAR
        )


@dataclass(frozen=True)
class Problem:
    """The cells of one response, earlier responses included, as a reader can combine them.

    Attributes:
        values: what each cell holds; a cell is known by its index from 0.
        relations: equations (low == high) and inequalities that readers know.
        primary: cells that must be withheld.
        lower: the least each cell can be, as everybody knows.
        upper: the most each cell can be, as everybody knows.
        weights: the loss of information if a cell is withheld.
        published: cells that cannot be withheld, such as those an earlier response published.
        withheld_before: cells that earlier responses withheld; they stay withheld.
        unpublished: cells that no response prints but readers can reason about (all children less
            those seeking asylum); nobody sees a marker in their place.
        thresholds: for each cell the interval that makes it primary, both ends included, as the
            published rule says; None where no rule says so.
        needs: what primary cells need if it is not `default_need`. An unpublished cell that stands
            here is protected too.
        default_need: what every other primary cell needs.
    """

    values: tuple[float, ...]
    relations: tuple[Relation, ...]
    primary: frozenset[int]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    weights: tuple[float, ...]
    published: frozenset[int] = frozenset()
    withheld_before: frozenset[int] = frozenset()
    unpublished: frozenset[int] = frozenset()
    thresholds: tuple[tuple[float, float] | None, ...] = ()
    needs: Mapping[int, Need] = field(default_factory=dict)
    default_need: Need = Need()

    def __post_init__(self) -> None:
        _check(self)

    @classmethod
    def of(
        cls,
        values: Sequence[float],
        equations: Iterable[Terms | tuple[Terms, float]],
        primary: Iterable[int],
        *,
        inequalities: Iterable[Relation] = (),
        lower: Sequence[float] | None = None,
        upper: Sequence[float] | None = None,
        weights: Sequence[float] | None = None,
        published: Iterable[int] = (),
        withheld_before: Iterable[int] = (),
        unpublished: Iterable[int] = (),
        threshold: tuple[float, float] | Sequence[tuple[float, float] | None] | None = None,
        needs: Mapping[int, Need] | None = None,
        default_need: Need | None = None,
    ) -> Self:
        """A problem with the usual defaults.

        Args:
            values: one number for each cell.
            equations: each a list of (cell, coefficient) that adds up to 0, or a pair of such a
                list and what it adds up to.
            primary: indices of the cells that must be withheld.
            inequalities: relations that bound a sum without fixing it.
            lower: one bound for each cell; 0 if left out.
            upper: one bound for each cell; twice the largest value if left out.
            weights: one weight for each cell; its value if left out.
            published, withheld_before, unpublished: see the attributes.
            threshold: one interval for all cells that are printed, or one (or None) for each cell.
            needs, default_need: see the attributes.

        Raises:
            DataFault: the parts contradict each other.
        """
        values, unpublished = tuple(values), frozenset(unpublished)
        count, largest = len(values), max(values, default=0)
        if threshold is None:
            thresholds: tuple[tuple[float, float] | None, ...] = (None,) * count
        elif _is_interval(threshold):
            low, high = threshold
            one = (low, high)
            thresholds = tuple(None if cell in unpublished else one for cell in range(count))
        else:
            thresholds = tuple(threshold)
        return cls(
            values=values,
            relations=(*map(_equation, equations), *inequalities),
            primary=frozenset(primary),
            lower=tuple(lower) if lower is not None else (0,) * count,
            upper=tuple(upper) if upper is not None else (2 * largest,) * count,
            weights=tuple(weights) if weights is not None else values,
            published=frozenset(published),
            withheld_before=frozenset(withheld_before),
            unpublished=unpublished,
            thresholds=thresholds,
            needs=dict(needs or {}),
            default_need=default_need or Need(),
        )

    @cached_property
    def is_whole(self) -> bool:
        """Whether every cell is a count, so that readers know it to be a whole number."""
        return all(float(value).is_integer() for value in self.values)

    @cached_property
    def unknown_anyway(self) -> frozenset[int]:
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
    def protected(self) -> dict[int, Need]:
        """What each cell needs that has to stay unknown, in order of cells.

        These are the primary cells, the unpublished ones with a need of their own, and the marked
        ones: what an earlier response withheld as cover must not come to light by this one.
        """
        asked = self.primary | (self.needs.keys() & self.unpublished)
        marked = dict.fromkeys(self.withheld_before - asked, self.least_need)
        needs = {cell: self.needs.get(cell, self.default_need) for cell in asked} | marked
        return dict(sorted(needs.items()))

    @property
    def least_need(self) -> Need:
        """What keeps a cell from being known exactly."""
        return Need(width=1 if self.is_whole else 1e-4)

    def withheld_with(self, cover: Iterable[int]) -> tuple[int, ...]:
        """The cells that get a marker now: the primary ones and this cover, in order."""
        own = self.primary - self.withheld_before - self.unpublished
        return tuple(sorted(own | frozenset(cover)))

    def cost(self, withheld: Iterable[int]) -> float:
        """The information lost: the sum of the weights of the cells, each counted once."""
        return sum(self.weights[cell] for cell in sorted(set(withheld)))


def _is_interval(
    threshold: tuple[float, float] | Sequence[tuple[float, float] | None],
) -> "TypeIs[tuple[float, float]]":
    return len(threshold) == 2 and not isinstance(threshold[0], tuple | None)


def _has_total(equation: Terms | tuple[Terms, float]) -> "TypeIs[tuple[Terms, float]]":
    return len(equation) == 2 and isinstance(equation[1], int | float)


def _equation(equation: Terms | tuple[Terms, float]) -> Relation:
    terms, total = equation if _has_total(equation) else (equation, 0)
    return Relation(tuple((cell, times) for cell, times in terms), total, total)


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
    for name in ("primary", "published", "withheld_before", "unpublished", "needs"):
        _check_indices(f"`{name}`", getattr(problem, name), count)
    for cell, value in enumerate(problem.values):
        if not isfinite(value) or not problem.lower[cell] <= value <= problem.upper[cell]:
            raise DataFault(
                f"Cell {cell} lies outside its bounds (0 to twice the largest cell, if none are "
                "given): correct the cell or its bounds."
            )
        if not (isfinite(problem.weights[cell]) and problem.weights[cell] >= 0):
            raise DataFault(f"The weight of cell {cell} is not a number from 0 up: correct it.")
    for number, relation in enumerate(problem.relations):
        _check_relation(number, relation, problem.values)
    both = problem.published & problem.unknown_anyway
    if both:
        raise DataFault(
            f"Cell {min(both)} is published already and yet to be withheld: "
            "what is published cannot be protected."
        )
    for cell, threshold in enumerate(problem.thresholds):
        known = cell in problem.unknown_anyway | problem.published
        if threshold and not known and threshold[0] <= problem.values[cell] <= threshold[1]:
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
    total, scale = sum(parts), max([1, *map(abs, parts)])
    above = total >= relation.low or isclose(total, relation.low, abs_tol=1e-6 * scale)
    below = total <= relation.high or isclose(total, relation.high, abs_tol=1e-6 * scale)
    if not (above and below):
        raise DataFault(
            f"{kind} {number} does not hold for the cells given (counted from 0): correct its "
            "terms or the cells."
        )
