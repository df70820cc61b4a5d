"""The rules that the gate reasons with, read from the seeds as the warehouse holds them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import inf
from typing import Any

import duckdb

from missing_from_care.base.faults import DataFault
from missing_from_care.base.warehouse import queries

PLACES = ("region", "country")
TIMES = "times_missing"
BEFORE = "missing_before"
HOURS = "hours"
HOURS_BAND = "hours_band"
NOT_KNOWN = "not_known"
# A band of the seed stands for stretches of one factor: ages, whole days, times missing. What is
# known since says more of those that have not ended; hours say more of those that have.
FACTORS = {
    "age_band": "age",
    "duration_band": "duration",
    "outcome_since": "duration",
    HOURS_BAND: "duration",
    "times_missing_band": TIMES,
    BEFORE: TIMES,
}
ENDS = {TIMES: (1, 2)}
# The first and the last day of all, as ordinals.
FIRST, LAST = 1, 10_000_000

SQL = queries(__file__)

Codes = frozenset[str]
Stretch = tuple[float, float]
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Measure:
    """What a measure counts.

    Attributes:
        heading: as readers see it.
        unit: `occasions`, `children` or that of a figure which is no count.
        is_care: it counts children looked after, not occasions.
        is_on_last_day: it counts what stands on the last day of the period.
        conditions: pairs of factor and category that what it counts fulfils.
    """

    heading: str
    unit: str
    is_care: bool
    is_on_last_day: bool
    conditions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Derived:
    """What a figure is worked out from: round(scale * numerator / denominator, decimals). Without a
    denominator it is the largest of what the numerator counts."""

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
        group_size: in groups of up to so many, what tells the same of everyone is withheld; a
            largest number is shown only where more than so many reached its band.
        whole_group, empty_group: whether all, or none, of such a group is withheld.
        small_as_range, cover_as_range: whether a withheld figure is released as the range that is
            safe: a small one, and one that covers it.
    """

    applies_to: str
    interval: tuple[int, int] | None
    range_width: int
    group_size: int
    whole_group: bool
    empty_group: bool
    small_as_range: bool
    cover_as_range: bool
    decided_by: str
    legal_basis: str
    reason: str


@dataclass(frozen=True)
class Rules:
    """Measures, categories and policy.

    Attributes:
        measures: by name.
        derived: figures that are no counts, by measure.
        elements: for each (breakdown, category) its factor and the finest categories that it
            covers: `age_band`, `16_to_17` is `age`, {16, 17}.
        domains: every finest category of a factor.
        bounds: lowest and highest of the finest categories that are stretches, by factor and name;
            of a duration the days, and the hours where they are known.
        of_child: factors in which a child has one category whatever the day.
        landed_from: the first day of the first landed year, as an ordinal.
        knows_others: whether occasions of children who are not looked after are counted too.
        unlikely: categories that readers take to be empty where they are.
        protected: factors along which a small difference is protected though nothing prints it.
        nothing_absent: when a council counts nothing as absent: its code, and the first and the
            last day as ordinals.
        labels: category in words by (breakdown, category); breakdown alone by (breakdown, "").
        policies: rows in force, by measure, breakdown or `all`.
    """

    measures: Mapping[str, Measure]
    derived: Mapping[str, Derived]
    elements: Mapping[tuple[str, str], tuple[str, Codes]]
    domains: Mapping[str, Codes]
    bounds: Mapping[tuple[str, str], Stretch]
    of_child: frozenset[str]
    landed_from: int
    knows_others: bool
    unlikely: frozenset[str]
    protected: frozenset[str]
    nothing_absent: tuple[tuple[str, int, int], ...]
    labels: Mapping[tuple[str, str], str]
    policies: Mapping[str, Policy]

    def domain(self, factor: str) -> Codes:
        """Every finest category of a factor; of a flag, that it is so and that it is not."""
        return self.domains.get(factor, frozenset({"yes", "no"}))

    def element(self, breakdown: str, categories: str) -> tuple[str, Codes]:
        """The factor and the finest categories of a condition; `16|17` joins two of them."""
        found = [
            self.elements.get((breakdown, each), (_factor(breakdown), frozenset({each})))
            for each in categories.split("|")
        ]
        return found[0][0], frozenset().union(*(codes for _, codes in found))

    def label(self, breakdown: str, categories: str) -> str:
        """The categories of a condition in words."""
        each = [self.labels.get((breakdown, one), one) for one in categories.split("|")]
        return " or ".join(each)

    @property
    def still_missing(self) -> Codes:
        """What is known since of an occasion that has not ended."""
        return self.elements["found", "no"][1]

    def policy(self, measure: str) -> Policy:
        """The row that says which numbers of a measure are small, else the one for all."""
        found = self.policies.get(measure)
        return found if found and found.interval else self.policies["all"]

    def interval(self, measure: str) -> tuple[int, int]:
        """The numbers of a measure that are small, both ends included."""
        found = self.policy(measure).interval
        if found is None:
            raise DataFault("suppression_policy.csv says nowhere which numbers are small.")
        return found

    def is_small(self, measure: str, number: float) -> bool:
        """Whether a number of a measure is one that the policy withholds."""
        low, high = self.interval(measure)
        return low <= number <= high


