"""The rules that the gate reasons with: measures, their parts, categories and policy."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Measure:
    """What a measure counts.

    Attributes:
        heading: as readers see it.
        unit: `occasions`, `children` or that of a figure which is no count.
        is_care: it counts children looked after, not occasions.
        is_on_last_day: it counts what stands on the last day of the period.
    """

    heading: str
    unit: str
    is_care: bool
    is_on_last_day: bool


@dataclass(frozen=True)
class Derived:
    """What a figure is worked out from: round(scale * numerator / denominator, decimals)."""

    numerator: str
    denominator: str | None
    scale: float
    decimals: int


@dataclass(frozen=True)
class Policy:
    """One row of the suppression policy.

    Attributes:
        interval: numbers withheld, both ends included; None where the row is of a breakdown.
        range_width: how wide the range must stay that a reader can work out.
        group_size: in groups of up to so many, what tells the same of everyone is withheld.
        whole_group, empty_group: whether all, or none, of such a group is withheld.
    """

    applies_to: str
    interval: tuple[int, int] | None
    range_width: int
    group_size: int
    whole_group: bool
    empty_group: bool
    decided_by: str
    legal_basis: str
    reason: str


@dataclass(frozen=True)
class Rules:
    """Measures, categories and policy.

    Attributes:
        measures: by name.
        parts: pairs of whole and part, with what the parts add up to and whether that holds on a
            snapshot.
        named: the measure that a measure is under a condition, for a snapshot or a period.
        derived: figures that are no counts, by measure.
        elements: for each (breakdown, category) its dimension and the finest categories that it
            covers: `age_band`, `16_to_17` is `age`, {16, 17}.
        domains: every finest category of a dimension.
        one_a_child: dimensions in which a child has one category.
        by_question: dimensions whose categories depend on what else is asked for.
        bounds: lowest and highest of the finest categories that are stretches of numbers.
        labels: category in words by (breakdown, category); breakdown alone by (breakdown, "").
        policies: rows in force, by measure, breakdown or `all`.
    """

    measures: dict[str, Measure]
    parts: tuple[tuple[str, str, str, bool], ...]
    named: dict[tuple[str, str, bool], str]
    derived: dict[str, Derived]
    elements: dict[tuple[str, str], tuple[str, frozenset[str]]]
    domains: dict[str, frozenset[str]]
    one_a_child: frozenset[str]
    by_question: frozenset[str]
    bounds: dict[tuple[str, str], tuple[float, float]]
    labels: dict[tuple[str, str], str]
    policies: dict[str, Policy]

    def policy(self, measure: str) -> Policy:
        """The row for a measure, else the one for all."""
        return self.policies.get(measure, self.policies["all"])

    @cached_property
    def parts_below(self) -> dict[tuple[str, bool], frozenset[str]]:
        """For a measure and whether it is on a snapshot: itself and every part of its parts."""
        found: dict[tuple[str, bool], frozenset[str]] = {}
        for on_snapshot in (False, True):
            direct = defaultdict(set)
            for whole, part, _, holds_on_snapshot in self.parts:
                if holds_on_snapshot or not on_snapshot:
                    direct[whole].add(part)
            for measure in self.measures:
                below, fresh = {measure}, {measure}
                while fresh:
                    fresh = set().union(*(direct[each] for each in fresh)) - below
                    below |= fresh
                found[measure, on_snapshot] = frozenset(below)
        return found

    def splits(self, is_snapshot: bool, how: str = "exactly") -> dict[str, list[str]]:
        """The measures that parts add up to, exactly or as `parts_add_up` says, with the parts."""
        return self._splits[is_snapshot, how]

    @cached_property
    def _splits(self) -> dict[tuple[bool, str], dict[str, list[str]]]:
        found = defaultdict(lambda: defaultdict(list))
        for whole, part, add_up, on_snapshot in self.parts:
            for is_snapshot in (False, True) if on_snapshot else (False,):
                found[is_snapshot, add_up][whole].append(part)
        return found

    @cached_property
    def split_below(self) -> dict[tuple[str, bool], frozenset[str]]:
        """For a measure and whether it is on a snapshot: itself and the parts that add up to it."""

        def below(measure: str, is_snapshot: bool) -> frozenset[str]:
            parts = self.splits(is_snapshot).get(measure, [])
            return frozenset({measure}).union(*(below(part, is_snapshot) for part in parts))

        return {(each, at): below(each, at) for each in self.measures for at in (False, True)}

    def split_tree(self, measure: str, is_snapshot: bool) -> frozenset[str]:
        """Every measure that hangs together with one by parts that add up."""
        for whole, parts in self.splits(is_snapshot).items():
            if measure in parts:
                return self.split_tree(whole, is_snapshot)
        return self.split_below[measure, is_snapshot]

    def named_measure(
        self, measure: str, conditions: Sequence[str], is_snapshot: bool
    ) -> tuple[str, list[str]]:
        """The measure that stands for one under conditions, with the conditions left over.

        How often a child was missing depends on all conditions but those that every occasion
        missing fulfils, so beside it the others stay.
        """
        is_by_question = any(each.partition(":")[0] in self.by_question for each in conditions)
        left = []
        for condition in conditions:
            name = self.named.get((measure, condition, is_snapshot))
            missing = self.named.get(("occasions_missing", condition, is_snapshot))
            if name and (missing == "occasions_missing" or not is_by_question):
                measure = name
            else:
                left.append(condition)
        return measure, left

    @cached_property
    def words(self) -> dict[tuple[str, frozenset[str]], str]:
        """The condition of a question that gives these finest categories."""
        return {found: ":".join(name) for name, found in reversed(self.elements.items())}
