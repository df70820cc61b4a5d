"""The rules that the gate reasons with, read from the seeds as the warehouse holds them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import inf
from typing import Any

import duckdb

from missing_from_care.base.faults import DataFault

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

Codes = frozenset[str]
Stretch = tuple[float, float]
Row = dict[str, Any]


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
    """What a figure is worked out from: round(scale * numerator / denominator, decimals).

    Without a denominator it is the largest of what the numerator counts.
    """

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
class Definition:
    """From which day a council counts nothing as absent, and to which; None for always."""

    council: str
    first_day: date | None
    last_day: date | None


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
        nothing_absent: when a council counts nothing as absent.
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
    nothing_absent: tuple[Definition, ...]
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
        """The numbers of a measure that are small, both ends included.

        Raises:
            DataFault: no row of the policy says so.
        """
        found = self.policy(measure).interval
        if found is None:
            raise DataFault("suppression_policy.csv says nowhere which numbers are small.")
        return found

    def is_small(self, measure: str, number: float) -> bool:
        """Whether a number of a measure is one that the policy withholds."""
        low, high = self.interval(measure)
        return low <= number <= high


def read_rules(warehouse: duckdb.DuckDBPyConnection, on_day: date) -> Rules:
    """Reads the rules.

    Args:
        warehouse: an open warehouse.
        on_day: the day of the response, on which the policy must be in force.

    Raises:
        DataFault: no row of the policy is in force that day for all measures, or two for one.
    """
    breakdowns, categories = _rows(warehouse, "breakdowns"), _rows(warehouse, "categories")
    councils, measures = _rows(warehouse, "int_councils"), _rows(warehouse, "measures")
    bounds = _stretches(categories)
    knows_hours = _any_fact(warehouse, "hours_missing is not null")
    bounds = _with_hours(bounds) if knows_hours else _without_hours(bounds)
    elements = _elements(categories, bounds) | _places(councils)
    domains: dict[str, Codes] = {}
    stretches = [(factor, frozenset({name})) for factor, name in bounds]
    for factor, codes in [*elements.values(), *stretches]:
        domains[factor] = domains.get(factor, frozenset()) | codes
    labels = {(row["breakdown"], row["category"]): row["label"] for row in categories}
    labels |= {(row["breakdown"], ""): row["heading"] for row in breakdowns}
    labels |= {("council", row["la_code"]): row["council"] for row in councils}
    labels |= {(place, _slug(row[place])): row[place] for place in PLACES for row in councils}
    return Rules(
        measures={
            row["measure"]: Measure(
                row["heading"],
                row["unit"],
                row["counts"] == "care",
                row["on_last_day"] == "true",
                tuple(
                    tuple(each.split(":")) for each in (row["conditions"] or "").split("&") if each
                ),
            )
            for row in measures
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
        bounds=bounds,
        of_child=frozenset(
            _factor(row["breakdown"]) for row in breakdowns if row["one_category_a_child"] == "true"
        ),
        landed_from=min(
            (row["first_day"].toordinal() for row in _rows(warehouse, "dim_financial_years")),
            default=1,
        ),
        knows_others=_any_fact(warehouse, "care = 'not_looked_after'"),
        unlikely=frozenset(row["category"] for row in _rows(warehouse, "unlikely_categories"))
        | frozenset(name for _, name in bounds if name.endswith(f" {NOT_KNOWN}")),
        protected=frozenset(
            row["factor"]
            for row in _rows(warehouse, "protected_differences")
            if row["is_protected"] == "true"
        ),
        nothing_absent=tuple(
            Definition(row["la_code"], row["valid_from"], row["valid_to"])
            for row in _rows(warehouse, "int_definitions")
            if "absent" not in (row["missing_counts_as"], row["absent_counts_as"])
        ),
        labels=labels,
        policies=_policies(warehouse, on_day),
    )


def _rows(warehouse: duckdb.DuckDBPyConnection, table: str) -> list[Row]:
    found = warehouse.execute(f"select * from {table} order by all")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _any_fact(warehouse: duckdb.DuckDBPyConnection, condition: str) -> bool:
    found = warehouse.execute(f"select count(*) from int_answer_facts where {condition}")
    return bool(found.fetchall()[0][0])


def _factor(breakdown: str) -> str:
    return FACTORS.get(breakdown, breakdown)


def _band(row: Row) -> Stretch | None:
    """Lowest and highest number of a category; None if it is no band."""
    if not (row["lowest"] or row["highest"]):
        return None
    return float(row["lowest"] or -inf), float(row["highest"] or inf)


def _stretches(categories: list[Row]) -> dict[tuple[str, str], Stretch]:
    """The stretches within which no band of a factor begins or ends, named for their numbers.

    Bands may overlap and leave gaps; the stretches do neither.
    """
    edges: dict[str, set[float]] = {}
    for row in categories:
        if band := _band(row):
            factor = HOURS if row["breakdown"] == HOURS_BAND else _factor(row["breakdown"])
            least = -inf if factor == "age" else 0.0
            found = edges.setdefault(factor, {least, inf, *ENDS.get(factor, ())})
            found |= {band[0], band[1] + 1}
    return {
        (factor, f"{low:g}..{after - 1:g}"): (low, after - 1)
        for factor, each in edges.items()
        for low, after in pairwise(sorted(each))
    }


def _with_hours(bounds: dict[tuple[str, str], Stretch]) -> dict[tuple[str, str], Stretch]:
    """Durations told by days and by hours, of which each bounds the other, or by days alone.

    What began at any time of a day and ended on another lasted less than a day more or less than
    the days between; the hours are those begun.
    """
    found = {key: each for key, each in _without_hours(bounds).items() if key[0] != "duration"}
    of_hours = {name: each for (factor, name), each in bounds.items() if factor == HOURS}
    for (factor, days), (low, high) in bounds.items():
        if factor != "duration":
            continue
        found["duration", f"{days} {NOT_KNOWN}"] = (low, high)
        for hours, (least, most) in of_hours.items():
            if 24 * (low - 1) < most and least <= 24 * (high + 1):
                found["duration", f"{days} {hours}"] = (low, high)
                found[HOURS, f"{days} {hours}"] = (least, most)
    return found


def _without_hours(bounds: dict[tuple[str, str], Stretch]) -> dict[tuple[str, str], Stretch]:
    return {key: each for key, each in bounds.items() if key[0] != HOURS}


def _elements(
    categories: list[Row], bounds: dict[tuple[str, str], Stretch]
) -> dict[tuple[str, str], tuple[str, Codes]]:
    """What each category is made of: a band of stretches, any other of itself or those it joins."""
    found = {}
    for row in categories:
        factor, codes = _factor(row["breakdown"]), frozenset({row["category"]})
        if band := _band(row):
            codes = _within(bounds, HOURS if row["breakdown"] == HOURS_BAND else factor, band)
        elif row["joins"]:
            codes = frozenset(row["joins"].split("|"))
        if factor != "none":
            found[row["breakdown"], row["category"]] = (factor, codes)
    found[BEFORE, "first_time"] = (TIMES, _within(bounds, TIMES, (0, 0)))
    found[BEFORE, "before"] = (TIMES, _within(bounds, TIMES, (1, inf)))
    found[TIMES, "2_or_more"] = (TIMES, _within(bounds, TIMES, (2, inf)))
    ended = frozenset(name for factor, name in bounds if factor == "duration")
    is_open = frozenset(
        row["category"]
        for row in categories
        if row["breakdown"] == "outcome_since" and row["category"] != "found"
    )
    for has_ended in (("found", "yes"), ("outcome_since", "found")):
        found[has_ended] = ("duration", ended)
    for is_missing in (
        *(("found", "no"), ("duration_band", "still_missing")),
        (HOURS_BAND, "still_missing"),
    ):
        found[is_missing] = ("duration", is_open)
    by_days_alone = frozenset(name for name in ended if (HOURS, name) not in bounds)
    found[HOURS_BAND, NOT_KNOWN] = ("duration", by_days_alone)
    return found


def _within(bounds: dict[tuple[str, str], Stretch], factor: str, band: Stretch) -> Codes:
    return frozenset(
        name
        for (of, name), (low, high) in bounds.items()
        if of == factor and band[0] <= low and high <= band[1]
    )


def _places(councils: list[Row]) -> dict[tuple[str, str], tuple[str, Codes]]:
    """Councils are the finest categories of regions and countries."""
    found = {("council", row["la_code"]): frozenset({row["la_code"]}) for row in councils}
    for place in PLACES:
        for row in councils:
            name = (place, _slug(row[place]))
            found[name] = found.get(name, frozenset()) | {row["la_code"]}
    return {name: ("council", codes) for name, codes in found.items()}


def _slug(name: str) -> str:
    return name.lower().replace(" ", "_")


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
            small_as_range=row.get("small_as") == "range",
            cover_as_range=row.get("cover_as") == "range",
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