def read_rules(warehouse: duckdb.DuckDBPyConnection, on_day: date) -> Rules:
    """Reads the rules of a warehouse, the policy as it is in force on the day of the response. A
    DataFault: no row of that is for all measures, or two for one."""

    def rows(query: str, *values: object) -> list[Row]:
        return warehouse.execute(query, values).fetchall()

    def column(query: str) -> frozenset[Any]:
        return frozenset(value for (value,) in rows(query))

    def any_fact(condition: str) -> bool:
        return bool(rows(f"select 1 from int_answer_facts where {condition} limit 1"))

    categories = rows(SQL["categories"])
    councils = rows("select la_code, council, region, country from int_councils order by all")
    bounds = _bounds(categories, any_fact("hours_missing is not null"))
    elements = _elements(categories, bounds)
    for code, _, *places in councils:
        elements["council", code] = ("council", frozenset({code}))
        for place in zip(PLACES, map(_slug, places), strict=True):
            _, known = elements.get(place, ("", frozenset()))
            elements[place] = ("council", known | {code})
    domains: dict[str, Codes] = {}
    stretches = [(factor, frozenset({name})) for factor, name in bounds]
    for factor, codes in [*elements.values(), *stretches]:
        domains[factor] = domains.get(factor, frozenset()) | codes
    labels = {(of, name): label for of, name, label in rows(SQL["labels"])}
    for code, council, *places in councils:
        labels["council", code] = council
        labels |= {(kind, _slug(name)): name for kind, name in zip(PLACES, places, strict=True)}
    return Rules(
        measures={
            name: Measure(heading, unit, is_care, is_at_end, tuple(map(tuple, conditions or ())))
            for name, heading, unit, is_care, is_at_end, conditions in rows(SQL["measures"])
        },
        derived={name: Derived(*of) for name, *of in rows(SQL["derived"])},
        elements=elements,
        domains=domains,
        bounds=bounds,
        of_child=frozenset(map(_factor, column(SQL["of_child"]))),
        landed_from=min(map(date.toordinal, column(SQL["first_days"])), default=1),
        knows_others=any_fact("care = 'not_looked_after'"),
        unlikely=column("select category from unlikely_categories")
        | {name for _, name in bounds if name.endswith(f" {NOT_KNOWN}")},
        protected=column(SQL["protected"]),
        nothing_absent=tuple(
            (council, first.toordinal() if first else FIRST, last.toordinal() if last else LAST)
            for council, first, last in rows(SQL["nothing_absent"])
        ),
        labels=labels,
        policies=_policies(rows(SQL["policy"], on_day), on_day),
    )


def _factor(breakdown: str) -> str:
    return FACTORS.get(breakdown, breakdown)


