"""The rule seeds that the gate reasons with, as the warehouse holds them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import duckdb

from missing_from_care.faults import DataFault


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
        bounds: lowest and highest of the categories that are bands.
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
    bounds: dict[tuple[str, str], tuple[int, int | None]]
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
        found = defaultdict(list)
        for whole, part, add_up, on_snapshot in self.parts:
            if add_up == how and (on_snapshot or not is_snapshot):
                found[whole].append(part)
        return found

    def split_below(self, measure: str, is_snapshot: bool) -> set[str]:
        """A measure with the parts that add up to it, and theirs."""
        parts = self.splits(is_snapshot).get(measure, [])
        return {measure}.union(*(self.split_below(part, is_snapshot) for part in parts))

    def split_tree(self, measure: str, is_snapshot: bool) -> set[str]:
        """Every measure that hangs together with one by parts that add up."""
        for whole, parts in self.splits(is_snapshot).items():
            if measure in parts:
                return self.split_tree(whole, is_snapshot)
        return self.split_below(measure, is_snapshot)

    def named_measure(
        self, measure: str, conditions: Sequence[str], is_snapshot: bool
    ) -> tuple[str, list[str]]:
        """The measure that stands for one under conditions, with the conditions left over."""
        left = []
        for condition in conditions:
            if name := self.named.get((measure, condition, is_snapshot)):
                measure = name
            else:
                left.append(condition)
        return measure, left

    @cached_property
    def words(self) -> dict[tuple[str, frozenset[str]], str]:
        """The condition of a question that gives these finest categories."""
        return {found: ":".join(name) for name, found in reversed(self.elements.items())}


def read_rules(warehouse: duckdb.DuckDBPyConnection, on_day: date) -> Rules:
    """Reads the rules.

    Args:
        warehouse: an open warehouse.
        on_day: the day of the response, on which the policy must be in force.

    Raises:
        DataFault: no row of the policy is in force that day for all measures, or two for one.
    """
    breakdowns = _rows(warehouse, "breakdowns")
    categories = _rows(warehouse, "categories")
    elements = _elements(categories)
    domains: dict[str, frozenset[str]] = {}
    for dimension, codes in elements.values():
        domains[dimension] = domains.get(dimension, frozenset()) | codes
    labels = {(row["breakdown"], row["category"]): row["label"] for row in categories}
    labels |= {(row["breakdown"], ""): row["heading"] for row in breakdowns}
    return Rules(
        measures={
            row["measure"]: Measure(
                row["heading"], row["unit"], row["counts"] == "care", row["on_last_day"] == "true"
            )
            for row in _rows(warehouse, "measures")
        },
        parts=tuple(
            (
                row["whole"],
                row["part"],
                row["parts_add_up"],
                row["holds_on_snapshot"] == "true",
            )
            for row in _rows(warehouse, "measure_parts")
        ),
        named={
            (measure, row["condition"], on_snapshot): row["part"]
            for row in _rows(warehouse, "measure_parts")
            for on_snapshot in (False, True)
            for measure in (row["whole"], row["part"])
            if row["condition"] and (row["holds_on_snapshot"] == "true" or not on_snapshot)
        },
        derived={
            row["measure"]: Derived(
                row["numerator"],
                row["denominator"],
                float(row["scale"] or 1),
                int(row["decimals"] or 0),
            )
            for row in _rows(warehouse, "derived_measures")
        },
        elements=elements,
        domains=domains,
        one_a_child=frozenset(
            row["breakdown"] for row in breakdowns if row["one_category_a_child"] == "true"
        ),
        by_question=frozenset(
            row["breakdown"] for row in breakdowns if row["depends_on_question"] == "true"
        ),
        bounds={
            (row["breakdown"], row["category"]): (
                int(row["lowest"]),
                int(row["highest"]) if row["highest"] else None,
            )
            for row in categories
            if row["lowest"]
        },
        labels=labels,
        policies=_policies(warehouse, on_day),
    )


def _rows(warehouse: duckdb.DuckDBPyConnection, table: str) -> list[dict[str, str | None]]:
    found = warehouse.execute(f"select * from {table} order by all")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _elements(
    categories: list[dict[str, str | None]],
) -> dict[tuple[str, str], tuple[str, frozenset[str]]]:
    """Ages are the finest categories of age bands; every other breakdown stands for itself."""
    ages = {
        row["category"]: int(row["lowest"])
        for row in categories
        if row["breakdown"] == "age" and row["lowest"]
    }
    found = {}
    for row in categories:
        breakdown, category = row["breakdown"], row["category"]
        codes = frozenset({category})
        if breakdown == "age_band":
            breakdown = "age"
            if row["lowest"]:
                low, high = int(row["lowest"]), int(row["highest"])
                codes = frozenset(code for code, age in ages.items() if low <= age <= high)
        if breakdown != "none":
            found[row["breakdown"], category] = (breakdown, codes)
    return found


def _policies(warehouse: duckdb.DuckDBPyConnection, on_day: date) -> dict[str, Policy]:
    found: dict[str, Policy] = {}
    for row in _rows(warehouse, "suppression_policy"):
        if not (row["valid_from"] or "") <= on_day.isoformat() <= (row["valid_to"] or "9999"):
            continue
        name = row["applies_to"]
        if name in found:
            raise DataFault(
                f"suppression_policy.csv has two rows for {name} on {on_day}: end the older one "
                "with a valid_to."
            )
        low, high = row["lowest_withheld"], row["highest_withheld"]
        found[name] = Policy(
            applies_to=name,
            interval=(int(low), int(high)) if low and high else None,
            range_width=int(row["range_width"] or 1),
            group_size=int(row["group_size"] or 0),
            whole_group=row["withholds_whole_group"] == "true",
            empty_group=row["withholds_empty_group"] == "true",
            decided_by=row["decided_by"] or "",
            legal_basis=row["legal_basis"] or "",
            reason=row["reason"] or "",
        )
    if "all" not in found or found["all"].interval is None:
        raise DataFault(
            f"suppression_policy.csv has no row `all` in force on {on_day}, so nothing can be "
            "released: add one."
        )
    return found