def _slug(name: str) -> str:
    return name.lower().replace(" ", "_")


def _bounds(categories: list[Row], knows_hours: bool) -> dict[tuple[str, str], Stretch]:
    """The stretches within which no band of a factor begins or ends, named for their numbers. Bands
    may overlap and leave gaps; the stretches do neither. Durations are told by days and by hours,
    of which each bounds the other, or by days alone. What began at any time of a day and ended on
    another lasted less than a day more or less than the days between; the hours are those begun."""
    edges: dict[str, set[float]] = {}
    for breakdown, _, is_band, lowest, highest, _ in categories:
        if is_band:
            factor = HOURS if breakdown == HOURS_BAND else _factor(breakdown)
            least = -inf if factor == "age" else 0.0
            found = edges.setdefault(factor, {least, inf, *ENDS.get(factor, ())})
            found |= {lowest, highest + 1}
    bounds = {
        (factor, f"{low:g}..{after - 1:g}"): (low, after - 1)
        for factor, each in edges.items()
        for low, after in pairwise(sorted(each))
    }
    plain = {key: each for key, each in bounds.items() if key[0] != HOURS}
    if not knows_hours:
        return plain
    told = {key: each for key, each in plain.items() if key[0] != "duration"}
    for (factor, days), (low, high) in plain.items():
        if factor != "duration":
            continue
        told["duration", f"{days} {NOT_KNOWN}"] = (low, high)
        for (of, hours), (least, most) in bounds.items():
            if of == HOURS and 24 * (low - 1) < most and least <= 24 * (high + 1):
                told["duration", f"{days} {hours}"] = (low, high)
                told[HOURS, f"{days} {hours}"] = (least, most)
    return told


def _elements(
    categories: list[Row], bounds: dict[tuple[str, str], Stretch]
) -> dict[tuple[str, str], tuple[str, Codes]]:
    """What each category is made of: a band of stretches, any other of itself or those it joins."""

    def within(factor: str, lowest: float, highest: float) -> Codes:
        return frozenset(
            name
            for (of, name), (low, high) in bounds.items()
            if of == factor and lowest <= low and high <= highest
        )

    found = {}
    for breakdown, category, is_band, lowest, highest, joins in categories:
        factor, codes = _factor(breakdown), frozenset(joins)
        if is_band:
            codes = within(HOURS if breakdown == HOURS_BAND else factor, lowest, highest)
        if factor != "none":
            found[breakdown, category] = (factor, codes)
    found[BEFORE, "first_time"] = (TIMES, within(TIMES, 0, 0))
    found[BEFORE, "before"] = (TIMES, within(TIMES, 1, inf))
    found[TIMES, "2_or_more"] = (TIMES, within(TIMES, 2, inf))
    ended = frozenset(name for factor, name in bounds if factor == "duration")
    since = {category for breakdown, category, *_ in categories if breakdown == "outcome_since"}
    still_missing = ("duration", frozenset(since - {"found"}))
    found["found", "yes"] = found["outcome_since", "found"] = ("duration", ended)
    found["found", "no"] = still_missing
    found["duration_band", "still_missing"] = found[HOURS_BAND, "still_missing"] = still_missing
    by_days_alone = frozenset(name for name in ended if (HOURS, name) not in bounds)
    found[HOURS_BAND, NOT_KNOWN] = ("duration", by_days_alone)
    return found


def _policies(rows: list[Row], on_day: date) -> dict[str, Policy]:
    found: dict[str, Policy] = {}
    for name, interval, *rest in rows:
        if name in found:
            raise DataFault(
                f"suppression_policy.csv has two rows for {name} on {on_day}: end the older one "
                "with a valid_to."
            )
        found[name] = Policy(name, tuple(interval) if interval else None, *rest)
    if "all" not in found or found["all"].interval is None:
        raise DataFault(
            f"suppression_policy.csv has no row `all` in force on {on_day}, so nothing can be "
            "released: add one."
        )
    return found
